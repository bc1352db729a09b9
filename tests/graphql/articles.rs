//! Articles with all that belongs to them.

use domain::{
    articles::{ContributionDraft, ContributionRole, SourceCredit},
    media::FigureDraft,
};
use serde_json::json;

use crate::harness::{TestServer, records::remote_picture, texts};

#[tokio::test]
async fn an_article_of_the_demo_is_read_whole() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql(
            "{ article(by: { slug: \"clock-tower-will-strike-again\" }) { \
               __typename title path url status isFeatured version publishedAt edition { code } \
               excerpt(maxWords: 3) readingTimeMinutes wordCount commentCount commentsOpen \
               byline { role name author { slug url } } hero { alt asset { kind url width height focalPoint { x y } } } \
               primaryCategory { slug } categories { slug path } tags { slug namespace } \
               seo { title canonicalUrl noindex } translations { edition { code } entry { title } isStale } \
               comments { totalCount nodes { authorName replyCount replies { bodyText replies { authorName } } } } } }",
        )
        .await;
    let article = &data["article"];
    assert_eq!(article["__typename"], "Article");
    assert_eq!(article["path"], "/2026/10/clock-tower-will-strike-again");
    assert_eq!(
        article["url"],
        "https://gazette.example/2026/10/clock-tower-will-strike-again"
    );
    assert_eq!(article["status"], "PUBLISHED");
    assert_eq!(article["isFeatured"], true);
    assert_eq!(article["publishedAt"], "2026-10-22T06:00:00Z");
    let excerpt = article["excerpt"].as_str().unwrap();
    assert_eq!(excerpt.split_whitespace().count(), 3, "{excerpt}");
    assert_eq!(
        texts(&article["byline"], "role"),
        ["AUTHOR", "PHOTOGRAPHER"]
    );
    assert_eq!(
        article["byline"][0]["author"]["url"],
        "https://gazette.example/by/hannah-thornbury"
    );
    let picture = article["hero"]["asset"]["url"].as_str().unwrap();
    assert!(
        picture.starts_with(&format!("{}/media/asset_", server.url)),
        "{picture}"
    );
    assert_eq!(article["primaryCategory"]["slug"], "clock-tower");
    assert_eq!(
        texts(&article["categories"], "slug"),
        ["clock-tower", "local-history"]
    );
    assert_eq!(article["categories"][0]["path"], "/section/clock-tower");
    assert_eq!(texts(&article["tags"], "slug"), ["restoration"]);
    assert_eq!(article["seo"]["noindex"], false);
    assert_eq!(article["seo"]["canonicalUrl"], article["url"]);
    assert_eq!(article["commentCount"], 3);
    assert_eq!(article["comments"]["totalCount"], 1);
    let thread = &article["comments"]["nodes"][0];
    assert_eq!(thread["replyCount"], 1);
    assert_eq!(
        thread["replies"][0]["replies"][0]["authorName"],
        "Elspeth R."
    );
}

#[tokio::test]
async fn the_byline_keeps_its_order_and_free_text_has_no_author() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let ada = server.author(site.en, "Ada Moor").await;
    server
        .article(site.en, "Translated")
        .with(|draft| {
            let line = |role, author, name: Option<&str>| ContributionDraft {
                role,
                author,
                name: name.map(str::to_owned),
            };
            draft.byline = vec![
                line(
                    ContributionRole::Translator,
                    None,
                    Some("The readers’ circle"),
                ),
                line(ContributionRole::Author, Some(ada), None),
                line(ContributionRole::Photographer, Some(ada), Some("A. M.")),
            ];
        })
        .await;
    let data = server
        .graphql("{ articles { nodes { byline { role name author { name } } } } }")
        .await;
    assert_eq!(
        data["articles"]["nodes"][0]["byline"],
        json!([
            { "role": "TRANSLATOR", "name": "The readers’ circle", "author": null },
            { "role": "AUTHOR", "name": "Ada Moor", "author": { "name": "Ada Moor" } },
            { "role": "PHOTOGRAPHER", "name": "A. M.", "author": { "name": "Ada Moor" } },
        ])
    );
}

#[tokio::test]
async fn what_was_first_published_elsewhere_says_where() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server
        .article(site.en, "From elsewhere")
        .with(|draft| {
            draft.source_credit = Some(SourceCredit {
                outlet: Some("The Spade".to_owned()),
                url: Some("https://spade.example/1".to_owned()),
                published_at: Some("2026-01-02T03:04:05Z".parse().unwrap()),
                licence: Some("CC BY 4.0".to_owned()),
                ..SourceCredit::default()
            });
        })
        .await;
    let data = server
        .graphql("{ articles { nodes { source { outlet url author publishedAt licence } } } }")
        .await;
    assert_eq!(
        data["articles"]["nodes"][0]["source"],
        json!({ "outlet": "The Spade", "url": "https://spade.example/1", "author": null,
            "publishedAt": "2026-01-02T03:04:05Z", "licence": "CC BY 4.0" })
    );
}

#[tokio::test]
async fn a_figure_prefers_the_articles_own_words() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut draft = remote_picture(site.en, "A river");
    draft.texts[0].value.caption = Some("The river".to_owned());
    draft.texts[0].value.credit = Some("Ada".to_owned());
    let picture = server.asset(draft).await;
    server
        .article(site.en, "Own words")
        .with(|draft| {
            draft.entry.hero = Some(FigureDraft {
                asset: picture,
                caption: Some("Here it overflowed".to_owned()),
                alt: None,
            });
            draft.attachments = vec![FigureDraft::plain(picture)];
        })
        .await;
    let data = server
        .graphql(
            "{ articles { nodes { hero { alt caption credit } attachments { alt caption } } } }",
        )
        .await;
    let node = &data["articles"]["nodes"][0];
    assert_eq!(
        node["hero"],
        json!({ "alt": "A river", "caption": "Here it overflowed", "credit": "Ada" })
    );
    assert_eq!(
        node["attachments"],
        json!([{ "alt": "A river", "caption": "The river" }])
    );
}

#[tokio::test]
async fn curated_articles_come_before_those_that_share_terms() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let river = server.tag(site.en, "River").await;
    let boats = server.tag(site.en, "Boats").await;
    let curated = server.article(site.en, "Curated").await;
    let one = server
        .article(site.en, "Shares one")
        .tag(river)
        .published_at("2026-05-03T00:00:00Z");
    one.await;
    let two = server.article(site.en, "Shares two").tag(river).tag(boats);
    two.published_at("2026-05-01T00:00:00Z").await;
    server.article(site.en, "Shares nothing").await;
    server.article(site.fa, "دیگر").tag(river).await;
    let id = server
        .article(site.en, "Read after")
        .tag(river)
        .tag(boats)
        .related(curated)
        .await;
    let related = async |first: i32| {
        let query = format!(
            "{{ article(by: {{ id: \"{id}\" }}) {{ related(first: {first}) {{ title }} }} }}"
        );
        server.graphql(&query).await["article"]["related"].take()
    };
    assert_eq!(
        texts(&related(10).await, "title"),
        ["Curated", "Shares two", "Shares one"]
    );
    assert_eq!(texts(&related(1).await, "title"), ["Curated"]);
    assert_eq!(related(0).await, json!([]));
}

#[tokio::test]
async fn search_engines_are_told_what_it_is() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql(
            "{ article(by: { slug: \"برج-ساعت-دوباره-زنگ-می-زند\" }, edition: \"fa\") { url title wordCount seo { title jsonLd } } \
               page(by: { path: \"/about\" }) { url seo { jsonLd } } }",
        )
        .await;
    let article = &data["article"];
    let json_ld = &article["seo"]["jsonLd"];
    assert_eq!(json_ld["@context"], "https://schema.org");
    assert_eq!(json_ld["@type"], "NewsArticle");
    assert_eq!(json_ld["headline"], article["title"]);
    assert_eq!(json_ld["inLanguage"], "fa");
    assert_eq!(json_ld["url"], article["url"]);
    assert_eq!(json_ld["datePublished"], "2026-10-22T08:30:00Z");
    assert_eq!(json_ld["wordCount"], article["wordCount"]);
    assert_eq!(json_ld["publisher"]["name"], "پیک لیندن‌فورد");
    let author = &json_ld["author"][0];
    assert_eq!(author["@type"], "Person");
    assert!(
        author["url"]
            .as_str()
            .unwrap()
            .starts_with("https://gazette.example/fa/%D9%86%D9%88"),
        "{author}"
    );
    assert!(
        json_ld["image"]["url"]
            .as_str()
            .unwrap()
            .starts_with(&server.url)
    );
    assert_eq!(data["page"]["seo"]["jsonLd"]["@type"], "WebPage");
    assert_eq!(data["page"]["seo"]["jsonLd"]["url"], data["page"]["url"]);
}

#[tokio::test]
async fn the_texts_for_search_engines_fall_back_to_the_articles_own() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let picture = server.picture(site.en, "A river").await;
    server
        .article(site.en, "Plain")
        .slug("plain")
        .hero(picture)
        .await;
    server
        .article(site.en, "Dressed")
        .slug("dressed")
        .with(|draft| {
            draft.entry.seo.title = Some("For engines".to_owned());
            draft.entry.seo.description = Some("What engines show".to_owned());
            draft.entry.seo.canonical_url = Some("https://elsewhere.example/x".to_owned());
            draft.entry.seo.noindex = true;
            draft.entry.seo.image = Some(picture);
        })
        .await;
    let fields = "seo { title description canonicalUrl noindex image { id } }";
    let data = server
        .graphql(&format!(
            "{{ plain: article(by: {{ slug: \"plain\" }}) {{ excerpt url {fields} }} dressed: article(by: {{ slug: \"dressed\" }}) {{ {fields} }} }}"
        ))
        .await;
    let plain = &data["plain"];
    assert_eq!(plain["seo"]["title"], "Plain");
    assert_eq!(plain["seo"]["description"], plain["excerpt"]);
    assert_eq!(plain["seo"]["canonicalUrl"], plain["url"]);
    assert_eq!(plain["seo"]["image"]["id"], picture.to_string());
    assert_eq!(
        data["dressed"]["seo"],
        json!({ "title": "For engines", "description": "What engines show", "canonicalUrl": "https://elsewhere.example/x",
            "noindex": true, "image": { "id": picture.to_string() } })
    );
}

#[tokio::test]
async fn the_picture_for_link_previews_is_shown_though_nothing_else_uses_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let picture = server.picture(site.en, "Only for previews").await;
    server
        .article(site.en, "With a preview")
        .with(|draft| draft.entry.seo.image = Some(picture))
        .await;
    let data = server
        .graphql("{ articles { nodes { seo { image { alt } } } } }")
        .await;
    assert_eq!(
        data["articles"]["nodes"][0]["seo"]["image"]["alt"],
        "Only for previews"
    );
}

#[tokio::test]
async fn what_belongs_to_the_house_is_hidden_from_readers() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql(
            "{ articles(first: 1) { nodes { hasPendingChanges scheduledChangeAt body { source { text } } revisions { nodes { id } totalCount } } } }",
        )
        .await;
    assert_eq!(
        data["articles"]["nodes"][0],
        json!({ "hasPendingChanges": false, "scheduledChangeAt": null, "body": { "source": null },
            "revisions": { "nodes": [], "totalCount": 0 } })
    );
}

#[tokio::test]
async fn a_reader_who_asks_for_pending_changes_is_shown_what_is_public() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql(
            "{ live: article(by: { slug: \"how-to-read-the-river\" }) { title version } \
               latest: article(by: { slug: \"how-to-read-the-river\" }, view: LATEST) { title version } \
               draft: article(by: { slug: \"how-the-gazette-sets-its-crossword\" }, view: LATEST) { id } }",
        )
        .await;
    assert_eq!(data["live"], data["latest"]);
    assert_eq!(data["draft"], json!(null));
}
