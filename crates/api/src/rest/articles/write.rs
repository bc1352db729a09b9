//! Changes of articles.

use domain::{
    change::{ArticleChange, ContentChange, CreditChange, EntryChange},
    id::{EntryId, kinds},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Article,
    corrections::{self, CorrectionInput},
};
use crate::{
    error::Problem,
    rest::{
        batch::Operation,
        entries::{
            members::{ContributionInput, FigureInput, ids, list, nested, time},
            operations,
            write::{
                ChangeEntry, CreateEntry, New, Own, Patch, TrashEntry, Writable, create, trash,
                update,
            },
        },
        field::{Collected, Field, Unknown, Wire},
        parameters::Of,
        request::Read,
        wire::Id as IdSchema,
        write::{Write, WriteAnswer},
    },
};

/// The members an article has besides those that all entries share.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct ArticleMembers {
    /// The line below the headline.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1_000)]
    subtitle: Field<String>,
    /// The ids of its categories, the primary one first.
    #[serde(default)]
    #[schema(value_type = Option<Vec<IdSchema>>, max_items = 1_000)]
    categories: Field<Vec<Field<String>>>,
    /// The ids of its tags.
    #[serde(default)]
    #[schema(value_type = Option<Vec<IdSchema>>, max_items = 1_000)]
    tags: Field<Vec<Field<String>>>,
    /// Who made it, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<ContributionInput>>, max_items = 1_000)]
    byline: Field<Vec<Field<ContributionInput>>>,
    /// Attached files, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<FigureInput>>, max_items = 1_000)]
    attachments: Field<Vec<Field<FigureInput>>>,
    /// The ids of its galleries, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<IdSchema>>, max_items = 1_000)]
    galleries: Field<Vec<Field<String>>>,
    /// The ids of articles to read next, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<IdSchema>>, max_items = 1_000)]
    related: Field<Vec<Field<String>>>,
    /// Where it was first published; null: here.
    #[serde(default)]
    #[schema(value_type = Option<SourcePatch>)]
    source: Field<SourcePatch>,
    /// How it is to be shown, as WordPress calls it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    post_format: Field<String>,
    /// What was put right in it: all notices. They are kept in the order of their times.
    #[serde(default)]
    #[schema(value_type = Option<Vec<CorrectionInput>>, max_items = 100)]
    corrections: Field<Vec<Field<CorrectionInput>>>,
}

/// A change of where a piece was first published. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct SourcePatch {
    /// The outlet.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    outlet: Field<String>,
    /// Its address there.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_048)]
    url: Field<String>,
    /// Its author there.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    author: Field<String>,
    /// When it appeared there.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    published_at: Field<String>,
    /// Under what licence it is used.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    licence: Field<String>,
    /// Its language there (BCP 47).
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 35)]
    language: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Wire for SourcePatch {
    const MUST_BE: &'static str = "must be an object";
}

impl SourcePatch {
    fn read(self, wrong: &mut Collected) -> CreditChange {
        wrong.unknown(&self.unknown);
        CreditChange {
            outlet: wrong.clearable("outlet", self.outlet),
            url: wrong.clearable("url", self.url),
            author: wrong.clearable("author", self.author),
            published_at: time(wrong, "publishedAt", self.published_at),
            licence: wrong.clearable("licence", self.licence),
            language: wrong.clearable("language", self.language),
        }
    }
}

impl Own for ArticleMembers {
    const NEW: &'static str = "NewArticle";
    const PATCH: &'static str = "ArticlePatch";

    fn read(self, entry: EntryChange, wrong: &mut Collected) -> ContentChange {
        ContentChange::Article(ArticleChange {
            entry,
            subtitle: wrong.clearable("subtitle", self.subtitle),
            categories: ids(wrong, "categories", self.categories),
            tags: ids(wrong, "tags", self.tags),
            byline: list(wrong, "byline", self.byline, ContributionInput::read),
            attachments: list(wrong, "attachments", self.attachments, FigureInput::read),
            galleries: ids(wrong, "galleries", self.galleries),
            related: ids(wrong, "related", self.related),
            source: nested(wrong, "source", self.source, SourcePatch::read),
            post_format: wrong.clearable("postFormat", self.post_format),
            corrections: list(
                wrong,
                "corrections",
                self.corrections,
                CorrectionInput::read,
            ),
            added_correction: None,
        })
    }
}

impl Writable for Article<'_> {
    const LIST: &'static str = "articles";
    const TAG: &'static str = "Articles";
    const ONE: &'static str = "an article";
    type Kind = kinds::Article;

    fn id(read: &Read) -> Result<EntryId, Problem> {
        read.id::<kinds::Article>().map(EntryId::from)
    }
}

type NewArticle = New<ArticleMembers>;
type ArticlePatch = Patch<ArticleMembers>;

/// Create an article
///
/// It is a draft; publishing is a step of its own.
#[utoipa::path(
    post,
    path = "/articles",
    tag = "Articles",
    params(Of<CreateEntry<Article<'_>>>),
    request_body = NewArticle,
    responses((status = 201, description = "The new article.", body = Article<'_>)),
)]
pub(in crate::rest) async fn create_article(write: Write) -> WriteAnswer {
    create::<Article<'_>, ArticleMembers>(write).await
}

/// Change an article
///
/// What is left out stays, null clears (RFC 7396). Of what is public it makes an edit that waits
/// until it is published; the answer shows it with that edit.
#[utoipa::path(
    patch,
    path = "/articles/{id}",
    tag = "Articles",
    params(Of<ChangeEntry<Article<'_>>>),
    request_body(content(
        (ArticlePatch = "application/merge-patch+json"),
        (ArticlePatch = "application/json"),
    )),
    responses((status = 200, description = "The article as it is now, with what waits of it.", body = Article<'_>)),
)]
pub(in crate::rest) async fn update_article(write: Write) -> WriteAnswer {
    update::<Article<'_>, ArticleMembers>(write).await
}

/// Delete an article
///
/// Puts it into the trash. Purging is a step and a right of its own.
#[utoipa::path(
    delete,
    path = "/articles/{id}",
    tag = "Articles",
    params(Of<TrashEntry<Article<'_>>>),
    responses((status = 204, description = "It is in the trash.")),
)]
pub(in crate::rest) async fn delete_article(write: Write) -> WriteAnswer {
    trash::<Article<'_>>(write).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    let mut all = operations::<Article<'static>, ArticleMembers>();
    all.push(corrections::batched());
    all
}
