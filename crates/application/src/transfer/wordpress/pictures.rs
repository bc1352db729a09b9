//! Pictures galleries name by nothing but their ids: they say what their attachments say.

use std::{collections::HashMap, fmt::Write as _};

use domain::{
    Result,
    id::{AssetId, EditionId},
    media::AssetText,
};

use super::{
    entities,
    rewrite::{Found, attachment_token},
};
use crate::Tx;

const START: &str = "<img data-wp-id=\"";
const END: &str = "\">";

/// A picture that says nothing itself.
pub(super) fn bare(id: u64) -> String {
    format!("{START}{id}{END}")
}

/// The pieces of a body around its bare pictures, each with the id of the picture after it.
fn pieces(html: &str) -> impl Iterator<Item = (&str, Option<u64>)> {
    let mut rest = Some(html);
    std::iter::from_fn(move || {
        let current = rest?;
        let mut from = 0;
        while let Some(at) = current.get(from..)?.find(START) {
            let (before, tail) = current.split_at_checked(from + at)?;
            let inner = tail.get(START.len()..)?;
            let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
            let bare = inner
                .split_at_checked(digits)
                .and_then(|(id, after)| Some((id.parse().ok()?, after.strip_prefix(END)?)));
            if let Some((id, after)) = bare {
                rest = Some(after);
                return Some((before, Some(id)));
            }
            from += at + START.len();
        }
        rest = None;
        Some((current, None))
    })
}

/// The pictures of a body that say nothing themselves.
pub(super) fn bare_pictures(html: &str) -> Vec<u64> {
    pieces(html).filter_map(|(_, id)| id).collect()
}

/// Gives bare pictures the words of their attachments.
pub(super) fn with_words(html: &str, words: &HashMap<u64, AssetText>) -> String {
    let mut out = String::with_capacity(html.len());
    for (before, id) in pieces(html) {
        out.push_str(before);
        let Some(id) = id else { continue };
        let text = words.get(&id);
        let alt = text.and_then(|text| text.alt.as_deref());
        let caption = text.and_then(|text| text.caption.as_deref());
        let alt = alt.map(|alt| format!(" alt=\"{}\"", entities::encode(alt)));
        let picture = format!("{START}{id}\"{}>", alt.unwrap_or_default());
        // Writing to a string never fails.
        let _ = match caption {
            Some(caption) => write!(
                out,
                "<figure>{picture}<figcaption>{}</figcaption></figure>",
                entities::encode(caption)
            ),
            None => write!(out, "{picture}"),
        };
    }
    out
}

/// Gives bare pictures that were found after their body was written the words of their
/// attachments.
pub(super) async fn with_late_words(
    tx: &mut Tx,
    html: String,
    edition: EditionId,
    found: &Found,
) -> Result<String> {
    let assets: HashMap<u64, AssetId> = bare_pictures(&html)
        .into_iter()
        .filter_map(|id| {
            let place = found.shown.get(&attachment_token(id))?;
            Some((id, place.strip_prefix("asset:")?.parse().ok()?))
        })
        .collect();
    if assets.is_empty() {
        return Ok(html);
    }
    let ids: Vec<AssetId> = assets.values().copied().collect();
    let cx = tx.cx().clone();
    let known = tx.reader().assets_by_ids(cx.scope(), &ids, edition).await?;
    let words = assets
        .into_iter()
        .filter_map(|(id, asset)| Some((id, known.get(&asset)?.text.value.clone())))
        .collect();
    Ok(with_words(&html, &words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_that_say_nothing_are_given_words() {
        let html = format!(
            "<p>é</p>{}<img data-wp-id=\"8\" alt=\"own\">{}<img data-wp-id=\"x\">{START}",
            bare(7),
            bare(9)
        );
        assert_eq!(bare_pictures(&html), [7, 9]);
        let text = AssetText {
            alt: Some("a \"b\"".to_owned()),
            caption: Some("c & d".to_owned()),
            ..AssetText::default()
        };
        let words = HashMap::from([(7, text)]);
        assert_eq!(
            with_words(&html, &words),
            format!(
                "<p>é</p><figure><img data-wp-id=\"7\" alt=\"a &quot;b&quot;\"><figcaption>c &amp; d</figcaption></figure><img data-wp-id=\"8\" alt=\"own\">{}<img data-wp-id=\"x\">{START}",
                bare(9)
            )
        );
        assert_eq!(with_words("", &words), "");
    }
}
