//! Pictures, films, sounds, files and embeds, from both editors of `WordPress` and from other sites.

use serde_json::json;

use super::super::{Kind, MediaRef, Provider};
use super::{check, html, json as blocks_json};

#[test]
fn media_blocks_from_html() {
    let cases = [
        (
            "a picture from the block editor",
            "<!-- wp:image {\"id\":12} --><figure class=\"wp-block-image size-large\"><a href=\"/full.jpg\"><img src=\"asset:k12\" alt=\"A  cat\" class=\"wp-image-12\" width=\"800\" height=\"600\" srcset=\"x 2x\" onerror=\"a()\"/></a><figcaption class=\"wp-element-caption\">A <em>cat</em></figcaption></figure><!-- /wp:image -->",
            json!([{"type": "image", "src": {"asset": "k12"}, "alt": "A cat", "width": 800, "height": 600,
                "linkHref": "/full.jpg", "caption": [{"text": "A "}, {"text": "cat", "marks": ["emphasis"]}]}]),
        ),
        (
            "a picture from the classic editor, alone and within text",
            "<p><a href=\"https://x.org/a.jpg\"><img class=\"alignleft size-medium wp-image-12\" src=\"https://x.org/a-300x200.jpg\" alt=\"\" width=\"300\" height=\"200\" /></a></p>\
             <p><img src=\"/b.png\" alt=B>Text beside it.</p>",
            json!([
                {"type": "image", "src": {"url": "https://x.org/a-300x200.jpg"}, "alt": "", "width": 300,
                 "height": 200, "linkHref": "https://x.org/a.jpg"},
                {"type": "image", "src": {"url": "/b.png"}, "alt": "B"},
                {"type": "paragraph", "content": [{"text": "Text beside it."}]}
            ]),
        ),
        (
            "a classic caption",
            "<div id=attachment_5 class=\"wp-caption aligncenter\" style=\"width: 310px\"><img src=/c.jpg alt=C><p class=wp-caption-text>Caption</p></div>",
            json!([{"type": "image", "src": {"url": "/c.jpg"}, "alt": "C", "caption": [{"text": "Caption"}]}]),
        ),
        (
            "pictures that are refused, count readers, or were emoji",
            "<p>Hi <img class=wp-smiley alt=🙂 src=/s.png><img src='data:image/png;base64,AAAA'><img src=/p.gif width=1 height=1><img src=\"javascript:x\"></p>",
            json!([{"type": "paragraph", "content": [{"text": "Hi 🙂"}]}]),
        ),
        (
            "galleries: block editor, older block editor, classic",
            "<figure class=\"wp-block-gallery has-nested-images\"><figure class=wp-block-image><img src=/1.jpg alt=1><figcaption>One</figcaption></figure><figure class=wp-block-image><img src=/2.jpg alt=2></figure><figcaption class=blocks-gallery-caption>Both</figcaption></figure>\
             <figure class=wp-block-gallery><ul class=blocks-gallery-grid><li><figure><img src=/3.jpg alt=3><figcaption>Three</figcaption></figure></li><li><figure><img src=/4.jpg alt=4></figure></li></ul></figure>\
             <div id=gallery-1 class=\"gallery galleryid-9\"><dl class=gallery-item><dt><a href=/5.html><img src=/5.jpg alt=5></a></dt><dd class=\"wp-caption-text gallery-caption\">Five</dd></dl><br style=\"clear: both\"></div>",
            json!([
                {"type": "gallery", "caption": [{"text": "Both"}], "items": [
                    {"src": {"url": "/1.jpg"}, "alt": "1", "caption": [{"text": "One"}]},
                    {"src": {"url": "/2.jpg"}, "alt": "2"}]},
                {"type": "gallery", "items": [
                    {"src": {"url": "/3.jpg"}, "alt": "3", "caption": [{"text": "Three"}]},
                    {"src": {"url": "/4.jpg"}, "alt": "4"}]},
                {"type": "gallery", "items": [
                    {"src": {"url": "/5.jpg"}, "alt": "5", "linkHref": "/5.html", "caption": [{"text": "Five"}]}]}
            ]),
        ),
        (
            "several pictures in one figure",
            "<figure><img src=/1.jpg alt=a><img src=/2.jpg alt=b><figcaption>Two</figcaption></figure>",
            json!([{"type": "gallery", "caption": [{"text": "Two"}], "items": [
                {"src": {"url": "/1.jpg"}, "alt": "a"}, {"src": {"url": "/2.jpg"}, "alt": "b"}]}]),
        ),
        (
            "film and sound",
            "<figure class=wp-block-video><video controls poster=/p.jpg width=640 height=360><source src=javascript:x><source src=/v.mp4 type=video/mp4><track src=/v.vtt kind=captions srclang=fa label=فارسی default></video><figcaption>Film</figcaption></figure>\
             <figure class=wp-block-audio><audio controls src=asset:snd></audio></figure>",
            json!([
                {"type": "video", "src": {"url": "/v.mp4"}, "poster": {"url": "/p.jpg"}, "width": 640, "height": 360,
                 "tracks": [{"src": {"url": "/v.vtt"}, "kind": "captions", "lang": "fa", "label": "فارسی"}],
                 "caption": [{"text": "Film"}]},
                {"type": "audio", "src": {"asset": "snd"}}
            ]),
        ),
        (
            "a file",
            "<div class=wp-block-file><object class=wp-block-file__embed data=/r.pdf></object><a id=x href=/r.pdf>Report</a><a href=/r.pdf class=wp-block-file__button download>Download</a></div>",
            json!([{"type": "file", "src": {"url": "/r.pdf"}, "name": "Report"}]),
        ),
        (
            "embeds: frame, bare address, block, post",
            "<p><iframe title=\"Talk\" width=\"560\" height=\"315\" src=\"//www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0&amp;start=42\" allowfullscreen></iframe></p>\
             <p> https://vimeo.com/76979871 </p>\
             <figure class=\"wp-block-embed is-type-video wp-embed-aspect-4-3\"><div class=wp-block-embed__wrapper>\nhttps://blog.example/post\n</div><figcaption>There</figcaption></figure>\
             <blockquote class=twitter-tweet><p>Hello <a href=https://t.co/x>x</a></p>&mdash; A (@a) <a href=\"https://twitter.com/a/status/123?ref_src=y\">May 1</a></blockquote><script async src=https://platform.twitter.com/widgets.js></script>",
            json!([
                {"type": "embed", "provider": "youtube", "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42",
                 "title": "Talk", "aspectRatio": {"width": 16, "height": 9}},
                {"type": "embed", "provider": "vimeo", "url": "https://vimeo.com/76979871"},
                {"type": "embed", "provider": "iframe", "url": "https://blog.example/post",
                 "aspectRatio": {"width": 4, "height": 3}, "caption": [{"text": "There"}]},
                {"type": "embed", "provider": "x", "url": "https://x.com/a/status/123",
                 "title": "Hello x— A (@a) May 1"}
            ]),
        ),
    ];
    for (name, source, expected) in cases {
        let body = html(source);
        assert_eq!(blocks_json(&body.blocks), expected, "{name}");
        check(&body).unwrap();
    }
}

#[test]
fn embeds_are_written_as_links() {
    let body = html(
        "<iframe src='https://player.vimeo.com/video/1?h=ab' width=4 height=3 title='A&B'></iframe>",
    );
    assert_eq!(
        body.html,
        "<figure data-embed=\"vimeo\" data-ratio=\"4:3\"><a href=\"https://vimeo.com/1/ab\">A&amp;B</a></figure>"
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn frames_are_known_by_their_canonical_address() {
    let cases = [
        (
            "https://youtu.be/abc_-1?t=10",
            Provider::Youtube,
            "https://www.youtube.com/watch?v=abc_-1&t=10",
        ),
        (
            "https://www.youtube.com/shorts/abc",
            Provider::Youtube,
            "https://www.youtube.com/watch?v=abc",
        ),
        (
            "http://www.youtube.com/v/abc&hl=en",
            Provider::Youtube,
            "https://www.youtube.com/watch?v=abc",
        ),
        (
            "https://www.youtube.com/embed/videoseries?list=PL1",
            Provider::Youtube,
            "https://www.youtube.com/playlist?list=PL1",
        ),
        (
            "https://mobile.twitter.com/a/status/1",
            Provider::X,
            "https://x.com/a/status/1",
        ),
        (
            "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&color=f",
            Provider::Soundcloud,
            "https://soundcloud.com/a/b",
        ),
        (
            "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/1",
            Provider::Soundcloud,
            "https://api.soundcloud.com/tracks/1",
        ),
        (
            "https://open.spotify.com/embed/track/7?x=1",
            Provider::Spotify,
            "https://open.spotify.com/track/7",
        ),
        (
            "https://www.instagram.com/p/Ab/embed",
            Provider::Instagram,
            "https://www.instagram.com/p/Ab/",
        ),
        (
            "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2Fvideos%2F1%2F",
            Provider::Facebook,
            "https://www.facebook.com/a/videos/1",
        ),
        (
            "https://www.tiktok.com/@a/video/1?x",
            Provider::Tiktok,
            "https://www.tiktok.com/@a/video/1",
        ),
        (
            "https://www.openstreetmap.org/export/embed.html?bbox=1",
            Provider::Openstreetmap,
            "https://www.openstreetmap.org/export/embed.html?bbox=1",
        ),
        (
            "https://www.google.com/maps/embed?pb=1",
            Provider::GoogleMaps,
            "https://www.google.com/maps/embed?pb=1",
        ),
        (
            "http://user:pw@other.example/x",
            Provider::Iframe,
            "https://other.example/x",
        ),
        (
            "https://youtube.com.evil.example/embed/a",
            Provider::Iframe,
            "https://youtube.com.evil.example/embed/a",
        ),
    ];
    for (source, provider, url) in cases {
        let body = html(&format!("<iframe src=\"{source}\"></iframe>"));
        let Some(Kind::Embed(embed)) = body.blocks.first().map(|block| &block.kind) else {
            panic!("{source} gives {:?}", body.blocks);
        };
        assert_eq!(
            (embed.provider, embed.url.as_str()),
            (provider, url),
            "{source}"
        );
        check(&body).unwrap();
    }
    for refused in [
        "javascript:alert(1)",
        "data:text/html,x",
        "about:blank",
        "/local",
        "x.swf",
        "",
    ] {
        assert!(
            html(&format!("<iframe src=\"{refused}\"></iframe>"))
                .blocks
                .is_empty()
        );
    }
    assert!(matches!(
        html("<p>https://example.org/page</p>").blocks[0].kind,
        Kind::Paragraph { .. }
    ));
}

#[test]
fn asset_addresses_name_assets() {
    let body = html("<img src=asset:photo-1 alt=x>");
    let Kind::Image(image) = &body.blocks[0].kind else {
        panic!("{:?}", body.blocks);
    };
    assert_eq!(image.src, MediaRef::Asset("photo-1".to_owned()));
    assert_eq!(
        body.html,
        "<figure><img src=\"asset:photo-1\" alt=\"x\"></figure>"
    );
}
