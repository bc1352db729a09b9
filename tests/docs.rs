//! The examples of the documentation, run against the demo: what a page shows is what the server
//! answers. `CONTRIBUTING.md` says how the blocks are written.

use std::path::{Path, PathBuf};

use application::users;
use domain::{
    access::{Grant, Role},
    users::{Email, Password, UserDraft},
};
use reqwest::Method;
use serde_json::{Value, json};
use server::{
    cli::Cli,
    config::{Fields, Sources},
};

use crate::harness::TestServer;

pub mod blocks;
mod matching;
pub mod shell;

use blocks::{Block, Request};

/// Every page, and how many examples it has at least: one that lost its examples is noticed.
const PAGES: [(&str, usize); 20] = [
    ("README.md", 8),
    ("ARCHITECTURE.md", 0),
    ("CONTRIBUTING.md", 0),
    ("docs/content-model.md", 2),
    ("docs/comments.md", 9),
    ("docs/graphql.md", 12),
    ("docs/rest.md", 17),
    ("docs/retries-and-batches.md", 8),
    ("docs/feeds.md", 14),
    ("docs/import-wordpress.md", 6),
    ("docs/configuration.md", 6),
    ("docs/addresses.md", 7),
    ("docs/auth.md", 9),
    ("docs/permissions.md", 0),
    ("docs/custom-fields.md", 9),
    ("docs/workflow.md", 13),
    ("docs/previews.md", 5),
    ("docs/jobs.md", 3),
    ("docs/operations.md", 5),
    ("docs/performance.md", 0),
];

/// The owner the pages speak of.
async fn owner(server: &TestServer) {
    let draft = UserDraft {
        email: Email::parse("email", "hannah@gazette.example").unwrap(),
        display_name: "Hannah Thornbury".to_owned(),
        is_active: true,
        grants: vec![Grant {
            role: Role::Owner,
            edition: None,
        }],
    };
    let password = Password::choose("password", "a clock that strikes again", 10).unwrap();
    users::create(&server.system(), draft, Some(password))
        .await
        .unwrap();
}

/// What the documentation calls the server.
const ADDRESS: &str = "http://127.0.0.1:8080";

#[tokio::test]
async fn every_example_answers_as_the_page_says() {
    let mut problems = Vec::new();
    for (page, least) in PAGES {
        // What one page writes is not there for the next.
        let text = std::fs::read_to_string(root().join(page))
            .unwrap_or_else(|error| panic!("{page}: {error}"));
        let server = TestServer::with_demo_and(|config| config.fields = declared(&text)).await;
        owner(&server).await;
        let mut run = Run {
            server: &server,
            page,
            answer: None,
            tokens: [const { String::new() }; 3],
            examples: 0,
            problems: &mut problems,
        };
        for block in blocks::read(&text) {
            run.block(&block).await;
        }
        let found = run.examples;
        if found < least {
            problems.push(format!(
                "{page}: has {found} examples; there should be {least} or more"
            ));
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems\n\n{}",
        problems.len(),
        problems.join("\n\n")
    );
}

/// The custom fields a page declares, which its examples then have.
fn declared(page: &str) -> Fields {
    let settings = page
        .split("```toml\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .find(|block| block.contains("[fields."));
    let Some(settings) = settings else {
        return Fields::new();
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("colophon.toml");
    std::fs::write(&file, settings).unwrap();
    let sources = Sources {
        file: Some(file),
        ..Sources::default()
    };
    server::Config::load(&sources).unwrap().fields
}

#[test]
fn every_page_is_listed() {
    let mut unlisted = Vec::new();
    for entry in std::fs::read_dir(root().join("docs")).unwrap() {
        let name = format!("docs/{}", entry.unwrap().file_name().to_string_lossy());
        if has_extension(&name, "md") && PAGES.iter().all(|(page, _)| *page != name) {
            unlisted.push(name);
        }
    }
    assert!(unlisted.is_empty(), "add to PAGES: {unlisted:?}");
}

#[test]
fn every_link_leads_somewhere() {
    let decisions = std::fs::read_dir(root().join("docs/adr"))
        .unwrap()
        .map(|entry| format!("docs/adr/{}", entry.unwrap().file_name().to_string_lossy()));
    let pages: Vec<String> = PAGES
        .iter()
        .map(|(page, _)| (*page).to_owned())
        .chain(decisions)
        .collect();
    let mut dead = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(root().join(&page)).unwrap();
        let folder = root().join(&page).parent().unwrap().to_owned();
        for link in blocks::links(&text).filter(|link| !link.contains("://")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() {
                root().join(&page)
            } else {
                folder.join(path)
            };
            if !target.exists() || !has_anchor(&target, anchor) {
                dead.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(dead.is_empty(), "dead links: {dead:#?}");
}

fn has_anchor(target: &Path, anchor: &str) -> bool {
    anchor.is_empty()
        || blocks::anchors(&std::fs::read_to_string(target).unwrap()).any(|known| known == anchor)
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|found| found == extension)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// What the server said to the last example.
struct Answer {
    etag: String,
    text: String,
}

impl Answer {
    fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.text).ok()
    }

    /// `etag`, or a place in the JSON: `data.0.id`.
    fn value(&self, place: &str) -> Option<String> {
        if place == "etag" {
            return Some(self.etag.clone());
        }
        let json = self.json()?;
        match json.pointer(&format!("/{}", place.replace('.', "/")))? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}

/// One page under test.
struct Run<'a> {
    server: &'a TestServer,
    page: &'a str,
    answer: Option<Answer>,
    /// What the page has signed in with last, `{token}` and `{refresh}`, and the preview token it has
    /// made last: `{preview}`.
    tokens: [String; 3],
    examples: usize,
    problems: &'a mut Vec<String>,
}

impl Run<'_> {
    fn problem(&mut self, block: &Block, what: impl std::fmt::Display) {
        self.problems
            .push(format!("{}:{}: {what}", self.page, block.line));
    }

    async fn block(&mut self, block: &Block) {
        match block.language.as_str() {
            "graphql" => self.graphql(block).await,
            "http" => {
                for request in Request::read(&block.text) {
                    self.request(block, request).await;
                }
            }
            "sh" => self.shell(block).await,
            "toml" => self.configuration(block),
            "json" if block.has("variables") => {}
            "json" => self.compare_json(block),
            "xml" | "text" => self.compare_lines(block),
            _ => {}
        }
    }

    /// Sends a document; its variables stand in the block after it.
    async fn graphql(&mut self, block: &Block) {
        let variables = match block
            .variables
            .as_deref()
            .map(|text| serde_json::from_str(&self.fill(text)))
        {
            None => json!({}),
            Some(Ok(variables)) => variables,
            Some(Err(error)) => {
                return self.problem(block, format!("its variables are no JSON: {error}"));
            }
        };
        let body = json!({ "query": block.text, "variables": variables }).to_string();
        let request = Request {
            method: Method::POST,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: Some(body),
            ..Request::get("/graphql")
        };
        self.request(block, request).await;
        let errors = self
            .answer
            .as_ref()
            .and_then(Answer::json)
            .and_then(|answer| answer.get("errors").cloned());
        match (errors, block.has("errors")) {
            (Some(errors), false) => self.problem(block, format!("{errors:#}")),
            (None, true) => self.problem(block, "there are no errors"),
            (Some(_), true) | (None, false) => {}
        }
    }

    async fn shell(&mut self, block: &Block) {
        for command in shell::commands(&block.text) {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            match words.as_slice() {
                ["curl", ..] => match shell::request(&words, ADDRESS) {
                    Ok(request) => self.request(block, request).await,
                    Err(why) => self.problem(block, why),
                },
                ["colophon" | "target/release/colophon", arguments @ ..] => {
                    self.examples += 1;
                    let line = std::iter::once("colophon").chain(arguments.iter().copied());
                    if let Err(error) = <Cli as clap::Parser>::try_parse_from(line) {
                        self.problem(block, error);
                    }
                }
                ["make", target, ..] => {
                    let makefile = std::fs::read_to_string(root().join("Makefile")).unwrap();
                    if !makefile.lines().any(|line| {
                        line.split_once(':')
                            .is_some_and(|(name, _)| name == *target)
                    }) {
                        self.problem(block, format!("there is no target {target}"));
                    }
                }
                _ => {}
            }
        }
    }

    async fn request(&mut self, block: &Block, request: Request) {
        self.examples += 1;
        let path = self.fill(&request.path);
        let path = path.strip_prefix(ADDRESS).unwrap_or(&path);
        let mut builder = self.server.request(request.method.clone(), path);
        for (name, value) in &request.headers {
            builder = builder.header(name, self.fill(value));
        }
        if let Some(body) = request.body {
            builder = builder.body(self.fill(&body));
        }
        let response = builder.send().await.unwrap();
        let status = response.status().as_u16();
        let etag = response
            .headers()
            .get("etag")
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&response.bytes().await.unwrap())
            .replace(&self.server.url, ADDRESS);
        let is_fine = if request.is_success_enough {
            (200..300).contains(&status)
        } else {
            status == request.status
        };
        if !is_fine {
            self.problem(
                block,
                format!(
                    "{} {path} answers {status}, not {}: {text}",
                    request.method, request.status
                ),
            );
        }
        let answer = Answer { etag, text };
        if let (Some(token), Some(refresh)) =
            (answer.value("accessToken"), answer.value("refreshToken"))
        {
            let [.., preview] = std::mem::take(&mut self.tokens);
            self.tokens = [token, refresh, preview];
        }
        if let (Some(token), Some(_)) = (answer.value("token"), answer.value("expiresAt")) {
            self.tokens[2] = token;
        }
        self.answer = Some(answer);
    }

    /// Puts values of the last answer in the place of `{names}`.
    fn fill(&self, text: &str) -> String {
        blocks::fill(text, |place| match place {
            "token" => Some(self.tokens[0].clone()),
            "refresh" => Some(self.tokens[1].clone()),
            "preview" => Some(self.tokens[2].clone()),
            place => self.answer.as_ref().and_then(|answer| answer.value(place)),
        })
    }

    fn compare_json(&mut self, block: &Block) {
        let expected: Value = match serde_json::from_str(&block.text) {
            Ok(expected) => expected,
            Err(error) => return self.problem(block, format!("is no JSON: {error}")),
        };
        let Some(answer) = self.answer.as_ref().and_then(Answer::json) else {
            return self.problem(block, "there is no JSON answer before it");
        };
        for difference in matching::differences(&expected, &answer) {
            self.problem(block, difference);
        }
    }

    fn compare_lines(&mut self, block: &Block) {
        let Some(answer) = &self.answer else {
            return self.problem(block, "there is no answer before it");
        };
        if let Some(line) = matching::first_missing_line(&block.text, &answer.text) {
            let message = format!("the answer has no line `{line}` there:\n{}", answer.text);
            self.problem(block, message);
        }
    }

    fn configuration(&mut self, block: &Block) {
        self.examples += 1;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &block.text).unwrap();
        if let Err(error) = server::Config::load(&Sources {
            file: Some(file.path().to_owned()),
            flags: Vec::new(),
        }) {
            self.problem(block, error);
        }
    }
}
