//! How many statements a change takes: as many as stated, however much stands in the archive.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestServer, engine};
use domain::access::Role;

/// A change over REST and what it costs: on SQLite, on PostgreSQL. `{…}` are ids of the scene.
struct Write {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    version: Option<i64>,
    body: &'static str,
    statements: [u64; 2],
}

const fn write(
    name: &'static str,
    (method, path): (&'static str, &'static str),
    version: Option<i64>,
    body: &'static str,
    statements: [u64; 2],
) -> Write {
    Write {
        name,
        method,
        path,
        version,
        body,
        statements,
    }
}

/// They are carried out in this order. SQLite gets the rows of a record in one text.
const WRITES: [Write; 17] = [
    write(
        "make an article",
        ("POST", "/articles"),
        None,
        r#"{"edition":"en","title":"The tide table","body":{"markdown":"High at **noon**."},"byline":[{"authorId":"{author}"}],"categories":["{category}"],"tags":["{tag}"]}"#,
        [12, 19],
    ),
    write(
        "change a draft",
        ("PATCH", "/articles/{made}"),
        Some(1),
        r#"{"title":"The tide table for June"}"#,
        [18, 27],
    ),
    write(
        "publish it",
        ("POST", "/articles/{made}/publish"),
        Some(2),
        "{}",
        [11, 13],
    ),
    write(
        "change what is out",
        ("PATCH", "/articles/{made}"),
        Some(3),
        r#"{"slug":"tides"}"#,
        [18, 22],
    ),
    write(
        "publish the change",
        ("POST", "/articles/{made}/publish"),
        Some(4),
        "{}",
        [28, 37],
    ),
    write(
        "say when it ends",
        ("POST", "/articles/{made}/schedule"),
        Some(5),
        r#"{"unpublishAt":"2027-06-01T00:00:00Z"}"#,
        [10, 11],
    ),
    write(
        "take it back",
        ("POST", "/articles/{made}/unpublish"),
        Some(6),
        "{}",
        [10, 12],
    ),
    write(
        "trash it",
        ("DELETE", "/articles/{made}"),
        Some(7),
        "",
        [9, 11],
    ),
    write(
        "restore it",
        ("POST", "/articles/{made}/restore"),
        Some(8),
        "{}",
        [10, 12],
    ),
    write(
        "trash it again",
        ("DELETE", "/articles/{made}"),
        Some(9),
        "",
        [9, 11],
    ),
    write(
        "purge it",
        ("POST", "/articles/{made}/purge"),
        Some(10),
        "{}",
        [19, 20],
    ),
    write(
        "make a tag",
        ("POST", "/tags"),
        None,
        r#"{"texts":{"en":{"name":"Tides"}}}"#,
        [15, 16],
    ),
    write(
        "rename a tag that many have",
        ("PATCH", "/tags/{tag}"),
        Some(1),
        r#"{"texts":{"en":{"name":"Moorings","slug":"moorings"}}}"#,
        [24, 26],
    ),
    write(
        "rename an author of many",
        ("PATCH", "/authors/{author}"),
        Some(1),
        r#"{"texts":{"en":{"name":"Ada Lake"}}}"#,
        [16, 17],
    ),
    write(
        "put the front page in order",
        ("PATCH", "/collections/{collection}"),
        Some(1),
        r#"{"items":["{first}","{second}"]}"#,
        [13, 14],
    ),
    write(
        "comment",
        ("POST", "/articles/{first}/comments"),
        None,
        r#"{"authorName":"Ben","authorEmail":"ben@gazette.example","body":"Well said."}"#,
        [9, 11],
    ),
    write(
        "delete a tag that many have",
        ("DELETE", "/tags/{tag}?onUse=detach"),
        Some(2),
        "",
        [20, 21],
    ),
];

/// What every write cost with so many articles in the archive.
async fn costs(articles: usize) -> Vec<(&'static str, u64)> {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let token = server.signed_in(Role::Owner, None).await;
    let author = server.author(site.en, "Ada Moor").await;
    let category = server.category(site.en, "News", None).await;
    let tag = server.tag(site.en, "Harbour").await;
    let mut ids = vec![
        ("{author}", author.to_string()),
        ("{category}", category.to_string()),
        ("{tag}", tag.to_string()),
    ];
    let mut made = Vec::new();
    for number in 0..articles {
        let title = format!("Article {number}");
        let article = server
            .article(site.en, &title)
            .category(category)
            .tag(tag)
            .by(author);
        made.push(article.await);
    }
    ids.push(("{first}", made[0].to_string()));
    ids.push(("{second}", made[1].to_string()));
    let front = json!({ "edition": "en", "title": "Front page" });
    let request = server.request(Method::POST, "/api/v1/collections");
    let front = server
        .send(request.bearer_auth(&token).json(&front))
        .await
        .expect(201);
    ids.push((
        "{collection}",
        front.json()["id"].as_str().unwrap().to_owned(),
    ));
    let mut costs = Vec::new();
    for write in &WRITES {
        let filled = |text: &str| {
            ids.iter()
                .fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
        };
        let path = format!("/api/v1{}", filled(write.path));
        let mut request = server
            .request(write.method.parse().unwrap(), &path)
            .bearer_auth(&token);
        if let Some(version) = write.version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        if !write.body.is_empty() {
            let kind = if write.method == "PATCH" {
                "application/merge-patch+json"
            } else {
                "application/json"
            };
            request = request
                .header("content-type", kind)
                .body(filled(write.body));
        }
        let (cost, answer) = server.statements(server.send(request)).await;
        assert!(
            answer.status < 300,
            "{}: {} {}",
            write.name,
            answer.status,
            answer.text()
        );
        if write.path == "/articles" {
            let made: Value = answer.json();
            ids.push(("{made}", made["id"].as_str().unwrap().to_owned()));
        }
        costs.push((write.name, cost));
    }
    costs
}

#[tokio::test]
async fn a_change_costs_what_is_stated_however_much_stands_in_the_archive() {
    let engine = usize::from(engine() == "postgres");
    let (few, many) = (costs(2).await, costs(12).await);
    let mut wrong = Vec::new();
    for ((write, (name, few)), (_, many)) in WRITES.iter().zip(&few).zip(&many) {
        let stated = write.statements[engine];
        if (*few, *many) != (stated, stated) {
            wrong.push(format!(
                "{name}: {few} beside two articles, {many} beside twelve, stated are {stated}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
