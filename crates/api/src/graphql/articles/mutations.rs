//! Making and changing articles.

use application::articles::{self, NewArticle, NewCorrection};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    articles::{ContributionDraft, CorrectionDraft},
    change::{ArticleChange, Change, CreditChange},
    content::ContentKind,
    id::{ArticleId, EntryId},
};

use super::Article;
use crate::graphql::{
    context::{Session, parse_id, session},
    entries::{
        self,
        input::{EntryInput, FigureInput, attachments},
        steps::{EntryPayload, finish},
    },
    enums::{ContributionRole, View},
    input::{Wrong, clearable},
    outcome::{Outcome, UserError},
    scalars::DateTime,
};

/// One name in a byline: a profile, a name, or both.
#[derive(InputObject, Debug)]
pub(crate) struct ContributionInput {
    /// What they did.
    #[graphql(default_with = "ContributionRole::Author")]
    role: ContributionRole,
    /// The id of their profile.
    author: Option<ID>,
    /// A name instead of a profile, or shown for it.
    name: Option<String>,
}

/// Where a piece was first published. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct SourceInput {
    /// The outlet.
    outlet: MaybeUndefined<String>,
    /// Its address there.
    url: MaybeUndefined<String>,
    /// Its author there.
    author: MaybeUndefined<String>,
    /// When it appeared there.
    published_at: MaybeUndefined<DateTime>,
    /// Under what licence it is used.
    licence: MaybeUndefined<String>,
    /// Its language there (BCP 47).
    language: MaybeUndefined<String>,
}

impl From<SourceInput> for CreditChange {
    fn from(input: SourceInput) -> Self {
        Self {
            outlet: clearable(input.outlet),
            url: clearable(input.url),
            author: clearable(input.author),
            published_at: clearable(input.published_at).map(|at| at.map(|DateTime(at)| at)),
            licence: clearable(input.licence),
            language: clearable(input.language),
        }
    }
}

/// A dated notice that something in an article was wrong and is put right.
#[derive(InputObject, Debug)]
pub(crate) struct CorrectionInput {
    /// When it was put right: not in the future; now if absent.
    at: Option<DateTime>,
    /// What was wrong and what is right, plain text.
    text: String,
}

impl From<CorrectionInput> for CorrectionDraft {
    fn from(input: CorrectionInput) -> Self {
        Self {
            at: input.at.map(|DateTime(at)| at),
            text: input.text,
        }
    }
}

/// Adds a notice to those an article has.
#[derive(InputObject, Debug)]
pub(crate) struct AddCorrectionInput {
    /// Which article.
    id: ID,
    /// The version it has.
    expected_version: i64,
    #[graphql(flatten)]
    correction: CorrectionInput,
    /// What is said about the change, for the log and the revisions.
    note: Option<String>,
}

impl AddCorrectionInput {
    /// What it asks for: of what, at which version.
    pub(crate) fn read(self) -> domain::Result<(ArticleId, i64, NewCorrection)> {
        let id = parse_id::<ArticleId>("id", &self.id)?;
        let correction = NewCorrection {
            draft: self.correction.into(),
            note: self.note,
        };
        Ok((id, self.expected_version, correction))
    }
}

/// The fields only articles have.
#[derive(InputObject, Debug)]
pub(crate) struct ArticleFieldsInput {
    /// The line below the headline.
    subtitle: MaybeUndefined<String>,
    /// Ids of its categories, the primary one first; null: none.
    categories: MaybeUndefined<Vec<ID>>,
    /// Ids of its tags; null: none.
    tags: MaybeUndefined<Vec<ID>>,
    /// Who made it, in order; null: nobody is named.
    byline: MaybeUndefined<Vec<ContributionInput>>,
    /// Attached files, in order; null: none.
    attachments: MaybeUndefined<Vec<FigureInput>>,
    /// Ids of its galleries, in order; null: none.
    galleries: MaybeUndefined<Vec<ID>>,
    /// Ids of articles to read next; null: none is chosen.
    related: MaybeUndefined<Vec<ID>>,
    /// Where it was first published; null: here.
    source: MaybeUndefined<SourceInput>,
    /// How it is to be shown, as WordPress calls it: `gallery`, `video`, `quote`.
    post_format: MaybeUndefined<String>,
    /// What was put right in it: all notices, kept in the order of their times; null: none.
    corrections: MaybeUndefined<Vec<CorrectionInput>>,
}

impl ArticleFieldsInput {
    fn read(self, wrong: &mut Wrong, entry: EntryInput) -> ArticleChange {
        ArticleChange {
            entry: entry.read(wrong),
            subtitle: clearable(self.subtitle),
            categories: wrong.ids("categories", self.categories),
            tags: wrong.ids("tags", self.tags),
            byline: byline(wrong, self.byline),
            attachments: attachments(wrong, self.attachments),
            galleries: wrong.ids("galleries", self.galleries),
            related: wrong.ids("related", self.related),
            source: clearable(self.source).map(|source| source.map(CreditChange::from)),
            post_format: clearable(self.post_format),
            corrections: wrong.list(self.corrections, |_wrong, _number, one| Some(one.into())),
            added_correction: None,
        }
    }
}

fn byline(
    wrong: &mut Wrong,
    lines: MaybeUndefined<Vec<ContributionInput>>,
) -> Change<Vec<ContributionDraft>> {
    wrong.list(lines, |wrong, number, line| {
        let field = format!("byline.{number}.author");
        let author = match line.author {
            Some(id) => Some(wrong.take(parse_id(&field, &id))?),
            None => None,
        };
        Some(ContributionDraft {
            role: line.role.into(),
            author,
            name: line.name,
        })
    })
}

/// An new article: a draft.
#[derive(InputObject, Debug)]
pub(crate) struct CreateArticleInput {
    /// The code of its edition.
    edition: String,
    #[graphql(flatten)]
    entry: EntryInput,
    #[graphql(flatten)]
    fields: ArticleFieldsInput,
}

/// Changes of an article. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateArticleInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    #[graphql(flatten)]
    entry: EntryInput,
    #[graphql(flatten)]
    fields: ArticleFieldsInput,
}

impl CreateArticleInput {
    /// The article it asks for.
    pub(crate) fn read(self, session: &Session) -> domain::Result<NewArticle> {
        let mut wrong = Wrong::default();
        let edition = wrong.take(session.edition_id(Some(&self.edition)));
        let change = self.fields.read(&mut wrong, self.entry);
        let change = wrong.finish_entry(session.cx(), change, true)?;
        let edition = edition.ok_or_else(|| domain::Error::internal("an input was lost"))?;
        Ok(NewArticle { edition, change })
    }
}

impl UpdateArticleInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(ArticleId, i64, ArticleChange)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<ArticleId>("id", &self.id));
        let change = self.fields.read(&mut wrong, self.entry);
        let change = wrong.finish_entry(session.cx(), change, false)?;
        let id = id.ok_or_else(|| domain::Error::internal("an input was lost"))?;
        Ok((id, self.expected_version, change))
    }
}

/// What a change of an article answers.
pub(crate) struct ArticlePayload {
    id: Option<EntryId>,
    user_errors: Vec<UserError>,
}

/// What a change of an article answers.
#[Object]
impl ArticlePayload {
    /// The article as it is now; null if nothing was changed.
    async fn article(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Which state of it. An edit that waits to be published shows in `LATEST` only.",
            default_with = "Some(View::Latest)"
        )]
        view: Option<View>,
    ) -> Result<Option<Article>> {
        let found = entries::changed(ctx, self.id, view).await?;
        let found = found.map(domain::articles::Article::try_from);
        Ok(found.transpose()?.map(Article::from))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<EntryId>> for ArticlePayload {
    fn from(outcome: Outcome<EntryId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

impl EntryPayload for ArticlePayload {
    const KIND: ContentKind = ContentKind::Article;
}

/// The mutations that make and change articles.
#[derive(Default)]
pub(crate) struct ArticleWrites;

#[Object]
impl ArticleWrites {
    /// Makes an article: a draft.
    async fn create_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new article.")] input: CreateArticleInput,
    ) -> Result<ArticlePayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok(new) => {
                let made = Box::pin(articles::create_from(session.cx(), new)).await;
                made.map(|article| article.entry.id)
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes an article. One that is published stays as readers see it: the change waits until it is
    /// published.
    async fn update_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateArticleInput,
    ) -> Result<ArticlePayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((id, expected, change)) => {
                Box::pin(articles::change(session.cx(), id, expected, change))
                    .await
                    .map(|_| id.into())
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }
    /// Adds the dated notice that something in an article was wrong and is put right. On one that is
    /// published it waits until it is published.
    async fn add_correction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The article and the notice.")] input: AddCorrectionInput,
    ) -> Result<ArticlePayload> {
        let session = session(ctx)?;
        let done = match input.read() {
            Ok((id, expected, correction)) => {
                let added = articles::add_correction(session.cx(), id, expected, correction);
                Box::pin(added).await.map(|_| id.into())
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }
}
