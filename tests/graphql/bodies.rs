//! Bodies in all their forms.

use domain::media::AssetLocation;
use serde_json::json;

use crate::harness::{TestServer, records::remote_picture, texts};

#[tokio::test]
async fn the_html_of_every_body_has_real_addresses() {
    let server = TestServer::with_demo().await;
    for (list, edition) in [
        ("articles", "en"),
        ("articles", "fa"),
        ("articles", "ar"),
        ("articles", "sq"),
        ("pages", "en"),
        ("issues", "en"),
    ] {
        let data = server
            .graphql(&format!("{{ {list}(first: 100, edition: \"{edition}\") {{ nodes {{ path body {{ html markdown }} }} }} }}"))
            .await;
        for node in data[list]["nodes"].as_array().unwrap() {
            let (html, markdown) = (&node["body"]["html"], &node["body"]["markdown"]);
            assert!(
                !html.as_str().unwrap().contains("asset:"),
                "{}",
                node["path"]
            );
            assert!(
                !markdown.as_str().unwrap().contains("asset:"),
                "{}",
                node["path"]
            );
            assert!(
                !html.as_str().unwrap().contains("entry:"),
                "{}",
                node["path"]
            );
        }
    }
}

#[tokio::test]
async fn pictures_of_bodies_are_found_at_their_addresses() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ article(by: { slug: \"how-to-read-the-river\" }) { body { html blocks { ... on ImageBlock { src alt width height asset { id } } } } } }")
        .await;
    let body = &data["article"]["body"];
    let image = body["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|block| block.get("src").is_some())
        .unwrap();
    let source = image["src"].as_str().unwrap();
    let html = body["html"].as_str().unwrap();
    assert!(html.contains(&format!("src=\"{source}\"")), "{html}");
    let path = source.strip_prefix(&server.url).unwrap();
    let picture = server.get(path).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    let asset = image["asset"]["id"].as_str().unwrap();
    assert!(source.contains(asset));
}

#[tokio::test]
async fn every_kind_of_block_is_typed() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let picture = server.picture(site.en, "A river").await;
    let film = server
        .asset(domain::media::AssetDraft {
            kind: domain::media::AssetKind::Video,
            location: AssetLocation::Remote {
                url: "https://video.example/weir.mp4".to_owned(),
            },
            file_name: "weir.mp4".to_owned(),
            media_type: "video/mp4".to_owned(),
            ..remote_picture(site.en, "A weir")
        })
        .await;
    let html = format!(
        "<p>One <strong>bold <em>word</em></strong> and <a href=\"/about\">a link</a>.</p>\
         <h2>A heading</h2><ul><li>One</li><li>Two</li></ul><ol start=\"3\"><li>Three</li></ol>\
         <blockquote><p>Said.</p><cite>Somebody</cite></blockquote>\
         <pre><code class=\"language-rust\">let x = 1;\n</code></pre>\
         <table><thead><tr><th>Year</th></tr></thead><tbody><tr><td>1888</td></tr></tbody></table>\
         <figure><img src=\"asset:{picture}\" alt=\"Here\"><figcaption>Below</figcaption></figure>\
         <video src=\"asset:{film}\" controls></video>\
         <audio src=\"https://audio.example/bells.mp3\" controls></audio>\
         <iframe src=\"https://www.youtube.com/embed/dQw4w9WgXcQ\"></iframe><hr>"
    );
    server.article(site.en, "Blocks").body(&html).await;
    let data = server
        .graphql(
            "{ articles(first: 1) { nodes { body { direction blocks { __typename \
               ... on Paragraph { text spans { text marks href } } \
               ... on Heading { level anchor text } \
               ... on List { ordered start items { blocks { ... on Paragraph { text } } } } \
               ... on Quote { blocks { ... on Paragraph { text } } citation { text } } \
               ... on Code { language code: text } \
               ... on Table { head { cells { text isHeader } } rows { cells { text } } } \
               ... on ImageBlock { src alt caption { text } asset { id } } \
               ... on VideoBlock { src asset { id } } \
               ... on AudioBlock { src asset { id } } \
               ... on Embed { provider url } } } } } }",
        )
        .await;
    let blocks = &data["articles"]["nodes"][0]["body"]["blocks"];
    assert_eq!(
        texts(blocks, "__typename"),
        [
            "Paragraph",
            "Heading",
            "List",
            "List",
            "Quote",
            "Code",
            "Table",
            "ImageBlock",
            "VideoBlock",
            "AudioBlock",
            "Embed",
            "Separator"
        ]
    );
    assert_eq!(
        blocks[0]["spans"],
        json!([
            { "text": "One ", "marks": [], "href": null },
            { "text": "bold ", "marks": ["STRONG"], "href": null },
            { "text": "word", "marks": ["STRONG", "EMPHASIS"], "href": null },
            { "text": " and ", "marks": [], "href": null },
            { "text": "a link", "marks": [], "href": "/about" },
            { "text": ".", "marks": [], "href": null },
        ])
    );
    assert_eq!(blocks[1]["anchor"], "a-heading");
    assert_eq!(blocks[3]["start"], 3);
    assert_eq!(blocks[4]["citation"]["text"], "Somebody");
    assert_eq!(blocks[5]["language"], "rust");
    assert_eq!(blocks[5]["code"], "let x = 1;");
    assert_eq!(blocks[6]["head"][0]["cells"][0]["isHeader"], true);
    assert_eq!(blocks[7]["src"], "https://pictures.example/river.jpg");
    assert_eq!(blocks[7]["asset"]["id"], picture.to_string());
    assert_eq!(blocks[8]["src"], "https://video.example/weir.mp4");
    assert_eq!(blocks[9]["asset"], json!(null));
    assert_eq!(blocks[10]["provider"], "YOUTUBE");
}

#[tokio::test]
async fn all_forms_of_a_body_say_the_same() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server
        .article(site.en, "Forms")
        .body("<h2>Bees</h2><p>They <strong>pay</strong> in honey.</p><script>alert(1)</script>")
        .await;
    let data = server
        .graphql("{ articles { nodes { wordCount body { html markdown text } } } }")
        .await;
    let node = &data["articles"]["nodes"][0];
    let body = &node["body"];
    assert_eq!(
        body["html"],
        "<h2 id=\"bees\">Bees</h2>\n<p>They <strong>pay</strong> in honey.</p>"
    );
    assert_eq!(body["markdown"], "## Bees\n\nThey **pay** in honey.");
    assert_eq!(body["text"], "Bees\n\nThey pay in honey.");
    assert_eq!(node["wordCount"], 5);
}

#[tokio::test]
async fn mixed_directions_survive_unchanged() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let persian = "می‌گوید «<span dir=\"ltr\">Rust 1.95</span>» آمد";
    server
        .article(site.fa, "خبر")
        .body(&format!(
            "<p>{persian}</p><p dir=\"ltr\" lang=\"en\">Left to right</p>"
        ))
        .await;
    let data = server
        .graphql("{ articles(edition: \"fa\") { nodes { body { direction html blocks { ... on Paragraph { direction lang text } } } } } }")
        .await;
    let body = &data["articles"]["nodes"][0]["body"];
    assert_eq!(body["direction"], "RTL");
    assert!(body["html"].as_str().unwrap().contains(persian), "{body}");
    assert_eq!(body["blocks"][0]["text"], "می‌گوید «Rust 1.95» آمد");
    assert_eq!(body["blocks"][0]["direction"], json!(null));
    assert_eq!(body["blocks"][1]["direction"], "LTR");
    assert_eq!(body["blocks"][1]["lang"], "en");
}
