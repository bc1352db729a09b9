//! Changes of newsletters; those of their issues stand beside them.

use application::newsletters::{self, NewsletterGet};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    id::{EditionId, NewsletterId, kinds},
    newsletters::NewsletterChange,
};

use super::Newsletter;
use crate::graphql::{
    context::{Here, Session, parse_id, session},
    input::{DeleteRecordInput, Wrong, clearable},
    outcome::{DeletePayload, Outcome, UserError, outcome},
};

/// A new newsletter.
#[derive(InputObject, Debug)]
pub(crate) struct CreateNewsletterInput {
    /// The code of its edition.
    edition: String,
    /// Its name.
    title: MaybeUndefined<String>,
    /// Its slug; made from the title if absent.
    slug: MaybeUndefined<String>,
    /// What it is about.
    description: MaybeUndefined<String>,
}

/// Changes of a newsletter. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateNewsletterInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// Its name.
    title: MaybeUndefined<String>,
    /// Its slug; null: made from the title.
    slug: MaybeUndefined<String>,
    /// What it is about.
    description: MaybeUndefined<String>,
}

/// What the fields of an input say, whether the record is new or not.
struct Fields {
    title: MaybeUndefined<String>,
    slug: MaybeUndefined<String>,
    description: MaybeUndefined<String>,
}

impl Fields {
    fn read(self, wrong: &mut Wrong) -> NewsletterChange {
        NewsletterChange {
            slug: clearable(self.slug),
            title: wrong.required("title", self.title),
            description: clearable(self.description),
        }
    }
}

impl CreateNewsletterInput {
    /// The newsletter it asks for, and where.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(EditionId, NewsletterChange)> {
        let mut wrong = Wrong::default();
        let edition = wrong.take(session.edition_id(Some(&self.edition)));
        let new = Fields {
            title: self.title,
            slug: self.slug,
            description: self.description,
        }
        .read(&mut wrong);
        let new = wrong.finish(new, NewsletterChange::check_new)?;
        let edition = edition.ok_or_else(|| domain::Error::not_found("the edition"))?;
        Ok((edition, new))
    }
}

impl UpdateNewsletterInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self) -> domain::Result<(NewsletterId, i64, NewsletterChange)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<NewsletterId>("id", &self.id));
        let change = Fields {
            title: self.title,
            slug: self.slug,
            description: self.description,
        }
        .read(&mut wrong);
        let change = wrong.finish(change, NewsletterChange::check)?;
        let id = id.ok_or_else(|| domain::Error::not_found("the newsletter"))?;
        Ok((id, self.expected_version, change))
    }
}

/// What a change of a newsletter answers.
pub(crate) struct NewsletterPayload {
    id: Option<NewsletterId>,
    user_errors: Vec<UserError>,
}

/// What a change of a newsletter answers.
#[Object]
impl NewsletterPayload {
    /// The newsletter as it is now; null if nothing was changed.
    async fn newsletter(&self, ctx: &Context<'_>) -> Result<Option<Newsletter>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let found = newsletters::get(session.cx(), &NewsletterGet::Id(id)).await?;
        Ok(found.map(Newsletter::from))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<NewsletterId>> for NewsletterPayload {
    fn from(outcome: Outcome<NewsletterId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// The mutations of newsletters.
#[derive(Default)]
pub(crate) struct NewsletterMutations;

#[Object]
impl NewsletterMutations {
    /// Makes a newsletter.
    async fn create_newsletter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new newsletter.")] input: CreateNewsletterInput,
    ) -> Result<NewsletterPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((edition, new)) => newsletters::create_from(session.cx(), edition, new).await,
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes a newsletter. Its issues keep the paths they have.
    async fn update_newsletter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateNewsletterInput,
    ) -> Result<NewsletterPayload> {
        let session = session(ctx)?;
        let done = match input.read() {
            Ok((id, expected, change)) => {
                let changed = newsletters::change(session.cx(), id, expected, change);
                changed.await.map(|()| id)
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Deletes a newsletter that has no issues.
    async fn delete_newsletter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteRecordInput,
    ) -> Result<DeletePayload> {
        let session = session(ctx)?;
        let done = match input.read::<kinds::Newsletter>() {
            Ok((id, expected)) => newsletters::delete_at(session.cx(), id, expected)
                .await
                .map(|()| ID(id.to_string())),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}

/// After a change: nothing of before it in the answer.
async fn finish(
    session: Here<'_>,
    done: domain::Result<NewsletterId>,
) -> Result<NewsletterPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
