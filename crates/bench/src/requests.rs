//! The measured requests: what they ask for, over GraphQL and over REST.
//!
//! L: the latest 20 articles of one edition. A: one article by slug, with its body and relations.
//! C: page 3 of a category. D: a page 90 % deep.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::{Result, fault, http, publication, words::LANGUAGES};

/// A request that can be sent again and again.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Option<String>,
}

/// The requests of one store, over GraphQL and over REST.
#[derive(Debug, Clone)]
pub(crate) struct Requests {
    pub(crate) list: [Request; 2],
    pub(crate) article: [Request; 2],
    pub(crate) category: [Request; 2],
    pub(crate) deep: [Request; 2],
}

/// Articles on a page.
const PAGE: usize = 20;

const FIELDS: &str = "title slug excerpt publishedAt primaryCategory { name slug } byline { name author { slug } } \
    tags { name slug } hero { alt asset { url width height } }";

/// The same over REST, which names the primary category by its id among all categories.
const REST_FIELDS: &str = "fields=title,slug,excerpt,publishedAt,primaryCategoryId,categories.id,categories.name,categories.slug,byline.name,byline.author.slug,\
    tags.name,tags.slug,hero.alt,hero.asset.url,hero.asset.width,hero.asset.height";

const WHOLE: &str = "query A($edition: String!, $slug: String!) { article(by: { slug: $slug }, edition: $edition) { \
    title subtitle slug url excerpt publishedAt updatedAt readingTimeMinutes body { html direction } \
    primaryCategory { name slug } categories { name slug } tags { name slug } byline { role name author { name slug bio } } \
    hero { alt caption credit asset { url width height } } seo { title description canonicalUrl } } }";

/// The number of the category of C: one at the root, with all that stands below it.
const CATEGORY: usize = 6;

fn graphql(document: &str, variables: &Value) -> Request {
    Request {
        method: "POST",
        path: "/graphql".to_owned(),
        body: Some(json!({ "query": document, "variables": variables }).to_string()),
    }
}

fn rest(path: String) -> Request {
    Request {
        method: "GET",
        path,
        body: None,
    }
}

fn list_document() -> String {
    format!(
        "query L($edition: String!, $first: Int!, $after: String) {{ articles(edition: $edition, first: $first, after: $after) {{ nodes {{ {FIELDS} }} }} }}"
    )
}

fn category_document() -> String {
    format!(
        "query C($edition: String!, $category: String!, $first: Int!, $after: String) {{ \
         articles(edition: $edition, filter: {{ category: {{ slug: $category }} }}, first: $first, after: $after) {{ nodes {{ {FIELDS} }} }} }}"
    )
}

impl Requests {
    /// Works out the places where the pages begin, by walking there.
    pub(crate) fn of(server: SocketAddr) -> Result<Self> {
        let edition = LANGUAGES[0].code;
        let category = publication::category_name(LANGUAGES[0], CATEGORY).to_lowercase();
        let total = count(server, edition)?;
        let deep = walk(server, "", edition, total * 9 / 10)?;
        let third = walk(
            server,
            &format!("filter: {{ category: {{ slug: \"{category}\" }} }},"),
            edition,
            2 * PAGE,
        )?;
        let slug = slug(server, edition)?;
        let list = format!("/api/v1/articles?edition={edition}&first={PAGE}&{REST_FIELDS}");
        Ok(Self {
            list: [
                graphql(
                    &list_document(),
                    &json!({ "edition": edition, "first": PAGE }),
                ),
                rest(list.clone()),
            ],
            article: [
                graphql(WHOLE, &json!({ "edition": edition, "slug": slug })),
                rest(format!(
                    "/api/v1/articles/by-slug/{edition}/{slug}?include=body,terms,byline,hero,seo"
                )),
            ],
            category: [
                graphql(
                    &category_document(),
                    &json!({ "edition": edition, "category": category, "first": PAGE, "after": third }),
                ),
                rest(format!("{list}&filter[category]={category}&after={third}")),
            ],
            deep: [
                graphql(
                    &list_document(),
                    &json!({ "edition": edition, "first": PAGE, "after": deep }),
                ),
                rest(format!("{list}&after={deep}")),
            ],
        })
    }
}

/// Asks over GraphQL; an error in the answer is one here.
pub(crate) fn ask(server: SocketAddr, request: &Request) -> Result<Value> {
    let answer = http::send(
        server,
        request.method,
        &request.path,
        request.body.as_deref(),
    )?;
    let text = String::from_utf8_lossy(&answer.body);
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        fault(format!(
            "{} {}: {error}: {text}",
            answer.status, request.path
        ))
    })?;
    if answer.status != 200 || value.get("errors").is_some() {
        return Err(fault(format!(
            "{} {} {:?}: {text}",
            answer.status, request.path, request.body
        )));
    }
    Ok(value)
}

fn count(server: SocketAddr, edition: &str) -> Result<usize> {
    let value = ask(
        server,
        &graphql(
            "query($edition: String!) { articles(edition: $edition) { totalCount } }",
            &json!({ "edition": edition }),
        ),
    )?;
    let count = value
        .pointer("/data/articles/totalCount")
        .and_then(Value::as_u64)
        .ok_or_else(|| fault("no totalCount"))?;
    Ok(usize::try_from(count)?)
}

/// The cursor of the `place`th article of a list.
fn walk(server: SocketAddr, filter: &str, edition: &str, place: usize) -> Result<String> {
    let document = format!(
        "query($edition: String!, $first: Int!, $after: String) {{ articles(edition: $edition, {filter} first: $first, after: $after) {{ pageInfo {{ endCursor }} }} }}"
    );
    let (mut left, mut cursor) = (place, Value::Null);
    while left > 0 {
        let step = left.min(100);
        let value = ask(
            server,
            &graphql(
                &document,
                &json!({ "edition": edition, "first": step, "after": cursor }),
            ),
        )?;
        cursor = value
            .pointer("/data/articles/pageInfo/endCursor")
            .cloned()
            .unwrap_or_default();
        if cursor.is_null() {
            return Err(fault(format!("the list ends before place {place}")));
        }
        left -= step;
    }
    cursor
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| fault("no cursor"))
}

fn slug(server: SocketAddr, edition: &str) -> Result<String> {
    let document =
        "query($edition: String!) { articles(edition: $edition, first: 50) { nodes { slug } } }";
    let value = ask(server, &graphql(document, &json!({ "edition": edition })))?;
    let slug = value
        .pointer("/data/articles/nodes/40/slug")
        .and_then(Value::as_str);
    slug.map(str::to_owned).ok_or_else(|| fault("no article"))
}
