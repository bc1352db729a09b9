//! Slugs: made from titles, numbered when taken.

use application::articles;
use domain::{
    Error,
    editions::SlugStyle,
    terms::{Taxonomy, TermDraft, TermText},
    text::EditionText,
};
use futures::future::join_all;

use crate::harness::{TestServer, builders::edition, records::page, texts};

async fn slug_of(server: &TestServer, id: &dyn std::fmt::Display) -> String {
    let query = format!(
        "{{ node(id: \"{id}\") {{ ... on Entry {{ slug }} ... on Tag {{ slug }} ... on Author {{ slug }} ... on Gallery {{ slug }} ... on Collection {{ slug }} ... on Newsletter {{ slug }} }} }}"
    );
    server.graphql(&query).await["node"]["slug"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn twins_are_numbered() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for expected in ["the-river", "the-river-2", "the-river-3", "the-river-4"] {
        let id = server.article(site.en, "The River!").await;
        assert_eq!(slug_of(&server, &id).await, expected);
    }
    let asked_for = server.article(site.en, "Other").slug("the-river").await;
    assert_eq!(slug_of(&server, &asked_for).await, "the-river-5");
}

#[tokio::test]
async fn records_of_all_kinds_number_their_twins() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for number in ["", "-2", "-3"] {
        let ids: [(String, &str); 5] = [
            (
                server.tag(site.en, "River Walk").await.to_string(),
                "river-walk",
            ),
            (
                server.author(site.en, "Ada Moor").await.to_string(),
                "ada-moor",
            ),
            (
                server.gallery(site.en, "Dawn", &[]).await.to_string(),
                "dawn",
            ),
            (
                server
                    .collection(site.en, "Front page", Vec::new())
                    .await
                    .to_string(),
                "front-page",
            ),
            (
                server.newsletter(site.en, "Letter").await.to_string(),
                "letter",
            ),
        ];
        for (id, base) in ids {
            assert_eq!(slug_of(&server, &id).await, format!("{base}{number}"));
        }
    }
}

#[tokio::test]
async fn a_slug_is_free_in_other_editions_kinds_and_parents() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let english = server.article(site.en, "About").await;
    let persian = server.article(site.fa, "About").await;
    let top = server.page(site.en, "About").await;
    let mut below = page(site.en, "About");
    below.entry.parent = Some(top.into());
    let below = server.save_page(below).await;
    for id in [
        english.to_string(),
        persian.to_string(),
        top.to_string(),
        below.to_string(),
    ] {
        assert_eq!(slug_of(&server, &id).await, "about", "{id}");
    }
    let data = server
        .graphql("{ page(by: { slug: \"about\" }) { path } }")
        .await;
    assert_eq!(
        data["page"]["path"], "/about",
        "the page without a parent is meant"
    );
}

#[tokio::test]
async fn slugs_keep_the_script_of_the_title_unless_the_edition_wants_latin() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut latin = edition("sq", Some(site.en));
    latin.slug_style = SlugStyle::Transliterated;
    let sq = application::editions::create(&server.system(), latin)
        .await
        .unwrap();
    let persian = server.article(site.fa, "کتاب‌خانهٔ شهر").await;
    assert_eq!(slug_of(&server, &persian).await, "کتاب‌خانهٔ-شهر");
    let albanian = server.article(sq, "Çmimi i mollëve").await;
    assert_eq!(slug_of(&server, &albanian).await, "cmimi-i-molleve");
    let nothing = server.article(site.en, "!!!").await;
    let slug = slug_of(&server, &nothing).await;
    assert!(
        !slug.is_empty() && slug.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{slug}"
    );
}

#[tokio::test]
async fn a_saved_article_keeps_its_slug() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.article(site.en, "Twin").await;
    let builder = server.article(site.en, "Twin");
    let mut draft = builder.draft.clone();
    let id = builder.await;
    assert_eq!(slug_of(&server, &id).await, "twin-2");
    "twin-2".clone_into(&mut draft.entry.slug);
    draft.entry.title = "Changed".to_owned();
    articles::update(&server.system(), id, Some(1), draft)
        .await
        .unwrap();
    assert_eq!(slug_of(&server, &id).await, "twin-2");
}

#[tokio::test]
async fn tags_of_a_namespace_have_their_own_slugs() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let tag = |namespace: &str| TermDraft {
        taxonomy: Taxonomy::Tag,
        namespace: namespace.to_owned(),
        parent: None,
        position: 0,
        texts: vec![EditionText {
            edition: site.en,
            value: TermText {
                name: "Bees".to_owned(),
                ..TermText::default()
            },
        }],
    };
    for (namespace, expected) in [("", "bees"), ("genre", "bees"), ("genre", "bees-2")] {
        let id = application::terms::create(&server.system(), tag(namespace))
            .await
            .unwrap();
        assert_eq!(slug_of(&server, &id).await, expected);
    }
}

#[tokio::test]
async fn many_at_once_never_share_a_slug() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let results = join_all((0..8).map(|_| {
        let draft = server.article(site.en, "Rush").draft;
        let cx = server.system();
        async move { articles::create(&cx, draft).await }
    }))
    .await;
    let made = results.iter().filter(|result| result.is_ok()).count();
    assert!(made >= 1);
    for result in &results {
        assert!(
            matches!(result, Ok(_) | Err(Error::Conflict { .. })),
            "{result:?}"
        );
    }
    let data = server.graphql("{ articles { nodes { slug path } } }").await;
    for field in ["slug", "path"] {
        let mut all = texts(&data["articles"]["nodes"], field);
        assert_eq!(all.len(), made);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), made, "{field}");
    }
}
