//! Input made to exhaust time, memory or the stack.

use super::super::fence::fence;
use super::super::{Block, Format, Kind};
use super::{check, from, html, is_safe};

/// How deep the blocks nest, and how many there are.
fn extent(blocks: &[Block]) -> (usize, usize) {
    let mut deepest = 0;
    let mut count = blocks.len();
    for block in blocks {
        let mut inner: Vec<&[Block]> = Vec::new();
        if let Kind::List { items, .. } = &block.kind {
            inner.extend(items.iter().map(Vec::as_slice));
        }
        if let Kind::Quote { blocks, .. } = &block.kind {
            inner.push(blocks);
        }
        for blocks in inner {
            let (depth, more) = extent(blocks);
            deepest = deepest.max(depth);
            count += more;
        }
    }
    (deepest + 1, count)
}

/// The patterns, each repeated; none of them may cost more than its length.
const PATTERNS: [&str; 40] = [
    "<div>",
    "<b>",
    "<ul><li>",
    "<blockquote>",
    "<blockquote>x",
    "<p><b class=a>",
    "<a<a<a",
    "<a ",
    "</p>",
    "<table><tr><td>",
    "<table><td></table>",
    "<table>",
    "<table><div></table>x",
    "<b><p>",
    "<a href=x><div>",
    "<i><b></i></b>",
    "<span><b></span>",
    "<!---->",
    "<!--",
    "<!--x--!>",
    "<button>",
    "<svg><b>",
    "</b>",
    "<br>",
    "<iframe>",
    "<iframe></iframe>",
    "<script>",
    "<style></style>",
    "<li>",
    "<dd><dt>",
    "<h1>",
    "<ruby><rt>",
    "<details>",
    "<dl><dd>",
    "<img src=x>",
    "<p>x<hr>",
    "&",
    "<td>",
    "<figure><img src=x>",
    "<p dir=rtl>a",
];

#[test]
fn fifty_thousand_of_anything_is_bounded() {
    for pattern in PATTERNS {
        let source = pattern.repeat(50_000);
        let fenced = fence(&source);
        assert!(
            fenced.len() <= source.len() * 8 + 1000,
            "{pattern}: {}",
            fenced.len()
        );
        let body = html(&source);
        let (depth, count) = extent(&body.blocks);
        assert!(depth <= 25, "{pattern}: depth {depth}");
        assert!(count <= 120_001, "{pattern}: {count} blocks");
        is_safe(&body.html).unwrap();
    }
}

#[test]
fn the_fence_grows_with_its_input_and_no_faster() {
    for pattern in PATTERNS {
        let sizes = [1_000, 2_000, 4_000].map(|n| fence(&pattern.repeat(n)).len());
        let [one, two, four] = sizes;
        // Twice the input may give at most twice the output, bounds aside.
        assert!(
            two <= 2 * one + 2_000 && four <= 2 * two + 2_000,
            "{pattern}: {sizes:?}"
        );
    }
}

#[test]
fn the_parser_never_sees_deep_nesting() {
    for pattern in PATTERNS {
        let document = scraper::Html::parse_fragment(&fence(&pattern.repeat(3_000)));
        let depth = document
            .tree
            .nodes()
            .map(|n| n.ancestors().count())
            .max()
            .unwrap();
        assert!(depth <= 300, "{pattern}: {depth}");
        let nodes = document.tree.nodes().count();
        assert!(nodes <= 3_000 * 8 + 1_000, "{pattern}: {nodes} nodes");
    }
}

#[test]
fn a_megabyte_of_broken_tags_is_nothing() {
    assert!(html(&"<a".repeat(500_000)).blocks.is_empty());
    assert!(html(&"<a b='".repeat(160_000)).blocks.len() <= 1);
    let attributes: Vec<String> = (0..100_000).map(|n| format!("a{n}=b")).collect();
    assert_eq!(html(&format!("<p {}>x", attributes.join(" "))).text, "x");
    assert_eq!(
        fence("<p onclick=a() style=b class='c\"d' title=\"e'f\" g=\"'\">"),
        "<p class='c\"d' title=\"e'f\"></p>"
    );
}

#[test]
fn deep_nesting_keeps_its_text() {
    for (open, close) in [
        ("<div>", "</div>"),
        ("<ul><li>", "</li></ul>"),
        ("<blockquote>", "</blockquote>"),
        ("<b>", "</b>"),
    ] {
        let source = format!(
            "{}deep{}<p>after</p>",
            open.repeat(50_000),
            close.repeat(50_000)
        );
        let body = html(&source);
        assert!(
            body.text.contains("deep") && body.text.contains("after"),
            "{open}"
        );
        check(&body).unwrap();
    }
}

#[test]
fn many_tags_lose_no_words() {
    let body = html(&"<p>word".repeat(200_000));
    assert_eq!(body.word_count, 200_000);
    assert!(body.blocks.len() <= 60_001);
}

#[test]
fn hostile_markdown_is_bounded_too() {
    for pattern in [
        ">", "- ", "[", "*a ", "**a", "`", "![", "<b>", "|a", "~", "1. ", "[a](", "\\", "&",
        "<!--", "[^a]", "    ",
    ] {
        let body = from(Format::Markdown, &pattern.repeat(20_000));
        assert!(extent(&body.blocks).0 <= 25, "{pattern}");
        is_safe(&body.html).unwrap();
    }
    let rows = ["|a".repeat(3_000), "|-".repeat(3_000), "|b\n".repeat(3_000)];
    is_safe(&from(Format::Markdown, &rows.join("\n")).html).unwrap();
}
