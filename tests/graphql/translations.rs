//! Languages: translations, fallbacks, and which edition was served.

use domain::{
    content::Status,
    terms::{Taxonomy, TermDraft, TermText},
    text::EditionText,
};
use serde_json::json;

use crate::harness::{TestServer, builders::edition, texts};

#[tokio::test]
async fn translations_come_in_the_order_of_the_editions() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ article(by: { slug: \"كيف-تقرأ-النهر\" }, edition: \"ar\") { title translations { edition { code direction } isStale entry { __typename title slug path edition { code } } } } }")
        .await;
    let translations = data["article"]["translations"].as_array().unwrap();
    let codes: Vec<_> = translations
        .iter()
        .map(|t| t["edition"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["en", "fa", "ar", "sq"]);
    assert_eq!(translations[0]["entry"]["slug"], "how-to-read-the-river");
    assert_eq!(translations[2]["entry"]["title"], data["article"]["title"]);
    for translation in translations {
        assert_eq!(
            translation["edition"]["code"],
            translation["entry"]["edition"]["code"]
        );
        assert_eq!(translation["entry"]["__typename"], "Article");
    }
}

#[tokio::test]
async fn a_translation_is_stale_when_its_original_was_changed_since() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let group = server.group();
    let original = server.article(site.en, "Original").group(group);
    let draft = original.draft.clone();
    let id = original.await;
    server
        .article(site.fa, "ترجمه")
        .group(group)
        .with(|draft| draft.entry.translated_from = Some((id.into(), 1)))
        .await;
    let stale = async || {
        let data = server.graphql("{ articles(edition: \"en\") { nodes { translations { edition { code } isStale } } } }").await;
        data["articles"]["nodes"][0]["translations"].clone()
    };
    assert_eq!(
        stale().await,
        json!([{ "edition": { "code": "en" }, "isStale": false }, { "edition": { "code": "fa" }, "isStale": false }])
    );
    application::articles::update(&server.system(), id, Some(1), draft)
        .await
        .unwrap();
    assert_eq!(stale().await[1]["isStale"], true);
    assert_eq!(stale().await[0]["isStale"], false);
}

#[tokio::test]
async fn an_id_with_an_edition_asks_for_the_translation() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let group = server.group();
    let english = server.article(site.en, "English").group(group).await;
    server.article(site.fa, "فارسی").group(group).await;
    let alone = server.article(site.en, "Alone").await;
    let title = async |id: &dyn std::fmt::Display, rest: &str| {
        let query =
            format!("{{ article(by: {{ id: \"{id}\" }}{rest}) {{ title edition {{ code }} }} }}");
        server.graphql(&query).await["article"]["title"].take()
    };
    assert_eq!(title(&english, "").await, "English");
    assert_eq!(title(&english, ", edition: \"en\"").await, "English");
    assert_eq!(title(&english, ", edition: \"fa\"").await, "فارسی");
    assert_eq!(title(&alone, ", edition: \"fa\"").await, json!(null));
    assert_eq!(
        title(&alone, ", edition: \"fa\", fallback: true").await,
        "Alone"
    );
}

#[tokio::test]
async fn the_fallback_follows_the_chain_of_the_edition() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let ar = application::editions::create(&cx, edition("ar", Some(site.fa)))
        .await
        .unwrap();
    let (both, fa_only, ar_only) = (server.group(), server.group(), server.group());
    let first = server.article(site.en, "English of both").group(both).await;
    server.article(site.fa, "فارسی هر دو").group(both).await;
    let second = server.article(site.fa, "فقط فارسی").group(fa_only).await;
    let third = server.article(ar, "عربي فقط").group(ar_only).await;
    let served = async |id: &dyn std::fmt::Display, code: &str| {
        let query = format!(
            "{{ article(by: {{ id: \"{id}\" }}, edition: \"{code}\", fallback: true) {{ edition {{ code direction }} }} }}"
        );
        server.graphql(&query).await["article"].take()
    };
    assert_eq!(
        served(&first, "ar").await,
        json!({ "edition": { "code": "fa", "direction": "RTL" } })
    );
    assert_eq!(
        served(&second, "ar").await,
        json!({ "edition": { "code": "fa", "direction": "RTL" } })
    );
    assert_eq!(
        served(&third, "fa").await,
        json!(null),
        "the chain of fa does not lead to ar"
    );
    assert_eq!(
        served(&first, "en").await,
        json!({ "edition": { "code": "en", "direction": "LTR" } })
    );
}

#[tokio::test]
async fn lists_slugs_and_paths_never_fall_back() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql(
            "{ slug: article(by: { slug: \"how-to-read-the-river\" }, edition: \"fa\", fallback: true) { id } \
               path: article(by: { path: \"/2026/10/how-to-read-the-river\" }, edition: \"fa\", fallback: true) { id } \
               articles(first: 100, edition: \"sq\") { nodes { edition { code } } } \
               route(path: \"/2026/10/how-to-read-the-river\", edition: \"sq\") { __typename } }",
        )
        .await;
    assert_eq!(data["slug"], json!(null));
    assert_eq!(data["path"], json!(null));
    assert_eq!(data["route"], json!(null));
    for node in data["articles"]["nodes"].as_array().unwrap() {
        assert_eq!(node["edition"]["code"], "sq");
    }
}

#[tokio::test]
async fn texts_of_shared_records_fall_back_and_say_so() {
    let server = TestServer::with_demo().await;
    let ids = server
        .graphql("{ tag(by: { slug: \"open-data\" }) { id } author(by: { slug: \"oscar-fennimore\" }) { id } gallery(by: { slug: \"four-seasons-on-the-wenna\" }) { id } }")
        .await;
    let tag = ids["tag"]["id"].as_str().unwrap();
    let author = ids["author"]["id"].as_str().unwrap();
    let gallery = ids["gallery"]["id"].as_str().unwrap();
    let data = server
        .graphql(&format!(
            "{{ tag(by: {{ id: \"{tag}\" }}, edition: \"sq\") {{ name isFallback direction edition {{ code }} url translations {{ edition {{ code }} name }} }} \
               fa: tag(by: {{ id: \"{tag}\" }}, edition: \"fa\") {{ name isFallback direction edition {{ code }} url }} \
               author(by: {{ id: \"{author}\" }}, edition: \"ar\") {{ name isFallback direction edition {{ code }} }} \
               gallery(by: {{ id: \"{gallery}\" }}, edition: \"fa\") {{ title isFallback items {{ caption asset {{ isFallback edition {{ code }} }} }} }} }}"
        ))
        .await;
    let tag = &data["tag"];
    assert_eq!(tag["name"], "Open data");
    assert_eq!(tag["isFallback"], true);
    assert_eq!(tag["direction"], "LTR");
    assert_eq!(tag["edition"]["code"], "en");
    assert_eq!(tag["url"], "https://gazette.example/topic/open-data");
    let codes: Vec<_> = tag["translations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["edition"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["en", "fa", "ar"]);
    assert_eq!(data["fa"]["name"], "دادهٔ باز");
    assert_eq!(data["fa"]["isFallback"], false);
    assert_eq!(data["fa"]["direction"], "RTL");
    assert_eq!(data["author"]["name"], "أوسكار فينيمور");
    assert_eq!(data["author"]["direction"], "RTL");
    let captions = &data["gallery"]["items"];
    assert_eq!(captions[0]["caption"], "آوریل: باغ کهنه");
    assert_eq!(captions[0]["asset"]["edition"]["code"], "fa");
}

#[tokio::test]
async fn terms_of_an_article_are_named_in_its_own_edition_or_a_fallback() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let text = |edition, name: &str| EditionText {
        edition,
        value: TermText {
            name: name.to_owned(),
            ..TermText::default()
        },
    };
    let draft = |texts| TermDraft {
        taxonomy: Taxonomy::Category,
        namespace: String::new(),
        parent: None,
        position: 0,
        texts,
    };
    let cx = server.system();
    let both = application::terms::create(
        &cx,
        draft(vec![text(site.en, "News"), text(site.fa, "خبر")]),
    )
    .await
    .unwrap();
    let english = application::terms::create(&cx, draft(vec![text(site.en, "Local")]))
        .await
        .unwrap();
    let id = |term: domain::terms::TermId| domain::id::Id::from_uuid(term.uuid());
    server
        .article(site.fa, "خبر تازه")
        .category(id(both))
        .category(id(english))
        .await;
    let data = server
        .graphql("{ articles(edition: \"fa\") { nodes { categories { name isFallback direction edition { code } } primaryCategory { name } } } }")
        .await;
    let node = &data["articles"]["nodes"][0];
    assert_eq!(
        node["categories"],
        json!([
            { "name": "خبر", "isFallback": false, "direction": "RTL", "edition": { "code": "fa" } },
            { "name": "Local", "isFallback": true, "direction": "LTR", "edition": { "code": "en" } },
        ])
    );
    assert_eq!(node["primaryCategory"]["name"], "خبر");
}

#[tokio::test]
async fn a_list_by_name_holds_those_that_have_a_name_there() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ sq: tags(first: 100, edition: \"sq\") { totalCount nodes { slug } } en: tags(first: 100, edition: \"en\") { totalCount } all: tags(first: 100, edition: \"sq\", orderBy: CREATED) { totalCount nodes { name isFallback } } }")
        .await;
    assert_eq!(data["en"]["totalCount"], 14);
    assert_eq!(data["sq"]["totalCount"], 12);
    assert!(!texts(&data["sq"]["nodes"], "slug").contains(&"open-data"));
    assert_eq!(data["all"]["totalCount"], 14);
}

#[tokio::test]
async fn a_hidden_translation_is_not_told() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let group = server.group();
    let id = server.article(site.en, "Out").group(group).await;
    server
        .article(site.fa, "پنهان")
        .group(group)
        .status(Status::Draft)
        .await;
    let data = server
        .graphql(&format!("{{ article(by: {{ id: \"{id}\" }}) {{ translations {{ edition {{ code }} }} }} fa: article(by: {{ id: \"{id}\" }}, edition: \"fa\") {{ id }} }}"))
        .await;
    assert_eq!(
        data["article"]["translations"],
        json!([{ "edition": { "code": "en" } }])
    );
    assert_eq!(data["fa"], json!(null));
}
