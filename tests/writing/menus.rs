//! Menus: made, changed and deleted over both faces.

use domain::{access::Role, content::Status};
use serde_json::{Value, json};

use crate::harness::{FACES, Face, Resource, TestServer};

const MENU: Resource = Resource {
    list: "menus",
    kind: "Menu",
    words: &[],
};

/// A link to a record as a face writes it.
fn to(face: Face, target: &str, children: &Value) -> Value {
    match face {
        Face::Rest => json!({ "targetId": target, "children": children }),
        Face::Graphql => json!({ "target": target, "children": children }),
    }
}

/// What a menu says and where it leads, links within links.
fn links(items: &Value) -> Value {
    let items = items.as_array().unwrap().iter();
    items
        .map(|item| json!([item["label"], item["href"], links(&item["children"])]))
        .collect()
}

async fn shown(server: &TestServer, id: &str) -> Value {
    let menu = server.get_json(&format!("/api/v1/menus/{id}")).await;
    links(&menu["items"])
}

#[tokio::test]
async fn an_editor_makes_a_tree_of_links_and_changes_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    let town = server.category(site.en, "Town", None).await.to_string();
    let ada = server.author(site.en, "Ada").await.to_string();
    let draft = server.article(site.en, "Soon").status(Status::Draft).await;
    let draft = draft.to_string();
    for face in FACES {
        let location = format!("primary-{face:?}");
        let body = json!({ "edition": "en", "location": location, "name": "Main", "items": [
            to(face, &town, &json!([to(face, &ada, &json!([])), { "label": "Mail us", "href": "mailto:desk@example.org" }])),
            { "label": "More", "hint": "All the rest", "opensNewWindow": true, "children": [
                to(face, &draft, &json!([])),
                { "label": "About", "href": "/about" },
            ] },
        ] });
        let made = server.create(face, &editor, MENU, &body).await.done();
        let id = made.id.as_str();
        let expected = json!([
            [
                "Town",
                "/category/town",
                [
                    ["Ada", "/author/ada", []],
                    ["Mail us", "mailto:desk@example.org", []]
                ]
            ],
            ["More", "", [["About", "/about", []]]],
        ]);
        assert_eq!(shown(&server, id).await, expected);
        let taken = server.create(face, &editor, MENU, &body).await;
        taken.refused("CONFLICT", &["location"]);
        let patch = async |version: i64, body: Value| {
            server
                .patch(face, &editor, MENU, (id, version), &body)
                .await
        };
        // What readers do not see stays when something else is changed.
        assert_eq!(
            patch(1, json!({ "name": "The main one" }))
                .await
                .done()
                .version,
            2
        );
        assert_eq!(shown(&server, id).await, expected);
        let hidden = format!(
            "SELECT count(*) FROM menu_item i JOIN menu n ON n.id = i.menu_id WHERE i.entry_id IS NOT NULL AND n.location = '{location}'"
        );
        assert_eq!(server.count(&hidden).await, 1);
        assert_eq!(
            patch(2, json!({ "name": "The main one" }))
                .await
                .done()
                .version,
            2
        );
        let moved = json!({ "location": format!("footer-{face:?}"), "items": [{ "label": "About", "href": "/about" }] });
        assert_eq!(patch(2, moved).await.done().version, 3);
        assert_eq!(shown(&server, id).await, json!([["About", "/about", []]]));
        let late = patch(2, json!({ "name": "Late" })).await;
        late.refused("STALE", &[]);
        assert_eq!(late.version, 3);
        assert_eq!(patch(3, json!({ "items": null })).await.done().version, 4);
        assert_eq!(shown(&server, id).await, json!([]));
        server
            .remove(face, &editor, MENU, (id, 3), &[])
            .await
            .refused("STALE", &[]);
        server
            .remove(face, &editor, MENU, (id, 4), &[])
            .await
            .done();
        server.get(&format!("/api/v1/menus/{id}")).await.expect(404);
    }
    for (name, count) in [("created", 2), ("updated", 6), ("deleted", 2)] {
        let events = format!("SELECT count(*) FROM outbox WHERE name = 'menu.{name}'");
        assert_eq!(server.count(&events).await, count, "{name}");
    }
    let logged = r#"SELECT count(*) FROM audit WHERE target_kind = 'menu' AND fields = '{"changed":["location","items"]}'"#;
    assert_eq!(server.count(logged).await, 2);
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_menu_is_told_at_once() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let target = match face {
            Face::Rest => "targetId",
            Face::Graphql => "target",
        };
        let body = json!({ "edition": "en", "location": " ", "items": [
            { "label": "Bad", "href": "javascript:alert(1)" },
            { "href": "/about", "children": [{ "label": "x".repeat(501), "hint": "y".repeat(1_001) }] },
        ] });
        let refused = server.create(face, &owner, MENU, &body).await;
        let mut fields = refused.fields.clone();
        fields.sort();
        let expected = [
            "items.0.href",
            "items.1.children.0.hint",
            "items.1.children.0.label",
            "items.1.label",
            "location",
            "name",
        ];
        assert_eq!(
            (refused.outcome.as_str(), fields),
            ("VALIDATION", expected.map(str::to_owned).to_vec())
        );
        let body = json!({ "edition": "en", "location": "x", "name": "X", "items": [
            { "label": "Two", target: "tag_01jb2x9k3m4n5p6q7r8s9t0v1w", "href": "/tag" },
            { "label": "A picture", target: "asset_01jb2x9k3m4n5p6q7r8s9t0v1w" },
        ] });
        let refused = server.create(face, &owner, MENU, &body).await;
        refused.refused(
            "VALIDATION",
            &["items.0.href", &format!("items.1.{target}")],
        );
    }
    assert_eq!(server.count("SELECT count(*) FROM menu").await, 0);
}

#[tokio::test]
async fn a_menu_is_ten_levels_deep_at_most() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let nested = |levels: usize| {
        let last = json!({ "label": "Last", "href": "/" });
        (1..levels).fold(
            last,
            |inner, _| json!({ "label": "Above", "href": "/", "children": [inner] }),
        )
    };
    for face in FACES {
        let body = |levels| json!({ "edition": "en", "location": format!("{face:?}"), "name": "Deep", "items": [nested(levels)] });
        let refused = server.create(face, &owner, MENU, &body(11)).await;
        let place = format!("items.0{}", ".children.0".repeat(10));
        refused.refused("VALIDATION", &[&place]);
        let made = server.create(face, &owner, MENU, &body(10)).await.done();
        let mut level = shown(&server, &made.id).await;
        for _ in 1..10 {
            level = level[0][2].clone();
        }
        assert_eq!(level, json!([["Last", "/", []]]));
    }
}

#[tokio::test]
async fn where_a_link_leads_is_seen_by_who_sets_it_and_there_in_the_edition() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    let hidden = server
        .article(site.fa, "پنهان")
        .status(Status::Draft)
        .await
        .to_string();
    let foreign = server.article(site.fa, "بیرون").await.to_string();
    let persian = server.category(site.fa, "شهر", None).await.to_string();
    for face in FACES {
        let none = || json!([]);
        let body = json!({ "edition": "en", "location": "x", "name": "X", "items": [
            to(face, &hidden, &none()),
            to(face, "article_01jb2x9k3m4n5p6q7r8s9t0v1w", &json!([to(face, &foreign, &none())])),
            to(face, &persian, &none()),
            to(face, "author_01jb2x9k3m4n5p6q7r8s9t0v1w", &none()),
        ] });
        let refused = server.create(face, &editor, MENU, &body).await;
        let mut fields = refused.fields.clone();
        fields.sort();
        let expected = [
            "items.0",
            "items.1",
            "items.1.children.0",
            "items.2",
            "items.3",
        ];
        assert_eq!(
            (refused.outcome.as_str(), fields),
            ("VALIDATION", expected.map(str::to_owned).to_vec())
        );
        let body = json!({ "edition": "fa", "location": "x", "name": "X" });
        let refused = server.create(face, &editor, MENU, &body).await;
        refused.refused("FORBIDDEN", &[]);
    }
    assert_eq!(server.count("SELECT count(*) FROM menu").await, 0);
}

#[tokio::test]
async fn menus_are_made_by_editors_and_owners() {
    let server = TestServer::start().await;
    server.small_site().await;
    for role in Role::ALL {
        let token = server.signed_in(role, None).await;
        for face in FACES {
            let body =
                json!({ "edition": "en", "location": format!("{role:?}-{face:?}"), "name": "X" });
            let made = server.create(face, &token, MENU, &body).await;
            let may = matches!(role, Role::Editor | Role::Owner);
            assert_eq!(
                made.outcome,
                if may { "DONE" } else { "FORBIDDEN" },
                "{role:?}"
            );
        }
    }
}
