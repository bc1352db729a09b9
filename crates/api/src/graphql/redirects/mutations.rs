//! Changes of redirects.

use application::redirects::{self, Imported};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use domain::{
    change::Change,
    id::{EditionId, RedirectId},
    redirects::{RedirectChange, RedirectTarget},
};

use super::Redirect;
use crate::graphql::{
    context::{Here, Session, parse_id, session},
    input::Wrong,
    outcome::{DeletePayload, Outcome, UserError, outcome},
};

/// A new redirect.
#[derive(InputObject, Debug)]
pub(crate) struct CreateRedirectInput {
    /// The code of its edition.
    edition: String,
    /// The old path; nothing else may live there.
    from: MaybeUndefined<String>,
    /// Where it leads: the id of an entry, a category, a tag, an author or a newsletter, a path of the
    /// edition, or an absolute address; null for what is gone for good.
    to: MaybeUndefined<String>,
    /// Whether it is for good; true if absent.
    is_permanent: MaybeUndefined<bool>,
}

/// Changes of a redirect. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateRedirectInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// The old path; nothing else may live there.
    from: MaybeUndefined<String>,
    /// Where it leads: the id of an entry, a category, a tag, an author or a newsletter, a path of the
    /// edition, or an absolute address; null for what is gone for good.
    to: MaybeUndefined<String>,
    /// Whether it is for good.
    is_permanent: MaybeUndefined<bool>,
}

/// Deletes a redirect.
#[derive(InputObject, Debug)]
pub(crate) struct DeleteRedirectInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
}

/// Redirects in CSV.
#[derive(InputObject, Debug)]
pub(crate) struct ImportRedirectsInput {
    /// The code of their edition.
    edition: String,
    /// The text, with the columns `from,to,permanent`: the old path; where it leads, empty for what is
    /// gone for good; and `true`, `false` or nothing, which means true. 50,000 lines at most.
    csv: String,
}

fn read(
    wrong: &mut Wrong,
    from: MaybeUndefined<String>,
    to: MaybeUndefined<String>,
    is_permanent: MaybeUndefined<bool>,
) -> RedirectChange {
    RedirectChange {
        from: wrong.required("from", from),
        to: match to {
            MaybeUndefined::Undefined => Change::Keep,
            MaybeUndefined::Null => Change::Set(RedirectTarget::Gone),
            MaybeUndefined::Value(text) => {
                wrong.take(text.parse()).map_or(Change::Keep, Change::Set)
            }
        },
        is_permanent: wrong.required("isPermanent", is_permanent),
    }
}

impl CreateRedirectInput {
    /// The redirect it asks for, and where.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(EditionId, RedirectChange)> {
        let mut wrong = Wrong::default();
        let edition = wrong.take(session.edition_id(Some(&self.edition)));
        let new = read(&mut wrong, self.from, self.to, self.is_permanent);
        let new = wrong.finish_told(new, RedirectChange::check_new)?;
        let edition = edition.ok_or_else(|| domain::Error::not_found("the edition"))?;
        Ok((edition, new))
    }
}

impl UpdateRedirectInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self) -> domain::Result<(RedirectId, i64, RedirectChange)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<RedirectId>("id", &self.id));
        let change = read(&mut wrong, self.from, self.to, self.is_permanent);
        let change = wrong.finish_told(change, RedirectChange::check)?;
        let id = id.ok_or_else(|| domain::Error::not_found("the redirect"))?;
        Ok((id, self.expected_version, change))
    }
}

impl DeleteRedirectInput {
    /// Which one, at which version.
    pub(crate) fn read(self) -> domain::Result<(RedirectId, i64)> {
        Ok((parse_id("id", &self.id)?, self.expected_version))
    }
}

/// What a change of a redirect answers.
pub(crate) struct RedirectPayload {
    id: Option<RedirectId>,
    user_errors: Vec<UserError>,
}

/// What a change of a redirect answers.
#[Object]
impl RedirectPayload {
    /// The redirect as it is now; null if nothing was changed.
    async fn redirect(&self, ctx: &Context<'_>) -> Result<Option<Redirect>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let found = redirects::get(session.cx(), id).await?;
        Ok(found.map(Into::into))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<RedirectId>> for RedirectPayload {
    fn from(outcome: Outcome<RedirectId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// What an import of redirects answers.
#[derive(SimpleObject, Debug)]
pub(crate) struct ImportRedirectsPayload {
    /// How many redirects were made; null if nothing was changed.
    created: Option<u64>,
    /// How many were there already, just as the text has them.
    unchanged: Option<u64>,
    /// Why nothing was changed: every wrong line, by fields such as `csv.3.to` (line 3, the header
    /// being line 1).
    user_errors: Vec<UserError>,
}

impl From<Outcome<Imported>> for ImportRedirectsPayload {
    fn from(outcome: Outcome<Imported>) -> Self {
        let (imported, user_errors) = outcome.split();
        let count = |of: fn(Imported) -> usize| {
            imported.and_then(|imported| u64::try_from(of(imported)).ok())
        };
        Self {
            created: count(|imported| imported.created),
            unchanged: count(|imported| imported.unchanged),
            user_errors,
        }
    }
}

/// The changes of redirects.
#[derive(Default)]
pub(crate) struct RedirectMutations;

#[Object]
impl RedirectMutations {
    /// Makes a redirect.
    async fn create_redirect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new redirect.")] input: CreateRedirectInput,
    ) -> Result<RedirectPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((edition, new)) => redirects::create_from(session.cx(), edition, new).await,
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes a redirect.
    async fn update_redirect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateRedirectInput,
    ) -> Result<RedirectPayload> {
        let session = session(ctx)?;
        let done = match input.read() {
            Ok((id, expected, change)) => {
                let changed = redirects::change(session.cx(), id, expected, change);
                changed.await.map(|()| id)
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Deletes a redirect. Nothing lives at its path then.
    async fn delete_redirect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteRedirectInput,
    ) -> Result<DeletePayload> {
        let session = session(ctx)?;
        let done = match input.read() {
            Ok((id, expected)) => redirects::delete_at(session.cx(), id, expected)
                .await
                .map(|()| ID(id.to_string())),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }

    /// Makes the redirects of a CSV text: all of them or, if any line is wrong, none.
    async fn import_redirects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text, and the edition.")] input: ImportRedirectsInput,
    ) -> Result<ImportRedirectsPayload> {
        let session = session(ctx)?;
        let done = match session.edition_id(Some(&input.edition)) {
            Ok(edition) => redirects::import_csv(session.cx(), edition, input.csv.as_bytes())
                .await
                .map_err(|error| {
                    error.with_fields(|field| match field.as_str() {
                        "" => "csv".to_owned(),
                        field => format!("csv.{field}"),
                    })
                }),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}

/// After a change: nothing of before it in the answer.
async fn finish(session: Here<'_>, done: domain::Result<RedirectId>) -> Result<RedirectPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
