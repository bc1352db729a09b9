//! Requests that are carried out once: which ones were, and what was answered.
//!
//! These rows are no content and need no permit: they say of a change that it was made, in the
//! change's own transaction.

use domain::{
    Error, Result,
    idempotency::{DoneRequest, IdempotencyKey, KeptAnswer, KeyedRequest},
    time::Timestamp,
};

use crate::{
    Reader, WriteTx,
    prune::PRUNE_AT_ONCE,
    sql::{Sql, to_json},
};

/// What came of the claim to be the first with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyClaim {
    /// Nobody was before.
    First,
    /// A request with it was carried out.
    Used,
    /// A request with it is carried out by another process now.
    Busy,
}

impl Reader<'_> {
    /// The request that was carried out with a key since a time.
    pub async fn done_request(
        &self,
        owner: &str,
        key: &IdempotencyKey,
        since: Timestamp,
    ) -> Result<Option<DoneRequest>> {
        let mut sql = Sql::new(
            "SELECT fingerprint, target, status, headers, body FROM idempotency_key WHERE owner = ",
        );
        sql.bind(owner.to_owned())
            .push(" AND key = ")
            .bind(key.as_str().to_owned())
            .push(" AND created_at >= ")
            .bind(since);
        let Some(mut row) = self.query_one(sql).await? else {
            return Ok(None);
        };
        let (fingerprint, target) = (row.get()?, row.get()?);
        let status: Option<i64> = row.get()?;
        let headers = row.json()?;
        let body: Option<String> = row.get()?;
        let answer = match status {
            None => None,
            Some(status) => Some(KeptAnswer {
                status: u16::try_from(status).map_err(Error::internal)?,
                headers,
                body: body.unwrap_or_default(),
            }),
        };
        Ok(Some(DoneRequest {
            fingerprint,
            target,
            answer,
        }))
    }
}

impl WriteTx {
    /// Claims a key for the request this transaction is about: it is used up if, and only if, the
    /// transaction is committed. What was claimed before `since` is forgotten.
    pub async fn claim_key(
        &mut self,
        request: &KeyedRequest,
        since: Timestamp,
        at: Timestamp,
    ) -> Result<KeyClaim> {
        let (owner, key) = (request.owner.clone(), request.key.as_str().to_owned());
        if let Some(lock) = self.engine().key_lock() {
            // Otherwise the row below would wait for a transaction that may take long.
            let mut sql = Sql::new(lock);
            sql.bind_for_later(format!("{owner}\n{key}"));
            let is_free = match self.query(sql).await?.first_mut() {
                Some(row) => row.get()?,
                None => false,
            };
            if !is_free {
                return Ok(KeyClaim::Busy);
            }
        }
        let mut sql =
            Sql::new("INSERT INTO idempotency_key (owner, key, fingerprint, created_at) VALUES (");
        sql.bind(owner).push(", ").bind(key).push(", ");
        sql.bind(request.fingerprint.clone()).push(", ").bind(at);
        sql.push(
            ") ON CONFLICT (owner, key) DO UPDATE SET fingerprint = excluded.fingerprint, target = NULL, status = NULL, headers = NULL, body = NULL, created_at = excluded.created_at WHERE idempotency_key.created_at < ",
        )
        .bind(since);
        if self.execute(sql).await? == 0 {
            return Ok(KeyClaim::Used);
        }
        self.keyed = Some(request.clone());
        Ok(KeyClaim::First)
    }

    /// Notes which record the request changed first: who lost the answer is told.
    pub(crate) async fn name_target(&self, request: &KeyedRequest, target: &str) -> Result<()> {
        let mut sql = Sql::new("UPDATE idempotency_key SET target = ");
        sql.bind(target.to_owned());
        self.of_key(sql, request).await
    }

    /// Keeps the answer to a request that was carried out.
    pub async fn keep_answer(&self, request: &KeyedRequest, answer: &KeptAnswer) -> Result<()> {
        let mut sql = Sql::new("UPDATE idempotency_key SET status = ");
        sql.bind(i64::from(answer.status))
            .push(", headers = ")
            .bind(to_json(&answer.headers)?)
            .push(", body = ")
            .bind(answer.body.clone());
        self.of_key(sql, request).await
    }

    async fn of_key(&self, mut sql: Sql, request: &KeyedRequest) -> Result<()> {
        sql.push(" WHERE owner = ")
            .bind(request.owner.clone())
            .push(" AND key = ")
            .bind(request.key.as_str().to_owned())
            .push(" AND fingerprint = ")
            .bind(request.fingerprint.clone());
        self.execute(sql).await?;
        Ok(())
    }

    /// Forgets requests that were carried out before. Answers whether there may be more.
    pub async fn prune_keys(&mut self, before: Timestamp) -> Result<bool> {
        let mut sql = Sql::new(
            "DELETE FROM idempotency_key WHERE (owner, key) IN (SELECT owner, key FROM idempotency_key WHERE created_at < ",
        );
        sql.bind(before).push(&format!(
            " ORDER BY created_at, owner, key LIMIT {PRUNE_AT_ONCE})"
        ));
        Ok(self.execute(sql).await? == PRUNE_AT_ONCE)
    }
}
