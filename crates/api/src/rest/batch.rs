//! Many changes with one request.
//!
//! A resource names the operations a batch may hold in a function `batched`, which is listed in
//! [`RESOURCES`]; the change itself is a command of the application.

use std::sync::LazyLock;

use application::{
    ActorContext,
    batch::{self, Command, Done, MAX_COMMANDS, Outcome},
};
use axum::{Json, response::IntoResponse};
use domain::{
    Error,
    change::Change,
    editions::EditionSet,
    id::{Id, IdKind},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    BASE_PATH, State, articles, authors, collections, comments,
    field::{Body, Collected, Field, Unknown, Wire, Words},
    galleries, issues, media, menus, newsletters, pages,
    parameters::{Declared, Groups, Nothing, Of},
    query::Query,
    redirects, terms,
    wire::Id as IdSchema,
    write::{Refusal, Write, WriteAnswer, changed, command, version_of_tag},
};
use crate::error::{FieldProblem, Problem, ProblemBody};

/// The operations of these resources can stand in a batch.
const RESOURCES: &[fn() -> Vec<Operation>] = &[
    articles::batched,
    pages::batched,
    issues::batched,
    terms::batched,
    authors::batched,
    media::batched,
    galleries::batched,
    collections::batched,
    newsletters::batched,
    menus::batched,
    comments::batched,
    redirects::batched,
];

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    RESOURCES
        .iter()
        .flat_map(|operations| operations())
        .collect()
});

/// The operation on batches.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(run_batch))
}

/// An operation that can stand in a batch.
pub(super) struct Operation {
    method: &'static str,
    /// The steps of its path; `{}` stands for what is sent.
    path: Vec<&'static str>,
    /// What its body calls otherwise than the command; none: its input stands in the query.
    words: Option<Words>,
    read: Box<Reading>,
}

/// Turns what was sent into a command.
type Reading = dyn Fn(&Sent<'_>) -> Result<Command, Problem> + Send + Sync;

impl Operation {
    /// `POST /list`
    pub(super) fn create(
        list: &'static str,
        words: Words,
        read: impl Fn(&Sent<'_>) -> Result<Command, Problem> + Send + Sync + 'static,
    ) -> Self {
        Self::at("POST", &[list], Some(words), bare(read))
    }

    /// `PATCH /list/{id}`
    pub(super) fn update(
        list: &'static str,
        words: Words,
        read: impl Fn(&Sent<'_>) -> Result<Command, Problem> + Send + Sync + 'static,
    ) -> Self {
        Self::at("PATCH", &[list, "{}"], Some(words), bare(read))
    }

    /// `DELETE /list/{id}`
    pub(super) fn delete(
        list: &'static str,
        read: impl Fn(&Sent<'_>) -> Result<Command, Problem> + Send + Sync + 'static,
    ) -> Self {
        Self::at("DELETE", &[list, "{}"], None, read)
    }

    /// An operation at a path below the root of the API.
    pub(super) fn at(
        method: &'static str,
        path: &[&'static str],
        words: Option<Words>,
        read: impl Fn(&Sent<'_>) -> Result<Command, Problem> + Send + Sync + 'static,
    ) -> Self {
        Self {
            method,
            path: path.to_vec(),
            words,
            read: Box::new(read),
        }
    }

    /// What stands at the open places of the path, if this is the operation of a path.
    fn segments<'p>(&self, path: &'p str) -> Option<Vec<&'p str>> {
        let given: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        let is_it = given.len() == self.path.len()
            && std::iter::zip(&self.path, &given)
                .all(|(known, step)| known == step || (*known == "{}" && !step.is_empty()));
        let open = std::iter::zip(&self.path, given).filter(|(known, _)| **known == "{}");
        is_it.then(|| open.map(|(_, step)| step).collect())
    }

    /// The error of its command, as the operation alone would answer it.
    fn refusal(&self, error: Error) -> Problem {
        let is_noted = error.fields().iter().any(|wrong| wrong.field == "note");
        match self.words {
            Some(words) => Refusal::in_words(error, words).into_problem(),
            None if is_noted => Refusal::from(error).into_problem(),
            None => Refusal::of_query(error).into_problem(),
        }
    }
}

/// The same for what has no query.
fn bare(
    read: impl Fn(&Sent<'_>) -> Result<Command, Problem> + Send + Sync + 'static,
) -> impl Fn(&Sent<'_>) -> Result<Command, Problem> + Send + Sync + 'static {
    move |sent| {
        sent.query::<Nothing>()?;
        read(sent)
    }
}

/// One operation of a batch, as it was sent.
pub(super) struct Sent<'s> {
    cx: &'s ActorContext,
    editions: &'s EditionSet,
    segments: Vec<&'s str>,
    query: Option<&'s str>,
    if_match: Option<&'s str>,
    body: Option<&'s Value>,
}

impl<'s> Sent<'s> {
    /// Who sent it.
    pub(super) fn cx(&self) -> &'s ActorContext {
        self.cx
    }

    /// The editions of the site.
    pub(super) fn editions(&self) -> &'s EditionSet {
        self.editions
    }

    /// The id of the record.
    pub(super) fn id<K: IdKind>(&self) -> Result<Id<K>, Problem> {
        self.id_at(0)
    }

    /// The id at an open place of the path.
    pub(super) fn id_at<K: IdKind>(&self, place: usize) -> Result<Id<K>, Problem> {
        let text = self.segments.get(place).copied().unwrap_or_default();
        text.parse().map_err(|_wrong: Error| {
            Problem::nothing_there(format!(
                "`{}` is not the id of a record of this kind: such ids begin with `{}_`",
                text.chars().take(60).collect::<String>(),
                K::PREFIX
            ))
        })
    }

    /// The version the change is meant for.
    pub(super) fn version(&self) -> Result<i64, Problem> {
        let tag = self.if_match.ok_or_else(Problem::precondition_required)?;
        let bare = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
        version_of_tag(bare.unwrap_or(tag)).ok_or_else(|| {
            Problem::validation(vec![FieldProblem::header(
                "If-Match",
                "must be the version of the record, or its strong `ETag`",
            )])
        })
    }

    /// The checked query of the path.
    pub(super) fn query<P: Declared>(&self) -> Result<Query<'s>, Problem> {
        Query::parse(self.query, P::PARAMETERS)
    }

    /// The command in the body.
    pub(super) fn body<T: Body>(
        &self,
        words: Words,
        check: impl FnOnce(&T::Command) -> Vec<domain::FieldError>,
    ) -> Result<T::Command, Problem> {
        let none = Value::Null;
        let body = serde_json::to_vec(self.body.unwrap_or(&none)).map_err(Error::internal)?;
        command::<T>(&body, self.editions, words, check)
    }

    /// The command in the body, where there may be none: then nothing is said.
    pub(super) fn optional_body<T: Body + Default>(&self) -> Result<T::Command, Problem> {
        if self.body.is_some() {
            return self.body::<T>(&[], |_command| Vec::new());
        }
        let mut wrong = Collected::default();
        let command = T::default().read(self.editions, &mut wrong);
        wrong.finish(command)
    }
}

/// Changes to be made with one request.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Batch {
    /// Whether all of them are made or none; if false each succeeds or fails alone. True if absent.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    atomic: Field<bool>,
    /// The changes, made in this order.
    #[serde(default)]
    #[schema(value_type = Vec<BatchOperation>, required, min_items = 1, max_items = 100)]
    operations: Field<Vec<Field<BatchOperation>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// One change, said as a request of its own would say it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BatchOperation {
    /// `POST`, `PATCH` or `DELETE`.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 10)]
    method: Field<String>,
    /// The path below `/api/v1`, with a query where the operation has one: `/articles`,
    /// `/tags/tag_…?onUse=detach`.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 2_000)]
    path: Field<String>,
    /// The version the change is meant for, `3`, or the `ETag` of the record. What is new has none.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    if_match: Field<String>,
    /// The body of the request, where it has one.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    body: Option<Value>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Wire for BatchOperation {
    const MUST_BE: &'static str = "must be an object";
}

/// An operation whose parts are there.
struct Asked {
    method: String,
    path: String,
    if_match: Option<String>,
    body: Option<Value>,
}

impl BatchOperation {
    fn read(self, wrong: &mut Collected) -> Option<Asked> {
        wrong.unknown(&self.unknown);
        let method = wrong.needed("method", self.method);
        let path = wrong.needed("path", self.path);
        let if_match = wrong.clearable("ifMatch", self.if_match);
        Some(Asked {
            method: method?,
            path: path?,
            if_match: if_match.as_set().cloned().flatten(),
            body: self.body,
        })
    }
}

impl Body for Batch {
    type Command = (bool, Vec<Asked>);
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        let is_atomic = wrong.required("atomic", self.atomic) != Change::Set(false);
        let operations = wrong.needed("operations", self.operations);
        let Some(operations) = operations else {
            return (is_atomic, Vec::new());
        };
        if operations.is_empty() || operations.len() > MAX_COMMANDS {
            wrong.note(
                "operations",
                format!("must hold 1 to {MAX_COMMANDS} operations"),
            );
            return (is_atomic, Vec::new());
        }
        let asked = wrong.within("operations", |wrong| {
            let operations = operations.into_iter().enumerate();
            operations
                .filter_map(|(index, operation)| {
                    let index = index.to_string();
                    let operation = wrong.needed(&index, operation)?;
                    wrong.within(&index, |wrong| operation.read(wrong))
                })
                .collect()
        });
        (is_atomic, asked)
    }
}

/// What came of the changes.
#[derive(Debug, Serialize, ToSchema)]
struct BatchAnswer {
    /// What came of each change, in the order of the operations.
    results: Vec<BatchResult>,
}

/// What came of one change.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BatchResult {
    /// The status the operation alone would be answered with.
    #[schema(minimum = 200, maximum = 599)]
    status: u16,
    /// The id of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<IdSchema>)]
    id: Option<String>,
    /// The address of a record that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri")]
    location: Option<String>,
    /// The version of the record in quotation marks, to be sent as `If-Match` with the next change of
    /// it; absent if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// Why the change was not made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemBody>)]
    problem: Option<Box<ProblemBody>>,
}

impl BatchResult {
    fn of(operation: &Operation, done: Done, public_url: &str) -> Self {
        let status = match (done.is_new, done.version) {
            (true, _) => StatusCode::CREATED,
            (false, Some(_)) => StatusCode::OK,
            (false, None) => StatusCode::NO_CONTENT,
        };
        let list = operation.path.first().filter(|_list| done.is_new);
        Self {
            status: status.as_u16(),
            location: list.map(|list| format!("{public_url}{BASE_PATH}/{list}/{}", done.id)),
            etag: done.version.map(|version| format!("\"{version}\"")),
            id: Some(done.id),
            problem: None,
        }
    }

    fn refused(problem: Problem) -> Self {
        Self {
            status: problem.status().as_u16(),
            problem: Some(Box::new(problem.into_body())),
            ..Self::default()
        }
    }
}

struct RunBatch;
impl Declared for RunBatch {
    const PARAMETERS: Groups = &[];
}

/// Make many changes
///
/// Up to 100 operations in one transaction, in their order: making, changing and deleting articles,
/// pages, issues, categories, tags, authors, assets, galleries, collections, newsletters, menus,
/// comments and redirects, and the steps in the life of entries, assets and comments. Each is said as a
/// request of its own would say it. If `atomic`, all are made or none: the first that
/// cannot be made is answered as the problem it would have alone, with pointers such as
/// `/operations/3/body/title`. Otherwise each succeeds or fails alone, and `results` tells which.
#[utoipa::path(
    post,
    path = "/batch",
    tag = "Batch",
    params(Of<RunBatch>),
    request_body = Batch,
    responses((status = 200, description = "What came of each change.", body = BatchAnswer)),
)]
async fn run_batch(write: Write) -> WriteAnswer {
    write.query::<RunBatch>()?;
    let cx = &write.read.cx;
    let editions = cx.editions().await?;
    let (is_atomic, asked) = write.body::<Batch>(&editions, &[], |_batch| Vec::new())?;
    write.read.spend_on_more(asked.len())?;
    let mut commands = Vec::with_capacity(asked.len());
    // Which operation each command is of.
    let mut places = Vec::with_capacity(asked.len());
    let mut results: Vec<Option<BatchResult>> = Vec::with_capacity(asked.len());
    for (index, asked) in asked.iter().enumerate() {
        match read(asked, &write.read.cx, &editions) {
            Ok((operation, command)) => {
                commands.push(command);
                places.push((index, operation));
                results.push(None);
            }
            Err(problem) if is_atomic => return Err(problem.of_operation(index).into()),
            Err(problem) => {
                let refused = BatchResult::refused(problem.of_operation(index));
                results.push(Some(refused));
            }
        }
    }
    let outcome = if commands.is_empty() {
        Outcome::Made(Vec::new())
    } else {
        Box::pin(batch::run(cx, commands, is_atomic)).await?
    };
    let made = match outcome {
        Outcome::Made(made) => made,
        Outcome::Undone { index, error } => {
            let Some((index, operation)) = places.get(index) else {
                return Err(error.into());
            };
            return Err(operation.refusal(error).of_operation(*index).into());
        }
    };
    for (made, (index, operation)) in made.into_iter().zip(places) {
        let result = match made {
            Ok(done) => BatchResult::of(operation, done, cx.public_url()),
            Err(error) => BatchResult::refused(operation.refusal(error).of_operation(index)),
        };
        if let Some(place) = results.get_mut(index) {
            *place = Some(result);
        }
    }
    let results = results.into_iter().flatten().collect();
    Ok(changed(Json(BatchAnswer { results }).into_response()))
}

/// The operation that is asked for, and its command.
fn read(
    asked: &Asked,
    cx: &ActorContext,
    editions: &EditionSet,
) -> Result<(&'static Operation, Command), Problem> {
    let (path, query) = match asked.path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (asked.path.as_str(), None),
    };
    let found = OPERATIONS.iter().find_map(|operation| {
        let segments = operation.segments(path)?;
        (operation.method == asked.method).then_some((operation, segments))
    });
    let (operation, segments) = found.ok_or_else(|| {
        Problem::unprocessable(vec![FieldProblem::parameter(
            "path",
            FieldProblem::UNKNOWN,
            "is no operation a batch can hold with this method",
        )])
    })?;
    let sent = Sent {
        cx,
        editions,
        segments,
        query,
        if_match: asked.if_match.as_deref(),
        body: asked.body.as_ref(),
    };
    (operation.read)(&sent).map(|command| (operation, command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_a_batch_is_one_of_the_document() {
        let document = serde_json::to_value(crate::rest::openapi()).unwrap();
        for operation in &*OPERATIONS {
            let known = document["paths"].as_object().unwrap();
            let is_known = known.iter().any(|(path, item)| {
                let path = path.strip_prefix(BASE_PATH).unwrap();
                let steps: Vec<&str> = path.split('/').skip(1).collect();
                let is_it = steps.len() == operation.path.len()
                    && std::iter::zip(&steps, &operation.path).all(|(step, known)| {
                        step == known || (step.starts_with('{') && *known == "{}")
                    });
                is_it && item.get(operation.method.to_lowercase()).is_some()
            });
            assert!(is_known, "{} {:?}", operation.method, operation.path);
        }
        assert!(OPERATIONS.len() > 50, "{}", OPERATIONS.len());
    }
}
