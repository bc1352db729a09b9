//! Requests that ask for too much: each is refused at once, and the server is well afterwards.

use std::{fmt::Write as _, process::Command, time::Duration};

use api::graphql::limits::{Limits, check_counting};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::harness::TestServer;

/// Nothing here takes so long on any machine, unless it takes for ever.
const FOR_EVER: Duration = Duration::from_mins(1);

/// Sends a document and asserts that it is refused with a bound's name, and that nothing is run.
async fn refused(document: &str, bound: &str) {
    let server = TestServer::start().await;
    server.small_site().await;
    refused_by(&server, document, bound).await;
    is_well(&server).await;
}

async fn refused_by(server: &TestServer, document: &str, bound: &str) {
    let answer = timeout(FOR_EVER, server.graphql_raw(document, json!({})))
        .await
        .unwrap();
    let error = &answer["errors"][0];
    assert_eq!(
        error["extensions"]["code"], "LIMIT_EXCEEDED",
        "{bound}: {answer}"
    );
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(bound), "{message}");
    assert_eq!(answer.get("data"), None, "{bound}");
}

async fn is_well(server: &TestServer) {
    let data = server
        .graphql("{ site { name } articles(first: 1) { totalCount } }")
        .await;
    assert_eq!(data["site"]["name"], "Gazette");
    server.get("/healthz").await.expect(200);
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
        is_well(&server).await;
    }
}

#[tokio::test]
async fn a_large_body_of_a_stranger_is_refused_unread() {
    let server = TestServer::start().await;
    server.small_site().await;
    for is_chunked in [false, true] {
        let (answer, sent) = upload(&server, "/api/v1/articles", 32 * MEBIBYTE, is_chunked).await;
        assert!(
            answer.starts_with("HTTP/1.1 401 ") || answer.starts_with("HTTP/1.1 413 "),
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

/// A document made to cost much, of any size.
type Attack = (&'static str, usize, fn(usize) -> String);

/// The attacks with the sizes they are known by.
const ATTACKS: [Attack; 5] = [
    ("a fragment bomb", 40, fragment_bomb),
    ("aliases", 10_000, |count| {
        let aliases = (0..count).fold(String::new(), |mut text, number| {
            write!(text, "a{number:0>6}:__typename ").unwrap();
            text
        });
        format!("{{ {aliases} }}")
    }),
    ("directives", 10_000, |count| {
        format!("{{ __typename {} }}", "@x ".repeat(count))
    }),
    ("a deep selection", 10_000, |depth| {
        let (open, close) = ("a { ".repeat(depth), "} ".repeat(depth));
        format!("{{ {open} __typename {close} }}")
    }),
    ("a circle of fragments", 50, |count| {
        let circle = (0..count).fold(String::new(), |mut text, number| {
            let next = (number + 1) % count;
            write!(
                text,
                " fragment F{number:0>6} on Query {{ ...F{next:0>6} }}"
            )
            .unwrap();
            text
        });
        format!("{{ ...F000000 }}{circle}")
    }),
];

/// The limits with their defaults, which end the check early, and none but those on depth, which
/// let it run to its end.
fn none_but_depth() -> Limits {
    Limits {
        max_document_bytes: usize::MAX,
        max_tokens: usize::MAX,
        max_nesting: usize::MAX,
        max_aliases: usize::MAX,
        max_directives: usize::MAX,
        max_root_fields: usize::MAX,
        max_fragments: usize::MAX,
        max_expanded_selections: usize::MAX,
        max_merge_work: usize::MAX,
        max_argument_bytes: usize::MAX,
        max_complexity: usize::MAX,
        ..Limits::default()
    }
}

/// The steps the check of a document takes, and whether it is refused.
fn steps(document: &str, limits: &Limits) -> (usize, bool) {
    let mut steps = 0;
    let none = serde_json::from_value(json!({})).unwrap();
    let verdict = check_counting(document, None, &none, limits, &mut steps);
    (steps, verdict.is_err())
}

#[test]
fn the_cost_of_refusing_a_document_grows_no_faster_than_the_document() {
    for (name, size, attack) in ATTACKS {
        for limits in [Limits::default(), none_but_depth()] {
            let is_default = limits == Limits::default();
            let documents = [attack(size), attack(2 * size), attack(4 * size)];
            let taken = documents.each_ref().map(|document| {
                let (steps, is_refused) = steps(document, &limits);
                assert!(is_refused || !is_default, "{name}");
                // Each byte, token and fragment is looked at a few times, never once for each other.
                assert!(steps <= 8 * document.len() + 1_000, "{name}: {steps}");
                steps
            });
            for (once, twice) in [(taken[0], taken[1]), (taken[1], taken[2])] {
                assert!(
                    10 * twice <= 25 * once.max(1_000),
                    "{name}: {once} steps, then {twice}"
                );
            }
        }
    }
}

#[tokio::test]
async fn each_attack_is_refused_and_the_server_is_well_afterwards() {
    let server = TestServer::start().await;
    server.small_site().await;
    for (_, size, attack) in ATTACKS {
        for size in [size, 2 * size] {
            refused_by(&server, &attack(size), "").await;
        }
        is_well(&server).await;
    }
}

#[tokio::test]
async fn a_body_twice_as_large_is_read_no_further() {
    let server = TestServer::start().await;
    server.small_site().await;
    for megabytes in [32, 64] {
        for is_chunked in [false, true] {
            let (answer, sent) =
                upload(&server, "/graphql", megabytes * MEBIBYTE, is_chunked).await;
            assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
            assert!(sent < 20 * MEBIBYTE, "{sent} of {megabytes} MiB were taken");
        }
    }
    is_well(&server).await;
}

const ALONE: &str = "COLOPHON_TEST_ALONE";

/// Memory is that of a process, so this test runs again in one of its own.
#[test]
fn memory_stays_bounded_under_attack() {
    if std::env::var_os(ALONE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(attack_and_weigh());
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "limits::memory_stays_bounded_under_attack"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

async fn attack_and_weigh() {
    let server = TestServer::start().await;
    server.small_site().await;
    is_well(&server).await;
    let before = memory("VmRSS");
    for _ in 0..5 {
        for (_, size, attack) in ATTACKS {
            refused_by(&server, &attack(10 * size), "").await;
        }
        for is_chunked in [false, true] {
            upload(&server, "/graphql", 32 * MEBIBYTE, is_chunked).await;
        }
    }
    is_well(&server).await;
    let most = memory("VmHWM");
    assert!(
        most < before + 96 * MEBIBYTE,
        "{before} bytes before, {most} at most"
    );
}

/// What the system says about the memory of this process, in bytes.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kibibytes: usize = line
        .split_whitespace()
        .nth(1)
        .and_then(|number| number.parse().ok())
        .unwrap();
    kibibytes * 1024
}

/// One article with all of its body, blocks within blocks included.
const WHOLE_ARTICLE: &str = "title body { blocks { __typename \
    ... on Paragraph { ...Text } ... on Heading { level anchor ...HeadingText } \
    ... on List { ordered items { blocks { __typename ... on Paragraph { ...Text } \
    ... on Quote { citation { text } } ... on ImageBlock { asset { url alt } } } } } \
    ... on ImageBlock { asset { url alt } } } }";
const TEXTS: &str = "fragment Text on Paragraph { html spans { text href marks } } \
    fragment HeadingText on Heading { html spans { text href marks } }";

#[tokio::test]
async fn a_whole_article_with_lists_in_its_body_may_be_asked_for() {
    let server = TestServer::with_demo().await;
    let one = format!(
        "{{ article(by: {{ slug: \"clock-tower-will-strike-again\" }}, edition: \"en\") {{ {WHOLE_ARTICLE} }} }} {TEXTS}"
    );
    let data = server.graphql(&one).await;
    assert!(data["article"]["body"]["blocks"][0]["__typename"].is_string());
    let page = format!("{{ articles(first: 5) {{ nodes {{ {WHOLE_ARTICLE} }} }} }} {TEXTS}");
    server.graphql(&page).await;
}

#[tokio::test]
async fn bodies_of_many_lists_are_still_too_much() {
    let server = TestServer::start().await;
    server.small_site().await;
    let many = format!("{{ articles(first: 100) {{ nodes {{ {WHOLE_ARTICLE} }} }} }} {TEXTS}");
    refused_by(&server, &many, "max_complexity").await;
    let nested = "{ articles(first: 20) { nodes { body { blocks { ... on List { items { blocks { ... on List { items { blocks { ... on Paragraph { spans { text } } } } } } } } } } } } }";
    refused_by(&server, nested, "max_complexity").await;
    is_well(&server).await;
}

#[tokio::test]
async fn an_answer_holds_so_many_bytes_of_bodies_and_no_more() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let long = format!("<p>{}</p><ul><li>x</li></ul>", "word ".repeat(200_000));
    server
        .article(site.en, "Long")
        .slug("long")
        .body(&long)
        .await;
    let article = |fields: &str| format!("{{ article(by: {{ slug: \"long\" }}) {{ {fields} }} }}");
    let whole = server
        .graphql(&article("body { html markdown text }"))
        .await;
    assert!(whole["article"]["body"]["html"].as_str().unwrap().len() > 1_000_000);
    for form in [
        "html",
        "markdown",
        "text",
        "blocks { ... on Paragraph { text } }",
    ] {
        let aliases: String = (0..20).map(|at| format!("a{at}: {form} ")).collect();
        let raw = server
            .graphql_raw(&article(&format!("body {{ {aliases} }}")), json!({}))
            .await;
        assert_eq!(raw["data"], json!({ "article": null }), "{form}");
        let error = &raw["errors"][0];
        assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED", "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("max_content_bytes"), "{message}");
    }
    is_well(&server).await;
}

#[tokio::test]
async fn a_query_that_takes_longer_than_allowed_is_broken_off() {
    let server = TestServer::with_demo_and(|config| config.graphql.timeout_ms = 1).await;
    let heavy = "{ articles(first: 50, edition: \"en\") { totalCount nodes { title byline { author { name } } categories { name ancestors { name } } tags { name } hero { alt asset { url } } translations { entry { title } } body { html } } } }";
    refused_by(&server, heavy, "milliseconds allowed").await;
    // What takes no time is answered, and so is what has another limit.
    let data = server.graphql("{ __typename }").await;
    assert_eq!(data["__typename"], "Query");
    server.get("/api/v1/articles?first=1").await.expect(200);
    server.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn a_request_whose_body_never_ends_is_broken_off() {
    let server = TestServer::start_with(|config| config.server.request_timeout_seconds = 1).await;
    server.small_site().await;
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut buffer = [0; 4096];
    let count = timeout(FOR_EVER, stream.read(&mut buffer))
        .await
        .unwrap()
        .unwrap();
    let answer = String::from_utf8_lossy(&buffer[..count]);
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(
        answer.to_ascii_lowercase().contains("retry-after:"),
        "{answer}"
    );
    is_well(&server).await;
}
