//! Where in its life an item begins here, and what moves it on.

use application::transfer::wordpress::WordPressImport;

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::TestServer;

const SITE: &str = "https://almanac.example.org";

async fn status(server: &TestServer, slug: &str) -> String {
    let sql = format!("SELECT status FROM entry WHERE slug = '{slug}'");
    server.rows(&sql).await[0].try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn whatever_had_a_password_becomes_a_draft_and_is_told() {
    let server = TestServer::start().await;
    let locked = |id, slug: &str, status: &str, date: &str| {
        Item::post(id, slug, slug)
            .status(status)
            .date(date)
            .password("hush")
    };
    let past = "2024-03-05 10:00:00";
    let export = Export::of(SITE)
        .item(locked(1, "out", "publish", past))
        .item(locked(2, "soon", "future", "2031-01-01 00:00:00"))
        .item(locked(3, "late", "future", past))
        .item(locked(4, "waiting", "pending", past))
        .item(locked(5, "rough", "draft", past))
        .item(locked(6, "gone", "trash", past));
    let report = import(&server, &request(&export.write())).await;
    for slug in ["out", "soon", "late", "waiting", "rough"] {
        assert_eq!(status(&server, slug).await, "draft", "{slug}");
    }
    assert_eq!(status(&server, "gone").await, "trashed");
    let told: Vec<&str> = report
        .tally
        .notes
        .iter()
        .map(|note| note.item_id.as_str())
        .collect();
    assert_eq!(told, ["1", "2", "3", "4", "5", "6"]);
    assert!(
        report
            .tally
            .notes
            .iter()
            .all(|note| note.text.contains("password"))
    );
}

fn soon() -> Export {
    Export::of(SITE)
        .item(
            Item::post(4, "soon", "Soon")
                .status("future")
                .date("2031-01-01 00:00:00"),
        )
        .item(
            Item::post(5, "edited", "Edited")
                .status("future")
                .date("2031-01-01 00:00:00"),
        )
        .item(Item::attachment(20, "a.jpg").parent(4))
}

#[tokio::test]
async fn a_scheduled_post_comes_out_when_it_is_imported_again_after_its_time() {
    let server = TestServer::start().await;
    let export = soon();
    let file = export.write();
    import(&server, &request(&file)).await;
    assert_eq!(status(&server, "soon").await, "scheduled");
    let before = import(&server, &request(&file)).await;
    assert_eq!(before.tally.kinds.posts.unchanged, 2);
    server
        .rows("UPDATE entry SET version = version + 1 WHERE slug = 'edited'")
        .await;
    server.clock.set("2031-01-02T00:00:00Z".parse().unwrap());
    let report = import(&server, &request(&file)).await;
    let posts = report.tally.kinds.posts;
    assert_eq!((posts.updated, posts.conflicts), (1, 1), "{report}");
    assert_eq!(status(&server, "soon").await, "published");
    assert_eq!(status(&server, "edited").await, "scheduled");
    assert_eq!(
        read::route(&server, "en", "/?p=4").await,
        "-> /2024/03/soon"
    );
    assert_eq!(
        server
            .count("SELECT count(*) FROM asset WHERE is_public")
            .await,
        1
    );
    let again = import(&server, &request(&file)).await;
    let posts = again.tally.kinds.posts;
    assert_eq!((posts.updated, posts.unchanged, posts.conflicts), (0, 1, 1));
}

#[tokio::test]
async fn a_post_of_a_language_not_known_yet_comes_out_too() {
    let server = TestServer::start().await;
    let export = Export::of(SITE).item(
        Item::post(4, "soon", "Soon")
            .status("future")
            .date("2031-01-01 00:00:00")
            .meta("_locale", "fa_IR"),
    );
    let request = WordPressImport {
        locale_meta: Some("_locale".to_owned()),
        ..request(&export.write())
    };
    import(&server, &request).await;
    server.clock.set("2031-01-02T00:00:00Z".parse().unwrap());
    let report = import(&server, &request).await;
    assert_eq!(report.tally.kinds.posts.updated, 1, "{report}");
    assert_eq!(status(&server, "soon").await, "published");
}
