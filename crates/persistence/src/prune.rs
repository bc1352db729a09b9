//! Removes what need not be kept any longer, a little at a time, so that no other change waits long.

use domain::{
    Result,
    access::{Action, Permit},
    events::{ContentEvent, RecordKind},
    time::Timestamp,
};

use crate::{WriteTx, sql::Sql};

/// How many rows are removed at once.
pub const PRUNE_AT_ONCE: u64 = 1_000;

impl WriteTx {
    /// Takes the network addresses out of what the audit log tells of the time before. Answers
    /// whether there may be more.
    pub async fn prune_addresses(
        &mut self,
        permit: &Permit,
        before: Timestamp,
        at: Timestamp,
    ) -> Result<bool> {
        permit.covers(RecordKind::Audit, "audit")?;
        permit.allows(Action::Update)?;
        let mut sql = Sql::new(
            "UPDATE audit SET address = NULL WHERE sequence IN (SELECT sequence FROM audit WHERE address IS NOT NULL AND at < ",
        );
        sql.bind(before)
            .push(&format!(" ORDER BY at, sequence LIMIT {PRUNE_AT_ONCE})"));
        let touched = self.execute(sql).await?;
        if touched > 0 {
            let event = ContentEvent::new(RecordKind::Audit, "pruned", "audit", None);
            self.audit(permit, at, &event);
        }
        Ok(touched == PRUNE_AT_ONCE)
    }

    /// Removes sessions that expired or ended before, with their tokens. Answers whether there may
    /// be more.
    pub async fn prune_sessions(
        &mut self,
        permit: &Permit,
        before: Timestamp,
        at: Timestamp,
    ) -> Result<bool> {
        permit.covers(RecordKind::Session, "sessions")?;
        permit.allows(Action::Delete)?;
        let (mut touched, mut is_full) = (0, false);
        // What is not null stands there for the sake of SQLite, which finds the index by it.
        for (column, condition) in [
            ("expires_at", "expires_at < "),
            ("ended_at", "ended_at IS NOT NULL AND ended_at < "),
        ] {
            let mut sql = Sql::new(&format!(
                "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE {condition}"
            ));
            sql.bind(before)
                .push(&format!(" ORDER BY {column}, id LIMIT {PRUNE_AT_ONCE})"));
            let removed = self.execute(sql).await?;
            touched += removed;
            is_full |= removed == PRUNE_AT_ONCE;
        }
        if touched > 0 {
            let event = ContentEvent::new(RecordKind::Session, "pruned", "sessions", None);
            self.audit(permit, at, &event);
        }
        Ok(is_full)
    }

    /// Forgets failed sign-ins of before. Answers whether there may be more.
    pub async fn prune_throttles(&mut self, permit: &Permit, before: Timestamp) -> Result<bool> {
        permit.covers(RecordKind::Session, "sessions")?;
        permit.allows(Action::Delete)?;
        let mut sql = Sql::new(
            "DELETE FROM sign_in_throttle WHERE subject IN (SELECT subject FROM sign_in_throttle WHERE failed_at < ",
        );
        sql.bind(before).push(" AND retry_at < ").bind(before);
        sql.push(&format!(
            " ORDER BY failed_at, subject LIMIT {PRUNE_AT_ONCE})"
        ));
        Ok(self.execute(sql).await? == PRUNE_AT_ONCE)
    }
}
