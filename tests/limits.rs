//! Requests that ask for too much: each is refused at once, and the server is well afterwards.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::TestServer;

/// Far more than any of them may take, and far less than what the library would take.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Sends a document and asserts that it is refused with a bound's name, at once.
async fn refused(document: &str, bound: &str) {
    let server = TestServer::start().await;
    server.small_site().await;
    let begun = Instant::now();
    let answer = server.graphql_raw(document, json!({})).await;
    assert!(begun.elapsed() < AT_ONCE, "{bound}: {:?}", begun.elapsed());
    let error = &answer["errors"][0];
    assert_eq!(
        error["extensions"]["code"], "LIMIT_EXCEEDED",
        "{bound}: {answer}"
    );
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(bound), "{message}");
    assert_eq!(answer.get("data"), None, "{bound}");
    is_well(&server).await;
}

async fn is_well(server: &TestServer) {
    let data = server
        .graphql("{ site { name } articles(first: 1) { totalCount } }")
        .await;
    assert_eq!(data["site"]["name"], "Gazette");
    let begun = Instant::now();
    server.get("/healthz").await.expect(200);
    assert!(begun.elapsed() < AT_ONCE);
}

/// Fragments of which each spreads the next twice: 2^levels fields in a kilobyte.
fn fragment_bomb(levels: usize) -> String {
    let mut document = "{ ...F0 }".to_owned();
    for level in 0..levels {
        let next = level + 1;
        write!(
            document,
            " fragment F{level} on Query {{ ...F{next} ...F{next} }}"
        )
        .unwrap();
    }
    write!(document, " fragment F{levels} on Query {{ __typename }}").unwrap();
    document
}

#[tokio::test]
async fn a_fragment_bomb_of_forty_levels_is_refused() {
    refused(&fragment_bomb(40), "max_root_fields").await;
}

#[tokio::test]
async fn a_fragment_bomb_below_a_field_is_refused() {
    let mut document = "{ site { ...F0 } }".to_owned();
    for level in 0..40 {
        let next = level + 1;
        write!(
            document,
            " fragment F{level} on Site {{ a{level}: editions {{ code }} ...F{next} ...F{next} }}"
        )
        .unwrap();
    }
    document.push_str(" fragment F40 on Site { name }");
    refused(&document, "max_").await;
}

#[tokio::test]
async fn ten_thousand_aliases_are_refused() {
    let aliases = (0..10_000).fold(String::new(), |mut text, number| {
        write!(text, "a{number}:__typename ").unwrap();
        text
    });
    refused(&format!("{{ {aliases} }}"), "max_").await;
    let few = (0..101).fold(String::new(), |mut text, number| {
        write!(text, "a{number}:name ").unwrap();
        text
    });
    refused(&format!("{{ site {{ {few} }} }}"), "max_aliases").await;
}

#[tokio::test]
async fn ten_thousand_directives_are_refused() {
    let document = format!("{{ __typename {} }}", "@x ".repeat(10_000));
    refused(&document, "max_").await;
    let few = format!("{{ __typename {} }}", "@include(if: true) ".repeat(51));
    refused(&few, "max_directives").await;
}

#[tokio::test]
async fn a_selection_ten_thousand_deep_is_refused() {
    let document = format!(
        "{{ {} __typename {} }}",
        "a { ".repeat(10_000),
        "} ".repeat(10_000)
    );
    refused(&document, "max_").await;
    let deep = format!(
        "{{ site {{ {} code {} }} }}",
        "defaultEdition { fallback { ".repeat(8),
        "} } ".repeat(8)
    );
    refused(&deep, "max_depth").await;
}

#[tokio::test]
async fn values_ten_thousand_deep_are_refused() {
    let value = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    refused(&format!("{{ nodes(ids: {value}) {{ id }} }}"), "max_").await;
    let filter = format!(
        "{}{}",
        "{ not: ".repeat(3_000),
        "{} ".to_owned() + &"}".repeat(3_000)
    );
    refused(
        &format!("{{ articles(filter: {filter}) {{ nodes {{ id }} }} }}"),
        "max_",
    )
    .await;
}

#[tokio::test]
async fn a_circular_fragment_is_refused() {
    refused("{ ...A } fragment A on Query { ...A }", "spread themselves").await;
    refused(
        "{ ...A } fragment A on Query { site { name } ...B } fragment B on Query { ...C } fragment C on Query { ...A }",
        "spread themselves",
    )
    .await;
}

#[tokio::test]
async fn lists_within_lists_are_costed_by_their_sizes() {
    let document = "{ categories(first: 100) { nodes { articles(first: 100) { nodes { related(first: 100) { title } } } } } }";
    refused(document, "max_complexity").await;
}

#[tokio::test]
async fn a_document_that_is_too_long_is_refused() {
    let comment = "# nothing to see here\n".repeat(4_000);
    refused(&format!("{comment}{{ __typename }}"), "max_document_bytes").await;
    let fields = "name ".repeat(11_000);
    refused(&format!("{{ site {{ {fields} }} }}"), "max_tokens").await;
}

#[tokio::test]
async fn variables_that_are_too_large_are_refused() {
    let server = TestServer::start().await;
    server.small_site().await;
    let ids = vec!["article_00000000000000000000000000"; 40_000];
    let answer = server
        .graphql_raw(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ids }),
        )
        .await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED",
        "{answer}"
    );
    let deep = (0..3_000).fold(json!({}), |inner, _| json!({ "not": inner }));
    let answer = server
        .post_graphql(
            "query($f: ArticleFilter) { articles(filter: $f) { nodes { id } } }",
            &json!({ "f": deep }),
        )
        .await;
    assert!(answer.json()["errors"].is_array(), "{}", answer.text());
    is_well(&server).await;
}

#[tokio::test]
async fn errors_are_counted_too() {
    let server = TestServer::start().await;
    server.small_site().await;
    let fields = (0..2_000).fold(String::new(), |mut text, number| {
        write!(text, "x{number} ").unwrap();
        text
    });
    let answer = server
        .graphql_raw(&format!("{{ site {{ {fields} }} }}"), json!({}))
        .await;
    let errors = answer["errors"].as_array().unwrap();
    assert!(errors.len() <= 51, "{}", errors.len());
    is_well(&server).await;
}

/// Sends a POST of `length` bytes, in chunks if its length is not announced, until the server has
/// enough. Answers what the server said, and how many bytes were on their way by then.
async fn upload(
    server: &TestServer,
    path: &str,
    length: usize,
    is_chunked: bool,
) -> (String, usize) {
    let address = server.url.strip_prefix("http://").unwrap();
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let size = if is_chunked {
        "transfer-encoding: chunked".to_owned()
    } else {
        format!("content-length: {length}")
    };
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nconnection: close\r\n{size}\r\n\r\n"
    );
    writer.write_all(head.as_bytes()).await.unwrap();
    let send = async {
        let piece = vec![b' '; 64 * 1024];
        let mut sent = 0;
        while sent < length {
            let begun = format!("{:x}\r\n", piece.len());
            let whole = if is_chunked {
                [begun.as_bytes(), &piece, b"\r\n"].concat()
            } else {
                piece.clone()
            };
            if writer.write_all(&whole).await.is_err() {
                break;
            }
            sent += piece.len();
        }
        sent
    };
    let receive = async {
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        // The connection is broken off after the answer: the rest of the body is not wanted.
        while let Ok(count @ 1..) = reader.read(&mut buffer).await {
            answer.extend_from_slice(&buffer[..count]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    };
    let (sent, answer) = tokio::join!(send, receive);
    (answer, sent)
}

const MEBIBYTE: usize = 1024 * 1024;

#[tokio::test]
async fn a_body_of_thirty_two_megabytes_is_refused_unread() {
    let server = TestServer::start().await;
    server.small_site().await;
    for is_chunked in [false, true] {
        let begun = Instant::now();
        let (answer, sent) = upload(&server, "/graphql", 32 * MEBIBYTE, is_chunked).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        let body: Value = serde_json::from_str(
            answer
                .split("\r\n\r\n")
                .nth(1)
                .unwrap()
                .lines()
                .find(|line| line.starts_with('{'))
                .unwrap(),
        )
        .unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
        // What is on the way in the buffers of both sides is not in our memory.
        assert!(sent < 20 * MEBIBYTE, "{sent} bytes were taken");
        assert!(begun.elapsed() < AT_ONCE);
        is_well(&server).await;
    }
}

#[tokio::test]
async fn a_large_body_for_what_takes_none_is_refused_unread() {
    let server = TestServer::start().await;
    server.small_site().await;
    for is_chunked in [false, true] {
        let (answer, sent) = upload(&server, "/api/v1/articles", 32 * MEBIBYTE, is_chunked).await;
        assert!(
            answer.starts_with("HTTP/1.1 405 ") || answer.starts_with("HTTP/1.1 413 "),
            "{answer}"
        );
        assert!(sent < 20 * MEBIBYTE, "{sent} bytes were taken");
        is_well(&server).await;
    }
}

#[tokio::test]
async fn an_endless_head_is_refused() {
    let server = TestServer::start().await;
    server.small_site().await;
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let line = format!("x-long: {}\r\n", "a".repeat(8_000));
    let head = format!(
        "GET /api/v1/site HTTP/1.1\r\nhost: {address}\r\n{}",
        line.repeat(200)
    );
    let _broken_off = stream.write_all(head.as_bytes()).await;
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.starts_with("HTTP/1.1 431 ") || answer.starts_with("HTTP/1.1 400 "),
        "{answer}"
    );
    is_well(&server).await;
}

#[tokio::test]
async fn a_document_within_the_limits_is_answered() {
    let server = TestServer::with_demo().await;
    let fields = (0..90).fold(String::new(), |mut text, number| {
        write!(text, "a{number}: name ").unwrap();
        text
    });
    let data = server.graphql(&format!("{{ site {{ {fields} }} }}")).await;
    assert_eq!(data["site"].as_object().unwrap().len(), 90);
    let data = server.graphql(&fragment_bomb(4)).await;
    assert_eq!(data, json!({ "__typename": "Query" }));
}
