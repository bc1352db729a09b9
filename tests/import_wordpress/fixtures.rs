//! Real exports, when somebody has put some at hand: `COLOPHON_WXR_FIXTURES` names their folder.

use std::collections::BTreeSet;

use application::transfer::wordpress::Kind;

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
    assert!(!files.is_empty());
    for file in files {
        let server = TestServer::start().await;
        let first = import(&server, &request(&file)).await;
        println!("{}\n{first}", file.display());
        assert_eq!(first.error, None);
        assert_eq!(first.tally.problem_count, 0);
        assert_feed_ids_differ(&server).await;
        let again = import(&server, &request(&file)).await;
        println!("again\n{again}");
        for kind in Kind::ALL {
            let (before, counts) = (first.tally.kinds.of(kind), again.tally.kinds.of(kind));
            let changed = [
                counts.created,
                counts.updated,
                counts.conflicts,
                counts.failed,
            ];
            assert_eq!(changed, [0; 4], "{kind:?}");
            // Terms and authors that nothing but items name have no record of their own to look at,
            // and neither have editions and redirects.
            let is_listed = matches!(
                kind,
                Kind::Posts | Kind::Pages | Kind::Attachments | Kind::Comments | Kind::Menus
            );
            if is_listed {
                assert_eq!(counts.unchanged, before.created, "{kind:?}");
            }
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
