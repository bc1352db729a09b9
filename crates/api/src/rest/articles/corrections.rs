//! What was put right in articles: notices as they are sent, and adding one.

use application::{
    articles::{self, NewCorrection},
    batch::Command,
    custom_fields::faults_of,
};
use domain::{
    articles::CorrectionDraft,
    change::{ArticleChange, ContentChange},
    editions::EditionSet,
    id::{ArticleId, kinds},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Article;
use crate::rest::{
    batch::Operation,
    entries::{
        members::{said, set, time},
        write::{ChangeEntry, answer},
    },
    field::{Body, Collected, Field, Unknown, Wire},
    parameters::{Nothing, Of},
    write::{Refusal, Write, WriteAnswer, changed},
};

/// A dated notice that something in an article was wrong and is put right.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct CorrectionInput {
    /// When it was put right: not in the future; now if absent.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    at: Field<String>,
    /// What was wrong and what is right, plain text.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 2_000)]
    text: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Wire for CorrectionInput {
    const MUST_BE: &'static str = "must be an object";
}

impl CorrectionInput {
    /// Reads an item of a list.
    pub(super) fn read(self, wrong: &mut Collected) -> Option<CorrectionDraft> {
        wrong.unknown(&self.unknown);
        let at = set(time(wrong, "at", self.at));
        let text = wrong.needed("text", self.text)?;
        Some(CorrectionDraft { at, text })
    }
}

/// A notice that is added to those an article has.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewCorrection)]
pub(in crate::rest) struct NewCorrectionBody {
    /// When it was put right: not in the future; now if absent.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    at: Field<String>,
    /// What was wrong and what is right, plain text.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 2_000)]
    text: Field<String>,
    /// What is said about the change; kept with the revision and in the audit log.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    note: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for NewCorrectionBody {
    type Command = NewCorrection;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> NewCorrection {
        wrong.unknown(&self.unknown);
        let at = set(time(wrong, "at", self.at));
        let text = wrong.needed("text", self.text).unwrap_or_default();
        let note = said(wrong, self.note);
        let draft = CorrectionDraft { at, text };
        NewCorrection { draft, note }
    }
}

/// Add a correction to an article
///
/// A dated notice that something in it was wrong and is put right: readers, feeds and search engines
/// see it. Of what is public it makes an edit that waits until it is published.
#[utoipa::path(
    post,
    path = "/articles/{id}/corrections",
    tag = "Articles",
    params(Of<ChangeEntry<Article<'_>>>),
    request_body = NewCorrectionBody,
    responses((status = 200, description = "It as it is now, with what waits of it.", body = Article<'_>)),
)]
pub(in crate::rest) async fn add_correction_to_article(write: Write) -> WriteAnswer {
    write.query::<ChangeEntry<Article<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Article>()?, write.version()?);
    let editions = write.read.cx.editions().await?;
    let correction = write.body::<NewCorrectionBody>(&editions, &[], |new| {
        faults_of(&write.read.cx, None, &change(new), false)
    })?;
    let added = articles::add_correction(&write.read.cx, id, expected, correction);
    Box::pin(added).await.map_err(Refusal::from)?;
    Ok(changed(answer::<Article<'_>>(&write, id.into()).await?))
}

fn change(new: &NewCorrection) -> ContentChange {
    ArticleChange::from(new.clone()).into()
}

/// The same within a batch.
pub(super) fn batched() -> Operation {
    let path = ["articles", "{}", "corrections"];
    Operation::at("POST", &path, Some(&[]), |sent| {
        sent.query::<Nothing>()?;
        let (id, expected): (ArticleId, i64) = (sent.id()?, sent.version()?);
        let correction = sent.body::<NewCorrectionBody>(&[], |new| {
            faults_of(sent.cx(), None, &change(new), false)
        })?;
        Ok(Command::ChangeEntry {
            id: id.into(),
            expected,
            change: Box::new(change(&correction)),
        })
    })
}
