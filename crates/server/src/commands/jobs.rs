//! `colophon jobs`: shows the queue, and decides about jobs that failed too often, as the system.

use std::process::ExitCode;

use application::{ActorContext, jobs};
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    Error, Result,
    access::Actor,
    id::JobId,
    jobs::{JobQuery, JobRecord, JobState},
    paging::{MAX_PAGE_SIZE, PageArgs},
    time::rfc3339,
};
use serde_json::{Value, json};

use crate::{BuildOptions, config::Config, console, open, wiring};

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// Show those that wait, run or failed too often, the next first
    List(ListArgs),
    /// Have one that failed too often tried again
    Retry(JobArgs),
    /// Remove one that failed too often
    Discard(JobArgs),
}

/// Options of `jobs list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only those in this state
    #[arg(long)]
    pub state: Option<StateWord>,
    /// Only those of this kind, such as publish
    #[arg(long)]
    pub kind: Option<String>,
    /// Show at most this many
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub limit: usize,
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
}

/// Names a job.
#[derive(Debug, Args)]
pub struct JobArgs {
    /// Its id
    #[arg(value_name = "JOB")]
    pub id: String,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StateWord {
    /// It waits for its time, or for its next attempt
    Waiting,
    /// A worker is at it
    Running,
    /// It failed too often
    Dead,
}

pub(super) async fn run(config: &Config, command: &JobsCommand) -> Result<ExitCode> {
    wiring::require_store(config)?;
    let app = open(config, BuildOptions::default()).await?;
    let cx = app.context(Actor::System("command line"));
    match command {
        JobsCommand::List(args) => {
            let found = list(&cx, args).await?;
            if args.json {
                let found: Vec<Value> = found.iter().map(to_json).collect();
                console::line(serde_json::to_string_pretty(&found).map_err(Error::internal)?);
            } else {
                console::text(&table(&found));
            }
        }
        JobsCommand::Retry(args) => {
            let id: JobId = args.id.parse()?;
            jobs::retry(&cx, id).await?;
            console::line(format_args!("{id} is due"));
        }
        JobsCommand::Discard(args) => {
            let id: JobId = args.id.parse()?;
            jobs::discard(&cx, id).await?;
            console::line(format_args!("{id} is gone"));
        }
    }
    app.store().clone().close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn list(cx: &ActorContext, args: &ListArgs) -> Result<Vec<JobRecord>> {
    let state = args.state.map(|state| match state {
        StateWord::Waiting => JobState::Waiting,
        StateWord::Running => JobState::Running,
        StateWord::Dead => JobState::Dead,
    });
    let kind = args.kind.clone();
    let query = JobQuery { state, kind };
    let (mut page, mut found) = (PageArgs::first(MAX_PAGE_SIZE), Vec::new());
    loop {
        let read = jobs::list(cx, &query, &page).await?;
        page.cursor = read.edges.last().map(|edge| edge.cursor.clone());
        found.extend(read.edges.into_iter().map(|edge| edge.node));
        if !read.has_next || found.len() >= args.limit {
            found.truncate(args.limit);
            return Ok(found);
        }
    }
}

fn table(found: &[JobRecord]) -> String {
    let head = ["id", "kind", "about", "state", "time", "attempts", "error"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for job in found {
        let (about, error) = (job.dedupe.clone(), job.last_error.clone());
        rows.push(vec![
            job.id.to_string(),
            job.kind.clone(),
            about.unwrap_or_default(),
            job.state.as_str().to_owned(),
            rfc3339(job.run_at),
            job.attempts.to_string(),
            error.unwrap_or_default().replace('\n', " "),
        ]);
    }
    console::table(&rows)
}

fn to_json(job: &JobRecord) -> Value {
    json!({
        "id": job.id.to_string(),
        "kind": job.kind,
        "about": job.dedupe,
        "state": job.state.as_str(),
        "runAt": rfc3339(job.run_at),
        "attempts": job.attempts,
        "maxAttempts": job.max_attempts,
        "lastError": job.last_error,
        "actor": job.actor,
        "requestId": job.request_id,
        "createdAt": rfc3339(job.created_at),
        "updatedAt": rfc3339(job.updated_at),
    })
}
