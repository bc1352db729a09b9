//! What is not published leaks through no channel, whoever asks: neither to those who are signed in
//! elsewhere, nor to those who hold a link to something else.

use application::articles;
use domain::{
    access::Role,
    change::{ArticleChange, Change, EntryChange},
    content::Status,
    menus::MenuTarget,
};
use reqwest::Method;
use serde_json::json;

use super::{MARK, Scene};
use crate::harness::{Face, records::link};

/// What REST and feeds are asked.
const PATHS: [&str; 22] = [
    "/api/v1/articles?first=100&total=true",
    "/api/v1/articles?first=1&sort=-updatedAt",
    "/api/v1/articles?edition=en&sort=title&last=1",
    "/api/v1/articles?filter[status]=draft,in_review,scheduled,archived,trashed&total=true",
    "/api/v1/articles?edition=en&filter[category]=news&include=related,byline,body",
    "/api/v1/articles?edition=en&filter[tag]=bees&include=translations,seo,galleries",
    "/api/v1/articles?edition=en&filter[author]=ada-moor",
    "/api/v1/articles?filter[untranslatedIn]=fa",
    "/api/v1/articles?filter[isStaleTranslation]=true",
    "/api/v1/articles?filter[isStaleTranslation]=false",
    "/api/v1/articles?filter[isFeatured]=true",
    "/api/v1/categories?edition=en",
    "/api/v1/tags?edition=en",
    "/api/v1/authors?edition=en",
    "/api/v1/archive?edition=en",
    "/api/v1/menus?edition=en",
    "/api/v1/comments",
    "/api/v1/route?edition=en&path=/2026/05/umbrella-draft",
    "/api/v1/articles/by-slug/en/umbrella-draft?view=latest",
    "/feeds/en/rss.xml",
    "/feeds/en/category/news/atom.xml",
    "/feeds/en/sitemaps/2026-05/sitemap.xml",
];

/// What GraphQL is asked.
const QUERIES: [&str; 6] = [
    "{ articles(first: 100) { totalCount edges { cursor node { title related { title } revisions { nodes { title } } translations { entry { title } } } } pageInfo { hasNextPage endCursor } facets(by: [CATEGORY, TAG, AUTHOR]) { buckets { label count } } } }",
    "{ articles(filter: { not: { status: { eq: PUBLISHED } } }) { totalCount nodes { title } } }",
    "{ articles(edition: \"en\", filter: { or: [{ category: { slug: \"news\" } }, { isStaleTranslation: false }] }) { totalCount nodes { title body { html source { text } } } } }",
    "{ menus(edition: \"en\") { items { label url } } }",
    "{ route(edition: \"en\", path: \"/2026/05/umbrella-in-review\") { __typename } }",
    "{ article(by: { slug: \"umbrella-scheduled\" }, edition: \"en\", view: LATEST) { title } }",
];

/// Somebody who may see nothing of what is hidden: what they send.
type Headers = Vec<(&'static str, String)>;

async fn strangers(scene: &Scene) -> Vec<(&'static str, Headers)> {
    let (server, site) = (&scene.server, scene.site);
    let bearer = |token: String| vec![("authorization", format!("Bearer {token}"))];
    let mut all = vec![("nobody", Vec::new())];
    for (name, role, edition) in [
        ("a contributor", Role::Contributor, site.en),
        ("an author of this edition", Role::Author, site.en),
        ("an author of another edition", Role::Author, site.fa),
        ("an editor of another edition", Role::Editor, site.fa),
        ("a viewer of another edition", Role::Viewer, site.fa),
    ] {
        all.push((name, bearer(server.signed_in(role, Some(edition)).await)));
    }
    let other = server
        .article(site.en, "Another draft")
        .status(Status::Draft)
        .await;
    let owner = server.signed_in(Role::Owner, None).await;
    for (name, of) in [
        (
            "who holds a link to another entry",
            json!({ "entryId": other.to_string() }),
        ),
        (
            "who holds a link to another edition",
            json!({ "edition": "fa" }),
        ),
    ] {
        let (token, _) = server.ask_for_preview(Face::Rest, &owner, &of).await.made();
        all.push((name, vec![("colophon-preview", token)]));
    }
    all
}

impl Scene {
    /// A scene in which also an edit of what is shown waits, and a menu leads to what is hidden.
    async fn with_more() -> Self {
        let scene = Self::new().await;
        let change = ArticleChange {
            entry: EntryChange {
                title: Change::Set(format!("{MARK} that waits")),
                ..EntryChange::default()
            },
            ..ArticleChange::default()
        };
        let system = scene.server.system();
        articles::change(&system, scene.shown, 1, change)
            .await
            .unwrap();
        let target = MenuTarget::Entry(scene.hidden[0].into());
        let items = vec![link("", target)];
        scene.server.menu(scene.site.en, "primary", items).await;
        scene
    }
}

#[tokio::test]
async fn no_channel_tells_strangers_of_what_is_hidden() {
    let scene = Scene::with_more().await;
    for (name, headers) in strangers(&scene).await {
        let sent: Vec<(&str, &str)> = headers
            .iter()
            .map(|(key, it)| (*key, it.as_str()))
            .collect();
        for path in PATHS {
            let answer = scene.server.get_with(path, &sent).await;
            assert!(answer.status < 500, "{name}: {path}: {}", answer.status);
            assert_ne!(answer.status, 400, "{name}: {path}: {}", answer.text());
            scene.tells_nothing(&answer);
        }
        for query in QUERIES {
            let mut request = scene.server.request(Method::POST, "/graphql");
            for (key, value) in &sent {
                request = request.header(*key, *value);
            }
            let answer = scene
                .server
                .send(request.json(&json!({ "query": query })))
                .await;
            scene.tells_nothing(&answer);
            let answer = answer.json();
            assert!(answer.get("errors").is_none(), "{name}: {query}: {answer}");
        }
        for id in &scene.hidden {
            for below in [
                "",
                "/translations",
                "/comments",
                "/related",
                "/revisions",
                "?view=latest",
            ] {
                let path = format!("/api/v1/articles/{id}{below}");
                scene.server.get_with(&path, &sent).await.expect(404);
            }
        }
        let path = format!("/api/v1/articles/{}/revisions", scene.shown);
        let answer = scene.server.get_with(&path, &sent).await.expect(200);
        assert_eq!(answer.json()["data"], json!([]), "{name}");
        let path = format!("/api/v1/articles/{}?view=latest", scene.shown);
        let answer = scene.server.get_with(&path, &sent).await;
        assert!(
            [401, 403].contains(&answer.status),
            "{name}: {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn those_who_read_the_drafts_of_the_edition_are_told_by_the_same_channels() {
    let scene = Scene::with_more().await;
    let token = scene
        .server
        .signed_in(Role::Viewer, Some(scene.site.en))
        .await;
    let bearer = format!("Bearer {token}");
    let sent = [("authorization", bearer.as_str())];
    for path in [
        PATHS[0], PATHS[3], PATHS[4], PATHS[5], PATHS[6], PATHS[10], PATHS[17],
    ] {
        let answer = scene.server.get_with(path, &sent).await.expect(200);
        assert!(answer.text().contains(MARK), "{path}: {}", answer.text());
    }
}
