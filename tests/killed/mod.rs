//! A server that is killed while it writes. When it is back, all it acknowledged is there, nothing is
//! there by half, what was scheduled happens, once, and the log knows of all of it.

mod ledger;
mod writer;

use std::time::{Duration, Instant};

use domain::access::Role;
use futures::future::{join, join_all};

use crate::harness::{TestServer, people, program, random, texts, variable};
use ledger::{Piece, Seen};
use writer::{Client, Writer};

/// How many pieces are written at the same time.
const WRITERS: u64 = 4;

/// How often the server is killed.
fn rounds() -> u64 {
    variable("COLOPHON_TEST_KILLS").map_or(10, |rounds| rounds.parse().unwrap())
}

/// A server in a process of its own, on the store of a test, and somebody signed in to it.
struct Victim {
    process: program::Running,
    client: Client,
}

impl Victim {
    async fn start(store: &TestServer, email: &str) -> Self {
        let mut line = vec!["--database", store.database_url()];
        line.extend(["--data", store.files(), "serve", "--address", "127.0.0.1:0"]);
        let keys = people::keys();
        let settings = [
            ("COLOPHON_METRICS__ENABLED", "false"),
            // It writes as fast as it is answered.
            ("COLOPHON_RATE_LIMITS__ENABLED", "false"),
            ("COLOPHON_KEYS__VALUE", keys.as_str()),
            ("COLOPHON_AUTH__ARGON2_MEMORY_KIB", "8"),
            ("COLOPHON_AUTH__ARGON2_PASSES", "1"),
        ];
        let mut process = program::start(&line, &settings);
        let address = process.says("REST");
        let url = address.split("/api/").next().unwrap().to_owned();
        let client = Client::sign_in(url, email, people::PASSWORD).await;
        Self { process, client }
    }
}

#[tokio::test]
async fn a_killed_server_has_lost_nothing_it_acknowledged_and_has_nothing_by_half() {
    let store = TestServer::start().await;
    let site = store.small_site().await;
    let owner = store.person_of_site(Role::Owner).await;
    let tags = [
        store.tag(site.en, "Even").await.to_string(),
        store.tag(site.en, "Odd").await.to_string(),
    ];
    let mut pieces: Vec<Piece> = Vec::new();
    let mut worst = Duration::ZERO;
    let mut victim = Victim::start(&store, &owner.email).await;
    for round in 0..rounds() {
        let writers: Vec<Writer<'_>> = (0..WRITERS)
            .map(|number| Writer::new(&victim.client, &tags, (round * WRITERS + number) * 1_000))
            .collect();
        let process = &mut victim.process;
        let kill = async {
            tokio::time::sleep(Duration::from_millis(50 + random(750))).await;
            process.kill();
        };
        let (written, ()) = join(join_all(writers.into_iter().map(Writer::write)), kill).await;
        victim = Victim::start(&store, &owner.email).await;
        let back = Instant::now();
        for piece in written.into_iter().flatten() {
            let (piece, late) = settled(&victim.client, piece, back).await;
            worst = worst.max(late);
            pieces.push(piece);
        }
    }
    println!(
        "{} pieces; a schedule was late by at most {worst:?}",
        pieces.len()
    );
    assert!(
        !pieces.is_empty(),
        "no server lived long enough to acknowledge anything"
    );
    // Once more, from the end: nothing came undone later.
    for piece in &pieces {
        let seen = victim.client.see(&piece.id).await;
        assert_eq!(seen.as_ref(), Some(&piece.seen()), "{piece:?}");
        let log = victim.client.log(&piece.id).await;
        assert_eq!(log, piece.events, "{piece:?}");
    }
    everything_is_whole(&victim.client, &store).await;
}

/// What became of a piece: as it was acknowledged or, if an answer was lost, as it was asked for; and
/// how late its schedule came true.
async fn settled(client: &Client, piece: Piece, back: Instant) -> (Piece, Duration) {
    let id = piece.id.clone();
    let candidates = piece.outcomes();
    let due = piece.due_after(back);
    loop {
        let seen = client.see(&id).await;
        let seen = seen.unwrap_or_else(|| panic!("{id} was acknowledged and is gone"));
        let found = candidates.iter().find(|piece| piece.seen() == seen);
        let found = found.unwrap_or_else(|| panic!("{seen:?} is none of {candidates:?}"));
        if found.due.is_none() {
            return (found.clone(), Instant::now().saturating_duration_since(due));
        }
        // The promise is two seconds; a busy machine that runs tests gets more.
        assert!(
            due.elapsed() < Duration::from_secs(20),
            "{found:?} is still not published"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Also what nobody was told of, because the server died before its answer, is whole and logged.
async fn everything_is_whole(client: &Client, store: &TestServer) {
    let mut after = String::new();
    let mut count = 0;
    loop {
        let path = format!("/api/v1/articles?edition=en&first=100&fields=id{after}");
        let page = client.get(&path).await;
        for id in texts(&page["data"], "id") {
            let seen = client.see(id).await;
            let Seen { version, .. } = seen.unwrap();
            let log = client.log(id).await;
            assert_eq!(
                log.len(),
                usize::try_from(version).unwrap(),
                "{id}: {log:?}"
            );
            assert_eq!(
                log.first().map(String::as_str),
                Some("article.created"),
                "{id}"
            );
            count += 1;
        }
        if page["page"]["hasNextPage"] == false {
            break;
        }
        after = format!("&after={}", page["page"]["endCursor"].as_str().unwrap());
    }
    assert_eq!(store.count("SELECT count(*) FROM entry").await, count);
    assert_eq!(
        store
            .count("SELECT count(*) FROM job WHERE kind = 'publish'")
            .await,
        0
    );
    let dead = "SELECT count(*) FROM job WHERE state = 'dead'";
    assert_eq!(store.count(dead).await, 0);
}
