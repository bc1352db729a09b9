//! Sessions, their refresh tokens, and what slows guessing down.

use domain::{
    Result,
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
#[derive(Clone, Copy)]
pub struct TokenHash<'a>(pub &'a str);

/// Shows nothing.
impl std::fmt::Debug for TokenHash<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash")
    }
}

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
            .push(" ORDER BY g.position");
        self.one_user(sql).await
    }

    /// Whether there is such a token, used or not.
    pub async fn knows_refresh_token(&self, token: TokenHash<'_>) -> Result<bool> {
        let mut sql = Sql::new("SELECT 1 FROM refresh_token WHERE hash = ");
        sql.bind(token.0.to_owned());
        Ok(self.query_one(sql).await?.is_some())
    }

    /// From when on somebody who is refused may try again.
    pub async fn retry_at(&self, subject: &str) -> Result<Option<Timestamp>> {
        let mut sql = Sql::new("SELECT retry_at FROM sign_in_throttle WHERE subject = ");
        sql.bind(subject.to_owned());
        match self.query_one(sql).await? {
            Some(mut row) => row.get().map(Some),
            None => Ok(None),
        }
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
            .push(" ORDER BY g.position");
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

    /// Gives a session its next refresh token. Those that were used up before `forgotten` are of no
    /// more use to anybody.
    pub async fn extend_session(
        &self,
        session: SessionId,
        token: TokenHash<'_>,
        (at, expires_at): (Timestamp, Timestamp),
        forgotten: Timestamp,
    ) -> Result<()> {
        let mut sql = Sql::new("DELETE FROM refresh_token WHERE session_id = ");
        sql.bind(session.uuid())
            .push(" AND used_at < ")
            .bind(forgotten);
        self.execute(sql).await?;
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
            let permit = permit.clone().with_note(Some(why.as_str().to_owned()));
            self.audit(&permit, at, &event);
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
            let permit = permit.clone().with_note(Some(why.as_str().to_owned()));
            self.audit(&permit, at, &event);
        }
        Ok(ended)
    }

    /// Counts an attempt and answers how many there were lately; none if this one is refused for now.
    /// Attempts before `since` are forgotten. Of many at once, each counts.
    pub async fn count_attempt(
        &self,
        subject: &str,
        at: Timestamp,
        since: Timestamp,
    ) -> Result<Option<u64>> {
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
        .push(" THEN 1 ELSE sign_in_throttle.failures + 1 END, failed_at = excluded.failed_at WHERE sign_in_throttle.retry_at <= ")
        .bind(at)
        .push(" RETURNING failures");
        match self.query(sql).await?.first_mut() {
            Some(row) => row.count().map(Some),
            None => Ok(None),
        }
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

    /// Forgets somebody's attempts.
    pub async fn forget_attempts(&self, subject: &str) -> Result<()> {
        let mut sql = Sql::new("DELETE FROM sign_in_throttle WHERE subject = ");
        sql.bind(subject.to_owned());
        self.execute(sql).await?;
        Ok(())
    }

    /// Takes one attempt back: it was a good one.
    pub async fn forgive_attempt(&self, subject: &str, at: Timestamp) -> Result<()> {
        let mut sql = Sql::new("UPDATE sign_in_throttle SET failures = failures - 1, retry_at = ");
        sql.bind(at)
            .push(" WHERE subject = ")
            .bind(subject.to_owned())
            .push(" AND failures > 0");
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
