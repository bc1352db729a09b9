//! The site and its editions, changed over both faces.

use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{FACES, Face, TestServer};

/// What came of a change: its code, the fields that were wrong, and the record.
type Told = (String, Vec<String>, Value);

const EDITION: &str = "id code name direction baseUrl title tagline fallback { code } isDefault position slugStyle version permalinks { article tag }";

async fn send(
    server: &TestServer,
    token: &str,
    (method, path): (Method, &str),
    version: Option<i64>,
    body: &Value,
) -> Told {
    let mut request = server.request(method, path).bearer_auth(token).json(body);
    if let Some(version) = version {
        request = request.header("if-match", format!("\"{version}\""));
    }
    let answer = server.send(request).await;
    let body = answer.json();
    if answer.status < 300 {
        return ("DONE".to_owned(), Vec::new(), body);
    }
    let errors = body["errors"].as_array().into_iter().flatten();
    let fields = errors.filter_map(|error| error["pointer"].as_str());
    let fields = fields.map(|pointer| pointer.trim_start_matches('/').replace('/', "."));
    let code = match body["code"].as_str().unwrap() {
        "PRECONDITION_FAILED" => "STALE",
        code => code,
    };
    (code.to_owned(), fields.collect(), body.clone())
}

async fn mutate(
    server: &TestServer,
    token: &str,
    mutation: &str,
    kind: &str,
    input: &Value,
) -> Told {
    let selection = if kind == "Site" {
        "name version"
    } else {
        EDITION
    };
    let record = kind.to_lowercase();
    let document = format!(
        "mutation ($input: {}{}Input!) {{ done: {mutation}(input: $input) {{ {record} {{ {selection} }} userErrors {{ code field currentVersion }} }} }}",
        mutation[..1].to_uppercase(),
        &mutation[1..],
    );
    let answer = server
        .graphql_as(token, &document, &json!({ "input": input }))
        .await;
    let done = &answer["data"]["done"];
    let errors = done["userErrors"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer:#}"));
    let Some(first) = errors.first() else {
        let mut record = done[&record].clone();
        if kind == "Edition" {
            // As REST has it.
            record["fallback"] = record["fallback"]["code"].clone();
            for word in ["direction", "slugStyle"] {
                record[word] = json!(record[word].as_str().unwrap().to_lowercase());
            }
        }
        return ("DONE".to_owned(), Vec::new(), record);
    };
    if !first["currentVersion"].is_null() {
        return ("STALE".to_owned(), Vec::new(), first.clone());
    }
    let fields = errors.iter().filter_map(|error| error["field"].as_str());
    let fields = fields.map(str::to_owned).collect();
    (
        first["code"].as_str().unwrap().to_owned(),
        fields,
        first.clone(),
    )
}

/// The body of REST as an input of GraphQL.
fn input(body: &Value) -> Value {
    let mut input = body.clone();
    for word in ["direction", "slugStyle"] {
        if let Some(value) = input[word].as_str() {
            input[word] = json!(value.to_uppercase());
        } else if body.get(word).is_none() {
            input.as_object_mut().unwrap().remove(word);
        }
    }
    input
}

async fn create(server: &TestServer, face: Face, token: &str, body: &Value) -> Told {
    match face {
        Face::Rest => {
            send(
                server,
                token,
                (Method::POST, "/api/v1/editions"),
                None,
                body,
            )
            .await
        }
        Face::Graphql => mutate(server, token, "createEdition", "Edition", &input(body)).await,
    }
}

async fn change(
    server: &TestServer,
    face: Face,
    token: &str,
    (code, version): (&str, i64),
    body: &Value,
) -> Told {
    let path = format!("/api/v1/editions/{code}");
    match face {
        Face::Rest => send(server, token, (Method::PATCH, &path), Some(version), body).await,
        Face::Graphql => {
            let mut input = input(body);
            input["id"] = server.get_json(&path).await["id"].clone();
            input["expectedVersion"] = json!(version);
            mutate(server, token, "updateEdition", "Edition", &input).await
        }
    }
}

#[tokio::test]
async fn the_owner_renames_the_site_at_the_version_that_was_read() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let editor = server.signed_in(Role::Editor, None).await;
    let rename = async |face: Face, token: &str, version: i64, name: Value| match face {
        Face::Rest => {
            send(
                &server,
                token,
                (Method::PATCH, "/api/v1/site"),
                Some(version),
                &json!({ "name": name }),
            )
            .await
        }
        Face::Graphql => {
            mutate(
                &server,
                token,
                "updateSite",
                "Site",
                &json!({ "expectedVersion": version, "name": name }),
            )
            .await
        }
    };
    for (face, version) in FACES.into_iter().zip([1, 2]) {
        let name = format!("Gazette {face:?}");
        let (done, _, site) = rename(face, &owner, version, json!(name)).await;
        assert_eq!(
            (done.as_str(), &site["name"], &site["version"]),
            ("DONE", &json!(name), &json!(version + 1))
        );
        let (done, _, site) = rename(face, &owner, version + 1, json!(name)).await;
        assert_eq!(
            (done.as_str(), &site["version"]),
            ("DONE", &json!(version + 1))
        );
        let (stale, _, told) = rename(face, &owner, version, json!("Late")).await;
        assert_eq!(
            (stale.as_str(), &told["currentVersion"]),
            ("STALE", &json!(version + 1))
        );
        for name in [json!(" "), json!(null)] {
            let (refused, fields, _) = rename(face, &owner, version + 1, name).await;
            assert_eq!(
                (refused.as_str(), fields),
                ("VALIDATION", vec!["name".to_owned()])
            );
        }
        assert_eq!(
            rename(face, &editor, version + 1, json!("Mine")).await.0,
            "FORBIDDEN"
        );
        assert_eq!(server.get_json("/api/v1/site").await["name"], name);
    }
    let missing = server
        .request(Method::PATCH, "/api/v1/site")
        .bearer_auth(&owner)
        .json(&json!({}));
    server.send(missing).await.expect(428);
    let logged = r#"SELECT count(*) FROM audit WHERE target_kind = 'site' AND fields = '{"changed":["name"]}'"#;
    assert_eq!(server.count(logged).await, 2);
}

#[tokio::test]
async fn an_edition_is_made_with_what_its_language_says_and_changed_field_by_field() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for (face, code) in FACES.into_iter().zip(["ar", "ckb"]) {
        let body = json!({
            "code": code, "name": "العربية", "baseUrl": format!("https://example.org/{code}/"), "title": "الجريدة",
            "fallback": "en", "permalinks": { "article": "/{slug}" },
        });
        let (done, fields, made) = create(&server, face, &owner, &body).await;
        assert_eq!((done.as_str(), fields), ("DONE", vec![]), "{made:#}");
        for (member, expected) in [
            ("direction", json!("rtl")),
            ("baseUrl", json!(format!("https://example.org/{code}"))),
            ("fallback", json!("en")),
            ("isDefault", json!(false)),
            ("slugStyle", json!("native")),
            ("version", json!(1)),
        ] {
            assert_eq!(made[member], expected, "{member}");
        }
        assert_eq!(
            (&made["permalinks"]["article"], &made["permalinks"]["tag"]),
            (&json!("/{slug}"), &json!("/tag/{slug}"))
        );
        let patch = async |version: i64, body: Value| {
            change(&server, face, &owner, (code, version), &body).await
        };
        let (done, _, read) = patch(1, json!({ "tagline": "كل يوم", "slugStyle": "transliterated", "permalinks": { "tag": "/t/{slug}" } })).await;
        assert_eq!(
            (done.as_str(), &read["version"], &read["tagline"]),
            ("DONE", &json!(2), &json!("كل يوم"))
        );
        assert_eq!(
            (&read["slugStyle"], &read["permalinks"]["article"]),
            (&json!("transliterated"), &json!("/{slug}"))
        );
        let (_, _, read) = patch(2, json!({ "tagline": null, "fallback": null, "direction": "ltr", "permalinks": { "tag": null } })).await;
        assert_eq!(
            (&read["tagline"], &read["fallback"], &read["direction"]),
            (&json!(null), &json!(null), &json!("ltr"))
        );
        assert_eq!(read["permalinks"]["tag"], "/tag/{slug}");
        let (_, _, read) = patch(3, json!({ "direction": null })).await;
        assert_eq!(
            (&read["direction"], &read["version"]),
            (&json!("rtl"), &json!(4))
        );
        let (done, _, read) = patch(4, json!({ "title": "الجريدة" })).await;
        assert_eq!((done.as_str(), &read["version"]), ("DONE", &json!(4)));
        let (stale, _, told) = patch(3, json!({ "title": "Late" })).await;
        assert_eq!(
            (stale.as_str(), &told["currentVersion"]),
            ("STALE", &json!(4))
        );
        assert_eq!(
            server.get_json(&format!("/api/v1/editions/{code}")).await["version"],
            4
        );
    }
    let logged = r#"SELECT count(*) FROM audit WHERE target_kind = 'edition' AND fields = '{"changed":["tagline","permalinks.tag","slugStyle"]}'"#;
    assert_eq!(server.count(logged).await, 2);
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_edition_is_told_at_once() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let body = json!({
            "code": "en", "baseUrl": "example.org", "title": " ", "fallback": "xx",
            "permalinks": { "article": "/same", "tag": "/{colour}/{slug}" },
        });
        let (refused, mut fields, _) = create(&server, face, &owner, &body).await;
        fields.sort();
        // What only the store knows is told when all else is good.
        let expected = [
            "baseUrl",
            "fallback",
            "name",
            "permalinks.article",
            "permalinks.tag",
            "title",
        ];
        assert_eq!(
            (refused.as_str(), fields),
            ("VALIDATION", expected.map(str::to_owned).to_vec())
        );
        let body = json!({
            "code": "en", "name": "English", "baseUrl": "https://example.org", "title": "Gazette",
        });
        let (refused, mut fields, _) = create(&server, face, &owner, &body).await;
        fields.sort();
        let expected = ["code"];
        assert_eq!(
            (refused.as_str(), fields),
            ("VALIDATION", expected.map(str::to_owned).to_vec())
        );
        let circle = json!({ "fallback": "fa" });
        let (refused, fields, _) = change(&server, face, &owner, ("en", 1), &circle).await;
        assert_eq!(
            (refused.as_str(), fields),
            ("VALIDATION", vec!["fallback".to_owned()])
        );
        let (refused, fields, _) = change(
            &server,
            face,
            &owner,
            ("en", 1),
            &json!({ "isDefault": false }),
        )
        .await;
        assert_eq!(
            (refused.as_str(), fields),
            ("VALIDATION", vec!["isDefault".to_owned()])
        );
    }
    assert_eq!(server.count("SELECT count(*) FROM edition").await, 2);
}

#[tokio::test]
async fn one_edition_is_the_default_at_any_time() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for (face, code) in FACES.into_iter().zip(["fa", "en"]) {
        let read = server.get_json(&format!("/api/v1/editions/{code}")).await;
        let version = read["version"].as_i64().unwrap();
        let (done, _, read) = change(
            &server,
            face,
            &owner,
            (code, version),
            &json!({ "isDefault": true }),
        )
        .await;
        assert_eq!((done.as_str(), &read["isDefault"]), ("DONE", &json!(true)));
        assert_eq!(
            server.get_json("/api/v1/site").await["defaultEdition"],
            code
        );
        assert_eq!(
            server
                .count("SELECT count(*) FROM edition WHERE is_default")
                .await,
            1
        );
    }
}

#[tokio::test]
async fn editions_are_made_by_owners_of_the_site_and_changed_by_owners_of_theirs() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, None).await;
    let persian = server.signed_in(Role::Owner, Some(site.fa)).await;
    for (face, version) in FACES.into_iter().zip([1, 2]) {
        let body = json!({ "code": "sq", "name": "Shqip", "baseUrl": "https://example.org/sq", "title": "Gazeta" });
        for token in [&editor, &persian] {
            assert_eq!(create(&server, face, token, &body).await.0, "FORBIDDEN");
        }
        let title = json!({ "title": format!("روزنامه {face:?}") });
        assert_eq!(
            change(&server, face, &editor, ("fa", version), &title)
                .await
                .0,
            "FORBIDDEN"
        );
        assert_eq!(
            change(&server, face, &persian, ("en", 1), &title).await.0,
            "FORBIDDEN"
        );
        assert_eq!(
            change(&server, face, &persian, ("fa", version), &title)
                .await
                .0,
            "DONE"
        );
        let default = json!({ "isDefault": true });
        assert_eq!(
            change(&server, face, &persian, ("fa", version + 1), &default)
                .await
                .0,
            "FORBIDDEN"
        );
    }
}
