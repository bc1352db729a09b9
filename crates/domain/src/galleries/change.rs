//! What commands do to galleries.

use super::{GalleryDraft, GalleryItemDraft, GalleryText};
use crate::{
    FieldError,
    change::Change,
    checks::{self, Checks},
    editions::EditionSet,
    id::{AssetId, EditionId},
    text::{EditionText, non_empty},
    texts::{ChangedFields, TextChange, TextChanges, all, set, slug_or_made},
    unseen::keep_unseen,
};

/// What a command does to a gallery.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GalleryChange {
    /// What it shows, in order.
    pub items: Change<Vec<GalleryItemChange>>,
    /// Its texts.
    pub texts: TextChanges<GalleryTextChange>,
}

/// One item of a gallery. What the gallery has shown before keeps the captions that are not named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GalleryItemChange {
    /// The asset.
    pub asset: AssetId,
    /// Captions that differ from the asset's own; `None`: no longer.
    pub captions: Vec<EditionText<Option<String>>>,
}

/// What a command does to the text of a gallery in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GalleryTextChange {
    /// Its title.
    pub title: Change<String>,
    /// The slug; `None`: made from the title.
    pub slug: Change<Option<String>>,
    /// What it shows.
    pub description: Change<Option<String>>,
}

impl GalleryChange {
    /// What is wrong with it, whatever record it is for.
    pub fn check(&self, editions: &EditionSet) -> Vec<FieldError> {
        all(|checks| self.look(editions, checks))
    }

    /// What is wrong with it as a new record.
    pub fn check_new(&self, editions: &EditionSet) -> Vec<FieldError> {
        all(|checks| {
            self.texts.check_new(editions, checks);
            self.look(editions, checks);
        })
    }

    fn look(&self, editions: &EditionSet, checks: &mut Checks) {
        self.texts.check(editions, checks);
        let Change::Set(items) = &self.items else {
            return;
        };
        if !checks.items("items", items.len()) {
            return;
        }
        for (number, item) in items.iter().enumerate() {
            for caption in &item.captions {
                let at = format_args!("items.{number}.captions");
                checks.text(at, caption.value.as_deref(), checks::PARAGRAPH);
            }
        }
    }

    /// The editions whose texts it touches.
    pub fn editions(&self) -> Vec<EditionId> {
        let items = self.items.as_set().into_iter().flatten();
        let captions = items.flat_map(|item| &item.captions);
        let captions = captions.map(|caption| caption.edition);
        self.texts.editions().into_iter().chain(captions).collect()
    }

    /// Leaves what its sender could not see of a gallery where it is.
    pub fn keep_unseen(&mut self, draft: &GalleryDraft, is_unseen: impl Fn(AssetId) -> bool) {
        let Change::Set(items) = &mut self.items else {
            return;
        };
        let old = draft.items.iter().map(|item| GalleryItemChange {
            asset: item.asset,
            captions: Vec::new(),
        });
        let old: Vec<_> = old.collect();
        let kept = keep_unseen(
            &old,
            std::mem::take(items),
            |item| is_unseen(item.asset),
            |old, new| old.asset == new.asset,
        );
        *items = kept.into_iter().map(|(item, _)| item).collect();
    }

    /// Whether it leaves everything but texts of a gallery alone: what it shows, and in which order.
    pub fn is_only_texts(&self, draft: &GalleryDraft) -> bool {
        self.items.as_set().is_none_or(|items| {
            let known = draft.items.iter().map(|item| item.asset);
            items.iter().map(|item| item.asset).eq(known)
        })
    }

    /// Changes a draft; answers the names of the fields that differ.
    pub fn apply(self, draft: &mut GalleryDraft, editions: &EditionSet) -> Vec<String> {
        let mut changed = ChangedFields::default();
        let items = self.items.map(|items| renew(&draft.items, items));
        changed.set("items", items, &mut draft.items);
        self.texts.apply(&mut draft.texts, editions, &mut changed);
        changed.into_names()
    }
}

/// The new items, with what the old ones of the same asset say where nothing is said anew.
fn renew(old: &[GalleryItemDraft], new: Vec<GalleryItemChange>) -> Vec<GalleryItemDraft> {
    let mut known: std::collections::HashMap<AssetId, std::collections::VecDeque<_>> =
        std::collections::HashMap::with_capacity(old.len());
    for item in old {
        let same = known.entry(item.asset).or_default();
        same.push_back(item.captions.clone());
    }
    new.into_iter()
        .map(|GalleryItemChange { asset, captions }| {
            let mut renewed = known
                .get_mut(&asset)
                .and_then(std::collections::VecDeque::pop_front)
                .unwrap_or_default();
            for EditionText { edition, value } in captions {
                match value.and_then(non_empty) {
                    Some(caption) => renewed.insert(edition, caption),
                    None => renewed.remove(&edition),
                };
            }
            GalleryItemDraft {
                asset,
                captions: renewed,
            }
        })
        .collect()
}

impl TextChange for GalleryTextChange {
    type Text = GalleryText;
    const NAME: &'static str = "title";

    fn has_name(&self) -> bool {
        self.title != Change::Keep
    }

    fn slug(&self) -> Option<&str> {
        set(&self.slug)
    }

    fn check(&self, at: &str, checks: &mut Checks) {
        checks.name(format_args!("{at}.title"), &self.title, checks::NAME);
        checks.slug(format_args!("{at}.slug"), set(&self.slug));
        let description = set(&self.description);
        let most = checks::DESCRIPTION;
        checks.text(format_args!("{at}.description"), description, most);
    }

    fn apply(self, text: &mut GalleryText, at: &str, changed: &mut ChangedFields) {
        let slug = slug_or_made(self.slug);
        changed.set(format!("{at}.title"), self.title, &mut text.title);
        changed.set(format!("{at}.slug"), slug, &mut text.slug);
        changed.set(
            format!("{at}.description"),
            self.description,
            &mut text.description,
        );
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::id::Id;

    #[test]
    fn what_stays_keeps_the_captions_that_are_not_named() {
        let [one, two, en, fa] = [1, 2, 3, 4].map(Uuid::from_u128);
        let (one, two): (AssetId, AssetId) = (Id::from_uuid(one), Id::from_uuid(two));
        let (en, fa): (EditionId, EditionId) = (Id::from_uuid(en), Id::from_uuid(fa));
        let item = |asset, captions: &[(EditionId, &str)]| GalleryItemDraft {
            asset,
            captions: captions
                .iter()
                .map(|(edition, text)| (*edition, (*text).to_owned()))
                .collect::<BTreeMap<_, _>>(),
        };
        let old = [
            item(one, &[(en, "First"), (fa, "یک")]),
            item(two, &[(en, "Second")]),
            item(one, &[(en, "First again")]),
        ];
        let new = |asset, captions: &[(EditionId, Option<&str>)]| GalleryItemChange {
            asset,
            captions: captions
                .iter()
                .map(|(edition, text)| EditionText {
                    edition: *edition,
                    value: text.map(str::to_owned),
                })
                .collect(),
        };
        let renewed = renew(
            &old,
            vec![
                new(two, &[(fa, Some("دو"))]),
                new(one, &[(fa, None)]),
                new(one, &[(en, Some(" "))]),
                new(one, &[]),
            ],
        );
        let expected = [
            item(two, &[(en, "Second"), (fa, "دو")]),
            item(one, &[(en, "First")]),
            item(one, &[]),
            item(one, &[]),
        ];
        assert_eq!(renewed, expected);
    }
}
