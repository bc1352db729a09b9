//! Entries written over REST: made, changed, led through their life, brought back, read by those who
//! may.

use domain::{access::Role, content::Status};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestServer};

/// Somebody who writes over REST.
struct Writer<'a> {
    server: &'a TestServer,
    token: String,
}

impl Writer<'_> {
    async fn send(
        &self,
        method: Method,
        path: &str,
        version: Option<i64>,
        body: Option<Value>,
    ) -> Answer {
        let path = format!("/api/v1/{path}");
        let mut request = self.server.request(method, &path).bearer_auth(&self.token);
        if let Some(version) = version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.server.send(request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, None).await
    }

    async fn create(&self, list: &str, body: Value) -> Answer {
        self.send(Method::POST, list, None, Some(body)).await
    }

    async fn patch(&self, path: &str, version: i64, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(version), Some(body))
            .await
    }

    /// A step without a word.
    async fn step(&self, path: &str, version: i64) -> Answer {
        self.send(Method::POST, path, Some(version), None).await
    }
}

impl TestServer {
    async fn writer(&self, role: Role, edition: domain::id::EditionId) -> Writer<'_> {
        Writer {
            server: self,
            token: self.signed_in(role, Some(edition)).await,
        }
    }
}

/// The path of an entry of a list.
fn path_of(list: &str, answer: &Answer) -> String {
    format!("{list}/{}", answer.json()["id"].as_str().unwrap())
}

/// The JSON pointers an answer complains of.
#[track_caller]
fn pointers(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let errors = body["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("{}: no errors in {body:#}", answer.asked));
    let pointers = errors.iter().map(|error| error["pointer"].as_str());
    pointers
        .map(|pointer| pointer.unwrap().to_owned())
        .collect()
}

/// The version and the status of an answer about an entry, which must carry both as headers say.
#[track_caller]
fn state(answer: &Answer) -> (i64, String) {
    assert_eq!(answer.status, 200, "{}: {}", answer.asked, answer.text());
    let body = answer.json();
    let version = body["version"].as_i64().unwrap();
    assert!(answer.header("etag").starts_with(&format!("\"{version}-")));
    assert_eq!(answer.header("cache-control"), "no-store");
    (version, body["status"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn an_article_is_made_changed_and_published_and_then_read_by_all() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = Writer {
        server: &server,
        token: server.signed_in(Role::Editor, None).await,
    };
    let news = server.category(site.en, "News", None).await.to_string();
    let picture = server.picture(site.en, "A river").await.to_string();
    let made = editor
        .create(
            "articles?include=categories,byline,hero,seo,body",
            json!({
                "edition": "en", "title": "River", "body": { "markdown": "It **flows**." },
                "categories": [news], "byline": [{ "name": "Ada", "role": "photographer" }],
                "hero": { "assetId": picture, "caption": "By night" },
                "seo": { "title": "A river", "noindex": true },
                "source": { "outlet": "The Times", "publishedAt": "2020-01-02T00:00:00Z" },
            }),
        )
        .await
        .expect(201);
    let path = path_of("articles", &made);
    assert!(
        made.header("location")
            .ends_with(&format!("/api/v1/{path}"))
    );
    assert_eq!(made.header("cache-control"), "no-store");
    assert!(made.header("etag").starts_with("\"1-"));
    let article = made.json();
    assert_eq!(article["status"], "draft");
    assert_eq!(article["categories"][0]["id"], json!(news));
    assert_eq!(article["byline"][0]["name"], "Ada");
    assert_eq!(article["hero"]["caption"], "By night");
    assert_eq!(article["body"]["html"], "<p>It <strong>flows</strong>.</p>");
    assert_eq!(article["source"]["outlet"], "The Times");
    server.get(&format!("/api/v1/{path}")).await.expect(404);

    // What is left out stays, null clears, lists are replaced, objects merge.
    let changed = editor
        .patch(
            &format!("{path}?include=categories,hero,seo"),
            1,
            json!({
                "subtitle": "Wide", "categories": [], "hero": { "caption": null },
                "seo": { "title": null, "description": "Water" }, "source": { "outlet": null },
            }),
        )
        .await;
    assert_eq!(state(&changed), (2, "draft".to_owned()));
    let article = changed.json();
    assert_eq!(article["title"], "River");
    assert_eq!(article["subtitle"], "Wide");
    assert_eq!(article["categories"], json!([]));
    assert_eq!(article["hero"]["asset"]["id"], json!(picture));
    assert_ne!(article["hero"]["caption"], "By night");
    assert_eq!(
        (
            &article["seo"]["title"],
            &article["seo"]["description"],
            &article["seo"]["noindex"]
        ),
        (&json!("River"), &json!("Water"), &json!(true))
    );
    assert_eq!(article["source"]["outlet"], Value::Null);
    assert_eq!(article["source"]["publishedAt"], "2020-01-02T00:00:00Z");
    let cleared = editor
        .patch(
            &path,
            2,
            json!({ "subtitle": null, "hero": null, "source": null }),
        )
        .await;
    assert_eq!(state(&cleared).0, 3);
    let article = cleared.json();
    assert_eq!(
        (&article["subtitle"], &article["source"]),
        (&Value::Null, &Value::Null)
    );

    let submitted = editor.step(&format!("{path}/submit"), 3).await;
    assert_eq!(state(&submitted), (4, "in_review".to_owned()));
    let back = editor
        .send(
            Method::POST,
            &format!("{path}/request-changes"),
            Some(4),
            Some(json!({ "note": "The end is missing." })),
        )
        .await;
    assert_eq!(state(&back), (5, "draft".to_owned()));
    let published = editor.step(&format!("{path}/publish"), 5).await;
    assert_eq!(state(&published), (6, "published".to_owned()));
    let read = server.get_json(&format!("/api/v1/{path}")).await;
    assert_eq!(
        (&read["title"], &read["version"]),
        (&json!("River"), &json!(6))
    );
    // A step that leads nowhere from here.
    let again = editor.step(&format!("{path}/submit"), 6).await.expect(409);
    assert_eq!(again.json()["code"], "CONFLICT");
}

#[tokio::test]
async fn all_that_is_wrong_with_an_article_is_told_at_once_by_its_place() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.writer(Role::Editor, site.en).await;
    let refused = editor
        .create(
            "articles",
            json!({
                "edition": "xx", "titel": "River", "title": 5, "body": { "html": "a", "markdown": "b" },
                "hero": { "caption": 1, "x": 2 }, "seo": { "canonicalUrl": "/here", "noindex": null },
                "categories": ["tag_01jb2x9k3m4n5p6q7r8s9t0v1w"], "commentsOpen": "yes",
                "byline": [{ "role": "king" }, "Ada", {}], "attachments": [{}],
                "source": { "publishedAt": "yesterday" },
            }),
        )
        .await
        .expect(422);
    let mut told = pointers(&refused);
    told.sort();
    let expected = [
        "/attachments/0/assetId",
        "/body",
        "/byline/0/role",
        "/byline/1",
        "/categories/0",
        "/commentsOpen",
        "/edition",
        "/hero/caption",
        "/hero/x",
        "/seo/canonicalUrl",
        "/seo/noindex",
        "/source/publishedAt",
        "/titel",
        "/title",
    ];
    assert_eq!(told, expected);
    // What has to be looked up is told in the words of bodies too.
    let nobody = "asset_01jb2x9k3m4n5p6q7r8s9t0v1w";
    let refused = editor
        .create(
            "articles",
            json!({
                "edition": "en", "title": "River", "hero": { "assetId": nobody }, "seo": { "imageId": nobody },
                "byline": [{ "authorId": "author_01jb2x9k3m4n5p6q7r8s9t0v1w" }],
                "attachments": [{ "assetId": nobody }],
                "translatedFromId": "article_01jb2x9k3m4n5p6q7r8s9t0v1w",
            }),
        )
        .await
        .expect(422);
    let mut told = pointers(&refused);
    told.sort();
    let expected = [
        "/attachments/0/assetId",
        "/byline/0/authorId",
        "/hero/assetId",
        "/seo/imageId",
        "/translatedFromId",
    ];
    assert_eq!(told, expected);
    let refused = editor.create("articles", json!({})).await.expect(422);
    assert_eq!(pointers(&refused), ["/edition", "/title"]);
    let refused = editor.create("issues", json!({ "edition": "en", "title": "x" }));
    assert_eq!(pointers(&refused.await.expect(422)), ["/newsletterId"]);
    let path = server.article(site.en, "River").status(Status::Draft).await;
    let path = format!("articles/{path}");
    for (body, place) in [
        (json!({ "title": null }), "/title"),
        (json!({ "title": " " }), "/title"),
        (json!({ "ownerId": null }), "/ownerId"),
        (json!({ "hero": { "alt": "A river" } }), "/hero/assetId"),
        (json!({ "edition": "fa" }), "/edition"),
        (json!({ "body": null }), "/body"),
    ] {
        let refused = editor.patch(&path, 1, body).await.expect(422);
        assert_eq!(pointers(&refused), [place]);
    }
    let twice = "{\"title\": \"a\", \"title\": \"b\"}";
    let request = server
        .request(Method::PATCH, &format!("/api/v1/{path}"))
        .bearer_auth(&editor.token)
        .header("if-match", "\"1\"")
        .header("content-type", "application/merge-patch+json")
        .body(twice);
    server.send(request).await.expect(422);
    assert_eq!(editor.get(&path).await.json()["version"], 1);
}

#[tokio::test]
async fn a_change_of_what_is_published_waits_and_readers_see_nothing_of_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.writer(Role::Editor, site.en).await;
    let id = server.article(site.en, "River").body("<p>Old.</p>").await;
    let path = format!("articles/{id}");
    let public = async || {
        let answer = server.get(&format!("/api/v1/{path}?include=body")).await;
        (answer.header("etag").to_owned(), answer.body)
    };
    let before = public().await;
    let body = json!({ "title": "Sea", "body": { "html": "<p>New.</p>" }, "note": "It is a sea" });
    let changed = editor.patch(&path, 1, body).await;
    assert_eq!(state(&changed), (2, "published".to_owned()));
    // Who changed it is answered with what waits.
    assert_eq!(changed.json()["title"], "Sea");
    assert_eq!(public().await, before);
    for view in ["", "?view=live"] {
        let live = editor.get(&format!("{path}{view}")).await.expect(200);
        assert_eq!(live.json()["title"], "River");
    }
    for path in [&*path, "articles/by-slug/en/river"] {
        let path = format!("{path}?view=latest&include=body");
        let latest = editor.get(&path).await;
        assert_eq!(state(&latest).0, 2);
        let latest = latest.json();
        assert_eq!(
            (&latest["title"], &latest["body"]["html"]),
            (&json!("Sea"), &json!("<p>New.</p>"))
        );
        server.get(&format!("/api/v1/{path}")).await.expect(401);
    }
    let contributor = server.writer(Role::Contributor, site.en).await;
    contributor
        .get(&format!("{path}?view=latest"))
        .await
        .expect(403);
    editor.get(&format!("{path}?view=old")).await.expect(400);

    let diff = editor
        .get(&format!("{path}/revisions/diff"))
        .await
        .expect(200);
    let diff = diff.json();
    assert_eq!(
        diff["fields"],
        json!([{ "field": "title", "before": "River", "after": "Sea" }])
    );
    let text = |kind: &str| {
        let pieces = diff["body"].as_array().unwrap().iter();
        let pieces = pieces.filter(|piece| piece["kind"] == kind || piece["kind"] == "equal");
        let pieces = pieces.map(|piece| piece["text"].as_str().unwrap());
        pieces.collect::<String>()
    };
    assert_eq!(
        (text("delete"), text("insert")),
        ("<p>Old.</p>".into(), "<p>New.</p>".into())
    );
    editor
        .get(&format!("{path}/revisions/diff?from=now"))
        .await
        .expect(400);
    server
        .get(&format!("/api/v1/{path}/revisions/diff?from=live&to=live"))
        .await
        .expect(404);

    let published = editor.step(&format!("{path}/publish"), 2).await;
    assert_eq!(state(&published).0, 3);
    assert_ne!(public().await, before);
    assert_eq!(
        server.get_json(&format!("/api/v1/{path}")).await["title"],
        "Sea"
    );

    let revisions = editor.get(&format!("{path}/revisions")).await.json();
    let mut first = revisions["data"].as_array().unwrap().iter();
    let first = first.rfind(|revision| revision["title"] == "River");
    let first = first.unwrap()["id"].as_str().unwrap();
    let diff = editor
        .get(&format!("{path}/revisions/diff?from={first}&to=live"))
        .await
        .json();
    assert_eq!(diff["fields"][0]["after"], "Sea");
    let restore = format!("{path}/revisions/{first}/restore");
    editor.step(&restore, 2).await.expect(412);
    let restored = editor.step(&restore, 3).await;
    assert_eq!(state(&restored), (4, "published".to_owned()));
    let restored = restored.json();
    assert_eq!(
        (&restored["title"], &restored["hasPendingChanges"]),
        (&json!("River"), &json!(true))
    );
    let discarded = editor.step(&format!("{path}/discard-changes"), 4).await;
    assert_eq!(state(&discarded).0, 5);
    let discarded = discarded.json();
    assert_eq!(
        (&discarded["title"], &discarded["hasPendingChanges"]),
        (&json!("Sea"), &json!(false))
    );
}

#[tokio::test]
async fn an_article_is_scheduled_trashed_restored_and_purged() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.writer(Role::Editor, site.en).await;
    let made = editor.create("articles", json!({ "edition": "en", "title": "River" }));
    let path = path_of("articles", &made.await.expect(201));
    let schedule = async |version: i64, body: Value| {
        let path = format!("{path}/schedule");
        editor
            .send(Method::POST, &path, Some(version), Some(body))
            .await
    };
    let refused = schedule(1, json!({})).await.expect(422);
    assert_eq!(pointers(&refused), ["/publishAt"]);
    let times =
        json!({ "publishAt": "2020-01-01T00:00:00Z", "unpublishAt": "2019-01-01T00:00:00Z" });
    let refused = schedule(1, times).await.expect(422);
    assert!(pointers(&refused).contains(&"/publishAt".to_owned()));
    let refused = schedule(1, json!({ "publishAt": "soon", "when": 1 }))
        .await
        .expect(422);
    assert_eq!(pointers(&refused), ["/when", "/publishAt"]);
    let set = schedule(
        1,
        json!({ "publishAt": "2026-06-01T10:00:00+02:00", "note": "At ten" }),
    )
    .await;
    assert_eq!(state(&set), (2, "scheduled".to_owned()));
    assert_eq!(set.json()["scheduledChangeAt"], "2026-06-01T08:00:00Z");
    let dropped = editor.step(&format!("{path}/unschedule"), 2).await;
    assert_eq!(state(&dropped), (3, "draft".to_owned()));
    for (verb, status) in [
        ("publish", "published"),
        ("unpublish", "draft"),
        ("archive", "archived"),
        ("unarchive", "draft"),
        ("trash", "trashed"),
        ("restore", "draft"),
    ] {
        let version = editor.get(&path).await.json()["version"].as_i64().unwrap();
        let done = editor.step(&format!("{path}/{verb}"), version).await;
        assert_eq!(state(&done), (version + 1, status.to_owned()), "{verb}");
    }
    let gone = editor
        .send(Method::DELETE, &path, Some(9), None)
        .await
        .expect(204);
    assert!(gone.body.is_empty());
    assert_eq!(state(&editor.get(&path).await), (10, "trashed".to_owned()));
    let body = Some(json!({ "note": "It was never true." }));
    let purge = format!("{path}/purge");
    let purged = editor
        .send(Method::POST, &purge, Some(10), body)
        .await
        .expect(204);
    assert_eq!(purged.header("cache-control"), "no-store");
    editor.get(&path).await.expect(404);
}

#[tokio::test]
async fn what_uses_a_purged_article_is_named_or_loses_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.writer(Role::Editor, site.en).await;
    let read_next = server.article(site.en, "Sea").status(Status::Trashed).await;
    let body = json!({ "edition": "en", "title": "River" });
    let made = editor.create("articles", body).await.expect(201);
    let collection = json!({ "edition": "en", "title": "Front" });
    let front = editor.create("collections", collection).await.expect(201);
    let front = path_of("collections", &front);
    let _ = editor
        .patch(
            &front,
            1,
            json!({ "items": [made.json()["id"], read_next.to_string()] }),
        )
        .await
        .expect(200);
    let purge = format!("articles/{read_next}/purge");
    let version = editor.get(&format!("articles/{read_next}")).await.json()["version"]
        .as_i64()
        .unwrap();
    let refused = editor.step(&purge, version).await.expect(409);
    assert!(!refused.json()["usedBy"].as_array().unwrap().is_empty());
    let wrong = format!("{purge}?onUse=detach&replaceWith={read_next}");
    editor.step(&wrong, version).await.expect(400);
    editor
        .step(&format!("{purge}?onUse=detach"), version)
        .await
        .expect(204);
}

#[tokio::test]
async fn a_change_of_an_entry_names_the_version_it_is_meant_for() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.writer(Role::Editor, site.en).await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    let path = format!("articles/{id}");
    let body = || Some(json!({ "title": "Sea" }));
    let changes = [
        (Method::PATCH, path.clone(), body()),
        (Method::DELETE, path.clone(), None),
        (Method::POST, format!("{path}/publish"), None),
        (
            Method::POST,
            format!("{path}/schedule"),
            Some(json!({ "publishAt": "2027-01-01T00:00:00Z" })),
        ),
        (Method::POST, format!("{path}/purge"), None),
        (Method::POST, format!("{path}/discard-changes"), None),
    ];
    for (method, path, body) in changes {
        let unsaid = editor.send(method.clone(), &path, None, body.clone()).await;
        assert_eq!(unsaid.expect(428).json()["code"], "PRECONDITION_REQUIRED");
        let stale = editor
            .send(method.clone(), &path, Some(7), body.clone())
            .await
            .expect(412);
        assert_eq!(stale.json()["currentVersion"], 1);
        let request = server
            .request(method.clone(), &format!("/api/v1/{path}"))
            .bearer_auth(&editor.token)
            .header("if-match", "*");
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let any = server.send(request).await.expect(400);
        assert_eq!(any.json()["errors"][0]["header"], "If-Match");
    }
    // A note is JSON, whether it is there or not.
    let request = server
        .request(Method::POST, &format!("/api/v1/{path}/submit"))
        .bearer_auth(&editor.token)
        .header("if-match", "\"1\"")
        .header("content-type", "text/plain")
        .body("Please");
    server.send(request).await.expect(415);
    let unknown = Some(json!({ "notes": "x", "note": 5 }));
    let refused = editor
        .send(Method::POST, &format!("{path}/submit"), Some(1), unknown)
        .await;
    assert_eq!(pointers(&refused.expect(422)), ["/notes", "/note"]);
    let long = Some(json!({ "note": "x".repeat(20_000) }));
    let refused = editor
        .send(Method::POST, &format!("{path}/submit"), Some(1), long)
        .await;
    assert_eq!(pointers(&refused.expect(422)), ["/note"]);
}

#[tokio::test]
async fn everybody_writes_only_what_their_role_allows() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let out = format!("articles/{}", server.article(site.en, "River").await);
    let draft = server.article(site.en, "Sea").status(Status::Draft).await;
    let draft = format!("articles/{draft}");
    let new = json!({ "edition": "en", "title": "Lake" });
    let patch = json!({ "title": "Lake" });
    for (role, made, own, of_others) in [
        (Role::Viewer, 403, 0, 403),
        (Role::Contributor, 201, 403, 404),
        (Role::Author, 201, 200, 404),
        (Role::Editor, 201, 200, 200),
    ] {
        let writer = server.writer(role, site.en).await;
        let answer = writer.create("articles", new.clone()).await.expect(made);
        if made == 201 {
            let path = path_of("articles", &answer);
            writer.step(&format!("{path}/publish"), 1).await.expect(own);
        }
        writer
            .patch(&draft, 1, patch.clone())
            .await
            .expect(of_others);
        let allowed = if role == Role::Editor { 200 } else { 403 };
        writer.patch(&out, 1, patch.clone()).await.expect(allowed);
    }
    // Of another edition, drafts are hidden.
    let abroad = server.writer(Role::Editor, site.fa).await;
    abroad.patch(&draft, 2, patch.clone()).await.expect(404);
    abroad.patch(&out, 2, patch.clone()).await.expect(403);
    abroad.create("articles", new.clone()).await.expect(403);
    // Strangers are asked who they are.
    for (method, path) in [
        (Method::POST, "articles"),
        (Method::PATCH, out.as_str()),
        (Method::DELETE, draft.as_str()),
    ] {
        let request = server
            .request(method, &format!("/api/v1/{path}"))
            .json(&new);
        server.send(request).await.expect(401);
    }
    let request = server.request(Method::POST, &format!("/api/v1/{out}/trash"));
    server.send(request).await.expect(401);
}

#[tokio::test]
async fn pages_and_issues_are_written_as_articles_are() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.writer(Role::Editor, site.en).await;
    let about = json!({ "edition": "en", "title": "About" });
    let about = editor.create("pages", about).await.expect(201).json();
    let body = json!({ "edition": "en", "title": "Staff", "parentId": about["id"], "position": 2 });
    let staff = editor.create("pages", body).await.expect(201);
    let path = path_of("pages", &staff);
    assert_eq!(staff.json()["path"], "/about/staff");
    let itself = json!({ "parentId": staff.json()["id"] });
    let refused = editor.patch(&path, 1, itself).await.expect(422);
    assert_eq!(pointers(&refused), ["/parentId"]);
    let moved = editor
        .patch(&path, 1, json!({ "parentId": null, "position": 5 }))
        .await;
    assert_eq!(state(&moved).0, 2);
    assert_eq!(
        (&moved.json()["path"], &moved.json()["position"]),
        (&json!("/staff"), &json!(5))
    );
    let published = editor.step(&format!("{path}/publish"), 2).await;
    assert_eq!(state(&published), (3, "published".to_owned()));

    let letter = server.newsletter(site.en, "Weekly").await.to_string();
    let article = server.article(site.en, "River").await.to_string();
    let body = json!({
        "edition": "en", "title": "First", "newsletterId": letter, "outro": "Bye",
        "sections": [{ "heading": "News", "items": [{ "articleId": article }, { "note": "And rain." }] }],
    });
    let issue = editor
        .create("issues?include=sections", body)
        .await
        .expect(201);
    let path = path_of("issues", &issue);
    let read = issue.json();
    assert_eq!(read["number"], 1);
    assert_eq!(
        read["sections"][0]["items"][0]["article"]["id"],
        json!(article)
    );
    assert_eq!(read["sections"][0]["items"][1]["note"], "And rain.");
    let wrong = json!({ "sections": [{ "items": [{ "articleId": "article_01jb2x9k3m4n5p6q7r8s9t0v1w" }] }, {}] });
    let refused = editor.patch(&path, 1, wrong).await.expect(422);
    assert_eq!(pointers(&refused), ["/sections/0/items/0/articleId"]);
    let wrong = json!({ "sections": [{ "items": [{ "x": 1 }] }], "number": -1 });
    let refused = editor.patch(&path, 1, wrong).await.expect(422);
    assert_eq!(
        pointers(&refused),
        ["/sections/0/items/0/x", "/number", "/sections/0/items/0"]
    );
    let changed = editor
        .patch(
            &format!("{path}?include=sections"),
            1,
            json!({ "sections": null, "number": 4 }),
        )
        .await;
    assert_eq!(state(&changed).0, 2);
    assert_eq!(
        (&changed.json()["sections"], &changed.json()["number"]),
        (&json!([]), &json!(4))
    );
    editor
        .send(Method::DELETE, &path, Some(2), None)
        .await
        .expect(204);
    // An id of another kind is nobody's here.
    let wrong = format!("pages/{article}");
    editor
        .patch(&wrong, 1, json!({ "title": "x" }))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_text_may_be_longer_than_other_bodies_but_has_an_end() {
    let server = TestServer::start_with(|config| {
        config.server.max_body_bytes = 2_000;
        config.server.max_entry_bytes = 10_000;
    })
    .await;
    let site = server.small_site().await;
    let editor = server.writer(Role::Editor, site.en).await;
    let body = |length: usize| {
        let text = "a ".repeat(length / 2);
        json!({ "edition": "en", "title": "River", "body": { "html": text } })
    };
    let made = editor.create("articles", body(5_000)).await.expect(201);
    let path = path_of("articles", &made);
    let refused = editor.create("articles", body(20_000)).await.expect(413);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    editor
        .patch(&path, 1, json!({ "body": { "html": "a ".repeat(10_000) } }))
        .await
        .expect(413);
    let described = json!({ "edition": "en", "title": "Front", "description": "a ".repeat(2_500) });
    editor.create("collections", described).await.expect(413);
}

#[tokio::test]
async fn owners_alone_read_who_changed_what() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.writer(Role::Editor, site.en).await;
    let owner = Writer {
        server: &server,
        token: server.signed_in(Role::Owner, None).await,
    };
    let made = editor.create("articles", json!({ "edition": "en", "title": "River" }));
    let made = made.await.expect(201);
    let path = path_of("articles", &made);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let submit = format!("{path}/submit");
    let body = Some(json!({ "note": "Please look" }));
    editor
        .send(Method::POST, &submit, Some(1), body)
        .await
        .expect(200);
    editor
        .patch(&path, 2, json!({ "subtitle": "Wide" }))
        .await
        .expect(200);

    let log = owner
        .get(&format!("audit?filter[target]={id}"))
        .await
        .expect(200);
    assert_eq!(log.header("cache-control"), "no-store");
    let log = log.json();
    let events: Vec<&str> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        events,
        ["article.updated", "article.submitted", "article.created"]
    );
    let [updated, submitted, _] = &log["data"].as_array().unwrap()[..] else {
        panic!("{log:#}");
    };
    assert_eq!(updated["fields"], json!(["subtitle"]));
    assert_eq!(
        (
            &submitted["fromStatus"],
            &submitted["toStatus"],
            &submitted["note"]
        ),
        (&json!("draft"), &json!("in_review"), &json!("Please look"))
    );
    assert_eq!(
        (&submitted["edition"], &submitted["target"]),
        (&json!("en"), &json!(id))
    );
    assert!(submitted["actor"].as_str().unwrap().starts_with("user_"));
    let page = owner
        .get(&format!(
            "audit?filter[target]={id}&filter[event]=article.created&first=1"
        ))
        .await;
    assert_eq!(page.json()["data"].as_array().unwrap().len(), 1);
    let none = owner
        .get("audit?filter[at][gte]=2030-01-01T00:00:00Z")
        .await
        .expect(200);
    assert_eq!(none.json()["data"], json!([]));
    editor.get("audit").await.expect(403);
    server.get("/api/v1/audit").await.expect(401);
}
