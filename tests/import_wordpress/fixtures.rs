//! Real exports, when somebody has put some at hand: `COLOPHON_WXR_FIXTURES` names their folder.

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
