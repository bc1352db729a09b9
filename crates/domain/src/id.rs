//! Typed ids: a `UUIDv7` that knows what it names, shown as a `TypeID` (`article_01jb…`).

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::{content::ContentKind, error::Error};

/// What an id names: the prefix of its public form.
pub trait IdKind: 'static {
    /// The prefix, without the underscore.
    const PREFIX: &'static str;
}

/// An id of one kind of record. The public form is a `TypeID` (specification 0.3): the prefix, an
/// underscore and the UUID in 26 characters of Crockford's base32.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K: IdKind> Id<K> {
    /// Gives a UUID its kind; for the id source and the store only.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
    /// The bare UUID; for the store only.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K: IdKind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_type_id(f, K::PREFIX, self.0)
    }
}
impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K: IdKind> FromStr for Id<K> {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let (prefix, uuid) = parse_type_id(text)?;
        if prefix == K::PREFIX {
            Ok(Self::from_uuid(uuid))
        } else {
            Err(Error::invalid(
                "id",
                format!(
                    "`{}` is an id of another kind: it must begin with `{}_`",
                    shorten(text),
                    K::PREFIX
                ),
            ))
        }
    }
}
impl<K: IdKind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: IdKind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The kinds of record that have ids.
pub mod kinds {
    use super::IdKind;

    /// Marks the ids of articles.
    #[derive(Debug)]
    pub enum Article {}
    /// Marks the ids of pages.
    #[derive(Debug)]
    pub enum Page {}
    /// Marks the ids of newsletter issues.
    #[derive(Debug)]
    pub enum Issue {}
    /// Marks the ids of categories.
    #[derive(Debug)]
    pub enum Category {}
    /// Marks the ids of tags.
    #[derive(Debug)]
    pub enum Tag {}
    /// Marks the ids of authors.
    #[derive(Debug)]
    pub enum Author {}
    /// Marks the ids of assets.
    #[derive(Debug)]
    pub enum Asset {}
    /// Marks the ids of galleries.
    #[derive(Debug)]
    pub enum Gallery {}
    /// Marks the ids of collections.
    #[derive(Debug)]
    pub enum Collection {}
    /// Marks the ids of newsletters.
    #[derive(Debug)]
    pub enum Newsletter {}
    /// Marks the ids of menus.
    #[derive(Debug)]
    pub enum Menu {}
    /// Marks the ids of comments.
    #[derive(Debug)]
    pub enum Comment {}
    /// Marks the ids of redirects.
    #[derive(Debug)]
    pub enum Redirect {}
    /// Marks the ids of editions.
    #[derive(Debug)]
    pub enum Edition {}
    /// Marks the ids of translation groups.
    #[derive(Debug)]
    pub enum TranslationGroup {}
    /// Marks the ids of revisions.
    #[derive(Debug)]
    pub enum Revision {}
    /// Marks the ids of user accounts.
    #[derive(Debug)]
    pub enum User {}
    /// Marks the ids of sessions.
    #[derive(Debug)]
    pub enum Session {}
    /// Marks the ids of API keys.
    #[derive(Debug)]
    pub enum ApiKey {}
    /// Marks the ids of jobs.
    #[derive(Debug)]
    pub enum Job {}

    impl IdKind for Article {
        const PREFIX: &'static str = "article";
    }
    impl IdKind for Page {
        const PREFIX: &'static str = "page";
    }
    impl IdKind for Issue {
        const PREFIX: &'static str = "issue";
    }
    impl IdKind for Category {
        const PREFIX: &'static str = "category";
    }
    impl IdKind for Tag {
        const PREFIX: &'static str = "tag";
    }
    impl IdKind for Author {
        const PREFIX: &'static str = "author";
    }
    impl IdKind for Asset {
        const PREFIX: &'static str = "asset";
    }
    impl IdKind for Gallery {
        const PREFIX: &'static str = "gallery";
    }
    impl IdKind for Collection {
        const PREFIX: &'static str = "collection";
    }
    impl IdKind for Newsletter {
        const PREFIX: &'static str = "newsletter";
    }
    impl IdKind for Menu {
        const PREFIX: &'static str = "menu";
    }
    impl IdKind for Comment {
        const PREFIX: &'static str = "comment";
    }
    impl IdKind for Redirect {
        const PREFIX: &'static str = "redirect";
    }
    impl IdKind for Edition {
        const PREFIX: &'static str = "edition";
    }
    impl IdKind for TranslationGroup {
        const PREFIX: &'static str = "translations";
    }
    impl IdKind for Revision {
        const PREFIX: &'static str = "revision";
    }
    impl IdKind for User {
        const PREFIX: &'static str = "user";
    }
    impl IdKind for Session {
        const PREFIX: &'static str = "session";
    }
    impl IdKind for Job {
        const PREFIX: &'static str = "job";
    }
    impl IdKind for ApiKey {
        const PREFIX: &'static str = "apikey";
    }
}

/// The id of an article.
pub type ArticleId = Id<kinds::Article>;
/// The id of a page.
pub type PageId = Id<kinds::Page>;
/// The id of a newsletter issue.
pub type IssueId = Id<kinds::Issue>;
/// The id of a category.
pub type CategoryId = Id<kinds::Category>;
/// The id of a tag.
pub type TagId = Id<kinds::Tag>;
/// The id of an author.
pub type AuthorId = Id<kinds::Author>;
/// The id of an asset.
pub type AssetId = Id<kinds::Asset>;
/// The id of a gallery.
pub type GalleryId = Id<kinds::Gallery>;
/// The id of a collection.
pub type CollectionId = Id<kinds::Collection>;
/// The id of a newsletter.
pub type NewsletterId = Id<kinds::Newsletter>;
/// The id of a menu.
pub type MenuId = Id<kinds::Menu>;
/// The id of a comment.
pub type CommentId = Id<kinds::Comment>;
/// The id of a redirect.
pub type RedirectId = Id<kinds::Redirect>;
/// The id of an edition.
pub type EditionId = Id<kinds::Edition>;
/// The id of a translation group.
pub type TranslationGroupId = Id<kinds::TranslationGroup>;
/// The id of a revision.
pub type RevisionId = Id<kinds::Revision>;
/// The id of a user account.
pub type UserId = Id<kinds::User>;
/// The id of a session.
pub type SessionId = Id<kinds::Session>;
/// The id of a job.
pub type JobId = Id<kinds::Job>;
/// The id of an API key.
pub type ApiKeyId = Id<kinds::ApiKey>;

/// The id of an entry of any kind; shown with the prefix of its kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// What the entry is.
    pub kind: ContentKind,
    uuid: Uuid,
}

impl EntryId {
    /// Joins a kind and a UUID; for the id source and the store only.
    pub const fn new(kind: ContentKind, uuid: Uuid) -> Self {
        Self { kind, uuid }
    }
    /// The bare UUID; for the store only.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}
impl From<ArticleId> for EntryId {
    fn from(id: ArticleId) -> Self {
        Self::new(ContentKind::Article, id.uuid())
    }
}
impl From<PageId> for EntryId {
    fn from(id: PageId) -> Self {
        Self::new(ContentKind::Page, id.uuid())
    }
}
impl From<IssueId> for EntryId {
    fn from(id: IssueId) -> Self {
        Self::new(ContentKind::Issue, id.uuid())
    }
}
impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_type_id(f, self.kind.as_str(), self.uuid)
    }
}
impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for EntryId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let (prefix, uuid) = parse_type_id(text)?;
        let kind = prefix.parse().map_err(|_source: Error| {
            Error::invalid(
                "id",
                format!(
                    "`{}` is not the id of an article, a page or an issue",
                    shorten(text)
                ),
            )
        })?;
        Ok(Self::new(kind, uuid))
    }
}
impl Serialize for EntryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for EntryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An id of any kind that can be fetched by id alone (Relay's `node`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnyId {
    /// An article, a page or an issue.
    Entry(EntryId),
    /// A category.
    Category(CategoryId),
    /// A tag.
    Tag(TagId),
    /// An author.
    Author(AuthorId),
    /// An asset.
    Asset(AssetId),
    /// A gallery.
    Gallery(GalleryId),
    /// A collection.
    Collection(CollectionId),
    /// A newsletter.
    Newsletter(NewsletterId),
    /// A menu.
    Menu(MenuId),
    /// A comment.
    Comment(CommentId),
    /// A redirect.
    Redirect(RedirectId),
    /// An edition.
    Edition(EditionId),
    /// A revision.
    Revision(RevisionId),
}

impl FromStr for AnyId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let (prefix, uuid) = parse_type_id(text)?;
        Ok(match prefix {
            "article" | "page" | "issue" => Self::Entry(EntryId::new(prefix.parse()?, uuid)),
            "category" => Self::Category(Id::from_uuid(uuid)),
            "tag" => Self::Tag(Id::from_uuid(uuid)),
            "author" => Self::Author(Id::from_uuid(uuid)),
            "asset" => Self::Asset(Id::from_uuid(uuid)),
            "gallery" => Self::Gallery(Id::from_uuid(uuid)),
            "collection" => Self::Collection(Id::from_uuid(uuid)),
            "newsletter" => Self::Newsletter(Id::from_uuid(uuid)),
            "menu" => Self::Menu(Id::from_uuid(uuid)),
            "comment" => Self::Comment(Id::from_uuid(uuid)),
            "redirect" => Self::Redirect(Id::from_uuid(uuid)),
            "edition" => Self::Edition(Id::from_uuid(uuid)),
            "revision" => Self::Revision(Id::from_uuid(uuid)),
            _ => {
                return Err(Error::invalid(
                    "id",
                    format!(
                        "`{}` does not name a kind of record that can be fetched by id",
                        shorten(text)
                    ),
                ));
            }
        })
    }
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

pub(crate) fn write_type_id(f: &mut fmt::Formatter<'_>, prefix: &str, uuid: Uuid) -> fmt::Result {
    let mut value = uuid.as_u128();
    let mut text = [b'_'; 27];
    for place in text.iter_mut().skip(1).rev() {
        let digit = usize::try_from(value & 31).unwrap_or(0);
        *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
        value >>= 5;
    }
    f.write_str(prefix)?;
    f.write_str(str::from_utf8(&text).unwrap_or_default())
}

fn parse_type_id(text: &str) -> Result<(&str, Uuid), Error> {
    let malformed = || {
        Error::invalid(
            "id",
            format!(
                "`{}` is not an id: ids look like `article_01jb2x9k3m4n5p6q7r8s9t0v1w`",
                shorten(text)
            ),
        )
    };
    let (prefix, suffix) = text.rsplit_once('_').ok_or_else(malformed)?;
    // 26 characters hold 130 bits: the first may use three of its five only.
    if suffix.len() != 26 || !matches!(suffix.as_bytes().first(), Some(b'0'..=b'7')) {
        return Err(malformed());
    }
    let mut value: u128 = 0;
    for byte in suffix.bytes() {
        let digit = ALPHABET
            .iter()
            .position(|&c| c == byte)
            .ok_or_else(malformed)?;
        value = (value << 5) | u128::try_from(digit).unwrap_or(0);
    }
    Ok((prefix, Uuid::from_u128(value)))
}

/// Keeps what a caller sent from flooding an error message.
fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_owned()
    } else {
        text.chars().take(60).chain("…".chars()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_shown_as_the_typeid_specification_says() {
        let uuid: Uuid = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let id = ArticleId::from_uuid(uuid);
        assert_eq!(id.to_string(), "article_01h455vb4pex5vsknk084sn02q");
        assert_eq!(id.to_string().parse::<ArticleId>().unwrap(), id);
        assert_eq!(
            ArticleId::from_uuid(Uuid::nil()).to_string(),
            "article_00000000000000000000000000"
        );
        assert_eq!(
            ArticleId::from_uuid(Uuid::max()).to_string(),
            "article_7zzzzzzzzzzzzzzzzzzzzzzzzz"
        );
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let page = PageId::from_uuid(Uuid::nil()).to_string();
        assert!(page.parse::<ArticleId>().is_err());
        assert!(page.parse::<EntryId>().is_ok());
    }

    #[test]
    fn malformed_ids_are_refused_without_a_panic() {
        for text in [
            "",
            "_",
            "article",
            "article_",
            "article_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "article_0000000000000000000000000O",
            "article_000000000000000000000000é",
            "x_00000000000000000000000000",
        ] {
            assert!(text.parse::<AnyId>().is_err(), "{text}");
        }
    }
}
