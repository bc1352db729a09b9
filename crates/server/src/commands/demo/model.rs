//! The demo publication as its files are written: TOML tables, and Markdown or HTML with a TOML
//! head. Records name each other by key; texts stand in tables named by the code of an edition.

use std::collections::BTreeMap;

use domain::{
    articles::ContributionRole,
    body::Format,
    comments::CommentStatus,
    content::Status,
    editions::{Permalinks, SlugStyle},
    media::AssetKind,
    text::{Direction, Locale},
    time::Timestamp,
};
use serde::Deserialize;

/// One text for each edition, by the edition's code. An unknown field of a record lands here and
/// is refused too: it is no table of texts.
pub(super) type Texts<T> = BTreeMap<String, T>;

/// `site.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteFile {
    pub(super) name: String,
    #[serde(rename = "edition")]
    pub(super) editions: Vec<Edition>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edition {
    pub(super) code: Locale,
    pub(super) name: String,
    pub(super) direction: Direction,
    pub(super) base_url: String,
    pub(super) title: String,
    pub(super) tagline: Option<String>,
    pub(super) fallback: Option<String>,
    #[serde(default)]
    pub(super) is_default: bool,
    /// Whether readers may comment on its articles, where these do not say otherwise.
    #[serde(default)]
    pub(super) comments_open: bool,
    #[serde(default)]
    pub(super) permalinks: Permalinks,
    #[serde(default)]
    pub(super) slug_style: SlugStyle,
}

/// `authors.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorsFile {
    #[serde(rename = "author")]
    pub(super) authors: Vec<Author>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Author {
    pub(super) key: String,
    pub(super) website: Option<String>,
    /// The key of a picture.
    pub(super) avatar: Option<String>,
    #[serde(flatten)]
    pub(super) texts: Texts<AuthorText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorText {
    pub(super) name: String,
    #[serde(default)]
    pub(super) slug: String,
    pub(super) role: Option<String>,
    pub(super) bio: Option<String>,
}

/// `categories.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoriesFile {
    #[serde(rename = "category")]
    pub(super) categories: Vec<Category>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Category {
    pub(super) key: String,
    pub(super) parent: Option<String>,
    #[serde(default)]
    pub(super) position: i64,
    #[serde(flatten)]
    pub(super) texts: Texts<TermText>,
}

/// `tags.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagsFile {
    #[serde(rename = "tag")]
    pub(super) tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tag {
    pub(super) key: String,
    #[serde(flatten)]
    pub(super) texts: Texts<TermText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermText {
    pub(super) name: String,
    #[serde(default)]
    pub(super) slug: String,
    pub(super) description: Option<String>,
}

/// `assets.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssetsFile {
    #[serde(rename = "asset")]
    pub(super) assets: Vec<Asset>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Asset {
    pub(super) key: String,
    pub(super) kind: AssetKind,
    /// A file of the demo's folder; or else `url`.
    pub(super) file: Option<String>,
    pub(super) url: Option<String>,
    /// Its media type; that of a JPEG picture where it is left out.
    pub(super) mime: Option<String>,
    pub(super) width: Option<i64>,
    pub(super) height: Option<i64>,
    pub(super) focal_x: Option<f64>,
    pub(super) focal_y: Option<f64>,
    pub(super) licence: Option<String>,
    #[serde(flatten)]
    pub(super) texts: Texts<AssetText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssetText {
    pub(super) title: Option<String>,
    pub(super) alt: Option<String>,
    pub(super) caption: Option<String>,
    pub(super) credit: Option<String>,
    pub(super) description: Option<String>,
}

/// `galleries.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GalleriesFile {
    #[serde(rename = "gallery")]
    pub(super) galleries: Vec<Gallery>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Gallery {
    pub(super) key: String,
    #[serde(rename = "item")]
    pub(super) items: Vec<GalleryItem>,
    #[serde(flatten)]
    pub(super) texts: Texts<GalleryText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GalleryText {
    pub(super) title: String,
    #[serde(default)]
    pub(super) slug: String,
    pub(super) description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GalleryItem {
    pub(super) asset: String,
    #[serde(default, rename = "caption")]
    pub(super) captions: Texts<String>,
}

/// `menus.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MenusFile {
    #[serde(rename = "menu")]
    pub(super) menus: Vec<Menu>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Menu {
    pub(super) edition: String,
    pub(super) location: String,
    pub(super) name: String,
    #[serde(rename = "item")]
    pub(super) items: Vec<MenuItem>,
}

/// A link: to exactly one of the places it can name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MenuItem {
    pub(super) label: String,
    pub(super) article: Option<String>,
    pub(super) page: Option<String>,
    pub(super) category: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) author: Option<String>,
    pub(super) url: Option<String>,
    #[serde(default)]
    pub(super) items: Vec<MenuItem>,
}

/// `newsletters.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewslettersFile {
    #[serde(rename = "newsletter")]
    pub(super) newsletters: Vec<Newsletter>,
    #[serde(rename = "issue")]
    pub(super) issues: Vec<Issue>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Newsletter {
    pub(super) key: String,
    pub(super) edition: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) slug: String,
    pub(super) description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Issue {
    pub(super) key: String,
    pub(super) newsletter: String,
    pub(super) number: i64,
    pub(super) title: String,
    pub(super) slug: String,
    pub(super) published_at: Timestamp,
    pub(super) intro: String,
    pub(super) outro: Option<String>,
    #[serde(rename = "section")]
    pub(super) sections: Vec<Section>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    pub(super) heading: Option<String>,
    #[serde(rename = "item")]
    pub(super) items: Vec<SectionItem>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionItem {
    pub(super) article: Option<String>,
    pub(super) title: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) note: Option<String>,
}

/// `collections.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CollectionsFile {
    #[serde(rename = "collection")]
    pub(super) collections: Vec<Collection>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Collection {
    pub(super) key: String,
    pub(super) edition: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) slug: String,
    pub(super) description: Option<String>,
    /// Keys of articles.
    pub(super) items: Vec<String>,
}

/// `redirects.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RedirectsFile {
    #[serde(rename = "redirect")]
    pub(super) redirects: Vec<Redirect>,
}

/// An old path, which leads to an article or to another path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Redirect {
    pub(super) edition: String,
    pub(super) from: String,
    pub(super) article: Option<String>,
    pub(super) to: Option<String>,
    pub(super) permanent: bool,
}

/// `comments.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommentsFile {
    #[serde(rename = "comment")]
    pub(super) comments: Vec<Comment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Comment {
    pub(super) key: String,
    pub(super) article: String,
    pub(super) edition: String,
    pub(super) author_name: String,
    pub(super) body: String,
    pub(super) created_at: Timestamp,
    pub(super) status: CommentStatus,
    /// The key of the comment it answers, which stands above it in the file.
    pub(super) parent: Option<String>,
}

/// The head of an article.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleHead {
    pub(super) title: String,
    pub(super) subtitle: Option<String>,
    pub(super) slug: String,
    pub(super) excerpt: Option<String>,
    /// When it was published; of one that is not, when it was written.
    pub(super) published_at: Timestamp,
    #[serde(default = "published")]
    pub(super) status: Status,
    #[serde(default = "markdown")]
    pub(super) format: Format,
    pub(super) categories: Vec<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    pub(super) byline: Vec<Contribution>,
    pub(super) hero: Option<Figure>,
    #[serde(default)]
    pub(super) attachments: Vec<String>,
    #[serde(default)]
    pub(super) galleries: Vec<String>,
    #[serde(default)]
    pub(super) related: Vec<String>,
    #[serde(default)]
    pub(super) is_featured: bool,
    pub(super) comments_open: Option<bool>,
    /// Whether it was saved once more after its translations were made, which are stale then.
    #[serde(default)]
    pub(super) revised_since_translation: bool,
    #[serde(default)]
    pub(super) seo: Seo,
    pub(super) source: Option<Source>,
}

/// The head of a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageHead {
    pub(super) title: String,
    pub(super) slug: String,
    pub(super) excerpt: Option<String>,
    pub(super) parent: Option<String>,
    #[serde(default)]
    pub(super) position: i64,
    pub(super) published_at: Timestamp,
    #[serde(default = "markdown")]
    pub(super) format: Format,
}

fn published() -> Status {
    Status::Published
}

fn markdown() -> Format {
    Format::Markdown
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contribution {
    pub(super) author: Option<String>,
    pub(super) name: Option<String>,
    pub(super) role: ContributionRole,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figure {
    pub(super) asset: String,
    pub(super) caption: Option<String>,
    pub(super) alt: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seo {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) outlet: Option<String>,
    pub(super) url: Option<String>,
    pub(super) author: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) language: Option<String>,
}
