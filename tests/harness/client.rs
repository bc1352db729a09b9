//! How tests speak to a server: requests in few words, answers read to their end.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

use super::TestServer;

/// A client that shows what was sent: it follows no redirect and decodes nothing.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .gzip(false)
        .brotli(false)
        .zstd(false)
        .build()
        .unwrap()
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// What was asked.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }

    /// A header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status,
            status,
            "{}: {}",
            self.asked,
            String::from_utf8_lossy(&self.body)
        );
        self
    }
}

impl TestServer {
    /// A request to a path of the server.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.url))
            .timeout(Duration::from_secs(30))
    }

    /// Sends a request and reads the answer to its end.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let asked = format!("{} {}", request.method(), request.url());
        let response = self.client.execute(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap().to_vec();
        Answer {
            asked,
            status,
            headers,
            body,
        }
    }

    /// A GET of a path of the server.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// A GET with headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(Method::GET, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// The text a path answers with status 200.
    pub async fn get_text(&self, path: &str) -> String {
        self.get(path).await.expect(200).text().to_owned()
    }

    /// The JSON a path answers with status 200.
    pub async fn get_json(&self, path: &str) -> Value {
        self.get(path).await.expect(200).json()
    }

    /// A POST of a GraphQL query.
    pub async fn post_graphql(&self, query: &str, variables: &Value) -> Answer {
        let body = json!({ "query": query, "variables": variables });
        self.send(self.request(Method::POST, "/graphql").json(&body))
            .await
    }

    /// The answer to a GraphQL query, errors and all.
    pub async fn graphql_raw(&self, query: &str, variables: Value) -> Value {
        self.post_graphql(query, &variables).await.json()
    }

    /// The data of a GraphQL query that must succeed.
    pub async fn graphql(&self, query: &str) -> Value {
        self.graphql_with(query, json!({})).await
    }

    /// The data of a GraphQL query that must succeed.
    pub async fn graphql_with(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.graphql_raw(query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].take()
    }

    /// The one error of a GraphQL query that must be refused.
    pub async fn graphql_error(&self, query: &str) -> Value {
        let mut answer = self.graphql_raw(query, json!({})).await;
        let errors = answer["errors"].as_array_mut();
        let errors = errors.unwrap_or_else(|| panic!("no error: {query}"));
        assert_eq!(errors.len(), 1, "{query}\n{errors:#?}");
        errors.remove(0)
    }
}

/// The texts of one field of each item of a JSON list.
pub fn texts<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let list = list
        .as_array()
        .unwrap_or_else(|| panic!("{list} is no list"));
    list.iter()
        .map(|item| {
            item[field]
                .as_str()
                .unwrap_or_else(|| panic!("no text `{field}` in {item}"))
        })
        .collect()
}
