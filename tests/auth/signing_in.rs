//! Signing in and out, and what ends a session.

use std::time::Duration;

use application::{auth, users};
use domain::{
    access::Role,
    users::{Email, Password, UserDraft},
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Answer, TestServer,
    people::{PASSWORD, Person},
};

const PLACE: &str = "/api/v1/articles";

async fn ask(server: &TestServer, token: &str) -> Answer {
    let header = format!("Bearer {token}");
    server.get_with(PLACE, &[("authorization", &header)]).await
}

async fn log_in(server: &TestServer, email: &str, password: &str) -> domain::Result<auth::Tokens> {
    let email = Email::parse("email", email)?;
    auth::log_in(
        &server.reader(),
        &email,
        Password::given("password", password)?,
    )
    .await
}

fn draft(server_person: &Person, is_active: bool, role: Role) -> UserDraft {
    UserDraft {
        email: Email::parse("email", &server_person.email).unwrap(),
        display_name: String::new(),
        is_active,
        grants: vec![domain::access::Grant {
            role,
            edition: None,
        }],
    }
}

#[tokio::test]
async fn unknown_people_and_wrong_passwords_have_the_same_answer_for_the_same_work() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    let closed = server.person_of_site(Role::Editor).await;
    users::update(
        &server.system(),
        closed.id,
        1,
        draft(&closed, false, Role::Editor),
    )
    .await
    .unwrap();
    let mut told = Vec::new();
    for (email, password) in [
        (person.email.as_str(), "wrong"),
        ("nobody@example.org", PASSWORD),
        (closed.email.as_str(), PASSWORD),
    ] {
        let (statements, answer) = server.statements(log_in(&server, email, password)).await;
        let error = answer.unwrap_err();
        told.push((statements, error.code(), error.to_string()));
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(told[0].1, "UNAUTHENTICATED");
}

#[tokio::test]
async fn an_address_is_known_in_any_case() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    let tokens = log_in(&server, &person.email.to_uppercase(), PASSWORD)
        .await
        .unwrap();
    assert_eq!(tokens.user.id, person.id);
    ask(&server, tokens.access.reveal()).await.expect(200);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_second_use_ends_the_session() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    let first = log_in(&server, &person.email, PASSWORD).await.unwrap();
    let second = auth::refresh(&server.reader(), first.refresh.reveal())
        .await
        .unwrap();
    ask(&server, first.access.reveal()).await.expect(200);
    ask(&server, second.access.reveal()).await.expect(200);
    let reused = auth::refresh(&server.reader(), first.refresh.reveal()).await;
    assert_eq!(reused.unwrap_err().code(), "UNAUTHENTICATED");
    for token in [&first.access, &second.access] {
        ask(&server, token.reveal()).await.expect(401);
    }
    auth::refresh(&server.reader(), second.refresh.reveal())
        .await
        .unwrap_err();
    let ends = server
        .count("SELECT count(*) FROM audit WHERE event = 'session.ended'")
        .await;
    assert_eq!(ends, 1);
    // Another session of theirs goes on.
    log_in(&server, &person.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn of_two_who_refresh_at_once_one_gets_in_and_the_session_ends() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    let tokens = log_in(&server, &person.email, PASSWORD).await.unwrap();
    let cx = server.reader();
    let token = tokens.refresh.reveal();
    let (one, other) = tokio::join!(auth::refresh(&cx, token), auth::refresh(&cx, token));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    let winner = one.or(other).unwrap();
    ask(&server, winner.access.reveal()).await.expect(401);
}

#[tokio::test]
async fn a_session_that_is_not_used_runs_out() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    let mut tokens = log_in(&server, &person.email, PASSWORD).await.unwrap();
    let day = Duration::from_hours(24);
    for _ in 0..3 {
        server.clock.advance(day * 29);
        tokens = auth::refresh(&server.reader(), tokens.refresh.reveal())
            .await
            .unwrap();
    }
    server.clock.advance(day * 31);
    let late = auth::refresh(&server.reader(), tokens.refresh.reveal()).await;
    assert_eq!(late.unwrap_err().code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn what_changes_about_an_account_ends_its_sessions_at_once() {
    let server = TestServer::start().await;
    let system = server.system();
    for change in ["password", "role", "deactivation", "everywhere"] {
        let person = server.person_of_site(Role::Editor).await;
        let tokens = log_in(&server, &person.email, PASSWORD).await.unwrap();
        ask(&server, tokens.access.reveal()).await.expect(200);
        match change {
            "password" => {
                let new = Password::choose("password", "another battery", 10).unwrap();
                users::set_password(&system, person.id, new).await.unwrap();
            }
            "role" => users::update(&system, person.id, 1, draft(&person, true, Role::Viewer))
                .await
                .unwrap(),
            "deactivation" => {
                users::update(&system, person.id, 1, draft(&person, false, Role::Editor))
                    .await
                    .unwrap();
            }
            _ => assert_eq!(
                auth::log_out_everywhere(&person.cx, person.id)
                    .await
                    .unwrap(),
                1
            ),
        }
        ask(&server, tokens.access.reveal()).await.expect(401);
        let refreshed = auth::refresh(&server.reader(), tokens.refresh.reveal()).await;
        assert!(refreshed.is_err(), "{change}");
    }
}

#[tokio::test]
async fn guessing_slows_down_and_a_good_password_starts_the_count_again() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    for _ in 0..5 {
        log_in(&server, &person.email, "wrong").await.unwrap_err();
    }
    // Nobody is told that they wait: the answer is that of a wrong password.
    let waiting = log_in(&server, &person.email, PASSWORD).await.unwrap_err();
    assert_eq!(waiting.code(), "UNAUTHENTICATED");
    server.clock.advance(Duration::from_secs(3));
    log_in(&server, &person.email, PASSWORD).await.unwrap();
    for _ in 0..4 {
        log_in(&server, &person.email, "wrong").await.unwrap_err();
    }
    log_in(&server, &person.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn many_guesses_at_once_are_no_way_around_the_wait() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    let guesses = (0..40).map(|number| {
        let password = if number == 39 { PASSWORD } else { "wrong" };
        log_in(&server, &person.email, password)
    });
    let answers = futures::future::join_all(guesses).await;
    assert!(answers.iter().all(Result::is_err));
}

#[tokio::test]
async fn an_attempt_that_is_cut_off_counts() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    let counted = "SELECT coalesce(max(failures), 0) FROM sign_in_throttle";
    for number in 1..=5 {
        let mut guess = Box::pin(log_in(&server, &person.email, "wrong"));
        // As far as it is counted, and away.
        while server.count(counted).await < number {
            if futures::poll!(&mut guess).is_ready() {
                break;
            }
        }
    }
    log_in(&server, &person.email, PASSWORD).await.unwrap_err();
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_slowed_down_too() {
    let server = TestServer::start().await;
    let rows = async |count: i64| {
        let found = server
            .count("SELECT count(*) FROM sign_in_throttle WHERE retry_at > failed_at")
            .await;
        assert_eq!(found, count);
    };
    for _ in 0..4 {
        log_in(&server, "nobody@example.org", "wrong")
            .await
            .unwrap_err();
    }
    rows(0).await;
    log_in(&server, "nobody@example.org", "wrong")
        .await
        .unwrap_err();
    rows(1).await;
}

#[tokio::test]
async fn an_address_that_guesses_at_many_accounts_has_to_wait_and_its_network_with_it() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    let from = async |address: &str, email: &str, password: &str| {
        let origin = domain::audit::Origin {
            address: Some(address.parse().unwrap()),
            request_id: None,
        };
        let cx = server
            .app
            .context_from(domain::access::Actor::Anonymous, origin);
        let email = Email::parse("email", email).unwrap();
        let password = Password::given("password", password).unwrap();
        auth::log_in(&cx, &email, password).await
    };
    for number in 0..20 {
        let email = format!("guess{number}@example.org");
        from("2001:db8:1:2::7", &email, "wrong").await.unwrap_err();
    }
    // The same network, whoever asks.
    let refused = from("2001:db8:1:2:ffff::1", &person.email, PASSWORD)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "RATE_LIMITED");
    from("2001:db8:1:3::1", &person.email, PASSWORD)
        .await
        .unwrap();
    // Everybody behind a proxy has its address.
    for number in 0..30 {
        let email = format!("guess{number}@example.org");
        from("10.0.0.1", &email, "wrong").await.unwrap_err();
    }
    from("10.0.0.1", &person.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_session_that_ended_writes_nothing_any_more() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Owner).await;
    let tokens = log_in(&server, &person.email, PASSWORD).await.unwrap();
    let credentials = auth::Credentials::Bearer(tokens.access.reveal());
    let origin = domain::audit::Origin::default();
    // A request that has begun and waits for the rest of its body.
    let cx = auth::authenticate(&server.app, credentials, origin)
        .await
        .unwrap();
    assert!(cx.begin().await.is_ok());
    auth::log_out_everywhere(&person.cx, person.id)
        .await
        .unwrap();
    assert_eq!(cx.begin().await.unwrap_err().code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn nobody_sees_or_changes_accounts_but_owners_and_oneself() {
    let server = TestServer::start().await;
    let owner = server.person_of_site(Role::Owner).await;
    let editor = server.person_of_site(Role::Editor).await;
    users::get(&owner.cx, editor.id).await.unwrap();
    users::get(&editor.cx, editor.id).await.unwrap();
    let hidden = users::get(&editor.cx, owner.id).await.unwrap_err();
    let absent = users::get(
        &editor.cx,
        domain::id::UserId::from_uuid(uuid::Uuid::from_u128(99)),
    )
    .await
    .unwrap_err();
    assert_eq!(hidden.code(), absent.code());
    // Nobody raises themselves.
    let raised = users::update(&editor.cx, editor.id, 1, draft(&editor, true, Role::Owner)).await;
    assert_eq!(raised.unwrap_err().code(), "FORBIDDEN");
    assert_eq!(
        users::get(&owner.cx, editor.id).await.unwrap().grants[0].role,
        Role::Editor
    );
}

#[tokio::test]
async fn the_last_owner_of_the_site_stays() {
    let server = TestServer::start().await;
    let owner = server.person_of_site(Role::Owner).await;
    for (is_active, role) in [(true, Role::Editor), (false, Role::Owner)] {
        let gone = users::update(&owner.cx, owner.id, 1, draft(&owner, is_active, role)).await;
        assert_eq!(gone.unwrap_err().code(), "CONFLICT");
    }
    server.person_of_site(Role::Owner).await;
    users::update(&owner.cx, owner.id, 1, draft(&owner, true, Role::Editor))
        .await
        .unwrap();
}

#[tokio::test]
async fn both_faces_sign_in_refresh_and_sign_out() {
    let server = TestServer::start().await;
    server.small_site().await;
    let person = server.person_of_site(Role::Editor).await;
    let login = json!({ "email": person.email, "password": PASSWORD });
    let post = async |path: &str, token: Option<&str>, body: &Value| {
        let mut request = server.request(Method::POST, path).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        server.send(request).await
    };
    let answer = post("/api/v1/auth/login", None, &login).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let rest = answer.json();
    assert_eq!(
        rest["viewer"]["grants"],
        json!([{ "role": "editor", "edition": null }])
    );
    let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken refreshToken expiresInSeconds viewer { id grants { role edition { code } } } userErrors { code } } }";
    let graphql = post(
        "/graphql",
        None,
        &json!({ "query": query, "variables": { "input": login } }),
    )
    .await;
    assert_eq!(graphql.header("cache-control"), "no-store");
    let graphql = graphql.json()["data"]["login"].clone();
    assert_eq!(graphql["viewer"]["id"], rest["viewer"]["id"]);
    assert_eq!(graphql["expiresInSeconds"], 600);
    assert_eq!(graphql["userErrors"], json!([]));

    for tokens in [&rest, &graphql] {
        let access = tokens["accessToken"].as_str().unwrap();
        let viewer = server
            .send(
                server
                    .request(Method::GET, "/api/v1/viewer")
                    .bearer_auth(access),
            )
            .await
            .expect(200);
        assert_eq!(viewer.header("cache-control"), "no-store");
        assert_eq!(viewer.json()["email"], person.email);
        let asked = json!({ "query": "{ viewer { email displayName } }" });
        let viewer = post("/graphql", Some(access), &asked).await.json();
        assert_eq!(viewer["data"]["viewer"]["email"], person.email);
    }

    let refreshed = post(
        "/api/v1/auth/refresh",
        None,
        &json!({ "refreshToken": rest["refreshToken"] }),
    )
    .await
    .expect(200)
    .json();
    let query =
        "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken } }";
    let input = json!({ "refreshToken": graphql["refreshToken"] });
    let renewed = post(
        "/graphql",
        None,
        &json!({ "query": query, "variables": { "input": input } }),
    )
    .await
    .json();
    let (one, other) = (
        refreshed["accessToken"].as_str().unwrap(),
        renewed["data"]["refreshSession"]["accessToken"]
            .as_str()
            .unwrap(),
    );
    post("/api/v1/auth/logout", Some(one), &json!({}))
        .await
        .expect(204);
    ask(&server, one).await.expect(401);
    ask(&server, other).await.expect(200);
    let query = json!({ "query": "mutation { logout(input: { everywhere: true }) { userErrors { code } } }" });
    assert_eq!(
        post("/graphql", Some(other), &query).await.json()["data"]["logout"]["userErrors"],
        json!([])
    );
    ask(&server, other).await.expect(401);
}

#[tokio::test]
async fn what_is_wrong_with_a_login_is_told_and_a_wrong_password_is_no_fault_of_the_form() {
    let server = TestServer::start().await;
    let rest = async |body: Value| {
        let request = server
            .request(Method::POST, "/api/v1/auth/login")
            .json(&body);
        server.send(request).await
    };
    let answer = rest(json!({ "email": 5, "pass": "x" }))
        .await
        .expect(422)
        .json();
    let places: Vec<&str> = crate::harness::texts(&answer["errors"], "pointer");
    assert_eq!(places, ["/pass", "/email", "/password"]);
    let refused = rest(json!({ "email": "ada@example.org", "password": "wrong" }))
        .await
        .expect(401);
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer realm=\"colophon\""
    );
    let query = json!({ "query": "mutation { login(input: { email: \"ada\", password: \"x\" }) { accessToken userErrors { code field } } }" });
    let answer = server
        .send(server.request(Method::POST, "/graphql").json(&query))
        .await
        .json();
    assert_eq!(
        answer["data"]["login"],
        json!({ "accessToken": null, "userErrors": [{ "code": "VALIDATION", "field": "email" }] })
    );
    let query = json!({ "query": "mutation { login(input: { email: \"ada@example.org\", password: \"x\" }) { accessToken } }" });
    let answer = server
        .send(server.request(Method::POST, "/graphql").json(&query))
        .await
        .json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let nobody = server.get("/api/v1/viewer").await.expect(401);
    assert_eq!(
        nobody.header("www-authenticate"),
        "Bearer realm=\"colophon\""
    );
}
