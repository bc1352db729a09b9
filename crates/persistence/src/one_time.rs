//! What is sent to people and used once: links to a new password, to a confirmed address, to the
//! first account. Kept as hashes; whoever makes or takes one asks the policy for what follows from it.

use domain::{
    Result,
    id::{Id, UserId},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{Reader, TokenHash, WriteTx, sql::Sql};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The first owner of the site.
    SetUp,
    /// A new password.
    Reset,
    /// That an address is theirs.
    Email,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SetUp => "setup",
            Self::Reset => "reset",
            Self::Email => "email",
        }
    }
}

/// Something that is used once.
#[derive(Debug)]
pub struct OneTime<'a> {
    /// What it is hashed to.
    pub hash: TokenHash<'a>,
    /// What it is for.
    pub purpose: Purpose,
    /// Whose it is.
    pub user: Option<UserId>,
    /// The address it was sent to, in its normal form; none: somebody hands it over.
    pub email: Option<String>,
    /// When it is made.
    pub at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}

impl Reader<'_> {
    /// Whether there is such a token and it is good: for those who would work before they take it.
    pub async fn knows_one_time(
        &self,
        hash: TokenHash<'_>,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<bool> {
        let mut sql = Sql::new("SELECT 1 FROM one_time_token WHERE hash = ");
        sql.bind(hash.0.to_owned());
        good(&mut sql, purpose, now);
        Ok(self.query_one(sql).await?.is_some())
    }
}

fn good(sql: &mut Sql, purpose: Purpose, now: Timestamp) {
    sql.push(" AND purpose = ")
        .bind(purpose.as_str())
        .push(" AND expires_at > ")
        .bind(now);
}

impl WriteTx {
    /// Keeps a token; those of before for the same end are of no more use.
    pub async fn put_one_time(&self, new: OneTime<'_>) -> Result<()> {
        self.drop_one_time(Some(new.purpose), new.user).await?;
        self.insert_rows(
            "one_time_token (hash, purpose, user_id, payload, created_at, expires_at)",
            vec![[
                Value::from(new.hash.0.to_owned()),
                new.purpose.as_str().into(),
                new.user.map(Id::uuid).into(),
                new.email.into(),
                new.at.into(),
                new.expires_at.into(),
            ]],
        )
        .await
    }

    /// Uses a token up: whose it is, and the address it was sent to, if it was. Of two who show the same one,
    /// one comes first.
    pub async fn take_one_time(
        &self,
        hash: TokenHash<'_>,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Option<(Option<UserId>, Option<String>)>> {
        let mut sql = Sql::new("DELETE FROM one_time_token WHERE hash = ");
        sql.bind(hash.0.to_owned());
        good(&mut sql, purpose, now);
        sql.push(" RETURNING user_id, payload");
        match self.query(sql).await?.first_mut() {
            Some(row) => {
                let user = row.get::<Option<Uuid>>()?.map(Id::from_uuid);
                Ok(Some((user, row.get()?)))
            }
            None => Ok(None),
        }
    }

    /// Forgets tokens of somebody, or of nobody in particular; all of them or those for one end.
    pub async fn drop_one_time(
        &self,
        purpose: Option<Purpose>,
        user: Option<UserId>,
    ) -> Result<()> {
        let mut sql = Sql::new("DELETE FROM one_time_token WHERE ");
        match user {
            Some(user) => sql.push("user_id = ").bind(user.uuid()),
            None => sql.push("user_id IS NULL"),
        };
        if let Some(purpose) = purpose {
            sql.push(" AND purpose = ").bind(purpose.as_str());
        }
        self.execute(sql).await?;
        Ok(())
    }

    /// Forgets what ran out before. Answers whether there may be more.
    pub async fn prune_one_time(&self, before: Timestamp) -> Result<bool> {
        let mut sql = Sql::new(
            "DELETE FROM one_time_token WHERE hash IN (SELECT hash FROM one_time_token WHERE expires_at < ",
        );
        sql.bind(before).push(&format!(
            " ORDER BY expires_at, hash LIMIT {})",
            crate::PRUNE_AT_ONCE
        ));
        Ok(self.execute(sql).await? == crate::PRUNE_AT_ONCE)
    }
}
