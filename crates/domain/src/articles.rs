//! Articles.

use std::{str::FromStr, sync::Arc};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    authors::Author,
    body::{Body, Source},
    content::{Content, Entry, Part, Seo, Status},
    error::Error,
    fields::CustomFields,
    id::{
        ArticleId, AuthorId, CategoryId, EditionId, EntryId, GalleryId, Id, TagId,
        TranslationGroupId, UserId,
    },
    media::{Figure, FigureDraft},
    terms::Term,
    time::Timestamp,
};

/// A dated piece of writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// What all entries share.
    pub entry: Entry,
    /// The line below the headline.
    pub subtitle: Option<String>,
    /// The author's own excerpt, plain text.
    pub custom_excerpt: Option<String>,
    /// The first words of the body (at most 100).
    pub derived_excerpt: String,
    /// Words of the body.
    pub word_count: i64,
    /// Minutes it takes to read.
    pub reading_time_minutes: i64,
    /// The category its address is made from.
    pub primary_category: Option<CategoryId>,
    /// Where it was first published, if elsewhere.
    pub source: Option<SourceCredit>,
    /// WordPress post format: `gallery`, `video`, `quote`.
    pub post_format: Option<String>,
    /// Whether readers may comment.
    pub comments_open: bool,
    /// Approved comments.
    pub comment_count: i64,
    /// Texts for search engines.
    pub seo: Part<Seo>,
    /// The body.
    pub body: Part<EntryBody>,
    /// Categories first, then tags, each in its order.
    pub terms: Part<Vec<Arc<Term>>>,
    /// Who made it, in order.
    pub byline: Part<Vec<Contribution>>,
    /// The main picture.
    pub hero: Part<Option<Figure>>,
    /// Attached files, in order.
    pub attachments: Part<Vec<Figure>>,
    /// What was put right in it since it was published, the oldest notice first.
    pub corrections: Part<Vec<Correction>>,
    /// What the state that is shown leads to, where it is another than that of the rows.
    pub leads: Option<Arc<Leads>>,
}

/// What a state of an article leads to besides its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leads {
    /// Its galleries, in order.
    pub galleries: Vec<GalleryId>,
    /// The articles an editor chose to be read next.
    pub related: Vec<ArticleId>,
}

impl Article {
    /// Its id.
    pub fn id(&self) -> ArticleId {
        Id::from_uuid(self.entry.id.uuid())
    }

    /// The excerpt: the author's own, else the first words of the body.
    pub fn excerpt(&self, max_words: Option<usize>) -> String {
        excerpt(
            self.custom_excerpt.as_deref(),
            &self.derived_excerpt,
            max_words,
        )
    }
}

/// At most so many words of an author's own excerpt, else of the first words of the body.
pub(crate) fn excerpt(own: Option<&str>, derived: &str, max_words: Option<usize>) -> String {
    match (max_words, own) {
        (Some(max), own) => crate::body::excerpt(own.unwrap_or(derived), max),
        (None, Some(own)) => own.to_owned(),
        (None, None) => crate::body::excerpt(derived, 55),
    }
}

impl TryFrom<Content> for Article {
    type Error = Error;
    fn try_from(content: Content) -> Result<Self, Error> {
        match content {
            Content::Article(article) => Ok(article),
            Content::Page(_) | Content::Issue(_) => Err(Error::not_found("the article")),
        }
    }
}

/// A body as stored: derived forms, and the source for those who may edit.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryBody {
    /// HTML, Markdown, text and blocks.
    pub derived: Body,
    /// What was written; absent for those who may not edit.
    pub source: Option<Source>,
}

/// One name in a byline.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// What they did.
    pub role: ContributionRole,
    /// Their profile, or none for a name alone.
    pub author: Option<Arc<Author>>,
    /// The name, where there is no profile or it is to be shown differently.
    pub name: Option<String>,
}

/// What somebody in a byline did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContributionRole {
    /// Wrote it.
    Author,
    /// Translated it.
    Translator,
    /// Edited it.
    Editor,
    /// Took the pictures.
    Photographer,
}

impl ContributionRole {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Author,
        Self::Translator,
        Self::Editor,
        Self::Photographer,
    ];

    /// The text in the store and in REST.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Translator => "translator",
            Self::Editor => "editor",
            Self::Photographer => "photographer",
        }
    }
}

impl FromStr for ContributionRole {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| {
                Error::invalid("role", "must be author, translator, editor or photographer")
            })
    }
}

/// Where a piece was first published.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SourceCredit {
    /// The outlet.
    pub outlet: Option<String>,
    /// Its address there.
    pub url: Option<String>,
    /// Its author there.
    pub author: Option<String>,
    /// When it appeared there.
    pub published_at: Option<Timestamp>,
    /// Under what licence it is used.
    pub licence: Option<String>,
    /// Its language there (BCP 47).
    pub language: Option<String>,
}

/// A dated notice that something in an article was wrong and is put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Correction {
    /// When it was put right.
    pub at: Timestamp,
    /// What was wrong and what is right, plain text.
    pub text: String,
}

/// The same as a command writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CorrectionDraft {
    /// When it was put right; `None`: now.
    pub at: Option<Timestamp>,
    /// What was wrong and what is right, plain text.
    pub text: String,
}

/// The most notices an article has.
pub const MAX_CORRECTIONS: usize = 100;

/// What commands say about an entry of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryDraft {
    /// The edition it belongs to.
    pub edition: EditionId,
    /// The group of its translations; `None`: a new one, and in a change the one it is in. The first
    /// entry that names a group makes it.
    pub group: Option<TranslationGroupId>,
    /// What it was translated from, and that one's version.
    pub translated_from: Option<(EntryId, i64)>,
    /// The page above.
    pub parent: Option<EntryId>,
    /// Wanted slug; empty: made from the title. A taken one gets a number.
    pub slug: String,
    /// The path it must keep; `None`: made from the edition's pattern.
    pub path: Option<String>,
    /// The headline.
    pub title: String,
    /// Where in its life it begins.
    pub status: Status,
    /// When it was (or, imported, had been) published.
    pub published_at: Option<Timestamp>,
    /// When a scheduled one is to be published.
    pub scheduled_at: Option<Timestamp>,
    /// Marked to stand out.
    pub is_featured: bool,
    /// The account that wrote it; `None`: the person who makes it, and in a change whose it was.
    pub owner: Option<UserId>,
    /// Id in feeds, if not ours.
    pub guid: Option<String>,
    /// When it was made, if that is known better than "now".
    pub created_at: Option<Timestamp>,
    /// When it was changed, if that is known better than "now".
    pub updated_at: Option<Timestamp>,
    /// Excerpt, plain text.
    pub excerpt: Option<String>,
    /// The main picture.
    pub hero: Option<FigureDraft>,
    /// Texts for search engines.
    pub seo: Seo,
    /// Whether readers may comment.
    pub comments_open: bool,
    /// The values of its custom fields.
    #[serde(default)]
    pub custom_fields: CustomFields,
    /// What was written.
    pub source: Source,
    /// What it is derived to. A snapshot leaves it out: it is derived again.
    #[serde(skip, default = "Body::empty")]
    pub body: Body,
    /// Data nobody but editors and exports see.
    pub private_data: serde_json::Value,
}

/// A new article, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArticleDraft {
    /// What all entries share.
    pub entry: EntryDraft,
    /// The line below the headline.
    pub subtitle: Option<String>,
    /// Its categories, the primary one first.
    pub categories: Vec<CategoryId>,
    /// Its tags.
    pub tags: Vec<TagId>,
    /// Who made it.
    pub byline: Vec<ContributionDraft>,
    /// Attached files.
    pub attachments: Vec<FigureDraft>,
    /// Galleries.
    pub galleries: Vec<GalleryId>,
    /// Articles to read next, chosen by an editor.
    pub related: Vec<ArticleId>,
    /// Where it was first published.
    pub source_credit: Option<SourceCredit>,
    /// WordPress post format.
    pub post_format: Option<String>,
    /// What was put right in it, the oldest notice first. Snapshots of before there were any have
    /// none.
    #[serde(default)]
    pub corrections: Vec<Correction>,
}

/// One name in a byline, as a command writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContributionDraft {
    /// What they did.
    pub role: ContributionRole,
    /// Their profile.
    pub author: Option<AuthorId>,
    /// A name instead of, or shown for, a profile.
    pub name: Option<String>,
}

/// A day on which articles were published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveDay {
    /// The day, UTC.
    pub day: NaiveDate,
    /// Published articles.
    pub count: u64,
    /// Whether search engines may show one of them for certain: it says nothing against it, and
    /// names no address of its original.
    pub has_listed: bool,
}

/// A month that has published articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveMonth {
    /// The year, UTC.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u32,
    /// Published articles.
    pub count: u64,
}
