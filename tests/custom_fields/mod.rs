//! Custom fields: declared by the site, written, read and asked for over both faces.

mod filters;
mod importing;
mod indexing;
mod model;
mod records;
mod references;
mod writing;

use domain::{access::Role, id::EditionId};
use reqwest::Method;
use serde_json::{Value, json};
use server::Config;

use crate::harness::{Answer, Face, Resource, TestServer};

const ARTICLE: Resource = Resource {
    list: "articles",
    kind: "Article",
    words: &[],
};
const PAGE: Resource = Resource {
    list: "pages",
    kind: "Page",
    words: &[],
};

/// The fields of the tests.
fn declared(config: &mut Config) {
    config.fields = serde_json::from_value(json!({
        "article": {
            "rating": { "type": "number", "filterable": true, "description": "From 1 to 5." },
            "mood": { "type": "choice", "choices": ["calm", "angry"], "filterable": true },
            "seen": { "type": "date", "filterable": true },
            "scores": { "type": "number", "list": true, "filterable": true },
            "original": { "type": "url" },
            "byHand": { "type": "boolean", "filterable": true },
            "motto": { "type": "text", "filterable": true },
            "reviewer": { "type": "reference", "kind": "author", "filterable": true },
            "sequel": { "type": "reference", "kind": "article", "filterable": true },
            "maps": { "type": "reference", "kind": "asset", "list": true },
            "flag": { "type": "text", "editions": ["fa"], "filterable": true },
            "onlyPersian": { "type": "text", "editions": ["fa"] },
        },
        "page": { "budget": { "type": "number", "required": true } },
        "issue": { "printRun": { "type": "number", "filterable": true } },
        "category": {
            "color": { "type": "choice", "choices": ["red", "blue"], "filterable": true },
            "weight": { "type": "number", "filterable": true },
            "lead": { "type": "reference", "kind": "article", "filterable": true },
            "picture": { "type": "reference", "kind": "asset" },
            "asides": { "type": "reference", "kind": "category", "list": true },
        },
        "tag": {
            "since": { "type": "date", "required": true, "filterable": true },
            "note": { "type": "text" },
        },
        "author": {
            "phone": { "type": "text" },
            "active": { "type": "boolean", "filterable": true },
            "mentor": { "type": "reference", "kind": "author", "filterable": true },
            "desk": { "type": "reference", "kind": "category", "filterable": true },
        },
        "asset": {
            "camera": { "type": "text", "filterable": true },
            "sitter": { "type": "reference", "kind": "author" },
            "print": { "type": "reference", "kind": "asset", "filterable": true },
        },
    }))
    .unwrap();
}

/// A server with fields, and its owner.
struct Site {
    server: TestServer,
    owner: String,
    en: EditionId,
}

impl Site {
    async fn new() -> Self {
        let server = TestServer::start_with(declared).await;
        let editions = server.small_site().await;
        Self {
            owner: server.signed_in(Role::Owner, None).await,
            server,
            en: editions.en,
        }
    }

    /// A draft with these fields: its id.
    async fn draft(&self, face: Face, title: &str, fields: Value) -> String {
        let body = json!({ "edition": "en", "title": title, "customFields": fields });
        let made = self.server.create(face, &self.owner, ARTICLE, &body).await;
        made.done().id
    }

    /// The same, made public.
    async fn published(&self, title: &str, fields: Value) -> String {
        let id = self.draft(Face::Rest, title, fields).await;
        self.step(Face::Rest, ARTICLE, "publish", (&id, 1))
            .await
            .expect(200);
        id
    }

    /// A step, as a request over REST; over GraphQL the answer is one of REST for what is wrong.
    async fn step(
        &self,
        face: Face,
        of: Resource,
        step: &str,
        (id, version): (&str, i64),
    ) -> Answer {
        if face == Face::Rest {
            let path = format!("/api/v1/{}/{id}/{step}", of.list);
            let request = self
                .server
                .request(Method::POST, &path)
                .bearer_auth(&self.owner)
                .header("if-match", format!("\"{version}\""));
            return self.server.send(request.json(&json!({}))).await;
        }
        let query = format!(
            "mutation ($input: TransitionInput!) {{ {step}{}(input: $input) {{ userErrors {{ code field }} }} }}",
            of.kind
        );
        let variables = json!({ "input": { "id": id, "expectedVersion": version } });
        let body = json!({ "query": query, "variables": variables });
        let request = self
            .server
            .request(Method::POST, "/graphql")
            .bearer_auth(&self.owner);
        self.server.send(request.json(&body)).await
    }

    /// The custom fields of an article as both faces show them to somebody.
    async fn fields(&self, token: &str, id: &str) -> Value {
        let path = format!("/api/v1/articles/{id}?view=latest");
        let request = self.server.request(Method::GET, &path).bearer_auth(token);
        let over_rest = self.server.send(request).await.expect(200).json();
        let query = "query ($id: ID!) { article(by: { id: $id }, view: LATEST) { customFields } }";
        let answer = self
            .server
            .graphql_as(token, query, &json!({ "id": id }))
            .await;
        let over_graphql = answer["data"]["article"]["customFields"].clone();
        assert_eq!(over_rest["customFields"], over_graphql, "{answer:#}");
        over_graphql
    }

    /// The custom fields of a public article as both faces show them to everybody.
    async fn public_fields(&self, id: &str) -> Value {
        let over_rest = self
            .server
            .get_json(&format!("/api/v1/articles/{id}"))
            .await;
        let query =
            format!("{{ article(by: {{ id: \"{id}\" }}) {{ ...on Entry {{ customFields }} }} }}");
        let data = self.server.graphql(&query).await;
        assert_eq!(over_rest["customFields"], data["article"]["customFields"]);
        over_rest["customFields"].clone()
    }
}
