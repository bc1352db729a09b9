//! Wire forms that many resources share: ids, enums, figures, parts that may be left out.

use domain::{articles, body, comments, content, jobs, media};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::{media::Asset, parameters::Record, selection::Fields};

/// The id of a record: its kind, an underscore, 26 characters.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, pattern = "^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "article_01jb2x9k3m4n5p6q7r8s9t0v1w")]
#[expect(
    dead_code,
    reason = "only the OpenAPI document reads it; ids are written by the domain"
)]
pub(super) struct Id(String);

/// Something that is in the answer only when asked for. Left out is not the same as empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Included<T> {
    /// Was not asked for.
    #[default]
    No,
    /// Is there.
    Yes(T),
}

impl<T> Included<T> {
    /// For `skip_serializing_if`.
    pub(super) const fn is_left_out(&self) -> bool {
        matches!(self, Self::No)
    }
}

impl<T> From<Option<T>> for Included<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::No, Self::Yes)
    }
}

impl<T: Serialize> Serialize for Included<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::No => serializer.serialize_none(),
            Self::Yes(value) => value.serialize(serializer),
        }
    }
}

/// The direction a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
    /// As its first strong character says.
    Auto,
}

impl From<body::Direction> for Direction {
    fn from(direction: body::Direction) -> Self {
        match direction {
            body::Direction::Ltr => Self::Ltr,
            body::Direction::Rtl => Self::Rtl,
            body::Direction::Auto => Self::Auto,
        }
    }
}

/// Where an entry is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// Being written.
    Draft,
    /// Handed in.
    InReview,
    /// To be published at a set time.
    Scheduled,
    /// Public.
    Published,
    /// Taken off, kept.
    Archived,
    /// To be removed.
    Trashed,
}

impl From<content::Status> for Status {
    fn from(status: content::Status) -> Self {
        match status {
            content::Status::Draft => Self::Draft,
            content::Status::InReview => Self::InReview,
            content::Status::Scheduled => Self::Scheduled,
            content::Status::Published => Self::Published,
            content::Status::Archived => Self::Archived,
            content::Status::Trashed => Self::Trashed,
        }
    }
}

/// The kinds of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum EntryKind {
    /// A dated piece of writing.
    Article,
    /// A standing page.
    Page,
    /// A numbered issue of a newsletter.
    Issue,
}

impl From<content::ContentKind> for EntryKind {
    fn from(kind: content::ContentKind) -> Self {
        match kind {
            content::ContentKind::Article => Self::Article,
            content::ContentKind::Page => Self::Page,
            content::ContentKind::Issue => Self::Issue,
        }
    }
}

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AssetKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// A file to read or keep.
    Document,
}

impl From<media::AssetKind> for AssetKind {
    fn from(kind: media::AssetKind) -> Self {
        match kind {
            media::AssetKind::Image => Self::Image,
            media::AssetKind::Video => Self::Video,
            media::AssetKind::Audio => Self::Audio,
            media::AssetKind::Document => Self::Document,
        }
    }
}

/// What somebody in a byline did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ContributionRole {
    /// Wrote it.
    Author,
    /// Translated it.
    Translator,
    /// Edited it.
    Editor,
    /// Took the pictures.
    Photographer,
}

impl From<articles::ContributionRole> for ContributionRole {
    fn from(role: articles::ContributionRole) -> Self {
        match role {
            articles::ContributionRole::Author => Self::Author,
            articles::ContributionRole::Translator => Self::Translator,
            articles::ContributionRole::Editor => Self::Editor,
            articles::ContributionRole::Photographer => Self::Photographer,
        }
    }
}

/// Whether a comment is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CommentStatus {
    /// Waits for a moderator.
    Pending,
    /// Is shown.
    Approved,
    /// Was rejected as spam.
    Spam,
    /// Is in the trash.
    Trashed,
}

impl From<comments::CommentStatus> for CommentStatus {
    fn from(status: comments::CommentStatus) -> Self {
        match status {
            comments::CommentStatus::Pending => Self::Pending,
            comments::CommentStatus::Approved => Self::Approved,
            comments::CommentStatus::Spam => Self::Spam,
            comments::CommentStatus::Trashed => Self::Trashed,
        }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum JobState {
    /// It waits for its time, or for its next attempt.
    Waiting,
    /// A worker is at it.
    Running,
    /// It failed too often: it waits for people.
    Dead,
}

impl From<jobs::JobState> for JobState {
    fn from(state: jobs::JobState) -> Self {
        match state {
            jobs::JobState::Waiting => Self::Waiting,
            jobs::JobState::Running => Self::Running,
            jobs::JobState::Dead => Self::Dead,
        }
    }
}

/// The fields of a figure.
pub(super) const FIGURE: Fields = Fields {
    names: &["asset", "caption", "alt"],
    below: &[("asset", Fields::flat(Asset::FIELDS))],
};

/// An asset in its place in an entry or a gallery.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Figure<'a> {
    /// The asset.
    pub(super) asset: Asset<'a>,
    /// The caption it has here; the asset's own where it has none here.
    pub(super) caption: Option<&'a str>,
    /// The alternative text it has here; the asset's own where it has none here.
    pub(super) alt: Option<&'a str>,
}
