//! What the things in an export become.

use application::transfer::wordpress::WordPressImport;
use domain::content::ContentKind;

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::{TestServer, texts};

const SITE: &str = "https://almanac.example.org";

/// A small publication with a bit of everything.
fn publication() -> Export {
    Export::of(SITE)
        .author(1, "ada", "Ada Moor")
        .author(2, "ben@example.org", "Ben Hale")
        .category(11, "local", "news", "Local &amp; near")
        .category(10, "news", "", "News")
        .tag(12, "river", "River")
        .term(13, ("season", "spring", "Spring"), "")
        .term(14, ("nav_menu", "main", "Main menu"), "")
        .item(Item::page(31, "team", "The team").link("/about/team/").parent(30))
        .item(Item::page(30, "about", "About us").order(2))
        .item(
            Item::post(1, "flood", "The <em>flood</em> &amp; after")
                .content("First line.\n\nSecond line with <a href=\"SITE/2024/03/thaw/#ice\">the thaw</a> and <a href=\"/?p=3\">more</a>.\n\n<img class=\"wp-image-21\" src=\"SITE/wp-content/uploads/2024/03/river-300x200.jpg\" alt=\"River\">")
                .excerpt("It <b>rose</b>.")
                .category("category", "local", "Local")
                .category("category", "news", "News")
                .category("post_tag", "river", "River")
                .category("season", "spring", "Spring")
                .category("post_format", "post-format-gallery", "Gallery")
                .meta("_thumbnail_id", "21")
                .meta("_yoast_wpseo_title", "Flood %%sep%% %%sitename%%")
                .meta("_yoast_wpseo_primary_category", "10")
                .meta("mood", "calm")
                .comment(1, 0, "1", "")
                .comment(2, 1, "1", "comment")
                .comment(3, 2, "0", "")
                .comment(4, 0, "spam", "")
                .comment(5, 0, "1", "pingback")
                .sticky(),
        )
        .item(Item::post(2, "gallery", "Pictures").content("<p>See:</p>\n\n[gallery]\n\n[unknown_thing x=1]"))
        .item(Item::attachment(21, "2024/03/river.jpg").parent(1).excerpt("High water").meta("_wp_attachment_image_alt", "The river").meta("_wp_attachment_metadata", "a:3:{s:5:\"width\";i:900;s:6:\"height\";i:600;s:8:\"filesize\";i:1234;}"))
        .item(Item::attachment(22, "2024/03/two.png").parent(2).order(2))
        .item(Item::attachment(23, "2024/03/one.png").parent(2).order(1))
        .item(Item::post(3, "thaw", "The thaw").content("<p>Back to <a href=\"SITE/2024/03/flood/\">the flood</a>, <a href=\"https://elsewhere.example/x\">elsewhere</a>.</p>"))
        .item(Item::menu_item(42, "main", "Team", 2).meta("_menu_item_type", "post_type").meta("_menu_item_object", "page").meta("_menu_item_object_id", "31").meta("_menu_item_menu_item_parent", "41"))
        .item(Item::menu_item(41, "main", "About", 1).meta("_menu_item_type", "post_type").meta("_menu_item_object", "page").meta("_menu_item_object_id", "30"))
        .item(Item::menu_item(43, "main", "", 3).meta("_menu_item_type", "taxonomy").meta("_menu_item_object", "category").meta("_menu_item_object_id", "10"))
        .item(Item::menu_item(44, "main", "Lost", 4).meta("_menu_item_type", "post_type").meta("_menu_item_object", "page").meta("_menu_item_object_id", "999"))
        .item(Item::post(50, "dune", "Dune").kind("book"))
        .item(Item::post(51, "auto", "Auto").status("auto-draft"))
}

#[tokio::test]
async fn an_export_becomes_a_publication() {
    let server = TestServer::start().await;
    let export = publication();
    let report = import(&server, &request(&export.write())).await;
    let kinds = report.tally.kinds;
    assert_eq!(report.tally.problems, []);
    assert_eq!(
        (report.source.as_str(), report.edition.as_str()),
        ("almanac.example.org", "en")
    );
    assert_eq!((kinds.editions.created, kinds.authors.created), (1, 2));
    assert_eq!(
        (
            kinds.categories.created,
            kinds.tags.created,
            kinds.taxonomies.created
        ),
        (2, 1, 1)
    );
    assert_eq!(
        (
            kinds.posts.created,
            kinds.pages.created,
            kinds.attachments.created
        ),
        (3, 2, 3)
    );
    assert_eq!(
        (
            kinds.comments.created,
            kinds.comments.skipped,
            kinds.menus.created
        ),
        (3, 2, 1)
    );
    assert_eq!((kinds.other.skipped, kinds.posts.skipped), (1, 1));
    let reasons = &report.tally.reasons;
    assert_eq!(reasons.skipped_types["book"], 1);
    assert_eq!(
        (
            reasons.skipped_comments["spam"],
            reasons.skipped_comments["pingback"]
        ),
        (1, 1)
    );
    assert_eq!(reasons.unknown_shortcodes["unknown_thing"], 1);
    assert_eq!((reasons.unresolved_links, reasons.lost_menu_items), (0, 1));

    let flood = read::article(&server, "en", "/2024/03/flood").await;
    assert_eq!(flood["title"], "The flood & after");
    assert_eq!(flood["excerpt"], "It rose.");
    assert_eq!(flood["isFeatured"], true);
    assert_eq!(flood["publishedAt"], "2024-03-05T10:00:00Z");
    assert_eq!(flood["guid"], "https://almanac.example.org/?p=1");
    assert_eq!(flood["postFormat"], "gallery");
    assert_eq!(flood["seoTitle"], "Flood - The Almanac");
    assert_eq!(
        texts(&flood["categories"], "name"),
        ["News", "Local & near"]
    );
    assert_eq!(texts(&flood["categories"], "path"), ["news", "news/local"]);
    assert_eq!(flood["primary"], true);
    assert_eq!(texts(&flood["tags"], "namespace"), ["", "season"]);
    assert_eq!(flood["byline"][0], "Ada Moor");
    assert_eq!(
        flood["hero"]["url"],
        "https://almanac.example.org/wp-content/uploads/2024/03/river.jpg"
    );
    assert_eq!(
        (&flood["hero"]["width"], &flood["hero"]["alt"]),
        (&900.into(), &"The river".into())
    );
    assert_eq!(flood["hero"]["caption"], "High water");
    assert_eq!(flood["commentCount"], 2);
    assert_eq!(texts(&flood["comments"], "name"), ["Reader 1", "Reader 2"]);
    assert_eq!(flood["comments"][0]["replies"], 1);
    let html = flood["html"].as_str().unwrap();
    assert!(html.contains("<p>First line.</p>"), "{html}");
    assert!(html.contains("href=\"/2024/03/thaw#ice\""), "{html}");
    assert!(html.contains("href=\"/2024/03/thaw\""), "{html}");
    assert!(
        html.contains("src=\"https://almanac.example.org/wp-content/uploads/2024/03/river.jpg\""),
        "{html}"
    );
    assert_eq!(
        server
            .count("SELECT count(*) FROM entry WHERE private_data LIKE '%\"mood\":\"calm\"%'")
            .await,
        1
    );
    assert_eq!(
        server
            .count("SELECT count(*) FROM author_text WHERE slug LIKE '%@%' OR name LIKE '%@%'")
            .await,
        0
    );
}

#[tokio::test]
async fn galleries_menus_and_pages_are_put_together() {
    let server = TestServer::start().await;
    import(&server, &request(&publication().write())).await;
    let gallery = read::article(&server, "en", "gallery").await;
    assert_eq!(gallery["gallery"].as_array().unwrap().len(), 2);
    let first = server.rows("SELECT file_name FROM asset a JOIN entry_asset x ON x.asset_id = a.id JOIN entry e ON e.id = x.entry_id WHERE e.slug = 'gallery' ORDER BY x.position").await;
    let files: Vec<String> = first
        .iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect();
    assert_eq!(files, ["one.png", "two.png"]);
    assert!(
        gallery["html"]
            .as_str()
            .unwrap()
            .contains("[unknown_thing x=1]")
    );
    assert_eq!(
        read::page(&server, "en", "/about/team").await,
        ("The team".to_owned(), Some("/about".to_owned()))
    );
    assert_eq!(
        read::menu(&server, "en", "main").await,
        "Main menu: About /about (Team /about/team), News /category/news"
    );
}

#[tokio::test]
async fn old_addresses_lead_to_new_ones() {
    let server = TestServer::start().await;
    import(&server, &request(&publication().write())).await;
    for (from, to) in [
        ("/2024/03/flood/", "/2024/03/flood"),
        ("/?p=1", "-> /2024/03/flood"),
        ("/?page_id=30", "-> /about"),
        // The page of an attachment leads to what it is attached to.
        ("/river", "-> /2024/03/flood"),
    ] {
        assert_eq!(read::route(&server, "en", from).await, to, "{from}");
    }
}

#[tokio::test]
async fn every_status_has_its_place() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "out", "Out"))
        .item(
            Item::post(2, "draft", "Draft")
                .status("draft")
                .link("/?p=2"),
        )
        .item(
            Item::post(3, "pending", "Pending")
                .status("pending")
                .link("/?p=3"),
        )
        .item(
            Item::post(4, "soon", "Soon")
                .status("future")
                .date("2031-01-01 00:00:00"),
        )
        .item(
            Item::post(5, "late", "Late")
                .status("future")
                .date("2025-01-01 00:00:00"),
        )
        .item(Item::post(6, "secret", "Secret").status("private"))
        .item(Item::post(7, "locked", "Locked").password("hush"))
        .item(Item::post(8, "gone__trashed", "Gone").status("trash"))
        .item(Item::post(9, "odd", "Odd").status("embargo"))
        .item(Item::attachment(20, "a.jpg").parent(6))
        .item(Item::attachment(21, "b.jpg").parent(1));
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.tally.kinds.posts.created, 9);
    let notes: Vec<&str> = report
        .tally
        .notes
        .iter()
        .map(|note| note.item_id.as_str())
        .collect();
    assert_eq!(notes, ["6", "7", "9"]);
    let mut found: Vec<(String, String)> = Vec::new();
    for row in server
        .rows("SELECT slug, status FROM entry ORDER BY slug")
        .await
    {
        found.push((
            row.try_get_by_index(0).unwrap(),
            row.try_get_by_index(1).unwrap(),
        ));
    }
    let expected = [
        ("draft", "draft"),
        ("gone", "trashed"),
        ("late", "published"),
        ("locked", "draft"),
        ("odd", "draft"),
        ("out", "published"),
        ("pending", "in_review"),
        ("secret", "draft"),
        ("soon", "scheduled"),
    ];
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(slug, status)| (slug.as_str(), status.as_str()))
        .collect();
    assert_eq!(found, expected);
    // What is attached to a private post is private; the password is nowhere.
    assert_eq!(
        server
            .count("SELECT count(*) FROM asset WHERE is_public")
            .await,
        1
    );
    assert_eq!(
        server
            .count("SELECT count(*) FROM entry WHERE private_data LIKE '%hush%'")
            .await,
        0
    );
}

#[tokio::test]
async fn custom_types_become_what_they_are_mapped_to() {
    let server = TestServer::start().await;
    let export = Export::of(SITE).item(
        Item::post(50, "dune", "Dune")
            .kind("book")
            .link("/books/dune/"),
    );
    let map = WordPressImport {
        map_types: vec![("book".to_owned(), ContentKind::Page)],
        ..request(&export.write())
    };
    let report = import(&server, &map).await;
    assert_eq!(
        (
            report.tally.kinds.pages.created,
            report.tally.kinds.other.skipped
        ),
        (1, 0)
    );
    assert_eq!(read::page(&server, "en", "/books/dune").await.0, "Dune");
}
