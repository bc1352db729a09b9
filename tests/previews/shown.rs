//! What a preview token shows.

use application::{articles, lifecycle};
use domain::{
    access::Role,
    articles::ContributionDraft,
    body::{Format, Source},
    change::{ArticleChange, Change, EntryChange, FigureChange},
    content::Status,
    id::ArticleId,
    menus::MenuTarget,
};
use serde_json::json;

use crate::harness::{FACES, TestServer, records::link, texts};

fn titled(title: &str) -> ArticleChange {
    ArticleChange {
        entry: EntryChange {
            title: Change::Set(title.to_owned()),
            ..EntryChange::default()
        },
        ..ArticleChange::default()
    }
}

#[tokio::test]
async fn a_token_shows_one_draft_over_both_faces_and_no_other() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let shown = server.article(site.en, "Shown").status(Status::Draft).await;
    let hidden = server
        .article(site.en, "Hidden")
        .status(Status::Draft)
        .await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let of = json!({ "entryId": shown.to_string() });
        let (token, until) = server.ask_for_preview(face, &owner, &of).await.made();
        assert_eq!(until, "2026-05-05T12:00:00Z");
        let path = format!("/api/v1/articles/{shown}?include=body");
        let answer = server.get_previewed(&path, &token).await.expect(200);
        assert_eq!(answer.json()["title"], "Shown");
        assert_eq!(
            answer.json()["body"]["html"],
            "<p>Shown and what came of it.</p>"
        );
        let answer = server.get(&format!("{path}&preview={token}")).await;
        assert_eq!(answer.expect(200).json()["title"], "Shown");
        let path = format!("/api/v1/articles/{hidden}");
        server.get_previewed(&path, &token).await.expect(404);
        let query = format!(
            "{{ one: article(by: {{ id: \"{shown}\" }}) {{ title body {{ html }} }} other: article(by: {{ id: \"{hidden}\" }}) {{ title }} articles {{ totalCount nodes {{ title status }} }} }}"
        );
        let data = server.graphql_previewed(&query, &token).await;
        assert_eq!(data["one"]["title"], "Shown");
        assert_eq!(data["other"], json!(null));
        assert_eq!(
            data["articles"],
            json!({ "totalCount": 1, "nodes": [{ "title": "Shown", "status": "DRAFT" }] })
        );
    }
    server
        .get(&format!("/api/v1/articles/{shown}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_token_of_an_edition_shows_all_its_drafts_in_lists_routes_and_menus() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let draft = server.article(site.en, "River").status(Status::Draft).await;
    server.article(site.fa, "رود").status(Status::Draft).await;
    server
        .article(site.en, "Gone")
        .status(Status::Trashed)
        .await;
    server
        .menu(
            site.en,
            "primary",
            vec![link("River", MenuTarget::Entry(draft.into()))],
        )
        .await;
    let token = server.preview_of_edition("en").await;
    let list = server
        .get_previewed("/api/v1/articles?first=1", &token)
        .await;
    assert_eq!(texts(&list.json()["data"], "title"), ["River"]);
    let path = "/api/v1/route?edition=en&path=/2026/05/river";
    let route = server.get_previewed(path, &token).await.expect(200);
    assert_eq!(route.json()["data"]["title"], "River");
    let query = "{ menu(edition: \"en\", location: \"primary\") { items { label url } } articles(filter: { status: { anyOf: [DRAFT, TRASHED] } }) { nodes { title } } }";
    let data = server.graphql_previewed(query, &token).await;
    assert_eq!(texts(&data["menu"]["items"], "label"), ["River"]);
    assert_eq!(texts(&data["articles"]["nodes"], "title"), ["River"]);
    let data = server.graphql(query).await;
    assert_eq!(data["menu"]["items"], json!([]));
}

/// A published article with an edit that waits: another headline, text, byline and picture.
async fn edited(server: &TestServer) -> (ArticleId, domain::id::AssetId) {
    let site = server.small_site().await;
    let ada = server.author(site.en, "Ada Moor").await;
    let old = server.article(site.en, "Old choice").await;
    let new = server.article(site.en, "New choice").await;
    let picture = server.file(site.en, "new.jpg", b"0123456789").await;
    let id = server.article(site.en, "Old").related(old).await;
    let mut change = titled("New");
    change.entry.body = Change::Set(Source {
        format: Format::Html,
        text: "<p>Quite new.</p><!-- between us -->".to_owned(),
    });
    change.entry.hero = Change::Set(Some(FigureChange {
        asset: Change::Set(picture),
        ..FigureChange::default()
    }));
    change.byline = Change::Set(vec![ContributionDraft {
        role: domain::articles::ContributionRole::Author,
        author: Some(ada),
        name: None,
    }]);
    change.related = Change::Set(vec![new]);
    articles::change(&server.system(), id, 1, change)
        .await
        .unwrap();
    (id, picture)
}

#[tokio::test]
async fn the_edit_that_waits_is_shown_wherever_the_entry_is() {
    let server = TestServer::start().await;
    let (id, _) = edited(&server).await;
    for token in [
        server.preview_of(id).await,
        server.preview_of_edition("en").await,
    ] {
        let include = "include=body,byline,hero,related,seo";
        for path in [
            format!("/api/v1/articles/{id}?{include}"),
            format!("/api/v1/articles/by-slug/en/old?{include}"),
            format!("/api/v1/articles/{id}?view=latest&{include}"),
        ] {
            let answer = server.get_previewed(&path, &token).await.expect(200).json();
            assert_eq!(answer["title"], "New", "{path}");
            assert_eq!(answer["body"]["html"], "<p>Quite new.</p>");
            assert_eq!(answer["byline"][0]["name"], "Ada Moor");
            assert!(answer["hero"]["asset"]["url"].is_string());
            assert_eq!(answer["related"][0]["title"], "New choice");
        }
        let list = server
            .get_previewed("/api/v1/articles?edition=en&sort=title", &token)
            .await;
        let list = list.json();
        let titles = texts(&list["data"], "title");
        assert!(
            titles.contains(&"New") && !titles.contains(&"Old"),
            "{titles:?}"
        );
        let query = format!(
            "{{ articles(edition: \"en\") {{ nodes {{ title body {{ html source {{ text }} }} byline {{ name }} hero {{ asset {{ url }} }} related(first: 1) {{ title }} revisions {{ nodes {{ title }} }} }} }} article(by: {{ id: \"{id}\" }}) {{ title body {{ text }} }} }}"
        );
        let data = server.graphql_previewed(&query, &token).await;
        assert_eq!(data["article"]["title"], "New");
        let nodes = data["articles"]["nodes"].as_array().unwrap();
        let new = nodes.iter().find(|node| node["title"] == "New").unwrap();
        assert_eq!(new["body"]["html"], "<p>Quite new.</p>");
        assert_eq!(new["byline"][0]["name"], "Ada Moor");
        assert_eq!(new["related"][0]["title"], "New choice");
        assert!(new["hero"]["asset"]["url"].is_string());
        // Neither what was written nor what there was before is for those who hold a link.
        assert_eq!(new["body"]["source"], json!(null));
        assert_eq!(new["revisions"]["nodes"], json!([]));
    }
    let answer = server
        .get_json(&format!("/api/v1/articles/{id}?include=body"))
        .await;
    assert_eq!(answer["title"], "Old");
}

#[tokio::test]
async fn the_latest_state_leads_to_its_own_related_articles() {
    let server = TestServer::start().await;
    let (id, _) = edited(&server).await;
    let owner = server.signed_in(Role::Owner, None).await;
    let bearer = format!("Bearer {owner}");
    let path = format!("/api/v1/articles/{id}?include=related");
    for (view, chosen) in [("", "Old choice"), ("&view=latest", "New choice")] {
        let answer = server
            .get_with(&format!("{path}{view}"), &[("authorization", &bearer)])
            .await
            .json();
        assert_eq!(answer["related"][0]["title"], chosen);
    }
    let query = format!(
        "{{ live: article(by: {{ id: \"{id}\" }}) {{ related(first: 1) {{ title }} }} latest: article(by: {{ id: \"{id}\" }}, view: LATEST) {{ related(first: 1) {{ title }} galleries {{ title }} }} }}"
    );
    let data = server.graphql_as(&owner, &query, &json!({})).await;
    assert_eq!(data["data"]["live"]["related"][0]["title"], "Old choice");
    assert_eq!(data["data"]["latest"]["related"][0]["title"], "New choice");
}

#[tokio::test]
async fn the_pictures_of_what_is_shown_come_with_it() {
    let server = TestServer::start().await;
    let (id, picture) = edited(&server).await;
    let bare = format!("/media/{picture}/1/new.jpg");
    server.get(&bare).await.expect(404);
    for token in [
        server.preview_of(id).await,
        server.preview_of_edition("en").await,
    ] {
        let path = format!("/api/v1/articles/{id}?include=hero");
        let answer = server.get_previewed(&path, &token).await.json();
        let url = answer["hero"]["asset"]["url"].as_str().unwrap().to_owned();
        let answer = server
            .get(url.strip_prefix(&server.url).unwrap())
            .await
            .expect(200);
        assert_eq!(answer.body, b"0123456789");
        assert_eq!(answer.header("cache-control"), "no-store");
        server.get_previewed(&bare, &token).await.expect(200);
    }
    let other = server
        .article(server.person_of_site(Role::Viewer).await.edition, "Other")
        .await;
    let token = server.preview_of(other).await;
    server.get_previewed(&bare, &token).await.expect(404);
    server.get(&format!("{bare}?preview=x")).await.expect(401);
}

#[tokio::test]
async fn a_token_adds_to_what_one_sees_oneself() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let (person, bearer) = super::somebody(&server, Role::Contributor, site.en).await;
    let own = articles::create_from(
        &person.cx,
        articles::NewArticle {
            edition: site.en,
            change: titled("Own"),
        },
    )
    .await
    .unwrap();
    let other = server.article(site.en, "Other").status(Status::Draft).await;
    server.article(site.en, "Third").status(Status::Draft).await;
    let token = server.preview_of(other).await;
    let bearer = format!("Bearer {bearer}");
    let both = [
        ("authorization", bearer.as_str()),
        ("colophon-preview", &token),
    ];
    let list = server.get_with("/api/v1/articles?sort=title", &both).await;
    assert_eq!(texts(&list.json()["data"], "title"), ["Other", "Own"]);
    let path = format!("/api/v1/articles/{}?view=latest", own.entry.id);
    server.get_with(&path, &both).await.expect(200);
}

#[tokio::test]
async fn what_is_put_into_the_trash_is_taken_from_those_who_hold_a_token() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    let token = server.preview_of(id).await;
    let path = format!("/api/v1/articles/{id}");
    server.get_previewed(&path, &token).await.expect(200);
    let step = lifecycle::Step {
        expected: 1,
        note: None,
    };
    lifecycle::trash(&server.system(), id.into(), step)
        .await
        .unwrap();
    server.get_previewed(&path, &token).await.expect(404);
}
