//! Records that are no entries, changed in batches over both faces; and how much a batch may load.

use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::everything;
use crate::harness::{Answer, TestServer};

const BATCH: &str = "mutation ($input: BatchInput!) { batch(input: $input) { \
    results { index deletedId record { id __typename ... on Gallery { itemCount } \
    ... on Menu { name } ... on Newsletter { title } ... on Redirect { from } \
    ... on Asset { fileName isTrashed } ... on Comment { status bodyText } } \
    userErrors { code field message } } userErrors { code field message } } }";

async fn editor() -> (TestServer, String, Records) {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let picture = server.picture(site.en, "A river").await.to_string();
    let article = server.article(site.en, "River").await;
    let comment = server.comment(article, None, "First").await.to_string();
    let token = server.signed_in(Role::Editor, None).await;
    let records = Records {
        picture,
        article: article.to_string(),
        comment,
    };
    (server, token, records)
}

struct Records {
    picture: String,
    article: String,
    comment: String,
}

async fn send(server: &TestServer, token: &str, operations: Value) -> Answer {
    let request = server.request(Method::POST, "/api/v1/batch");
    let body = json!({ "operations": operations });
    server.send(request.bearer_auth(token).json(&body)).await
}

async fn mutate(server: &TestServer, token: &str, operations: Value) -> Value {
    let input = json!({ "input": { "operations": operations } });
    let answer = server.graphql_as(token, BATCH, &input).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"]["batch"].clone()
}

/// What is at a pointer of each result.
fn of_each(answer: &Value, pointer: &str) -> Vec<Value> {
    let results = answer["results"].as_array().unwrap().iter();
    let found = |result: &Value| result.pointer(pointer).cloned().unwrap_or_default();
    results.map(found).collect()
}

fn ids(answer: &Value, pointer: &str) -> Vec<String> {
    let found = of_each(answer, pointer).into_iter();
    found.map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn records_of_every_kind_are_made_changed_and_deleted_in_batches_over_rest() {
    let (server, token, records) = editor().await;
    let made = send(&server, &token, json!([
        { "method": "POST", "path": "/galleries", "body": { "items": [{ "assetId": records.picture }], "texts": { "en": { "title": "Views" } } } },
        { "method": "POST", "path": "/menus", "body": { "edition": "en", "location": "side", "name": "Side" } },
        { "method": "POST", "path": "/newsletters", "body": { "edition": "en", "title": "Letter" } },
        { "method": "POST", "path": "/redirects", "body": { "edition": "en", "from": "/old", "to": "/new" } },
        { "method": "POST", "path": "/assets", "body": { "url": "https://pictures.example/a.jpg", "mimeType": "image/jpeg" } },
    ]))
    .await
    .expect(200)
    .json();
    assert_eq!(of_each(&made, "/status"), vec![json!(201); 5], "{made:#}");
    let made = ids(&made, "/id");
    let lists = ["galleries", "menus", "newsletters", "redirects", "assets"];
    let at = |which: usize| format!("/{}/{}", lists[which], made[which]);
    let comment = |step: &str| format!("/comments/{}{step}", records.comment);
    let changed = send(&server, &token, json!([
        { "method": "PATCH", "path": at(0), "ifMatch": "1", "body": { "items": null } },
        { "method": "PATCH", "path": at(1), "ifMatch": "1", "body": { "name": "Beside", "items": [{ "targetId": records.article }] } },
        { "method": "PATCH", "path": at(2), "ifMatch": "1", "body": { "title": "Letters" } },
        { "method": "PATCH", "path": at(3), "ifMatch": "1", "body": { "to": records.article } },
        { "method": "PATCH", "path": at(4), "ifMatch": "1", "body": { "texts": { "en": { "alt": "A" } } } },
        { "method": "POST", "path": at(4) + "/trash", "ifMatch": "2", "body": { "note": "no licence" } },
        { "method": "POST", "path": at(4) + "/restore", "ifMatch": "3" },
        { "method": "DELETE", "path": at(4), "ifMatch": "4" },
        { "method": "PATCH", "path": comment(""), "ifMatch": "1", "body": { "body": "Better words." } },
        { "method": "POST", "path": comment("/reject"), "ifMatch": "2" },
        { "method": "POST", "path": comment("/restore"), "ifMatch": "3" },
        { "method": "POST", "path": comment("/approve"), "ifMatch": "4" },
    ]))
    .await
    .expect(200)
    .json();
    assert_eq!(
        of_each(&changed, "/status"),
        vec![json!(200); 12],
        "{changed:#}"
    );
    let version = |which: usize| changed["results"][which]["etag"].clone();
    assert_eq!((version(7), version(11)), (json!("\"5\""), json!("\"5\"")));
    let menu = server.get_json(&format!("/api/v1{}", at(1))).await;
    assert_eq!(menu["name"], "Beside");
    let shown = server.get_json(&format!("/api/v1{}", comment(""))).await;
    assert_eq!(shown["bodyText"], "Better words.");
    server.get(&format!("/api/v1{}", at(4))).await.expect(404);
    let note = "SELECT count(*) FROM audit WHERE note = 'no licence'";
    assert_eq!(server.count(note).await, 1);

    let gone = send(
        &server,
        &token,
        json!([
            { "method": "DELETE", "path": at(0) + "?onUse=detach", "ifMatch": "2" },
            { "method": "DELETE", "path": at(1), "ifMatch": "2" },
            { "method": "DELETE", "path": at(2), "ifMatch": "2" },
            { "method": "DELETE", "path": at(3), "ifMatch": "2" },
            { "method": "POST", "path": at(4) + "/purge?onUse=detach", "ifMatch": "5" },
            { "method": "POST", "path": comment("/trash"), "ifMatch": "5" },
            { "method": "POST", "path": comment("/purge"), "ifMatch": "6" },
        ]),
    )
    .await
    .expect(200)
    .json();
    let statuses = [204, 204, 204, 204, 204, 200, 204].map(Value::from);
    assert_eq!(of_each(&gone, "/status"), statuses, "{gone:#}");
    for which in 0..5 {
        let path = format!("/api/v1{}", at(which));
        server.get(&path).await.expect(404);
    }
    assert_eq!(server.count("SELECT count(*) FROM comment").await, 0);
}

#[tokio::test]
async fn records_of_every_kind_are_made_changed_and_deleted_in_batches_over_graphql() {
    let (server, token, records) = editor().await;
    let made = mutate(&server, &token, json!([
        { "createGallery": { "items": [{ "asset": records.picture }], "texts": [{ "edition": "en", "title": "Views" }] } },
        { "createMenu": { "edition": "en", "location": "side", "name": "Side" } },
        { "createNewsletter": { "edition": "en", "title": "Letter" } },
        { "createRedirect": { "edition": "en", "from": "/old", "to": "/new" } },
        { "createAsset": { "url": "https://pictures.example/a.jpg", "mimeType": "image/jpeg" } },
    ]))
    .await;
    assert_eq!(made["userErrors"], json!([]), "{made:#}");
    assert_eq!(
        of_each(&made, "/record/__typename"),
        ["Gallery", "Menu", "Newsletter", "Redirect", "Asset"]
    );
    let made = ids(&made, "/record/id");
    let of = |id: &str, version: i64, more: Value| {
        let mut input = json!({ "id": id, "expectedVersion": version });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        input
    };
    let (asset, comment) = (made[4].as_str(), records.comment.as_str());
    let none = Value::Null;
    let changed = mutate(&server, &token, json!([
        { "updateGallery": of(&made[0], 1, json!({ "items": null })) },
        { "updateMenu": of(&made[1], 1, json!({ "name": "Beside", "items": [{ "target": records.article }] })) },
        { "updateNewsletter": of(&made[2], 1, json!({ "title": "Letters" })) },
        { "updateRedirect": of(&made[3], 1, json!({ "to": records.article })) },
        { "updateAsset": of(asset, 1, json!({ "texts": [{ "edition": "en", "alt": "A" }] })) },
        { "trashAsset": of(asset, 2, json!({ "note": "no licence" })) },
        { "restoreAsset": of(asset, 3, none.clone()) },
        { "trashAsset": of(asset, 4, none.clone()) },
        { "updateComment": of(comment, 1, json!({ "body": "Better words." })) },
        { "rejectComment": of(comment, 2, none.clone()) },
        { "restoreComment": of(comment, 3, none.clone()) },
        { "approveComment": of(comment, 4, none.clone()) },
    ]))
    .await;
    assert_eq!(changed["userErrors"], json!([]), "{changed:#}");
    assert_eq!(of_each(&changed, "/userErrors"), vec![json!([]); 12]);
    let shown = |which: usize| changed["results"][which]["record"].clone();
    assert_eq!(shown(0)["itemCount"], 0);
    assert_eq!(shown(1)["name"], "Beside");
    assert_eq!(shown(2)["title"], "Letters");
    assert_eq!(shown(11)["bodyText"], "Better words.");
    assert_eq!(shown(11)["status"], "APPROVED");
    // Whoever put it into the trash sees it there.
    assert_eq!(shown(7)["isTrashed"], true, "{changed:#}");

    let gone = mutate(
        &server,
        &token,
        json!([
            { "deleteGallery": of(&made[0], 2, json!({ "onUse": "DETACH" })) },
            { "deleteMenu": of(&made[1], 2, none.clone()) },
            { "deleteNewsletter": of(&made[2], 2, none.clone()) },
            { "deleteRedirect": of(&made[3], 2, none.clone()) },
            { "purgeAsset": of(asset, 5, json!({ "onUse": "DETACH" })) },
            { "trashComment": of(comment, 5, none.clone()) },
            { "purgeComment": of(comment, 6, none) },
        ]),
    )
    .await;
    assert_eq!(gone["userErrors"], json!([]), "{gone:#}");
    let mut deleted = of_each(&gone, "/deletedId");
    assert_eq!(deleted.remove(5), Value::Null);
    let mut expected = made;
    expected.push(records.comment);
    assert_eq!(deleted, expected);
}

#[tokio::test]
async fn what_is_wrong_with_a_record_in_a_batch_is_told_by_its_place_and_nothing_is_changed() {
    let (server, token, records) = editor().await;
    let before = everything(&server).await;
    let nobody = "asset_01jb2x9k3m4n5p6q7r8s9t0v1w";
    for (operation, status, pointer) in [
        (
            json!({ "method": "POST", "path": "/galleries", "body": { "items": [{ "assetId": nobody }], "texts": { "en": { "title": "A" } } } }),
            422,
            "/operations/1/body/items/0/assetId",
        ),
        (
            json!({ "method": "POST", "path": "/menus", "body": { "edition": "xx", "location": "side", "name": "A" } }),
            422,
            "/operations/1/body/edition",
        ),
        (
            json!({ "method": "POST", "path": "/newsletters", "body": { "edition": "en", "title": "" } }),
            422,
            "/operations/1/body/title",
        ),
        (
            json!({ "method": "POST", "path": "/redirects", "body": { "edition": "en", "from": "nowhere", "to": "/a" } }),
            422,
            "/operations/1/body/from",
        ),
        (
            json!({ "method": "PATCH", "path": format!("/assets/{}", records.picture), "ifMatch": "1", "body": { "isPublic": "no" } }),
            422,
            "/operations/1/body/isPublic",
        ),
        (
            json!({ "method": "PATCH", "path": format!("/comments/{}", records.comment), "ifMatch": "1", "body": { "body": "" } }),
            422,
            "/operations/1/body/body",
        ),
        (
            json!({ "method": "POST", "path": format!("/comments/{}/purge", records.comment), "ifMatch": "1" }),
            409,
            "/operations/1",
        ),
        (
            json!({ "method": "POST", "path": "/menus?include=items", "body": { "edition": "en", "location": "side", "name": "A" } }),
            400,
            "/operations/1/path",
        ),
    ] {
        let good = json!({ "method": "POST", "path": "/menus", "body": { "edition": "en", "location": "good", "name": "Good" } });
        let refused = send(&server, &token, json!([good, operation.clone()])).await;
        let refused = refused.expect(status).json();
        let found = refused["errors"][0]["pointer"].as_str().unwrap();
        assert!(found.starts_with(pointer), "{found} {refused:#}");
        assert_eq!(everything(&server).await, before, "{operation}");
    }
    for (operation, field) in [
        (
            json!({ "createGallery": { "texts": [{ "edition": "en", "title": "A" }, { "edition": "fa", "title": "" }] } }),
            "operations.0.createGallery.texts.1.title",
        ),
        (
            json!({ "updateAsset": { "id": records.picture, "expectedVersion": 9, "licence": "mine" } }),
            "operations.0.updateAsset.expectedVersion",
        ),
        (
            json!({ "createRedirect": { "edition": "en", "from": "nowhere", "to": "/a" } }),
            "operations.0.createRedirect.from",
        ),
        (
            json!({ "approveComment": { "id": "nothing", "expectedVersion": 1 } }),
            "operations.0.approveComment.id",
        ),
    ] {
        let refused = mutate(&server, &token, json!([operation])).await;
        assert_eq!(refused["results"], json!([]));
        assert_eq!(refused["userErrors"][0]["field"], field, "{refused:#}");
        assert_eq!(everything(&server).await, before);
    }
}

#[tokio::test]
async fn a_batch_that_would_load_too_much_text_is_refused_before_anything_is_done() {
    let (server, token, _) = editor().await;
    let long = format!("<p>{}</p>", "river ".repeat(100_000));
    let article = server
        .request(Method::POST, "/api/v1/articles")
        .bearer_auth(&token)
        .json(&json!({ "edition": "en", "title": "Long", "body": { "html": long } }));
    let article = server.send(article).await.expect(201).json();
    let id = article["id"].as_str().unwrap();
    let path = format!("/api/v1/articles/{id}");
    let patch = server
        .request(Method::PATCH, &path)
        .bearer_auth(&token)
        .header("if-match", "\"1\"")
        .json(&json!({ "title": "Longer" }));
    server.send(patch).await.expect(200);
    let revisions = server.request(Method::GET, &format!("{path}/revisions"));
    let revisions = server.send(revisions.bearer_auth(&token)).await;
    let revisions = revisions.expect(200).json();
    let revision = revisions["data"][0]["id"].as_str().unwrap();
    let before = everything(&server).await;
    // 600 kB of text each: fourteen of them are within 8 MiB, and the sixteenth is not looked at.
    let restore = json!({ "method": "POST", "path": format!("/articles/{id}/revisions/{revision}/restore"), "ifMatch": "2" });
    let refused = send(&server, &token, json!(vec![restore.clone(); 16])).await;
    assert!(refused.status >= 400, "{}", refused.text());
    assert_eq!(refused.json()["code"], "LIMIT_EXCEEDED");
    assert_eq!(everything(&server).await, before);
    let input = json!({ "id": id, "revision": revision, "expectedVersion": 2 });
    let operations = vec![json!({ "restoreRevision": input }); 16];
    let input = json!({ "input": { "atomic": false, "operations": operations } });
    let refused = server.graphql_as(&token, BATCH, &input).await;
    let code = &refused["errors"][0]["extensions"]["code"];
    assert_eq!(code, "LIMIT_EXCEEDED", "{refused:#}");
    assert_eq!(everything(&server).await, before);
    send(&server, &token, json!([restore])).await.expect(200);
}
