//! Addresses: redirects, what moves, what is merged, what belongs together.

mod merges;
mod moves;
mod patterns;
mod redirects;
mod translations;

use serde_json::{Value, json};

use crate::harness::{Resource, TestServer};

const CATEGORY: Resource = Resource {
    list: "categories",
    kind: "Category",
    words: &[("parentId", "parent")],
};
const TAG: Resource = Resource {
    list: "tags",
    kind: "Tag",
    words: &[],
};
const AUTHOR: Resource = Resource {
    list: "authors",
    kind: "Author",
    words: &[("avatarId", "avatar")],
};

/// What lives at a path: `Category: NAME`, or where it leads; nothing if nothing lives there.
async fn at(server: &TestServer, edition: &str, path: &str) -> Option<String> {
    let query = "query ($path: String!, $edition: String!) { route(path: $path, edition: $edition) { \
         __typename ... on Redirect { to url } ... on Category { name } ... on Tag { name } ... on Author { name } ... on Article { title } } }";
    let variables = json!({ "path": path, "edition": edition });
    let found = server.graphql_with(query, variables).await;
    let found: &Value = &found["route"];
    let kind = found["__typename"].as_str()?;
    let of = ["name", "title", "url"];
    let what = of.iter().find_map(|name| found[*name].as_str());
    Some(format!("{kind}: {}", what.unwrap_or_default()))
}
