//! Redirects: made, changed, deleted and imported over both faces.

use domain::{access::Role, content::Status};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{FACES, Face, Resource, TestServer, program::colophon};

const REDIRECT: Resource = Resource {
    list: "redirects",
    kind: "Redirect",
    words: &[],
};

/// Where a path leads, and with which status; nothing if nothing lives there.
async fn leads(server: &TestServer, edition: &str, path: &str) -> Option<(Option<String>, u64)> {
    let query = "query ($path: String!, $edition: String!) { route(path: $path, edition: $edition) { ... on Redirect { url statusCode } } }";
    let variables = json!({ "path": path, "edition": edition });
    let found = server.graphql_with(query, variables).await;
    let found = found["route"].as_object()?;
    Some((
        found["url"].as_str().map(str::to_owned),
        found["statusCode"].as_u64()?,
    ))
}

#[tokio::test]
async fn an_editor_makes_changes_and_deletes_a_redirect() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    let article = server.article(site.en, "River").await.to_string();
    for face in FACES {
        let from = format!("/old-{face:?}").to_lowercase();
        let body = json!({ "edition": "en", "from": format!("{from}/"), "to": article });
        let made = server.create(face, &editor, REDIRECT, &body).await.done();
        let target = |version: i64| (made.id.as_str(), version);
        let (to, status) = leads(&server, "en", &from).await.unwrap();
        assert_eq!(status, 301);
        assert!(to.unwrap().ends_with("/2026/05/river"));
        let taken = server.create(face, &editor, REDIRECT, &body).await;
        taken.refused("CONFLICT", &["from"]);
        let away = json!({ "to": "https://elsewhere.example/x?y=1", "isPermanent": false });
        let changed = server
            .patch(face, &editor, REDIRECT, target(1), &away)
            .await;
        assert_eq!(changed.done().version, 2);
        assert_eq!(
            leads(&server, "en", &from).await,
            Some((Some("https://elsewhere.example/x?y=1".to_owned()), 302))
        );
        let late = server
            .patch(face, &editor, REDIRECT, target(1), &away)
            .await;
        late.refused("STALE", &[]);
        // What is gone for good is told so.
        let gone = json!({ "to": null });
        server
            .patch(face, &editor, REDIRECT, target(2), &gone)
            .await
            .done();
        assert_eq!(leads(&server, "en", &from).await, Some((None, 410)));
        let route = format!("/api/v1/route?edition=en&path={from}");
        server.get(&route).await.expect(410);
        let moved = json!({ "from": format!("{from}-moved"), "to": "/new?x=1#y" });
        server
            .patch(face, &editor, REDIRECT, target(3), &moved)
            .await
            .done();
        assert_eq!(leads(&server, "en", &from).await, None);
        let (to, _) = leads(&server, "en", &format!("{from}-moved"))
            .await
            .unwrap();
        assert_eq!(to.unwrap(), "https://example.org/en/new?x=1#y");
        let read = server
            .get_json(&format!("/api/v1/redirects/{}", made.id))
            .await;
        assert_eq!(
            (&read["to"], &read["version"], &read["isGone"]),
            (&json!("/new?x=1#y"), &json!(4), &json!(false))
        );
        let late = server.remove(face, &editor, REDIRECT, target(3), &[]).await;
        late.refused("STALE", &[]);
        server
            .remove(face, &editor, REDIRECT, target(4), &[])
            .await
            .done();
        server.get(&route).await.expect(404);
    }
    let logged = "SELECT count(*) FROM audit WHERE target_kind = 'redirect'";
    assert_eq!(server.count(logged).await, 10);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_redirect_is_told() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    let hidden = server.article(site.fa, "Later").status(Status::Draft).await;
    server.article(site.en, "River").await;
    let tag = server.tag(site.en, "Bees").await.to_string();
    for face in FACES {
        let create = async |body: Value| server.create(face, &editor, REDIRECT, &body).await;
        create(json!({ "edition": "en" }))
            .await
            .refused("VALIDATION", &["from", "to"]);
        create(json!({ "edition": "en", "from": "old", "to": "javascript:alert(1)" }))
            .await
            .refused("VALIDATION", &["to", "from"]);
        for to in [
            "/old/",
            "https://example.org/en/old",
            "article_01jb2x9k3m4n5p6q7r8s9t0v1w",
            &hidden.to_string(),
            "asset_01jb2x9k3m4n5p6q7r8s9t0v1w",
        ] {
            let body = json!({ "edition": "en", "from": "/old", "to": to });
            create(body).await.refused("VALIDATION", &["to"]);
        }
        // Nothing is led away from where something lives.
        for from in ["/2026/05/river", "/tag/bees"] {
            let body = json!({ "edition": "en", "from": from, "to": tag });
            create(body).await.refused("CONFLICT", &["from"]);
        }
        create(json!({ "edition": "fa", "from": "/old", "to": "/new" }))
            .await
            .refused("FORBIDDEN", &[]);
    }
    assert_eq!(
        server
            .count("SELECT count(*) FROM route WHERE redirect_id IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn redirects_never_lead_round_in_a_circle() {
    let server = TestServer::start().await;
    server.small_site().await;
    let editor = server.signed_in(Role::Editor, None).await;
    for face in FACES {
        let path = |name: &str| format!("/{name}-{face:?}").to_lowercase();
        let create = async |edition: &str, from: String, to: String| {
            let body = json!({ "edition": edition, "from": from, "to": to });
            server.create(face, &editor, REDIRECT, &body).await
        };
        let first = create("en", path("a"), path("b")).await.done();
        create("en", path("b"), path("c")).await.done();
        create("en", path("c"), path("a"))
            .await
            .refused("VALIDATION", &["to"]);
        let itself = json!({ "to": path("a") });
        let target = (first.id.as_str(), 1);
        let refused = server.patch(face, &editor, REDIRECT, target, &itself).await;
        refused.refused("VALIDATION", &["to"]);
        // Across editions, by whole addresses.
        let persian = format!("https://example.org/fa{}", path("d"));
        create("en", path("c"), persian).await.done();
        let english = format!("https://example.org/en{}", path("a"));
        create("fa", path("d"), english)
            .await
            .refused("VALIDATION", &["to"]);
        // Ten may follow each other, and no more.
        for number in 0..10 {
            let (from, to) = (number + 1, number);
            let from = path(&format!("step-{from}"));
            create("en", from, path(&format!("step-{to}"))).await.done();
        }
        let refused = create("en", path("step-11"), path("step-10")).await;
        refused.refused("VALIDATION", &["to"]);
    }
}

/// Sends a text to be imported: created and unchanged, or the fields that are wrong.
async fn import(
    server: &TestServer,
    face: Face,
    token: &str,
    text: &str,
) -> Result<(u64, u64), Vec<String>> {
    let fields = |errors: &Value, name: &str| {
        let errors = errors.as_array().unwrap().iter();
        errors
            .map(|error| error[name].as_str().unwrap_or_default().replace('/', "."))
            .map(|place| {
                place
                    .trim_start_matches("csv")
                    .trim_start_matches('.')
                    .to_owned()
            })
            .collect()
    };
    let counts = |of: &Value| {
        (
            of["created"].as_u64().unwrap(),
            of["unchanged"].as_u64().unwrap(),
        )
    };
    match face {
        Face::Rest => {
            let request = server
                .request(Method::POST, "/api/v1/redirects/import?edition=en")
                .bearer_auth(token)
                .header("content-type", "text/csv; charset=utf-8");
            let answer = server.send(request.body(text.to_owned())).await;
            if answer.status == 200 {
                Ok(counts(&answer.json()))
            } else {
                assert_eq!(answer.status, 422, "{}", answer.text());
                Err(fields(&answer.json()["errors"], "pointer"))
            }
        }
        Face::Graphql => {
            let query = "mutation ($input: ImportRedirectsInput!) { importRedirects(input: $input) { created unchanged userErrors { field message } } }";
            let variables = json!({ "input": { "edition": "en", "csv": text } });
            let answer = server.graphql_as(token, query, &variables).await;
            let payload = &answer["data"]["importRedirects"];
            if payload["userErrors"][0].is_null() {
                Ok(counts(payload))
            } else {
                Err(fields(&payload["userErrors"], "field"))
            }
        }
    }
}

#[tokio::test]
async fn a_file_of_redirects_is_imported_as_a_whole() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    let article = server.article(site.en, "River").await.to_string();
    for face in FACES {
        let name = format!("{face:?}").to_lowercase();
        let good = format!(
            "from,to,permanent\n/{name}/a,{article},\n/{name}/b,/new,false\n\"/{name}/c,d\",,\n/{name}/شهر,https://elsewhere.example/,true\n"
        );
        assert_eq!(import(&server, face, &editor, &good).await, Ok((4, 0)));
        assert_eq!(
            leads(&server, "en", &format!("/{name}/b")).await.unwrap().1,
            302
        );
        assert_eq!(
            leads(&server, "en", &format!("/{name}/c,d")).await,
            Some((None, 410))
        );
        let (to, status) = leads(&server, "en", &format!("/{name}/شهر")).await.unwrap();
        assert_eq!(
            (to.unwrap().as_str(), status),
            ("https://elsewhere.example/", 301)
        );
        // Again, with one line more.
        let more = format!("{good}/{name}/e,/{name}/a\n");
        assert_eq!(
            import(&server, face, &editor, &more).await,
            Err(vec!["6".to_owned()])
        );
        let more = format!("{good}/{name}/e,/{name}/a,\n");
        assert_eq!(import(&server, face, &editor, &more).await, Ok((1, 4)));
        let before = server.count("SELECT count(*) FROM route").await;
        let bad = format!(
            "from,to\n/{name}/f,/new\nold,/new\n/{name}/g,article_01jb2x9k3m4n5p6q7r8s9t0v1w\n/{name}/f/,/x\n/{name}/b,/other\n/2026/05/river,/x\n/{name}/h,/{name}/i\n/{name}/i,/{name}/h\n"
        );
        let wrong = [
            "3.from", "4.to", "5.from", "6.from", "7.from", "8.to", "9.to",
        ];
        assert_eq!(
            import(&server, face, &editor, &bad).await,
            Err(wrong.map(str::to_owned).to_vec())
        );
        assert_eq!(server.count("SELECT count(*) FROM route").await, before);
    }
    let author = server.signed_in(Role::Author, Some(site.en)).await;
    let request = server
        .request(Method::POST, "/api/v1/redirects/import?edition=en")
        .bearer_auth(&author)
        .header("content-type", "text/csv");
    server.send(request.body("from,to\n")).await.expect(403);
    let request = server
        .request(Method::POST, "/api/v1/redirects/import?edition=en")
        .bearer_auth(&editor)
        .header("content-type", "application/json");
    server.send(request.body("from,to\n")).await.expect(415);
}

#[tokio::test]
async fn the_command_line_imports_redirects_too() {
    let server = TestServer::start().await;
    server.small_site().await;
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("redirects.csv");
    let run = |text: &str| {
        std::fs::write(&file, text).unwrap();
        colophon(&[
            "--database",
            server.database_url(),
            "--data",
            files.path().to_str().unwrap(),
            "redirects",
            "import",
            file.to_str().unwrap(),
            "--edition",
            "en",
        ])
    };
    let ended = run("from,to\n/a,/b\n/c,d\n");
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("line 3.to: must be"), "{ended:?}");
    let ended = run("from,to\n/a,/b\n/c,/d\n");
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("2 redirects were made"), "{ended:?}");
    assert!(leads(&server, "en", "/c").await.is_some());
}
