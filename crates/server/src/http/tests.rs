//! Tests of the server's limits, over real connections.

use std::net::SocketAddr;

use axum::routing::get;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Notify,
    task::JoinSet,
    time::timeout,
};

use super::*;

const OPTIONS: ServeOptions = ServeOptions {
    max_connections: 10,
    header_timeout: Duration::from_secs(20),
    shutdown_grace: Duration::from_secs(20),
};

struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    task: JoinSet<()>,
}

impl Running {
    /// Waits until the server has returned.
    async fn ended(mut self) {
        let ended = timeout(Duration::from_secs(5), self.task.join_next()).await;
        ended.expect("the server ends").unwrap().unwrap();
    }
}

async fn start(router: Router, options: ServeOptions) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let mut task = JoinSet::new();
    task.spawn(serve(listener, router, options, shutdown.clone()));
    Running {
        address,
        shutdown,
        task,
    }
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello"))
}

async fn ask(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn rest_of(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    timeout(Duration::from_secs(10), stream.read_to_string(&mut answer))
        .await
        .expect("the connection ends")
        .unwrap_or(0);
    answer
}

#[tokio::test]
async fn a_request_is_answered_and_a_shutdown_ends_the_server() {
    let server = start(hello(), OPTIONS).await;
    let answer = rest_of(
        ask(
            server.address,
            "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        )
        .await,
    )
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("hello"),
        "{answer}"
    );
    let address = server.address;
    server.shutdown.cancel();
    server.ended().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_shutdown_waits_for_an_answer_and_closes_idle_connections() {
    let (started, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (started, go_on) = (Arc::clone(&started), Arc::clone(&go_on));
        Router::new().route(
            "/",
            get(async move || {
                started.notify_one();
                go_on.notified().await;
                "at last"
            }),
        )
    };
    let server = start(slow, OPTIONS).await;
    let idle = TcpStream::connect(server.address).await.unwrap();
    let waiting = ask(server.address, "GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    started.notified().await;
    server.shutdown.cancel();
    assert_eq!(rest_of(idle).await, "");
    go_on.notify_one();
    assert!(rest_of(waiting).await.ends_with("at last"));
    server.ended().await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_ever() {
    let never = Router::new().route("/", get(async || std::future::pending::<&str>().await));
    let server = start(
        never,
        ServeOptions {
            shutdown_grace: Duration::from_millis(100),
            ..OPTIONS
        },
    )
    .await;
    let waiting = ask(server.address, "GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.shutdown.cancel();
    server.ended().await;
    assert_eq!(rest_of(waiting).await, "");
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let server = start(
        hello(),
        ServeOptions {
            header_timeout: Duration::from_millis(200),
            ..OPTIONS
        },
    )
    .await;
    for beginning in ["", "GET / HTTP/1.1\r\nhost:", "PRI * HTTP/2.0\r\n"] {
        let answer = rest_of(ask(server.address, beginning).await).await;
        assert!(!answer.contains("200 OK"), "{beginning:?} gave {answer}");
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = start(hello(), OPTIONS).await;
    let head = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nlong: {}\r\n\r\n",
        "a".repeat(MAX_HEAD_BYTES * 2)
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    // The server may have closed before all is written.
    let _written = stream.write_all(head.as_bytes()).await;
    assert!(!rest_of(stream).await.contains("200 OK"));
}

#[tokio::test]
async fn more_connections_than_allowed_wait_their_turn() {
    let server = start(
        hello(),
        ServeOptions {
            max_connections: 1,
            ..OPTIONS
        },
    )
    .await;
    let request = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut first = ask(server.address, request).await;
    let mut start_of_answer = [0; 12];
    first.read_exact(&mut start_of_answer).await.unwrap();
    let mut second = ask(server.address, request).await;
    let waits = timeout(
        Duration::from_millis(200),
        second.read_exact(&mut start_of_answer),
    )
    .await;
    assert!(waits.is_err(), "the second connection was served");
    drop(first);
    timeout(
        Duration::from_secs(5),
        second.read_exact(&mut start_of_answer),
    )
    .await
    .unwrap()
    .unwrap();
    assert_eq!(&start_of_answer, b"HTTP/1.1 200");
}
