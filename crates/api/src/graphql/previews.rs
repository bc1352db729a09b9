//! Links that show drafts.

use application::previews::{self, NewPreview, Preview};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::{
    context::{parse_id, session},
    input::Wrong,
    outcome::{Outcome, UserError, outcome},
    scalars::DateTime,
};

/// What a preview is to show: an entry, or every draft of an edition.
#[derive(InputObject)]
pub(crate) struct CreatePreviewTokenInput {
    /// The id of an entry. Either this or `edition`.
    entry: Option<ID>,
    /// The code of an edition: all of its drafts, and the edits that wait.
    edition: Option<String>,
    /// How long the token lasts: from a minute to 30 days; a day if absent.
    expires_in_seconds: Option<i64>,
}

/// A preview token.
#[derive(SimpleObject, Default)]
pub(crate) struct PreviewTokenPayload {
    /// Goes into the header `Colophon-Preview`, or as `preview` into the address of a GET over REST.
    token: Option<String>,
    /// Until when it is good.
    expires_at: Option<DateTime>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

impl From<Outcome<Preview>> for PreviewTokenPayload {
    fn from(outcome: Outcome<Preview>) -> Self {
        let (preview, user_errors) = outcome.split();
        let Some(preview) = preview else {
            return Self {
                user_errors,
                ..Self::default()
            };
        };
        Self {
            token: Some(preview.token.reveal().to_owned()),
            expires_at: Some(DateTime(preview.expires_at)),
            user_errors,
        }
    }
}

/// The mutations about previews.
#[derive(Default)]
pub(crate) struct PreviewMutations;

#[Object]
impl PreviewMutations {
    /// Makes a token that shows a draft, or the edit that waits, to whoever holds it: of one entry, for
    /// those who may change it; of an edition, for those who may publish all of it. It ends when it
    /// expires, and as soon as who made it could not make it any more. What is put into the trash is
    /// not shown.
    async fn create_preview_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it shows.")] input: CreatePreviewTokenInput,
    ) -> Result<PreviewTokenPayload> {
        let session = session(ctx)?;
        let mut wrong = Wrong::default();
        let entry = input.entry.as_ref();
        let entry = entry.map(|id| wrong.take(parse_id("entry", id)));
        let edition = input.edition.as_deref();
        let edition = edition.map(|code| wrong.take(session.edition_id(Some(code))));
        let is_told = entry != Some(None) && edition != Some(None);
        let new = NewPreview {
            entry: entry.flatten(),
            edition: edition.flatten(),
            expires_in_seconds: input.expires_in_seconds,
        };
        let faults = |new: &NewPreview| {
            let mut faults = new.faults();
            faults.retain(|fault| is_told || fault.field != "entry");
            faults
        };
        let done = match wrong.finish(new, faults) {
            Ok(new) => previews::create(session.cx(), new).await,
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(done)?.into())
    }
}
