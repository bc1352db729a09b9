//! What articles, pages and issues share in REST: parameters, loading, relations, wire forms.

use application::{
    entries::{self, EntryGet},
    revisions,
};
use chrono::{DateTime, Utc};
use domain::{
    Error,
    access::Action,
    content::{Content, ContentKind, Entry, EntryRef, Parts},
    id::{EntryId, Id as DomainId, IdKind, NewsletterId},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{self, Answer, List},
    articles::{Article, CONTRIBUTION, CORRECTION, SOURCE},
    galleries::Gallery,
    issues::{Issue, SECTION},
    pages::Page,
    parameters::Record,
    query::Query,
    request::Read,
    selection::{Fields, Include, Selection},
    seo,
    terms::{Category, Tag},
    view::View,
    wire::{Direction, EntryKind, FIGURE, Id},
};
use crate::error::Problem;

mod batched;
pub(super) mod members;
mod more;
mod parameters;
mod steps;
mod translations;
pub(super) mod write;

pub(super) use batched::operations;
pub(super) use more::More;
pub(super) use parameters::{
    ATTACHMENTS, BODY, BYLINE, CORRECTIONS, CUSTOM_FIELD, CommentsUnder, EDITION_FILTER, EntryById,
    EntryBySlug, FILTERS, GALLERIES, HERO, OF_CUSTOM_FIELD, PageBelow, RELATED_ARTICLES, SECTIONS,
    SEO, TERMS, TRANSLATIONS, TranslationsOf,
};
pub(super) use steps::{Note, step_routes};
pub(super) use translations::translation_routes;

/// Related articles that come with an article.
pub(super) const RELATED: u32 = 4;

/// An entry of any kind; each is written as itself, and `type` tells which it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Entry)]
pub(super) enum AnyEntry<'a> {
    /// An article.
    Article(Box<Article<'a>>),
    /// A page.
    Page(Box<Page<'a>>),
    /// A newsletter issue.
    Issue(Box<Issue<'a>>),
}

impl Record for AnyEntry<'_> {
    const PREFIX: &'static str = "";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "type",
        "edition",
        "direction",
        "slug",
        "path",
        "url",
        "title",
        "subtitle",
        "excerpt",
        "status",
        "isFeatured",
        "publishedAt",
        "createdAt",
        "updatedAt",
        "version",
        "hasPendingChanges",
        "scheduledChangeAt",
        "translationGroupId",
        "wordCount",
        "readingTimeMinutes",
        "primaryCategoryId",
        "source",
        "postFormat",
        "parentId",
        "position",
        "newsletterId",
        "number",
        "outro",
        "commentsOpen",
        "commentCount",
        "customFields",
        "byline",
        "hero",
        "categories",
        "tags",
        "body",
        "sections",
        "seo",
        "attachments",
        "corrections",
        "galleries",
        "translations",
        "related",
    ];
    const BELOW: &'static [(&'static str, Fields)] = &[
        ("source", SOURCE),
        ("byline", CONTRIBUTION),
        ("hero", FIGURE),
        ("categories", Fields::flat(Category::FIELDS)),
        ("tags", Fields::flat(Tag::FIELDS)),
        ("sections", SECTION),
        ("seo", seo::FIELDS),
        ("attachments", FIGURE),
        ("corrections", CORRECTION),
        (
            "galleries",
            Fields {
                names: Gallery::FIELDS,
                below: Gallery::BELOW,
            },
        ),
        ("translations", TRANSLATION),
        ("related", Fields::flat(Article::FIELDS)),
    ];
    const INCLUDES: &'static [Include] = &[
        BYLINE,
        HERO,
        TERMS[0],
        TERMS[1],
        TERMS[2],
        BODY[0],
        BODY[1],
        BODY[2],
        BODY[3],
        SECTIONS,
        SEO,
        ATTACHMENTS,
        CORRECTIONS,
        GALLERIES,
        TRANSLATIONS,
        RELATED_ARTICLES,
    ];
}

/// The few words about an entry that a link to it needs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryLink<'a> {
    /// Its id.
    #[schema(value_type = Id)]
    id: EntryId,
    /// What it is.
    #[serde(rename = "type")]
    kind: EntryKind,
    /// The code of its edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// The headline.
    title: &'a str,
    /// Its slug.
    slug: &'a str,
    /// Its path in the edition.
    path: &'a str,
    /// Its address.
    url: String,
    /// When it was first published.
    published_at: Option<DateTime<Utc>>,
}

/// The version of an entry in one language.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Translation<'a> {
    /// The code of the edition.
    edition: &'a str,
    /// The entry there.
    entry: EntryLink<'a>,
    /// Whether the entry it was translated from has changed since.
    is_stale: bool,
}

/// A list of the versions of an entry in all languages.
/// The fields of a link to an entry.
pub(super) const LINK: Fields = Fields::flat(&[
    "id",
    "type",
    "edition",
    "direction",
    "title",
    "slug",
    "path",
    "url",
    "publishedAt",
]);

/// The fields of a translation.
pub(super) const TRANSLATION: Fields = Fields {
    names: &["edition", "entry", "isStale"],
    below: &[("entry", LINK)],
};

pub(super) type TranslationList<'a> = List<Translation<'a>>;

impl<'a> View<'a> {
    /// An entry of any kind.
    pub(super) fn entry(
        &self,
        content: &'a Content,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<AnyEntry<'a>, Problem> {
        Ok(match content {
            Content::Article(article) => {
                AnyEntry::Article(Box::new(self.article(content, article, more, selection)?))
            }
            Content::Page(page) => {
                AnyEntry::Page(Box::new(self.page(content, page, more, selection)?))
            }
            Content::Issue(issue) => {
                AnyEntry::Issue(Box::new(self.issue(content, issue, more, selection)?))
            }
        })
    }

    /// A link to an entry.
    pub(super) fn entry_link(&self, entry: &'a Entry) -> Result<EntryLink<'a>, Problem> {
        let edition = self.edition(entry.edition)?;
        Ok(EntryLink {
            id: entry.id,
            kind: entry.id.kind.into(),
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            title: &entry.title,
            slug: &entry.slug,
            path: &entry.path,
            url: edition.url(&entry.path),
            published_at: entry.published_at,
        })
    }

    /// The versions of an entry in all languages.
    pub(super) fn translations(
        &self,
        translations: &'a [entries::Translation],
    ) -> Result<Vec<Translation<'a>>, Problem> {
        let translation = |translation: &'a entries::Translation| {
            let entry = self.entry_link(translation.content.entry())?;
            Ok(Translation {
                edition: entry.edition,
                entry,
                is_stale: translation.is_stale,
            })
        };
        translations.iter().map(translation).collect()
    }
}

/// Answers one entry, asked for by its id.
pub(super) async fn by_id<K: IdKind>(
    read: &Read,
    query: &Query<'_>,
    includes: &'static [Include],
) -> Answer
where
    EntryId: From<DomainId<K>>,
{
    let id = EntryId::from(read.id::<K>()?);
    let wanted = EntryGet {
        by: EntryRef::Id(id),
        translation_in: read.edition_if_named(query).await?,
        fallback: query.flag("fallback").unwrap_or(false),
    };
    let which = Which::of(query)?;
    let selection = Selection::of(query, includes);
    one(read, id.kind, (&wanted, which), &selection).await
}

/// Answers one entry, asked for by its edition and slug.
pub(super) async fn by_slug(
    read: &Read,
    query: &Query<'_>,
    kind: ContentKind,
    includes: &'static [Include],
) -> Answer {
    let by = EntryRef::Slug {
        edition: read.edition_in_path().await?,
        slug: read.segment("slug")?.to_owned(),
    };
    let wanted = EntryGet {
        by,
        translation_in: None,
        fallback: false,
    };
    let which = Which::of(query)?;
    one(
        read,
        kind,
        (&wanted, which),
        &Selection::of(query, includes),
    )
    .await
}

/// Which state of an entry is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// What readers see.
    Live,
    /// With the edit that waits.
    Latest,
    /// With the edit that waits, if the caller may see it.
    Written,
    /// As it was at a time.
    AsOf(Timestamp),
}

impl Which {
    fn of(query: &Query<'_>) -> Result<Self, Problem> {
        match (query.text("view"), query.time("asOf")) {
            (Some("latest"), Some(_)) => {
                Err(Error::invalid("asOf", "cannot stand beside `view=latest`").into())
            }
            (_, Some(at)) => Ok(Self::AsOf(at)),
            (Some("latest"), None) => Ok(Self::Latest),
            (_, None) => Ok(Self::Live),
        }
    }

    fn is_latest(self, read: &Read, entry: &Entry) -> bool {
        match self {
            Self::Live | Self::AsOf(_) => false,
            Self::Latest => true,
            Self::Written => read.cx.authorize(Action::Update, entry.target()).is_ok(),
        }
    }
}

/// Answers an entry that was written, with what waits of it.
async fn written(
    read: &Read,
    query: &Query<'_>,
    id: EntryId,
    includes: &'static [Include],
) -> Answer {
    let wanted = (&EntryGet::id(id), Which::Written);
    one(read, id.kind, wanted, &Selection::of(query, includes)).await
}

/// Boxed: all that reads or writes an entry would carry what it holds.
async fn one(
    read: &Read,
    kind: ContentKind,
    wanted: (&EntryGet, Which),
    selection: &Selection<'_>,
) -> Answer {
    Box::pin(find(read, kind, wanted, selection)).await
}

async fn find(
    read: &Read,
    kind: ContentKind,
    (wanted, which): (&EntryGet, Which),
    selection: &Selection<'_>,
) -> Answer {
    let mut content = entries::get(&read.cx, kind, wanted, selection.parts())
        .await?
        .ok_or_else(|| Problem::not_found(format!("the {kind}")))?;
    if which.is_latest(read, content.entry()) {
        content = revisions::latest(&read.cx, content, selection.parts()).await?;
    }
    if let Which::AsOf(at) = which {
        content = revisions::as_of(&read.cx, content, at, selection.parts())
            .await?
            .ok_or_else(|| Problem::not_found(format!("the {kind}")))?;
    }
    let more = More::load(read, &[&content], selection).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let entry = content.entry();
    answer::one(
        read,
        selection,
        &view.entry(&content, &more, selection)?,
        (entry.version, entry.updated_at),
    )
}

/// Answers a page of entries.
pub(super) async fn list(
    read: &Read,
    query: &Query<'_>,
    kind: ContentKind,
    includes: &'static [Include],
) -> Answer {
    let selection = Selection::of(query, includes);
    let editions = read.cx.editions().await?;
    let wanted = super::filters::entry_query(query, kind, (&editions, read.cx.content_model()))?;
    let args = query.page()?;
    let page = entries::list(&read.cx, &wanted, &args, selection.parts()).await?;
    page_of(read, query, &selection, &args, &page).await
}

/// Answers a page of the issues of a newsletter.
pub(super) async fn list_issues_of(
    read: &Read,
    query: &Query<'_>,
    newsletter: NewsletterId,
    includes: &'static [Include],
) -> Answer {
    let selection = Selection::of(query, includes);
    let editions = read.cx.editions().await?;
    let known = (&*editions, read.cx.content_model());
    let mut wanted = super::filters::entry_query(query, ContentKind::Issue, known)?;
    wanted.filter.newsletter = Some(newsletter);
    let args = query.page()?;
    let page = entries::list(&read.cx, &wanted, &args, selection.parts()).await?;
    page_of(read, query, &selection, &args, &page).await
}

/// Answers a page of entries that has been read.
pub(super) async fn page_of(
    read: &Read,
    query: &Query<'_>,
    selection: &Selection<'_>,
    args: &domain::paging::PageArgs,
    page: &domain::paging::Page<Content>,
) -> Answer {
    let contents: Vec<&Content> = page.nodes().collect();
    let more = More::load(read, &contents, selection).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = contents
        .iter()
        .map(|content| view.entry(content, &more, selection))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(read, query, selection, args, (page, data))
}

/// Finds the entry in the path, so that nothing below a hidden one is answered.
pub(super) async fn found<K: IdKind>(read: &Read) -> Result<Content, Problem>
where
    EntryId: From<DomainId<K>>,
{
    let id = EntryId::from(read.id::<K>()?);
    let wanted = EntryGet {
        by: EntryRef::Id(id),
        translation_in: None,
        fallback: false,
    };
    let content = entries::get(&read.cx, id.kind, &wanted, Parts::NONE).await?;
    content.ok_or_else(|| Problem::not_found(format!("the {}", id.kind)))
}

/// Answers the versions of an entry in all languages, itself among them.
pub(super) async fn translations<K: IdKind>(read: &Read) -> Answer
where
    EntryId: From<DomainId<K>>,
{
    let group = found::<K>(read).await?.entry().group;
    let mut groups = entries::translations(&read.cx, &[group], Parts::NONE).await?;
    let translations = groups.remove(&group).unwrap_or_default();
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::whole_list(
        read,
        &Selection::default(),
        &view.translations(&translations)?,
    )
}
