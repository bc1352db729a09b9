//! HTML as plain text, for titles, names, captions and excerpts.

use super::{
    entities,
    html::{Token, Tokens, is_block, lower},
};

/// The text of some HTML on one line.
pub(super) fn line(html: &str) -> String {
    let text = text(html);
    if text.contains(char::is_whitespace) {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text
    }
}

/// The text of some HTML on one line, if there is any.
pub(super) fn some_line(html: &str) -> Option<String> {
    Some(line(html)).filter(|text| !text.is_empty())
}

/// The text of some HTML, blocks on lines of their own, if there is any.
pub(super) fn some_text(html: &str) -> Option<String> {
    let text = text(html);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    Some(lines.join("\n").trim().to_owned()).filter(|text| !text.is_empty())
}

fn text(html: &str) -> String {
    if memchr::memchr2(b'<', b'&', html.as_bytes()).is_none() {
        return html.trim().to_owned();
    }
    let mut out = String::with_capacity(html.len());
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => out.push_str(&entities::decode(text)),
            Token::Open { name, .. } => {
                if matches!(&*lower(name), "script" | "style") {
                    tokens.take_verbatim(name);
                } else if is_block(&lower(name)) || lower(name) == "br" {
                    out.push('\n');
                }
            }
            Token::Close { name, .. } => {
                if is_block(&lower(name)) {
                    out.push('\n');
                }
            }
            Token::Comment(_) => {}
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_entities_are_read() {
        assert_eq!(
            line("A <em>very</em>\n good &amp; long&nbsp;day"),
            "A very good & long day"
        );
        assert_eq!(line("1 < 2"), "1 < 2");
        assert_eq!(some_line(" <p> </p>"), None);
        assert_eq!(some_text("<p>a</p><p>b<br>c</p>").unwrap(), "a\n\nb\nc");
        assert_eq!(line("x<script>alert(1)</script>y"), "xy");
    }
}
