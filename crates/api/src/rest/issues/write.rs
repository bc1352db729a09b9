//! Changes of issues.

use domain::{
    change::{ContentChange, EntryChange, IssueChange},
    id::{ArticleId, EntryId, kinds},
    newsletters::{Section, SectionItem},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Issue;
use crate::{
    error::Problem,
    rest::{
        batch::Operation,
        entries::{
            members::{FigureInput, list, own_id, set},
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

/// The members an issue has besides those that all entries share. Its body is the intro.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct IssueMembers {
    /// The id of its newsletter.
    #[serde(default)]
    #[schema(value_type = IdSchema, required = false)]
    newsletter_id: Field<String>,
    /// Its number; unique within its newsletter. A new issue without one gets the next.
    #[serde(default)]
    #[schema(value_type = i32, required = false, minimum = 0)]
    number: Field<i32>,
    /// Closing words, Markdown.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    outro: Field<String>,
    /// What is in it, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<SectionInput>>, max_items = 1_000)]
    sections: Field<Vec<Field<SectionInput>>>,
    /// Attached files, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<FigureInput>>, max_items = 1_000)]
    attachments: Field<Vec<Field<FigureInput>>>,
}

/// A part of an issue.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct SectionInput {
    /// Its heading.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1_000)]
    heading: Field<String>,
    /// What is in it, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<SectionItemInput>>, max_items = 1_000)]
    items: Field<Vec<Field<SectionItemInput>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// An article or a free note in a section: at least one member is there.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct SectionItemInput {
    /// The id of the article.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    article_id: Field<String>,
    /// Shown instead of the article's title.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1_000)]
    title: Field<String>,
    /// Shown instead of the article's excerpt.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    summary: Field<String>,
    /// A free note, Markdown.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    note: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Wire for SectionInput {
    const MUST_BE: &'static str = "must be an object";
}
impl Wire for SectionItemInput {
    const MUST_BE: &'static str = "must be an object";
}

impl SectionInput {
    fn read(self, wrong: &mut Collected) -> Option<Section> {
        wrong.unknown(&self.unknown);
        let heading = set(wrong.clearable("heading", self.heading));
        let is_absent = matches!(self.items, Field::Absent | Field::Null);
        let items = list(wrong, "items", self.items, |item, wrong| {
            Some(item.read(wrong))
        });
        let items = match items.as_set() {
            Some(items) => items.clone(),
            None if is_absent => Vec::new(),
            None => return None,
        };
        Some(Section { heading, items })
    }
}

impl SectionItemInput {
    fn read(self, wrong: &mut Collected) -> SectionItem {
        wrong.unknown(&self.unknown);
        SectionItem {
            article: set(wrong.id::<ArticleId>("articleId", self.article_id)),
            title: set(wrong.clearable("title", self.title)),
            summary: set(wrong.clearable("summary", self.summary)),
            note: set(wrong.clearable("note", self.note)),
        }
    }
}

impl Own for IssueMembers {
    const NEW: &'static str = "NewIssue";
    const PATCH: &'static str = "IssuePatch";
    const NEEDED: &'static [&'static str] = &["newsletterId"];

    fn read(self, entry: EntryChange, wrong: &mut Collected) -> ContentChange {
        ContentChange::Issue(IssueChange {
            entry,
            newsletter: own_id(wrong, "newsletterId", self.newsletter_id),
            number: wrong.required("number", self.number).map(i64::from),
            outro: wrong.clearable("outro", self.outro),
            sections: list(wrong, "sections", self.sections, SectionInput::read),
            attachments: list(wrong, "attachments", self.attachments, FigureInput::read),
        })
    }
}

impl Writable for Issue<'_> {
    const LIST: &'static str = "issues";
    const TAG: &'static str = "Issues";
    const ONE: &'static str = "an issue";
    type Kind = kinds::Issue;

    fn id(read: &Read) -> Result<EntryId, Problem> {
        read.id::<kinds::Issue>().map(EntryId::from)
    }
}

type NewIssue = New<IssueMembers>;
type IssuePatch = Patch<IssueMembers>;

/// Create an issue
///
/// It is a draft; publishing is a step of its own.
#[utoipa::path(
    post,
    path = "/issues",
    tag = "Issues",
    params(Of<CreateEntry<Issue<'_>>>),
    request_body = NewIssue,
    responses((status = 201, description = "The new issue.", body = Issue<'_>)),
)]
pub(in crate::rest) async fn create_issue(write: Write) -> WriteAnswer {
    create::<Issue<'_>, IssueMembers>(write).await
}

/// Change an issue
///
/// What is left out stays, null clears (RFC 7396). Of what is public it makes an edit that waits
/// until it is published; the answer shows it with that edit.
#[utoipa::path(
    patch,
    path = "/issues/{id}",
    tag = "Issues",
    params(Of<ChangeEntry<Issue<'_>>>),
    request_body(content(
        (IssuePatch = "application/merge-patch+json"),
        (IssuePatch = "application/json"),
    )),
    responses((status = 200, description = "The issue as it is now, with what waits of it.", body = Issue<'_>)),
)]
pub(in crate::rest) async fn update_issue(write: Write) -> WriteAnswer {
    update::<Issue<'_>, IssueMembers>(write).await
}

/// Delete an issue
///
/// Puts it into the trash. Purging is a step and a right of its own.
#[utoipa::path(
    delete,
    path = "/issues/{id}",
    tag = "Issues",
    params(Of<TrashEntry<Issue<'_>>>),
    responses((status = 204, description = "It is in the trash.")),
)]
pub(in crate::rest) async fn delete_issue(write: Write) -> WriteAnswer {
    trash::<Issue<'_>>(write).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    operations::<Issue<'static>, IssueMembers>()
}
