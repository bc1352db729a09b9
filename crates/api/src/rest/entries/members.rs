//! The members of what is sent of entries, those that all kinds share first.

use std::str::FromStr;

use domain::{
    Error,
    articles::ContributionDraft,
    body::{Format, Source},
    change::{Change, EntryChange, FigureChange, SeoChange},
    fields::CustomFields,
    id::{AssetId, AuthorId},
    media::FigureDraft,
    time::Timestamp,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::rest::{
    field::{Collected, Field, Unknown, Wire},
    query,
    wire::{ContributionRole, Id as IdSchema},
};

/// What can be sent of every entry.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct Shared {
    /// The headline.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 1_000)]
    title: Field<String>,
    /// Its slug; made from the title if it is null.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    slug: Field<String>,
    /// Its path in the edition; made from the pattern of the edition if it is null.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1_024)]
    path: Field<String>,
    /// The excerpt, plain text; null: the first words of the body.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    excerpt: Field<String>,
    /// The main picture; null takes it away.
    #[serde(default)]
    #[schema(value_type = Option<HeroPatch>)]
    hero: Field<HeroPatch>,
    /// What search engines are told; null takes all of it away.
    #[serde(default)]
    #[schema(value_type = Option<SeoPatch>)]
    seo: Field<SeoPatch>,
    /// Whether readers may comment.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    comments_open: Field<bool>,
    /// Whether it is marked to stand out.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_featured: Field<bool>,
    /// Values of custom fields by name, as `/content-model` tells: those that are named are set, or
    /// cleared by null; null for all clears them all.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    custom_fields: Field<CustomFields>,
    /// What is written.
    #[serde(default)]
    #[schema(value_type = BodyInput, required = false)]
    body: Field<BodyInput>,
    /// The id of the account whose entry it is; of a new one, the caller's if absent.
    #[serde(default)]
    #[schema(value_type = IdSchema, required = false)]
    owner_id: Field<String>,
    /// The id of the entry it is a translation of: it joins the translations of that one.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    translated_from_id: Field<String>,
    /// What is said about the change; kept with the revision and in the audit log.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    note: Field<String>,
}

/// A change of the main picture. With `assetId` another picture takes its place, with the texts that
/// stand beside it; without, the texts of the picture that is there change.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct HeroPatch {
    /// The id of the asset.
    #[serde(default)]
    #[schema(value_type = IdSchema, required = false)]
    asset_id: Field<String>,
    /// The caption it has here.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    caption: Field<String>,
    /// The alternative text it has here.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    alt: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// A change of what search engines are told. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct SeoPatch {
    /// Title of the HTML page.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1_000)]
    title: Field<String>,
    /// Description of the HTML page.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    description: Field<String>,
    /// Where the original stands, if not here: an absolute address.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_048)]
    canonical_url: Field<String>,
    /// Whether search engines are asked to stay away.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    noindex: Field<bool>,
    /// The id of a picture for link previews.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    image_id: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What is written, as HTML or as Markdown: one of the two.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(min_properties = 1, max_properties = 1)]
pub(in crate::rest) struct BodyInput {
    /// HTML.
    #[serde(default)]
    #[schema(value_type = String, required = false)]
    html: Field<String>,
    /// Markdown.
    #[serde(default)]
    #[schema(value_type = String, required = false)]
    markdown: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// An asset in its place in an entry.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct FigureInput {
    /// The id of the asset.
    #[serde(default)]
    #[schema(value_type = IdSchema, required)]
    asset_id: Field<String>,
    /// The caption it has here.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    caption: Field<String>,
    /// The alternative text it has here.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    alt: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Somebody in a byline: an author, or a name, or an author under another name.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct ContributionInput {
    /// What they did; `author` if absent.
    #[serde(default)]
    #[schema(value_type = ContributionRole, required = false)]
    role: Field<String>,
    /// The id of their profile.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    author_id: Field<String>,
    /// The name that is shown.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    name: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Wire for CustomFields {
    const MUST_BE: &'static str = "must be an object";
}
impl Wire for HeroPatch {
    const MUST_BE: &'static str = "must be an object";
}
impl Wire for SeoPatch {
    const MUST_BE: &'static str = "must be an object";
}
impl Wire for BodyInput {
    const MUST_BE: &'static str = "must be an object with `html` or `markdown`";
}
impl Wire for FigureInput {
    const MUST_BE: &'static str = "must be an object";
}
impl Wire for ContributionInput {
    const MUST_BE: &'static str = "must be an object";
}

impl Shared {
    /// Turns them into a command.
    pub(super) fn read(self, wrong: &mut Collected) -> EntryChange {
        EntryChange {
            slug: wrong.clearable("slug", self.slug),
            path: wrong.clearable("path", self.path),
            title: wrong.required("title", self.title),
            excerpt: wrong.clearable("excerpt", self.excerpt),
            hero: nested(wrong, "hero", self.hero, HeroPatch::read),
            seo: nested(wrong, "seo", self.seo, SeoPatch::read),
            comments_open: wrong.required("commentsOpen", self.comments_open),
            is_featured: wrong.required("isFeatured", self.is_featured),
            custom_fields: wrong.clearable("customFields", self.custom_fields),
            body: match wrong.required("body", self.body) {
                Change::Keep => Change::Keep,
                Change::Set(body) => body.read(wrong).map_or(Change::Keep, Change::Set),
            },
            owner: own_id(wrong, "ownerId", self.owner_id),
            translated_from: wrong.id("translatedFromId", self.translated_from_id),
            note: said(wrong, self.note),
        }
    }
}

impl HeroPatch {
    fn read(self, wrong: &mut Collected) -> FigureChange {
        wrong.unknown(&self.unknown);
        FigureChange {
            asset: own_id::<AssetId>(wrong, "assetId", self.asset_id),
            caption: wrong.clearable("caption", self.caption),
            alt: wrong.clearable("alt", self.alt),
        }
    }
}

impl SeoPatch {
    fn read(self, wrong: &mut Collected) -> SeoChange {
        wrong.unknown(&self.unknown);
        SeoChange {
            title: wrong.clearable("title", self.title),
            description: wrong.clearable("description", self.description),
            canonical_url: wrong.clearable("canonicalUrl", self.canonical_url),
            noindex: wrong.required("noindex", self.noindex),
            image: wrong.id::<AssetId>("imageId", self.image_id),
        }
    }
}

impl BodyInput {
    fn read(self, wrong: &mut Collected) -> Option<Source> {
        let (html, markdown) = wrong.within("body", |wrong| {
            wrong.unknown(&self.unknown);
            (
                wrong.required("html", self.html),
                wrong.required("markdown", self.markdown),
            )
        });
        let source = |format, text| Some(Source { format, text });
        match (html, markdown) {
            (Change::Set(text), Change::Keep) => source(Format::Html, text),
            (Change::Keep, Change::Set(text)) => source(Format::Markdown, text),
            (Change::Set(_), Change::Set(_)) | (Change::Keep, Change::Keep) => {
                wrong.note("body", "must have one of `html` and `markdown`");
                None
            }
        }
    }
}

impl FigureInput {
    /// Reads an item of a list.
    pub(in crate::rest) fn read(self, wrong: &mut Collected) -> Option<FigureDraft> {
        wrong.unknown(&self.unknown);
        let asset = needed_id::<AssetId>(wrong, "assetId", self.asset_id);
        let (caption, alt) = (
            set(wrong.clearable("caption", self.caption)),
            set(wrong.clearable("alt", self.alt)),
        );
        Some(FigureDraft {
            asset: asset?,
            caption,
            alt,
        })
    }
}

impl ContributionInput {
    /// Reads an item of a list.
    pub(in crate::rest) fn read(self, wrong: &mut Collected) -> Option<ContributionDraft> {
        wrong.unknown(&self.unknown);
        let role = match wrong.required("role", self.role) {
            Change::Keep => Some(domain::articles::ContributionRole::Author),
            Change::Set(role) => wrong.take(role.parse()),
        };
        let author = set(wrong.id::<AuthorId>("authorId", self.author_id));
        let name = set(wrong.clearable("name", self.name));
        Some(ContributionDraft {
            role: role?,
            author,
            name,
        })
    }
}

/// An object within, of which what is left out stays; null clears it.
pub(in crate::rest) fn nested<T: Wire, C>(
    wrong: &mut Collected,
    name: &str,
    field: Field<T>,
    read: impl FnOnce(T, &mut Collected) -> C,
) -> Change<Option<C>> {
    let field = wrong.clearable(name, field);
    field.map(|value| value.map(|value| wrong.within(name, |wrong| read(value, wrong))))
}

/// A list of objects; null empties it.
pub(in crate::rest) fn list<T: Wire, C>(
    wrong: &mut Collected,
    name: &str,
    field: Field<Vec<Field<T>>>,
    mut read: impl FnMut(T, &mut Collected) -> Option<C>,
) -> Change<Vec<C>> {
    let Change::Set(items) = wrong.clearable(name, field) else {
        return Change::Keep;
    };
    let items = items.unwrap_or_default().into_iter().enumerate();
    let mut item = |wrong: &mut Collected, (number, item): (usize, Field<T>)| {
        let number = number.to_string();
        if let Field::Value(value) = item {
            return wrong.within(&number, |wrong| read(value, wrong));
        }
        wrong.note(&number, T::MUST_BE);
        None
    };
    let read: Vec<Option<C>> = wrong.within(name, |wrong| {
        items.map(|numbered| item(wrong, numbered)).collect()
    });
    // With an item missing, the others would be told by wrong numbers.
    let whole: Option<Vec<C>> = read.into_iter().collect();
    whole.map_or(Change::Keep, Change::Set)
}

/// A list of ids; null empties it.
pub(in crate::rest) fn ids<T: FromStr<Err = Error>>(
    wrong: &mut Collected,
    name: &str,
    field: Field<Vec<Field<String>>>,
) -> Change<Vec<T>> {
    match wrong.clearable(name, field) {
        Change::Keep => Change::Keep,
        Change::Set(items) => {
            let items = items.unwrap_or_default();
            let sent = items.len();
            let ids = wrong.ids(name, items);
            if ids.len() == sent {
                Change::Set(ids)
            } else {
                Change::Keep
            }
        }
    }
}

/// An id that has to be there.
pub(in crate::rest) fn needed_id<T: FromStr<Err = Error>>(
    wrong: &mut Collected,
    name: &str,
    field: Field<String>,
) -> Option<T> {
    if field == Field::Absent {
        wrong.note(name, "is required");
        return None;
    }
    match own_id(wrong, name, field) {
        Change::Set(id) => Some(id),
        Change::Keep => None,
    }
}

/// An id that cannot be cleared.
pub(in crate::rest) fn own_id<T: FromStr<Err = Error>>(
    wrong: &mut Collected,
    name: &str,
    field: Field<String>,
) -> Change<T> {
    if field == Field::Null {
        wrong.note(name, "must be an id; it cannot be cleared");
        return Change::Keep;
    }
    match wrong.id(name, field) {
        Change::Set(Some(id)) => Change::Set(id),
        Change::Set(None) | Change::Keep => Change::Keep,
    }
}

/// A point in time, or null.
pub(in crate::rest) fn time(
    wrong: &mut Collected,
    name: &str,
    field: Field<String>,
) -> Change<Option<Timestamp>> {
    match wrong.clearable(name, field) {
        Change::Keep => Change::Keep,
        Change::Set(None) => Change::Set(None),
        Change::Set(Some(text)) => {
            let read = query::time(&text);
            if read.is_none() {
                wrong.note(
                    name,
                    "must be a point in time such as 2026-03-05T10:00:00Z (RFC 3339)",
                );
                return Change::Keep;
            }
            Change::Set(read)
        }
    }
}

/// What is said about a change.
pub(in crate::rest) fn said(wrong: &mut Collected, note: Field<String>) -> Option<String> {
    set(wrong.clearable("note", note))
}

/// What a member holds where being left out is the same as being empty.
pub(in crate::rest) fn set<T>(change: Change<Option<T>>) -> Option<T> {
    match change {
        Change::Keep => None,
        Change::Set(value) => value,
    }
}
