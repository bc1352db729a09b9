//! What bodies keep of galleries, footnotes and places within themselves.

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::TestServer;

const SITE: &str = "https://almanac.example.org";

async fn html(server: &TestServer, slug: &str) -> String {
    let article = read::article(server, "en", slug).await;
    article["html"].as_str().unwrap().to_owned()
}

fn picture(id: u64, name: &str) -> Item {
    Item::attachment(id, &format!("{name}.jpg"))
        .excerpt(&format!("Caption & {name}"))
        .meta("_wp_attachment_image_alt", &format!("Alt \"{name}\""))
}

#[tokio::test]
async fn galleries_say_what_their_pictures_say() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "listed", "Listed").content("[gallery ids=\"20,21\"]"))
        .item(Item::post(2, "attached", "Attached").content("[gallery]"))
        .item(picture(20, "river"))
        .item(Item::attachment(21, "plain.jpg"))
        .item(picture(22, "hill").parent(2));
    import(&server, &request(&export.write())).await;
    for (slug, name) in [("listed", "river"), ("attached", "hill")] {
        let html = html(&server, slug).await;
        assert!(
            html.contains(&format!("alt=\"Alt &quot;{name}&quot;\"")),
            "{html}"
        );
        assert!(
            html.contains(&format!("Caption &amp; {name}</figcaption>")),
            "{html}"
        );
    }
    assert_eq!(
        read::article(&server, "en", "listed").await["gallery"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_gallery_whose_pictures_come_later_says_it_too() {
    let server = TestServer::start().await;
    let post = || Item::post(1, "listed", "Listed").content("[gallery ids=\"20,21\"]");
    let export = Export::of(SITE).item(post());
    import(&server, &request(&export.write())).await;
    let export = Export::of(SITE)
        .item(post())
        .item(picture(20, "river"))
        .item(Item::attachment(21, "plain.jpg"));
    import(&server, &request(&export.write())).await;
    let html = html(&server, "listed").await;
    assert!(html.contains("alt=\"Alt &quot;river&quot;\""), "{html}");
    assert!(html.contains("Caption &amp; river</figcaption>"), "{html}");
}

#[tokio::test]
async fn footnotes_stand_where_the_block_stood() {
    let server = TestServer::start().await;
    let export = Export::of(SITE).item(
        Item::post(1, "notes", "Notes")
            .content("<!-- wp:paragraph --><p>Text<sup data-fn=\"aa-1\" class=\"fn\"><a href=\"#aa-1\" id=\"aa-1-link\">1</a></sup>.</p><!-- /wp:paragraph --><!-- wp:footnotes /-->")
            .meta("footnotes", "[{\"content\":\"See <a href=\\\"SITE/2024/03/two/\\\">two</a>.\",\"id\":\"aa-1\"}]"),
    ).item(Item::post(2, "two", "Two"))
    .item(Item::post(3, "none", "None").content("<!-- wp:paragraph --><p>Text.</p><!-- /wp:paragraph --><!-- wp:footnotes /-->"));
    let report = import(&server, &request(&export.write())).await;
    let html = html(&server, "notes").await;
    assert!(html.contains("<ol"), "{html}");
    assert!(
        html.contains("See <a href=\"/2024/03/two\">two</a>."),
        "{html}"
    );
    assert_eq!(report.tally.reasons.unsupported_blocks["core/footnotes"], 1);
}

#[tokio::test]
async fn a_link_within_a_body_leads_somewhere_or_is_none() {
    let server = TestServer::start().await;
    let export = Export::of(SITE).item(Item::post(1, "places", "Places").content(
        "<h2 id=\"sec\">Section</h2>\n\n<p>See <a href=\"#sec\">above</a> and the note<a href=\"#_ftn1\" name=\"_ftnref1\">[1]</a>.</p>\n\n<p><a href=\"#_ftnref1\" name=\"_ftn1\">[1]</a> Said there.</p>",
    ));
    import(&server, &request(&export.write())).await;
    let html = html(&server, "places").await;
    assert!(
        html.contains("<a href=\"#sec\">above</a> and the note[1]."),
        "{html}"
    );
    assert!(!html.contains("_ftn"), "{html}");
}

#[tokio::test]
async fn what_stands_before_read_more_is_an_excerpt_of_words() {
    let server = TestServer::start().await;
    let export = Export::of(SITE).item(Item::post(1, "film", "Film").content(
        "Lead &amp; words.\n\n[embed]https://www.youtube.com/watch?v=abc[/embed]\n\n<!--more-->\n\nRest.",
    ));
    import(&server, &request(&export.write())).await;
    let film = read::article(&server, "en", "film").await;
    assert_eq!(film["excerpt"], "Lead & words.");
}

/// An attachment whose file stands anywhere.
fn remote(id: u64, name: &str, url: &str) -> Item {
    Item::post(id, name, name)
        .kind("attachment")
        .status("inherit")
        .more(&format!("<wp:attachment_url>{url}</wp:attachment_url>"))
}

#[tokio::test]
async fn pictures_of_wordpress_com_become_assets() {
    let server = TestServer::start().await;
    let file = "https://almanac.files.wordpress.com/2008/06";
    let picture = |id: u64, name: &str| remote(id, name, &format!("{file}/{name}"));
    let body = format!(
        "<p><img src=\"{file}/river.jpg?w=150\"><img src=\"{file}/mill-300x200.jpg\"><img src=\"https://other.files.wordpress.com/2008/06/river.jpg\"></p>"
    );
    for site in [
        "https://almanac.wordpress.com",
        "https://almanac.example.org",
    ] {
        let folder = Export::of(site)
            .item(picture(20, "river.jpg"))
            .item(picture(21, "mill.jpg"))
            .item(Item::post(1, "one", "One").content(&body));
        import(&server, &request(&folder.write())).await;
    }
    let sql = "SELECT count(*) FROM entry_body WHERE source LIKE '%asset:%asset:%' AND source NOT LIKE '%asset:%asset:%asset:%'";
    assert_eq!(server.count(sql).await, 2);
}

#[tokio::test]
async fn a_picture_of_wordpress_com_in_a_later_file_is_waited_for() {
    let server = TestServer::start().await;
    let site = "https://almanac.wordpress.com";
    let file = "https://almanac.files.wordpress.com/2008/06/river.jpg";
    let body = format!("<p><img src=\"{file}\"></p>");
    let first = Export::of(site).item(Item::post(1, "one", "One").content(&body));
    let report = import(&server, &request(&first.write())).await;
    assert_eq!(report.tally.reasons.unresolved_links, 1);
    let second = Export::of(site).item(remote(20, "river.jpg", file));
    let report = import(&server, &request(&second.write())).await;
    assert_eq!(report.tally.reasons.unresolved_links, 0);
    let sql = "SELECT count(*) FROM entry_body WHERE source LIKE '%asset:%'";
    assert_eq!(server.count(sql).await, 1);
}
