//! What holds for any input; `PROPTEST_CASES` asks for more of it.

use proptest::prelude::*;

use super::super::{Body, Format};
use super::{check, from, html, is_safe, markdown};

fn pattern(regex: &str) -> impl Strategy<Value = String> + use<> {
    prop::string::string_regex(regex).unwrap()
}

/// Pieces of HTML: whole, broken, hostile, and text in several scripts.
fn piece() -> impl Strategy<Value = String> {
    const NAMES: &str = "p|div|b|strong|i|em|a|u|s|code|small|mark|sub|sup|span|bdi|bdo|br|img|ul|ol|li|blockquote|cite|footer|pre|table|caption|thead|tbody|tr|td|th|figure|figcaption|h1|h2|h3|hr|dl|dt|dd|details|summary|iframe|video|audio|source|track|script|style|svg|math|q|ruby|rt|button|form|template|title|textarea";
    const ATTRIBUTES: &str = "( dir=rtl| dir=auto| lang=fa| id=a| class=gallery| class=wp-caption| class=wp-block-embed| class=wp-block-file| class=wp-caption-text| class=twitter-tweet| class=wp-block-verse| class=language-c| data-embed=x| data-file| href=/l| href=\"entry:k\"| href='javascript:x'| href=\"https://x.com/a/status/1\"| src=/s.png| src=asset:k| src='java&#10;script:y'| src=\"https://youtu.be/abc\"| src=data:image/png,z| title=\"T 'q'\"| title='\"'| alt=\"A<b>\"| width=4| height=3| colspan=2| align=right| start=7| onclick=alert(1)| onerror=\"x\"| style=\"text-align:center\"){0,3}";
    prop_oneof![
        4 => pattern(&format!("<({NAMES}){ATTRIBUTES}>")),
        3 => pattern(&format!("</({NAMES})>")),
        3 => "[a-z<>&\"' \n\t.*_#`~|!-]{0,6}",
        2 => prop::sample::select(vec![
            "سلام", "می‌خواهم", "\u{200f}", "\u{a0}", "漢字", "&nbsp;", "&lt;script&gt;", "&amp;amp;", "&#x202e;",
            "<!--nextpage-->", "<!-- x -->", "<!--", "--!>", "https://youtu.be/abc", " https://vimeo.com/1 ", "\n\n",
            "<![CDATA[", "]]>", "<?php ?>", "</", "<a<b", "&#0;", "&#13;", "\r\n", "\u{b}", "\u{85}", "\u{2028}",
        ]).prop_map(str::to_owned),
    ]
}

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..25).prop_map(|pieces| pieces.concat())
}

/// HTML as people write it: well formed, with text that is awkward in Markdown.
fn common() -> impl Strategy<Value = String> {
    let words = "[a-zA-Z0-9سلامخوب ,.!?*_#+=~|:;()'\"/\\-\\[\\]`\\\\]{1,20}";
    let inline = prop_oneof![
        4 => words,
        1 => words.prop_map(|w| format!("<strong>{w}</strong>")),
        1 => words.prop_map(|w| format!("<em>{w}</em>")),
        1 => words.prop_map(|w| format!("<s>{w}</s>")),
        1 => words.prop_map(|w| format!("<code>{w}</code>")),
        1 => words.prop_map(|w| format!("<u>{w}</u>")),
        1 => words.prop_map(|w| format!("<a href=\"/x_y(z)\">{w}</a>")),
        1 => (words, words).prop_map(|(a, b)| format!("<strong>{a}<em>{b}</em></strong>")),
        1 => Just("<br>".to_owned()),
    ];
    let text = prop::collection::vec(inline, 1..5).prop_map(|parts| parts.concat());
    let leaf = prop_oneof![
        4 => text.clone().prop_map(|t| format!("<p>{t}</p>")),
        1 => text.clone().prop_map(|t| format!("<h2>{t}</h2>")),
        1 => words.prop_map(|w| format!("<pre><code>{w}\n\n  {w}</code></pre>")),
        1 => text.clone().prop_map(|t| format!("<figure><img src=/a alt=b><figcaption>{t}</figcaption></figure>")),
        1 => (text.clone(), text.clone()).prop_map(|(a, b)| format!("<table><tr><th>{a}</th><th>h</th></tr><tr><td>{b}</td><td></td></tr></table>")),
        1 => Just("<hr>".to_owned()),
    ];
    let block = leaf.prop_recursive(3, 12, 3, move |inner| {
        let some = prop::collection::vec(inner, 1..3).prop_map(|blocks| blocks.concat());
        prop_oneof![
            some.clone()
                .prop_map(|b| format!("<blockquote>{b}</blockquote>")),
            (some.clone(), text.clone())
                .prop_map(|(b, t)| format!("<ul><li>{t}{b}</li><li>{t}</li></ul>")),
            (some, text.clone())
                .prop_map(|(b, t)| format!("<ol start=\"2\"><li>{b}</li><li>{t}</li></ol>")),
        ]
    });
    prop::collection::vec(block, 1..5).prop_map(|blocks| blocks.concat())
}

fn holds(body: &Body) -> Result<(), TestCaseError> {
    check(body).map_err(TestCaseError::fail)?;
    is_safe(&markdown(&body.markdown).html).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn deriving_the_derived_changes_nothing_and_nothing_can_run(source in soup()) {
        holds(&html(&source))?;
    }

    #[test]
    fn the_same_holds_for_markdown(source in soup()) {
        holds(&markdown(&source))?;
    }

    #[test]
    fn any_text_can_be_derived(source in any::<String>(), is_markdown in any::<bool>()) {
        holds(&from(if is_markdown { Format::Markdown } else { Format::Html }, &source))?;
    }

    #[test]
    fn markdown_keeps_the_text(source in common()) {
        let body = html(&source);
        let again = markdown(&body.markdown);
        prop_assert_eq!(&again.text, &body.text, "{}", body.markdown);
        holds(&body)?;
    }
}
