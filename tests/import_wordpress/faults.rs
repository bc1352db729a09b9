//! Files that are broken, or are something else.

use application::transfer::wordpress;

use super::{
    export::{Export, Item},
    import, request,
};
use crate::harness::TestServer;

const SITE: &str = "https://almanac.example.org";

#[tokio::test]
async fn a_broken_item_is_told_with_its_place_and_the_rest_goes_on() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "one", "One"))
        .raw("<item><title>broken</title><wp:post_id>2</wp:post_id><wp:post_type>post</wp:post_type></wrong></item>")
        .item(Item::post(3, "three", "Three").comment(1, 0, "1", "").more(&format!("<wp:comment><wp:comment_id>9</wp:comment_id><wp:comment_content><![CDATA[{}]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>", "x".repeat(70_000))))
        .item(Item::attachment(4, "a.jpg").more("<x/>"));
    let text = export.text();
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.error, None);
    assert_eq!(
        (report.tally.kinds.posts.created, report.tally.problem_count),
        (2, 2)
    );
    let problem = report
        .tally
        .problems
        .iter()
        .find(|problem| problem.kind == "item")
        .unwrap();
    assert_eq!(problem.item_id.as_deref(), Some("2"));
    let line = u64::try_from(
        text.lines()
            .position(|line| line.contains("</wrong>"))
            .unwrap(),
    )
    .unwrap()
        + 1;
    assert_eq!(problem.line, line);
    // A comment that cannot be kept does not take the post with it.
    assert!(
        report
            .tally
            .problems
            .iter()
            .any(|problem| problem.kind == "comment" && problem.item_id.as_deref() == Some("9"))
    );
    assert_eq!(
        (
            report.tally.kinds.comments.created,
            report.tally.kinds.comments.failed
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn a_file_that_breaks_off_keeps_what_was_whole_and_a_rerun_completes_it() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "one", "One"))
        .item(Item::post(2, "two", "Two"));
    let text = export.text();
    let cut = text.find("Text of Two").unwrap();
    let report = import(
        &server,
        &request(&export.write_bytes(&text.as_bytes()[..cut])),
    )
    .await;
    let error = report.error.unwrap();
    assert!(
        error.contains("breaks off") && error.contains("line"),
        "{error}"
    );
    assert_eq!(report.tally.kinds.posts.created, 1);
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.error, None);
    assert_eq!(
        (
            report.tally.kinds.posts.created,
            report.tally.kinds.posts.unchanged
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn a_file_may_break_off_anywhere_and_a_rerun_completes_it() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .author(1, "ada", "Ada Moor")
        .category(10, "news", "", "News")
        .item(Item::page(30, "team", "Team").parent(31))
        .item(Item::page(31, "about", "About"))
        .item(
            Item::post(1, "one", "One")
                .category("category", "news", "News")
                .comment(1, 0, "1", ""),
        )
        .item(Item::attachment(20, "a.jpg").parent(1))
        .item(Item::post(2, "two", "Two").content("<p><a href=\"SITE/2024/03/one/\">one</a></p>"));
    let text = export.text();
    let from = text.find("<wp:author>").unwrap();
    // Each run sees a little more than the one before.
    for cut in (from..text.len() - 20).step_by(400) {
        let mut cut = cut;
        while !text.is_char_boundary(cut) {
            cut += 1;
        }
        let file = export.write_bytes(&text.as_bytes()[..cut]);
        let report = import(&server, &request(&file)).await;
        assert!(report.error.is_some(), "cut at {cut}");
        assert_eq!(report.tally.problems, [], "cut at {cut}");
        assert_eq!(report.tally.conflict_count, 0, "cut at {cut}: {report}");
    }
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(
        (report.error.as_deref(), report.tally.problem_count),
        (None, 0)
    );
    for (table, count) in [
        ("entry", 4),
        ("author", 1),
        ("term", 1),
        ("asset", 1),
        ("comment", 1),
    ] {
        let sql = format!("SELECT count(*) FROM {table}");
        assert_eq!(server.count(&sql).await, count, "{table}");
    }
    assert_eq!(
        super::read::page(&server, "en", "/team").await,
        ("Team".to_owned(), Some("/about".to_owned()))
    );
}

#[tokio::test]
async fn what_is_no_export_is_refused() {
    let server = TestServer::start().await;
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><title>&b;</title></channel></rss>";
    let external = "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><title>&x;</title></channel></rss>";
    let fetched = "<!DOCTYPE rss SYSTEM \"https://example.org/x.dtd\"><rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel></channel></rss>";
    let folder = Export::of(SITE);
    for bytes in [
        "",
        "{}",
        "<html><body>no</body></html>",
        "<rss><channel><title>a feed</title><item><title>x</title></item></channel></rss>",
        bomb,
        external,
        fetched,
    ] {
        let file = folder.write_bytes(bytes.as_bytes());
        let error = wordpress::import(&server.system(), &request(&file), &())
            .await
            .unwrap_err();
        assert_eq!(error.code(), "VALIDATION", "{error}");
    }
    let missing = request(std::path::Path::new("/nowhere/at/all.xml"));
    assert!(
        wordpress::import(&server.system(), &missing, &())
            .await
            .is_err()
    );
    assert_eq!(server.count("SELECT count(*) FROM edition").await, 0);
}
