//! Accounts over both faces: made, changed and closed by owners, and what everybody does with their
//! own.

use application::{auth, users};
use domain::{
    access::Role,
    users::{Email, Password, UserChange},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Answer, FACES, Face, Resource, TestServer, engine,
    people::{PASSWORD, Person},
    texts,
};

const USER: Resource = Resource {
    list: "users",
    kind: "User",
    words: &[],
};

async fn post(server: &TestServer, path: &str, token: Option<&str>, body: &Value) -> Answer {
    let mut request = server.request(Method::POST, path).json(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    server.send(request).await
}

async fn log_in(server: &TestServer, email: &str, password: &str) -> domain::Result<auth::Tokens> {
    let email = Email::parse("email", email)?;
    let password = Password::given("password", password)?;
    auth::log_in(&server.reader(), &email, password).await
}

async fn ask(server: &TestServer, token: &str) -> u16 {
    let header = format!("Bearer {token}");
    let headers = [("authorization", header.as_str())];
    server.get_with("/api/v1/viewer", &headers).await.status
}

/// The roles of a body as either face wants them.
fn roles(face: Face, roles: &[(&str, Option<&str>)]) -> Value {
    let grant = |(role, edition): &(&str, Option<&str>)| {
        let role = match face {
            Face::Rest => (*role).to_owned(),
            Face::Graphql => role.to_uppercase(),
        };
        json!({ "role": role, "edition": edition })
    };
    roles.iter().map(grant).collect()
}

#[tokio::test]
async fn owners_make_change_and_close_accounts_over_both_faces() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let email = format!("{face:?}@example.org");
        let body = json!({
            "email": email,
            "displayName": "Ada",
            "password": PASSWORD,
            "grants": roles(face, &[("editor", Some("fa")), ("viewer", None)]),
        });
        let made = server.create(face, &owner, USER, &body).await.done();
        let tokens = log_in(&server, &email, PASSWORD).await.unwrap();
        assert_eq!(tokens.user.grants.len(), 2);
        let token = tokens.access.reveal();

        // A new name changes nothing about what they may do, and is theirs to give.
        let change = json!({ "displayName": "Ada L." });
        let named = server
            .patch(face, token, USER, (&made.id, 1), &change)
            .await
            .done();
        assert_eq!((named.version, ask(&server, token).await), (2, 200));
        let stale = server
            .patch(face, &owner, USER, (&made.id, 1), &change)
            .await;
        assert_eq!((stale.outcome.as_str(), stale.version), ("STALE", 2));
        // Nobody raises or moves themselves.
        for change in [
            json!({ "grants": roles(face, &[("owner", None)]) }),
            json!({ "email": format!("other.{email}") }),
            json!({ "isActive": false }),
        ] {
            let refused = server.patch(face, token, USER, (&made.id, 2), &change);
            refused.await.refused("FORBIDDEN", &[]);
        }

        let change = json!({ "grants": roles(face, &[("author", Some("en"))]) });
        server
            .patch(face, &owner, USER, (&made.id, 2), &change)
            .await
            .done();
        assert_eq!(ask(&server, token).await, 401);
        let token = log_in(&server, &email, PASSWORD).await.unwrap();
        let token = token.access.reveal();
        let moved = json!({ "email": format!("new.{email}") });
        server
            .patch(face, &owner, USER, (&made.id, 3), &moved)
            .await
            .done();
        assert_eq!(ask(&server, token).await, 401);
        let token = log_in(&server, &format!("new.{email}"), PASSWORD)
            .await
            .unwrap();
        close(&server, face, &owner, &made.id).await;
        assert_eq!(ask(&server, token.access.reveal()).await, 401);
    }
}

async fn close(server: &TestServer, face: Face, owner: &str, id: &str) {
    match face {
        Face::Rest => {
            let path = format!("/api/v1/users/{id}/deactivate");
            let request = server.request(Method::POST, &path).bearer_auth(owner);
            let request = request.header("if-match", "\"4\"");
            let closed = server.send(request).await.expect(200).json();
            assert_eq!(
                (&closed["isActive"], &closed["version"]),
                (&json!(false), &json!(5))
            );
        }
        Face::Graphql => {
            let query = "mutation ($id: ID!) { deactivateUser(input: { id: $id, expectedVersion: 4 }) { user { isActive version } userErrors { code } } }";
            let closed = server.graphql_as(owner, query, &json!({ "id": id })).await;
            assert_eq!(
                closed["data"]["deactivateUser"]["user"],
                json!({ "isActive": false, "version": 5 })
            );
        }
    }
}

#[tokio::test]
async fn accounts_are_listed_for_owners_and_shown_to_their_owners() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.person_of_site(Role::Owner).await;
    let editor = server.person_of_site(Role::Editor).await;
    let (owner_token, token) = (server.sign_in(&owner).await, server.sign_in(&editor).await);
    let get = async |path: &str, token: &str| {
        let header = format!("Bearer {token}");
        server.get_with(path, &[("authorization", &header)]).await
    };
    let first = get("/api/v1/users?first=1&total=true", &owner_token)
        .await
        .expect(200)
        .json();
    assert_eq!(texts(&first["data"], "email"), [owner.email.as_str()]);
    assert_eq!(first["page"]["totalCount"], 2);
    let cursor = first["page"]["endCursor"].as_str().unwrap();
    let second = get(
        &format!("/api/v1/users?first=1&after={cursor}"),
        &owner_token,
    )
    .await
    .expect(200)
    .json();
    assert_eq!(texts(&second["data"], "email"), [editor.email.as_str()]);
    let query =
        "query ($id: ID!) { users { nodes { email grants { role } } } user(id: $id) { email } }";
    let id = json!({ "id": editor.id.to_string() });
    let both = server.graphql_as(&owner_token, query, &id).await;
    assert_eq!(
        both["data"]["users"]["nodes"].as_array().unwrap().len(),
        2,
        "{both}"
    );
    assert_eq!(both["data"]["user"]["email"], editor.email);

    get("/api/v1/users", &token).await.expect(403);
    get(&format!("/api/v1/users/{}", owner.id), &token)
        .await
        .expect(403);
    let own = get(&format!("/api/v1/users/{}", editor.id), &token).await;
    assert_eq!(own.expect(200).json()["email"], editor.email);
    server.get("/api/v1/users").await.expect(401);
    let own = "query ($id: ID!) { user(id: $id) { email } }";
    let own = server.graphql_as(&token, own, &id).await;
    assert_eq!(own["data"]["user"]["email"], editor.email);
    let refused = server
        .graphql_as(&token, "{ users { nodes { email } } }", &json!({}))
        .await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test]
async fn all_that_is_wrong_with_an_account_is_told_at_once() {
    let server = TestServer::start().await;
    server.small_site().await;
    let person = server.person_of_site(Role::Owner).await;
    let owner = server.sign_in(&person).await;
    for face in FACES {
        let body = json!({
            "email": "nobody",
            "displayName": "A\nB",
            "password": "short",
            "grants": roles(face, &[("editor", Some("xx"))]),
        });
        let refused = server.create(face, &owner, USER, &body).await;
        let mut fields = refused.fields.clone();
        fields.sort_unstable();
        // What an account is to be is looked at when its address can be read.
        assert_eq!(refused.outcome, "VALIDATION");
        assert_eq!(
            fields,
            ["email", "grants.0.edition", "password"],
            "{face:?}"
        );
        let taken = json!({ "email": person.email.to_uppercase() });
        let refused = server.create(face, &owner, USER, &taken).await;
        refused.refused("CONFLICT", &["email"]);
    }
}

#[tokio::test]
async fn a_person_signs_others_out_only_as_an_owner() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let editor = server.person_of_site(Role::Editor).await;
    let other = server.signed_in(Role::Editor, None).await;
    for face in FACES {
        let token = server.sign_in(&editor).await;
        let sign_out = async |by: &str| match face {
            Face::Rest => {
                let path = format!("/api/v1/users/{}/sessions", editor.id);
                let request = server.request(Method::DELETE, &path).bearer_auth(by);
                let answer = server.send(request.header("if-match", "\"1\"")).await;
                answer.status == 204
            }
            Face::Graphql => {
                let query = "mutation ($id: ID!) { signOutUser(input: { id: $id, expectedVersion: 1 }) { user { id } userErrors { code } } }";
                let id = json!({ "id": editor.id.to_string() });
                let answer = server.graphql_as(by, query, &id).await;
                answer["data"]["signOutUser"]["user"].is_object()
            }
        };
        assert!(!sign_out(&other).await);
        assert_eq!(ask(&server, &token).await, 200);
        assert!(sign_out(&owner).await);
        assert_eq!(ask(&server, &token).await, 401);
    }
}

#[tokio::test]
async fn a_new_password_wants_the_old_one_and_ends_all_sessions() {
    let server = TestServer::start().await;
    server.small_site().await;
    let person = server.person_of_site(Role::Editor).await;
    let mut password = PASSWORD.to_owned();
    for face in FACES {
        let before = log_in(&server, &person.email, &password).await.unwrap();
        let elsewhere = log_in(&server, &person.email, &password).await.unwrap();
        let token = before.access.reveal();
        let change = async |current: &str, new: &str| {
            let input = json!({ "currentPassword": current, "newPassword": new });
            match face {
                Face::Rest => {
                    let answer = post(&server, "/api/v1/auth/password", Some(token), &input).await;
                    (answer.status == 200).then(|| answer.json()["accessToken"].clone())
                }
                Face::Graphql => {
                    let query = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { accessToken userErrors { field } } }";
                    let input = json!({ "input": input });
                    let answer = server.graphql_as(token, query, &input).await;
                    let token = answer["data"]["changePassword"]["accessToken"].clone();
                    token.is_string().then_some(token)
                }
            }
        };
        let new = format!("{password} and more");
        assert_eq!(change("wrong", &new).await, None);
        assert_eq!(change(&password, "short").await, None);
        let fresh = change(&password, &new).await.unwrap();
        assert_eq!(ask(&server, fresh.as_str().unwrap()).await, 200);
        for old in [token, elsewhere.access.reveal()] {
            assert_eq!(ask(&server, old).await, 401);
        }
        log_in(&server, &person.email, &password).await.unwrap_err();
        log_in(&server, &person.email, &new).await.unwrap();
        password = new;
    }
}

/// The old password is good when it is compared; when the session is to begin, it is no more.
#[tokio::test]
async fn a_new_password_wins_over_a_sign_in_with_the_old_one_that_is_under_way() {
    let server = TestServer::start_with(|config| {
        // Long enough for the other change to come between.
        config.auth.argon2_passes = 60;
        config.auth.argon2_memory_kib = 4_096;
    })
    .await;
    let person = server.person_of_site(Role::Editor).await;
    let new = Password::choose("password", "another battery", 10).unwrap();
    let owner = server.person_of_site(Role::Owner).await;
    let old = server.stored_hash(&person).await;
    users::set_password(&owner.cx, person.id, new)
        .await
        .unwrap();
    let fresh = server.stored_hash(&person).await;
    // As it was: the change comes by SQL, in the moment between comparing and beginning.
    server.put_hash(&person, &old).await;
    let wrong = log_in(&server, "nobody@example.org", PASSWORD);
    let (cost, _) = server.statements(wrong).await;
    let before = server.app.store().statement_count();
    let mut sign_in = Box::pin(log_in(&server, &person.email, PASSWORD));
    // The attempt is counted, the account is read, and the password is being hashed.
    let mut left = 5;
    while left > 0 {
        assert!(futures::poll!(&mut sign_in).is_pending());
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        if server.app.store().statement_count() - before >= cost {
            left -= 1;
        }
    }
    server.put_hash(&person, &fresh).await;
    let refused = sign_in.await.unwrap_err();
    assert_eq!(refused.code(), "UNAUTHENTICATED");
    assert_eq!(server.count("SELECT count(*) FROM session").await, 0);
}

impl TestServer {
    async fn stored_hash(&self, person: &Person) -> String {
        let id = crate::harness::people::sql_id(person.id.uuid());
        let rows = self
            .rows(&format!(
                "SELECT hash FROM user_password WHERE user_id = {id}"
            ))
            .await;
        rows[0].try_get_by_index(0).unwrap()
    }

    async fn put_hash(&self, person: &Person, hash: &str) {
        let id = crate::harness::people::sql_id(person.id.uuid());
        self.rows(&format!(
            "UPDATE user_password SET hash = '{hash}' WHERE user_id = {id}"
        ))
        .await;
    }
}

#[tokio::test]
async fn of_two_owners_who_take_each_other_away_one_stays() {
    // SQLite has one writer, so that one comes first by itself; PostgreSQL has to be told.
    let rounds = if engine() == "postgres" { 10 } else { 2 };
    let server = TestServer::start().await;
    let mut owners = vec![
        server.person_of_site(Role::Owner).await,
        server.person_of_site(Role::Owner).await,
    ];
    for _ in 0..rounds {
        let closed = || UserChange {
            is_active: domain::change::Change::Set(false),
            ..UserChange::default()
        };
        let version = async |person: &Person| {
            let user = users::get(&server.system(), person.id).await.unwrap();
            user.version
        };
        let versions = (version(&owners[0]).await, version(&owners[1]).await);
        let (one, other) = tokio::join!(
            users::change(&owners[0].cx, owners[1].id, versions.1, closed()),
            users::change(&owners[1].cx, owners[0].id, versions.0, closed()),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
        let gone = usize::from(one.is_ok());
        let refused = one.and(other).unwrap_err();
        assert_eq!(refused.code(), "CONFLICT");
        let _ = owners.remove(gone);
        owners.push(server.person_of_site(Role::Owner).await);
    }
}

#[tokio::test]
async fn the_first_owner_is_made_once_by_a_token() {
    for face in FACES {
        let server = TestServer::start().await;
        server.small_site().await;
        let earlier = auth::offer_set_up(&server.system()).await.unwrap().unwrap();
        let token = auth::offer_set_up(&server.system()).await.unwrap().unwrap();
        auth::offer_set_up(&server.reader()).await.unwrap_err();
        let set_up = async |token: &str, email: &str| {
            let input = json!({ "token": token, "email": email, "password": PASSWORD });
            match face {
                Face::Rest => {
                    let answer = post(&server, "/api/v1/auth/setup", None, &input).await;
                    (answer.status, answer.json())
                }
                Face::Graphql => {
                    let query = "mutation ($input: SetUpInput!) { setUp(input: $input) { accessToken viewer { grants { role } } userErrors { field } } }";
                    let answer = server.graphql_raw(query, json!({ "input": input })).await;
                    let payload = answer["data"]["setUp"].clone();
                    let done = payload["accessToken"].is_string();
                    (if done { 200 } else { 422 }, payload)
                }
            }
        };
        for wrong in [earlier.reveal(), "", "x"] {
            assert_eq!(set_up(wrong, "ada@example.org").await.0, 422);
        }
        let (one, other) = tokio::join!(
            set_up(token.reveal(), "ada@example.org"),
            set_up(token.reveal(), "eve@example.org")
        );
        let statuses = [one.0, other.0];
        assert!(
            statuses == [200, 422] || statuses == [422, 200],
            "{statuses:?}"
        );
        let made = if one.0 == 200 { one.1 } else { other.1 };
        assert_eq!(
            ask(&server, made["accessToken"].as_str().unwrap()).await,
            200
        );
        let role = made["viewer"]["grants"][0]["role"].as_str().unwrap();
        assert_eq!(role.to_lowercase(), "owner");
        assert_eq!(set_up(token.reveal(), "eve@example.org").await.0, 422);
        assert_eq!(server.count("SELECT count(*) FROM user_account").await, 1);
        // There is an owner: no other token is made.
        assert!(
            auth::offer_set_up(&server.system())
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn a_set_up_token_is_good_for_a_day() {
    let server = TestServer::start().await;
    let token = auth::offer_set_up(&server.system()).await.unwrap().unwrap();
    server.clock.advance(std::time::Duration::from_hours(24));
    let input =
        json!({ "token": token.reveal(), "email": "ada@example.org", "password": PASSWORD });
    post(&server, "/api/v1/auth/setup", None, &input)
        .await
        .expect(422);
}
