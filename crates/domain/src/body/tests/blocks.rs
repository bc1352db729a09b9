//! Text blocks, from HTML as editors and `WordPress` write it.

use serde_json::json;

use super::super::{DeriveOptions, Format, LinkKind, Reference, Source, derive, references};
use super::{check, html, json as blocks_json};

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn text_blocks_from_html() {
    let cases = [
        (
            "paragraphs and marks",
            "<p>One <b>two <i>three</i></b>&nbsp;four<br>five</p>\n<p></p><p>&nbsp;</p><p> six </p>",
            json!([
                {"type": "paragraph", "content": [
                    {"text": "One "},
                    {"text": "two ", "marks": ["strong"]},
                    {"text": "three", "marks": ["strong", "emphasis"]},
                    {"text": "\u{a0}four\nfive"}]},
                {"type": "paragraph", "content": [{"text": "six"}]}
            ]),
        ),
        (
            "loose text around blocks, and wrappers without meaning",
            "before<div><section>in <em>a</em></section></div>after<p>own",
            json!([
                {"type": "paragraph", "content": [{"text": "before"}]},
                {"type": "paragraph", "content": [{"text": "in "}, {"text": "a", "marks": ["emphasis"]}]},
                {"type": "paragraph", "content": [{"text": "after"}]},
                {"type": "paragraph", "content": [{"text": "own"}]}
            ]),
        ),
        (
            "every mark",
            "<p><u>a</u><s>b</s><del>c</del><ins>d</ins><code>e</code><sub>f</sub><sup>g</sup><mark>h</mark><small>i</small><kbd>j</kbd></p>",
            json!([{"type": "paragraph", "content": [
                {"text": "a", "marks": ["underline"]},
                {"text": "bc", "marks": ["strike"]},
                {"text": "d", "marks": ["underline"]},
                {"text": "e", "marks": ["code"]},
                {"text": "f", "marks": ["sub"]},
                {"text": "g", "marks": ["sup"]},
                {"text": "h", "marks": ["mark"]},
                {"text": "i", "marks": ["small"]},
                {"text": "j", "marks": ["code"]}]}]),
        ),
        (
            "links, safe and not",
            "<p><a href='entry:about#team' title=\"A &amp; B\">us</a> <a href='JaVa\tscript:alert(1)'>bad</a> <a href=/x>rel</a></p>",
            json!([{"type": "paragraph", "content": [
                {"text": "us", "href": "entry:about#team", "title": "A & B"},
                {"text": " bad "},
                {"text": "rel", "href": "/x"}]}]),
        ),
        (
            "links to places in the body, there and not there",
            "<p><a href='#a%C3%A9'>a</a> <a href='#gone'>b</a> <a href='#'>c</a> <a href='#x-1'>d</a> <a href=/y#gone>e</a></p>\
             <h2 id=aé>A</h2><p id=gone>p</p><ul><li><h3>X 1</h3></ul><dl><dt><a href='#gone'>t</a></dl>",
            json!([
                {"type": "paragraph", "content": [
                    {"text": "a", "href": "#a%C3%A9"}, {"text": " b "}, {"text": "c", "href": "#"},
                    {"text": " "}, {"text": "d", "href": "#x-1"}, {"text": " "},
                    {"text": "e", "href": "/y#gone"}]},
                {"type": "heading", "level": 2, "id": "aé", "content": [{"text": "A"}]},
                {"type": "paragraph", "content": [{"text": "p"}]},
                {"type": "list", "ordered": false, "start": 1, "items": [
                    [{"type": "heading", "level": 3, "id": "x-1", "content": [{"text": "X 1"}]}]]},
                {"type": "rawHtml", "html": "<dl><dt><a>t</a></dt></dl>", "text": "t"}
            ]),
        ),
        (
            "headings with anchors, given, made and repeated",
            "<h2 id=top>Top</h2><h3>Über uns!</h3><h3>Über uns</h3><h4 id='top'>Again</h4><h2>  </h2><h6>حقوق زنان</h6>",
            json!([
                {"type": "heading", "level": 2, "id": "top", "content": [{"text": "Top"}]},
                {"type": "heading", "level": 3, "id": "über-uns", "content": [{"text": "Über uns!"}]},
                {"type": "heading", "level": 3, "id": "über-uns-2", "content": [{"text": "Über uns"}]},
                {"type": "heading", "level": 4, "id": "top-2", "content": [{"text": "Again"}]},
                {"type": "heading", "level": 6, "id": "حقوق-زنان", "content": [{"text": "حقوق زنان"}]}
            ]),
        ),
        (
            "nested lists, well formed and not",
            "<ol start=3><li>a<ul><li>b</li></ul></li><ul><li>c</ul><li><p>d</p><p>e</p></ol>",
            json!([{"type": "list", "ordered": true, "start": 3, "items": [
            [
                {"type": "paragraph", "content": [{"text": "a"}]},
                {"type": "list", "ordered": false, "start": 1, "items": [
                    [{"type": "paragraph", "content": [{"text": "b"}]}]]},
                {"type": "list", "ordered": false, "start": 1, "items": [
                    [{"type": "paragraph", "content": [{"text": "c"}]}]]}
            ],
            [
                {"type": "paragraph", "content": [{"text": "d"}]},
                {"type": "paragraph", "content": [{"text": "e"}]}
            ]]}]),
        ),
        (
            "quotations: block editor, figure, pull quote",
            "<blockquote class=wp-block-quote><p>Words.</p><cite>Someone, <em>Book</em></cite></blockquote>\
             <figure class=wp-block-pullquote><blockquote><p>Pulled</p></blockquote><figcaption>Who</figcaption></figure>",
            json!([
                {"type": "quote",
                 "blocks": [{"type": "paragraph", "content": [{"text": "Words."}]}],
                 "citation": [{"text": "Someone, "}, {"text": "Book", "marks": ["emphasis"]}]},
                {"type": "quote",
                 "blocks": [{"type": "paragraph", "content": [{"text": "Pulled"}]}],
                 "citation": [{"text": "Who"}]}
            ]),
        ),
        (
            "code keeps its white space and names its language",
            "<pre class=\"wp-block-code\"><code class=\"language-rust\">fn main() {\n    a &lt; b;\n\n}\n</code></pre><pre class='brush: php; notranslate'>x<br>y</pre>",
            json!([
                {"type": "code", "language": "rust", "text": "fn main() {\n    a < b;\n\n}"},
                {"type": "code", "language": "php", "text": "x\ny"}
            ]),
        ),
        (
            "a poem keeps its lines, and how far they are moved in",
            "<pre class=wp-block-verse>  Roses <em>are</em>  red\n   \n\tViolets\n  <em> are</em></pre>",
            json!([{"type": "paragraph", "content": [
                {"text": "\u{a0}\u{a0}Roses "}, {"text": "are", "marks": ["emphasis"]},
                {"text": " red\n\n\u{a0}Violets\n"}, {"text": "\u{a0}are", "marks": ["emphasis"]}]}]),
        ),
        (
            "separators, from an element and from a page break",
            "<p>a</p><hr class=wp-block-separator><p>b<!--nextpage-->c</p><!--more-->",
            json!([
                {"type": "paragraph", "content": [{"text": "a"}]},
                {"type": "separator"},
                {"type": "paragraph", "content": [{"text": "b"}]},
                {"type": "separator"},
                {"type": "paragraph", "content": [{"text": "c"}]}
            ]),
        ),
        (
            "what no block can hold stays, without what could harm",
            "<details open onclick=x()><summary>More</summary><p>Text <a href=javascript:a>b</a></p><script>1</script></details>",
            json!([{"type": "rawHtml",
                "html": "<details open=\"\"><summary>More</summary><p>Text <a>b</a></p></details>",
                "text": "More\n\nText b"}]),
        ),
        (
            "misnested marks end where a browser ends them",
            "<p><b>1<i>2</b>3</i>4</p>",
            json!([{"type": "paragraph", "content": [
                {"text": "1", "marks": ["strong"]},
                {"text": "2", "marks": ["strong", "emphasis"]},
                {"text": "3", "marks": ["emphasis"]},
                {"text": "4"}]}]),
        ),
        (
            "quotation marks and readings become text",
            "<p><q>so</q> <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>",
            json!([{"type": "paragraph", "content": [{"text": "“so” 漢(kan)"}]}]),
        ),
    ];
    for (name, source, expected) in cases {
        let body = html(source);
        assert_eq!(blocks_json(&body.blocks), expected, "{name}");
        check(&body).unwrap();
    }
}

#[test]
fn tables() {
    let body = html(
        "<figure class=\"wp-block-table is-style-stripes\"><table><thead><tr><th>Year</th><th align=right>Sum</th></tr></thead>\
         <tbody><tr><td>2001</td><td class=has-text-align-right>1<br>2</td></tr><tr><td colspan=2><p>a</p><p>b</p></td></tr></tbody></table>\
         <figcaption>Accounts</figcaption></figure>",
    );
    assert_eq!(
        blocks_json(&body.blocks),
        json!([{"type": "table", "caption": [{"text": "Accounts"}],
            "head": [[
                {"content": [{"text": "Year"}], "header": true, "colspan": 1, "rowspan": 1},
                {"content": [{"text": "Sum"}], "header": true, "align": "right", "colspan": 1, "rowspan": 1}]],
            "rows": [
                [{"content": [{"text": "2001"}], "header": false, "colspan": 1, "rowspan": 1},
                 {"content": [{"text": "1\n2"}], "header": false, "align": "right", "colspan": 1, "rowspan": 1}],
                [{"content": [{"text": "a\nb"}], "header": false, "colspan": 2, "rowspan": 1}]]}])
    );
    assert_eq!(body.text, "Accounts\nYear\tSum\n2001\t1 2\na b");
    check(&body).unwrap();

    let without_parts = html("<table><tr><th>a<th>b<tr><td>1<td>2</table>");
    assert_eq!(
        without_parts.markdown,
        "| a | b |\n| --- | --- |\n| 1 | 2 |"
    );
    check(&without_parts).unwrap();

    let layout = html("<table><tr><td><ul><li>x</ul><img src=/a.png alt=A></td></tr></table>");
    assert_eq!(
        layout.html,
        "<table><tbody><tr><td><ul><li>x</li></ul><img src=\"/a.png\" alt=\"A\"></td></tr></tbody></table>"
    );
    check(&layout).unwrap();
}

#[test]
fn html_is_small_and_semantic() {
    let body = html(
        "<div class=entry dir=rtl lang=fa><p style='color:red' class=x>سلام <span style='font:1'>دنیا</span></p></div>\
         <h2 class=y><a name=q></a>T &amp; Q</h2><ul class=z><li><p>one</p></li><li>two<ol><li>three</ol></ul>",
    );
    assert_eq!(
        body.html,
        "<p dir=\"rtl\" lang=\"fa\">سلام دنیا</p>\n<h2 id=\"t-q\">T &amp; Q</h2>\n\
         <ul><li>one</li><li>two<ol><li>three</li></ol></li></ul>"
    );
    assert_eq!(body.text, "سلام دنیا\n\nT & Q\n\n- one\n- two\n  1. three");
    check(&body).unwrap();
}

#[test]
fn addresses_are_mapped_while_deriving() {
    let resolve = |kind: LinkKind, address: &str| match (kind, address) {
        (LinkKind::Image, "/wp-content/uploads/a.jpg") => Some("asset:a1".to_owned()),
        (LinkKind::Link, "https://old.example/?p=7") => Some("entry:7".to_owned()),
        (LinkKind::Link, "/evil") => Some("javascript:alert(1)".to_owned()),
        _ => None,
    };
    let options = DeriveOptions {
        resolve: Some(&resolve),
        base_url: Some("https://old.example/2020/post/".parse().unwrap()),
    };
    let text = "<p><a href='https://old.example/?p=7'>seven</a> <a href=../other>other</a> <a href='#n'>note</a> \
                <a href=/evil>evil</a></p><p><a href=b.jpg><img src=/wp-content/uploads/a.jpg></a></p>\
                <dl><dt>t<dd><img src=/wp-content/uploads/a.jpg></dl><h3 id=n>Note</h3>";
    let source = Source {
        format: Format::Html,
        text: text.to_owned(),
    };
    let body = derive(&source, &options);
    assert_eq!(
        body.html,
        "<p><a href=\"entry:7\">seven</a> <a href=\"https://old.example/2020/other\">other</a> \
         <a href=\"#n\">note</a> evil</p>\n<figure><a href=\"https://old.example/2020/post/b.jpg\">\
         <img src=\"asset:a1\" alt=\"\"></a></figure>\n<dl><dt>t</dt><dd><img src=\"asset:a1\"></dd></dl>\n\
         <h3 id=\"n\">Note</h3>"
    );
    assert_eq!(
        references(&body.blocks),
        [
            Reference::Entry("7".to_owned()),
            Reference::Url("https://old.example/2020/other".to_owned()),
            Reference::Url("#n".to_owned()),
            Reference::Asset("a1".to_owned()),
            Reference::Url("https://old.example/2020/post/b.jpg".to_owned()),
        ]
    );
    let served = super::super::render_html(&body.blocks, &|_, address| {
        address
            .strip_prefix("asset:")
            .map(|key| format!("/media/{key}?w=1&h=2"))
    });
    assert_eq!(served.matches("src=\"/media/a1?w=1&amp;h=2\"").count(), 2);
}
