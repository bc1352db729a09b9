//! Moving categories: lists and paths follow.

use application::terms;
use domain::{
    id::{CategoryId, EditionId},
    terms::{Taxonomy, TermDraft, TermId, TermText},
    text::EditionText,
};

use crate::harness::{TestServer, texts};

async fn relocate(
    server: &TestServer,
    id: CategoryId,
    edition: EditionId,
    name: &str,
    parent: Option<CategoryId>,
) {
    let draft = TermDraft {
        taxonomy: Taxonomy::Category,
        namespace: String::new(),
        parent,
        position: 0,
        texts: vec![EditionText {
            edition,
            value: TermText {
                name: name.to_owned(),
                ..TermText::default()
            },
        }],
    };
    terms::update(&server.system(), TermId::from(id), draft)
        .await
        .unwrap();
}

/// The titles listed in a category, by both ways the store has to find them.
async fn listed(server: &TestServer, slug: &str) -> Vec<String> {
    let data = server
        .graphql(&format!(
            "{{ first: articles(edition: \"en\", filter: {{ category: {{ slug: \"{slug}\" }} }}) {{ nodes {{ title }} }} \
               second: articles(edition: \"en\", filter: {{ and: [{{ category: {{ slug: \"{slug}\" }} }}] }}) {{ nodes {{ title }} }} \
               category(by: {{ slug: \"{slug}\" }}) {{ articleCount }} }}"
        ))
        .await;
    let titles = |list: &str| {
        let mut titles: Vec<String> = texts(&data[list]["nodes"], "title")
            .into_iter()
            .map(str::to_owned)
            .collect();
        titles.sort();
        titles
    };
    assert_eq!(titles("first"), titles("second"), "{slug}");
    assert_eq!(
        data["category"]["articleCount"],
        titles("first").len(),
        "{slug}"
    );
    titles("first")
}

#[tokio::test]
async fn a_moved_category_takes_its_articles_along() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let culture = server.category(site.en, "Culture", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let street = server.category(site.en, "Street", Some(local)).await;
    server.article(site.en, "In local").category(local).await;
    server.article(site.en, "In street").category(street).await;
    server.article(site.en, "In news").category(news).await;
    assert_eq!(
        listed(&server, "news").await,
        ["In local", "In news", "In street"]
    );
    relocate(&server, local, site.en, "Local", Some(culture)).await;
    assert_eq!(listed(&server, "news").await, ["In news"]);
    assert_eq!(listed(&server, "culture").await, ["In local", "In street"]);
    assert_eq!(listed(&server, "local").await, ["In local", "In street"]);
    let data = server
        .graphql("{ category(by: { slug: \"street\" }) { path ancestors { slug } } }")
        .await;
    assert_eq!(data["category"]["path"], "/category/culture/local/street");
    assert_eq!(
        texts(&data["category"]["ancestors"], "slug"),
        ["culture", "local"]
    );
    relocate(&server, local, site.en, "Local", None).await;
    assert!(listed(&server, "culture").await.is_empty());
    assert_eq!(listed(&server, "local").await, ["In local", "In street"]);
}

#[tokio::test]
async fn a_renamed_category_renames_the_paths_below_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    server.article(site.en, "In local").category(local).await;
    relocate(&server, news, site.en, "Tidings", None).await;
    let data = server.graphql("{ category(by: { slug: \"local\" }) { path } route(path: \"/category/tidings/local\") { ... on Category { slug } } }").await;
    assert_eq!(data["category"]["path"], "/category/tidings/local");
    assert_eq!(data["route"]["slug"], "local");
    assert_eq!(listed(&server, "tidings").await, ["In local"]);
}

#[tokio::test]
async fn an_article_in_two_trees_stays_in_both() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let sport = server.category(site.en, "Sport", None).await;
    let chess = server.category(site.en, "Chess", Some(sport)).await;
    let culture = server.category(site.en, "Culture", None).await;
    server
        .article(site.en, "In both")
        .category(local)
        .category(chess)
        .await;
    relocate(&server, local, site.en, "Local", Some(culture)).await;
    assert_eq!(listed(&server, "culture").await, ["In both"]);
    assert_eq!(
        listed(&server, "sport").await,
        ["In both"],
        "the tree that was not touched"
    );
}

#[tokio::test]
async fn an_article_in_two_moved_categories_stays_in_all_above_them() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let street = server.category(site.en, "Street", Some(local)).await;
    let square = server.category(site.en, "Square", Some(news)).await;
    let culture = server.category(site.en, "Culture", None).await;
    server
        .article(site.en, "In both")
        .category(street)
        .category(square)
        .await;
    relocate(&server, news, site.en, "News", Some(culture)).await;
    for slug in ["culture", "news", "local", "street", "square"] {
        assert_eq!(listed(&server, slug).await, ["In both"], "{slug}");
    }
}
