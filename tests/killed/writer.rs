//! Somebody who writes as fast as they are answered, and keeps a ledger.

use application::{Clock as _, SystemClock};
use chrono::{Duration, SecondsFormat};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::ledger::{Deed, Piece, Seen};
use crate::harness::{client, random, texts};

/// Somebody signed in to a server.
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    pub async fn sign_in(url: String, email: &str, password: &str) -> Self {
        let mut client = Self {
            http: client(),
            url,
            token: String::new(),
        };
        let body = json!({ "email": email, "password": password });
        let answer = client
            .send(Method::POST, "/api/v1/auth/login", None, &body)
            .await;
        answer.unwrap()["accessToken"]
            .as_str()
            .unwrap()
            .clone_into(&mut client.token);
        client
    }

    /// What a server answers to a change; `None` if it did not live to answer.
    async fn send(
        &self,
        method: Method,
        path: &str,
        version: Option<i64>,
        body: &Value,
    ) -> Option<Value> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .json(body);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(version) = version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        assert!(status.is_success(), "{path}: {status}: {text}");
        Some(serde_json::from_str(&text).unwrap())
    }

    async fn ask(&self, path: &str, token: Option<&str>) -> (StatusCode, Value) {
        let mut request = self.http.get(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// What a path answers with status 200.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(path, Some(&self.token)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body:#}");
        body
    }

    /// What there is of a piece, which must be of one piece.
    pub async fn see(&self, id: &str) -> Option<Seen> {
        let path = format!("/api/v1/articles/{id}?include=body,tags");
        let newest = format!("{path}&view=latest");
        loop {
            let (status, latest) = self.ask(&newest, Some(&self.token)).await;
            if status == StatusCode::NOT_FOUND {
                return None;
            }
            let (status, live) = self.ask(&path, None).await;
            let (_, again) = self.ask(&newest, Some(&self.token)).await;
            // Else it was published between the two looks.
            if again["version"] == latest["version"] {
                return Some(Seen {
                    version: latest["version"].as_i64().unwrap(),
                    latest: number(&latest),
                    live: (status == StatusCode::OK).then(|| number(&live)),
                });
            }
        }
    }

    /// What the log tells of a piece, the oldest first.
    pub async fn log(&self, id: &str) -> Vec<String> {
        let log = self
            .get(&format!("/api/v1/audit?filter[target]={id}&first=100"))
            .await;
        texts(&log["data"], "event")
            .into_iter()
            .rev()
            .map(str::to_owned)
            .collect()
    }
}

/// The number an article is made of. Half of one save and half of another is no article.
fn number(article: &Value) -> u64 {
    let title = article["title"].as_str().unwrap();
    let number: u64 = title.strip_prefix("Number ").unwrap().parse().unwrap();
    assert_eq!(article["subtitle"], title, "{article:#}");
    assert_eq!(
        article["body"]["html"],
        format!("<p>{title}</p>"),
        "{article:#}"
    );
    let tag = ["Even", "Odd"][usize::try_from(number % 2).unwrap()];
    assert_eq!(texts(&article["tags"], "name"), [tag], "{article:#}");
    number
}

/// Somebody who writes.
pub struct Writer<'a> {
    client: &'a Client,
    tags: &'a [String; 2],
    next: u64,
}

impl<'a> Writer<'a> {
    /// One whose numbers begin here.
    pub fn new(client: &'a Client, tags: &'a [String; 2], first: u64) -> Self {
        Self {
            client,
            tags,
            next: first,
        }
    }

    /// Writes until there is no answer; what it knows then.
    pub async fn write(mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while let Some(piece) = self.create().await {
            pieces.push(piece);
            let Some(piece) = pieces.last_mut() else {
                break;
            };
            for _ in 0..random(6) {
                let deed = self.choose(piece);
                piece.asked = Some(deed);
                if self.act(piece, deed).await.is_none() {
                    return pieces;
                }
                *piece = piece.after(deed);
                if piece.due.is_some() {
                    break;
                }
            }
        }
        pieces
    }

    async fn create(&mut self) -> Option<Piece> {
        let number = self.number();
        let mut body = self.text(number);
        body["edition"] = json!("en");
        let made = self
            .client
            .send(Method::POST, "/api/v1/articles", None, &body)
            .await?;
        Some(Piece::created(
            made["id"].as_str().unwrap().to_owned(),
            number,
        ))
    }

    fn choose(&mut self, piece: &Piece) -> Deed {
        let is_new = piece.live.is_none_or(|live| live != piece.latest);
        match random(4) {
            0 if is_new => Deed::Publish,
            1 if piece.live.is_none() => {
                let milliseconds = i64::try_from(random(1_500)).unwrap();
                Deed::Schedule(SystemClock.now() + Duration::milliseconds(200 + milliseconds))
            }
            _ => Deed::Save(self.number()),
        }
    }

    async fn act(&self, piece: &Piece, deed: Deed) -> Option<Value> {
        let path = format!("/api/v1/articles/{}", piece.id);
        let (method, path, body) = match deed {
            Deed::Save(number) => (Method::PATCH, path, self.text(number)),
            Deed::Publish => (Method::POST, format!("{path}/publish"), json!({})),
            Deed::Schedule(time) => {
                let time = time.to_rfc3339_opts(SecondsFormat::Micros, true);
                (
                    Method::POST,
                    format!("{path}/schedule"),
                    json!({ "publishAt": time }),
                )
            }
        };
        self.client
            .send(method, &path, Some(piece.version), &body)
            .await
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn text(&self, number: u64) -> Value {
        let title = format!("Number {number}");
        let tag = &self.tags[usize::try_from(number % 2).unwrap()];
        json!({ "title": title, "subtitle": title, "body": { "html": format!("<p>{title}</p>") }, "tags": [tag] })
    }
}
