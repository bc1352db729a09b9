//! Signed links that show drafts: what they show, to whom, for how long, and what they never do.

mod limits;
mod shown;

use domain::id::EditionId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Face, TestServer};

impl TestServer {
    /// Asks for a preview token. `of` is the body of REST.
    pub(crate) async fn ask_for_preview(&self, face: Face, token: &str, of: &Value) -> Asked {
        match face {
            Face::Rest => {
                let request = self.request(Method::POST, "/api/v1/previews");
                let answer = self.send(request.bearer_auth(token).json(of)).await;
                let body = answer.json();
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                if answer.status == 201 {
                    assert_eq!(answer.header("cache-control"), "no-store");
                    let expires_at = text(&body["expiresAt"]);
                    return Asked::Made(text(&body["token"]), expires_at);
                }
                let errors = body["errors"].as_array().cloned().unwrap_or_default();
                let fields = errors.iter().map(|error| {
                    let member = text(&error["pointer"]).trim_start_matches('/').to_owned();
                    if member == "entryId" {
                        "entry".to_owned()
                    } else {
                        member
                    }
                });
                Asked::Refused(text(&body["code"]), fields.collect())
            }
            Face::Graphql => {
                let mut input = of.clone();
                if let Some(id) = input.as_object_mut().unwrap().remove("entryId") {
                    input["entry"] = id;
                }
                let query = "mutation ($input: CreatePreviewTokenInput!) { createPreviewToken(input: $input) { token expiresAt userErrors { code field } } }";
                let answer = self
                    .graphql_as(token, query, &json!({ "input": input }))
                    .await;
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                if let Some(error) = answer["errors"].get(0) {
                    return Asked::Refused(text(&error["extensions"]["code"]), Vec::new());
                }
                let payload = &answer["data"]["createPreviewToken"];
                let errors = payload["userErrors"].as_array().unwrap();
                if let Some(first) = errors.first() {
                    let fields = errors.iter().filter(|error| error["field"].is_string());
                    let fields = fields.map(|error| text(&error["field"])).collect();
                    return Asked::Refused(text(&first["code"]), fields);
                }
                Asked::Made(text(&payload["token"]), text(&payload["expiresAt"]))
            }
        }
    }

    /// A preview token for an entry, by somebody who may make it.
    async fn preview_of(&self, id: impl std::fmt::Display) -> String {
        let (token, _) = self.previewed(&json!({ "entryId": id.to_string() })).await;
        token
    }

    /// A preview token for an edition.
    async fn preview_of_edition(&self, code: &str) -> String {
        let (token, _) = self.previewed(&json!({ "edition": code })).await;
        token
    }

    async fn previewed(&self, of: &Value) -> (String, String) {
        let owner = self.signed_in(domain::access::Role::Owner, None).await;
        self.ask_for_preview(Face::Rest, &owner, of).await.made()
    }

    /// Reads with a preview token.
    async fn get_previewed(&self, path: &str, token: &str) -> Answer {
        self.get_with(path, &[("colophon-preview", token)]).await
    }

    /// Asks GraphQL with a preview token.
    async fn graphql_previewed(&self, query: &str, token: &str) -> Value {
        let request = self.request(Method::POST, "/graphql");
        let request = request.header("colophon-preview", token);
        let answer = self.send(request.json(&json!({ "query": query }))).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let mut answer = answer.json();
        assert!(answer.get("errors").is_none(), "{query}: {answer}");
        answer["data"].take()
    }
}

/// What came of asking for a preview token.
#[derive(Debug, PartialEq)]
pub(crate) enum Asked {
    /// The token, and until when it is good.
    Made(String, String),
    /// The code of what is wrong, and the fields.
    Refused(String, Vec<String>),
}

impl Asked {
    #[track_caller]
    pub(crate) fn made(self) -> (String, String) {
        match self {
            Self::Made(token, until) => (token, until),
            Self::Refused(code, fields) => panic!("{code} {fields:?}"),
        }
    }

    #[track_caller]
    fn refused(self, code: &str, fields: &[&str]) {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        assert_eq!(self, Self::Refused(code.to_owned(), fields));
    }
}

/// Somebody's access token.
async fn somebody(
    server: &TestServer,
    role: domain::access::Role,
    edition: EditionId,
) -> (crate::harness::people::Person, String) {
    let person = server.person(role, edition).await;
    let token = server.sign_in(&person).await;
    (person, token)
}
