//! Lists below the items of a list: read together, yet each what it is on its own.

use domain::{
    comments::CommentStatus,
    content::Status,
    id::{CategoryId, EntryId},
    newsletters::Section,
};
use serde_json::{Value, json};

use crate::harness::{
    TestServer,
    builders::Editions,
    records::{issue, page},
};

const PAGE: &str = "totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";

/// Owners with none, one and several of everything, some of it hidden.
async fn crowd(server: &TestServer) -> Editions {
    let site = server.small_site().await;
    let all = server.category(site.en, "All", None).await;
    let mut articles: Vec<EntryId> = Vec::new();
    for size in 0..5 {
        let mut category = server
            .category(site.en, &format!("Category {size}"), Some(all))
            .await;
        if size == 4 {
            category = all;
        }
        articles.push(talked_about(server, site, category, size).await);
        let items = articles.iter().copied().chain([hidden(server, site).await]);
        server
            .collection(site.en, &format!("Collection {size}"), items.collect())
            .await;
        family(server, site, size).await;
        let letter = server.newsletter(site.en, &format!("Letter {size}")).await;
        for number in 0..size {
            server
                .issue(site.en, letter, number, Vec::<Section>::new())
                .await;
            let mut draft = issue(site.en, letter, 100 + number);
            draft.entry.status = Status::Draft;
            server.save_issue(draft).await;
        }
    }
    site
}

/// An article with so many comments that are shown, and some that wait.
async fn talked_about(
    server: &TestServer,
    site: Editions,
    category: CategoryId,
    size: i64,
) -> EntryId {
    let id = server
        .article(site.en, &format!("Article {size}"))
        .category(category)
        .published_at("2026-05-01T12:00:00Z")
        .await;
    for _ in 0..size {
        server.comment(id, None, "Shown").await;
        server
            .comment_of(id, None, CommentStatus::Pending, "Waits")
            .await;
    }
    id.into()
}

async fn hidden(server: &TestServer, site: Editions) -> EntryId {
    server
        .article(site.en, "Hidden")
        .status(Status::Draft)
        .await
        .into()
}

/// A page with so many pages below it, in pairs of the same position, and as many drafts.
async fn family(server: &TestServer, site: Editions, size: i64) {
    let parent = server.page(site.en, &format!("Page {size}")).await;
    for number in 0..size {
        for status in [Status::Published, Status::Draft] {
            let mut child = page(site.en, &format!("Child {number}"));
            child.entry.parent = Some(parent.into());
            child.entry.status = status;
            child.position = number / 2;
            server.save_page(child).await;
        }
    }
}

/// The list of owners, the type of an owner, the list below it, and how that can be paged backward.
const LISTS: [(&str, &str, &str, bool); 6] = [
    ("articles", "Article", "comments", false),
    ("pages", "Page", "children", true),
    ("newsletters", "Newsletter", "issues", true),
    ("collections", "Collection", "items", true),
    ("categories", "Category", "articles", true),
    (
        "categories",
        "Category",
        "articles(orderBy: { field: TITLE })",
        true,
    ),
];

fn with(field: &str, arguments: &str) -> String {
    field.strip_suffix(')').map_or_else(
        || format!("{field}({arguments}) {{ {PAGE} }}"),
        |open| format!("{open}, {arguments}) {{ {PAGE} }}"),
    )
}

/// Asks for a list below all owners at once, and below each alone; answers the lists.
async fn both(server: &TestServer, list: (&str, &str, &str, bool), arguments: &str) -> Vec<Value> {
    let (owners, kind, field, _) = list;
    let field = with(field, arguments);
    let together = server
        .graphql(&format!(
            "{{ {owners}(first: 20) {{ nodes {{ id below: {field} }} }} }}"
        ))
        .await;
    let mut all = Vec::new();
    for owner in together[owners]["nodes"].as_array().unwrap() {
        let alone = server
            .graphql_with(
                &format!(
                    "query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ below: {field} }} }} }}"
                ),
                json!({ "id": owner["id"] }),
            )
            .await;
        assert_eq!(
            owner["below"], alone["node"]["below"],
            "{owners} {field} of {}",
            owner["id"]
        );
        all.push(owner["below"].clone());
    }
    all
}

#[tokio::test]
async fn a_list_below_a_list_is_what_it_is_on_its_own() {
    let server = TestServer::start().await;
    crowd(&server).await;
    for list in LISTS {
        let whole = both(&server, list, "first: 10").await;
        let lengths = |pages: &[Value]| -> Vec<usize> {
            pages
                .iter()
                .map(|page| page["nodes"].as_array().unwrap().len())
                .collect()
        };
        let most = lengths(&whole).into_iter().max().unwrap();
        assert!(most >= 4, "{list:?}: {whole:?}");
        for page in &whole {
            assert_eq!(page["totalCount"], page["nodes"].as_array().unwrap().len());
        }
        let longest = whole
            .iter()
            .max_by_key(|page| page["nodes"].as_array().unwrap().len())
            .unwrap();
        let cursor = longest["edges"][1]["cursor"].as_str().unwrap();
        let mut arguments = vec![
            "first: 0".to_owned(),
            "first: 1".to_owned(),
            "first: 2".to_owned(),
            format!("first: 1, after: \"{cursor}\""),
            format!("first: 3, after: \"{cursor}\""),
        ];
        if list.3 {
            arguments.extend([
                "last: 1".to_owned(),
                format!("last: 2, before: \"{cursor}\""),
            ]);
        }
        for arguments in arguments {
            let pages = both(&server, list, &arguments).await;
            assert!(lengths(&pages).iter().all(|length| *length <= 3));
        }
    }
}

#[tokio::test]
async fn a_wrong_cursor_spoils_no_list_beside_it() {
    let server = TestServer::start().await;
    crowd(&server).await;
    let data = server
        .graphql("{ tags: articles(first: 1) { pageInfo { endCursor } } }")
        .await;
    let cursor = data["tags"]["pageInfo"]["endCursor"].as_str().unwrap();
    for (owners, _, field, _) in &LISTS[..4] {
        let query = format!(
            "{{ {owners}(first: 20) {{ nodes {{ good: {} bad: {field}(first: 1, after: \"{cursor}\", ORDER) {{ nodes {{ id }} }} }} }} }}",
            with(field, "first: 1")
        );
        // The cursor of a list by date is one of a list of issues in that order only.
        let order = match *owners {
            "newsletters" => ", orderBy: { field: NUMBER }",
            _ => "",
        };
        let raw = server
            .graphql_raw(&query.replace(", ORDER", order), json!({}))
            .await;
        for error in raw["errors"].as_array().unwrap() {
            let path = error["path"].as_array().unwrap();
            assert_eq!(path.last().unwrap(), "bad", "{error}");
            assert_eq!(error["extensions"]["code"], "VALIDATION", "{error}");
        }
    }
}

#[tokio::test]
async fn facets_are_not_counted_for_each_item_of_a_list() {
    let server = TestServer::start().await;
    crowd(&server).await;
    let raw = server
        .graphql_raw(
            "{ categories { nodes { articles { facets(by: [TAG]) { buckets { count } } } } } }",
            json!({}),
        )
        .await;
    let error = &raw["errors"][0];
    assert_eq!(error["extensions"]["code"], "VALIDATION");
    assert_eq!(error["extensions"]["fields"][0]["field"], "by");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("articles(filter: …)"), "{message}");
}
