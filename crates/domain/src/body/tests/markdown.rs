//! Markdown, in and out.

use super::{check, html, is_safe, markdown};

#[test]
fn markdown_becomes_the_same_blocks_as_html() {
    let cases = [
        (
            "Hello *you* **there**\\\nnew ~~line~~",
            "<p>Hello <em>you</em> <strong>there</strong><br>new <s>line</s></p>",
        ),
        (
            "## Title\n\ntext",
            "<h2 id=\"title\">Title</h2>\n<p>text</p>",
        ),
        (
            "- a\n- b\n  1. c\n\n***\n",
            "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>\n<hr>",
        ),
        ("> quoted", "<blockquote><p>quoted</p></blockquote>"),
        (
            "```rust\nlet a = 1;\n```",
            "<pre><code class=\"language-rust\">let a = 1;</code></pre>",
        ),
        (
            "![alt](asset:k)",
            "<figure><img src=\"asset:k\" alt=\"alt\"></figure>",
        ),
        ("[us](entry:about)", "<p><a href=\"entry:about\">us</a></p>"),
        (
            "| a | b |\n|--:|:-:|\n| 1 | 2 |",
            "<table><thead><tr><th data-align=\"right\">a</th><th data-align=\"center\">b</th></tr></thead>\
             <tbody><tr><td data-align=\"right\">1</td><td data-align=\"center\">2</td></tr></tbody></table>",
        ),
        (
            "https://youtu.be/abc",
            "<figure data-embed=\"youtube\"><a href=\"https://www.youtube.com/watch?v=abc\">https://www.youtube.com/watch?v=abc</a></figure>",
        ),
        (
            "Fact[^n].\n\n[^n]: Source.",
            "<p>Fact<sup>1</sup>.</p>\n<p><sup>1</sup>Source.</p>",
        ),
        ("- [ ] not a task", "<ul><li>[ ] not a task</li></ul>"),
    ];
    for (source, expected) in cases {
        let body = markdown(source);
        assert_eq!(body.html, expected, "{source}");
        check(&body).unwrap();
    }
}

#[test]
fn html_within_markdown_is_no_safer() {
    let body = markdown(
        "a <b onclick=x>b</b> <script>alert(1)</script>\n\n<img src=x onerror=y>\n\n[c](javascript:d) ![e](data:image/png;base64,f) <javascript:g>",
    );
    is_safe(&body.html).unwrap();
    assert_eq!(body.text, "a b\n\nc javascript:g");
}

#[test]
fn text_written_as_markdown_reads_back_as_the_same_text() {
    let texts = [
        "1986. A great year",
        "12) twelve",
        "- not a list",
        "+ nor this",
        "# no heading",
        "#hash C# a #b",
        "> no quote",
        "a * b * c *d* _e_ __f__ snake_case",
        "`code` ``more``",
        "[x](y) ![z](w) [^1] wow!",
        "&amp; &#35; AT&T &lt;b&gt;",
        "~~~ ~a~",
        "| a | b |",
        "=== ---",
        "***",
        "back\\slash \\* end\\",
        "<https://a.b> <b>",
        "trailing  ",
        "a\tb",
        "!",
        "١. عربي",
        "— dash",
        "www.example.org a_b@c.d",
        "\"quoted\" 'single'",
        "$x$ ^a^ ==b== :c: {#id}",
        "\u{a0}nbsp\u{a0}",
        "0123456789. ten digits",
    ];
    for text in texts {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let forms = [
            format!("<p>{escaped}</p>"),
            format!("<p>x<br>{escaped}<br><br>y</p>"),
            format!("<h2>{escaped}</h2>"),
            format!("<ul><li>{escaped}</li><li>{escaped}<ul><li>{escaped}</ul></li></ul>"),
            format!(
                "<ol start=9><li>{escaped}<p>{escaped}</p></li><li><pre>{escaped}\n\n{escaped}</pre></li></ol><ol><li>b</ol>"
            ),
            format!(
                "<blockquote><p>{escaped}</p><ul><li>{escaped}</ul><cite>{escaped}</cite></blockquote>"
            ),
            format!("<table><tr><th>{escaped}<th>b<tr><td>c<td>x<br>{escaped}</table>"),
            format!(
                "<p>a<b>{escaped}</b>b <i>c<u>{escaped}</u></i><i><b>{escaped}</b>d</i><code>{escaped}</code> <a href='/a_(b)?c&copy=d*e*' title='{escaped}'>{escaped}</a></p>"
            ),
            format!("<p><b>bold</b><i>it</i><s>st</s><b>x<i>y</i>z</b>{escaped}</p>"),
            format!("<figure><img src=/a alt='x'><figcaption>{escaped}</figcaption></figure>"),
            format!(
                "<details><summary>{escaped}</summary><pre>{escaped}\n\n{escaped}</pre></details>"
            ),
        ];
        for form in forms {
            let body = html(&form);
            let again = markdown(&body.markdown);
            assert_eq!(again.text, body.text, "{form}\n---\n{}", body.markdown);
            check(&body).unwrap();
        }
    }
}

#[test]
fn markdown_keeps_the_blocks_it_has_a_form_for() {
    let source = "<h2>Title</h2><p>Text <b>bold</b> and <code>a|b</code> <a href='/x' title='t'>link</a>.</p>\
        <ul><li>a<ul><li>b</ul><li>c</ul><ul><li>other list</ul><ol start=4><li><p>x</p><p>y</p><li>z</ol>\
        <blockquote><p>q</p><footer>Who</footer></blockquote><pre><code class=language-c>a\n\n``` b</code></pre>\
        <table><tr><th>a<th>b<tr><td>1<td></table><figure><img src=asset:a alt='x [y]'></figure>\
        <figure class=gallery><img src=/1 alt=1><img src=/2 alt=2><figcaption>g</figcaption></figure>\
        <hr><p>https://youtu.be/abc</p><figure data-file><a href=/f.pdf>F_1</a></figure>\
        <iframe src=https://a.example/x?y&z title=T></iframe><video src=/v.mp4></video><dl><dt>t<dd>d</dl>\
        <p dir=rtl>سلام <b>دنیا</b></p><table><tr><td rowspan=2>a<td>b<tr><td>c</table>";
    let body = html(source);
    assert_eq!(
        markdown(&body.markdown).blocks,
        body.blocks,
        "{}",
        body.markdown
    );
    check(&body).unwrap();
}

#[test]
fn markdown_is_readable() {
    let body = html(
        "<h2>On C# &amp; co.</h2><p>A <b>bold</b>, <i>brave</i> step: 3 * 4, well-known (1).</p><ul><li>one<li>two</ul>",
    );
    assert_eq!(
        body.markdown,
        "## On C# & co.\n\nA **bold**, *brave* step: 3 \\* 4, well-known (1).\n\n- one\n- two"
    );
}
