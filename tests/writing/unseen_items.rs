//! Lists that are read, changed and sent back by somebody who does not see all that is in them.

use domain::{access::Role, content::Status};
use serde_json::{Value, json};

use crate::harness::{FACES, Face, Resource, TestServer};

const GALLERY: Resource = Resource {
    list: "galleries",
    kind: "Gallery",
    words: &[],
};
const CATEGORY: Resource = Resource {
    list: "categories",
    kind: "Category",
    words: &[("parentId", "parent")],
};
const MENU: Resource = Resource {
    list: "menus",
    kind: "Menu",
    words: &[],
};

/// Items of a gallery as a face writes them, with a caption in English.
fn pictures(face: Face, assets: &[&str], caption: &str) -> Value {
    let item = |asset: &&str| match face {
        Face::Rest => json!({ "assetId": asset, "captions": { "en": caption } }),
        Face::Graphql => {
            json!({ "asset": asset, "captions": [{ "edition": "en", "text": caption }] })
        }
    };
    assets.iter().map(item).collect()
}

async fn assets_of(server: &TestServer, gallery: &str) -> Vec<String> {
    let path = format!("/api/v1/galleries/{gallery}?edition=en&include=items");
    let read = server.get_json(&path).await;
    let items = read["items"].as_array().unwrap().iter();
    items
        .map(|item| item["asset"]["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pictures_in_the_trash_stay_in_a_gallery_that_is_sent_back() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let of_edition = server.signed_in(Role::Editor, Some(site.en)).await;
    for face in FACES {
        let mut all = Vec::new();
        for alt in ["One", "Two", "Three"] {
            all.push(server.picture(site.en, alt).await.to_string());
        }
        let [one, two, three] = [&all[0], &all[1], &all[2]].map(String::as_str);
        let title = format!("{face:?}");
        let body = json!({
            "items": pictures(face, &[one, two, three], "Here"),
            "texts": { "en": { "title": title } },
        });
        let id = server.create(face, &owner, GALLERY, &body).await.done().id;
        let trash = async |verb: &str, version: i64| {
            let path = format!("/api/v1/assets/{two}/{verb}");
            let request = server
                .request(reqwest::Method::POST, &path)
                .bearer_auth(&owner)
                .header("if-match", format!("\"{version}\""));
            server.send(request).await.expect(200);
        };
        trash("trash", 1).await;
        let patch = async |token: &str, version: i64, shown: &[&str]| {
            let body = json!({ "items": pictures(face, shown, "There") });
            server
                .patch(face, token, GALLERY, (&id, version), &body)
                .await
        };
        // Who may only write captions leaves the rest as it is.
        patch(&of_edition, 1, &[one, three]).await.done();
        patch(&of_edition, 2, &[three, one])
            .await
            .refused("FORBIDDEN", &[]);
        patch(&owner, 2, &[three, one]).await.done();
        // Whoever knows it may name it where it is; a new one in the trash is not there.
        patch(&owner, 3, &[three, one, two]).await.done();
        trash("restore", 2).await;
        assert_eq!(assets_of(&server, &id).await, [three, one, two]);
    }
}

/// A link to a record as a face writes it.
fn to(face: Face, target: &str, children: &Value) -> Value {
    match face {
        Face::Rest => json!({ "targetId": target, "children": children }),
        Face::Graphql => json!({ "target": target, "children": children }),
    }
}

/// What a menu says, links within links.
async fn labels(server: &TestServer, id: &str) -> Value {
    fn of(items: &Value) -> Value {
        let items = items.as_array().unwrap().iter();
        items
            .map(|item| json!([item["label"], of(&item["children"])]))
            .collect()
    }
    let menu = server.get_json(&format!("/api/v1/menus/{id}")).await;
    of(&menu["items"])
}

#[tokio::test]
async fn links_to_what_is_hidden_stay_in_a_menu_that_is_sent_back() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    let town = server.category(site.en, "Town", None).await.to_string();
    let owner = server.signed_in(Role::Owner, None).await;
    let none = json!([]);
    for face in FACES {
        let title = |name: &str| format!("{name} {face:?}");
        let mut hidden = Vec::new();
        for name in ["Gone", "Below"] {
            let texts = json!({ "en": { "name": title(name) }, "fa": { "name": title(name) } });
            let body = json!({ "texts": texts });
            hidden.push(server.create(face, &owner, CATEGORY, &body).await.done().id);
        }
        let texts = async |version: i64, text: &dyn Fn(&str) -> Value| {
            for (id, name) in hidden.iter().zip(["Gone", "Below"]) {
                let body = json!({ "texts": { "en": text(name) } });
                let target = (id.as_str(), version);
                server
                    .patch(face, &owner, CATEGORY, target, &body)
                    .await
                    .done();
            }
        };
        let about = json!({ "label": "About", "href": "/about" });
        let body = json!({ "edition": "en", "location": title("main"), "name": "Main", "items": [
            to(face, &town, &json!([to(face, &hidden[1], &none), about.clone()])),
            to(face, &hidden[0], &json!([to(face, &town, &none)])),
            about.clone(),
        ] });
        let id = server.create(face, &editor, MENU, &body).await.done().id;
        texts(1, &|_name| Value::Null).await;
        assert_eq!(
            labels(&server, &id).await,
            json!([["Town", [["About", []]]], ["About", []]])
        );
        // As it is read: without what has no name in the edition.
        let sent = json!({ "items": [about.clone(), to(face, &town, &json!([about]))] });
        let target = (id.as_str(), 1);
        server
            .patch(face, &editor, MENU, target, &sent)
            .await
            .done();
        texts(2, &|name| json!({ "name": title(name) })).await;
        let expected = json!([
            ["About", []],
            ["Town", [[title("Below"), []], ["About", []]]],
            [title("Gone"), [["Town", []]]],
        ]);
        assert_eq!(labels(&server, &id).await, expected, "{face:?}");
        let secret = server.article(site.fa, "پنهان").status(Status::Draft).await;
        let sent = json!({ "items": [to(face, &secret.to_string(), &none)] });
        let target = (id.as_str(), 2);
        let refused = server.patch(face, &editor, MENU, target, &sent).await;
        assert_eq!(refused.outcome, "VALIDATION", "{refused:?}");
    }
}
