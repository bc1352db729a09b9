//! Jobs: what is done later, and what becomes of one that failed too often. For owners.

use application::jobs;
use chrono::{DateTime, Utc};
use domain::{
    id::kinds,
    jobs::{JobQuery, JobRecord},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    parameters::{Declared, Groups, Kind, Of, PAGE, Parameter},
    request::Read,
    selection::Selection,
    wire::{Id, JobState},
    write::{Write, WriteAnswer, changed, deleted},
};

/// The operations on jobs.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_jobs))
        .routes(routes!(get_job, discard_job))
        .routes(routes!(retry_job))
}

/// Lists jobs.
struct ListJobs;
impl Declared for ListJobs {
    const PARAMETERS: Groups = &[
        &[
            Parameter::optional(
                "filter[state]",
                Kind::Word(&["waiting", "running", "dead"]),
                "Only jobs in this state.",
            ),
            Parameter::optional(
                "filter[kind]",
                Kind::Text,
                "Only jobs of this kind, such as `publish`.",
            ),
        ],
        PAGE,
    ];
}

/// Names one job.
struct OneJob;
impl Declared for OneJob {
    const PARAMETERS: Groups = &[&[Parameter::path("id", Kind::Id("job"), "The id of the job.")]];
}

/// Something that is done later, or outside of the database. One that is done is gone. What a mail
/// says, and to whom it goes, is not shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Job)]
struct JobBody {
    /// Its id.
    #[schema(value_type = Id)]
    id: String,
    /// What it does: `publish`, `mail_reset`.
    kind: String,
    /// What it is about, if no two of it may wait at once: `publish:article_…`.
    about: Option<String>,
    /// Where it stands.
    state: JobState,
    /// It is not done before this time.
    run_at: DateTime<Utc>,
    /// How often it was tried.
    attempts: u32,
    /// After how many attempts it is dead; null: it comes back by itself, and never is.
    max_attempts: Option<u32>,
    /// Why the last attempt failed; null: none did.
    last_error: Option<String>,
    /// Whose change wanted it: the id of an account or a key, or `system:` and a name.
    actor: String,
    /// The id of the request that wanted it.
    request_id: Option<String>,
    /// When it was wanted.
    created_at: DateTime<Utc>,
    /// When it was last tried or changed.
    updated_at: DateTime<Utc>,
}

impl From<JobRecord> for JobBody {
    fn from(job: JobRecord) -> Self {
        Self {
            max_attempts: job.last_attempt(),
            id: job.id.to_string(),
            kind: job.kind,
            about: job.dedupe,
            state: job.state.into(),
            run_at: job.run_at,
            attempts: job.attempts,
            last_error: job.last_error,
            actor: job.actor,
            request_id: job.request_id,
            created_at: job.created_at,
            updated_at: job.updated_at,
        }
    }
}

type JobList = List<JobBody>;

/// List jobs
///
/// Those that are not done, the next first. For owners of the site.
#[utoipa::path(
    get,
    path = "/jobs",
    tag = "Jobs",
    params(Of<ListJobs>),
    security(("bearer" = [])),
    responses((status = 200, description = "A page of the jobs.", body = JobList)),
)]
async fn list_jobs(read: Read) -> Answer {
    let query = read.query::<ListJobs>()?;
    let wanted = JobQuery {
        state: query.text("filter[state]").map(str::parse).transpose()?,
        kind: query.text("filter[kind]").map(str::to_owned),
    };
    let args = query.page()?;
    let page = jobs::list(&read.cx, &wanted, &args).await?;
    let page = page.map(JobBody::from);
    let data: Vec<&JobBody> = page.nodes().collect();
    answer::list(&read, &query, &Selection::default(), &args, (&page, data))
}

/// Get a job
///
/// For owners of the site.
#[utoipa::path(
    get,
    path = "/jobs/{id}",
    tag = "Jobs",
    params(Of<OneJob>),
    security(("bearer" = [])),
    responses((status = 200, description = "The job.", body = JobBody)),
)]
async fn get_job(read: Read) -> Answer {
    read.query::<OneJob>()?;
    let job = jobs::get(&read.cx, read.id::<kinds::Job>()?).await?;
    answer::plain(&read, &JobBody::from(job))
}

/// Retry a job
///
/// One that is dead is tried again, from now on and as often as a new one. For owners of the site.
#[utoipa::path(
    post,
    path = "/jobs/{id}/retry",
    tag = "Jobs",
    params(Of<OneJob>),
    responses((status = 200, description = "The job as it is now.", body = JobBody)),
)]
async fn retry_job(write: Write) -> WriteAnswer {
    write.query::<OneJob>()?;
    let job = jobs::retry(&write.read.cx, write.id::<kinds::Job>()?).await?;
    Ok(changed(answer::plain(&write.read, &JobBody::from(job))?))
}

/// Discard a job
///
/// One that is dead is removed: what it was to do is not done. For owners of the site.
#[utoipa::path(
    delete,
    path = "/jobs/{id}",
    tag = "Jobs",
    params(Of<OneJob>),
    responses((status = 204, description = "It is gone.")),
)]
async fn discard_job(write: Write) -> WriteAnswer {
    write.query::<OneJob>()?;
    jobs::discard(&write.read.cx, write.id::<kinds::Job>()?).await?;
    Ok(deleted())
}
