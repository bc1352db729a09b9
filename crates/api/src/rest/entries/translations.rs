//! Translating entries of one kind.

use application::translations::{self, NewTranslation};
use axum::routing::post;
use domain::{change::Change, editions::EditionSet, id::EditionId};
use serde::Deserialize;
use utoipa::{
    ToSchema,
    openapi::{Content, HttpMethod, Ref, Required, ResponseBuilder},
};
use utoipa_axum::router::OpenApiRouter;

use super::{
    members::said,
    steps::{Doing, after, at, below, noted, route, with_body},
    write::{ChangeEntry, Writable},
    written,
};
use crate::{
    error::Problem,
    rest::{
        State,
        field::{Body, Collected, Field, Unknown},
        write::{JSON, Refusal, Write, WriteAnswer},
    },
};

/// A translation that is to be begun.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewTranslation)]
pub(in crate::rest) struct NewTranslationBody {
    /// The code of the edition it is translated for.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 35)]
    edition: Field<String>,
    /// Whether it begins with the texts of the original; true if absent. The title it begins with in
    /// any case.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    copy_body: Field<bool>,
    /// What is said about it; kept in the audit log.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    note: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for NewTranslationBody {
    type Command = (Option<EditionId>, bool, Option<String>);
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        let edition = wrong.edition_of("edition", self.edition, editions);
        let copies = wrong.required("copyBody", self.copy_body) != Change::Set(false);
        (edition, copies, said(wrong, self.note))
    }
}

const CREATE: Doing = Doing {
    word: "translations",
    summary: "Translate {}",
    description: "Begins a translation, for those who may write in the other edition: a draft with the title, the terms, the byline and the pictures of what readers see of the original.",
    verb: None,
};

const MARK_CURRENT: Doing = Doing {
    word: "mark-translation-current",
    summary: "Mark the translation of {} as current",
    description: "Tells that it says what its original says now: it is stale no more. Its version stays.",
    verb: None,
};

/// How translations of a kind are begun.
pub(in crate::rest) fn translation_routes<E: Writable + 'static>() -> OpenApiRouter<State> {
    let content = Content::new(Some(Ref::from_schema_name(E::name())));
    let made = ResponseBuilder::new()
        .description("The translation: a draft.")
        .content(JSON, content);
    let operation = below::<E, ChangeEntry<E>>("translate", &CREATE).response("201", made);
    let operation = with_body::<NewTranslationBody>(operation, Required::True);
    let mut routes = at::<E, NewTranslationBody>(
        CREATE.word,
        (HttpMethod::Post, operation),
        post(create::<E>),
    );
    routes.0.push((E::name().into_owned(), E::schema()));
    OpenApiRouter::new().routes(routes)
}

/// How a translation of a kind is marked as current.
pub(super) fn mark_route<E: Writable + 'static>() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(route::<E>(&MARK_CURRENT, post(mark_current::<E>)))
}

async fn create<E: Writable>(write: Write) -> WriteAnswer {
    let query = write.query::<ChangeEntry<E>>()?;
    let editions = write.read.cx.editions().await?;
    let of = E::id(&write.read)?;
    let (edition, copies_texts, note) =
        write.body::<NewTranslationBody>(&editions, &[], |_new| Vec::new())?;
    let new = NewTranslation {
        edition: edition.ok_or_else(|| Problem::not_found("the edition"))?,
        copies_texts,
        note,
    };
    let made = Box::pin(translations::create(&write.read.cx, of, new))
        .await
        .map_err(Refusal::from)?;
    let id = made.entry().id;
    let read = Box::pin(written(&write.read, &query, id, E::INCLUDES)).await?;
    Ok(write.created(E::LIST, id, read))
}

async fn mark_current<E: Writable>(write: Write) -> WriteAnswer {
    let (id, step) = noted::<E, ChangeEntry<E>>(&write).await?;
    Box::pin(translations::mark_current(&write.read.cx, id, step)).await?;
    after::<E>(&write, id).await
}
