//! Nothing that can be read or normalised makes the code panic, or its result grow out of bounds.

use proptest::prelude::*;

use super::super::{
    content::{ContentContext, normalise},
    error::ReadError,
    meta::attachment_meta,
    php::PhpValue,
    urls::rewrite_urls,
};
use super::{export, items, read};

/// Pieces that mean something to one pass or another.
const PIECES: &[&str] = &[
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<pre>",
    "</pre>",
    "<code>",
    "<a href=\"",
    "\">",
    "'",
    "\"",
    "<img src=x>",
    "<img class=\"wp-image-3\">",
    "\n",
    "\n\n",
    " ",
    "text",
    "é",
    "<",
    ">",
    "[",
    "]",
    "[[",
    "]]",
    "[caption id=\"attachment_1\"]",
    "[/caption]",
    "[gallery ids=\"1,2\"]",
    "[gallery]",
    "[embed]",
    "[/embed]",
    "[video mp4=x]",
    "[/video]",
    "[foo a=1]",
    "[/foo]",
    "https://example.org/x",
    "<!--more-->",
    "<!--nextpage-->",
    "<!--",
    "-->",
    "<!-- wp:paragraph -->",
    "<!-- /wp:paragraph -->",
    "<!-- wp:embed {\"url\":\"https://x.example\"} /-->",
    "<!-- wp:gallery {\"ids\":[1]} -->",
    "<!-- /wp:gallery -->",
    "<ul class=\"wp-block-gallery\">",
    "<figcaption>",
    "</figcaption>",
    "<figure>",
    "</figure>",
    "<br>",
    "<blockquote>",
    "</blockquote>",
    "<hr>",
    "<li>",
    "</li>",
    "<script>",
    "</script>",
    "&amp;",
    "“",
    "”",
    "=",
    "/",
    "<!-- wp:x/y /-->",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let mut inside = export("").into_bytes();
        let at = inside.len() - 20;
        inside.splice(at..at, bytes);
        let _ = read(&inside);
    }

    #[test]
    fn a_mutated_export_never_makes_the_reader_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..12)
    ) {
        let mut bytes = export("<wp:author><wp:author_id>1</wp:author_id></wp:author><item><title>a</title><content:encoded><![CDATA[b]]></content:encoded><wp:postmeta><wp:meta_key>k</wp:meta_key></wp:postmeta></item><item><!-- c --><title>&amp;</title></item>").into_bytes();
        for (index, byte, kind) in changes {
            let at = index.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                _ => bytes.insert(at, byte),
            }
        }
        let read = read(&bytes);
        let fatal = read.iter().filter(|result| result.as_ref().is_err_and(|error| !matches!(error, ReadError::Item(_)))).count();
        prop_assert!(fatal <= 1);
    }

    #[test]
    fn text_in_cdata_comes_back_as_it_was(text in "[^\r\\p{Cc}]{0,200}") {
        let escaped = text.replace("]]>", "]]]]><![CDATA[>");
        let read = items(&format!("<item><content:encoded><![CDATA[{escaped}]]></content:encoded></item>"));
        prop_assert_eq!(&read[0].content, &text);
    }

    #[test]
    fn arbitrary_content_is_normalised_within_bounds(text in ".{0,300}") {
        check(&text);
    }

    #[test]
    fn pieces_of_markup_in_any_order_are_normalised_within_bounds(
        pieces in proptest::collection::vec(prop::sample::select(PIECES), 0..60)
    ) {
        check(&pieces.concat());
    }

    #[test]
    fn rewriting_nothing_changes_nothing(pieces in proptest::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let html = pieces.concat();
        prop_assert_eq!(rewrite_urls(&html, &mut |_| None), html);
    }

    #[test]
    fn arbitrary_serialised_data_never_panics(text in "[abdisNO:;{}\"0-9]{0,80}") {
        let _ = PhpValue::parse(&text);
        let _ = attachment_meta(&text);
    }
}

fn check(text: &str) {
    for autop in [true, false] {
        let normalised = normalise(text, ContentContext { autop });
        assert!(
            normalised.html.len() <= 200 + text.len() * 12,
            "{text:?} -> {}",
            normalised.html
        );
    }
}

#[test]
fn hostile_content_takes_time_in_proportion() {
    let cases = [
        "[caption]",
        "[caption][",
        "[[",
        "[/caption]",
        "[video]x[/video",
        "[gallery",
        "<",
        "<?",
        "<!x",
        "<a \"",
        "<a \">\" ",
        "<!--",
        "<!-- wp:x -->",
        "<!-- wp:gallery -->",
        "<!-- /wp:x -->",
        "<pre>",
        "</pre ",
        "<code>",
        "<div>",
        "<p>",
        "\n",
        "\n\n",
        "<br>",
        "<blockquote>",
        "&",
        "[foo “ ",
        "<figure>",
        "https://a.example\n",
        "<b",
        "'",
        "<img class='",
        "<!-- wp:embed -->",
        "<a b='\">' c=",
        "<figcaption>",
    ];
    for case in cases {
        let small = normalise(&case.repeat(10_000), ContentContext::default());
        let started = std::time::Instant::now();
        let large = normalise(&case.repeat(100_000), ContentContext::default());
        assert!(large.html.len() <= small.html.len() * 11 + 1000, "{case}");
        // Even without optimisation the slowest of these takes far less when it is linear.
        assert!(
            started.elapsed().as_secs() < 20,
            "{case} took {:?}",
            started.elapsed()
        );
    }
    let nested = format!(
        "{}{}",
        "[caption id=\"a_1\"]".repeat(10_000),
        "[/caption]".repeat(10_000)
    );
    assert!(normalise(&nested, ContentContext::default()).html.len() <= nested.len() * 2);
    let nested = format!(
        "{}x{}",
        "<!-- wp:gallery -->".repeat(10_000),
        "<!-- /wp:gallery -->".repeat(10_000)
    );
    assert_eq!(normalise(&nested, ContentContext::default()).html, "x");
}
