//! The steps in the life of entries: one operation for each, on every kind.

use application::{
    ActorContext,
    lifecycle::{self, Step},
    revisions, translation_groups,
};
use axum::{
    response::Response,
    routing::{MethodRouter, delete as routing_delete, get, post, put},
};
use domain::{
    editions::EditionSet,
    id::{EntryId, RevisionId},
    lifecycle::{Schedule, Verb},
    revisions::RevisionRef,
    time::Timestamp,
};
use serde::Deserialize;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        Content, HttpMethod, Paths, Ref, RefOr, Required, ResponseBuilder,
        path::{Operation, OperationBuilder},
        request_body::{RequestBody, RequestBodyBuilder},
        schema::Schema,
    },
};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::{
    members::{said, set, time},
    translations::mark_route,
    write::{ChangeEntry, Writable, answer},
};
use crate::{
    error::Problem,
    rest::{
        State,
        answer::Answer,
        field::{Body, Collected, Field, Unknown},
        parameters::{Declared, Groups, Kind, Of, Parameter, Record},
        query::Query,
        request::Read,
        revisions::{DIFF, RevisionDiff, answer_diff},
        write::{DeleteById, JSON, Refusal, Write, WriteAnswer, changed, deleted, on_use},
    },
};

/// What is said about a step.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct Note {
    /// The words; kept in the audit log.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    note: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// When an entry, or what waits of it, becomes public, and when it is taken back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Schedule)]
pub(in crate::rest) struct Times {
    /// When it becomes public. May be left out only of what is public already.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    publish_at: Field<String>,
    /// When it is taken back; never if absent.
    #[serde(default)]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    unpublish_at: Field<String>,
    /// What is said about it; kept in the audit log.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    note: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What an entry is a translation of.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TranslationLink)]
pub(in crate::rest) struct Link {
    /// The id of an entry of its kind in another edition.
    #[serde(default)]
    #[schema(value_type = crate::rest::wire::Id, required)]
    to: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for Link {
    type Command = Option<EntryId>;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Option<EntryId> {
        wrong.unknown(&self.unknown);
        let to: domain::Result<EntryId> = wrong.needed("to", self.to)?.parse();
        wrong.take(to.map_err(|error| error.with_fields(|_| "to".to_owned())))
    }
}

impl Body for Note {
    type Command = Option<String>;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Option<String> {
        wrong.unknown(&self.unknown);
        said(wrong, self.note)
    }
}

impl Body for Times {
    type Command = (Schedule, Option<String>);
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        let mut at = |name, field| -> Option<Timestamp> { set(time(wrong, name, field)) };
        let schedule = Schedule {
            publish_at: at("publishAt", self.publish_at),
            unpublish_at: at("unpublishAt", self.unpublish_at),
        };
        (schedule, said(wrong, self.note))
    }
}

/// A step as an operation: `{}` stands for an entry of the kind.
pub(super) struct Doing {
    pub(super) word: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    /// None: no step of the life, such as dropping the edit that waits.
    pub(super) verb: Option<Verb>,
}

const fn doing(verb: Verb, summary: &'static str, description: &'static str) -> Doing {
    Doing {
        word: verb.as_str(),
        summary,
        description,
        verb: Some(verb),
    }
}

/// The steps that take a note and nothing else.
pub(super) const PLAIN: &[Doing] = &[
    doing(
        Verb::Submit,
        "Submit {}",
        "Hands a draft in: it is in review.",
    ),
    doing(
        Verb::RequestChanges,
        "Request changes to {}",
        "Sends back what was handed in: it is a draft again. The note says what is missing.",
    ),
    doing(
        Verb::Publish,
        "Publish {}",
        "Makes it public; of what is public, the edit that waits takes the place of what readers see.",
    ),
    doing(
        Verb::Unschedule,
        "Unschedule {}",
        "Drops the times that were set. What was not public yet is a draft again.",
    ),
    doing(
        Verb::Unpublish,
        "Unpublish {}",
        "Takes it back: it is a draft again.",
    ),
    doing(Verb::Archive, "Archive {}", "Takes it off and keeps it."),
    doing(
        Verb::Unarchive,
        "Unarchive {}",
        "Brings it back from the archive, as a draft.",
    ),
    doing(
        Verb::Trash,
        "Trash {}",
        "Puts it into the trash, as `DELETE` does, and answers with it.",
    ),
    doing(
        Verb::Restore,
        "Restore {}",
        "Takes it out of the trash, as a draft.",
    ),
    Doing {
        word: "discard-changes",
        summary: "Discard the pending changes of {}",
        description: "Drops the edit that waits. What readers see stays.",
        verb: None,
    },
];

const SCHEDULE: Doing = doing(
    Verb::Schedule,
    "Schedule {}",
    "Sets when it, or the edit of it that waits, becomes public, and when it is taken back.",
);

const PURGE: Doing = doing(
    Verb::Purge,
    "Purge {}",
    "Removes it from the trash for good. What uses it is named, unless `onUse` or `replaceWith` says what becomes of it.",
);

const RESTORE_REVISION: Doing = Doing {
    word: "restore",
    summary: "Restore a revision of {}",
    description: "Brings back what was in it then, its slug and path included. Of what is public it makes an edit that waits.",
    verb: None,
};

const LINK: Doing = Doing {
    word: "translation-group",
    summary: "Make {} a translation of another",
    description: "And of all that are its translations already: one of each edition, of one kind. Its version stays.",
    verb: None,
};

const UNLINK: Doing = Doing {
    word: "translation-group",
    summary: "Make {} a translation of none",
    description: "Its version stays.",
    verb: None,
};

/// Brings a revision back.
struct OfRevision<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for OfRevision<T> {
    const PARAMETERS: Groups = &[
        &[
            T::ID,
            Parameter::path("revision", Kind::Id("revision"), "The id of the revision."),
        ],
        T::SELECTION,
    ];
}

/// Compares two states of an entry.
struct DiffOf<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for DiffOf<T> {
    const PARAMETERS: Groups = &[&[T::ID], DIFF];
}

/// The steps with entries of one kind.
pub(in crate::rest) fn step_routes<E: Writable + 'static>() -> OpenApiRouter<State> {
    let mut router = OpenApiRouter::new().merge(mark_route::<E>());
    for doing in PLAIN {
        let handler = post(move |write: Write| step::<E>(write, doing.verb));
        router = router.routes(route::<E>(doing, handler));
    }
    let purge_it = with_body::<Note>(
        below::<E, DeleteById<E>>("purge", &PURGE).response(
            "204",
            ResponseBuilder::new().description("It is gone for good."),
        ),
        Required::False,
    );
    let restore_it = with_body::<Note>(
        answering::<E>(below::<E, OfRevision<E>>(
            "restore_revision_of",
            &RESTORE_REVISION,
        )),
        Required::False,
    );
    let link_it = with_body::<Link>(
        answering::<E>(below::<E, ChangeEntry<E>>("link_translations_of", &LINK)),
        Required::True,
    );
    let unlink_it = answering::<E>(below::<E, ChangeEntry<E>>("unlink_translation", &UNLINK));
    let schedule_it = with_body::<Times>(
        answering::<E>(below::<E, ChangeEntry<E>>("schedule", &SCHEDULE)),
        Required::True,
    );
    router
        .routes(at::<E, Times>(
            "schedule",
            (HttpMethod::Post, schedule_it),
            post(schedule::<E>),
        ))
        .routes(at::<E, Note>(
            "purge",
            (HttpMethod::Post, purge_it),
            post(purge::<E>),
        ))
        .routes(at::<E, Link>(
            "translation-group",
            (HttpMethod::Put, link_it),
            put(link::<E>),
        ))
        .routes(at::<E, Link>(
            "translation-group",
            (HttpMethod::Delete, unlink_it),
            routing_delete(unlink::<E>),
        ))
        .routes(at::<E, Note>(
            "revisions/{revision}/restore",
            (HttpMethod::Post, restore_it),
            post(restore_revision::<E>),
        ))
        .routes(at::<E, RevisionDiff<'_>>(
            "revisions/diff",
            (HttpMethod::Get, diff_operation::<E>()),
            get(diff::<E>),
        ))
}

/// A step that takes a note and answers with the entry.
pub(super) fn route<E: Writable>(
    doing: &Doing,
    handler: MethodRouter<State>,
) -> UtoipaMethodRouter<State> {
    let name = doing.word.replace('-', "_");
    let name = if doing.verb.is_none() {
        format!("{name}_of")
    } else {
        name
    };
    let operation = answering::<E>(below::<E, ChangeEntry<E>>(&name, doing));
    let operation = with_body::<Note>(operation, Required::False);
    at::<E, Note>(doing.word, (HttpMethod::Post, operation), handler)
}

/// An operation at a path below an entry. `S`: a schema it needs.
pub(super) fn at<E: Writable, S: ToSchema>(
    path: &str,
    (method, operation): (HttpMethod, OperationBuilder),
    handler: MethodRouter<State>,
) -> UtoipaMethodRouter<State> {
    let mut schemas: Vec<(String, RefOr<Schema>)> = vec![(S::name().into_owned(), S::schema())];
    S::schemas(&mut schemas);
    let mut paths = Paths::new();
    let path = format!("/{}/{{id}}/{path}", E::LIST);
    let operation: Operation = operation.build();
    paths.add_path_operation(path, vec![method], operation);
    (schemas, paths, handler)
}

/// What the document says of an operation below an entry.
pub(super) fn below<E: Writable, P: Declared>(name: &str, doing: &Doing) -> OperationBuilder {
    let kind = E::PREFIX;
    OperationBuilder::new()
        .tag(E::TAG)
        .summary(Some(doing.summary.replace("{}", E::ONE)))
        .description(Some(doing.description))
        .operation_id(Some(format!("{name}_{kind}")))
        .parameters(Some(Of::<P>::into_params(|| None)))
}

fn answering<E: Writable>(operation: OperationBuilder) -> OperationBuilder {
    let content = Content::new(Some(Ref::from_schema_name(E::name())));
    let good = ResponseBuilder::new()
        .description("It as it is now, with what waits of it.")
        .content(JSON, content);
    operation.response("200", good)
}

/// With a body of this schema.
pub(super) fn with_body<S: ToSchema>(
    operation: OperationBuilder,
    required: Required,
) -> OperationBuilder {
    let body: RequestBody = RequestBodyBuilder::new()
        .content(JSON, Content::new(Some(Ref::from_schema_name(S::name()))))
        .required(Some(required))
        .build();
    operation.request_body(Some(body))
}

fn diff_operation<E: Writable>() -> OperationBuilder {
    let compare = Doing {
        word: "diff",
        summary: "Compare two states of {}",
        description: "What differs between two revisions, or between one and what is there now. For those who may change the entry.",
        verb: None,
    };
    let content = Content::new(Some(Ref::from_schema_name(RevisionDiff::name())));
    let good = ResponseBuilder::new()
        .description("What differs.")
        .content(JSON, content);
    below::<E, DiffOf<E>>("diff_revisions_of", &compare)
        .security(crate::rest::document::signed_in())
        .response("200", good)
}

/// Makes a step that needs nothing but a note. `None`: drops the edit that waits.
pub(super) async fn make(
    cx: &ActorContext,
    id: EntryId,
    verb: Option<Verb>,
    step: Step,
) -> domain::Result<()> {
    let made = match verb {
        None => lifecycle::discard_pending(cx, id, step).await,
        Some(Verb::Submit) => lifecycle::submit(cx, id, step).await,
        Some(Verb::RequestChanges) => lifecycle::request_changes(cx, id, step).await,
        Some(Verb::Publish) => lifecycle::publish(cx, id, step).await,
        Some(Verb::Schedule) => lifecycle::schedule(cx, id, step, Schedule::default()).await,
        Some(Verb::Unschedule) => lifecycle::unschedule(cx, id, step).await,
        Some(Verb::Unpublish) => lifecycle::unpublish(cx, id, step).await,
        Some(Verb::Archive) => lifecycle::archive(cx, id, step).await,
        Some(Verb::Unarchive) => lifecycle::unarchive(cx, id, step).await,
        Some(Verb::Trash) => lifecycle::trash(cx, id, step).await,
        Some(Verb::Restore) => lifecycle::restore(cx, id, step).await,
        Some(Verb::Purge) => {
            return lifecycle::purge(cx, id, step, application::OnUse::Refuse).await;
        }
    };
    made.map(drop)
}

async fn step<E: Writable>(write: Write, verb: Option<Verb>) -> WriteAnswer {
    let (id, step) = noted::<E, ChangeEntry<E>>(&write).await?;
    make(&write.read.cx, id, verb, step).await?;
    after::<E>(&write, id).await
}

async fn schedule<E: Writable>(write: Write) -> WriteAnswer {
    write.query::<ChangeEntry<E>>()?;
    let editions = write.read.cx.editions().await?;
    let (id, expected) = (E::id(&write.read)?, write.version()?);
    let (schedule, note) = write.body::<Times>(&editions, &[], |_times| Vec::new())?;
    let step = Step { expected, note };
    lifecycle::schedule(&write.read.cx, id, step, schedule).await?;
    after::<E>(&write, id).await
}

async fn purge<E: Writable>(write: Write) -> WriteAnswer {
    let (id, step) = noted::<E, DeleteById<E>>(&write).await?;
    let query = write.query::<DeleteById<E>>()?;
    let on_use = on_use::<E::Kind>(&query)?;
    let is_noted = |error: &domain::Error| error.fields().iter().any(|wrong| wrong.field == "note");
    lifecycle::purge(&write.read.cx, id, step, on_use)
        .await
        .map_err(|error| {
            if is_noted(&error) {
                Refusal::from(error)
            } else {
                Refusal::of_query(error)
            }
        })?;
    Ok(deleted())
}

async fn link<E: Writable>(write: Write) -> WriteAnswer {
    write.query::<ChangeEntry<E>>()?;
    let editions = write.read.cx.editions().await?;
    let (id, expected) = (E::id(&write.read)?, write.version()?);
    let to = write.body::<Link>(&editions, &[], |_link| Vec::new())?;
    let to = to.ok_or_else(|| Problem::not_found("the entry"))?;
    translation_groups::link(&write.read.cx, id, expected, to).await?;
    after::<E>(&write, id).await
}

async fn unlink<E: Writable>(write: Write) -> WriteAnswer {
    write.query::<ChangeEntry<E>>()?;
    let (id, expected) = (E::id(&write.read)?, write.version()?);
    translation_groups::unlink(&write.read.cx, id, expected).await?;
    after::<E>(&write, id).await
}

async fn restore_revision<E: Writable>(write: Write) -> WriteAnswer {
    let (id, step) = noted::<E, OfRevision<E>>(&write).await?;
    let revision = write.read.segment("revision")?;
    let revision: RevisionId = revision
        .parse()
        .map_err(|_wrong: domain::Error| Problem::not_found("the revision"))?;
    revisions::restore(&write.read.cx, id, revision, step).await?;
    after::<E>(&write, id).await
}

async fn diff<E: Writable>(read: Read) -> Answer {
    let query = read.query::<DiffOf<E>>()?;
    let id = E::id(&read)?;
    let state = |name, absent| state(&query, name).unwrap_or(absent);
    let from = state("from", RevisionRef::Live);
    let to = state("to", RevisionRef::Pending);
    let found = revisions::diff(&read.cx, id, from, to).await?;
    answer_diff(&read, &found)
}

/// The state a parameter names.
fn state(query: &Query<'_>, name: &str) -> Option<RevisionRef> {
    match query.text(name)? {
        "live" => Some(RevisionRef::Live),
        "pending" => Some(RevisionRef::Pending),
        id => id.parse().ok().map(RevisionRef::Revision),
    }
}

/// The entry of a step, the version it was decided on and what is said about it.
pub(super) async fn noted<E: Writable, P: Declared>(
    write: &Write,
) -> Result<(EntryId, Step), Problem> {
    write.query::<P>()?;
    let editions = write.read.cx.editions().await?;
    let (id, expected) = (E::id(&write.read)?, write.version()?);
    let note = write.optional_body::<Note>(&editions)?;
    Ok((id, Step { expected, note }))
}

/// The entry after a step.
pub(super) async fn after<E: Writable>(write: &Write, id: EntryId) -> WriteAnswer {
    let read: Response = answer::<E>(write, id).await?;
    Ok(changed(read))
}
