//! What commands do to the records of assets.

use super::{AssetDraft, AssetKind, AssetLocation, AssetText};
use crate::{
    FieldError,
    change::Change,
    checks::{self, Checks},
    editions::EditionSet,
    fields::CustomFields,
    text::non_empty,
    texts::{ChangedFields, TextChange, TextChanges, all, set},
};

/// The longest name of a file, in bytes: what file systems take.
const FILE_NAME: usize = 255;
/// The longest media type, in characters.
const MEDIA_TYPE: usize = 255;

/// What a command does to the record of an asset. Where its bytes are and what they are stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AssetChange {
    /// The name it is shown and saved under.
    pub file_name: Change<String>,
    /// What must stay visible when it is cropped: 0..1 from the left and from the top.
    pub focal_point: Change<Option<(f64, f64)>>,
    /// Under what licence it may be used.
    pub licence: Change<Option<String>>,
    /// Whether anybody may read it, used by something published or not.
    pub is_public: Change<bool>,
    /// Values of custom fields: those that are named are set, or cleared by null; `None` clears all.
    pub custom_fields: Change<Option<CustomFields>>,
    /// Its texts.
    pub texts: TextChanges<AssetTextChange>,
}

/// What a command does to the text of an asset in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetTextChange {
    /// A title.
    pub title: Change<Option<String>>,
    /// What is to be seen, for those who cannot.
    pub alt: Change<Option<String>>,
    /// What stands below it.
    pub caption: Change<Option<String>>,
    /// Who made it.
    pub credit: Change<Option<String>>,
    /// A longer text.
    pub description: Change<Option<String>>,
}

/// A new asset whose bytes are at another server.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RemoteAsset {
    /// The address.
    pub url: String,
    /// `image/jpeg`.
    pub media_type: String,
    /// What it is; `None`: as its media type says.
    pub kind: Option<AssetKind>,
    /// Size, where known.
    pub size_bytes: Option<i64>,
    /// Width in pixels, where known.
    pub width: Option<i64>,
    /// Height in pixels, where known.
    pub height: Option<i64>,
    /// Playing time, where known.
    pub duration_ms: Option<i64>,
    /// What can be changed later. Without a file name the last part of the address is it.
    pub record: AssetChange,
}

impl AssetChange {
    /// What is wrong with it, whatever record it is for.
    pub fn check(&self, editions: &EditionSet) -> Vec<FieldError> {
        all(|checks| self.look(editions, checks))
    }

    fn look(&self, editions: &EditionSet, checks: &mut Checks) {
        if let Change::Set(name) = &self.file_name
            && !is_file_name(name)
        {
            let message = format!("must be a plain file name of 1 to {FILE_NAME} bytes");
            checks.wrong("fileName", message);
        }
        let is_inside = |part: f64| (0.0..=1.0).contains(&part);
        if let Change::Set(Some((x, y))) = self.focal_point
            && !(is_inside(x) && is_inside(y))
        {
            checks.wrong("focalPoint", "must lie between 0 and 1");
        }
        checks.text("licence", set(&self.licence), checks::NAME);
        self.texts.check(editions, checks);
    }

    /// Whether it leaves everything but texts alone.
    pub fn is_only_texts(&self) -> bool {
        self.file_name == Change::Keep
            && self.focal_point == Change::Keep
            && self.licence == Change::Keep
            && self.is_public == Change::Keep
            && self.custom_fields == Change::Keep
    }

    /// Changes a draft; answers the names of the fields that differ.
    pub fn apply(self, draft: &mut AssetDraft, editions: &EditionSet) -> Vec<String> {
        let mut changed = ChangedFields::default();
        changed.set("fileName", self.file_name, &mut draft.file_name);
        changed.set("focalPoint", self.focal_point, &mut draft.focal_point);
        changed.set("licence", blank_is_none(self.licence), &mut draft.licence);
        changed.set("isPublic", self.is_public, &mut draft.is_public);
        self.texts.apply(&mut draft.texts, editions, &mut changed);
        draft
            .texts
            .retain(|text| text.value != AssetText::default());
        changed.into_names()
    }
}

impl RemoteAsset {
    /// What is wrong with it.
    pub fn check(&self, editions: &EditionSet) -> Vec<FieldError> {
        all(|checks| {
            checks.address("url", Some(&self.url));
            if !is_media_type(&self.media_type) {
                checks.wrong("mimeType", "must be a media type such as `image/jpeg`");
            }
            for (field, number) in [
                ("sizeBytes", self.size_bytes),
                ("width", self.width),
                ("height", self.height),
                ("durationMs", self.duration_ms),
            ] {
                if number.is_some_and(|number| number < 0) {
                    checks.wrong(field, "must not be negative");
                }
            }
            self.record.look(editions, checks);
        })
    }

    /// The draft of it.
    pub fn into_draft(self, editions: &EditionSet) -> AssetDraft {
        let kind = AssetKind::of_media_type(&self.media_type);
        let mut draft = AssetDraft {
            kind: self.kind.unwrap_or(kind),
            file_name: file_name_of(&self.url),
            location: AssetLocation::Remote { url: self.url },
            media_type: self.media_type,
            size_bytes: self.size_bytes,
            width: self.width,
            height: self.height,
            duration_ms: self.duration_ms,
            focal_point: None,
            licence: None,
            is_public: false,
            created_at: None,
            texts: Vec::new(),
        };
        self.record.apply(&mut draft, editions);
        draft
    }
}

impl TextChange for AssetTextChange {
    type Text = AssetText;

    fn has_name(&self) -> bool {
        false
    }

    fn slug(&self) -> Option<&str> {
        None
    }

    fn check(&self, at: &str, checks: &mut Checks) {
        for (field, text, most) in [
            ("title", &self.title, checks::LINE),
            ("alt", &self.alt, checks::PARAGRAPH),
            ("caption", &self.caption, checks::PARAGRAPH),
            ("credit", &self.credit, checks::LINE),
            ("description", &self.description, checks::DESCRIPTION),
        ] {
            checks.text(format_args!("{at}.{field}"), set(text), most);
        }
    }

    fn apply(self, text: &mut AssetText, at: &str, changed: &mut ChangedFields) {
        for (field, change, to) in [
            ("title", self.title, &mut text.title),
            ("alt", self.alt, &mut text.alt),
            ("caption", self.caption, &mut text.caption),
            ("credit", self.credit, &mut text.credit),
            ("description", self.description, &mut text.description),
        ] {
            changed.set(format!("{at}.{field}"), blank_is_none(change), to);
        }
    }
}

fn blank_is_none(change: Change<Option<String>>) -> Change<Option<String>> {
    change.map(|text| text.and_then(non_empty))
}

fn is_file_name(name: &str) -> bool {
    !name.trim().is_empty()
        && name.len() <= FILE_NAME
        && !name.contains(['/', '\\'])
        && !name.contains(char::is_control)
}

/// `type/subtype` of RFC 9110, without parameters.
fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    text.len() <= MEDIA_TYPE
        && text
            .split_once('/')
            .is_some_and(|(kind, sub)| is_token(kind) && is_token(sub))
}

/// The last part of an address that can be the name of a file.
fn file_name_of(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let last = path.split('/').skip(1).last().unwrap_or_default();
    if is_file_name(last) {
        last.to_owned()
    } else {
        "file".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_a_file_its_name() {
        for (address, name) in [
            ("https://example.org/a/river.jpg?size=5#x", "river.jpg"),
            ("https://example.org/a/", "file"),
            ("https://example.org", "file"),
            ("https://example.org/رود.jpg", "رود.jpg"),
        ] {
            assert_eq!(file_name_of(address), name, "{address}");
        }
    }

    #[test]
    fn a_media_type_has_two_parts() {
        for good in ["image/jpeg", "image/svg+xml", "application/vnd.ms-excel"] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in [
            "",
            "image",
            "image/",
            "/png",
            "image/png; q=1",
            "a/b/c",
            "image/ png",
        ] {
            assert!(!is_media_type(bad), "{bad}");
        }
    }
}
