//! Pages: what stands, below other pages or alone.

use serde::{Deserialize, Serialize};

use crate::{
    articles::{EntryBody, EntryDraft},
    content::{Content, Entry, Part, Seo},
    error::Error,
    id::{Id, PageId},
    media::Figure,
};

/// A standing page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// What all entries share.
    pub entry: Entry,
    /// The author's own excerpt, plain text.
    pub custom_excerpt: Option<String>,
    /// The first words of the body.
    pub derived_excerpt: String,
    /// Place among the pages of its parent.
    pub position: i64,
    /// Whether readers may comment.
    pub comments_open: bool,
    /// Approved comments.
    pub comment_count: i64,
    /// Texts for search engines.
    pub seo: Part<Seo>,
    /// The body.
    pub body: Part<EntryBody>,
    /// The main picture.
    pub hero: Part<Option<Figure>>,
}

impl Page {
    /// Its id.
    pub fn id(&self) -> PageId {
        Id::from_uuid(self.entry.id.uuid())
    }

    /// The excerpt: the author's own, else the first words of the body.
    pub fn excerpt(&self, max_words: Option<usize>) -> String {
        crate::articles::excerpt(
            self.custom_excerpt.as_deref(),
            &self.derived_excerpt,
            max_words,
        )
    }
}

impl TryFrom<Content> for Page {
    type Error = Error;
    fn try_from(content: Content) -> Result<Self, Error> {
        match content {
            Content::Page(page) => Ok(page),
            Content::Article(_) | Content::Issue(_) => Err(Error::not_found("the page")),
        }
    }
}

/// A new page, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageDraft {
    /// What all entries share.
    pub entry: EntryDraft,
    /// Place among the pages of its parent.
    pub position: i64,
}
