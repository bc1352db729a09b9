//! How much whom.

use std::{num::NonZeroU32, time::Duration};

use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};
use server::Config;

use crate::harness::{Answer, TestServer};

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn limited(config: &mut Config) {
    config.rate_limits.enabled = true;
    config.rate_limits.requests_per_minute = number(30);
    config.rate_limits.address_requests_per_minute = number(100);
    config.rate_limits.sign_in_per_minute = number(3);
    config.cors.origins = vec!["*".to_owned()];
}

async fn start() -> TestServer {
    let server = TestServer::start_with(limited).await;
    server.small_site().await;
    server
}

/// The parameters of one policy in a header: `("30", "60")`.
fn told(answer: &Answer, header: &str, policy: &str) -> Option<(u32, u32)> {
    let mut list = answer.header(header).split(", ");
    let item = list.find_map(|item| item.strip_prefix(&format!("\"{policy}\";")))?;
    let mut numbers = item.split(';').map(|pair| pair[2..].parse().unwrap());
    Some((numbers.next()?, numbers.next()?))
}

async fn ask(server: &TestServer, token: Option<&str>, query: &str) -> Answer {
    let mut request = server.request(Method::POST, "/graphql");
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    server.send(request.json(&json!({ "query": query }))).await
}

#[tokio::test]
async fn an_answer_tells_what_is_left_and_there_is_an_end_to_it() {
    let server = start().await;
    let first = server.get("/api/v1/site").await.expect(200);
    assert_eq!(told(&first, "ratelimit-policy", "default"), Some((30, 60)));
    assert_eq!(told(&first, "ratelimit-policy", "address"), Some((100, 60)));
    assert_eq!(told(&first, "ratelimit", "default"), Some((29, 2)));
    for _ in 1..30 {
        server.get("/api/v1/site").await.expect(200);
    }
    let over = server.get_with("/api/v1/site", &[("origin", "https://a.example")]);
    let over = over.await.expect(429);
    assert_eq!(over.json()["code"], "RATE_LIMITED");
    assert_eq!(over.header("content-type"), "application/problem+json");
    assert_eq!(over.header("retry-after"), "2");
    assert_eq!(told(&over, "ratelimit", "default"), Some((0, 2)));
    assert_eq!(over.header("access-control-allow-origin"), "*");
    assert_eq!(over.header("cache-control"), "no-store");
    server.clock.advance(Duration::from_secs(2));
    server.get("/api/v1/site").await.expect(200);
    server.get("/api/v1/site").await.expect(429);
    server.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn who_is_signed_in_has_an_allowance_of_their_own() {
    let server = start().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for _ in 0..30 {
        server.get("/api/v1/site").await.expect(200);
    }
    server.get("/api/v1/site").await.expect(429);
    let bearer = format!("Bearer {owner}");
    let mine = [("authorization", bearer.as_str())];
    let answer = server.get_with("/api/v1/viewer", &mine).await.expect(200);
    assert_eq!(told(&answer, "ratelimit", "default"), Some((29, 2)));
    // Tokens that are no good count for the address.
    let guess = [("authorization", "Bearer no-such-token")];
    server.get_with("/api/v1/viewer", &guess).await.expect(429);
    server.clock.advance(Duration::from_secs(2));
    server.get_with("/api/v1/viewer", &guess).await.expect(401);
    // And whoever asks, an address has an end too.
    for _ in 0..3 {
        for _ in 0..20 {
            server.get_with("/api/v1/viewer", &mine).await;
        }
        server.clock.advance(Duration::from_secs(1));
    }
    let mut refused = 0;
    for _ in 0..30 {
        let answer = server.get_with("/api/v1/viewer", &mine).await;
        refused += u32::from(told(&answer, "ratelimit", "address").unwrap().0 == 0);
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn a_change_costs_more_than_a_read() {
    let server = start().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let tag = |name: &str| json!({ "texts": { "en": { "name": name } } });
    let request = server
        .request(Method::POST, "/api/v1/tags")
        .bearer_auth(&owner);
    let made = server.send(request.json(&tag("One"))).await.expect(201);
    assert_eq!(told(&made, "ratelimit", "default").unwrap().0, 25);
    let two = "mutation { \
        a: createTag(input: { texts: [{ edition: \"en\", name: \"A\" }] }) { userErrors { message } } \
        ...B } fragment B on Mutation { \
        b: createTag(input: { texts: [{ edition: \"en\", name: \"B\" }] }) { userErrors { message } } }";
    let made = ask(&server, Some(&owner), two).await.expect(200);
    assert_eq!(
        made.json()["data"]["b"]["userErrors"],
        json!([]),
        "{}",
        made.text()
    );
    assert_eq!(told(&made, "ratelimit", "default").unwrap().0, 25 - 9);
}

#[tokio::test]
async fn a_query_costs_what_it_asks_for() {
    let server = start().await;
    let small = ask(&server, None, "{ site { name } }").await.expect(200);
    assert_eq!(told(&small, "ratelimit", "default").unwrap().0, 29);
    let list = "articles(first: 100) { nodes { id title slug path } }";
    let lists = ["a", "b", "c", "d", "e"].map(|name| format!("{name}: {list}"));
    let large = ask(&server, None, &format!("{{ {} }}", lists.join(" "))).await;
    assert_eq!(large.json().get("errors"), None, "{}", large.text());
    let left = told(&large, "ratelimit", "default").unwrap().0;
    assert!(left < 28, "{left}");
    while ask(&server, None, "{ site { name } }").await.status == 200 {}
    let over = ask(&server, None, "{ site { name } }").await.expect(429);
    let body: Value = over.json();
    assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    assert!(body.get("data").is_none(), "{body}");
    assert_eq!(over.header("retry-after"), "2");
    assert_eq!(told(&over, "ratelimit", "default").unwrap().0, 0);
}

#[tokio::test]
async fn signing_in_has_a_limit_of_its_own_whatever_the_face() {
    let server = start().await;
    let body = json!({ "email": "a@example.org", "password": "a wrong guess" });
    let over_rest = async || {
        let request = server.request(Method::POST, "/api/v1/auth/login");
        server.send(request.json(&body)).await
    };
    let login =
        "login(input: { email: \"b@example.org\", password: \"a wrong guess\" }) { accessToken }";
    assert_eq!(
        over_rest()
            .await
            .expect(401)
            .header("ratelimit-policy")
            .matches("\"sign-in\";q=3;w=60")
            .count(),
        1
    );
    let twice = format!("mutation {{ a: {login} b: {login} }}");
    ask(&server, None, &twice).await.expect(200);
    let refused = over_rest().await.expect(429);
    assert_eq!(refused.header("retry-after"), "20");
    let refused = ask(&server, None, &format!("mutation {{ {login} }}"))
        .await
        .expect(429);
    assert_eq!(
        refused.json()["errors"][0]["extensions"]["code"],
        "RATE_LIMITED"
    );
    server.get("/api/v1/site").await.expect(200);
}

#[tokio::test]
async fn behind_a_proxy_nobody_has_named_nobody_is_locked_out_by_others() {
    let server = start().await;
    let login = async |number: i32| {
        let body = json!({ "email": format!("{number}@example.org"), "password": "a wrong guess" });
        let request = server
            .request(Method::POST, "/api/v1/auth/login")
            .header("x-forwarded-for", "198.51.100.7");
        server.send(request.json(&body)).await
    };
    for number in 0..5 {
        login(number).await.expect(401);
    }
    // An account is guarded by itself: the limit of addresses has nothing to do with it.
    for _ in 0..30 {
        let answer = login(0).await;
        if answer.status == 429 {
            return;
        }
    }
    panic!("nobody stops the guessing");
}

#[tokio::test]
async fn without_limits_nothing_is_said_of_them() {
    let server = TestServer::start().await;
    server.small_site().await;
    let answer = server.get("/api/v1/site").await.expect(200);
    assert_eq!(answer.header("ratelimit"), "");
    assert_eq!(answer.header("ratelimit-policy"), "");
}

#[tokio::test]
async fn many_changes_in_one_request_cost_what_they_would_alone() {
    let server = start().await;
    let left = |answer: &Answer| told(answer, "ratelimit", "default").unwrap().0;
    let operation = json!({ "method": "POST", "path": "/articles", "body": { "edition": "en", "title": "River" } });
    for (count, expected) in [(1, 200), (4, 200), (8, 429)] {
        let owner = server.signed_in(Role::Owner, None).await;
        let body = json!({ "operations": vec![operation.clone(); count] });
        let request = server.request(Method::POST, "/api/v1/batch");
        let answer = server.send(request.bearer_auth(&owner).json(&body)).await;
        let answer = answer.expect(expected);
        if expected == 200 {
            let cost = 1 + 4 * u32::try_from(count).unwrap();
            assert_eq!(left(&answer), 30 - cost);
        }
        // Over GraphQL, where the list stands in a variable.
        let owner = server.signed_in(Role::Owner, None).await;
        let create = json!({ "createArticle": { "edition": "en", "title": "Sea" } });
        let input = json!({ "operations": vec![create; count] });
        let query = "mutation($input: BatchInput!) { batch(input: $input) { results { index } userErrors { message } } }";
        let request = server.request(Method::POST, "/graphql").bearer_auth(&owner);
        let body = json!({ "query": query, "variables": { "input": input } });
        let answer = server.send(request.json(&body)).await.json();
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        assert_eq!(
            code,
            (expected == 429).then_some("RATE_LIMITED"),
            "{answer}"
        );
    }
    assert_eq!(server.count("SELECT count(*) FROM article").await, 10);
}
