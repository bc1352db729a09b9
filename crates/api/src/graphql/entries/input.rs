//! What the inputs of articles, pages and issues have in common.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use domain::{
    body::{Format, Source},
    change::{Change, EntryChange, FigureChange, SeoChange},
    fields::CustomFields,
    id::UserId,
    media::FigureDraft,
};

use crate::graphql::{
    context::parse_id,
    input::{Wrong, clearable},
};

/// What is written, in one of two forms.
#[derive(OneofObject, Debug)]
pub(crate) enum BodyInput {
    /// HTML, of any quality: what is not safe or has no meaning in a body is left out.
    Html(String),
    /// Markdown (`CommonMark` with tables, strikethrough and footnotes).
    Markdown(String),
}

impl From<BodyInput> for Source {
    fn from(input: BodyInput) -> Self {
        let (format, text) = match input {
            BodyInput::Html(text) => (Format::Html, text),
            BodyInput::Markdown(text) => (Format::Markdown, text),
        };
        Self { format, text }
    }
}

/// The main picture. With an asset: this picture, with the texts beside it. Without: the texts of the
/// picture that is there change.
#[derive(InputObject, Debug)]
pub(crate) struct HeroInput {
    /// The id of the asset.
    asset: MaybeUndefined<ID>,
    /// The caption here; null: that of the asset.
    caption: MaybeUndefined<String>,
    /// The alternative text here; null: that of the asset.
    alt: MaybeUndefined<String>,
}

impl HeroInput {
    fn read(self, wrong: &mut Wrong) -> FigureChange {
        FigureChange {
            asset: wrong.required_id("hero.asset", self.asset),
            caption: clearable(self.caption),
            alt: clearable(self.alt),
        }
    }
}

/// An asset in its place.
#[derive(InputObject, Debug)]
pub(crate) struct FigureInput {
    /// The id of the asset.
    asset: ID,
    /// The caption here; that of the asset if absent.
    caption: Option<String>,
    /// The alternative text here; that of the asset if absent.
    alt: Option<String>,
}

/// Attached files; null takes all away.
pub(crate) fn attachments(
    wrong: &mut Wrong,
    figures: MaybeUndefined<Vec<FigureInput>>,
) -> Change<Vec<FigureDraft>> {
    wrong.list(figures, |wrong, number, figure| {
        let asset = parse_id(&format!("attachments.{number}.asset"), &figure.asset);
        Some(FigureDraft {
            asset: wrong.take(asset)?,
            caption: figure.caption,
            alt: figure.alt,
        })
    })
}

/// Texts for search engines and link previews. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct SeoInput {
    /// The title of the HTML page; null: that of the entry.
    title: MaybeUndefined<String>,
    /// The description; null: the excerpt.
    description: MaybeUndefined<String>,
    /// The address of the original, if it stands elsewhere.
    canonical_url: MaybeUndefined<String>,
    /// Whether search engines are to stay away.
    noindex: MaybeUndefined<bool>,
    /// The id of the picture for link previews; null: the main picture.
    image: MaybeUndefined<ID>,
}

impl SeoInput {
    fn read(self, wrong: &mut Wrong) -> SeoChange {
        SeoChange {
            title: clearable(self.title),
            description: clearable(self.description),
            canonical_url: clearable(self.canonical_url),
            noindex: wrong.required("seo.noindex", self.noindex),
            image: wrong.id("seo.image", self.image),
        }
    }
}

/// The fields all kinds of entry have. The status is none of them: it is changed by mutations of its
/// own.
#[derive(InputObject, Debug)]
pub(crate) struct EntryInput {
    /// The title. What is new needs one.
    title: MaybeUndefined<String>,
    /// The readable last part of its address; null: made from the title.
    slug: MaybeUndefined<String>,
    /// Its path in its edition; null: made as the edition makes paths.
    path: MaybeUndefined<String>,
    /// The excerpt, plain text; null: the first words of the body.
    excerpt: MaybeUndefined<String>,
    /// What is written.
    body: MaybeUndefined<BodyInput>,
    /// The main picture; null takes it away.
    hero: MaybeUndefined<HeroInput>,
    /// Texts for search engines; null clears them all.
    seo: MaybeUndefined<SeoInput>,
    /// Whether readers may comment.
    comments_open: MaybeUndefined<bool>,
    /// Whether it is marked to stand out.
    is_featured: MaybeUndefined<bool>,
    /// Values of custom fields, an object by their names: those that are named are set, or cleared by
    /// null. Null for all clears them all.
    custom_fields: MaybeUndefined<serde_json::Value>,
    /// The id of the account it belongs to. A new entry is its maker's if absent.
    owner: MaybeUndefined<ID>,
    /// The id of the entry it was translated from: it joins that one's translations.
    translated_from: MaybeUndefined<ID>,
    /// What is said about the change, for the log and the revisions.
    note: Option<String>,
}

impl EntryInput {
    /// The change it asks for.
    pub(crate) fn read(self, wrong: &mut Wrong) -> EntryChange {
        EntryChange {
            slug: clearable(self.slug),
            path: clearable(self.path),
            title: wrong.required("title", self.title),
            excerpt: clearable(self.excerpt),
            hero: clearable(self.hero).map(|hero| hero.map(|hero| hero.read(wrong))),
            seo: clearable(self.seo).map(|seo| seo.map(|seo| seo.read(wrong))),
            comments_open: wrong.required("commentsOpen", self.comments_open),
            is_featured: wrong.required("isFeatured", self.is_featured),
            custom_fields: custom_fields(wrong, self.custom_fields),
            body: wrong.required("body", self.body).map(Source::from),
            owner: wrong.required_id::<UserId>("owner", self.owner),
            translated_from: wrong.id("translatedFrom", self.translated_from),
            note: self.note,
        }
    }
}

/// The custom fields an input sets.
pub(crate) fn custom_fields(
    wrong: &mut Wrong,
    value: MaybeUndefined<serde_json::Value>,
) -> Change<Option<CustomFields>> {
    match clearable(value) {
        Change::Keep => Change::Keep,
        Change::Set(None) => Change::Set(None),
        Change::Set(Some(serde_json::Value::Object(fields))) => {
            Change::Set(Some(fields.into_iter().collect()))
        }
        Change::Set(Some(_)) => {
            wrong.note("customFields", "must be an object");
            Change::Keep
        }
    }
}
