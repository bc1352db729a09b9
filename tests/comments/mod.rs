//! Comments: what readers send, what moderators do with it, and what is counted.

mod counts;
mod moderation;
mod submission;

use application::settings;
use domain::{
    access::Role,
    id::{ArticleId, EditionId, EntryId},
    settings::{CommentPolicy, SiteDraft},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Face, TestServer};

/// A site with an article readers may comment on.
struct Site {
    server: TestServer,
    en: EditionId,
    fa: EditionId,
    article: ArticleId,
    owner: String,
}

/// What came of a submission: what becomes of the comment, or the code and the fields of what was
/// wrong with it.
type Taken = Result<String, (String, Vec<String>)>;

impl Site {
    async fn new() -> Self {
        Self::with(CommentPolicy::Before).await
    }

    async fn with(policy: CommentPolicy) -> Self {
        let server = TestServer::start().await;
        let editions = server.small_site().await;
        let article = server.article(editions.en, "The ferry").await;
        let site = Self {
            owner: server.signed_in(Role::Owner, None).await,
            en: editions.en,
            fa: editions.fa,
            article,
            server,
        };
        site.set(policy).await;
        site
    }

    async fn set(&self, policy: CommentPolicy) {
        let draft = SiteDraft {
            name: "Gazette".to_owned(),
            comment_policy: Some(policy),
        };
        settings::update(&self.server.system(), draft)
            .await
            .unwrap();
    }

    /// Sends a comment; `comment` is in the words of REST.
    async fn submit(&self, face: Face, entry: impl Into<EntryId>, comment: Value) -> Taken {
        let entry: EntryId = entry.into();
        match face {
            Face::Rest => {
                let path = format!("/api/v1/{}s/{entry}/comments", entry.kind);
                let request = self.server.request(Method::POST, &path);
                let answer = self.server.send(request.json(&comment)).await;
                let body = answer.json();
                if answer.status == 202 {
                    assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
                    return Ok(text(&body["status"]));
                }
                let errors = body["errors"].as_array().into_iter().flatten();
                let fields = errors.map(|error| text(&error["pointer"]).replace('/', ""));
                Err((text(&body["code"]), fields.collect()))
            }
            Face::Graphql => {
                let mut input = comment;
                if let Some(parent) = input.as_object_mut().unwrap().remove("parentId") {
                    input["parent"] = parent;
                }
                input["entry"] = json!(entry.to_string());
                let query = "mutation ($input: SubmitCommentInput!) { submitComment(input: $input) { status userErrors { code field } } }";
                let data = self
                    .server
                    .graphql_with(query, json!({ "input": input }))
                    .await;
                let payload = &data["submitComment"];
                if let Some(status) = payload["status"].as_str() {
                    return Ok(status.to_lowercase());
                }
                let errors = payload["userErrors"].as_array().unwrap();
                let fields = errors.iter().filter_map(|error| error["field"].as_str());
                let fields = fields.map(|field| field.replace("parent", "parentId"));
                Err((text(&errors[0]["code"]), fields.collect()))
            }
        }
    }

    /// The comments as somebody sees them, all in one list.
    async fn seen(&self, token: Option<&str>, filter: &str) -> Vec<Value> {
        let path = format!("/api/v1/comments?first=100{filter}");
        let mut request = self.server.request(Method::GET, &path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = self.server.send(request).await.expect(200).json();
        answer["data"].as_array().unwrap().clone()
    }

    /// What readers see of the article's count.
    async fn count(&self) -> i64 {
        let path = format!("/api/v1/articles/{}", self.article);
        self.server.get_json(&path).await["commentCount"]
            .as_i64()
            .unwrap()
    }
}

fn comment(body: &str) -> Value {
    json!({ "authorName": "Ada", "body": body })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(list: &[Value]) -> Vec<String> {
    list.iter().map(|item| text(&item["bodyText"])).collect()
}
