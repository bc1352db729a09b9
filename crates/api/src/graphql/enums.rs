//! Mirrors of the domain's enums, with the descriptions readers of the schema see.

use async_graphql::Enum;

/// Where an entry is in its life. A scheduled change of a published entry leaves it `PUBLISHED`.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::content::Status")]
pub(crate) enum Status {
    /// Being written.
    Draft,
    /// Handed in, waits for an editor.
    InReview,
    /// Will be published at a set time.
    Scheduled,
    /// Public.
    Published,
    /// Taken off the site, kept.
    Archived,
    /// In the trash.
    Trashed,
}

/// Which state of an entry to read.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum View {
    /// What is public; before the first publication the draft.
    #[default]
    Live,
    /// The same with the pending revision applied. Needs the right to edit; without it the answer
    /// is that of `LIVE`.
    Latest,
}

/// Where a job stands. One that is done is gone.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::jobs::JobState")]
pub(crate) enum JobState {
    /// It waits for its time, or for its next attempt.
    Waiting,
    /// A worker is at it.
    Running,
    /// It failed too often: it waits for people.
    Dead,
}

/// The direction of writing.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::text::Direction")]
pub(crate) enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
    /// As the first strong character of the text says; in bodies only.
    Auto,
}

/// What somebody in a byline did.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::articles::ContributionRole")]
pub(crate) enum ContributionRole {
    /// Wrote it.
    Author,
    /// Translated it.
    Translator,
    /// Edited it.
    Editor,
    /// Took the pictures.
    Photographer,
}

/// What an asset is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::media::AssetKind")]
pub(crate) enum AssetKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// A file to read or keep.
    Document,
}

/// Whether a comment is shown.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::comments::CommentStatus")]
pub(crate) enum CommentStatus {
    /// Waits for a moderator.
    Pending,
    /// Is shown.
    Approved,
    /// Was rejected as spam.
    Spam,
    /// Is in the trash.
    Trashed,
}

/// When what readers write is shown.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::settings::CommentPolicy")]
pub(crate) enum CommentPolicy {
    /// Once a moderator has approved it.
    Before,
    /// At once; moderators look at it later.
    After,
    /// Never: nobody may comment any more.
    Closed,
}

/// How the source of a body is written.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::body::Format")]
pub(crate) enum BodyFormat {
    /// HTML.
    Html,
    /// Markdown (`CommonMark` with tables, strikethrough and footnotes).
    Markdown,
}

/// What a piece of text looks like or means beyond its words.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::body::Mark")]
pub(crate) enum Mark {
    /// Of importance: `<strong>`.
    Strong,
    /// Stressed: `<em>`.
    Emphasis,
    /// Underlined or inserted: `<u>`.
    Underline,
    /// No longer valid, or deleted: `<s>`.
    Strike,
    /// Highlighted: `<mark>`.
    Highlight,
    /// Small print: `<small>`.
    Small,
    /// Below the line: `<sub>`.
    Sub,
    /// Above the line: `<sup>`.
    Sup,
    /// Code: `<code>`.
    Code,
}

/// How the text of a table cell is aligned.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::body::Align")]
pub(crate) enum Align {
    /// To the left.
    Left,
    /// In the middle.
    Center,
    /// To the right.
    Right,
}

/// The site an embed comes from.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::body::Provider")]
pub(crate) enum EmbedProvider {
    /// youtube.com
    Youtube,
    /// vimeo.com
    Vimeo,
    /// x.com, once Twitter.
    X,
    /// soundcloud.com
    Soundcloud,
    /// spotify.com
    Spotify,
    /// instagram.com
    Instagram,
    /// facebook.com
    Facebook,
    /// tiktok.com
    Tiktok,
    /// openstreetmap.org
    Openstreetmap,
    /// Google Maps.
    GoogleMaps,
    /// Any other site.
    Iframe,
}

/// Which way a list is ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderDirection {
    /// The smallest, oldest, first letter of the alphabet first.
    Asc,
    /// The largest, newest, last letter of the alphabet first.
    Desc,
}

/// What articles can be ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArticleOrderField {
    /// The time of publication (of creation, before that).
    PublishedAt,
    /// The time of the last change.
    UpdatedAt,
    /// The title, as the edition's language sorts.
    Title,
}

/// What pages can be ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageOrderField {
    /// The time of publication (of creation, before that).
    PublishedAt,
    /// The time of the last change.
    UpdatedAt,
    /// The title, as the edition's language sorts.
    Title,
    /// The place among the pages of the same parent.
    Position,
}

/// What newsletter issues can be ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IssueOrderField {
    /// The time of publication (of creation, before that).
    PublishedAt,
    /// The time of the last change.
    UpdatedAt,
    /// The title, as the edition's language sorts.
    Title,
    /// The number in its newsletter.
    Number,
}

/// The order of categories, tags and authors.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[graphql(remote = "domain::terms::TermOrder")]
pub(crate) enum TermOrder {
    /// By name, as the edition's language sorts; what has no text in the edition is left out.
    #[default]
    Name,
    /// As they were made.
    Created,
}

/// What articles can be counted by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "application::FacetField")]
pub(crate) enum FacetField {
    /// By category.
    Category,
    /// By tag.
    Tag,
    /// By author.
    Author,
}
