//! The numbered issues of newsletters.

use chrono::{DateTime, Utc};
use domain::{
    content::{Content, ContentKind},
    fields::CustomFields,
    id::{EntryId, NewsletterId, TranslationGroupId, kinds},
    newsletters::{Issue as DomainIssue, Section as DomainSection, SectionItem as DomainItem},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{Answer, List},
    articles::wanted,
    body::Body,
    comments::{self, CommentList},
    entries::{
        self, ATTACHMENTS, BODY, CommentsUnder, EDITION_FILTER, EntryById, EntryBySlug, EntryLink,
        FILTERS, HERO, More, PageBelow, SECTIONS, SEO, TRANSLATION, TRANSLATIONS, Translation,
        TranslationList, TranslationsOf, step_routes,
    },
    parameters::{Declared, Groups, Kind, Of, PAGE, Parameter, Record},
    request::Read,
    revisions::{self, RevisionList},
    selection::{Fields, Include, Selection},
    seo::{self, Seo, Sources},
    view::View,
    wire::{Direction, FIGURE, Figure, Id, Included, Status},
};
use crate::error::Problem;

mod write;

pub(super) use write::batched;

/// A numbered issue of a newsletter. Its body is the intro; sections follow; the outro closes it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Issue<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("issue_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: EntryId,
    /// What it is.
    #[serde(rename = "type")]
    kind: IssueKind,
    /// The code of its edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// Its slug; unique among the issues of its newsletter.
    slug: &'a str,
    /// Its path in the edition.
    path: &'a str,
    /// Its address.
    url: String,
    /// The headline.
    title: &'a str,
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
    /// The id of its newsletter.
    #[schema(value_type = Id)]
    newsletter_id: NewsletterId,
    /// Its number; unique within its newsletter.
    number: i64,
    /// Closing words, Markdown.
    outro: Option<&'a str>,
    /// Its custom fields, by name: `/content-model` tells which there are. Null: no value.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    custom_fields: &'a CustomFields,
    /// The main picture; with `include=hero`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Option<Figure<'_>>)]
    hero: Included<Option<Figure<'a>>>,
    /// The intro, in the forms asked for: `include=body` for HTML, `body.markdown`, `body.text`,
    /// `body.blocks`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Body<'_>)]
    body: Included<Body<'a>>,
    /// What is in it, in order; with `include=sections`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Section<'_>>)]
    sections: Included<Vec<Section<'a>>>,
    /// What search engines are told; with `include=seo`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Seo<'_>)]
    seo: Included<Seo<'a>>,
    /// Attached files, in order; with `include=attachments`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Figure<'_>>)]
    attachments: Included<Vec<Figure<'a>>>,
    /// Its versions in all languages, itself among them; with `include=translations`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Translation<'_>>)]
    translations: Included<Vec<Translation<'a>>>,
}

/// Marks an issue.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum IssueKind {
    /// An issue.
    Issue,
}

/// A part of an issue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Section<'a> {
    /// Its heading.
    heading: Option<&'a str>,
    /// What is in it.
    items: Vec<SectionItem<'a>>,
}

/// The fields of a section.
pub(super) const SECTION: Fields = Fields {
    names: &["heading", "items"],
    below: &[(
        "items",
        Fields {
            names: &["article", "title", "summary", "note"],
            below: &[("article", entries::LINK)],
        },
    )],
};

/// An article or a free note in a section.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SectionItem<'a> {
    /// The article; null for a note, and for an article the caller may not read.
    article: Option<EntryLink<'a>>,
    /// Shown instead of the article's title.
    title: Option<&'a str>,
    /// Shown instead of the article's excerpt.
    summary: Option<&'a str>,
    /// A free note, Markdown.
    note: Option<&'a str>,
}

impl Record for Issue<'_> {
    const PREFIX: &'static str = "issue";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "type",
        "edition",
        "direction",
        "slug",
        "path",
        "url",
        "title",
        "status",
        "isFeatured",
        "publishedAt",
        "createdAt",
        "updatedAt",
        "version",
        "hasPendingChanges",
        "scheduledChangeAt",
        "translationGroupId",
        "newsletterId",
        "number",
        "outro",
        "customFields",
        "hero",
        "body",
        "sections",
        "seo",
        "attachments",
        "translations",
    ];
    const BELOW: &'static [(&'static str, Fields)] = &[
        ("hero", FIGURE),
        ("sections", SECTION),
        ("seo", seo::FIELDS),
        ("attachments", FIGURE),
        ("translations", TRANSLATION),
    ];
    const INCLUDES: &'static [Include] = &[
        HERO,
        BODY[0],
        BODY[1],
        BODY[2],
        BODY[3],
        SECTIONS,
        SEO,
        ATTACHMENTS,
        TRANSLATIONS,
    ];
}

impl<'a> View<'a> {
    /// An issue with what was asked for.
    pub(super) fn issue(
        &self,
        content: &'a Content,
        issue: &'a DomainIssue,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<Issue<'a>, Problem> {
        let entry = &issue.entry;
        let edition = self.edition(entry.edition)?;
        let is_inside = self.cx.scope().sees_inside(entry.edition);
        Ok(Issue {
            id: entry.id,
            kind: IssueKind::Issue,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            slug: &entry.slug,
            path: &entry.path,
            url: edition.url(&entry.path),
            title: &entry.title,
            status: entry.status.into(),
            is_featured: entry.is_featured,
            published_at: entry.published_at,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
            version: entry.version,
            has_pending_changes: is_inside && entry.has_pending_changes,
            scheduled_change_at: entry.scheduled_at.filter(|_| is_inside),
            translation_group_id: entry.group,
            newsletter_id: issue.newsletter,
            number: issue.number,
            outro: issue.outro.as_deref(),
            custom_fields: more.custom_fields_of(entry.id),
            hero: self.hero(selection, &issue.hero)?,
            body: self.body(
                issue.body.loaded(),
                entry.edition,
                selection,
                more.body_assets(),
            ),
            sections: self.sections(issue, more, selection)?,
            seo: self.issue_seo(content, issue, more, selection)?,
            attachments: wanted(selection, "attachments", &issue.attachments)
                .map(|figures| self.figures(figures))
                .transpose()?
                .into(),
            translations: more
                .translations_of(entry)
                .map(|translations| self.translations(translations))
                .transpose()?
                .into(),
        })
    }

    fn issue_seo(
        &self,
        content: &'a Content,
        issue: &'a DomainIssue,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<Included<Seo<'a>>, Problem> {
        let Some(texts) = wanted(selection, "seo", &issue.seo) else {
            return Ok(Included::No);
        };
        let sources = Sources {
            texts,
            excerpt: None,
            byline: &[],
            hero: issue.hero.loaded().and_then(Option::as_ref),
        };
        Ok(Included::Yes(self.seo(content, sources, more)?))
    }

    fn sections(
        &self,
        issue: &'a DomainIssue,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<Included<Vec<Section<'a>>>, Problem> {
        if !selection.includes("sections") {
            return Ok(Included::No);
        }
        let section = |section: &'a DomainSection| {
            let items = section
                .items
                .iter()
                .map(|item| self.section_item(item, more))
                .collect::<Result<_, _>>()?;
            Ok(Section {
                heading: section.heading.as_deref(),
                items,
            })
        };
        more.sections_of(issue)
            .iter()
            .map(section)
            .collect::<Result<_, Problem>>()
            .map(Included::Yes)
    }

    fn section_item(
        &self,
        item: &'a DomainItem,
        more: &'a More,
    ) -> Result<SectionItem<'a>, Problem> {
        let article = item.article.and_then(|id| more.section_article(id));
        Ok(SectionItem {
            article: article
                .map(|content| self.entry_link(content.entry()))
                .transpose()?,
            title: item.title.as_deref(),
            summary: item.summary.as_deref(),
            note: item.note.as_deref(),
        })
    }
}

/// The operations on issues.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_issues, write::create_issue))
        .routes(routes!(get_issue, write::update_issue, write::delete_issue))
        .routes(routes!(get_issue_by_slug))
        .routes(routes!(list_issue_translations))
        .routes(routes!(list_issue_comments))
        .routes(routes!(list_issue_revisions))
        .merge(step_routes::<Issue<'static>>())
}

/// Lists issues.
pub(super) struct ListIssues;
impl Declared for ListIssues {
    const PARAMETERS: Groups = &[
        &[
            EDITION_FILTER,
            Parameter::optional(
                "filter[newsletter]",
                Kind::Id("newsletter"),
                "Is an issue of this newsletter.",
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
            "-number",
            "number",
        ])],
        Issue::SELECTION,
        PAGE,
    ];
}

/// List issues
///
/// The newest first, unless `sort` says otherwise. All conditions that are set must hold.
#[utoipa::path(
    get,
    path = "/issues",
    tag = "Issues",
    params(Of<ListIssues>),
    responses((status = 200, description = "A page of issues.", body = IssueList<'_>)),
)]
async fn list_issues(read: Read) -> Answer {
    let query = read.query::<ListIssues>()?;
    entries::list(&read, &query, ContentKind::Issue, Issue::INCLUDES).await
}
/// A page of issues.
pub(super) type IssueList<'a> = List<Issue<'a>>;

/// Get an issue
#[utoipa::path(
    get,
    path = "/issues/{id}",
    tag = "Issues",
    params(Of<EntryById<Issue<'_>>>),
    responses((status = 200, description = "The issue.", body = Issue<'_>)),
)]
async fn get_issue(read: Read) -> Answer {
    let query = read.query::<EntryById<Issue<'_>>>()?;
    entries::by_id::<kinds::Issue>(&read, &query, Issue::INCLUDES).await
}

/// Get an issue by slug
#[utoipa::path(
    get,
    path = "/issues/by-slug/{edition}/{slug}",
    tag = "Issues",
    params(Of<EntryBySlug<Issue<'_>>>),
    responses((status = 200, description = "The issue.", body = Issue<'_>)),
)]
async fn get_issue_by_slug(read: Read) -> Answer {
    let query = read.query::<EntryBySlug<Issue<'_>>>()?;
    entries::by_slug(&read, &query, ContentKind::Issue, Issue::INCLUDES).await
}

/// List the translations of an issue
///
/// Its versions in all languages, itself among them, in the order of the editions.
#[utoipa::path(
    get,
    path = "/issues/{id}/translations",
    tag = "Issues",
    params(Of<TranslationsOf<Issue<'_>>>),
    responses((status = 200, description = "The translations.", body = TranslationList<'_>)),
)]
async fn list_issue_translations(read: Read) -> Answer {
    read.query::<TranslationsOf<Issue<'_>>>()?;
    entries::translations::<kinds::Issue>(&read).await
}

/// List the comments under an issue
///
/// The oldest first.
#[utoipa::path(
    get,
    path = "/issues/{id}/comments",
    tag = "Issues",
    params(Of<CommentsUnder<Issue<'_>>>),
    responses((status = 200, description = "A page of comments.", body = CommentList<'_>)),
)]
async fn list_issue_comments(read: Read) -> Answer {
    let query = read.query::<CommentsUnder<Issue<'_>>>()?;
    let issue = entries::found::<kinds::Issue>(&read).await?;
    comments::list(&read, &query, Some(issue.entry().id)).await
}

/// List the revisions of an issue
///
/// What it was before each save, the newest first. Empty for those who may not change it.
#[utoipa::path(
    get,
    path = "/issues/{id}/revisions",
    tag = "Issues",
    params(Of<PageBelow<Issue<'_>>>),
    responses((status = 200, description = "A page of revisions.", body = RevisionList<'_>)),
)]
async fn list_issue_revisions(read: Read) -> Answer {
    let query = read.query::<PageBelow<Issue<'_>>>()?;
    let issue = entries::found::<kinds::Issue>(&read).await?;
    revisions::list(&read, &query, issue.entry().id).await
}
