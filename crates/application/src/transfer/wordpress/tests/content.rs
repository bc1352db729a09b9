//! What classic content and blocks become.

use super::super::{
    content::{ContentContext, Normalised, normalise},
    urls::{Link, UrlKind, rewrite_urls},
};

fn run(content: &str) -> Normalised {
    normalise(content, ContentContext::default())
}

fn table(cases: &[(&str, &str)]) {
    for (content, html) in cases {
        assert_eq!(run(content).html, *html, "{content}");
    }
}

#[test]
fn blank_lines_in_classic_content_are_paragraphs() {
    table(&[
        ("", ""),
        ("one", "<p>one</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("one\n \n\n two", "<p>one</p>\n<p>two</p>"),
        ("one\r\ntwo", "<p>one<br />\ntwo</p>"),
        ("one<br>\ntwo", "<p>one<br />\ntwo</p>"),
        ("one<br /><br/>two", "<p>one</p>\n<p>two</p>"),
        ("a <em>b\nc</em>", "<p>a <em>b<br />\nc</em></p>"),
        ("<h2>head</h2>\ntext", "<h2>head</h2>\n<p>text</p>"),
        ("text\n<h2>head</h2>", "<p>text</p>\n<h2>head</h2>"),
        ("<p>one</p>\n\n<p>two</p>", "<p>one</p>\n<p>two</p>"),
        ("<p>one\n\ntwo</p>", "<p>one</p>\n<p>two</p>"),
        (
            "<ul>\n<li>a</li>\n<li>b\nc</li>\n</ul>",
            "<ul>\n<li>a</li>\n<li>b<br />\nc</li>\n</ul>",
        ),
        (
            "<blockquote>said</blockquote>",
            "<blockquote><p>said</p></blockquote>",
        ),
        (
            "<blockquote>\n\n<p>said</p>\n</blockquote>",
            "<blockquote>\n<p>said</p>\n</blockquote>",
        ),
        (
            "<blockquote>a\n\nb</blockquote>",
            "<blockquote><p>a</p>\n<p>b</p></blockquote>",
        ),
        ("<div>a\n\nb</div>", "<div>a\n<p>b</p></div>"),
        ("<div>text</div>", "<div>text</div>"),
        ("<pre>a\n\nb\n</pre>", "<pre>a\n\nb\n</pre>"),
        (
            "x\n<pre>a\nb</pre>\ny",
            "<p>x</p>\n<pre>a\nb</pre>\n<p>y</p>",
        ),
        (
            "<script>a\n\nb</script>\nx",
            "<script>a\n\nb</script>\n<p>x</p>",
        ),
        ("a <hr> b", "<p>a </p>\n<hr>\n<p> b</p>"),
        (
            "<table>\n<tr>\n<td>a</td>\n</tr>\n</table>",
            "<table>\n<tr>\n<td>a</td>\n</tr>\n</table>",
        ),
        (
            "<figure><img src=a>\n<figcaption>c</figcaption>\n</figure>",
            "<figure><img src=a><figcaption>c</figcaption></figure>",
        ),
        ("<img\nsrc=\"a\">", "<p><img\nsrc=\"a\"></p>"),
        (
            "<select>\n<option>a</option>\n<option>b</option>\n</select>",
            "<p><select><option>a</option><option>b</option></select></p>",
        ),
        ("5 < 6 & 7 > 6", "<p>5 &lt; 6 & 7 > 6</p>"),
        ("<!-- note -->", ""),
    ]);
    let raw = normalise("a\n\nb", ContentContext { autop: false });
    assert_eq!(raw.html, "a\n\nb");
}

#[test]
fn an_address_alone_on_its_line_is_a_paragraph_of_its_own() {
    table(&[
        (
            "see\nhttps://v.example/1\nfoo",
            "<p>see</p>\n<p>https://v.example/1</p>\n<p>foo</p>",
        ),
        ("https://v.example/1", "<p>https://v.example/1</p>"),
        (
            "see https://v.example/1\nfoo",
            "<p>see https://v.example/1<br />\nfoo</p>",
        ),
    ]);
}

#[test]
fn page_breaks_and_read_more_are_noticed() {
    let found = run("lead\n\n<!--more Go on-->\n\nrest\n<!--nextpage-->\nend<!--more-->");
    assert_eq!(found.html, "<p>lead</p>\n\n<p>rest</p>\n<hr>\n<p>end</p>");
    assert_eq!(found.excerpt_before_more.as_deref(), Some("<p>lead</p>"));
    assert_eq!(found.counts.page_breaks, 1);
    let inside = run("lead <b>x</b><!--more-->rest");
    assert_eq!(
        inside.excerpt_before_more.as_deref(),
        Some("<p>lead <b>x</b></p>")
    );
    let blocks = run(
        "<!-- wp:paragraph -->\n<p>lead</p>\n<!-- /wp:paragraph -->\n<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->\n<!-- wp:nextpage -->\n<!--nextpage-->\n<!-- /wp:nextpage -->",
    );
    assert_eq!(blocks.excerpt_before_more.as_deref(), Some("<p>lead</p>"));
    assert!(blocks.html.ends_with("<hr>"));
    assert_eq!(run("none").excerpt_before_more, None);
}

#[test]
fn blocks_become_what_they_hold() {
    table(&[
        (
            "<!-- wp:paragraph {\"a\":{\"b\":1}} -->\n<p>one\ntwo</p>\n<!-- /wp:paragraph -->",
            "<p>one\ntwo</p>",
        ),
        (
            "<!-- wp:group --><div class=\"wp-block-group\"><!-- wp:heading --><h2>h</h2><!-- /wp:heading --></div><!-- /wp:group -->",
            "<div class=\"wp-block-group\"><h2>h</h2></div>",
        ),
        (
            "<!-- wp:embed {\"url\":\"https://v.example/?a=1\\u0026b=2\",\"type\":\"video\"} --><figure class=\"wp-block-embed\"><div>\nhttps://v.example/\n</div><figcaption>c <em>d</em></figcaption></figure><!-- /wp:embed -->",
            "<figure class=\"wp-block-embed\">https://v.example/?a=1&amp;b=2<figcaption>c <em>d</em></figcaption></figure>",
        ),
        (
            "<!-- wp:core-embed/youtube {\"url\":\"https://y.example/1\"} /-->",
            "<figure class=\"wp-block-embed\">https://y.example/1</figure>",
        ),
        (
            "<!-- wp:embed --><figure><div>https://v.example/x</div></figure><!-- /wp:embed -->",
            "<figure class=\"wp-block-embed\">https://v.example/x</figure>",
        ),
        (
            "<!-- wp:image {\"id\":123} --><figure class=\"wp-block-image\"><img src=\"a.jpg\" alt=\"\"/></figure><!-- /wp:image -->",
            "<figure class=\"wp-block-image\"><img data-wp-id=\"123\" src=\"a.jpg\" alt=\"\"/></figure>",
        ),
        (
            "<!-- wp:image {\"id\":123} --><figure><img src=\"a.jpg\" class=\"wp-image-123\"/></figure><!-- /wp:image -->",
            "<figure><img data-wp-id=\"123\" src=\"a.jpg\" class=\"wp-image-123\"/></figure>",
        ),
        (
            "<!-- wp:gallery --><figure class=\"wp-block-gallery\"><!-- wp:image {\"id\":1} --><figure><img src=\"a\"/></figure><!-- /wp:image --></figure><!-- /wp:gallery -->",
            "<figure class=\"wp-block-gallery\"><figure><img data-wp-id=\"1\" src=\"a\"/></figure></figure>",
        ),
        (
            "<!-- wp:gallery {\"ids\":[1,2]} --><ul class=\"wp-block-gallery\"><li class=\"blocks-gallery-item\"><figure><a href=\"/x\"><img src=\"a\" data-id=\"1\"/></a><figcaption>one</figcaption></figure></li><li><figure><img src=\"b\" data-id=\"2\"/></figure></li></ul><!-- /wp:gallery -->",
            "<figure class=\"wp-block-gallery\"><figure><a href=\"/x\"><img data-wp-id=\"1\" src=\"a\" data-id=\"1\"/></a><figcaption>one</figcaption></figure><figure><img data-wp-id=\"2\" src=\"b\" data-id=\"2\"/></figure></figure>",
        ),
        (
            "<!-- wp:gallery --><figure class=\"wp-block-gallery\"><ul class=\"blocks-gallery-grid\"><li><figure><img src=\"a\"/></figure></li></ul><figcaption class=\"blocks-gallery-caption\">all</figcaption></figure><!-- /wp:gallery -->",
            "<figure class=\"wp-block-gallery\"><figure><img src=\"a\"/></figure><figcaption class=\"blocks-gallery-caption\">all</figcaption></figure>",
        ),
        (
            "<!-- wp:shortcode -->\n[gallery ids=\"4\"]\n<!-- /wp:shortcode -->",
            "<figure class=\"wp-block-gallery\"><img data-wp-id=\"4\"></figure>",
        ),
        (
            "<!-- wp:paragraph --><p>[gallery ids=\"4\"]</p><!-- /wp:paragraph -->",
            "<figure class=\"wp-block-gallery\"><img data-wp-id=\"4\"></figure>",
        ),
        (
            "<!-- wp:html --><div>\n\nraw</div><!-- /wp:html -->",
            "<div>\n\nraw</div>",
        ),
        (
            "loose\n\ntext\n<!-- wp:separator --><hr class=\"x\"/><!-- /wp:separator -->",
            "<p>loose</p>\n<p>text</p>\n<hr class=\"x\"/>",
        ),
        (
            "<!-- wp:code --><pre class=\"wp-block-code\"><code>[gallery]\n\n&lt;!-- wp:x --&gt;</code></pre><!-- /wp:code -->",
            "<pre class=\"wp-block-code\"><code>[gallery]\n\n&lt;!-- wp:x --&gt;</code></pre>",
        ),
        (
            "<!-- wp:file {\"id\":8} --><div class=\"wp-block-file\"><a href=\"f.pdf\">f</a><a class=\"wp-block-file__button\" href=\"f.pdf\">Get</a></div><!-- /wp:file -->",
            "<div class=\"wp-block-file\"><a data-wp-id=\"8\" href=\"f.pdf\">f</a><a class=\"wp-block-file__button\" href=\"f.pdf\">Get</a></div>",
        ),
        (
            "<!-- wp:spacer --><div class=\"wp-block-spacer\"></div><!-- /wp:spacer --><!-- wp:paragraph --><p>x</p>",
            "<p>x</p>",
        ),
    ]);
}

#[test]
fn blocks_that_hold_nothing_are_counted() {
    let found = run(
        "<!-- wp:latest-posts /--><!-- wp:latest-posts {\"a\":1} /--><!-- wp:block {\"ref\":42} /--><!-- wp:acme/card {\"x\":1} --><p>kept</p><!-- /wp:acme/card --><!-- wp:acme/live /-->",
    );
    assert_eq!(found.html, "<p>kept</p>");
    let unsupported: Vec<_> = found.counts.unsupported_blocks.into_iter().collect();
    assert_eq!(
        unsupported,
        [
            ("acme/live".into(), 1),
            ("core/block".into(), 1),
            ("core/latest-posts".into(), 2)
        ]
    );
    assert_eq!(
        found.counts.unknown_blocks.into_iter().collect::<Vec<_>>(),
        [("acme/card".into(), 1)]
    );
    assert_eq!(found.reusable_blocks, [42]);
}

#[test]
fn every_address_is_listed_and_can_be_replaced() {
    let found = run(
        "<a href=\"https://x.example/?a=1&amp;b=2\">x</a> <img src='i.jpg' class=\"wp-image-4\"> <video src=v.mp4 poster=\"p.jpg\"></video> <iframe src=\"https://y.example\"></iframe>",
    );
    let kinds: Vec<_> = found
        .links
        .iter()
        .map(|Link { kind, url }| (*kind, url.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (UrlKind::Link, "https://x.example/?a=1&b=2"),
            (UrlKind::Image, "i.jpg"),
            (UrlKind::Media, "v.mp4"),
            (UrlKind::Poster, "p.jpg"),
            (UrlKind::Frame, "https://y.example"),
        ]
    );
    let html = "<a title='x' href=\"/old?a&amp;b\" rel=x>t</a><img data-wp-id=\"4\"><img data-wp-id=\"5\" src=a.jpg><script>'<a href=\"/old\">'</script>";
    let rewritten = rewrite_urls(html, &mut |address| match (address.kind, address.url) {
        (UrlKind::Link, "/old?a&b") => Some("/new?c&d".to_owned()),
        (UrlKind::Attachment, "4") => Some("/media/4".to_owned()),
        (UrlKind::Image, "a.jpg") => Some("b.jpg".to_owned()),
        _ => None,
    });
    assert_eq!(
        rewritten,
        "<a title='x' href=\"/new?c&amp;d\" rel=x>t</a><img src=\"/media/4\" data-wp-id=\"4\"><img data-wp-id=\"5\" src=\"b.jpg\"><script>'<a href=\"/old\">'</script>"
    );
}

#[test]
fn a_block_within_a_paragraph_ends_it_and_what_follows_begins_another() {
    table(&[
        (
            "<!-- wp:paragraph --><p>a [gallery ids=1] b</p><!-- /wp:paragraph -->",
            "<p>a</p>\n<figure class=\"wp-block-gallery\"><img data-wp-id=\"1\"></figure>\n<p>b</p>",
        ),
        (
            "<!-- wp:list --><ul><li><p>x</p></li><li>y</li></ul><!-- /wp:list -->",
            "<ul><li><p>x</p></li><li>y</li></ul>",
        ),
        (
            "<!-- wp:table --><figure><table><tr><td><p></p>z</td></tr></table></figure><!-- /wp:table -->",
            "<figure><table><tr><td>z</td></tr></table></figure>",
        ),
    ]);
}
