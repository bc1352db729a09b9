//! Jobs: what is to be done later or outside of the database, and what becomes of one that fails.

use std::{str::FromStr, time::Duration};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    error::{Error, Result},
    id::{EntryId, JobId},
    time::Timestamp,
};

/// A kind of job, and what one of it is about. Every job is safe to run twice.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// The word the queue knows the kind by. It never changes: jobs of the release before wait.
    const KIND: &'static str;
    /// What becomes of one that fails.
    const POLICY: JobPolicy;

    /// What it is about, if no two of it may wait at once: `publish:article_…`.
    fn dedupe(&self) -> Option<String> {
        None
    }
}

/// What becomes of jobs of a kind that fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobPolicy {
    /// How often one is tried before it is left to people.
    pub max_attempts: u32,
    /// The longest wait after the first attempt; each later one is twice as long.
    pub first_delay: Duration,
    /// How long an attempt may take.
    pub limit: Duration,
}

/// The longest wait between two attempts.
const MAX_DELAY: Duration = Duration::from_hours(6);

impl JobPolicy {
    /// For what the database alone has to do with: it fails seldom, and readers wait for it.
    pub const INSIDE: Self = Self {
        max_attempts: 20,
        first_delay: Duration::from_secs(1),
        limit: Duration::from_mins(1),
    };
    /// For what somebody else has to do with, who may be away for a day.
    pub const OUTSIDE: Self = Self {
        max_attempts: 18,
        first_delay: Duration::from_secs(10),
        limit: Duration::from_mins(5),
    };
    /// For what comes back by itself: nobody has to look after it.
    pub const PERIODIC: Self = Self {
        max_attempts: u32::MAX,
        ..Self::INSIDE
    };

    /// How long to wait after an attempt (the first is 1): between half of the longest wait and all
    /// of it, so that what failed together does not come back together.
    pub fn delay(self, attempt: u32, random: u32) -> Duration {
        let doubled = 1_u32.checked_shl(attempt.saturating_sub(1));
        let longest = doubled
            .and_then(|times| self.first_delay.checked_mul(times))
            .map_or(MAX_DELAY, |delay| delay.min(MAX_DELAY));
        let half = longest / 2;
        half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

/// A job on its way into the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its kind.
    pub kind: &'static str,
    /// What it is about, as JSON.
    pub payload: String,
    /// What no two waiting jobs share.
    pub dedupe: Option<String>,
    /// Not before this time.
    pub run_at: Timestamp,
    /// How often it is tried.
    pub max_attempts: u32,
}

impl NewJob {
    /// A job for this time. If one with the same `dedupe` waits already, that one is kept.
    pub fn at<J: Job>(run_at: Timestamp, job: &J) -> Result<Self> {
        Ok(Self {
            kind: J::KIND,
            payload: serde_json::to_string(job).map_err(Error::internal)?,
            dedupe: job.dedupe(),
            run_at,
            max_attempts: J::POLICY.max_attempts,
        })
    }
}

/// Where a job stands. What is done is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// It waits for its time, or for its next attempt.
    Waiting,
    /// A worker is at it.
    Running,
    /// It failed too often: it waits for people.
    Dead,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Running, Self::Dead];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Dead => "dead",
        }
    }
}

impl FromStr for JobState {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::invalid("state", "must be waiting, running or dead"))
    }
}

/// A job as owners see it: what it is about may be a letter to somebody, and is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// What no two waiting jobs share.
    pub dedupe: Option<String>,
    /// Where it stands.
    pub state: JobState,
    /// Not before this time.
    pub run_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it is tried.
    pub max_attempts: u32,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Whose change wanted it.
    pub actor: String,
    /// The request that wanted it.
    pub request_id: Option<String>,
    /// When it was wanted.
    pub created_at: Timestamp,
    /// When it was last tried or changed.
    pub updated_at: Timestamp,
}

impl JobRecord {
    /// After how many attempts it is dead; none: it comes back for ever.
    pub fn last_attempt(&self) -> Option<u32> {
        Some(self.max_attempts).filter(|most| *most < JobPolicy::PERIODIC.max_attempts)
    }
}

/// Which jobs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobQuery {
    /// Those in this state.
    pub state: Option<JobState>,
    /// Those of this kind.
    pub kind: Option<String>,
}

/// How the queue stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Jobs that wait, those for later included.
    pub waiting: u64,
    /// Jobs workers are at, outside of the database.
    pub running: u64,
    /// Jobs that failed too often.
    pub dead: u64,
    /// Since when the first of those that wait is due or will be.
    pub first_run_at: Option<Timestamp>,
}

/// Makes an entry public at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// The entry.
    pub entry: EntryId,
    /// The time it is scheduled for: another one means that this job is of no more use.
    pub at: Timestamp,
}

impl Publish {
    /// What no two waiting jobs of it share.
    pub fn dedupe_of(entry: EntryId) -> String {
        format!("{}:{entry}", Self::KIND)
    }
}

impl Job for Publish {
    const KIND: &'static str = "publish";
    const POLICY: JobPolicy = JobPolicy::INSIDE;
    fn dedupe(&self) -> Option<String> {
        Some(Self::dedupe_of(self.entry))
    }
}

/// Takes an entry back at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpublish {
    /// The entry.
    pub entry: EntryId,
    /// The time it is to be taken back: another one means that this job is of no more use.
    pub at: Timestamp,
}

impl Unpublish {
    /// What no two waiting jobs of it share.
    pub fn dedupe_of(entry: EntryId) -> String {
        format!("{}:{entry}", Self::KIND)
    }
}

impl Job for Unpublish {
    const KIND: &'static str = "unpublish";
    const POLICY: JobPolicy = JobPolicy::INSIDE;
    fn dedupe(&self) -> Option<String> {
        Some(Self::dedupe_of(self.entry))
    }
}

/// Takes the network addresses out of what the audit log has kept long enough.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneAudit {}

impl Job for PruneAudit {
    const KIND: &'static str = "prune_audit";
    const POLICY: JobPolicy = JobPolicy::PERIODIC;
    fn dedupe(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }
}

/// Makes the index of custom fields follow what the site declares, some entries at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReindexFields {
    /// The fingerprint of the declaration it was begun for.
    pub model: String,
    /// What is being indexed; none: entries.
    #[serde(default)]
    pub kind: Option<crate::events::RecordKind>,
    /// The last of them that is done.
    pub after: Option<uuid::Uuid>,
}

impl Job for ReindexFields {
    const KIND: &'static str = "reindex_fields";
    const POLICY: JobPolicy = JobPolicy::INSIDE;
    fn dedupe(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }
}

/// Removes sessions that ended, and what slowed down guessing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneSessions {}

impl Job for PruneSessions {
    const KIND: &'static str = "prune_sessions";
    const POLICY: JobPolicy = JobPolicy::PERIODIC;
    fn dedupe(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }
}

/// Forgets requests that were carried out once long enough ago.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneIdempotencyKeys {}

impl Job for PruneIdempotencyKeys {
    const KIND: &'static str = "prune_idempotency_keys";
    const POLICY: JobPolicy = JobPolicy::PERIODIC;
    fn dedupe(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_waits_twice_as_long_as_the_one_before_up_to_a_bound() {
        let policy = JobPolicy::OUTSIDE;
        let longest = |attempt| policy.delay(attempt, u32::MAX).as_secs();
        assert_eq!(
            [1, 2, 3, 4].map(longest),
            [10, 20, 40, 80],
            "the longest waits"
        );
        for attempt in [13, 14, 31, 32, 33, 1000, u32::MAX] {
            assert_eq!(policy.delay(attempt, u32::MAX), MAX_DELAY, "{attempt}");
        }
    }

    #[test]
    fn no_attempt_waits_less_than_half_of_the_longest_wait() {
        let policy = JobPolicy::OUTSIDE;
        assert_eq!(policy.delay(1, 0), Duration::from_secs(5));
        assert_eq!(policy.delay(3, 0), Duration::from_secs(20));
        let middle = policy.delay(1, u32::MAX / 2);
        assert!(
            middle > Duration::from_secs(7) && middle < Duration::from_secs(8),
            "{middle:?}"
        );
    }

    #[test]
    fn a_job_that_fails_outside_is_tried_for_a_day_and_more() {
        let policy = JobPolicy::OUTSIDE;
        let shortest: Duration = (1..policy.max_attempts)
            .map(|attempt| policy.delay(attempt, 0))
            .sum();
        assert!(shortest > Duration::from_hours(16), "{shortest:?}");
    }

    #[test]
    fn two_jobs_for_one_entry_are_told_by_what_they_do() {
        let entry = EntryId::new(crate::content::ContentKind::Page, uuid::Uuid::nil());
        let at = Timestamp::UNIX_EPOCH;
        let publish = NewJob::at(at, &Publish { entry, at }).unwrap();
        let unpublish = NewJob::at(at, &Unpublish { entry, at }).unwrap();
        assert_ne!(publish.dedupe, unpublish.dedupe);
        assert_eq!(
            publish.payload,
            r#"{"entry":"page_00000000000000000000000000","at":"1970-01-01T00:00:00Z"}"#
        );
    }
}
