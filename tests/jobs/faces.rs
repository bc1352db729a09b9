//! Jobs over both faces: owners see the queue and decide about what failed too often.

use application::mails::ResetMail;
use domain::{access::Role, jobs::PruneSessions, users::Email};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{FACES, Face, TestServer, engine, work::Letter};

const FIELDS: &str =
    "id kind about state runAt attempts maxAttempts lastError actor requestId createdAt updatedAt";

async fn with_dead(letters: &[&str]) -> (TestServer, String) {
    let server = TestServer::start().await;
    server.small_site().await;
    let now = server.system().now();
    for to in letters {
        let to = (*to).to_owned();
        server.enqueue(now, &Letter { to }).await;
    }
    server
        .rows("UPDATE job SET state = 'dead', attempts = 3, last_error = 'no stamps' WHERE kind = 'test_letter'")
        .await;
    let token = server.signed_in(Role::Owner, None).await;
    (server, token)
}

/// The jobs of one state, as REST shows them.
async fn listed(server: &TestServer, token: &str, face: Face, state: &str) -> Vec<Value> {
    let found = match face {
        Face::Rest => {
            let path = format!("/api/v1/jobs?filter[state]={state}&filter[kind]=test_letter");
            let request = server.request(Method::GET, &path).bearer_auth(token);
            let answer = server.send(request).await.expect(200);
            assert_ne!(
                answer.header("cache-control").split(',').next(),
                Some("public")
            );
            answer.json()["data"].clone()
        }
        Face::Graphql => {
            let query = format!(
                "query ($state: JobState!) {{ jobs(first: 50, filter: {{ state: $state, kind: \"test_letter\" }}) {{ nodes {{ {FIELDS} }} }} }}"
            );
            let state = json!({ "state": state.to_uppercase() });
            let mut answer = server.graphql_as(token, &query, &state).await;
            let jobs = answer["data"]["jobs"]["nodes"].as_array_mut().unwrap();
            for job in jobs.iter_mut() {
                job["state"] = json!(job["state"].as_str().unwrap().to_lowercase());
            }
            json!(jobs)
        }
    };
    found.as_array().unwrap().clone()
}

/// What came of a decision: `DONE`, or the code and the words.
async fn decide(server: &TestServer, token: &str, face: Face, what: &str, id: &str) -> String {
    match face {
        Face::Rest => {
            let request = match what {
                "retry" => server.request(Method::POST, &format!("/api/v1/jobs/{id}/retry")),
                _ => server.request(Method::DELETE, &format!("/api/v1/jobs/{id}")),
            };
            let answer = server.send(request.bearer_auth(token)).await;
            if answer.status < 300 {
                assert_eq!(answer.status, if what == "retry" { 200 } else { 204 });
                if what == "retry" {
                    assert_eq!(answer.json()["state"], "waiting");
                    assert_eq!(answer.json()["attempts"], 0);
                }
                return "DONE".to_owned();
            }
            let problem = answer.json();
            format!(
                "{} {}",
                problem["code"].as_str().unwrap(),
                problem["detail"].as_str().unwrap()
            )
        }
        Face::Graphql => {
            let shown = match what {
                "retry" => "job { state attempts }",
                _ => "deletedId",
            };
            let query = format!(
                "mutation ($id: ID!) {{ {what}Job(input: {{ id: $id }}) {{ {shown} userErrors {{ code message }} }} }}"
            );
            let answer = server.graphql_as(token, &query, &json!({ "id": id })).await;
            if let Some(error) = answer["errors"].get(0) {
                return error["extensions"]["code"].as_str().unwrap().to_owned();
            }
            let payload = &answer["data"][format!("{what}Job")];
            if let Some(error) = payload["userErrors"].get(0) {
                return format!(
                    "{} {}",
                    error["code"].as_str().unwrap(),
                    error["message"].as_str().unwrap()
                );
            }
            match what {
                "retry" => assert_eq!(payload["job"], json!({ "state": "WAITING", "attempts": 0 })),
                _ => assert_eq!(payload["deletedId"], id),
            }
            "DONE".to_owned()
        }
    }
}

#[tokio::test]
async fn owners_list_retry_and_discard_what_failed_too_often() {
    for face in FACES {
        let (server, token) = with_dead(&["ada", "bo"]).await;
        let dead = listed(&server, &token, face, "dead").await;
        assert_eq!(dead.len(), 2, "{face:?}");
        let shown = &dead[0];
        assert_eq!(shown["about"], "letter:ada");
        assert_eq!(shown["state"], "dead");
        assert_eq!(
            (&shown["attempts"], &shown["maxAttempts"]),
            (&json!(3), &json!(3))
        );
        assert_eq!(shown["lastError"], "no stamps");
        assert_eq!(shown["runAt"], "2026-05-04T12:00:00Z");
        assert_eq!(shown["actor"], "system:test");
        assert!(shown.get("payload").is_none(), "{shown}");
        let [one, two] = [0, 1].map(|index| dead[index]["id"].as_str().unwrap());
        assert!(one.starts_with("job_"), "{one}");
        assert_eq!(decide(&server, &token, face, "retry", one).await, "DONE");
        assert_eq!(decide(&server, &token, face, "discard", two).await, "DONE");
        assert_eq!(
            listed(&server, &token, face, "dead").await,
            [] as [Value; 0]
        );
        let waiting = listed(&server, &token, face, "waiting").await;
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0]["id"], one);
        // What was done with them is in the log.
        for (event, id) in [("job.retried", one), ("job.discarded", two)] {
            let logged = format!(
                "SELECT count(*) FROM audit WHERE event = '{event}' AND target_id = '{id}' AND actor LIKE 'user%'"
            );
            assert_eq!(server.count(&logged).await, 1, "{face:?} {event}");
        }
    }
}

#[tokio::test]
async fn only_jobs_that_are_dead_are_decided_about() {
    for face in FACES {
        let (server, token) = with_dead(&["ada"]).await;
        let now = server.system().now();
        server.enqueue(now, &Letter { to: "bo".into() }).await;
        let waiting = listed(&server, &token, face, "waiting").await;
        let id = waiting[0]["id"].as_str().unwrap();
        for what in ["retry", "discard"] {
            assert_eq!(
                decide(&server, &token, face, what, id).await,
                "CONFLICT the job is waiting: only one that is dead can be retried or discarded",
                "{face:?}"
            );
            let gone = "job_00000000000000000000000001";
            let refused = decide(&server, &token, face, what, gone).await;
            assert!(refused.starts_with("NOT_FOUND"), "{face:?} {refused}");
        }
        // The same again while one for it waits would be done twice.
        server.enqueue(now, &Letter { to: "ada".into() }).await;
        let dead = listed(&server, &token, face, "dead").await;
        let id = dead[0]["id"].as_str().unwrap();
        assert_eq!(
            decide(&server, &token, face, "retry", id).await,
            "CONFLICT another job for the same waits already: discard this one",
            "{face:?}"
        );
        assert_eq!(decide(&server, &token, face, "discard", id).await, "DONE");
    }
}

#[tokio::test]
async fn nobody_but_owners_of_the_site_sees_jobs_or_decides_about_them() {
    let (server, owner) = with_dead(&["ada"]).await;
    let site = server.system().editions().await.unwrap();
    let en = site.by_code("en").unwrap().id;
    let dead = listed(&server, &owner, Face::Rest, "dead").await;
    let id = dead[0]["id"].as_str().unwrap();
    let key = server
        .request(Method::POST, "/api/v1/api-keys")
        .bearer_auth(&owner)
        .json(&json!({ "name": "all", "scopes": ["*:write"] }));
    let key = server.send(key).await.expect(201).json();
    let key = key["secret"].as_str().unwrap().to_owned();
    let tokens = [
        server.signed_in(Role::Editor, None).await,
        server.signed_in(Role::Owner, Some(en)).await,
        key,
    ];
    for token in &tokens {
        for (method, path) in [
            (Method::GET, "/api/v1/jobs".to_owned()),
            (Method::GET, format!("/api/v1/jobs/{id}")),
            (Method::POST, format!("/api/v1/jobs/{id}/retry")),
            (Method::DELETE, format!("/api/v1/jobs/{id}")),
        ] {
            let request = server.request(method, &path).bearer_auth(token);
            server.send(request).await.expect(403);
        }
        let read = server
            .graphql_as(token, "{ jobs { nodes { id } } }", &json!({}))
            .await;
        assert_eq!(read["errors"][0]["extensions"]["code"], "FORBIDDEN");
        for what in ["retry", "discard"] {
            let refused = decide(&server, token, Face::Graphql, what, id).await;
            assert!(refused.starts_with("FORBIDDEN"), "{refused}");
        }
    }
    server.get("/api/v1/jobs").await.expect(401);
    assert_eq!(listed(&server, &owner, Face::Rest, "dead").await.len(), 1);
}

#[tokio::test]
async fn what_a_mail_says_and_to_whom_it_goes_is_not_shown() {
    let (server, token) = with_dead(&[]).await;
    let email = Email::parse("email", "secret.person@example.org").unwrap();
    let now = server.system().now();
    server.enqueue(now, &ResetMail { email }).await;
    let request = server.request(Method::GET, "/api/v1/jobs?filter[kind]=mail_reset");
    let answer = server.send(request.bearer_auth(&token)).await.expect(200);
    let id = answer.json()["data"][0]["id"].as_str().unwrap().to_owned();
    let one = server.request(Method::GET, &format!("/api/v1/jobs/{id}"));
    let one = server.send(one.bearer_auth(&token)).await.expect(200);
    let query = format!("query ($id: ID!) {{ job(id: $id) {{ {FIELDS} }} }}");
    let shown = server
        .graphql_as(&token, &query, &json!({ "id": id }))
        .await;
    assert_eq!(shown["data"]["job"]["kind"], "mail_reset");
    for text in [answer.text(), one.text(), &shown.to_string()] {
        assert!(!text.contains("secret.person"), "{text}");
    }
}

#[tokio::test]
async fn a_job_that_comes_back_by_itself_has_no_last_attempt() {
    let (server, token) = with_dead(&[]).await;
    let now = server.system().now();
    server.enqueue(now, &PruneSessions::default()).await;
    let path = "/api/v1/jobs?filter[kind]=prune_sessions";
    let request = server.request(Method::GET, path).bearer_auth(&token);
    let shown = server.send(request).await.expect(200).json();
    assert_eq!(shown["data"][0]["maxAttempts"], Value::Null, "{shown:#}");
    let query = "{ jobs(filter: { kind: \"prune_sessions\" }) { nodes { kind maxAttempts } } }";
    let shown = server.graphql_as(&token, query, &json!({})).await;
    assert_eq!(
        shown["data"]["jobs"]["nodes"],
        json!([{ "kind": "prune_sessions", "maxAttempts": null }])
    );
}

#[tokio::test]
async fn jobs_come_in_pages_both_ways() {
    let (server, token) = with_dead(&["a", "b", "c", "d", "e"]).await;
    let (mut after, mut found) = (String::new(), Vec::new());
    for size in [2, 2, 1] {
        let path = format!("/api/v1/jobs?filter[state]=dead&first=2{after}");
        let request = server.request(Method::GET, &path).bearer_auth(&token);
        let page = server.send(request).await.expect(200).json();
        let data = page["data"].as_array().unwrap();
        assert_eq!(data.len(), size);
        found.extend(data.iter().map(|job| job["about"].clone()));
        after = format!("&after={}", page["page"]["endCursor"].as_str().unwrap());
    }
    assert_eq!(
        found,
        ["letter:a", "letter:b", "letter:c", "letter:d", "letter:e"]
    );
    let last = "{ jobs(last: 2, filter: { state: DEAD }) { nodes { about } totalCount } }";
    let last = server.graphql_as(&token, last, &json!({})).await;
    assert_eq!(
        last["data"]["jobs"],
        json!({ "nodes": [{ "about": "letter:d" }, { "about": "letter:e" }], "totalCount": 5 })
    );
}

#[tokio::test]
async fn jobs_are_listed_by_indexes() {
    if engine() != "sqlite" {
        return;
    }
    let (server, token) = with_dead(&["a", "b", "c"]).await;
    for (filter, index) in [
        ("", "job_run_at"),
        ("&filter[state]=dead", "job_dead"),
        ("&filter[kind]=test_letter", "job_run_at"),
        ("&filter[state]=dead&filter[kind]=test_letter", "job_dead"),
    ] {
        let store = server.app.store();
        store.record_statements();
        let path = format!("/api/v1/jobs?first=2{filter}");
        let request = server.request(Method::GET, &path).bearer_auth(&token);
        let page = server.send(request).await.expect(200).json();
        let after = page["page"]["endCursor"].as_str().unwrap();
        let path = format!("{path}&after={after}");
        let request = server.request(Method::GET, &path).bearer_auth(&token);
        server.send(request).await.expect(200);
        let statements = store.recorded_statements();
        let statements: Vec<_> = statements
            .iter()
            .filter(|statement| statement.contains("FROM job"))
            .collect();
        assert_eq!(statements.len(), 2);
        for statement in statements {
            let plan = store.explain(statement).await.unwrap().join("\n");
            assert!(plan.contains(index), "{statement}\n{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{statement}\n{plan}");
        }
    }
}
