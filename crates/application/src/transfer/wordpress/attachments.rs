//! Uploaded files: they become assets at their remote address.

use domain::{
    id::EditionId,
    media::{AssetDraft, AssetKind, AssetLocation, AssetText},
};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    addresses::file_key,
    items::{Item, Position},
    media_types::media_type_of,
    meta::{self, AttachmentMeta, attachment_meta},
    plain,
    run::Run,
};

/// The longest file name the store takes, in bytes.
const MOST_NAME_BYTES: usize = 255;

/// An uploaded file, ready to be written.
#[derive(Debug)]
pub(super) struct PreparedAttachment {
    pub(super) position: Position,
    pub(super) digest: String,
    pub(super) item_id: Option<u64>,
    pub(super) external_id: String,
    pub(super) edition: EditionId,
    pub(super) draft: AssetDraft,
    pub(super) text: AssetText,
    /// What its file is known by.
    pub(super) file_key: Option<String>,
    pub(super) parent: Option<u64>,
    pub(super) menu_order: i64,
    /// The path of the page WordPress showed it on.
    pub(super) page_path: Option<String>,
    /// The plain addresses of that page: `/?attachment_id=12`.
    pub(super) plain_paths: Vec<String>,
}

/// Paths that are to lead elsewhere, as they wait for all entries to have their paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LaterRedirect {
    /// The paths, and the edition of each.
    pub(super) from: Vec<(EditionId, String)>,
    /// Leads to this item, if it is an entry,
    #[serde(default)]
    pub(super) item: Option<u64>,
    /// else to this address.
    #[serde(default)]
    pub(super) url: Option<String>,
}

/// Reads an attachment; says what is wrong with one that cannot be used.
pub(super) fn prepare(
    item: &Item,
    run: &Run,
    edition: EditionId,
) -> Result<PreparedAttachment, String> {
    let base = run.base_url(None);
    let address = [&item.attachment_url, &item.guid]
        .into_iter()
        .flatten()
        .find_map(|address| absolute(address, base.as_ref()))
        .ok_or("it has no address of its file")?;
    let facts = item
        .meta_value("_wp_attachment_metadata")
        .and_then(attachment_meta)
        .unwrap_or_default();
    let name = file_name(&address);
    let media_type = facts
        .mime
        .clone()
        .unwrap_or_else(|| media_type_of(&name).to_owned());
    let parent = item.post_parent;
    let is_private = parent
        .into_iter()
        .chain(item.post_id)
        .any(|id| run.unpublished.contains(id));
    let language = meta::polylang_language(item);
    let own = language.and_then(|language| run.languages.get(language)?.base.as_ref());
    let bases: Vec<_> = own
        .into_iter()
        .chain(run.bases().map(|(base, _)| base))
        .collect();
    let page_path = item
        .link
        .as_deref()
        .and_then(|link| super::addresses::old_path(link, &bases))
        .filter(|path| path != "/");
    let text = text(item, &facts);
    let number = |number: Option<u64>| number.and_then(|number| i64::try_from(number).ok());
    Ok(PreparedAttachment {
        position: Position {
            line: 0,
            byte_offset: 0,
        },
        digest: String::new(),
        item_id: item.post_id,
        external_id: String::new(),
        edition,
        file_key: file_key(&address).map(|key| key.text),
        draft: AssetDraft {
            kind: AssetKind::of_media_type(&media_type),
            location: AssetLocation::Remote {
                url: address.into(),
            },
            file_name: name,
            media_type,
            size_bytes: number(facts.filesize),
            width: number(facts.width),
            height: number(facts.height),
            duration_ms: number(facts.length.and_then(|seconds| seconds.checked_mul(1000))),
            focal_point: None,
            licence: None,
            is_public: !is_private,
            created_at: item.published_at(),
            texts: Vec::new(),
        },
        text,
        parent,
        menu_order: item.menu_order,
        page_path,
        plain_paths: Vec::new(),
    })
}

fn text(item: &Item, facts: &AttachmentMeta) -> AssetText {
    AssetText {
        title: plain::some_line(&item.title),
        alt: item
            .meta_value("_wp_attachment_image_alt")
            .and_then(plain::some_line),
        caption: plain::some_line(&item.excerpt),
        credit: facts.credit.as_deref().and_then(plain::some_line),
        description: plain::some_text(&item.content),
    }
}

fn absolute(address: &str, base: Option<&Url>) -> Option<Url> {
    let url = match Url::parse(address) {
        Ok(url) => url,
        Err(_) => base?.join(address).ok()?,
    };
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// The last part of an address, as a plain file name.
fn file_name(url: &Url) -> String {
    let last = url
        .path_segments()
        .and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()))
        .unwrap_or_default();
    let name = percent_decode_str(last).decode_utf8_lossy();
    let name: String = name
        .chars()
        .filter(|c| !matches!(c, '/' | '\\') && !c.is_control())
        .collect();
    if name.is_empty() {
        return "file".to_owned();
    }
    if name.len() <= MOST_NAME_BYTES {
        return name;
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 10 => (stem, format!(".{extension}")),
        _ => (name.as_str(), String::new()),
    };
    let room = MOST_NAME_BYTES.saturating_sub(extension.len());
    let mut end = room.min(stem.len());
    while !stem.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    format!("{}{extension}", stem.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_plain_and_not_too_long() {
        let name =
            |path: &str| file_name(&Url::parse(&format!("https://a.example{path}")).unwrap());
        assert_eq!(name("/x/%D8%B4%D9%87%D8%B1.jpg?w=1"), "شهر.jpg");
        assert_eq!(name("/x/a%2Fb.png"), "ab.png");
        assert_eq!(name("/"), "file");
        let long = name(&format!("/{}.jpeg", "é".repeat(300)));
        assert!(long.len() <= 255 && long.ends_with(".jpeg"));
    }
}
