//! Real exports, when somebody has put some at hand: `COLOPHON_WXR_FIXTURES` names their folder.

use std::collections::BTreeSet;

use crate::harness::TestServer;

use super::{import, request};

#[tokio::test]
async fn real_exports_are_imported_and_a_second_run_changes_nothing() {
    let Some(folder) = std::env::var_os("COLOPHON_WXR_FIXTURES") else {
        println!("skipped: COLOPHON_WXR_FIXTURES is not set");
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    for file in files {
        let server = TestServer::start().await;
        let first = import(&server, &request(&file)).await;
        println!("{}\n{first}", file.display());
        assert_eq!(first.error, None);
        assert_eq!(first.tally.problem_count, 0);
        assert_feed_ids_differ(&server).await;
        let again = import(&server, &request(&file)).await;
        println!("again\n{again}");
        for counts in [
            again.tally.kinds.posts,
            again.tally.kinds.pages,
            again.tally.kinds.attachments,
            again.tally.kinds.comments,
            again.tally.kinds.menus,
            again.tally.kinds.tags,
            again.tally.kinds.categories,
            again.tally.kinds.authors,
            again.tally.kinds.redirects,
        ] {
            assert_eq!(
                (
                    counts.created,
                    counts.updated,
                    counts.conflicts,
                    counts.failed
                ),
                (0, 0, 0, 0)
            );
        }
    }
}

/// No two items of an edition's feed have one id, or readers show only one of them.
async fn assert_feed_ids_differ(server: &TestServer) {
    let mut address = "/feeds/en/feed.json".to_owned();
    let mut ids = BTreeSet::new();
    loop {
        let feed = server.get_json(&address).await;
        for item in feed["items"].as_array().unwrap() {
            let id = item["id"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} occurs twice");
        }
        match feed["next_url"].as_str() {
            Some(next) => next[next.find("/feeds/").unwrap()..].clone_into(&mut address),
            None => break,
        }
    }
    assert!(!ids.is_empty());
}
