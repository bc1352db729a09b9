//! What the faces show of what was imported.

use std::collections::BTreeMap;

use application::transfer::wordpress::WordPressImport;
use domain::content::ContentKind;
use serde_json::Value;

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::TestServer;

const SITE: &str = "https://almanac.example.org";

#[tokio::test]
async fn feeds_keep_the_guids_of_wordpress() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "one", "One"))
        .item(Item::post(7, "seven", "Seven").link("/2024/04/seven/"));
    import(&server, &request(&export.write())).await;
    let rss = server.get_text("/feeds/en/rss.xml").await;
    let atom = server.get_text("/feeds/en/atom.xml").await;
    let json = server.get_text("/feeds/en/feed.json").await;
    for guid in [
        "https://almanac.example.org/?p=1",
        "https://almanac.example.org/?p=7",
    ] {
        assert!(
            rss.contains(&format!("<guid isPermaLink=\"false\">{guid}</guid>")),
            "{rss}"
        );
        assert!(atom.contains(&format!("<id>{guid}</id>")), "{atom}");
        assert!(json.contains(&format!("\"id\":\"{guid}\"")), "{json}");
    }
    assert!(
        rss.contains("<link>https://almanac.example.org/2024/04/seven</link>"),
        "{rss}"
    );
}

#[tokio::test]
async fn two_items_with_one_guid_have_two_ids_in_feeds() {
    const GUID: &str = "https://almanac.example.org/?p=1";
    let server = TestServer::start().await;
    let twin = |text: &str| {
        Item::post(2, "two", "Two")
            .content(text)
            .more(&format!("<guid>{GUID}</guid>"))
    };
    let export = |text: &str| {
        Export::of(SITE)
            .item(Item::post(1, "one", "One"))
            .item(twin(text))
            .item(Item::post(3, "three", "Three"))
    };
    let first = export("<p>Before.</p>");
    let report = import(&server, &request(&first.write())).await;
    assert_eq!(report.tally.reasons.collisions["guid"], 1, "{report}");
    assert_eq!(report.tally.notes[0].item_id, "2");
    let own_id = async || {
        let feed = server.get_json("/feeds/en/feed.json").await;
        let ids: BTreeMap<String, String> = feed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| {
                let text = |name: &str| item[name].as_str().unwrap().to_owned();
                (text("title"), text("id"))
            })
            .collect();
        assert_eq!(ids["One"], GUID);
        assert_eq!(ids["Three"], "https://almanac.example.org/?p=3");
        ids["Two"].clone()
    };
    let two = own_id().await;
    assert!(two.starts_with("article_"), "{two}");

    let again = import(&server, &request(&first.write())).await;
    assert_eq!(again.tally.kinds.posts.unchanged, 3);
    let changed = import(&server, &request(&export("<p>After.</p>").write())).await;
    assert_eq!(changed.tally.kinds.posts.updated, 1);
    assert_eq!(changed.tally.reasons.collisions["guid"], 1);
    let mut everything = request(&first.write());
    everything.overwrite = true;
    import(&server, &everything).await;
    assert_eq!(own_id().await, two);
}

#[tokio::test]
async fn a_guid_of_another_site_is_not_given_twice() {
    let server = TestServer::start().await;
    for (site, slug) in [
        ("https://old.example.org", "old"),
        ("https://new.example.org", "new"),
    ] {
        // Sites that were put up on the same machine have guids of that machine.
        let item = Item::post(1, slug, slug).more("<guid>http://localhost/?p=1</guid>");
        import(&server, &request(&Export::of(site).item(item).write())).await;
    }
    let feed = server.get_json("/feeds/en/feed.json").await;
    let ids: BTreeMap<&str, &str> = feed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["title"].as_str().unwrap(),
                item["id"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(ids["old"], "http://localhost/?p=1");
    assert!(ids["new"].starts_with("article_"), "{ids:?}");
}

#[tokio::test]
async fn a_guid_that_is_too_long_is_not_kept() {
    let server = TestServer::start().await;
    let long = format!(
        "<guid>https://almanac.example.org/?{}</guid>",
        "p".repeat(1_024)
    );
    let export = Export::of(SITE).item(Item::post(1, "one", "One").more(&long));
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.tally.kinds.posts.created, 1, "{report}");
    assert!(report.tally.notes[0].text.contains("guid"), "{report}");
    let feed = server.get_json("/feeds/en/feed.json").await;
    let id = feed["items"][0]["id"].as_str().unwrap();
    assert!(id.starts_with("article_"), "{id}");
}

#[tokio::test]
async fn both_plugins_for_search_engines_are_read() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(
            Item::post(1, "yoast", "Yoast")
                .meta("_yoast_wpseo_title", "%%title%% | %%sitename%%")
                .meta("_yoast_wpseo_metadesc", "About it")
                .meta("_yoast_wpseo_canonical", "https://elsewhere.example/a")
                .meta("_yoast_wpseo_meta-robots-noindex", "1"),
        )
        .item(
            Item::post(2, "rank", "Rank")
                .meta("rank_math_title", "%title% %sep% %sitename%")
                .meta("rank_math_description", "About that")
                .meta("rank_math_canonical_url", "https://elsewhere.example/b")
                .meta("rank_math_robots", "a:1:{i:0;s:7:\"noindex\";}"),
        );
    import(&server, &request(&export.write())).await;
    let data = server
        .graphql("{ articles(first: 10, orderBy: { field: TITLE }) { nodes { title seo { title description canonicalUrl noindex } } } }")
        .await;
    let nodes = data["articles"]["nodes"].as_array().unwrap();
    let seo: Vec<&Value> = nodes.iter().map(|node| &node["seo"]).collect();
    for (seo, title, description, canonical) in [
        (
            seo[0],
            "Rank - The Almanac",
            "About that",
            "https://elsewhere.example/b",
        ),
        (
            seo[1],
            "Yoast | The Almanac",
            "About it",
            "https://elsewhere.example/a",
        ),
    ] {
        assert_eq!(seo["title"], title);
        assert_eq!(seo["description"], description);
        assert_eq!(seo["canonicalUrl"], canonical);
        assert_eq!(seo["noindex"], true);
    }
}

#[tokio::test]
async fn classic_and_block_content_become_typed_blocks() {
    let server = TestServer::start().await;
    let classic = "First.\n\nSecond.\n\n[caption id=\"attachment_20\" width=\"300\"]<img class=\"wp-image-20\" src=\"SITE/wp-content/uploads/a.jpg\" alt=\"A\"> By the river[/caption]\n\n[gallery ids=\"20,21\"]\n\n[embed]https://www.youtube.com/watch?v=dQw4w9WgXcQ[/embed]\n\n[audio src=\"https://audio.example/bells.mp3\"]\n\n[video src=\"https://video.example/bells.mp4\"]\n\n[mystery a=1]";
    let blocks = "<!-- wp:paragraph --><p>First.</p><!-- /wp:paragraph -->\n<!-- wp:heading --><h2 class=\"wp-block-heading\">A head</h2><!-- /wp:heading -->\n<!-- wp:image {\"id\":20} --><figure class=\"wp-block-image\"><img src=\"SITE/wp-content/uploads/a.jpg\" alt=\"A\" class=\"wp-image-20\"/><figcaption>By the river</figcaption></figure><!-- /wp:image -->\n<!-- wp:embed {\"url\":\"https://vimeo.com/76979871\"} --><figure class=\"wp-block-embed\"><div class=\"wp-block-embed__wrapper\">\nhttps://vimeo.com/76979871\n</div></figure><!-- /wp:embed -->\n<!-- wp:latest-posts /-->\n<!-- wp:html --><svg width=\"10\"><circle r=\"3\"/></svg><table><tr><td><form><input name=\"a\"></form>x</td></tr></table><!-- /wp:html -->";
    let export = Export::of(SITE)
        .item(Item::post(1, "classic", "Classic").content(classic))
        .item(Item::post(2, "blocks", "Blocks").content(blocks))
        .item(Item::attachment(20, "a.jpg"))
        .item(Item::attachment(21, "b.jpg"));
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.tally.reasons.unknown_shortcodes["mystery"], 1);
    assert_eq!(
        report.tally.reasons.unsupported_blocks["core/latest-posts"],
        1
    );
    let names = async |slug: &str| {
        let data = server
            .graphql(&format!("{{ article(by: {{ slug: \"{slug}\" }}) {{ body {{ html blocks {{ __typename }} }} }} }}"))
            .await;
        let body = data["article"]["body"].clone();
        let blocks = body["blocks"].as_array().unwrap();
        let names: Vec<String> = blocks
            .iter()
            .map(|block| block["__typename"].as_str().unwrap().to_owned())
            .collect();
        (names, body["html"].as_str().unwrap().to_owned())
    };
    let (classic, html) = names("classic").await;
    assert_eq!(
        classic,
        [
            "Paragraph",
            "Paragraph",
            "ImageBlock",
            "GalleryBlock",
            "Embed",
            "AudioBlock",
            "VideoBlock",
            "Paragraph"
        ]
    );
    assert!(html.contains("[mystery a=1]"), "{html}");
    let (blocks, html) = names("blocks").await;
    assert_eq!(blocks[..4], ["Paragraph", "Heading", "ImageBlock", "Embed"]);
    assert!(!html.contains("<form") && !html.contains("wp:"), "{html}");
}

#[tokio::test]
async fn post_formats_and_mapped_types_are_kept() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "aside", "Aside").category("post_format", "post-format-aside", "Aside"))
        .item(Item::post(2, "plain", "Plain"))
        .item(
            Item::post(3, "dune", "Dune")
                .kind("book")
                .link("/books/dune/"),
        )
        .item(
            Item::post(4, "fine", "Fine")
                .kind("review")
                .link("/reviews/fine/"),
        )
        .item(Item::post(5, "form", "Form").kind("wpcf7_contact_form"));
    let mapped = WordPressImport {
        map_types: vec![
            ("book".to_owned(), ContentKind::Page),
            ("review".to_owned(), ContentKind::Article),
        ],
        ..request(&export.write())
    };
    let report = import(&server, &mapped).await;
    assert_eq!(report.tally.reasons.skipped_types["wpcf7_contact_form"], 1);
    assert_eq!(
        read::article(&server, "en", "aside").await["postFormat"],
        "aside"
    );
    assert_eq!(
        read::article(&server, "en", "plain").await["postFormat"],
        Value::Null
    );
    assert_eq!(
        read::article(&server, "en", "/reviews/fine").await["title"],
        "Fine"
    );
    assert_eq!(read::page(&server, "en", "/books/dune").await.0, "Dune");
    for path in ["/?p=4", "/?p=3"] {
        assert!(
            read::route(&server, "en", path).await.starts_with("-> "),
            "{path}"
        );
    }
}

#[tokio::test]
async fn comments_that_nobody_should_see_are_left_out_and_counted() {
    let server = TestServer::start().await;
    let export = Export::of(SITE).item(
        Item::post(1, "one", "One")
            .comment(1, 0, "1", "comment")
            .comment(2, 0, "0", "")
            .comment(3, 0, "spam", "")
            .comment(4, 0, "trash", "")
            .comment(5, 0, "1", "pingback")
            .comment(6, 0, "1", "trackback")
            // What answers a comment that was left out answers nobody.
            .comment(7, 3, "1", ""),
    );
    let report = import(&server, &request(&export.write())).await;
    let comments = report.tally.kinds.comments;
    assert_eq!((comments.created, comments.skipped), (3, 4));
    let left_out = &report.tally.reasons.skipped_comments;
    for reason in ["spam", "trash", "pingback", "trackback"] {
        assert_eq!(left_out[reason], 1, "{reason}");
    }
    let one = read::article(&server, "en", "one").await;
    assert_eq!(one["commentCount"], 2);
    assert_eq!(
        server
            .count("SELECT count(*) FROM comment WHERE status = 'pending'")
            .await,
        1
    );
}

#[tokio::test]
async fn pages_of_attachments_and_old_slugs_lead_on() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "one", "One").meta("_wp_old_slug", "uno"))
        .item(Item::attachment(20, "loose.pdf"))
        .item(Item::attachment(21, "fixed.jpg").parent(1));
    import(&server, &request(&export.write())).await;
    for (from, to) in [
        ("/2024/03/uno/", "-> /2024/03/one"),
        (
            "/loose/",
            "-> https://almanac.example.org/wp-content/uploads/loose.pdf",
        ),
        ("/fixed/", "-> /2024/03/one"),
        ("/?p=1", "-> /2024/03/one"),
        ("/?p=999", "nothing"),
    ] {
        assert_eq!(read::route(&server, "en", from).await, to, "{from}");
    }
}
