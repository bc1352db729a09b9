//! Whoever is not signed in changes nothing, and learns nothing by trying.

use reqwest::Method;
use serde_json::json;

use crate::harness::TestServer;

#[tokio::test]
async fn no_operation_of_rest_changes_anything_without_credentials() {
    let server = TestServer::start().await;
    let document = server.get_json("/openapi.json").await;
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if method == "get" || operation["security"] != json!([{ "bearer": [] }]) {
                continue;
            }
            let path = path.replace("{id}", "tag_01jb2x9k3m4n5p6q7r8s9t0v1w");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = server.send(server.request(method, &path)).await.expect(401);
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
            assert_eq!(answer.json()["code"], "UNAUTHENTICATED");
            tried += 1;
        }
    }
    assert!(tried >= 9, "{tried}");
}

#[tokio::test]
async fn a_mutation_without_credentials_is_an_error_of_the_request() {
    let server = TestServer::start().await;
    server.small_site().await;
    let answer = server
        .graphql_raw(
            "mutation { createTag(input: { texts: [{ edition: \"en\", name: \"Bees\" }] }) { tag { id } userErrors { code } } }",
            json!({}),
        )
        .await;
    assert_eq!(answer["data"], json!(null), "{answer:#}");
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
        "{answer:#}"
    );
    assert_eq!(server.count("SELECT count(*) FROM term").await, 0);
}

#[tokio::test]
async fn a_mutation_is_not_run_by_get() {
    let server = TestServer::start().await;
    let document = "mutation%20%7B%20__typename%20%7D";
    let refused = server
        .get(&format!("/graphql?query={document}"))
        .await
        .expect(405);
    assert_eq!(refused.header("allow"), "POST");
}

#[tokio::test]
async fn the_limits_of_documents_hold_for_mutations() {
    let server = TestServer::start().await;
    let fields: String = (0..33)
        .map(|number| {
            format!(
                "m{number}: deleteTag(input: {{ id: \"x\", expectedVersion: 1 }}) {{ deletedId }} "
            )
        })
        .collect();
    let error = server
        .graphql_error(&format!("mutation {{ {fields} }}"))
        .await;
    assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED", "{error:#}");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("max_root_fields")
    );
}
