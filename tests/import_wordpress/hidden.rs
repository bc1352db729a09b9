//! What was not public stays untold: links to it say no more than they did.

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::TestServer;

const SITE: &str = "https://almanac.example.org";
/// Links by id and by path to what the tests hide.
const LINKS: &str = "<p><a href=\"SITE/?p=2\">a</a> <a href=\"/?p=3\">b</a> <a href=\"SITE/?p=4\">c</a> <a href=\"SITE/2024/03/hidden-plan/\">d</a> <a href=\"SITE/?attachment_id=20\">e</a></p>";

async fn html(server: &TestServer, slug: &str) -> String {
    let article = read::article(server, "en", slug).await;
    article["html"].as_str().unwrap().to_owned()
}

/// The same links before and after what they lead to.
fn export(statuses: [&str; 3]) -> Export {
    let [private, draft, trash] = statuses;
    Export::of(SITE)
        .item(Item::attachment(20, "2024/map.jpg").parent(2))
        .item(Item::post(1, "early", "Early").content(LINKS))
        .item(Item::post(2, "hidden-plan", "Hidden plan").status(private))
        .item(Item::post(3, "hidden-draft", "Hidden draft").status(draft))
        .item(Item::post(4, "hidden-waste", "Hidden waste").status(trash))
        .item(Item::post(5, "late", "Late").content(LINKS))
}

#[tokio::test]
async fn links_by_id_do_not_tell_what_is_not_public_until_it_is() {
    let server = TestServer::start().await;
    let report = import(
        &server,
        &request(&export(["private", "draft", "trash"]).write()),
    )
    .await;
    assert_eq!(report.tally.reasons.unresolved_links, 10);
    for slug in ["early", "late"] {
        let html = html(&server, slug).await;
        for kept in [
            "?p=2",
            "?p=3",
            "?p=4",
            "/2024/03/hidden-plan/",
            "?attachment_id=20",
        ] {
            assert!(html.contains(&format!("href=\"{SITE}/")), "{html}");
            assert!(html.contains(&format!("{kept}\"")), "{kept}: {html}");
        }
        for told in ["hidden-draft", "hidden-waste", "map.jpg"] {
            assert!(!html.contains(told), "{told}: {html}");
        }
    }
    let assets = server.get_json("/api/v1/assets").await;
    assert_eq!(assets["data"], serde_json::json!([]));
    let report = import(
        &server,
        &request(&export(["publish", "publish", "draft"]).write()),
    )
    .await;
    assert_eq!(report.tally.reasons.unresolved_links, 2);
    for slug in ["early", "late"] {
        let html = html(&server, slug).await;
        for found in [
            "\"/2024/03/hidden-plan\">a<",
            "\"/2024/03/hidden-draft\">b<",
            "?p=4\">c<",
            "\"/2024/03/hidden-plan\">d<",
            "map.jpg\">e<",
        ] {
            assert!(html.contains(found), "{found}: {html}");
        }
    }
}

#[tokio::test]
async fn a_link_from_another_site_does_not_tell_what_is_not_public() {
    let server = TestServer::start().await;
    let other = Export::of("https://fa.example.org")
        .language("fa-IR")
        .item(Item::post(1, "one", "One").content(
            "<p><a href=\"https://en.example.org/?p=2\">a</a> <a href=\"https://en.example.org/?attachment_id=20\">b</a></p>",
        ));
    import(&server, &request(&other.write())).await;
    let main = |status| {
        Export::of("https://en.example.org")
            .item(Item::attachment(20, "map.jpg").parent(2))
            .item(Item::post(2, "hidden", "Hidden").status(status))
    };
    let report = import(&server, &request(&main("private").write())).await;
    assert_eq!(report.tally.reasons.unresolved_links, 2);
    let one = async |server: &TestServer| {
        let article = read::article(server, "fa", "one").await;
        article["html"].as_str().unwrap().to_owned()
    };
    let html = one(&server).await;
    assert!(
        html.contains("/?p=2\"") && html.contains("/?attachment_id=20\""),
        "{html}"
    );
    import(&server, &request(&main("publish").write())).await;
    let html = one(&server).await;
    assert!(
        html.contains("/2024/03/hidden\"") && html.contains("map.jpg\""),
        "{html}"
    );
}

#[tokio::test]
async fn a_picture_that_stands_in_a_public_body_is_shown_and_a_link_to_its_file_stays() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::attachment(20, "map.jpg").parent(2))
        .item(Item::attachment(21, "sea.jpg").parent(2))
        .item(Item::post(1, "one", "One").content(
            "<p><img src=\"SITE/wp-content/uploads/map-300x200.jpg\"><a href=\"SITE/wp-content/uploads/sea.jpg\">sea</a></p>",
        ))
        .item(Item::post(2, "hidden", "Hidden").status("private"));
    import(&server, &request(&export.write())).await;
    let html = html(&server, "one").await;
    assert!(
        html.contains("src=\"https://almanac.example.org/wp-content/uploads/map.jpg\""),
        "{html}"
    );
    let assets = server.get_json("/api/v1/assets").await;
    let names: Vec<_> = assets["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["fileName"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["map.jpg"]);
}
