//! Lists of links that also name editions: WPML keeps all languages in one export, which does not
//! say them.

use application::transfer::wordpress::WordPressImport;

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::{TestServer, texts};

const SITE: &str = "https://almanac.example.org";

const LIST: &str = "group,source,kind,id,edition
1,https://almanac.example.org,post,1,en
1,https://almanac.example.org,post,2,fa
9,https://almanac.example.org,post,20,en
9,https://almanac.example.org,post,21,fa
5,https://almanac.example.org,post,30,fa_IR
1,https://almanac.example.org,term,10,en
1,https://almanac.example.org,term,11,fa
2,https://almanac.example.org,term,12,en
2,https://almanac.example.org,term,13,fa
";

fn export() -> Export {
    Export::of(SITE)
        .author(1, "ada", "Ada Moor")
        .category(10, "news", "", "News")
        .category(11, "akhbar", "", "اخبار")
        .tag(12, "river", "River")
        .tag(13, "rud", "رود")
        .item(
            Item::post(1, "flood", "Flood")
                .category("category", "news", "News")
                .category("post_tag", "river", "River")
                .meta("_thumbnail_id", "20"),
        )
        .item(
            Item::post(2, "flood", "سیل")
                .link("/fa/2024/03/flood/")
                .category("category", "akhbar", "اخبار")
                .category("post_tag", "rud", "رود")
                .content("<p><a href=\"SITE/2024/03/flood/\">en</a></p>")
                .meta("_thumbnail_id", "21"),
        )
        .item(Item::page(30, "darbare", "درباره").link("/fa/darbare/"))
        .item(Item::attachment(20, "a.jpg").excerpt("High water"))
        .item(Item::attachment(21, "a.jpg").excerpt("آب بالا"))
        .item(
            Item::menu_item(40, "top-fa", "", 1)
                .meta("_menu_item_type", "post_type")
                .meta("_menu_item_object", "post")
                .meta("_menu_item_object_id", "2"),
        )
}

#[tokio::test]
async fn a_list_with_editions_takes_one_file_apart_into_its_languages() {
    let server = TestServer::start().await;
    let export = export();
    let request = WordPressImport {
        links: Some(export.write_named("links.csv", LIST)),
        edition: Some("en".to_owned()),
        ..request(&export.write())
    };
    let dry = WordPressImport {
        dry_run: true,
        ..request.clone()
    };
    let dry = import(&server, &dry).await;
    let report = import(&server, &request).await;
    assert_eq!(report.tally.problems, []);
    assert_eq!(dry.tally, report.tally);
    assert_eq!(report.tally.kinds.editions.created, 2);
    let fa = read::article(&server, "fa", "flood").await;
    let en = read::article(&server, "en", "flood").await;
    assert_eq!(
        (&fa["title"], &en["title"]),
        (&"سیل".into(), &"Flood".into())
    );
    for article in [&fa, &en] {
        assert_eq!(article["translations"].as_array().unwrap().len(), 2);
    }
    assert_eq!(
        (texts(&fa["categories"], "name"), texts(&fa["tags"], "name")),
        (vec!["اخبار"], vec!["رود"])
    );
    assert_eq!(
        (texts(&en["categories"], "name"), texts(&en["tags"], "name")),
        (vec!["News"], vec!["River"])
    );
    assert_eq!(
        (&fa["hero"]["caption"], &en["hero"]["caption"]),
        (&"آب بالا".into(), &"High water".into())
    );
    assert_eq!(server.count("SELECT count(*) FROM term").await, 2);
    assert_eq!(server.count("SELECT count(*) FROM asset").await, 1);
    assert_eq!(fa["path"], "/fa/2024/03/flood");
    assert_eq!(read::page(&server, "fa", "darbare").await.0, "درباره");
    assert!(read::menu(&server, "fa", "top-fa").await.contains("سیل"));

    let again = import(&server, &request).await;
    assert_eq!(again.tally.problems, []);
    assert_eq!(again.tally.conflict_count, 0, "{again}");
    let kinds = &again.tally.kinds;
    assert_eq!(
        (
            kinds.posts.unchanged,
            kinds.categories.unchanged,
            kinds.tags.unchanged,
            kinds.attachments.unchanged
        ),
        (2, 2, 2, 2),
        "{again}"
    );
}

#[tokio::test]
async fn an_edition_that_is_named_too_late_is_told() {
    let server = TestServer::start().await;
    let export = export();
    import(&server, &request(&export.write())).await;
    let request = WordPressImport {
        links: Some(export.write_named("links.csv", LIST)),
        ..request(&export.write())
    };
    let report = import(&server, &request).await;
    // Those that are of the edition they were put into are fine.
    let lines: Vec<u64> = report
        .tally
        .problems
        .iter()
        .filter(|problem| problem.reason.contains("before the list named its edition"))
        .map(|problem| problem.line)
        .collect();
    assert_eq!(lines, [3, 5, 6, 8, 10], "{report}");
    assert_eq!(server.count("SELECT count(*) FROM edition").await, 1);
}

#[tokio::test]
async fn a_line_whose_edition_cannot_be_read_is_told_by_its_number() {
    let server = TestServer::start().await;
    let export = export();
    let list = "1,example.org,post,1,english?\n1,example.org,author,1,en\n1,example.org,post,2,\n";
    let request = WordPressImport {
        links: Some(export.write_named("links.csv", list)),
        ..request(&export.write())
    };
    let report = import(&server, &request).await;
    let lines: Vec<u64> = report
        .tally
        .problems
        .iter()
        .map(|problem| problem.line)
        .collect();
    assert_eq!(lines, [1, 2]);
}

#[tokio::test]
async fn of_two_records_of_one_edition_in_a_group_the_first_is_heard() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .category(10, "news", "", "News")
        .category(11, "reports", "", "Reports")
        .item(Item::post(1, "one", "One").category("category", "news", "News"))
        .item(Item::post(2, "two", "Two").category("category", "reports", "Reports"));
    let list = "1,almanac.example.org,term,10\n1,almanac.example.org,term,11\n";
    let request = WordPressImport {
        links: Some(export.write_named("links.csv", list)),
        ..request(&export.write())
    };
    import(&server, &request).await;
    for slug in ["one", "two"] {
        let article = read::article(&server, "en", slug).await;
        assert_eq!(texts(&article["categories"], "name"), ["News"], "{slug}");
    }
    let again = import(&server, &request).await;
    assert_eq!(again.tally.kinds.categories.unchanged, 2, "{again}");
}
