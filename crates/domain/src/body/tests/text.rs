//! Scripts and directions, counting words, cutting excerpts.

use super::super::{Direction, base_direction, count_words};
use super::{check, html, markdown};

#[test]
fn characters_that_steer_joining_and_direction_survive() {
    let text =
        "می‌خواهم «سلام» \u{2067}abc\u{2069} \u{200e}1\u{200f} ن\u{200d}م\u{a0}۱۲۳ \u{202b}x\u{202c}";
    for body in [html(&format!("<p>{text}</p>")), markdown(text)] {
        assert_eq!(body.text, text);
        assert_eq!(body.html, format!("<p>{text}</p>"));
        assert_eq!(markdown(&body.markdown).text, text);
        check(&body).unwrap();
    }
}

#[test]
fn directions_and_languages_are_kept_where_they_were_given() {
    let source = "<p dir=rtl>نسخهٔ <span dir=ltr lang=en>Rust 1.95</span> آمد <bdi>x</bdi></p>\
                  <ul dir=RTL><li>یک</li><li dir=ltr lang=en>two</li></ul>\
                  <blockquote lang=ar dir=rtl><p>اقتباس</p></blockquote>\
                  <div dir=rtl><pre>code</pre><figure><img src=/a alt=a><figcaption>شرح</figcaption></figure><details><summary>س</summary></details></div>\
                  <table dir=rtl><tr><td dir=ltr>a</td><td>ب</td></tr></table>";
    let body = html(source);
    assert_eq!(
        body.html,
        "<p dir=\"rtl\">نسخهٔ <span dir=\"ltr\" lang=\"en\">Rust 1.95</span> آمد <span dir=\"auto\">x</span></p>\n\
         <ul dir=\"rtl\"><li>یک</li><li><p dir=\"ltr\" lang=\"en\">two</p></li></ul>\n\
         <blockquote dir=\"rtl\" lang=\"ar\"><p>اقتباس</p></blockquote>\n\
         <pre><code>code</code></pre>\n\
         <figure dir=\"rtl\"><img src=\"/a\" alt=\"a\"><figcaption>شرح</figcaption></figure>\n\
         <details dir=\"rtl\"><summary>س</summary></details>\n\
         <table dir=\"rtl\"><tbody><tr><td><span dir=\"ltr\">a</span></td><td>ب</td></tr></tbody></table>"
    );
    assert_eq!(markdown(&body.markdown).blocks, body.blocks);
    check(&body).unwrap();
}

#[test]
fn words_are_counted_in_any_script() {
    let cases = [
        ("", 0),
        ("— … !", 0),
        ("It's a well-known fact — really.", 5),
        ("می‌خواهم به خانه بروم", 4),
        ("كتاب،قلم", 2),
        ("2010–2015", 2),
        ("漢字かな", 4),
        ("Straße 7", 2),
    ];
    for (text, words) in cases {
        assert_eq!(count_words(text), words, "{text:?}");
    }
    let body = html(
        "<ol><li>one two</li><li>three</li></ol><blockquote>four<cite>five</cite></blockquote>",
    );
    assert_eq!(body.word_count, 5);
    assert_eq!(body.reading_time_minutes(), 1);
    assert_eq!(html(&"word ".repeat(221)).reading_time_minutes(), 2);
    assert_eq!(html("<hr>").reading_time_minutes(), 0);
}

#[test]
fn excerpts_end_at_words() {
    let body = html(
        "<h2>Title</h2><p>One two,</p><figure><img src=/a><figcaption>x</figcaption></figure><p>three four</p>",
    );
    assert_eq!(body.excerpt(2), "One two…");
    assert_eq!(body.excerpt(3), "One two, three…");
    assert_eq!(body.excerpt(4), "One two, three four");
    assert_eq!(body.excerpt(0), "");
    assert_eq!(
        html("<p>سلام دنیای بزرگ، خوبی</p>").excerpt(3),
        "سلام دنیای بزرگ…"
    );
}

#[test]
fn the_first_strong_character_decides() {
    let cases = [
        ("", None),
        ("123 ۱۲۳ ٤ «!»", None),
        ("12 abc سلام", Some(Direction::Ltr)),
        ("«سلام» abc", Some(Direction::Rtl)),
        ("\u{2066}abc\u{2069} שלום", Some(Direction::Rtl)),
        ("\u{200f}abc", Some(Direction::Rtl)),
        ("漢字", Some(Direction::Ltr)),
    ];
    for (text, direction) in cases {
        assert_eq!(base_direction(text), direction, "{text:?}");
    }
}
