//! Articles.

use application::articles;
use chrono::{DateTime, Utc};
use domain::{
    articles::{Article as DomainArticle, Contribution as DomainContribution, SourceCredit},
    content::{Content, ContentKind, Part},
    id::{CategoryId, EntryId, TranslationGroupId, kinds},
    terms::{Taxonomy, Term},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    authors::Author,
    body::Body,
    comments::{self, CommentList},
    entries::{
        self, ATTACHMENTS, BODY, BYLINE, CommentsUnder, EDITION_FILTER, EntryById, FILTERS,
        GALLERIES, HERO, More, PageBelow, RELATED_ARTICLES, SEO, TERMS, TRANSLATIONS, Translation,
        TranslationList, TranslationsOf,
    },
    galleries::Gallery,
    parameters::{BySlug, Declared, Groups, Kind, Of, PAGE, Parameter, Record},
    request::Read,
    revisions::{self, RevisionList},
    selection::{Include, Selection},
    seo::{Seo, Sources},
    terms::{Category, Tag},
    view::View,
    wire::{ContributionRole, Direction, Figure, Id, Included, Status},
};
use crate::error::Problem;

/// A dated piece of writing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Article<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("article_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: EntryId,
    /// What it is.
    #[serde(rename = "type")]
    kind: ArticleKind,
    /// The code of its edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// Its slug; unique among the articles of its edition.
    slug: &'a str,
    /// Its path in the edition.
    path: &'a str,
    /// Its address.
    url: String,
    /// The headline.
    title: &'a str,
    /// The line below the headline.
    subtitle: Option<&'a str>,
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
    /// Words of the body.
    word_count: i64,
    /// Minutes it takes to read.
    reading_time_minutes: i64,
    /// The id of the category its address is made from.
    #[schema(value_type = Option<Id>)]
    primary_category_id: Option<CategoryId>,
    /// Where it was first published, if elsewhere.
    source: Option<Source<'a>>,
    /// How it is to be shown, as WordPress calls it: `gallery`, `video`, `quote`.
    post_format: Option<&'a str>,
    /// Whether readers may comment.
    comments_open: bool,
    /// How many comments it has, answers included.
    comment_count: i64,
    /// Who made it, in order; with `include=byline`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Contribution<'_>>)]
    byline: Included<Vec<Contribution<'a>>>,
    /// The main picture; with `include=hero`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Option<Figure<'_>>)]
    hero: Included<Option<Figure<'a>>>,
    /// Its categories; with `include=categories` or `include=terms`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Category<'_>>)]
    categories: Included<Vec<Category<'a>>>,
    /// Its tags; with `include=tags` or `include=terms`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Tag<'_>>)]
    tags: Included<Vec<Tag<'a>>>,
    /// The body, in the forms asked for: `include=body` for HTML, `body.markdown`, `body.text`,
    /// `body.blocks`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Body<'_>)]
    body: Included<Body<'a>>,
    /// What search engines are told; with `include=seo`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Seo<'_>)]
    seo: Included<Seo<'a>>,
    /// Attached files, in order; with `include=attachments`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Figure<'_>>)]
    attachments: Included<Vec<Figure<'a>>>,
    /// Its galleries, with what they show; with `include=galleries`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Gallery<'_>>)]
    galleries: Included<Vec<Gallery<'a>>>,
    /// Its versions in all languages, itself among them; with `include=translations`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Translation<'_>>)]
    translations: Included<Vec<Translation<'a>>>,
    /// Four articles to read next, those an editor chose first; with `include=related`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Article<'_>>, no_recursion)]
    related: Included<Vec<Article<'a>>>,
}

/// Marks an article.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ArticleKind {
    /// An article.
    Article,
}

/// One name in a byline.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Contribution<'a> {
    /// What they did.
    role: ContributionRole,
    /// The name to show.
    name: &'a str,
    /// Their profile, if they have one.
    author: Option<Author<'a>>,
}

/// Where a piece was first published.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Source<'a> {
    /// The outlet.
    outlet: Option<&'a str>,
    /// Its address there.
    url: Option<&'a str>,
    /// Its author there.
    author: Option<&'a str>,
    /// When it appeared there.
    published_at: Option<DateTime<Utc>>,
    /// Under what licence it is used.
    licence: Option<&'a str>,
    /// Its language there (BCP 47).
    language: Option<&'a str>,
}

impl Record for Article<'_> {
    const PREFIX: &'static str = "article";
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
        "commentsOpen",
        "commentCount",
        "byline",
        "hero",
        "categories",
        "tags",
        "body",
        "seo",
        "attachments",
        "galleries",
        "translations",
        "related",
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
        SEO,
        ATTACHMENTS,
        GALLERIES,
        TRANSLATIONS,
        RELATED_ARTICLES,
    ];
}

impl<'a> From<&'a SourceCredit> for Source<'a> {
    fn from(source: &'a SourceCredit) -> Self {
        Self {
            outlet: source.outlet.as_deref(),
            url: source.url.as_deref(),
            author: source.author.as_deref(),
            published_at: source.published_at,
            licence: source.licence.as_deref(),
            language: source.language.as_deref(),
        }
    }
}

impl<'a> View<'a> {
    /// An article without what is loaded only when asked for.
    fn bare_article(&self, article: &'a DomainArticle) -> Result<Article<'a>, Problem> {
        let entry = &article.entry;
        let edition = self.edition(entry.edition)?;
        let is_inside = self.cx.scope().sees_inside(entry.edition);
        Ok(Article {
            id: entry.id,
            kind: ArticleKind::Article,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            slug: &entry.slug,
            path: &entry.path,
            url: edition.url(&entry.path),
            title: &entry.title,
            subtitle: article.subtitle.as_deref(),
            excerpt: article.excerpt(None),
            status: entry.status.into(),
            is_featured: entry.is_featured,
            published_at: entry.published_at,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
            version: entry.version,
            has_pending_changes: is_inside && entry.has_pending_changes,
            scheduled_change_at: entry.scheduled_at.filter(|_| is_inside),
            translation_group_id: entry.group,
            word_count: article.word_count,
            reading_time_minutes: article.reading_time_minutes,
            primary_category_id: article.primary_category,
            source: article.source.as_ref().map(Source::from),
            post_format: article.post_format.as_deref(),
            comments_open: article.comments_open,
            comment_count: article.comment_count,
            byline: Included::No,
            hero: Included::No,
            categories: Included::No,
            tags: Included::No,
            body: Included::No,
            seo: Included::No,
            attachments: Included::No,
            galleries: Included::No,
            translations: Included::No,
            related: Included::No,
        })
    }

    /// An article with what was asked for.
    pub(super) fn article(
        &self,
        content: &'a Content,
        article: &'a DomainArticle,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<Article<'a>, Problem> {
        let entry = &article.entry;
        let terms = article.terms.loaded().map_or(&[][..], Vec::as_slice);
        let wants =
            |name| selection.includes_any(&["terms", name]) && article.terms.loaded().is_some();
        let categories = wants("categories")
            .then(|| {
                of(terms, Taxonomy::Category)
                    .map(|term| self.category(term))
                    .collect::<Result<_, _>>()
            })
            .transpose()?;
        let tags = wants("tags")
            .then(|| {
                of(terms, Taxonomy::Tag)
                    .map(|term| self.tag(term))
                    .collect::<Result<_, _>>()
            })
            .transpose()?;
        let related = more
            .related_to(article.id())
            .map(|related| {
                related
                    .iter()
                    .map(|article| self.bare_article(article))
                    .collect::<Result<_, _>>()
            })
            .transpose()?;
        Ok(Article {
            byline: wanted(selection, "byline", &article.byline)
                .map(|byline| self.byline(byline))
                .transpose()?
                .into(),
            hero: self.hero(selection, &article.hero)?,
            categories: categories.into(),
            tags: tags.into(),
            body: self.body(
                article.body.loaded(),
                entry.edition,
                selection,
                more.body_assets(),
            ),
            seo: self.article_seo(content, article, more, selection)?,
            attachments: wanted(selection, "attachments", &article.attachments)
                .map(|figures| self.figures(figures))
                .transpose()?
                .into(),
            galleries: self.galleries(entry.id, more)?,
            translations: more
                .translations_of(entry)
                .map(|translations| self.translations(translations))
                .transpose()?
                .into(),
            related: related.into(),
            ..self.bare_article(article)?
        })
    }

    /// The main picture, if it is wanted.
    pub(super) fn hero(
        &self,
        selection: &Selection<'_>,
        hero: &'a Part<Option<domain::media::Figure>>,
    ) -> Result<Included<Option<Figure<'a>>>, Problem> {
        match wanted(selection, "hero", hero) {
            None => Ok(Included::No),
            Some(hero) => Ok(Included::Yes(
                hero.as_ref()
                    .map(|figure| self.figure(figure))
                    .transpose()?,
            )),
        }
    }

    fn byline(&self, byline: &'a [DomainContribution]) -> Result<Vec<Contribution<'a>>, Problem> {
        let contribution = |contribution: &'a DomainContribution| {
            let profile = contribution
                .author
                .as_ref()
                .map(|author| author.text.value.name.as_str());
            Ok(Contribution {
                role: contribution.role.into(),
                name: contribution.name.as_deref().or(profile).unwrap_or_default(),
                author: contribution
                    .author
                    .as_ref()
                    .map(|author| self.author(author))
                    .transpose()?,
            })
        };
        byline.iter().map(contribution).collect()
    }

    fn article_seo(
        &self,
        content: &'a Content,
        article: &'a DomainArticle,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<Included<Seo<'a>>, Problem> {
        let Some(texts) = wanted(selection, "seo", &article.seo) else {
            return Ok(Included::No);
        };
        let sources = Sources {
            texts,
            excerpt: Some(article.excerpt(None)),
            byline: article.byline.loaded().map_or(&[], Vec::as_slice),
            hero: article.hero.loaded().and_then(Option::as_ref),
        };
        Ok(Included::Yes(self.seo(content, sources, more)?))
    }

    fn galleries(
        &self,
        id: EntryId,
        more: &'a More,
    ) -> Result<Included<Vec<Gallery<'a>>>, Problem> {
        let Some(galleries) = more.galleries_of(id) else {
            return Ok(Included::No);
        };
        let whole = galleries
            .iter()
            .map(|gallery| self.whole_gallery(gallery, more.items_of(gallery.id)))
            .collect::<Result<_, _>>()?;
        Ok(Included::Yes(whole))
    }
}

/// A part of an entry, if it is wanted.
pub(super) fn wanted<'a, T>(
    selection: &Selection<'_>,
    name: &str,
    part: &'a Part<T>,
) -> Option<&'a T> {
    part.loaded().filter(|_| selection.includes(name))
}

fn of(terms: &[Term], taxonomy: Taxonomy) -> impl Iterator<Item = &Term> {
    terms
        .iter()
        .filter(move |term| term.id.taxonomy == taxonomy)
}

/// The operations on articles.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_articles))
        .routes(routes!(get_article))
        .routes(routes!(get_article_by_slug))
        .routes(routes!(list_article_translations))
        .routes(routes!(list_article_comments))
        .routes(routes!(list_related_articles))
        .routes(routes!(list_article_revisions))
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
                "Stands in this category, or in one below it: an id or a slug.",
            ),
            Parameter::optional("filter[tag]", Kind::Text, "Has this tag: an id or a slug."),
            Parameter::optional(
                "filter[tag.namespace]",
                Kind::Text,
                "Has a tag of this namespace; with `filter[tag]`, the namespace of that tag.",
            ),
            Parameter::optional(
                "filter[author]",
                Kind::Text,
                "Has this author in its byline: an id or a slug.",
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
    params(Of<BySlug<Article<'_>>>),
    responses((status = 200, description = "The article.", body = Article<'_>)),
)]
async fn get_article_by_slug(read: Read) -> Answer {
    let query = read.query::<BySlug<Article<'_>>>()?;
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
    entries::found::<kinds::Article>(&read).await?;
    let first = query
        .text("first")
        .and_then(|text| text.parse().ok())
        .unwrap_or(entries::RELATED);
    let related = articles::related(&read.cx, &[id], first, selection.parts())
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
    answer::whole_list(&read, &selection, data)
}

/// List the revisions of an article
///
/// The newest first. Empty for those who may read only what is public.
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
    answer::whole_list(&read, &Selection::default(), data)
}
