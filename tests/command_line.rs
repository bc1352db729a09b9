//! The command line: what it changes, and how it says what is wrong.

use application::editions;
use serde_json::Value;

use crate::harness::{
    TestServer,
    program::{Ended, colophon, start},
};

/// Runs a command on the store of a server.
fn on(server: &TestServer, arguments: &[&str]) -> Ended {
    let files = tempfile::tempdir().unwrap();
    let data = files.path().to_str().unwrap();
    let mut all = vec!["--database", server.database_url(), "--data", data];
    all.extend(arguments);
    colophon(&all)
}

#[tokio::test]
async fn an_edition_is_changed_and_the_rest_of_it_stays() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let before = editions::list(&server.system()).await.unwrap();
    let before = before.get(site.fa).unwrap().clone();
    let ended = on(
        &server,
        &[
            "editions",
            "set",
            "fa",
            "--name",
            "Farsi",
            "--base-url",
            "https://fa.example.org/",
            "--fallback",
            "none",
            "--direction",
            "ltr",
            "--permalink",
            "article=/{year}/{slug}",
        ],
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    // Past the two seconds another process may go on with what it knows.
    server.clock.set("2026-05-04T12:01:00Z".parse().unwrap());
    let all = editions::list(&server.system()).await.unwrap();
    let edition = all.get(site.fa).unwrap();
    assert_eq!(
        (
            edition.name.as_str(),
            edition.base_url.as_str(),
            edition.fallback
        ),
        ("Farsi", "https://fa.example.org", None)
    );
    assert_eq!(edition.direction.as_str(), "ltr");
    assert_eq!(edition.permalinks.article, "/{year}/{slug}");
    assert_eq!(
        (
            &edition.title,
            &edition.code,
            edition.version,
            &edition.permalinks.page
        ),
        (
            &before.title,
            &before.code,
            before.version + 1,
            &before.permalinks.page
        )
    );
    let listed = on(&server, &["editions", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let fa = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["code"] == "fa")
        .unwrap();
    assert_eq!(
        (&fa["name"], &fa["fallback"]),
        (&"Farsi".into(), &Value::Null)
    );
    let table = on(&server, &["editions", "list"]).stdout;
    assert!(
        table.contains("Farsi") && table.contains("https://fa.example.org"),
        "{table}"
    );
    // Whatever is changed is logged with who did it.
    let sql = "SELECT count(*) FROM audit WHERE actor = 'system:command line'";
    assert_eq!(server.count(sql).await, 1);
}

#[tokio::test]
async fn the_language_of_an_edition_decides_its_direction_unless_it_was_set() {
    let server = TestServer::start().await;
    server.small_site().await;
    let ended = on(&server, &["editions", "set", "en", "--code", "ur"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let shown: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (&shown["code"], &shown["direction"]),
        (&"ur".into(), &"rtl".into())
    );
}

#[tokio::test]
async fn an_edition_that_could_not_be_is_refused_with_the_name_of_the_field() {
    let server = TestServer::start().await;
    server.small_site().await;
    for (arguments, expected) in [
        (
            ["--base-url", "example"],
            "baseUrl: must be an absolute http or https address",
        ),
        (["--title", " "], "title: must not be empty"),
        (["--fallback", "en"], "fallback: must not lead back"),
        (["--fallback", "fa"], "fallback: must not lead back"),
        (["--fallback", "xx"], "fallback: there is no edition `xx`"),
        (["--code", "fa"], "code: is that of another edition"),
        (
            ["--permalink", "article=/x"],
            "permalinks.article: must hold `{slug}`",
        ),
    ] {
        let mut line = vec!["editions", "set", "en"];
        line.extend(arguments);
        let ended = on(&server, &line);
        assert_eq!(ended.code, 1, "{ended:?}");
        assert!(
            ended.stderr.contains(expected),
            "{expected}: {}",
            ended.stderr
        );
    }
    let ended = on(&server, &["editions", "set", "xx", "--title", "X"]);
    assert!(
        ended.stderr.contains("there are: en, fa"),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn the_name_of_the_site_is_shown_and_changed() {
    let server = TestServer::start().await;
    server.small_site().await;
    let ended = on(&server, &["settings", "set", "--name", "The Almanac"]);
    assert_eq!(
        (ended.code, ended.stdout.trim()),
        (0, "{\"name\":\"The Almanac\"}")
    );
    let shown = on(&server, &["settings", "show"]);
    assert_eq!(shown.stdout, ended.stdout);
    assert_eq!(on(&server, &["settings", "set"]).code, 2);
    assert_eq!(on(&server, &["settings", "set", "--name", " "]).code, 1);
}

#[test]
fn a_wrong_listen_address_names_the_setting_and_what_it_must_be() {
    for address in ["localhost:8080", "8080", "127.0.0.1"] {
        let ended = colophon(&["serve", "--address", address]);
        assert_eq!(ended.code, 1, "{ended:?}");
        let expected =
            "error: server.address: must be an IP address and a port, such as 127.0.0.1:8080";
        assert!(
            ended.stderr.starts_with(expected),
            "{address}: {}",
            ended.stderr
        );
        assert!(
            ended.stderr.contains("set on the command line"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn an_address_that_is_taken_names_the_setting_and_another_one() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = colophon(&["serve", "--address", &address]);
    assert_eq!(ended.code, 1, "{ended:?}");
    for part in [
        "server.address: cannot listen at",
        "another program listens there",
        "COLOPHON_SERVER__ADDRESS=",
    ] {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
}

/// Where nobody listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn a_database_that_cannot_be_reached_is_told_at_once_with_the_cause() {
    let url = format!("postgres://editor:secret@{}/gazette", nobody());
    for command in [&["editions", "list"][..], &["migrate"], &["doctor"]] {
        let began = std::time::Instant::now();
        let ended = colophon(&[&["--database", url.as_str()][..], command].concat());
        assert!(began.elapsed().as_secs() < 8, "{:?}", began.elapsed());
        assert_eq!(ended.code, 1, "{ended:?}");
        let text = format!("{}{}", ended.stdout, ended.stderr);
        assert!(
            text.contains("database.url: postgres://editor:***@"),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
        assert_eq!(text.matches("refused").count(), 1, "{text}");
    }
}

#[tokio::test]
async fn what_an_empty_store_lacks_is_told_with_what_makes_it() {
    let server = TestServer::start().await;
    for (command, expected) in [
        (
            &["editions", "set", "xx", "--name", "X"][..],
            "error: the site has no edition yet: `colophon import wordpress FILE` or `colophon demo` makes the first\n",
        ),
        (
            &["settings", "show"],
            "error: the site has not been set up yet: `colophon settings set --name NAME`, `colophon import wordpress FILE` or `colophon demo` does it\n",
        ),
    ] {
        let ended = on(&server, command);
        assert_eq!((ended.code, ended.stderr.as_str()), (1, expected));
    }
    for (path, expected) in [
        ("/api/v1/site", "the site has not been set up yet"),
        (
            "/api/v1/articles?edition=xx",
            "is not an edition of this site, which has none yet",
        ),
        ("/api/v1/categories", "the site has no edition yet"),
        ("/feeds/en/rss.xml", "edition `en` was not found"),
    ] {
        let answer = server.get(path).await;
        assert!(
            answer.text().contains(expected),
            "{path}: {}",
            answer.text()
        );
    }
}

#[test]
fn looking_makes_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for command in [
        &["settings", "show"][..],
        &["editions", "list"],
        &["editions", "set", "en", "--name", "X"],
    ] {
        let ended = colophon(&[&["--data", data.to_str().unwrap()][..], command].concat());
        assert_eq!(ended.code, 1, "{ended:?}");
        assert!(ended.stderr.contains("there is no "), "{}", ended.stderr);
        assert!(!data.exists(), "{command:?}");
    }
}

/// One request over HTTP, on a connection of its own.
async fn get(url: &str) -> (u16, String) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn the_server_answers_where_it_says_and_stops_when_it_is_told_to() {
    let store = TestServer::start().await;
    let files = tempfile::tempdir().unwrap();
    let data = files.path().to_str().unwrap();
    let mut line = vec!["--database", store.database_url(), "--data", data];
    line.extend(["serve", "--address", "127.0.0.1:0"]);
    let keys = crate::harness::people::keys();
    let settings = [
        ("COLOPHON_METRICS__ADDRESS", "127.0.0.1:0"),
        ("COLOPHON_KEYS__VALUE", keys.as_str()),
    ];
    let mut server = start(&line, &settings);
    let articles = server.says("REST");
    let metrics = server.says("Metrics");
    let (status, text) = get(&articles).await;
    assert_eq!(status, 200, "{text}");
    let (status, text) = get(&metrics).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("/api/v1/articles"), "{text}");
    // The figures are at their own address only, and nothing else is there.
    let origin = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
    assert_ne!(origin(&articles), origin(&metrics));
    assert_eq!(get(&format!("{}/metrics", origin(&articles))).await.0, 404);
    assert_eq!(
        get(&format!("{}/api/v1/articles", origin(&metrics)))
            .await
            .0,
        404
    );
    assert_eq!(server.terminate(), Some(0));
    reqwest::get(&articles).await.unwrap_err();
}

#[tokio::test]
async fn a_store_with_an_old_schema_is_not_ready_and_says_what_to_do() {
    let server = TestServer::start().await;
    server
        .rows("DELETE FROM seaql_migrations WHERE version = (SELECT max(version) FROM seaql_migrations)")
        .await;
    let answer = server.get("/readyz").await.expect(503);
    assert_eq!(answer.json()["code"], "UNAVAILABLE");
    assert!(
        answer.text().contains("colophon migrate"),
        "{}",
        answer.text()
    );
    assert!(!answer.header("retry-after").is_empty());
    server.get("/healthz").await.expect(200);
}
