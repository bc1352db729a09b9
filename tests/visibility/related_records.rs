//! Comments, revisions, assets, parents and translations tell of nothing hidden either.

use application::{articles, entries};
use domain::{comments::CommentStatus, content::Status};
use serde_json::json;

use super::Scene;
use crate::harness::{TestServer, records::page};

#[tokio::test]
async fn no_comment_is_shown_that_waits_or_stands_under_a_draft() {
    let scene = Scene::new().await;
    let hidden = scene.hidden[0];
    let top = scene
        .server
        .comment(hidden, None, "Umbrella under a draft")
        .await;
    let waiting = scene
        .server
        .comment_of(scene.shown, None, CommentStatus::Pending, "Umbrella waits")
        .await;
    let spam = scene
        .server
        .comment_of(scene.shown, None, CommentStatus::Spam, "Umbrella spam")
        .await;
    let shown = scene.server.comment(scene.shown, None, "Fine").await;
    scene
        .server
        .comment_of(
            scene.shown,
            Some(shown),
            CommentStatus::Trashed,
            "Umbrella answer",
        )
        .await;
    for id in [top, waiting, spam] {
        let data = scene
            .server
            .graphql(&format!(
                "{{ comment(id: \"{id}\") {{ id }} node(id: \"{id}\") {{ id }} }}"
            ))
            .await;
        assert_eq!(data, json!({ "comment": null, "node": null }));
        scene
            .server
            .get(&format!("/api/v1/comments/{id}"))
            .await
            .expect(404);
    }
    let data = scene
        .graphql("{ comments { totalCount nodes { bodyText } } articles { nodes { commentCount comments { totalCount nodes { replyCount replies { bodyText } } } } } }")
        .await;
    assert_eq!(data["comments"]["totalCount"], 1);
    let article = &data["articles"]["nodes"][0];
    assert_eq!(article["commentCount"], 1);
    assert_eq!(
        article["comments"]["nodes"],
        json!([{ "replyCount": 0, "replies": [] }])
    );
    let under = scene
        .server
        .graphql(&format!(
            "{{ comments(entry: \"{hidden}\") {{ totalCount }} }}"
        ))
        .await;
    assert_eq!(under["comments"]["totalCount"], 0);
    let rest = scene.get("/api/v1/comments?total=true").await.json();
    assert_eq!(rest["page"]["totalCount"], 1);
    let rest = scene
        .server
        .get_json(&format!(
            "/api/v1/comments?filter[entry]={hidden}&total=true"
        ))
        .await;
    assert_eq!(rest["page"]["totalCount"], 0);
}

#[tokio::test]
async fn an_answer_below_a_comment_that_is_not_shown_stands_in_no_thread() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let article = server.article(site.en, "Shown").await;
    let waiting = server
        .comment_of(article, None, CommentStatus::Pending, "Umbrella")
        .await;
    server.comment(article, Some(waiting), "An answer").await;
    let data = server
        .graphql("{ articles { nodes { comments { totalCount } } } comments { nodes { parentId bodyText } } }")
        .await;
    assert_eq!(data["articles"]["nodes"][0]["comments"]["totalCount"], 0);
    for comment in data["comments"]["nodes"].as_array().unwrap() {
        assert_eq!(
            comment["parentId"],
            waiting.to_string(),
            "an answer names what it answers"
        );
    }
}

#[tokio::test]
async fn no_reader_sees_revisions() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server.article(site.en, "Umbrella at first");
    let mut draft = builder.draft.clone();
    let id = builder.await;
    draft.entry.title = "Shown".to_owned();
    articles::update(&server.system(), id, Some(1), draft)
        .await
        .unwrap();
    let inside = entries::revisions(
        &server.system(),
        id.into(),
        &domain::paging::PageArgs::default(),
    )
    .await
    .unwrap();
    assert_eq!(inside.edges.len(), 1, "there is one to be hidden");
    let data = server
        .graphql("{ articles { nodes { title revisions { totalCount nodes { title actor } } } } }")
        .await;
    assert_eq!(
        data["articles"]["nodes"],
        json!([{ "title": "Shown", "revisions": { "totalCount": 0, "nodes": [] } }])
    );
    let rest = server
        .get_json(&format!("/api/v1/articles/{id}/revisions?total=true"))
        .await;
    assert_eq!(
        (&rest["data"], &rest["page"]["totalCount"]),
        (&json!([]), &json!(0))
    );
}

#[tokio::test]
async fn an_asset_of_drafts_alone_is_not_shown() {
    let scene = Scene::new().await;
    let (server, site) = (&scene.server, scene.site);
    let secret = server.picture(site.en, "Umbrella").await;
    let unused = server.picture(site.en, "Umbrella nobody uses").await;
    server
        .article(site.en, "Umbrella hero")
        .hero(secret)
        .status(Status::Draft)
        .await;
    server
        .article(site.en, "Umbrella body")
        .body(&format!("<p><img src=\"asset:{secret}\"></p>"))
        .status(Status::Draft)
        .await;
    let data = scene
        .graphql(&format!("{{ assets {{ totalCount nodes {{ alt }} }} secret: asset(id: \"{secret}\") {{ alt }} unused: asset(id: \"{unused}\") {{ alt }} node(id: \"{secret}\") {{ id }} }}"))
        .await;
    assert_eq!(
        data,
        json!({ "assets": { "totalCount": 0, "nodes": [] }, "secret": null, "unused": null, "node": null })
    );
    let rest = scene.get("/api/v1/assets?total=true").await.json();
    assert_eq!(rest["page"]["totalCount"], 0);
    server
        .get(&format!("/api/v1/assets/{secret}"))
        .await
        .expect(404);
    let shown = server.article(site.en, "Uses it").hero(secret).await;
    let data = server
        .graphql(&format!(
            "{{ asset(id: \"{secret}\") {{ usedBy {{ id }} }} }}"
        ))
        .await;
    assert_eq!(
        data["asset"]["usedBy"],
        json!([{ "id": shown.to_string() }]),
        "of its users only the shown one is told"
    );
}

#[tokio::test]
async fn a_picture_in_a_published_body_can_be_opened() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let picture = server.picture(site.en, "A river").await;
    server
        .article(site.en, "Shown")
        .body(&format!("<p><img src=\"asset:{picture}\"></p>"))
        .await;
    let data = server
        .graphql("{ articles { nodes { body { html } } } }")
        .await;
    let html = data["articles"]["nodes"][0]["body"]["html"]
        .as_str()
        .unwrap();
    assert!(
        html.contains("https://pictures.example/river.jpg"),
        "a published body opens its pictures: {html}"
    );
}

#[tokio::test]
async fn a_page_below_a_hidden_page_does_not_tell_of_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut parent = page(site.en, "Umbrella parent");
    parent.entry.status = Status::Draft;
    parent.entry.slug = "above".to_owned();
    let parent = server.save_page(parent).await;
    let mut child = page(site.en, "Shown child");
    child.entry.parent = Some(parent.into());
    server.save_page(child).await;
    let answer = server.post_graphql("{ pages { nodes { title parent { title } ancestors { title } children { totalCount } } } }", &json!({})).await;
    assert!(!answer.text().contains("Umbrella"), "{}", answer.text());
    assert_eq!(
        answer.json()["data"]["pages"]["nodes"][0]["parent"],
        json!(null)
    );
    let rest = server.get("/api/v1/pages").await;
    assert!(!rest.text().contains("Umbrella"), "{}", rest.text());
}

#[tokio::test]
async fn nobody_can_filter_by_a_hidden_parent() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut parent = page(site.en, "Umbrella parent");
    parent.entry.status = Status::Draft;
    let parent = server.save_page(parent).await;
    let mut child = page(site.en, "Shown child");
    child.entry.parent = Some(parent.into());
    server.save_page(child).await;
    let below = server
        .graphql(&format!(
            "{{ pages(filter: {{ parent: \"{parent}\" }}) {{ totalCount }} }}"
        ))
        .await;
    assert_eq!(
        below["pages"]["totalCount"], 0,
        "nobody can filter by what they may not read"
    );
}

#[tokio::test]
async fn the_id_of_a_hidden_parent_is_not_told_over_rest() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut parent = page(site.en, "Umbrella parent");
    parent.entry.status = Status::Draft;
    let parent = server.save_page(parent).await;
    let mut child = page(site.en, "Shown child");
    child.entry.parent = Some(parent.into());
    server.save_page(child).await;
    for path in ["/api/v1/pages", "/api/v1/pages/by-slug/en/shown-child"] {
        let rest = server.get(path).await.expect(200);
        assert!(
            !rest.text().contains(&parent.to_string()),
            "{}",
            rest.text()
        );
        let tags = rest.header("surrogate-key");
        assert!(!tags.contains(&parent.to_string()), "{tags}");
        assert!(
            tags.contains("page-list"),
            "it changes when the parent is published: {tags}"
        );
    }
}

#[tokio::test]
async fn a_parent_that_is_shown_is_named_over_rest() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let parent = server.page(site.en, "Parent").await;
    let mut child = page(site.en, "Child");
    child.entry.parent = Some(parent.into());
    let child = server.save_page(child).await;
    let rest = server.get_json(&format!("/api/v1/pages/{child}")).await;
    assert_eq!(rest["parentId"], parent.to_string());
}

#[tokio::test]
async fn a_translation_does_not_tell_of_its_hidden_original() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let group = server.group();
    let builder = server
        .article(site.en, "Umbrella original")
        .group(group)
        .status(Status::Draft);
    let mut draft = builder.draft.clone();
    let original = builder.await;
    server
        .article(site.fa, "ترجمه")
        .group(group)
        .with(|draft| draft.entry.translated_from = Some((original.into(), 1)))
        .await;
    draft.entry.title = "Umbrella changed".to_owned();
    articles::update(&server.system(), original, Some(1), draft)
        .await
        .unwrap();
    let answer = server
        .post_graphql(
            "{ articles { nodes { translations { isStale entry { title } } } } }",
            &json!({}),
        )
        .await;
    assert!(!answer.text().contains("Umbrella"));
    assert_eq!(
        answer.json()["data"]["articles"]["nodes"][0]["translations"],
        json!([{ "isStale": false, "entry": { "title": "ترجمه" } }]),
        "that a draft was changed is not told"
    );
    let rest = server.get("/api/v1/articles?include=translations").await;
    assert!(
        !rest.text().contains(&original.to_string()),
        "{}",
        rest.text()
    );
}
