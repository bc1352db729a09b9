//! Translating entries.

use application::{
    lifecycle::Step,
    translations::{self, NewTranslation},
};
use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::id::EntryId;

use super::{
    context::{parse_id, session},
    entries::{self, Entry},
    enums::View,
    input::Wrong,
    outcome::{Outcome, UserError, outcome},
};

/// A translation that is to be begun.
#[derive(InputObject)]
pub(crate) struct CreateTranslationInput {
    /// The id of the article or page to translate.
    of: ID,
    /// The code of the edition it is translated for.
    edition: String,
    /// Whether the translation begins with the texts of the original. The title it begins with in any
    /// case.
    #[graphql(default = true)]
    copy_body: bool,
    /// What is said about it, for the log.
    note: Option<String>,
}

/// A translation that says what its original says now.
#[derive(InputObject)]
pub(crate) struct MarkTranslationCurrentInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// What is said about it, for the log.
    note: Option<String>,
}

/// What a change of a translation answers.
pub(crate) struct TranslationPayload {
    id: Option<EntryId>,
    user_errors: Vec<UserError>,
}

/// What a change of a translation answers.
#[Object]
impl TranslationPayload {
    /// The translation as it is now; null if nothing was changed.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>> {
        let found = entries::changed(ctx, self.id, Some(View::Latest)).await?;
        Ok(found.map(Entry::from))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<EntryId>> for TranslationPayload {
    fn from(outcome: Outcome<EntryId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// The mutations of translations.
#[derive(Default)]
pub(crate) struct TranslationMutations;

#[Object]
impl TranslationMutations {
    /// Begins the translation of an article or a page, for those who may write in the other edition: a
    /// draft with the title, the terms, the byline and the pictures of what readers see of the
    /// original.
    async fn create_translation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what, and where.")] input: CreateTranslationInput,
    ) -> Result<TranslationPayload> {
        let session = session(ctx)?;
        let mut wrong = Wrong::default();
        let of = wrong.take(parse_id::<EntryId>("of", &input.of));
        let edition = wrong.take(session.edition_id(Some(&input.edition)));
        let new = wrong.finish(of.zip(edition), |_| Vec::new());
        let done = match new {
            Ok(Some((of, edition))) => {
                let new = NewTranslation {
                    edition,
                    copies_texts: input.copy_body,
                    note: input.note,
                };
                let made = Box::pin(translations::create(session.cx(), of, new)).await;
                made.map(|content| content.entry().id)
            }
            Ok(None) => Err(domain::Error::internal("an input was lost")),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }

    /// Tells that a translation says what its original says now: it is stale no more. Its version
    /// stays.
    async fn mark_translation_current(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: MarkTranslationCurrentInput,
    ) -> Result<TranslationPayload> {
        let session = session(ctx)?;
        let step = Step {
            expected: input.expected_version,
            note: input.note,
        };
        let done = match parse_id::<EntryId>("id", &input.id) {
            Ok(id) => Box::pin(translations::mark_current(session.cx(), id, step))
                .await
                .map(|_| id),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}
