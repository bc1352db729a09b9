//! What is not published leaks through no channel.

use application::articles;
use domain::{
    articles::ArticleDraft,
    content::Status,
    id::{ArticleId, EntryId},
    menus::MenuTarget,
    newsletters::{Section, SectionItem},
    redirects::RedirectTarget,
};
use serde_json::{Value, json};

use crate::harness::{Answer, TestServer, builders::Editions, records::link, texts};

mod actors;
mod related_records;

/// In every text of what is hidden.
const MARK: &str = "Umbrella";

/// A site with one shown article and, beside it, the same of every hidden status.
struct Scene {
    server: TestServer,
    site: Editions,
    shown: ArticleId,
    hidden: Vec<ArticleId>,
}

const HIDDEN: [Status; 5] = [
    Status::Draft,
    Status::InReview,
    Status::Scheduled,
    Status::Archived,
    Status::Trashed,
];

fn schedule(draft: &mut ArticleDraft) {
    draft.entry.scheduled_at = Some("2026-05-01T00:00:00Z".parse().unwrap());
}

impl Scene {
    /// Articles in a category, with a tag, by an author; the hidden ones are newer.
    async fn new() -> Self {
        let server = TestServer::start().await;
        let site = server.small_site().await;
        let news = server.category(site.en, "News", None).await;
        let bees = server.tag(site.en, "Bees").await;
        let ada = server.author(site.en, "Ada Moor").await;
        let make = |title: &str| {
            server
                .article(site.en, title)
                .category(news)
                .tag(bees)
                .by(ada)
        };
        let shown = make("Shown").published_at("2026-05-01T00:00:00Z").await;
        let mut hidden = Vec::new();
        for status in HIDDEN {
            let article = make(&format!("{MARK} {}", status.as_str()))
                .status(status)
                .published_at("2026-05-02T00:00:00Z")
                .featured()
                .with(schedule);
            hidden.push(article.await);
        }
        Self {
            server,
            site,
            shown,
            hidden,
        }
    }

    /// Asserts that an answer tells of nothing hidden: neither text nor id, neither body nor header.
    fn tells_nothing(&self, answer: &Answer) {
        let headers = format!("{:?}", answer.headers);
        for text in [String::from_utf8_lossy(&answer.body).into_owned(), headers] {
            let lower = text.to_lowercase();
            assert!(
                !lower.contains(&MARK.to_lowercase()),
                "{}: {text}",
                answer.asked
            );
            for id in &self.hidden {
                assert!(
                    !text.contains(&id.to_string()),
                    "{}: {id} in {text}",
                    answer.asked
                );
            }
        }
    }

    async fn graphql(&self, query: &str) -> Value {
        let answer = self.server.post_graphql(query, &json!({})).await;
        self.tells_nothing(&answer);
        let mut answer = answer.json();
        assert!(answer.get("errors").is_none(), "{query}: {answer}");
        answer["data"].take()
    }

    async fn get(&self, path: &str) -> Answer {
        let answer = self.server.get(path).await;
        self.tells_nothing(&answer);
        answer
    }
}

#[tokio::test]
async fn no_node_shows_what_is_hidden() {
    let scene = Scene::new().await;
    for id in &scene.hidden {
        let raw = scene.server.graphql(&format!("{{ node(id: \"{id}\") {{ id }} nodes(ids: [\"{id}\", \"{}\"]) {{ __typename id }} }}", scene.shown)).await;
        assert_eq!(raw["node"], json!(null));
        assert_eq!(
            raw["nodes"],
            json!([null, { "__typename": "Article", "id": scene.shown.to_string() }])
        );
    }
}

#[tokio::test]
async fn no_id_slug_or_path_leads_to_what_is_hidden() {
    let scene = Scene::new().await;
    for (id, status) in scene.hidden.iter().zip(HIDDEN) {
        let slug = format!("umbrella-{}", status.as_str().replace('_', "-"));
        let query = format!(
            "{{ id: article(by: {{ id: \"{id}\" }}) {{ title }} slug: article(by: {{ slug: \"{slug}\" }}) {{ title }} path: article(by: {{ path: \"/2026/05/{slug}\" }}) {{ title }} latest: article(by: {{ id: \"{id}\" }}, view: LATEST) {{ title }} }}"
        );
        let data = scene.graphql(&query).await;
        assert_eq!(
            data,
            json!({ "id": null, "slug": null, "path": null, "latest": null })
        );
        scene
            .server
            .get(&format!("/api/v1/articles/{id}"))
            .await
            .expect(404);
        scene
            .server
            .get(&format!("/api/v1/articles/by-slug/en/{slug}"))
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn no_list_order_or_page_holds_what_is_hidden() {
    let scene = Scene::new().await;
    for arguments in [
        "first: 100",
        "last: 100",
        "first: 100, edition: \"en\"",
        "first: 100, orderBy: { field: TITLE, direction: DESC }",
        "first: 100, orderBy: { field: UPDATED_AT }",
        "first: 1",
    ] {
        let data = scene
            .graphql(&format!("{{ articles({arguments}) {{ totalCount nodes {{ title }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"))
            .await;
        assert_eq!(data["articles"]["totalCount"], 1, "{arguments}");
        assert_eq!(texts(&data["articles"]["nodes"], "title"), ["Shown"]);
        assert_eq!(
            data["articles"]["pageInfo"],
            json!({ "hasNextPage": false, "hasPreviousPage": false })
        );
    }
    for query in ["", "&sort=title", "&edition=en", "&sort=-updatedAt"] {
        let answer = scene
            .get(&format!("/api/v1/articles?first=100&total=true{query}"))
            .await
            .json();
        assert_eq!(answer["page"]["totalCount"], 1, "{query}");
    }
}

#[tokio::test]
async fn no_filter_finds_what_is_hidden() {
    let scene = Scene::new().await;
    for filter in [
        "{ category: { slug: \"news\" } }",
        "{ tag: { slug: \"bees\" } }",
        "{ author: { slug: \"ada-moor\" } }",
        "{ category: { slug: \"news\" }, tag: { anyOf: [\"bees\"] } }",
        "{ publishedAt: { gte: \"2026-01-01T00:00:00Z\" } }",
        "{ status: { anyOf: [DRAFT, IN_REVIEW, SCHEDULED, PUBLISHED, ARCHIVED, TRASHED] } }",
        "{ or: [{ status: { eq: DRAFT } }, { category: { slug: \"news\" } }] }",
        "{ not: { isFeatured: true } }",
    ] {
        let data = scene
            .graphql(&format!("{{ articles(edition: \"en\", filter: {filter}) {{ totalCount nodes {{ title }} }} }}"))
            .await;
        assert_eq!(data["articles"]["totalCount"], 1, "{filter}");
    }
    let data = scene
        .graphql("{ articles(filter: { isFeatured: true }) { totalCount nodes { title } } }")
        .await;
    assert_eq!(data["articles"]["totalCount"], 0);
}

#[tokio::test]
async fn no_translation_or_fallback_shows_a_draft() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let group = server.group();
    let shown = server.article(site.en, "Shown").group(group).await;
    let draft = server
        .article(site.fa, "Umbrella")
        .group(group)
        .status(Status::Draft)
        .await;
    let data = server
        .graphql(&format!(
            "{{ of: articles(filter: {{ translationOf: \"{draft}\" }}) {{ totalCount nodes {{ id }} }} \
               without: articles(filter: {{ not: {{ translationOf: \"{draft}\" }} }}) {{ totalCount }} \
               missing: articles(edition: \"en\", filter: {{ untranslatedIn: \"fa\" }}) {{ totalCount nodes {{ id }} }} \
               article(by: {{ id: \"{shown}\" }}) {{ translations {{ edition {{ code }} }} }} }}"
        ))
        .await;
    assert_eq!(
        data["of"]["totalCount"], 0,
        "the group of a draft is not told"
    );
    assert_eq!(
        data["missing"]["totalCount"], 1,
        "a draft is no translation yet"
    );
    assert_eq!(
        data["article"]["translations"],
        json!([{ "edition": { "code": "en" } }])
    );
    assert_eq!(data["without"]["totalCount"], 1, "nor told by the opposite");
    let rest = server
        .get_json(&format!(
            "/api/v1/articles?filter[translationOf]={draft}&total=true"
        ))
        .await;
    assert_eq!(rest["page"]["totalCount"], 0);
}

#[tokio::test]
async fn no_count_facet_or_month_counts_what_is_hidden() {
    let scene = Scene::new().await;
    let data = scene
        .graphql(
            "{ articles { facets(by: [CATEGORY, TAG, AUTHOR]) { field buckets { label count } } } archive(edition: \"en\") { year month count } \
               category(by: { slug: \"news\" }) { articleCount articles { totalCount nodes { title } } } tag(by: { slug: \"bees\" }) { articleCount } \
               author(by: { slug: \"ada-moor\" }) { articles { totalCount } } categories { nodes { articles(first: 5) { nodes { title } } } } }",
        )
        .await;
    for facet in data["articles"]["facets"].as_array().unwrap() {
        assert_eq!(facet["buckets"][0]["count"], 1, "{facet}");
    }
    assert_eq!(
        data["archive"],
        json!([{ "year": 2026, "month": 5, "count": 1 }])
    );
    assert_eq!(data["category"]["articleCount"], 1);
    assert_eq!(data["category"]["articles"]["totalCount"], 1);
    assert_eq!(data["tag"]["articleCount"], 1);
    assert_eq!(data["author"]["articles"]["totalCount"], 1);
}

#[tokio::test]
async fn no_route_leads_to_what_is_hidden() {
    let scene = Scene::new().await;
    let draft = EntryId::from(scene.hidden[0]);
    scene
        .server
        .redirect(scene.site.en, "/to-hidden", RedirectTarget::Entry(draft))
        .await;
    for path in ["/2026/05/umbrella-draft", "/to-hidden"] {
        let data = scene
            .server
            .graphql(&format!("{{ route(path: \"{path}\") {{ __typename }} }}"))
            .await;
        assert_eq!(data["route"], json!(null), "{path}");
        scene
            .server
            .get(&format!("/api/v1/route?path={path}"))
            .await
            .expect(404);
    }
    let data = scene
        .graphql("{ redirects { totalCount nodes { from href } } }")
        .await;
    assert_eq!(
        data["redirects"]["totalCount"], 0,
        "a redirect to what is hidden is hidden"
    );
    assert_eq!(
        scene.get("/api/v1/redirects?total=true").await.json()["page"]["totalCount"],
        0
    );
}

#[tokio::test]
async fn a_path_that_only_a_draft_had_leads_nowhere() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server
        .article(site.en, "Umbrella")
        .slug("first")
        .status(Status::Draft);
    let mut draft = builder.draft.clone();
    let id = builder.await;
    "second".clone_into(&mut draft.entry.slug);
    articles::update(&server.system(), id, Some(1), draft)
        .await
        .unwrap();
    let data = server
        .graphql("{ route(path: \"/2026/05/first\") { __typename } redirects { totalCount } }")
        .await;
    assert_eq!(
        data,
        json!({ "route": null, "redirects": { "totalCount": 0 } })
    );
}

#[tokio::test]
async fn no_related_article_is_hidden() {
    let scene = Scene::new().await;
    let curated = scene
        .server
        .article(scene.site.en, "Curating")
        .related(scene.hidden[0])
        .await;
    for id in [scene.shown, curated] {
        let data = scene
            .graphql(&format!(
                "{{ article(by: {{ id: \"{id}\" }}) {{ related(first: 10) {{ title }} }} }}"
            ))
            .await;
        assert_eq!(data["article"]["related"], json!([]));
        scene
            .get(&format!("/api/v1/articles/{id}/related"))
            .await
            .expect(200);
        scene.get(&format!("/api/v1/articles/{id}?include=related,translations,byline,terms,hero,body,seo,attachments,galleries")).await.expect(200);
    }
}

#[tokio::test]
async fn no_collection_shows_what_is_hidden() {
    let scene = Scene::new().await;
    let mut items: Vec<EntryId> = scene.hidden.iter().map(|id| (*id).into()).collect();
    items.insert(2, scene.shown.into());
    let id = scene
        .server
        .collection(scene.site.en, "Front page", items)
        .await;
    let data = scene.graphql("{ collection(by: { slug: \"front-page\" }) { items(first: 1) { totalCount nodes { title } pageInfo { hasNextPage hasPreviousPage } } } }").await;
    let items = &data["collection"]["items"];
    assert_eq!(items["totalCount"], 1);
    assert_eq!(texts(&items["nodes"], "title"), ["Shown"]);
    assert_eq!(items["pageInfo"]["hasNextPage"], false);
    let rest = scene
        .get(&format!("/api/v1/collections/{id}/items?total=true"))
        .await
        .json();
    assert_eq!(rest["page"]["totalCount"], 1);
}

#[tokio::test]
async fn no_menu_links_to_what_is_hidden() {
    let scene = Scene::new().await;
    let hidden = MenuTarget::Entry(scene.hidden[0].into());
    scene
        .server
        .menu(
            scene.site.en,
            "main",
            vec![link("", hidden.clone()), link("Own label", hidden)],
        )
        .await;
    let data = scene
        .graphql("{ menu(location: \"main\") { items { label href } } menus { items { label } } }")
        .await;
    assert_eq!(data["menu"]["items"], json!([]));
    let rest = scene.get("/api/v1/menus/by-location/en/main").await.json();
    assert_eq!(rest["items"], json!([]));
}

#[tokio::test]
async fn no_section_of_an_issue_shows_what_is_hidden() {
    let scene = Scene::new().await;
    let newsletter = scene.server.newsletter(scene.site.en, "Letter").await;
    let item = |article| SectionItem {
        article: Some(article),
        ..SectionItem::default()
    };
    let section = Section {
        heading: Some("Worth reading".to_owned()),
        items: vec![item(scene.hidden[0]), item(scene.shown)],
    };
    scene
        .server
        .issue(scene.site.en, newsletter, 1, vec![section])
        .await;
    let hidden = scene.server.draft_issue(scene.site.en, newsletter, 2).await;
    let data = scene.graphql("{ issues { totalCount nodes { number sections { items { article { title } } } } } newsletter(by: { slug: \"letter\" }) { issues { totalCount } } }").await;
    assert_eq!(data["issues"]["totalCount"], 1);
    assert_eq!(data["newsletter"]["issues"]["totalCount"], 1);
    let rest = scene
        .server
        .get("/api/v1/issues?include=sections&total=true")
        .await
        .expect(200);
    assert!(
        !rest.text().contains(MARK) && !rest.text().contains(&scene.hidden[0].to_string()),
        "{}",
        rest.text()
    );
    assert_eq!(rest.json()["page"]["totalCount"], 1);
    scene
        .server
        .get(&format!("/api/v1/issues/{hidden}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn no_header_names_a_hidden_article_that_is_referred_to() {
    let scene = Scene::new().await;
    let newsletter = scene.server.newsletter(scene.site.en, "Letter").await;
    let section = Section {
        heading: None,
        items: vec![SectionItem {
            article: Some(scene.hidden[0]),
            ..SectionItem::default()
        }],
    };
    scene
        .server
        .issue(scene.site.en, newsletter, 1, vec![section])
        .await;
    scene
        .get("/api/v1/issues?include=sections")
        .await
        .expect(200);
    scene
        .get("/feeds/en/newsletter/letter/rss.xml")
        .await
        .expect(200);
}

#[tokio::test]
async fn no_feed_or_sitemap_holds_what_is_hidden() {
    let scene = Scene::new().await;
    for path in [
        "/feeds/en/rss.xml?first=100",
        "/feeds/en/atom.xml",
        "/feeds/en/feed.json",
        "/feeds/en/category/news/rss.xml",
        "/feeds/en/tag/bees/atom.xml",
        "/feeds/en/author/ada-moor/feed.json",
        "/feeds/en/sitemap.xml",
        "/feeds/en/sitemaps/2026-05/sitemap.xml",
        "/feeds/en/sitemap-news.xml",
        "/feeds/en/opml.xml",
    ] {
        scene.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn the_system_sees_what_readers_do_not() {
    let scene = Scene::new().await;
    let query = domain::content::EntryQuery::all(domain::content::ContentKind::Article);
    let page = domain::paging::PageArgs::first(100).total(true);
    let all = articles::list(
        &scene.server.system(),
        &query,
        &page,
        domain::content::Parts::NONE,
    )
    .await
    .unwrap();
    // What is in the trash is listed for those who ask for it.
    assert_eq!(all.total, Some(5));
    let read = articles::list(
        &scene.server.reader(),
        &query,
        &page,
        domain::content::Parts::NONE,
    )
    .await
    .unwrap();
    assert_eq!(read.total, Some(1));
}
