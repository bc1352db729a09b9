//! Addresses: where old ones lead, and what links within bodies and menus lead to.

use std::fmt::Write as _;

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::TestServer;

const SITE: &str = "https://almanac.example.org";

async fn html(server: &TestServer, code: &str, slug: &str) -> String {
    let article = read::article(server, code, slug).await;
    article["html"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_address_with_a_query_is_not_the_front_page() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::page(30, "home", "Home").link("/"))
        .item(Item::post(1, "one", "One").content("<p><a href=\"SITE/?p=2\">two</a></p>"))
        .item(Item::post(2, "two", "Two"))
        .item(Item::menu_link(40, "main", "Find", &format!("{SITE}/?s=x")))
        .item(Item::menu_link(41, "main", "Two", &format!("{SITE}/?p=2")))
        .item(Item::menu_link(42, "main", "Home", &format!("{SITE}/")));
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.tally.reasons.unresolved_links, 0);
    let one = html(&server, "en", "one").await;
    assert!(one.contains("href=\"/2024/03/two\""), "{one}");
    assert_eq!(
        read::menu(&server, "en", "main").await,
        format!("main: Find {SITE}/?s=x, Two /2024/03/two, Home /")
    );
}

#[tokio::test]
async fn a_file_that_is_not_public_is_not_told_by_its_old_page() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(6, "secret", "Secret").status("private"))
        .item(Item::post(7, "note", "Note").kind("memo").status("private"))
        .item(Item::attachment(20, "plan.jpg").status("private"))
        .item(Item::attachment(21, "memo.jpg").parent(7))
        .item(Item::attachment(22, "photo.jpg").parent(6))
        .item(Item::attachment(23, "open.jpg"));
    import(&server, &request(&export.write())).await;
    for hidden in ["/plan", "/memo", "/photo", "/?attachment_id=20"] {
        assert_eq!(
            read::route(&server, "en", hidden).await,
            "nothing",
            "{hidden}"
        );
    }
    assert_eq!(
        read::route(&server, "en", "/open").await,
        format!("-> {SITE}/wp-content/uploads/open.jpg")
    );
    assert_eq!(
        server
            .count("SELECT count(*) FROM route WHERE url LIKE '%plan%' OR url LIKE '%memo%' OR url LIKE '%photo%'")
            .await,
        0
    );
}

#[tokio::test]
async fn every_link_of_a_long_body_is_resolved() {
    const MANY: u64 = 700;
    let server = TestServer::start().await;
    let mut body = String::new();
    for id in 2..MANY {
        let _ = write!(body, "<p><a href=\"SITE/?p={id}\">{id}</a></p>");
    }
    let mut export = Export::of(SITE).item(Item::post(1, "index", "Index").content(&body));
    for id in 2..MANY {
        export = export.item(Item::post(id, &format!("post-{id}"), "Post"));
    }
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.tally.reasons.unresolved_links, 0);
    let index = html(&server, "en", "index").await;
    assert!(!index.contains("?p="), "{}", index.matches("?p=").count());
}

#[tokio::test]
async fn a_body_that_waits_for_two_sites_gets_both() {
    let server = TestServer::start().await;
    let export = Export::of("https://en.example.org").item(Item::post(1, "one", "One").content(
        "<p><a href=\"https://fa.example.org/2024/03/two/\">2</a> <a href=\"https://ar.example.org/2024/03/three/\">3</a> <a href=\"https://fa.example.org/never/\">4</a> <a href=\"https://ar.example.org/later/\">5</a></p>",
    ));
    import(&server, &request(&export.write())).await;
    let fa = Export::of("https://fa.example.org").language("fa-IR");
    let ar = Export::of("https://ar.example.org").language("ar");
    import(&server, &request(&fa.item(Item::post(1, "x", "X")).write())).await;
    import(&server, &request(&ar.item(Item::post(1, "y", "Y")).write())).await;
    // Both are resolved in one go.
    let again = Export::of("https://fa.example.org")
        .language("fa-IR")
        .item(Item::post(1, "x", "X"))
        .item(Item::post(2, "two", "Two"))
        .item(Item::post(3, "never", "Never").link("/never/"));
    let report = import(&server, &request(&again.write())).await;
    assert_eq!(report.tally.reasons.unresolved_links, 2);
    let again = Export::of("https://ar.example.org")
        .language("ar")
        .item(Item::post(1, "y", "Y"))
        .item(Item::post(2, "three", "Three"))
        .item(Item::post(3, "later", "Later").link("/later/"));
    let report = import(&server, &request(&again.write())).await;
    assert_eq!(report.tally.reasons.unresolved_links, 0);
    let one = html(&server, "en", "one").await;
    for address in [
        "https://fa.example.org/2024/03/two\"",
        "https://ar.example.org/2024/03/three\"",
        "https://fa.example.org/never\"",
        "https://ar.example.org/later\"",
    ] {
        assert!(one.contains(address), "{address}: {one}");
    }
}

/// An export of two languages of Polylang's, the second below a path.
fn polylang() -> Export {
    Export::of(SITE)
        .term(
            1,
            ("language", "en", "English"),
            "a:1:{s:6:\"locale\";s:5:\"en_US\";}",
        )
        .term(
            2,
            ("language", "fa", "فارسی"),
            "a:1:{s:6:\"locale\";s:5:\"fa_IR\";}",
        )
        .item(Item::post(1, "flood", "Flood").category("language", "en", "English"))
        .item(
            Item::post(2, "seyl", "سیل")
                .link("/fa/2024/03/seyl/")
                .category("language", "fa", "فارسی"),
        )
        .item(
            Item::attachment(20, "pic.jpg")
                .link("/fa/pic-2/")
                .parent(2)
                .category("language", "fa", "فارسی"),
        )
}

#[tokio::test]
async fn short_links_of_every_language_stand_at_the_root_of_the_site() {
    let server = TestServer::start().await;
    import(&server, &request(&polylang().write())).await;
    assert_eq!(
        read::route(&server, "en", "/?p=2").await,
        format!("-> {SITE}/fa/2024/03/seyl")
    );
    assert_eq!(
        read::route(&server, "fa", "/?p=2").await,
        "-> /2024/03/seyl"
    );
    assert_eq!(
        read::route(&server, "en", "/?p=1").await,
        "-> /2024/03/flood"
    );
    assert_eq!(read::route(&server, "fa", "/?p=1").await, "nothing");
}

#[tokio::test]
async fn the_page_of_an_attachment_stands_below_its_language() {
    let server = TestServer::start().await;
    import(&server, &request(&polylang().write())).await;
    assert_eq!(
        read::route(&server, "fa", "/pic-2").await,
        "-> /2024/03/seyl"
    );
}

#[tokio::test]
async fn a_link_by_id_means_the_site_it_names() {
    let server = TestServer::start().await;
    let main = Export::of("https://example.org")
        .item(Item::post(93, "ours", "Ours"))
        .item(Item::post(1, "one", "One").content(
            "<p><a href=\"https://example.org/fa/?p=93\">theirs</a> <a href=\"https://example.org/?p=93\">ours</a></p>",
        ));
    let report = import(&server, &request(&main.write())).await;
    assert_eq!(report.tally.reasons.unresolved_links, 1);
    let one = html(&server, "en", "one").await;
    assert!(
        one.contains("href=\"https://example.org/fa/?p=93\""),
        "{one}"
    );
    assert!(one.contains("href=\"/2024/03/ours\""), "{one}");
    let sister = Export::of("https://example.org/fa")
        .language("fa-IR")
        .item(Item::post(93, "theirs", "Theirs"))
        .item(Item::post(2, "back", "Back").content(
            "<p><a href=\"https://example.org/?p=93\">main</a> <a href=\"https://example.org/fa/?p=93\">own</a></p>",
        ));
    import(&server, &request(&sister.write())).await;
    let one = html(&server, "en", "one").await;
    assert!(one.contains("/fa/2024/03/theirs\""), "{one}");
    let back = html(&server, "fa", "back").await;
    assert!(
        back.contains("href=\"https://example.org/2024/03/ours\""),
        "{back}"
    );
    assert!(back.contains("href=\"/2024/03/theirs\""), "{back}");
}

#[tokio::test]
async fn short_links_lead_to_things_of_every_type() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::page(30, "about", "About"))
        .item(Item::post(1, "one", "One"))
        .item(Item::attachment(20, "a.jpg").parent(1));
    import(&server, &request(&export.write())).await;
    for (from, to) in [
        ("/?p=30", "-> /about"),
        ("/?page_id=30", "-> /about"),
        ("/?p=1", "-> /2024/03/one"),
        ("/a", "-> /2024/03/one"),
        ("/?attachment_id=20", "-> /2024/03/one"),
        ("/?p=20", "-> /2024/03/one"),
    ] {
        assert_eq!(read::route(&server, "en", from).await, to, "{from}");
    }
}

#[tokio::test]
async fn the_page_of_an_attachment_of_its_own_leads_to_its_file() {
    let server = TestServer::start().await;
    let links = "<p><a href=\"SITE/map/\">page</a> <a href=\"SITE/plan/\">hidden</a></p>";
    let export = Export::of(SITE)
        .item(Item::attachment(20, "map.jpg"))
        .item(Item::attachment(21, "plan.jpg").status("private"))
        .item(Item::post(1, "one", "One").content(links));
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.tally.reasons.unresolved_links, 1);
    let one = html(&server, "en", "one").await;
    assert!(one.contains("uploads/map.jpg\">page"), "{one}");
    assert!(one.contains("/plan/\">hidden"), "{one}");
    // Another file of the same site knows it from the store.
    let more = Export::of(SITE).item(Item::post(2, "two", "Two").content(links));
    import(&server, &request(&more.write())).await;
    let two = html(&server, "en", "two").await;
    assert!(two.contains("uploads/map.jpg\">page"), "{two}");
}
