//! The address of a client, behind a proxy and without one.

use domain::access::Role;
use serde_json::json;
use server::Config;

use crate::harness::TestServer;

/// Whether the log of changes has this address for a change that was sent with these headers.
async fn is_from(
    address: &str,
    configure: impl FnOnce(&mut Config),
    headers: &[(&str, &str)],
) -> bool {
    let server = TestServer::start_with(configure).await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let mut request = server
        .request(reqwest::Method::POST, "/api/v1/tags")
        .bearer_auth(&owner);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let tag = json!({ "texts": { "en": { "name": "River" } } });
    server.send(request.json(&tag)).await.expect(201);
    let sql =
        format!("SELECT count(*) FROM audit WHERE event = 'tag.created' AND address = '{address}'");
    server.count(&sql).await == 1
}

fn behind(config: &mut Config, header: &str) {
    config.server.trusted_proxies = vec!["127.0.0.0/8".to_owned(), "10.0.0.1".to_owned()];
    header.clone_into(&mut config.server.address_header);
}

#[tokio::test]
async fn no_header_says_where_a_request_comes_from_unless_a_proxy_is_trusted() {
    let headers = [
        ("x-forwarded-for", "198.51.100.7"),
        ("forwarded", "for=198.51.100.7"),
        ("x-real-ip", "198.51.100.7"),
    ];
    assert!(is_from("127.0.0.1", |_| {}, &headers).await);
}

#[tokio::test]
async fn a_trusted_proxy_says_whom_it_speaks_for() {
    let forged = [("x-forwarded-for", "203.0.113.66, 198.51.100.7, 10.0.0.1")];
    let old = |config: &mut Config| behind(config, "X-Forwarded-For");
    assert!(is_from("198.51.100.7", old, &forged).await);
    let both = [
        ("x-forwarded-for", "203.0.113.66"),
        ("forwarded", "for=\"[2001:db8::7]:4711\""),
    ];
    let new = |config: &mut Config| behind(config, "forwarded");
    assert!(is_from("2001:db8::7", new, &both).await);
}

#[tokio::test]
async fn guesses_at_passwords_are_counted_for_the_client_behind_the_proxy() {
    let server = TestServer::start_with(|config| behind(config, "x-forwarded-for")).await;
    server.small_site().await;
    let guess = async |client: &str, number: usize| {
        let body =
            json!({ "email": format!("p{number}@example.org"), "password": "a wrong guess" });
        let request = server
            .request(reqwest::Method::POST, "/api/v1/auth/login")
            .header("x-forwarded-for", client);
        server.send(request.json(&body)).await.status
    };
    for number in 0..20 {
        assert_eq!(guess("198.51.100.7", number).await, 401, "{number}");
    }
    assert_eq!(guess("198.51.100.7", 30).await, 429);
    assert_eq!(guess("198.51.100.8", 30).await, 401);
}
