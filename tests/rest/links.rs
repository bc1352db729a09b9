//! Paging by the `Link` header.

use std::collections::BTreeMap;

use serde_json::json;

use crate::harness::{Answer, TestServer, texts};

/// The addresses of a `Link` header (RFC 8288) by their relation, as paths of the server.
fn links(server: &TestServer, answer: &Answer) -> BTreeMap<String, String> {
    answer
        .header("link")
        .split(", ")
        .filter(|link| !link.is_empty())
        .map(|link| {
            let (address, relation) = link.split_once(">; rel=\"").unwrap();
            let path = address
                .strip_prefix('<')
                .unwrap()
                .strip_prefix(&server.url)
                .unwrap();
            (relation.trim_end_matches('"').to_owned(), path.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn whoever_follows_the_links_sees_everything_once() {
    let server = TestServer::with_demo().await;
    for start in [
        "/api/v1/articles?first=7&edition=fa&sort=-updatedAt&fields=title",
        "/api/v1/articles?filter[category]=nature&edition=en&first=3",
        "/api/v1/assets?first=4",
        "/api/v1/tags?first=5&sort=createdAt",
        "/api/v1/comments?first=2",
        "/api/v1/redirects?first=1",
    ] {
        let (base, _) = start.split_once('?').unwrap();
        let rest = start
            .replace("first=7&", "first=100&")
            .replace("&first=3", "&first=100");
        let rest = if rest == start {
            format!(
                "{base}?first=100{}",
                if start.contains("sort=createdAt") {
                    "&sort=createdAt"
                } else {
                    ""
                }
            )
        } else {
            rest
        };
        let whole = server.get_json(&rest).await;
        let whole = texts(&whole["data"], "id");
        let (mut ids, mut path) = (Vec::new(), start.to_owned());
        let last = loop {
            let answer = server.get(&path).await.expect(200);
            let page = answer.json();
            ids.extend(texts(&page["data"], "id").into_iter().map(str::to_owned));
            let links = links(&server, &answer);
            assert_eq!(
                links.contains_key("next"),
                page["page"]["hasNextPage"] == json!(true),
                "{path}"
            );
            assert_eq!(
                links.contains_key("prev"),
                page["page"]["hasPreviousPage"] == json!(true),
                "{path}"
            );
            match links.get("next") {
                Some(next) => path.clone_from(next),
                None => break links,
            }
        };
        assert_eq!(ids, whole, "{start}");
        let mut back = ids;
        let mut links_here = last;
        while let Some(previous) = links_here.remove("prev") {
            let answer = server.get(&previous).await.expect(200);
            let page = answer.json();
            for id in texts(&page["data"], "id") {
                assert!(back.iter().any(|known| known == id));
            }
            back.truncate(back.len() - 1);
            links_here = links(&server, &answer);
        }
        let first = server.get(&links_here["first"]).await.expect(200).json();
        assert_eq!(texts(&first["data"], "id")[0], whole[0], "{start}");
    }
}

#[tokio::test]
async fn cursors_of_pages_go_forward_and_backward() {
    let server = TestServer::with_demo().await;
    let first = server.get_json("/api/v1/articles?first=5").await;
    let after = first["page"]["endCursor"].as_str().unwrap();
    let second = server
        .get_json(&format!("/api/v1/articles?first=5&after={after}"))
        .await;
    assert_eq!(second["page"]["hasPreviousPage"], true);
    let before = second["page"]["startCursor"].as_str().unwrap();
    let back = server
        .get_json(&format!("/api/v1/articles?last=5&before={before}"))
        .await;
    assert_eq!(back["data"], first["data"]);
    let end = server.get_json("/api/v1/articles?last=3").await;
    assert_eq!(end["page"]["hasNextPage"], false);
    let whole = server.get_json("/api/v1/articles?first=100").await;
    let whole = texts(&whole["data"], "id");
    assert_eq!(texts(&end["data"], "id"), whole[whole.len() - 3..]);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let server = TestServer::with_demo().await;
    let page = server.get_json("/api/v1/articles?first=1").await;
    let cursor = page["page"]["endCursor"].as_str().unwrap();
    for path in [
        format!("/api/v1/articles?sort=title&after={cursor}"),
        format!("/api/v1/authors?after={cursor}"),
    ] {
        let problem = server.get(&path).await.expect(400).json();
        assert_eq!(problem["code"], "VALIDATION");
        assert_eq!(problem["errors"][0]["parameter"], "after", "{path}");
    }
    for nonsense in ["x", "AQ", "%20", ""] {
        let problem = server
            .get(&format!("/api/v1/articles?after={nonsense}"))
            .await
            .expect(400)
            .json();
        assert_eq!(problem["errors"][0]["parameter"], "after", "{nonsense}");
    }
}
