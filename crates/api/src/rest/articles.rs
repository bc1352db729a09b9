//! Articles.

use application::articles;
use domain::{
    content::{Content, ContentKind},
    id::kinds,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    comments::{
        self, CommentList,
        write::{NewComment, Submit, Submitted, submit},
    },
    entries::{
        self, CommentsUnder, EDITION_FILTER, EntryById, EntryBySlug, FILTERS, More, PageBelow,
        TranslationList, TranslationsOf, step_routes, translation_routes,
    },
    parameters::{Declared, Groups, Kind, Of, PAGE, Parameter, Record},
    request::Read,
    revisions::{self, RevisionList},
    selection::Selection,
    view::View,
    write::{AnyWrite, WriteAnswer},
};

mod corrections;
mod wire;
mod write;

pub(super) use write::batched;

pub(super) use wire::{Article, CONTRIBUTION, CORRECTION, SOURCE, wanted};

/// The operations on articles.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_articles, write::create_article))
        .routes(routes!(
            get_article,
            write::update_article,
            write::delete_article
        ))
        .routes(routes!(get_article_by_slug))
        .routes(routes!(list_article_translations))
        .routes(routes!(list_article_comments, submit_article_comment))
        .routes(routes!(list_related_articles))
        .routes(routes!(list_article_revisions))
        .routes(routes!(corrections::add_correction_to_article))
        .merge(step_routes::<Article<'static>>())
        .merge(translation_routes::<Article<'static>>())
        .routes(routes!(get_archive))
}

/// Lists articles.
pub(super) struct ListArticles;
impl Declared for ListArticles {
    const PARAMETERS: Groups = &[
        &[
            EDITION_FILTER,
            Parameter::optional(
                "filter[category]",
                Kind::Text,
                "Stands in this category, or in one below it: an id or a slug. Several, with commas between them: in any of them.",
            ),
            Parameter::optional(
                "filter[tag]",
                Kind::Text,
                "Has this tag: an id or a slug. Several, with commas between them: any of them.",
            ),
            Parameter::optional(
                "filter[tag.namespace]",
                Kind::Text,
                "Has a tag of this namespace; with `filter[tag]`, the namespace of these tags.",
            ),
            Parameter::optional(
                "filter[author]",
                Kind::Text,
                "Has this author in its byline: an id or a slug. Several, with commas between them: any of them.",
            ),
            Parameter::optional(
                "filter[source]",
                Kind::Text,
                "Was first published by this outlet.",
            ),
        ],
        FILTERS,
        &[Parameter::sort(&[
            "-publishedAt",
            "publishedAt",
            "-updatedAt",
            "updatedAt",
            "title",
            "-title",
        ])],
        Article::SELECTION,
        PAGE,
    ];
}

struct ListRelated;
impl Declared for ListRelated {
    const PARAMETERS: Groups = &[
        &[
            Article::ID,
            Parameter::optional(
                "first",
                Kind::Count,
                "How many articles at most; 4 if absent.",
            ),
        ],
        Article::SELECTION,
    ];
}

struct GetArchive;
impl Declared for GetArchive {
    const PARAMETERS: Groups = &[&[Parameter::required(
        "edition",
        Kind::Edition,
        "The code of the edition.",
    )]];
}

/// List articles
///
/// The newest first, unless `sort` says otherwise. All conditions that are set must hold.
#[utoipa::path(
    get,
    path = "/articles",
    tag = "Articles",
    params(Of<ListArticles>),
    responses((status = 200, description = "A page of articles.", body = ArticleList<'_>)),
)]
async fn list_articles(read: Read) -> Answer {
    let query = read.query::<ListArticles>()?;
    entries::list(&read, &query, ContentKind::Article, Article::INCLUDES).await
}
type ArticleList<'a> = List<Article<'a>>;

/// Get an article
#[utoipa::path(
    get,
    path = "/articles/{id}",
    tag = "Articles",
    params(Of<EntryById<Article<'_>>>),
    responses((status = 200, description = "The article.", body = Article<'_>)),
)]
async fn get_article(read: Read) -> Answer {
    let query = read.query::<EntryById<Article<'_>>>()?;
    entries::by_id::<kinds::Article>(&read, &query, Article::INCLUDES).await
}

/// Get an article by slug
#[utoipa::path(
    get,
    path = "/articles/by-slug/{edition}/{slug}",
    tag = "Articles",
    params(Of<EntryBySlug<Article<'_>>>),
    responses((status = 200, description = "The article.", body = Article<'_>)),
)]
async fn get_article_by_slug(read: Read) -> Answer {
    let query = read.query::<EntryBySlug<Article<'_>>>()?;
    entries::by_slug(&read, &query, ContentKind::Article, Article::INCLUDES).await
}

/// List the translations of an article
///
/// Its versions in all languages, itself among them, in the order of the editions.
#[utoipa::path(
    get,
    path = "/articles/{id}/translations",
    tag = "Articles",
    params(Of<TranslationsOf<Article<'_>>>),
    responses((status = 200, description = "The translations.", body = TranslationList<'_>)),
)]
async fn list_article_translations(read: Read) -> Answer {
    read.query::<TranslationsOf<Article<'_>>>()?;
    entries::translations::<kinds::Article>(&read).await
}

/// List the comments under an article
///
/// The oldest first.
#[utoipa::path(
    get,
    path = "/articles/{id}/comments",
    tag = "Articles",
    params(Of<CommentsUnder<Article<'_>>>),
    responses((status = 200, description = "A page of comments.", body = CommentList<'_>)),
)]
async fn list_article_comments(read: Read) -> Answer {
    let query = read.query::<CommentsUnder<Article<'_>>>()?;
    let article = entries::found::<kinds::Article>(&read).await?;
    comments::list(&read, &query, Some(article.entry().id)).await
}

/// Comment on an article
///
/// Anybody may, where comments are open. A comment waits for a moderator unless the site shows
/// comments at once. It stands below the one it answers, ten levels deep at most.
#[utoipa::path(
    post,
    path = "/articles/{id}/comments",
    tag = "Articles",
    params(Of<Submit<Article<'_>>>),
    request_body = NewComment,
    security((), ("bearer" = [])),
    responses((status = 202, description = "It was taken.", body = Submitted)),
)]
async fn submit_article_comment(write: AnyWrite) -> WriteAnswer {
    write.0.query::<Submit<Article<'_>>>()?;
    let article = entries::found::<kinds::Article>(&write.0.read).await?;
    submit(write, article.entry().id).await
}

/// List what to read after an article
///
/// Articles of the same edition: those an editor chose, then those that share most categories and
/// tags with it.
#[utoipa::path(
    get,
    path = "/articles/{id}/related",
    tag = "Articles",
    params(Of<ListRelated>),
    responses((status = 200, description = "The articles.", body = ArticleList<'_>)),
)]
async fn list_related_articles(read: Read) -> Answer {
    let query = read.query::<ListRelated>()?;
    let selection = Selection::of(&query, Article::INCLUDES);
    let id = read.id::<kinds::Article>()?;
    let found = entries::found::<kinds::Article>(&read).await?;
    let leads = match &found {
        Content::Article(article) => article.leads.as_deref(),
        Content::Page(_) | Content::Issue(_) => None,
    };
    let first = query
        .text("first")
        .and_then(|text| text.parse().ok())
        .unwrap_or(entries::RELATED);
    let related = articles::related_to(&read.cx, &[(id, leads)], first, selection.parts())
        .await?
        .remove(&id)
        .unwrap_or_default();
    let related: Vec<Content> = related.into_iter().map(Content::Article).collect();
    let contents: Vec<&Content> = related.iter().collect();
    let more = More::load(&read, &contents, &selection).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = contents
        .iter()
        .map(|content| view.entry(content, &more, &selection))
        .collect::<Result<Vec<_>, _>>()?;
    answer::whole_list(&read, &selection, &data)
}

/// List the revisions of an article
///
/// What it was before each save, the newest first. Empty for those who may not change it.
#[utoipa::path(
    get,
    path = "/articles/{id}/revisions",
    tag = "Articles",
    params(Of<PageBelow<Article<'_>>>),
    responses((status = 200, description = "A page of revisions.", body = RevisionList<'_>)),
)]
async fn list_article_revisions(read: Read) -> Answer {
    let query = read.query::<PageBelow<Article<'_>>>()?;
    let article = entries::found::<kinds::Article>(&read).await?;
    revisions::list(&read, &query, article.entry().id).await
}

/// A month with published articles.
#[derive(Debug, Serialize, ToSchema)]
struct ArchiveMonth {
    /// The year, UTC.
    year: i32,
    /// The month.
    #[schema(minimum = 1, maximum = 12)]
    month: u32,
    /// How many articles were published in it.
    count: u64,
}
type ArchiveMonthList = List<ArchiveMonth>;

/// Get the archive of an edition
///
/// The months with published articles, the newest first.
#[utoipa::path(
    get,
    path = "/archive",
    tag = "Articles",
    params(Of<GetArchive>),
    responses((status = 200, description = "The months.", body = ArchiveMonthList)),
)]
async fn get_archive(read: Read) -> Answer {
    let query = read.query::<GetArchive>()?;
    let edition = read.edition_of_texts(&query).await?;
    let months = articles::archive(&read.cx, edition).await?;
    let data: Vec<ArchiveMonth> = months
        .into_iter()
        .map(|month| ArchiveMonth {
            year: month.year,
            month: month.month,
            count: month.count,
        })
        .collect();
    answer::whole_list(&read, &Selection::default(), &data)
}
