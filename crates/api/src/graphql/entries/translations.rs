//! Which entries are translations of each other: changes of it.

use application::translation_groups;
use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::id::EntryId;

use super::{Entry, changed};
use crate::graphql::{
    context::{Here, parse_id, session},
    enums::View,
    input::Wrong,
    outcome::{Outcome, UserError, outcome},
};

/// Makes an entry a translation of another.
#[derive(InputObject, Debug)]
pub(crate) struct LinkTranslationsInput {
    /// Which entry.
    entry: ID,
    /// The version it has.
    expected_version: i64,
    /// The id of an entry of its kind in another edition.
    to: ID,
}

/// Makes an entry a translation of none.
#[derive(InputObject, Debug)]
pub(crate) struct UnlinkTranslationInput {
    /// Which entry.
    entry: ID,
    /// The version it has.
    expected_version: i64,
}

/// What a change of translations answers.
pub(crate) struct TranslationGroupPayload {
    id: Option<EntryId>,
    user_errors: Vec<UserError>,
}

/// What a change of translations answers.
#[Object]
impl TranslationGroupPayload {
    /// The entry as it is now; null if nothing was changed.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>> {
        let found = changed(ctx, self.id, Some(View::Latest)).await?;
        Ok(found.map(Entry::from))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<EntryId>> for TranslationGroupPayload {
    fn from(outcome: Outcome<EntryId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// The changes of what translates what.
#[derive(Default)]
pub(crate) struct TranslationGroupMutations;

#[Object]
impl TranslationGroupMutations {
    /// Makes an entry a translation of another, and of all that are its translations already: one of
    /// each edition, of one kind. Its version stays.
    async fn link_translations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entry, and of which other.")] input: LinkTranslationsInput,
    ) -> Result<TranslationGroupPayload> {
        let session = session(ctx)?;
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<EntryId>("entry", &input.entry));
        let to = wrong.take(parse_id::<EntryId>("to", &input.to));
        let done = match (id, to, wrong.finish((), |()| Vec::new())) {
            (Some(id), Some(to), Ok(())) => {
                let linked = translation_groups::link(session.cx(), id, input.expected_version, to);
                Box::pin(linked).await.map(|_entry| id)
            }
            (.., Err(wrong)) => Err(wrong),
            (.., Ok(())) => Err(domain::Error::internal("an input was lost")),
        };
        finish(session, done).await
    }

    /// Makes an entry a translation of none. Its version stays.
    async fn unlink_translation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entry.")] input: UnlinkTranslationInput,
    ) -> Result<TranslationGroupPayload> {
        let session = session(ctx)?;
        let done = match parse_id::<EntryId>("entry", &input.entry) {
            Ok(id) => {
                let unlinked = translation_groups::unlink(session.cx(), id, input.expected_version);
                Box::pin(unlinked).await.map(|_entry| id)
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }
}

async fn finish(
    session: Here<'_>,
    done: domain::Result<EntryId>,
) -> Result<TranslationGroupPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
