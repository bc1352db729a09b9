//! Newsletters and their numbered issues (content; sending is apart).

mod change;

pub use change::NewsletterChange;

use serde::{Deserialize, Serialize};

use crate::{
    access::Target,
    articles::{EntryBody, EntryDraft},
    content::{Content, Entry, Part, Seo},
    error::Error,
    events::RecordKind,
    id::{ArticleId, EditionId, Id, IssueId, NewsletterId},
    media::Figure,
    time::Timestamp,
};

/// A named series in one edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Newsletter {
    /// Its id.
    pub id: NewsletterId,
    /// The edition.
    pub edition: EditionId,
    /// Unique per edition.
    pub slug: String,
    /// Its name.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Newsletter {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::of_edition(RecordKind::Newsletter, self.id, self.edition)
    }
}

/// A new newsletter, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq)]
pub struct NewsletterDraft {
    /// The edition.
    pub edition: EditionId,
    /// Empty: made from the title.
    pub slug: String,
    /// Its name.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
}

/// A numbered issue. Its body is the intro; sections follow; the outro closes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// What all entries share.
    pub entry: Entry,
    /// The series.
    pub newsletter: NewsletterId,
    /// Unique per series.
    pub number: i64,
    /// Closing words, Markdown.
    pub outro: Option<String>,
    /// Texts for search engines.
    pub seo: Part<Seo>,
    /// The intro.
    pub body: Part<EntryBody>,
    /// The main picture.
    pub hero: Part<Option<Figure>>,
    /// What is in it, in order.
    pub sections: Part<Vec<Section>>,
    /// Attached files, in order (the PDF edition).
    pub attachments: Part<Vec<Figure>>,
}

impl Issue {
    /// Its id.
    pub fn id(&self) -> IssueId {
        Id::from_uuid(self.entry.id.uuid())
    }
}

impl TryFrom<Content> for Issue {
    type Error = Error;
    fn try_from(content: Content) -> Result<Self, Error> {
        match content {
            Content::Issue(issue) => Ok(issue),
            Content::Article(_) | Content::Page(_) => Err(Error::not_found("the issue")),
        }
    }
}

/// A part of an issue.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// Its heading.
    pub heading: Option<String>,
    /// What is in it.
    pub items: Vec<SectionItem>,
}

/// An article or a free note in a section.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SectionItem {
    /// The article; hidden from those who may not read it.
    pub article: Option<ArticleId>,
    /// Shown instead of the article's title.
    pub title: Option<String>,
    /// Shown instead of the article's excerpt.
    pub summary: Option<String>,
    /// A free note, Markdown.
    pub note: Option<String>,
}

/// A new issue, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueDraft {
    /// What all entries share; its source is the intro.
    pub entry: EntryDraft,
    /// The series.
    pub newsletter: NewsletterId,
    /// Unique per series.
    pub number: i64,
    /// Closing words, Markdown.
    pub outro: Option<String>,
    /// What is in it.
    pub sections: Vec<Section>,
    /// Attached files.
    pub attachments: Vec<crate::media::FigureDraft>,
}
