//! Jobs that remove what need not be kept any longer. Each run removes a little; while there is more,
//! the next one follows at once.

use domain::{
    Result,
    access::{Action, Target},
    events::RecordKind,
    jobs::{NewJob, PruneAudit, PruneSessions},
};
use futures::future::BoxFuture;

use crate::{
    Tx,
    worker::{Due, Inside},
};

/// How long the audit log keeps network addresses.
pub const ADDRESS_DAYS: u64 = 90;
/// How long a session stays after it expired or ended.
pub const SESSION_DAYS: u64 = 30;
/// How long a failed sign-in slows the next one down at most.
const THROTTLE_DAYS: u64 = 1;

/// Does [`PruneAudit`].
#[derive(Debug)]
pub(crate) struct AuditPruner;

impl Inside for AuditPruner {
    type Job = PruneAudit;

    fn run<'a>(&'a self, tx: &'a mut Tx, due: Due<PruneAudit>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let now = tx.cx().now();
            let target = Target::shared(RecordKind::Audit, "audit");
            let permit = tx.cx().authorize(Action::Update, target)?;
            let before = now - chrono::Days::new(ADDRESS_DAYS);
            let store = tx.store_tx();
            if store.prune_addresses(&permit, before, now).await? {
                tx.enqueue(NewJob::at(now, &due.job)?);
            }
            Ok(())
        })
    }
}

/// Does [`PruneSessions`].
#[derive(Debug)]
pub(crate) struct SessionPruner;

impl Inside for SessionPruner {
    type Job = PruneSessions;

    fn run<'a>(&'a self, tx: &'a mut Tx, due: Due<PruneSessions>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let now = tx.cx().now();
            let target = Target::shared(RecordKind::Session, "sessions");
            let permit = tx.cx().authorize(Action::Delete, target)?;
            let before = |days| now - chrono::Days::new(days);
            let store = tx.store_tx();
            let sessions = store.prune_sessions(&permit, before(SESSION_DAYS), now);
            let more_sessions = sessions.await?;
            let throttles = store.prune_throttles(&permit, before(THROTTLE_DAYS));
            let more_throttles = throttles.await?;
            let more_tokens = store.prune_one_time(now).await?;
            if more_throttles || more_sessions || more_tokens {
                tx.enqueue(NewJob::at(now, &due.job)?);
            }
            Ok(())
        })
    }
}
