//! Jobs: what is done later, and what becomes of one that failed too often.

use application::jobs;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    id::JobId,
    jobs::{JobQuery, JobRecord},
};

use super::{
    connection::{Connection, Listed, Paging},
    context::{parse_id, session},
    enums::JobState,
    lookahead,
    outcome::{DeletePayload, UserError, outcome},
    scalars::DateTime,
};

/// A job as owners see it.
pub(crate) struct Job(JobRecord);

impl From<JobRecord> for Job {
    fn from(job: JobRecord) -> Self {
        Self(job)
    }
}

impl Listed for Job {
    const CONNECTION: &'static str = "JobConnection";
    const EDGE: &'static str = "JobEdge";
}

/// Something that is done later, or outside of the database. One that is done is gone. What a mail
/// says, and to whom it goes, is not shown.
#[Object]
impl Job {
    /// Its id.
    #[graphql(name = "id")]
    async fn global_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What it does: `publish`, `mail_reset`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// What it is about, if no two of it may wait at once: `publish:article_…`.
    async fn about(&self) -> Option<&str> {
        self.0.dedupe.as_deref()
    }

    /// Where it stands.
    async fn state(&self) -> JobState {
        self.0.state.into()
    }

    /// It is not done before this time.
    async fn run_at(&self) -> DateTime {
        DateTime(self.0.run_at)
    }

    /// How often it was tried.
    async fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// After how many attempts it is dead; null: it comes back by itself, and never is.
    async fn max_attempts(&self) -> Option<u32> {
        self.0.last_attempt()
    }

    /// Why the last attempt failed; null: none did.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// Whose change wanted it: `user_…`, `apikey_…`, `system:cli`.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// The id of the request that wanted it.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// When it was wanted.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last tried or changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// Conditions on jobs; all that are set must hold.
#[derive(InputObject, Debug, Default)]
pub(crate) struct JobFilter {
    /// In this state.
    state: Option<JobState>,
    /// Of this kind: `publish`.
    kind: Option<String>,
}

impl From<JobFilter> for JobQuery {
    fn from(filter: JobFilter) -> Self {
        Self {
            state: filter.state.map(Into::into),
            kind: filter.kind,
        }
    }
}

/// Names a job that is dead.
#[derive(InputObject, Debug)]
pub(crate) struct JobInput {
    /// Which one.
    id: ID,
}

/// What a decision about a job answers.
#[derive(SimpleObject)]
pub(crate) struct JobPayload {
    /// The job as it is now; null if nothing was changed.
    job: Option<Job>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

/// The root fields about jobs.
#[derive(Default)]
pub(crate) struct JobQueries;

#[Object]
impl JobQueries {
    /// One job; null if it is done or was never there. Only for owners of the site; an error for
    /// others.
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<Job>> {
        let id: JobId = parse_id("id", &id)?;
        match jobs::get(session(ctx)?.cx(), id).await {
            Ok(job) => Ok(Some(Job(job))),
            Err(domain::Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The jobs that are not done, the next first. Only for owners of the site; an error for others.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(desc = "Only those that match.")] filter: Option<JobFilter>,
    ) -> Result<Connection<Job>> {
        let page = Paging::new(first, after, last, before).check(lookahead::page(ctx))?;
        let query = filter.unwrap_or_default().into();
        let found = jobs::list(session(ctx)?.cx(), &query, &page).await?;
        Ok(Connection::new(found))
    }
}

/// The mutations of jobs.
#[derive(Default)]
pub(crate) struct JobMutations;

#[Object]
impl JobMutations {
    /// Has a job that is dead tried again, from now on and as often as a new one. For owners of the
    /// site.
    async fn retry_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: JobInput,
    ) -> Result<JobPayload> {
        let done = match parse_id("id", &input.id) {
            Ok(id) => jobs::retry(session(ctx)?.cx(), id).await,
            Err(wrong) => Err(wrong),
        };
        let (job, user_errors) = outcome(done)?.split();
        Ok(JobPayload {
            job: job.map(Job),
            user_errors,
        })
    }

    /// Removes a job that is dead: what it was to do is not done. For owners of the site.
    async fn discard_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: JobInput,
    ) -> Result<DeletePayload> {
        let done = match parse_id::<JobId>("id", &input.id) {
            Ok(id) => jobs::discard(session(ctx)?.cx(), id)
                .await
                .map(|()| ID(id.to_string())),
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(done)?.into())
    }
}
