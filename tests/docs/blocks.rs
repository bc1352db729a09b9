//! Reads pages: their fenced blocks, links and headings.

use reqwest::Method;

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The first word behind the fence.
    pub language: String,
    /// The other words.
    flags: Vec<String>,
    /// What is in it.
    pub text: String,
    /// The line of the page it begins in.
    pub line: usize,
    /// The variables in the block after it, if there are such.
    pub variables: Option<String>,
}

impl Block {
    /// Whether the word stands behind the fence.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|known| known == flag)
    }
}

/// The fenced blocks of a page.
pub fn read(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(page.lines()) {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (Some(_), Some(_)) => {
                let block = open.take().unwrap();
                if let Some(before) = blocks.last_mut().filter(|_| block.has("variables")) {
                    before.variables = Some(block.text.clone());
                }
                blocks.push(block);
            }
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, Some(info)) => {
                let mut words = info.split_whitespace().map(str::to_owned);
                let language = words.next().unwrap_or_default();
                open = Some(Block {
                    language,
                    flags: words.collect(),
                    text: String::new(),
                    line: number,
                    variables: None,
                });
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    blocks
}

/// A request an example makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    /// The status it must be answered with.
    pub status: u16,
    /// Whether any status of success will do.
    pub is_success_enough: bool,
}

impl Request {
    /// A GET that must answer 200.
    pub fn get(path: &str) -> Self {
        Self {
            method: Method::GET,
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
            status: 200,
            is_success_enough: false,
        }
    }

    /// The requests of an `http` block: `# 404`, `GET /path`, `Header: value`, `{"body": 1}`.
    pub fn read(text: &str) -> Vec<Self> {
        let mut requests: Vec<Self> = Vec::new();
        let mut status = 200;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(comment) = line.strip_prefix('#') {
                status = comment
                    .trim()
                    .parse()
                    .expect("a comment of an http block is a status");
            } else if let Some((method, path)) = line.split_once(' ').filter(|(method, _)| {
                matches!(*method, "GET" | "HEAD" | "POST" | "PATCH" | "DELETE")
            }) {
                requests.push(Self {
                    method: method.parse().unwrap(),
                    status,
                    ..Self::get(path)
                });
                status = 200;
            } else if line.starts_with('{') {
                requests
                    .last_mut()
                    .expect("a body stands below its request")
                    .body = Some(line.to_owned());
            } else {
                let (name, value) = line
                    .split_once(": ")
                    .expect("a line of an http block is a request or a header");
                requests
                    .last_mut()
                    .expect("a header stands below its request")
                    .headers
                    .push((name.to_owned(), value.to_owned()));
            }
        }
        requests
    }
}

/// Replaces `{a.b}` by what `value` knows of it; what it does not know stays.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let name = after.split_once('}').filter(|(name, _)| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
        });
        if let Some((value, tail)) = name.and_then(|(name, tail)| Some((value(name)?, tail))) {
            filled.push_str(&value);
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// Where the links of a page lead.
pub fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(link, _)| link)
}

/// The anchors of a page's headings, as forges make them.
pub fn anchors(page: &str) -> impl Iterator<Item = String> {
    page.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            heading
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
}

#[test]
fn blocks_have_their_flags_and_variables() {
    let page = "text\n```graphql errors\n{ a }\n```\n```json variables\n{}\n```\n";
    let blocks = read(page);
    assert_eq!(blocks.len(), 2);
    assert!(blocks[0].has("errors") && blocks[0].line == 2);
    assert_eq!(
        (blocks[0].text.as_str(), blocks[0].variables.as_deref()),
        ("{ a }\n", Some("{}\n"))
    );
}

#[test]
fn requests_are_read_with_their_status_and_headers() {
    let requests = Request::read("GET /a\n# 304\nGET /b\nIf-None-Match: {etag}\n");
    assert_eq!((requests[0].path.as_str(), requests[0].status), ("/a", 200));
    assert_eq!((requests[1].status, requests[1].headers.len()), (304, 1));
}

#[test]
fn only_known_names_are_filled_in() {
    let filled = fill("{ \"a\": \"{x.0}\" } {y} {", |name| {
        (name == "x.0").then(|| "1".to_owned())
    });
    assert_eq!(filled, "{ \"a\": \"1\" } {y} {");
}
