//! Menus: what leads nowhere safe, and what a file that is not whole does to them.

use application::{ActorContext, menus};
use domain::menus::{MenuDraft, MenuItemDraft, MenuTarget};

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::TestServer;

const SITE: &str = "https://almanac.example.org";

fn export() -> Export {
    Export::of(SITE)
        .item(Item::post(1, "one", "One"))
        .item(Item::menu_link(40, "main", "A", "https://a.example/"))
        .item(Item::menu_link(41, "main", "B", "https://b.example/"))
        .item(Item::menu_link(42, "main", "C", "https://c.example/"))
}

const WHOLE: &str = "main: A https://a.example/, B https://b.example/, C https://c.example/";

#[tokio::test]
async fn a_file_that_breaks_off_takes_nothing_from_a_menu() {
    let server = TestServer::start().await;
    let export = export();
    let text = export.text();
    import(&server, &request(&export.write())).await;
    let cut = text.find("https://c.example/").unwrap();
    let file = export.write_bytes(&text.as_bytes()[..cut]);
    let report = import(&server, &request(&file)).await;
    assert!(report.error.is_some());
    assert_eq!(report.tally.kinds.menus.skipped, 1, "{report}");
    assert_eq!(read::menu(&server, "en", "main").await, WHOLE);
    let broken = text.replace(
        "https://b.example/]]></wp:meta_value>",
        "https://b.example/]]></x>",
    );
    let file = export.write_bytes(broken.as_bytes());
    let report = import(&server, &request(&file)).await;
    assert_eq!((report.error, report.tally.problem_count), (None, 1));
    assert_eq!(read::menu(&server, "en", "main").await, WHOLE);
}

#[tokio::test]
async fn the_whole_file_completes_a_menu_that_was_cut() {
    let server = TestServer::start().await;
    let export = export();
    let text = export.text();
    let cut = text.find("https://c.example/").unwrap();
    import(
        &server,
        &request(&export.write_bytes(&text.as_bytes()[..cut])),
    )
    .await;
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.tally.kinds.menus.updated, 1, "{report}");
    assert_eq!(read::menu(&server, "en", "main").await, WHOLE);
}

#[tokio::test]
async fn an_address_that_runs_a_script_becomes_a_heading() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "one", "One"))
        .item(Item::menu_link(40, "main", "Bad", "javascript:alert(1)"))
        .item(Item::menu_link(
            41,
            "main",
            "Mail",
            "mailto:desk@example.org",
        ))
        .item(Item::menu_link(42, "main", "Part", "#part"));
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(
        read::menu(&server, "en", "main").await,
        "main: Bad #, Mail mailto:desk@example.org, Part #part"
    );
    assert!(
        report.tally.notes.iter().any(|note| note.item_id == "40"),
        "{report}"
    );
}

async fn create(cx: &ActorContext, url: &str) -> domain::Result<domain::id::MenuId> {
    let item = |url: &str, children| MenuItemDraft {
        label: "Item".to_owned(),
        target: MenuTarget::Url(url.to_owned()),
        hint: None,
        opens_new_window: false,
        children,
    };
    let draft = MenuDraft {
        edition: read::edition(cx, "en").await.id,
        location: url.to_owned(),
        name: "Menu".to_owned(),
        items: vec![item("/", vec![item(url, Vec::new())])],
    };
    menus::create(cx, draft).await
}

#[tokio::test]
async fn no_menu_holds_an_address_that_runs_a_script() {
    let server = TestServer::start().await;
    server.small_site().await;
    let cx = server.system();
    for safe in ["/a?b#c", "#", "https://example.org", "tel:+1"] {
        assert!(create(&cx, safe).await.is_ok(), "{safe}");
    }
    for unsafe_one in [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:x",
        "data:text/html,x",
    ] {
        let error = create(&cx, unsafe_one).await.unwrap_err().to_string();
        assert!(error.contains("url"), "{error}");
    }
}
