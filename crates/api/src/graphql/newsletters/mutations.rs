//! Making and changing newsletter issues.

use application::newsletters::{self, NewIssue};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    change::{Change, IssueChange},
    content::ContentKind,
    id::{EntryId, IssueId},
    newsletters::{Section, SectionItem},
};

use super::Issue;
use crate::graphql::{
    context::{Session, parse_id, session},
    entries::{
        self,
        input::{EntryInput, FigureInput, attachments},
        steps::{EntryPayload, finish},
    },
    enums::View,
    input::{Wrong, clearable},
    outcome::{Outcome, UserError},
};

/// A part of an issue.
#[derive(InputObject, Debug)]
pub(crate) struct SectionInput {
    /// Its heading.
    heading: Option<String>,
    /// What is in it, in order.
    #[graphql(default)]
    items: Vec<SectionItemInput>,
}

/// An article or a free note in a section.
#[derive(InputObject, Debug)]
pub(crate) struct SectionItemInput {
    /// The id of the article.
    article: Option<ID>,
    /// Shown instead of the article's title.
    title: Option<String>,
    /// Shown instead of the article's excerpt.
    summary: Option<String>,
    /// A free note, Markdown.
    note: Option<String>,
}

/// The fields only issues have. The body is the intro.
#[derive(InputObject, Debug)]
pub(crate) struct IssueFieldsInput {
    /// The id of the series. What is new needs one.
    newsletter: MaybeUndefined<ID>,
    /// Its number in the series. A new issue gets the next one if absent.
    number: MaybeUndefined<i64>,
    /// Closing words, Markdown.
    outro: MaybeUndefined<String>,
    /// What is in it, in order; null: nothing.
    sections: MaybeUndefined<Vec<SectionInput>>,
    /// Attached files, in order; null: none.
    attachments: MaybeUndefined<Vec<FigureInput>>,
}

impl IssueFieldsInput {
    fn read(self, wrong: &mut Wrong, entry: EntryInput) -> IssueChange {
        IssueChange {
            entry: entry.read(wrong),
            newsletter: wrong.required_id("newsletter", self.newsletter),
            number: wrong.required("number", self.number),
            outro: clearable(self.outro),
            sections: sections(wrong, self.sections),
            attachments: attachments(wrong, self.attachments),
        }
    }
}

fn sections(
    wrong: &mut Wrong,
    sections: MaybeUndefined<Vec<SectionInput>>,
) -> Change<Vec<Section>> {
    wrong.list(sections, |wrong, number, section| {
        let items = section.items.into_iter().enumerate();
        let items = items.filter_map(|(index, item)| {
            let field = format!("sections.{number}.items.{index}.article");
            read_item(wrong, &field, item)
        });
        Some(Section {
            heading: section.heading,
            items: items.collect(),
        })
    })
}

fn read_item(wrong: &mut Wrong, field: &str, item: SectionItemInput) -> Option<SectionItem> {
    let article = match item.article {
        Some(id) => Some(wrong.take(parse_id(field, &id))?),
        None => None,
    };
    Some(SectionItem {
        article,
        title: item.title,
        summary: item.summary,
        note: item.note,
    })
}

/// An new issue: a draft.
#[derive(InputObject, Debug)]
pub(crate) struct CreateIssueInput {
    /// The code of its edition.
    edition: String,
    #[graphql(flatten)]
    entry: EntryInput,
    #[graphql(flatten)]
    fields: IssueFieldsInput,
}

/// Changes of an issue. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateIssueInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    #[graphql(flatten)]
    entry: EntryInput,
    #[graphql(flatten)]
    fields: IssueFieldsInput,
}

impl CreateIssueInput {
    /// The issue it asks for.
    pub(crate) fn read(self, session: &Session) -> domain::Result<NewIssue> {
        let mut wrong = Wrong::default();
        let edition = wrong.take(session.edition_id(Some(&self.edition)));
        let change = self.fields.read(&mut wrong, self.entry);
        let change = wrong.finish_entry(session.cx(), change, true)?;
        let edition = edition.ok_or_else(|| domain::Error::internal("an input was lost"))?;
        Ok(NewIssue { edition, change })
    }
}

impl UpdateIssueInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(IssueId, i64, IssueChange)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<IssueId>("id", &self.id));
        let change = self.fields.read(&mut wrong, self.entry);
        let change = wrong.finish_entry(session.cx(), change, false)?;
        let id = id.ok_or_else(|| domain::Error::internal("an input was lost"))?;
        Ok((id, self.expected_version, change))
    }
}

/// What a change of an issue answers.
pub(crate) struct IssuePayload {
    id: Option<EntryId>,
    user_errors: Vec<UserError>,
}

/// What a change of an issue answers.
#[Object]
impl IssuePayload {
    /// The issue as it is now; null if nothing was changed.
    async fn issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Which state of it. An edit that waits to be published shows in `LATEST` only.",
            default_with = "Some(View::Latest)"
        )]
        view: Option<View>,
    ) -> Result<Option<Issue>> {
        let found = entries::changed(ctx, self.id, view).await?;
        let found = found.map(domain::newsletters::Issue::try_from);
        Ok(found.transpose()?.map(Issue::from))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<EntryId>> for IssuePayload {
    fn from(outcome: Outcome<EntryId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

impl EntryPayload for IssuePayload {
    const KIND: ContentKind = ContentKind::Issue;
}

/// The mutations that make and change issues.
#[derive(Default)]
pub(crate) struct IssueWrites;

#[Object]
impl IssueWrites {
    /// Makes an issue: a draft.
    async fn create_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new issue.")] input: CreateIssueInput,
    ) -> Result<IssuePayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok(new) => {
                let made = Box::pin(newsletters::create_issue_from(session.cx(), new)).await;
                made.map(|issue| issue.entry.id)
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes an issue. One that is published stays as readers see it: the change waits until it is
    /// published.
    async fn update_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateIssueInput,
    ) -> Result<IssuePayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((id, expected, change)) => Box::pin(newsletters::change_issue(
                session.cx(),
                id,
                expected,
                change,
            ))
            .await
            .map(|_| id.into()),
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }
}
