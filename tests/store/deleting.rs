//! Deleting what is in use: refused with who uses it, detached, or replaced.

use application::{OnUse, authors, entries, galleries, media, terms};
use domain::{
    Error,
    access::{Actor, Scope},
    content::Status,
    error::Usage,
    events::RecordKind,
    id::{ApiKeyId, ArticleId, Id},
    media::FigureDraft,
    menus::MenuTarget,
    terms::TermId,
};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{TestServer, records::link, texts};

/// Who uses it, as a refusal tells.
fn users<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, String)> {
    match result.unwrap_err() {
        Error::Conflict { used_by, .. } => used_by
            .into_iter()
            .map(|Usage { id, role }| (role, id))
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn by(role: &str, id: impl std::fmt::Display) -> (String, String) {
    (role.to_owned(), id.to_string())
}

#[tokio::test]
async fn a_tag_in_use_is_not_deleted() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let tag = server.tag(site.en, "Bees").await;
    let one = server.article(site.en, "One").tag(tag).await;
    let two = server
        .article(site.en, "Two")
        .tag(tag)
        .status(Status::Draft)
        .await;
    let refused = terms::delete(&server.system(), TermId::from(tag), OnUse::Refuse).await;
    assert_eq!(users(refused), [by("term", one), by("term", two)]);
    let data = server
        .graphql("{ tag(by: { slug: \"bees\" }) { articleCount } }")
        .await;
    assert_eq!(data["tag"]["articleCount"], 1);
}

#[tokio::test]
async fn an_unused_record_is_deleted() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let tag = server.tag(site.en, "Bees").await;
    let author = server.author(site.en, "Ada Moor").await;
    let picture = server.picture(site.en, "A river").await;
    let gallery = server.gallery(site.en, "Dawn", &[]).await;
    terms::delete(&cx, TermId::from(tag), OnUse::Refuse)
        .await
        .unwrap();
    authors::delete(&cx, author, OnUse::Refuse).await.unwrap();
    media::delete(&cx, picture, OnUse::Refuse).await.unwrap();
    galleries::delete(&cx, gallery, OnUse::Refuse)
        .await
        .unwrap();
    let data = server
        .graphql_with("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": [tag.to_string(), author.to_string(), picture.to_string(), gallery.to_string()] }))
        .await;
    assert_eq!(data["nodes"], json!([null, null, null, null]));
    let again = terms::delete(&cx, TermId::from(tag), OnUse::Refuse)
        .await
        .unwrap_err();
    assert_eq!(again.code(), "NOT_FOUND");
}

#[tokio::test]
async fn a_refusal_names_only_users_the_actor_may_read() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let tag = server.tag(site.en, "Bees").await;
    let shown = server.article(site.en, "Shown").tag(tag).await;
    server
        .article(site.en, "Hidden")
        .tag(tag)
        .status(Status::Draft)
        .await;
    let secret = server.tag(site.en, "Secret").await;
    server
        .article(site.en, "Only hidden")
        .tag(secret)
        .status(Status::Draft)
        .await;
    // May delete tags, but reads only what is published.
    let key = Actor::ApiKey {
        id: ApiKeyId::from_uuid(Uuid::from_u128(7)),
        scopes: vec![Scope {
            kind: Some(RecordKind::Tag),
            write: true,
            edition: None,
        }],
        maker: None,
    };
    let cx = server.app.context(key);
    assert_eq!(
        users(terms::delete(&cx, TermId::from(tag), OnUse::Refuse).await),
        [by("term", shown)]
    );
    assert_eq!(
        users(terms::delete(&cx, TermId::from(secret), OnUse::Refuse).await),
        [],
        "refused all the same"
    );
}

#[tokio::test]
async fn authors_pictures_and_galleries_in_use_are_not_deleted() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let ada = server.author(site.en, "Ada Moor").await;
    let picture = server.picture(site.en, "A river").await;
    let gallery = server.gallery(site.en, "Dawn", &[picture]).await;
    let article: ArticleId = server
        .article(site.en, "Uses all")
        .by(ada)
        .hero(picture)
        .with(|draft| {
            draft.galleries.push(gallery);
            draft.attachments.push(FigureDraft::plain(picture));
        })
        .await;
    assert_eq!(
        users(authors::delete(&cx, ada, OnUse::Refuse).await),
        [by("byline", article)]
    );
    assert_eq!(
        users(galleries::delete(&cx, gallery, OnUse::Refuse).await),
        [by("gallery", article)]
    );
    let users = users(media::delete(&cx, picture, OnUse::Refuse).await);
    assert!(users.contains(&by("figure", article)), "{users:?}");
    assert!(
        users.iter().any(|(role, _)| role == "galleryItem"),
        "{users:?}"
    );
}

#[tokio::test]
async fn a_refusal_names_users_by_their_ids() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let menu = server
        .menu(
            site.en,
            "main",
            vec![link("News", MenuTarget::Term(news.into()))],
        )
        .await;
    let refused = terms::delete(&server.system(), TermId::from(news), OnUse::Refuse).await;
    assert_eq!(users(refused), [by("parent", local), by("menuItem", menu)]);
}

#[tokio::test]
async fn detached_users_lose_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let bees = server.tag(site.en, "Bees").await;
    let ada = server.author(site.en, "Ada Moor").await;
    let picture = server.picture(site.en, "A river").await;
    let gallery = server.gallery(site.en, "Dawn", &[picture]).await;
    server
        .menu(
            site.en,
            "main",
            vec![
                link("Bees", MenuTarget::Term(bees.into())),
                link("Ada", MenuTarget::Author(ada)),
            ],
        )
        .await;
    server
        .article(site.en, "One")
        .tag(bees)
        .by(ada)
        .hero(picture)
        .with(|draft| draft.galleries.push(gallery))
        .await;
    terms::delete(&cx, TermId::from(bees), OnUse::Detach)
        .await
        .unwrap();
    authors::delete(&cx, ada, OnUse::Detach).await.unwrap();
    galleries::delete(&cx, gallery, OnUse::Detach)
        .await
        .unwrap();
    media::delete(&cx, picture, OnUse::Detach).await.unwrap();
    let data = server.graphql("{ articles { nodes { tags { name } byline { name } hero { alt } galleries { title } } } menu(location: \"main\") { items { label } } }").await;
    assert_eq!(
        data["articles"]["nodes"],
        json!([{ "tags": [], "byline": [], "hero": null, "galleries": [] }])
    );
    assert_eq!(data["menu"]["items"], json!([]));
}

#[tokio::test]
async fn users_get_the_replacement() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let (bees, wax) = (
        server.tag(site.en, "Bees").await,
        server.tag(site.en, "Wax").await,
    );
    let (ada, ben) = (
        server.author(site.en, "Ada Moor").await,
        server.author(site.en, "Ben Hale").await,
    );
    let (river, sea) = (
        server.picture(site.en, "A river").await,
        server.picture(site.en, "The sea").await,
    );
    let (dawn, dusk) = (
        server.gallery(site.en, "Dawn", &[river]).await,
        server.gallery(site.en, "Dusk", &[]).await,
    );
    server
        .menu(
            site.en,
            "main",
            vec![link("", MenuTarget::Term(bees.into()))],
        )
        .await;
    server
        .article(site.en, "One")
        .tag(bees)
        .by(ada)
        .hero(river)
        .with(|draft| draft.galleries.push(dawn))
        .await;
    server.article(site.en, "Two").tag(wax).tag(bees).await;
    terms::delete(&cx, TermId::from(bees), OnUse::ReplaceWith(wax.uuid()))
        .await
        .unwrap();
    authors::delete(&cx, ada, OnUse::ReplaceWith(ben.uuid()))
        .await
        .unwrap();
    media::delete(&cx, river, OnUse::ReplaceWith(sea.uuid()))
        .await
        .unwrap();
    galleries::delete(&cx, dawn, OnUse::ReplaceWith(dusk.uuid()))
        .await
        .unwrap();
    let data = server
        .graphql("{ articles(orderBy: { field: TITLE }, edition: \"en\") { nodes { tags { name } byline { name } hero { alt } galleries { title } } } menu(location: \"main\") { items { label } } tag(by: { slug: \"wax\" }) { articleCount } }")
        .await;
    let nodes = &data["articles"]["nodes"];
    assert_eq!(
        nodes[0],
        json!({ "tags": [{ "name": "Wax" }], "byline": [{ "name": "Ben Hale" }], "hero": { "alt": "The sea" }, "galleries": [{ "title": "Dusk" }] })
    );
    assert_eq!(
        nodes[1]["tags"],
        json!([{ "name": "Wax" }]),
        "what had both has it once"
    );
    assert_eq!(data["menu"]["items"], json!([{ "label": "Wax" }]));
    assert_eq!(data["tag"]["articleCount"], 2);
}

#[tokio::test]
async fn a_replacement_must_be_another_record_that_is_there() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let tag = server.tag(site.en, "Bees").await;
    server.article(site.en, "One").tag(tag).await;
    for replacement in [tag.uuid(), Uuid::from_u128(42)] {
        let error = terms::delete(&cx, TermId::from(tag), OnUse::ReplaceWith(replacement))
            .await
            .unwrap_err();
        assert!(
            matches!(error.code(), "VALIDATION" | "CONFLICT" | "NOT_FOUND"),
            "{error:?}"
        );
    }
    let data = server
        .graphql("{ articles { nodes { tags { name } } } }")
        .await;
    assert_eq!(
        data["articles"]["nodes"][0]["tags"],
        json!([{ "name": "Bees" }])
    );
}

#[tokio::test]
async fn a_replacement_must_be_of_the_same_kind() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let tag = server.tag(site.en, "Bees").await;
    let category = server.category(site.en, "News", None).await;
    server.article(site.en, "One").tag(tag).await;
    let error = terms::delete(
        &server.system(),
        TermId::from(tag),
        OnUse::ReplaceWith(category.uuid()),
    )
    .await
    .unwrap_err();
    assert_eq!(error.code(), "VALIDATION");
}

#[tokio::test]
async fn a_category_with_children_is_not_deleted() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    server.category(site.en, "Local", Some(news)).await;
    let error = terms::delete(&server.system(), TermId::from(news), OnUse::Refuse)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "CONFLICT");
    let data = server
        .graphql("{ category(by: { slug: \"local\" }) { parent { slug } } }")
        .await;
    assert_eq!(data["category"]["parent"]["slug"], "news");
}

#[tokio::test]
async fn categories_below_a_deleted_one_become_roots() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    server.category(site.en, "Street", Some(local)).await;
    terms::delete(&server.system(), TermId::from(news), OnUse::Detach)
        .await
        .unwrap();
    let data = server.graphql("{ local: category(by: { slug: \"local\" }) { parent { slug } path ancestors { slug } } street: category(by: { slug: \"street\" }) { path ancestors { slug } } }").await;
    assert_eq!(
        data["local"],
        json!({ "parent": null, "path": "/category/local", "ancestors": [] })
    );
    assert_eq!(data["street"]["path"], "/category/local/street");
    assert_eq!(texts(&data["street"]["ancestors"], "slug"), ["local"]);
}

#[tokio::test]
async fn categories_below_a_replaced_one_move_to_the_other() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let culture = server.category(site.en, "Culture", None).await;
    server.article(site.en, "In local").category(local).await;
    terms::delete(
        &server.system(),
        TermId::from(news),
        OnUse::ReplaceWith(culture.uuid()),
    )
    .await
    .unwrap();
    let data = server.graphql("{ category(by: { slug: \"local\" }) { parent { slug } path } culture: category(by: { slug: \"culture\" }) { articleCount } }").await;
    assert_eq!(
        data["category"],
        json!({ "parent": { "slug": "culture" }, "path": "/category/culture/local" })
    );
    assert_eq!(data["culture"]["articleCount"], 1);
}

#[tokio::test]
async fn an_article_whose_category_is_detached_leaves_those_above_it_too() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    server.article(site.en, "In local").category(local).await;
    terms::delete(&server.system(), TermId::from(local), OnUse::Detach)
        .await
        .unwrap();
    let data = server.graphql("{ articles { nodes { categories { slug } primaryCategory { slug } } } category(by: { slug: \"news\" }) { articleCount } }").await;
    assert_eq!(
        data["articles"]["nodes"],
        json!([{ "categories": [], "primaryCategory": null }])
    );
    assert_eq!(data["category"]["articleCount"], 0);
}

#[tokio::test]
async fn an_article_whose_category_is_replaced_stands_below_the_other_tree() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let culture = server.category(site.en, "Culture", None).await;
    let books = server.category(site.en, "Books", Some(culture)).await;
    server.article(site.en, "In local").category(local).await;
    terms::delete(
        &server.system(),
        TermId::from(local),
        OnUse::ReplaceWith(books.uuid()),
    )
    .await
    .unwrap();
    let data = server.graphql("{ news: category(by: { slug: \"news\" }) { articleCount } culture: category(by: { slug: \"culture\" }) { articleCount } books: category(by: { slug: \"books\" }) { articleCount } }").await;
    assert_eq!(
        data,
        json!({ "news": { "articleCount": 0 }, "culture": { "articleCount": 1 }, "books": { "articleCount": 1 } })
    );
}

#[tokio::test]
async fn a_category_replaced_by_the_one_above_it_leaves_its_articles_there() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    server.article(site.en, "In local").category(local).await;
    terms::delete(
        &server.system(),
        TermId::from(local),
        OnUse::ReplaceWith(news.uuid()),
    )
    .await
    .unwrap();
    let data = server
        .graphql("{ articles { nodes { categories { slug } primaryCategory { slug } } } }")
        .await;
    assert_eq!(
        data["articles"]["nodes"],
        json!([{ "categories": [{ "slug": "news" }], "primaryCategory": { "slug": "news" } }])
    );
}

#[tokio::test]
async fn a_deleted_entry_takes_along_what_is_its_own() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let tag = server.tag(site.en, "Bees").await;
    let id = server.article(site.en, "Gone").tag(tag).await;
    let top = server.comment(id, None, "First").await;
    server.comment(id, Some(top), "Answer").await;
    entries::delete(&cx, id.into(), OnUse::Refuse)
        .await
        .unwrap();
    for table in [
        "entry",
        "article",
        "entry_body",
        "entry_term",
        "comment",
        "route",
    ] {
        assert_eq!(
            server.count(&format!("SELECT count(*) FROM {table}")).await,
            0,
            "{table}"
        );
    }
    let data = server.graphql("{ route(path: \"/2026/05/gone\") { __typename } tag(by: { slug: \"bees\" }) { articleCount } comments { totalCount } }").await;
    assert_eq!(
        data,
        json!({ "route": null, "tag": { "articleCount": 0 }, "comments": { "totalCount": 0 } })
    );
}

#[tokio::test]
async fn an_entry_in_use_is_not_deleted() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let id = server.article(site.en, "Used").await;
    let curating = server.article(site.en, "Curating").related(id).await;
    server
        .collection(site.en, "Front page", vec![id.into()])
        .await;
    let users = users(entries::delete(&cx, id.into(), OnUse::Refuse).await);
    assert!(users.contains(&by("related", curating)), "{users:?}");
    assert!(
        users.iter().any(|(role, _)| role == "collectionItem"),
        "{users:?}"
    );
    entries::delete(&cx, id.into(), OnUse::Detach)
        .await
        .unwrap();
    let data = server.graphql("{ collection(by: { slug: \"front-page\" }) { items { totalCount } } articles { totalCount } }").await;
    assert_eq!(
        data,
        json!({ "collection": { "items": { "totalCount": 0 } }, "articles": { "totalCount": 1 } })
    );
}

#[tokio::test]
async fn readers_delete_nothing() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let tag = server.tag(site.en, "Bees").await;
    let id = server.article(site.en, "Shown").await;
    let hidden = server
        .article(site.en, "Hidden")
        .status(Status::Draft)
        .await;
    let cx = server.reader();
    assert_eq!(
        terms::delete(&cx, TermId::from(tag), OnUse::Detach)
            .await
            .unwrap_err()
            .code(),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        entries::delete(&cx, id.into(), OnUse::Detach)
            .await
            .unwrap_err()
            .code(),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        entries::delete(&cx, hidden.into(), OnUse::Detach)
            .await
            .unwrap_err()
            .code(),
        "NOT_FOUND",
        "as if absent"
    );
    let absent: ArticleId = Id::from_uuid(Uuid::from_u128(42));
    assert_eq!(
        entries::delete(&cx, absent.into(), OnUse::Detach)
            .await
            .unwrap_err()
            .code(),
        "NOT_FOUND"
    );
}
