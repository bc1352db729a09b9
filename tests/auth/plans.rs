//! How accounts, sessions and keys are read: never a whole table for one request.

use application::{api_keys, auth, users};
use domain::{
    access::Role,
    paging::PageArgs,
    users::{Email, Password},
};

use crate::harness::{TestServer, engine, people::PASSWORD};

/// The tables that grow with people, programs and what they do.
const GROWING: [&str; 7] = [
    "user_account",
    "role_grant",
    "session",
    "refresh_token",
    "sign_in_throttle",
    "api_key",
    "one_time_token",
];

/// The lines of a plan that read such a table without looking anything up.
fn scans(plan: &[String]) -> Vec<&String> {
    let aliases = ["u", "g", "s", "t", "k", "p"];
    let reads = |line: &&String| {
        let line = line.trim_start_matches([' ', '-', '>']);
        let Some(table) = line.strip_prefix("SCAN ") else {
            return false;
        };
        // What is read in the order of an index ends with the page.
        let table = table.split(' ').next().unwrap();
        (GROWING.contains(&table) || aliases.contains(&table)) && !line.contains(" USING ")
    };
    plan.iter().filter(reads).collect()
}

#[tokio::test]
async fn accounts_sessions_and_keys_are_looked_up() {
    if engine() != "sqlite" {
        return;
    }
    let server = TestServer::start().await;
    server.small_site().await;
    let person = server.person_of_site(Role::Owner).await;
    let token = server.sign_in(&person).await;
    let key = api_keys::create(
        &person.cx,
        domain::api_keys::ApiKeyDraft {
            name: "a program".to_owned(),
            ..domain::api_keys::ApiKeyDraft::default()
        },
    );
    let key = key.await.unwrap();
    let store = server.app.store();
    store.record_statements();
    for credentials in [token.as_str(), key.secret.reveal()] {
        let header = format!("Bearer {credentials}");
        server
            .get_with("/api/v1/tags", &[("authorization", &header)])
            .await
            .expect(200);
    }
    let email = Email::parse("email", &person.email).unwrap();
    let password = Password::given("password", PASSWORD).unwrap();
    auth::log_in(&server.reader(), &email, password)
        .await
        .unwrap();
    auth::request_reset(&server.reader(), &email).await.unwrap();
    auth::confirm_email(&server.reader(), "nothing")
        .await
        .unwrap_err();
    let page = PageArgs::first(20);
    users::list(&person.cx, &page).await.unwrap();
    let all = api_keys::list(&person.cx, &page).await.unwrap();
    assert_eq!(all.edges.len(), 1);
    let other = server.person_of_site(Role::Editor).await;
    api_keys::list(&other.cx, &page).await.unwrap();
    api_keys::revoke(&person.cx, key.key.id, 1).await.unwrap();
    let statements = store.recorded_statements();
    assert!(statements.len() > 20, "{}", statements.len());
    let mut wrong = Vec::new();
    for statement in statements {
        let is_read = ["SELECT", "UPDATE", "DELETE"]
            .iter()
            .any(|word| statement.starts_with(word));
        if !is_read {
            continue;
        }
        let plan = store.explain(&statement).await.unwrap();
        if !scans(&plan).is_empty() {
            wrong.push(format!("{statement}\n  {}", plan.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}
