//! Sessions, their refresh tokens, and what slows guessing down.

use domain::{
    Error, Result,
    access::Permit,
    events::{ContentEvent, RecordKind},
    id::{SessionId, UserId},
    time::Timestamp,
    users::{SessionEnd, SignedIn, User},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    sql::Sql,
    users::{ACCOUNT, ROLES, read_into},
};

/// A refresh token as the store knows it.
#[derive(Debug, Clone, Copy)]
pub struct TokenHash<'a>(pub &'a str);

/// What came of a refresh token.
#[derive(Debug)]
pub enum Rotation {
    /// It was good; it is used up now.
    Rotated(SignedIn),
    /// It was used up before: whoever shows it is not the one it was given to.
    Reused(SessionId, UserId),
    /// It is not known, or its session is over.
    Unknown,
}

/// From when on somebody may try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttle {
    /// Who, as the application names them.
    pub subject: String,
    /// Until then they are refused.
    pub retry_at: Timestamp,
}

impl Reader<'_> {
    /// Who is signed in by a session that goes on: read for every request, so that its end holds at
    /// once.
    pub async fn signed_in(&self, session: SessionId, now: Timestamp) -> Result<Option<User>> {
        let mut sql = Sql::new(&format!(
            "SELECT {ACCOUNT} FROM session s JOIN user_account u ON u.id = s.user_id{ROLES} WHERE s.ended_at IS NULL AND u.is_active AND s.id = "
        ));
        sql.bind(session.uuid())
            .push(" AND s.expires_at > ")
            .bind(now)
            .push(" ORDER BY g.id");
        self.one_user(sql).await
    }

    /// Which of these are refused for now.
    pub async fn throttles(&self, subjects: &[&str], now: Timestamp) -> Result<Vec<Throttle>> {
        let mut sql = Sql::new("SELECT subject, retry_at FROM sign_in_throttle WHERE retry_at > ");
        sql.bind(now).push(" AND subject IN (");
        sql.bind_all(subjects.iter().map(|subject| (*subject).to_owned()))
            .push(")");
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                Ok(Throttle {
                    subject: row.get()?,
                    retry_at: row.get()?,
                })
            })
            .collect()
    }
}

impl WriteTx {
    /// Begins a session with its first refresh token.
    pub async fn begin_session(
        &mut self,
        permit: &Permit,
        (session, user): (SessionId, UserId),
        token: TokenHash<'_>,
        (at, expires_at): (Timestamp, Timestamp),
    ) -> Result<()> {
        permit.covers(RecordKind::Session, session)?;
        self.insert_rows(
            "session (id, user_id, created_at, used_at, expires_at)",
            vec![[
                Value::from(session.uuid()),
                user.uuid().into(),
                at.into(),
                at.into(),
                expires_at.into(),
            ]],
        )
        .await?;
        self.insert_token(session, token, at).await?;
        let event = ContentEvent::new(RecordKind::Session, "started", session, None);
        self.audit(permit, at, &event);
        Ok(())
    }

    /// Uses a refresh token up. Of two that show the same one at the same time, one comes first.
    pub async fn use_refresh_token(
        &self,
        token: TokenHash<'_>,
        now: Timestamp,
    ) -> Result<Rotation> {
        let mut sql = Sql::new("UPDATE refresh_token SET used_at = ");
        sql.bind(now)
            .push(" WHERE used_at IS NULL AND hash = ")
            .bind(token.0.to_owned());
        let is_first = self.execute(sql).await? == 1;
        let mut sql = Sql::new(&format!(
            "SELECT s.id, {ACCOUNT} FROM refresh_token t JOIN session s ON s.id = t.session_id JOIN user_account u ON u.id = s.user_id{ROLES} WHERE s.ended_at IS NULL AND u.is_active AND t.hash = "
        ));
        sql.bind(token.0.to_owned())
            .push(" AND s.expires_at > ")
            .bind(now)
            .push(" ORDER BY g.id");
        let mut session: Option<Uuid> = None;
        let mut users = Vec::new();
        for mut row in self.query(sql).await? {
            session = row.get()?;
            read_into(&mut users, &mut row)?;
        }
        let Some((session, user)) = session.map(SessionId::from_uuid).zip(users.pop()) else {
            return Ok(Rotation::Unknown);
        };
        Ok(if is_first {
            Rotation::Rotated(SignedIn { session, user })
        } else {
            Rotation::Reused(session, user.id)
        })
    }

    /// Gives a session its next refresh token.
    pub async fn extend_session(
        &self,
        session: SessionId,
        token: TokenHash<'_>,
        (at, expires_at): (Timestamp, Timestamp),
    ) -> Result<()> {
        let mut sql = Sql::new("UPDATE session SET used_at = ");
        sql.bind(at)
            .push(", expires_at = ")
            .bind(expires_at)
            .push(" WHERE id = ")
            .bind(session.uuid());
        self.execute(sql).await?;
        self.insert_token(session, token, at).await
    }

    /// Ends a session, access tokens included.
    pub async fn end_session(
        &mut self,
        permit: &Permit,
        session: SessionId,
        why: SessionEnd,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::Session, session)?;
        let mut sql = ending(why, at);
        sql.push(" AND id = ").bind(session.uuid());
        if self.execute(sql).await? > 0 {
            let event = ContentEvent::new(RecordKind::Session, "ended", session, None);
            self.audit(permit, at, &event);
        }
        Ok(())
    }

    /// Ends every session of somebody and answers how many there were.
    pub async fn end_sessions_of(
        &mut self,
        permit: &Permit,
        user: UserId,
        why: SessionEnd,
        at: Timestamp,
    ) -> Result<u64> {
        permit.covers(RecordKind::User, user)?;
        let mut sql = ending(why, at);
        sql.push(" AND user_id = ").bind(user.uuid());
        let ended = self.execute(sql).await?;
        if ended > 0 {
            let event = ContentEvent::new(RecordKind::User, "signed_out", user, None);
            self.audit(permit, at, &event);
        }
        Ok(ended)
    }

    /// Counts a failure and answers how many there were lately. Those before `since` are forgotten.
    pub async fn count_failure(
        &self,
        subject: &str,
        at: Timestamp,
        since: Timestamp,
    ) -> Result<u64> {
        let mut sql = Sql::new(
            "INSERT INTO sign_in_throttle (subject, failures, failed_at, retry_at) VALUES (",
        );
        sql.bind_all([
            Value::from(subject.to_owned()),
            1_i64.into(),
            at.into(),
            at.into(),
        ])
        .push(") ON CONFLICT (subject) DO UPDATE SET failures = CASE WHEN sign_in_throttle.failed_at < ")
        .bind(since)
        .push(" THEN 1 ELSE sign_in_throttle.failures + 1 END, failed_at = excluded.failed_at RETURNING failures");
        let mut rows = self.query(sql).await?;
        let row = rows
            .first_mut()
            .ok_or_else(|| Error::internal("a failure was not counted"))?;
        row.count()
    }

    /// Refuses somebody until a time.
    pub async fn refuse_until(&self, subject: &str, retry_at: Timestamp) -> Result<()> {
        let mut sql = Sql::new("UPDATE sign_in_throttle SET retry_at = ");
        sql.bind(retry_at)
            .push(" WHERE subject = ")
            .bind(subject.to_owned());
        self.execute(sql).await?;
        Ok(())
    }

    /// Forgets somebody's failures.
    pub async fn forget_failures(&self, subject: &str) -> Result<()> {
        let mut sql = Sql::new("DELETE FROM sign_in_throttle WHERE subject = ");
        sql.bind(subject.to_owned());
        self.execute(sql).await?;
        Ok(())
    }

    async fn insert_token(
        &self,
        session: SessionId,
        token: TokenHash<'_>,
        at: Timestamp,
    ) -> Result<()> {
        self.insert_rows(
            "refresh_token (hash, session_id, created_at)",
            vec![[
                Value::from(token.0.to_owned()),
                session.uuid().into(),
                at.into(),
            ]],
        )
        .await
    }
}

fn ending(why: SessionEnd, at: Timestamp) -> Sql {
    let mut sql = Sql::new("UPDATE session SET end_reason = ");
    sql.bind(why.as_str())
        .push(", ended_at = ")
        .bind(at)
        .push(" WHERE ended_at IS NULL");
    sql
}
