//! Accounts and keys on the command line, and what `doctor` says of mail.

use application::{Clock as _, SystemClock};
use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    TestServer,
    post_office::PostOffice,
    program::{Ended, colophon},
};

/// Runs the program on the database of a server.
async fn on(server: &TestServer, arguments: &[&str]) -> Ended {
    let files = tempfile::tempdir().unwrap();
    let mut all: Vec<String> = ["--database", server.database_url(), "--data"]
        .map(str::to_owned)
        .to_vec();
    all.push(files.path().to_str().unwrap().to_owned());
    all.extend(arguments.iter().map(|&argument| argument.to_owned()));
    let ended = tokio::task::spawn_blocking(move || {
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        colophon(&all)
    });
    ended.await.unwrap()
}

/// What stands behind these words.
fn after<'a>(ended: &'a Ended, words: &str) -> &'a str {
    let found = ended.stdout.split_once(words);
    let (_, rest) = found.unwrap_or_else(|| panic!("no {words} in {ended:?}"));
    rest.lines().next().unwrap().trim()
}

async fn make_tag(server: &TestServer, key: &str) -> u16 {
    let request = server
        .request(Method::POST, "/api/v1/tags")
        .bearer_auth(key);
    let body = json!({ "texts": { "en": { "name": "Bees" } } });
    server.send(request.json(&body)).await.status
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked_on_the_command_line() {
    let server = TestServer::start().await;
    server.small_site().await;
    let made = on(
        &server,
        &[
            "api-key",
            "create",
            "CI",
            "--scope",
            "tags:write",
            "--scope",
            "articles:read:fa",
            "--expires",
            "90d",
        ],
    )
    .await;
    assert_eq!(made.code, 0, "{made:?}");
    let key = after(&made, "shown only now: ").to_owned();
    assert_eq!(make_tag(&server, &key).await, 201);

    let listed = on(&server, &["api-key", "list", "--json"]).await;
    assert!(!listed.stdout.contains(&key), "{listed:?}");
    let keys: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(keys.as_array().unwrap().len(), 1);
    assert_eq!(keys[0]["name"], "CI");
    assert_eq!(keys[0]["scopes"], json!(["tags:write", "articles:read:fa"]));
    assert!(key.starts_with(keys[0]["prefix"].as_str().unwrap()));
    let id = keys[0]["id"].as_str().unwrap();
    let table = on(&server, &["api-key", "list"]).await;
    assert!(table.stdout.contains(id) && !table.stdout.contains(&key));

    let revoked = on(&server, &["api-key", "revoke", id]).await;
    assert_eq!(revoked.code, 0, "{revoked:?}");
    assert_eq!(make_tag(&server, &key).await, 401);
    let unknown = on(
        &server,
        &["api-key", "revoke", "apikey_00000000000000000000000001"],
    )
    .await;
    assert_eq!(unknown.code, 1, "{unknown:?}");
    assert!(unknown.stderr.contains("was not found"), "{unknown:?}");
}

#[tokio::test]
async fn all_that_is_wrong_with_a_key_is_told_on_the_command_line() {
    let server = TestServer::start().await;
    server.small_site().await;
    let refused = on(
        &server,
        &[
            "api-key",
            "create",
            " ",
            "--scope",
            "tags:own",
            "--scope",
            "pages:read:xx",
            "--expires",
            "soon",
        ],
    )
    .await;
    assert_ne!(refused.code, 0, "{refused:?}");
    for part in ["name", "tags:own", "pages:read:xx", "expires"] {
        assert!(refused.stderr.contains(part), "{part}: {refused:?}");
    }
    assert_eq!(server.count("SELECT count(*) FROM api_key").await, 0);
}

#[tokio::test]
async fn accounts_are_listed_on_the_command_line() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.person_of_site(Role::Owner).await;
    let author = server.person(Role::Author, site.fa).await;
    let closed = on(&server, &["user", "deactivate", &author.email]).await;
    assert_eq!(closed.code, 0, "{closed:?}");
    let listed = on(&server, &["user", "list", "--json"]).await;
    let users: Value = serde_json::from_str(&listed.stdout).unwrap();
    let told: Vec<_> = users.as_array().unwrap().iter().collect();
    assert_eq!(told.len(), 2);
    let of = |id: String| *told.iter().find(|user| user["id"] == json!(id)).unwrap();
    let first = of(owner.id.to_string());
    assert_eq!(
        (&first["roles"], &first["isActive"]),
        (&json!(["owner"]), &json!(true))
    );
    let second = of(author.id.to_string());
    assert_eq!(
        (&second["roles"], &second["isActive"], &second["email"]),
        (&json!(["author:fa"]), &json!(false), &json!(author.email))
    );
    let table = on(&server, &["user", "list"]).await;
    assert!(
        table.stdout.contains("author:fa") && table.stdout.contains("closed"),
        "{table:?}"
    );
    assert!(!table.stdout.contains("argon2"), "{table:?}");
}

#[tokio::test]
async fn a_link_the_operator_hands_over_gives_a_new_password_and_confirms_no_address() {
    let server = TestServer::start().await;
    server.small_site().await;
    let person = server.person_of_site(Role::Editor).await;
    let first = on(&server, &["user", "reset-link", &person.email]).await;
    assert_eq!(first.code, 0, "{first:?}");
    let first = after(&first, "shown only now: ").to_owned();
    let second = on(&server, &["user", "reset-link", &person.email]).await;
    let second = after(&second, "shown only now: ").to_owned();
    let confirm = async |token: &str| -> u16 {
        let body = json!({ "token": token, "password": "another long password" });
        let path = "/api/v1/auth/password-reset/confirm";
        let request = server.request(Method::POST, path).json(&body);
        server.send(request).await.status
    };
    // The time of tests stands still; that of the program does not.
    server.clock.set(SystemClock.now());
    assert_eq!(confirm(&first).await, 422, "a later one was made");
    let done = confirm(&second).await;
    assert!((200..300).contains(&done), "{done}");
    assert_eq!(confirm(&second).await, 422, "it was used");
    let body = json!({ "email": person.email, "password": "another long password" });
    let request = server.request(Method::POST, "/api/v1/auth/login");
    let tokens = server.send(request.json(&body)).await.expect(200).json();
    let token = tokens["accessToken"].as_str().unwrap();
    let query = "{ viewer { emailConfirmedAt } }";
    let shown = server.graphql_as(token, query, &json!({})).await;
    assert_eq!(
        shown["data"]["viewer"]["emailConfirmedAt"],
        Value::Null,
        "{shown:#}"
    );
    let closed = on(&server, &["user", "deactivate", &person.email]).await;
    assert_eq!(closed.code, 0);
    let refused = on(&server, &["user", "reset-link", &person.email]).await;
    assert!(
        refused.code != 0 && refused.stderr.contains("may not sign in"),
        "{refused:?}"
    );
}

/// What `doctor` says of a mail server at this address.
async fn look(url: &str) -> (String, String) {
    let server = TestServer::start().await;
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("colophon.toml");
    let settings = format!(
        "[mail]\nurl = \"{url}\"\nfrom = \"post@gazette.example\"\nreset_url = \"https://gazette.example/reset\"\nconfirm_url = \"https://gazette.example/confirm\"\n"
    );
    std::fs::write(&file, settings).unwrap();
    let ended = on(
        &server,
        &["--config", file.to_str().unwrap(), "doctor", "--json"],
    )
    .await;
    assert!(!ended.stdout.contains("sesame") && !ended.stderr.contains("sesame"));
    let report: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    let checks = report["checks"].as_array().unwrap().iter();
    let check = checks.clone().find(|check| check["name"] == "mail");
    let check = check.unwrap_or_else(|| panic!("{ended:?}"));
    let text = |name: &str| check[name].as_str().unwrap().to_owned();
    (text("verdict"), text("detail"))
}

#[tokio::test]
async fn doctor_says_whether_the_mail_server_takes_mail_and_sends_none() {
    let office = PostOffice::open().await;
    let (verdict, detail) = look(&office.url).await;
    assert_eq!(verdict, "ok", "{detail}");
    let host = office.url.trim_start_matches("smtp://");
    assert!(detail.starts_with(host), "{detail}");
    assert!(office.letters().is_empty());
    // It knows no way to sign in.
    let (verdict, detail) = look(&format!("smtp://me:sesame@{host}")).await;
    assert_eq!(verdict, "problem", "{detail}");
    assert!(
        detail.starts_with(host) && detail.contains("sign in"),
        "{detail}"
    );
}

#[tokio::test]
async fn doctor_says_what_is_wrong_with_a_mail_server_within_seconds() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // One that takes calls and never says a word.
    let begun = std::time::Instant::now();
    let (verdict, detail) = look(&format!("smtp://me:sesame@{address}")).await;
    assert_eq!(verdict, "problem");
    assert!(
        detail.contains("did not answer within 8 seconds"),
        "{detail}"
    );
    assert!(begun.elapsed().as_secs() < 60);
    drop(listener);
    let (verdict, detail) = look(&format!("smtp://me:sesame@{address}")).await;
    assert_eq!(verdict, "problem");
    assert!(detail.contains("cannot be reached"), "{detail}");
}
