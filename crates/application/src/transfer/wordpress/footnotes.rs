//! Footnotes of the block editor: a block says where they stand, a custom field what they say.

use std::fmt::Write as _;

use serde::Deserialize;

use super::entities;

/// What the normaliser leaves where footnotes are to stand.
pub(super) const PLACE: &str = "<ol class=\"wp-block-footnotes\"></ol>";
/// The custom field that holds them.
pub(super) const META: &str = "footnotes";

#[derive(Debug, Deserialize)]
struct Footnote {
    id: String,
    content: String,
}

/// The list of footnotes a custom field holds; `None` when there is none in it.
pub(super) fn list(meta: &str) -> Option<String> {
    let notes: Vec<Footnote> = serde_json::from_str(meta).ok()?;
    if notes.is_empty() {
        return None;
    }
    let mut html = "<ol>".to_owned();
    for Footnote { id, content } in notes {
        // Writing to a string never fails.
        let _ = write!(html, "<li id=\"{}\">{content}</li>", entities::encode(&id));
    }
    html.push_str("</ol>");
    Some(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_field_becomes_a_list() {
        assert_eq!(
            list(r#"[{"content":"See <em>x</em>.","id":"a-1"}]"#).unwrap(),
            "<ol><li id=\"a-1\">See <em>x</em>.</li></ol>"
        );
        assert_eq!(list("[]"), None);
        assert_eq!(list("a:1:{}"), None);
    }
}
