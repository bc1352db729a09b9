//! The wire form of articles.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    articles::{
        Article as DomainArticle, Contribution as DomainContribution,
        Correction as DomainCorrection, SourceCredit,
    },
    content::{Content, Part},
    fields::CustomFields,
    id::{CategoryId, EntryId, TranslationGroupId},
    terms::{Taxonomy, Term},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Problem;
use crate::rest::{
    authors::Author,
    body::Body,
    entries::{
        ATTACHMENTS, BODY, BYLINE, CORRECTIONS, GALLERIES, HERO, More, RELATED_ARTICLES, SEO,
        TERMS, TRANSLATION, TRANSLATIONS, Translation,
    },
    galleries::Gallery,
    parameters::Record,
    selection::{Fields, Include, Selection},
    seo::{self, Seo, Sources},
    terms::{Category, Tag},
    view::View,
    wire::{ContributionRole, Direction, FIGURE, Figure, Id, Included, Status},
};

/// A dated piece of writing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct Article<'a> {
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
    /// Its custom fields, by name: `/content-model` tells which there are. Null: no value.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    custom_fields: &'a CustomFields,
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
    /// What was put right in it, the oldest notice first; with `include=corrections`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Correction<'_>>)]
    corrections: Included<Vec<Correction<'a>>>,
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
pub(in crate::rest) struct Contribution<'a> {
    /// What they did.
    role: ContributionRole,
    /// The name to show.
    name: &'a str,
    /// Their profile, if they have one.
    author: Option<Author<'a>>,
}

/// A dated notice that something in an article was wrong and is put right.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest) struct Correction<'a> {
    /// When it was put right.
    at: DateTime<Utc>,
    /// What was wrong and what is right, plain text.
    text: &'a str,
}

/// The fields of a correction.
pub(in crate::rest) const CORRECTION: Fields = Fields::flat(&["at", "text"]);

/// The fields of a name in a byline.
pub(in crate::rest) const CONTRIBUTION: Fields = Fields {
    names: &["role", "name", "author"],
    below: &[("author", Fields::flat(Author::FIELDS))],
};

/// The fields of a source.
pub(in crate::rest) const SOURCE: Fields = Fields::flat(&[
    "outlet",
    "url",
    "author",
    "publishedAt",
    "licence",
    "language",
]);

/// Where a piece was first published.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct Source<'a> {
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
        "customFields",
        "byline",
        "hero",
        "categories",
        "tags",
        "body",
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
        SEO,
        ATTACHMENTS,
        CORRECTIONS,
        GALLERIES,
        TRANSLATIONS,
        RELATED_ARTICLES,
    ];
}

impl<'a> From<&'a DomainCorrection> for Correction<'a> {
    fn from(correction: &'a DomainCorrection) -> Self {
        Self {
            at: correction.at,
            text: &correction.text,
        }
    }
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
    fn bare_article(
        &self,
        article: &'a DomainArticle,
        more: &'a More,
    ) -> Result<Article<'a>, Problem> {
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
            custom_fields: more.custom_fields_of(entry.id),
            byline: Included::No,
            hero: Included::No,
            categories: Included::No,
            tags: Included::No,
            body: Included::No,
            seo: Included::No,
            attachments: Included::No,
            corrections: Included::No,
            galleries: Included::No,
            translations: Included::No,
            related: Included::No,
        })
    }

    /// An article with what was asked for.
    pub(in crate::rest) fn article(
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
                    .map(|article| self.bare_article(article, more))
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
            corrections: wanted(selection, "corrections", &article.corrections)
                .map(|corrections| corrections.iter().map(Correction::from).collect())
                .into(),
            galleries: self.galleries(entry.id, more)?,
            translations: more
                .translations_of(entry)
                .map(|translations| self.translations(translations))
                .transpose()?
                .into(),
            related: related.into(),
            ..self.bare_article(article, more)?
        })
    }

    /// The main picture, if it is wanted.
    pub(in crate::rest) fn hero(
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
pub(in crate::rest) fn wanted<'a, T>(
    selection: &Selection<'_>,
    name: &str,
    part: &'a Part<T>,
) -> Option<&'a T> {
    part.loaded().filter(|_| selection.includes(name))
}

fn of(terms: &[Arc<Term>], taxonomy: Taxonomy) -> impl Iterator<Item = &Term> {
    terms
        .iter()
        .map(Arc::as_ref)
        .filter(move |term| term.id.taxonomy == taxonomy)
}
