//! Pages: what stands, below other pages or alone.

use chrono::{DateTime, Utc};
use domain::{
    content::{Content, ContentKind},
    fields::CustomFields,
    id::{EntryId, TranslationGroupId, kinds},
    pages::Page as DomainPage,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{Answer, List},
    articles::wanted,
    body::Body,
    comments::{
        self, CommentList,
        write::{NewComment, Submit, Submitted, submit},
    },
    entries::{
        self, BODY, CommentsUnder, EDITION_FILTER, EntryById, EntryBySlug, FILTERS, HERO, More,
        PageBelow, SEO, TRANSLATION, TRANSLATIONS, Translation, TranslationList, TranslationsOf,
        step_routes, translation_routes,
    },
    parameters::{Declared, Groups, Kind, Of, PAGE, Parameter, Record},
    request::Read,
    revisions::{self, RevisionList},
    selection::{Fields, Include, Selection},
    seo::{self, Seo, Sources},
    view::View,
    wire::{Direction, FIGURE, Figure, Id, Included, Status},
    write::{AnyWrite, WriteAnswer},
};
use crate::error::Problem;

mod write;

pub(super) use write::batched;

/// A standing page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("page_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: EntryId,
    /// What it is.
    #[serde(rename = "type")]
    kind: PageKind,
    /// The code of its edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// Its slug; unique among the pages below the same page.
    slug: &'a str,
    /// Its path in the edition.
    path: &'a str,
    /// Its address.
    url: String,
    /// The headline.
    title: &'a str,
    /// The author's own excerpt, else the first words of the body; plain text.
    excerpt: String,
    /// Where it is in its life.
    status: Status,
    /// Whether it is marked to stand out.
    is_featured: bool,
    /// When it was first published.
    published_at: Option<DateTime<Utc>>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
    /// Counts every save, from 1.
    version: i64,
    /// Whether an edit of the published text waits to be published; always false for readers.
    has_pending_changes: bool,
    /// When a scheduled change happens; always null for readers.
    scheduled_change_at: Option<DateTime<Utc>>,
    /// The id of the group of entries that translate each other.
    #[schema(value_type = Id)]
    translation_group_id: TranslationGroupId,
    /// The id of the page above.
    #[schema(value_type = Option<Id>)]
    parent_id: Option<EntryId>,
    /// Its place among the pages of its parent.
    position: i64,
    /// Whether readers may comment.
    comments_open: bool,
    /// How many comments it has, answers included.
    comment_count: i64,
    /// Its custom fields, by name: `/content-model` tells which there are. Null: no value.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    custom_fields: &'a CustomFields,
    /// The main picture; with `include=hero`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Option<Figure<'_>>)]
    hero: Included<Option<Figure<'a>>>,
    /// The body, in the forms asked for: `include=body` for HTML, `body.markdown`, `body.text`,
    /// `body.blocks`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Body<'_>)]
    body: Included<Body<'a>>,
    /// What search engines are told; with `include=seo`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Seo<'_>)]
    seo: Included<Seo<'a>>,
    /// Its versions in all languages, itself among them; with `include=translations`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Translation<'_>>)]
    translations: Included<Vec<Translation<'a>>>,
}

/// Marks a page.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PageKind {
    /// A page.
    Page,
}

impl Record for Page<'_> {
    const PREFIX: &'static str = "page";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "type",
        "edition",
        "direction",
        "slug",
        "path",
        "url",
        "title",
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
        "parentId",
        "position",
        "commentsOpen",
        "commentCount",
        "customFields",
        "hero",
        "body",
        "seo",
        "translations",
    ];
    const BELOW: &'static [(&'static str, Fields)] = &[
        ("hero", FIGURE),
        ("seo", seo::FIELDS),
        ("translations", TRANSLATION),
    ];
    const INCLUDES: &'static [Include] =
        &[HERO, BODY[0], BODY[1], BODY[2], BODY[3], SEO, TRANSLATIONS];
}

impl<'a> View<'a> {
    /// A page with what was asked for.
    pub(super) fn page(
        &self,
        content: &'a Content,
        page: &'a DomainPage,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<Page<'a>, Problem> {
        let entry = &page.entry;
        let edition = self.edition(entry.edition)?;
        let is_inside = self.cx.scope().sees_inside(entry.edition);
        Ok(Page {
            id: entry.id,
            kind: PageKind::Page,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            slug: &entry.slug,
            path: &entry.path,
            url: edition.url(&entry.path),
            title: &entry.title,
            excerpt: page.excerpt(None),
            status: entry.status.into(),
            is_featured: entry.is_featured,
            published_at: entry.published_at,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
            version: entry.version,
            has_pending_changes: is_inside && entry.has_pending_changes,
            scheduled_change_at: entry.scheduled_at.filter(|_| is_inside),
            translation_group_id: entry.group,
            parent_id: entry.parent,
            position: page.position,
            comments_open: page.comments_open,
            comment_count: page.comment_count,
            custom_fields: more.custom_fields_of(entry.id),
            hero: self.hero(selection, &page.hero)?,
            body: self.body(
                page.body.loaded(),
                entry.edition,
                selection,
                more.body_assets(),
            ),
            seo: self.page_seo(content, page, more, selection)?,
            translations: more
                .translations_of(entry)
                .map(|translations| self.translations(translations))
                .transpose()?
                .into(),
        })
    }

    fn page_seo(
        &self,
        content: &'a Content,
        page: &'a DomainPage,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<Included<Seo<'a>>, Problem> {
        let Some(texts) = wanted(selection, "seo", &page.seo) else {
            return Ok(Included::No);
        };
        let sources = Sources {
            texts,
            excerpt: Some(page.excerpt(None)),
            byline: &[],
            hero: page.hero.loaded().and_then(Option::as_ref),
        };
        Ok(Included::Yes(self.seo(content, sources, more)?))
    }
}

/// The operations on pages.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_pages, write::create_page))
        .routes(routes!(get_page, write::update_page, write::delete_page))
        .routes(routes!(get_page_by_slug))
        .routes(routes!(list_page_translations))
        .routes(routes!(list_page_comments, submit_page_comment))
        .routes(routes!(list_page_revisions))
        .merge(step_routes::<Page<'static>>())
        .merge(translation_routes::<Page<'static>>())
}

/// Lists pages.
pub(super) struct ListPages;
impl Declared for ListPages {
    const PARAMETERS: Groups = &[
        &[
            EDITION_FILTER,
            Parameter::optional(
                "filter[parent]",
                Kind::IdOrNone("page"),
                "Stands right below this page; `none`: below no other.",
            ),
        ],
        FILTERS,
        &[Parameter::sort(&[
            "title",
            "-title",
            "-publishedAt",
            "publishedAt",
            "-updatedAt",
            "updatedAt",
            "position",
            "-position",
        ])],
        Page::SELECTION,
        PAGE,
    ];
}

/// List pages
///
/// By title, unless `sort` says otherwise. All conditions that are set must hold.
#[utoipa::path(
    get,
    path = "/pages",
    tag = "Pages",
    params(Of<ListPages>),
    responses((status = 200, description = "A page of pages.", body = PageList<'_>)),
)]
async fn list_pages(read: Read) -> Answer {
    let query = read.query::<ListPages>()?;
    entries::list(&read, &query, ContentKind::Page, Page::INCLUDES).await
}
type PageList<'a> = List<Page<'a>>;

/// Get a page
#[utoipa::path(
    get,
    path = "/pages/{id}",
    tag = "Pages",
    params(Of<EntryById<Page<'_>>>),
    responses((status = 200, description = "The page.", body = Page<'_>)),
)]
async fn get_page(read: Read) -> Answer {
    let query = read.query::<EntryById<Page<'_>>>()?;
    entries::by_id::<kinds::Page>(&read, &query, Page::INCLUDES).await
}

/// Get a page by slug
///
/// Of pages with the same slug, one that stands below no other is meant; `/route` finds any page by
/// its path.
#[utoipa::path(
    get,
    path = "/pages/by-slug/{edition}/{slug}",
    tag = "Pages",
    params(Of<EntryBySlug<Page<'_>>>),
    responses((status = 200, description = "The page.", body = Page<'_>)),
)]
async fn get_page_by_slug(read: Read) -> Answer {
    let query = read.query::<EntryBySlug<Page<'_>>>()?;
    entries::by_slug(&read, &query, ContentKind::Page, Page::INCLUDES).await
}

/// List the translations of a page
///
/// Its versions in all languages, itself among them, in the order of the editions.
#[utoipa::path(
    get,
    path = "/pages/{id}/translations",
    tag = "Pages",
    params(Of<TranslationsOf<Page<'_>>>),
    responses((status = 200, description = "The translations.", body = TranslationList<'_>)),
)]
async fn list_page_translations(read: Read) -> Answer {
    read.query::<TranslationsOf<Page<'_>>>()?;
    entries::translations::<kinds::Page>(&read).await
}

/// List the comments under a page
///
/// The oldest first.
#[utoipa::path(
    get,
    path = "/pages/{id}/comments",
    tag = "Pages",
    params(Of<CommentsUnder<Page<'_>>>),
    responses((status = 200, description = "A page of comments.", body = CommentList<'_>)),
)]
async fn list_page_comments(read: Read) -> Answer {
    let query = read.query::<CommentsUnder<Page<'_>>>()?;
    let page = entries::found::<kinds::Page>(&read).await?;
    comments::list(&read, &query, Some(page.entry().id)).await
}

/// Comment on a page
///
/// Anybody may, where comments are open. A comment waits for a moderator unless the site shows
/// comments at once. It stands below the one it answers, ten levels deep at most.
#[utoipa::path(
    post,
    path = "/pages/{id}/comments",
    tag = "Pages",
    params(Of<Submit<Page<'_>>>),
    request_body = NewComment,
    security((), ("bearer" = [])),
    responses((status = 202, description = "It was taken.", body = Submitted)),
)]
async fn submit_page_comment(write: AnyWrite) -> WriteAnswer {
    write.0.query::<Submit<Page<'_>>>()?;
    let page = entries::found::<kinds::Page>(&write.0.read).await?;
    submit(write, page.entry().id).await
}

/// List the revisions of a page
///
/// What it was before each save, the newest first. Empty for those who may not change it.
#[utoipa::path(
    get,
    path = "/pages/{id}/revisions",
    tag = "Pages",
    params(Of<PageBelow<Page<'_>>>),
    responses((status = 200, description = "A page of revisions.", body = RevisionList<'_>)),
)]
async fn list_page_revisions(read: Read) -> Answer {
    let query = read.query::<PageBelow<Page<'_>>>()?;
    let page = entries::found::<kinds::Page>(&read).await?;
    revisions::list(&read, &query, page.entry().id).await
}
