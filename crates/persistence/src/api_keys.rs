//! API keys. The key itself is not here: only what it is hashed to.

use domain::{
    Error, Result,
    access::{Grant, Maker, Permit, Scope},
    api_keys::{ApiKey, ApiKeyDraft, KeyBearer},
    events::{ContentEvent, RecordKind},
    id::{ApiKeyId, Id, UserId},
    paging::{Key, ListOrder, Page, PageArgs},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, TokenHash, WriteTx,
    lists::Order,
    sql::{Row, Sql, to_json},
};

const COLUMNS: &str = "k.id, k.name, k.prefix, k.scopes, k.user_id, k.requests_per_minute, k.version, k.created_at, k.expires_at, k.used_at, k.revoked_at";

fn read(row: &mut Row) -> Result<ApiKey> {
    Ok(ApiKey {
        id: Id::from_uuid(row.get()?),
        name: row.get()?,
        prefix: row.get()?,
        scopes: scopes(row)?,
        maker: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
        requests_per_minute: requests(row)?,
        version: row.get()?,
        created_at: row.get()?,
        expires_at: row.get()?,
        used_at: row.get()?,
        revoked_at: row.get()?,
    })
}

fn scopes(row: &mut Row) -> Result<Vec<Scope>> {
    let texts: Vec<String> = row.json()?;
    texts.iter().map(|text| text.parse()).collect()
}

fn requests(row: &mut Row) -> Result<Option<u32>> {
    let number: Option<i64> = row.get()?;
    number
        .map(|number| u32::try_from(number).map_err(Error::internal))
        .transpose()
}

/// A key that is about to be made.
#[derive(Debug)]
pub struct NewApiKey<'a> {
    /// Its id.
    pub id: ApiKeyId,
    /// What the key is hashed to.
    pub hash: TokenHash<'a>,
    /// How it begins.
    pub prefix: &'a str,
    /// Who makes it.
    pub maker: Option<UserId>,
    /// When.
    pub at: Timestamp,
}

impl Reader<'_> {
    /// Whoever shows a key, if it is good now: read for every request that shows one.
    pub async fn key_bearer(
        &self,
        token: TokenHash<'_>,
        now: Timestamp,
    ) -> Result<Option<KeyBearer>> {
        let mut sql = bearers();
        sql.push(" AND k.hash = ").bind(token.0.to_owned());
        self.bearer(sql, now).await
    }

    /// The same of a key that was shown before.
    pub async fn key_bearer_by_id(
        &self,
        id: ApiKeyId,
        now: Timestamp,
    ) -> Result<Option<KeyBearer>> {
        let mut sql = bearers();
        sql.push(" AND k.id = ").bind(id.uuid());
        self.bearer(sql, now).await
    }

    async fn bearer(&self, mut sql: Sql, now: Timestamp) -> Result<Option<KeyBearer>> {
        sql.push(" AND (k.expires_at IS NULL OR k.expires_at > ")
            .bind(now)
            .push(") ORDER BY g.position");
        let mut found: Option<KeyBearer> = None;
        for mut row in self.query(sql).await? {
            let bearer = KeyBearer {
                id: Id::from_uuid(row.get()?),
                scopes: scopes(&mut row)?,
                requests_per_minute: requests(&mut row)?,
                maker: row.get::<Option<Uuid>>()?.map(|id| Maker {
                    id: Id::from_uuid(id),
                    grants: Vec::new(),
                }),
            };
            let role: Option<String> = row.get()?;
            let edition: Option<Uuid> = row.get()?;
            let bearer = found.get_or_insert(bearer);
            if let (Some(role), Some(maker)) = (role, &mut bearer.maker) {
                maker.grants.push(Grant {
                    role: role
                        .parse()
                        .map_err(|error: Error| Error::internal(error))?,
                    edition: edition.map(Id::from_uuid),
                });
            }
        }
        Ok(found)
    }

    /// A key. Whether the actor may see it is for the caller to ask.
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<ApiKey>> {
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM api_key k WHERE k.id = "));
        sql.bind(id.uuid());
        match self.query_one(sql).await? {
            Some(mut row) => read(&mut row).map(Some),
            None => Ok(None),
        }
    }

    /// A page of the keys, the newest first: of one maker, or of all. Whether the actor may see them
    /// is for the caller to ask.
    pub async fn api_keys(&self, maker: Option<UserId>, page: &PageArgs) -> Result<Page<ApiKey>> {
        let order = Order {
            list: ListOrder::by_time("-createdAt"),
            key: "k.created_at",
            id: "k.id",
            descending: true,
        };
        let mut from_where = Sql::new(" FROM api_key k WHERE 1 = 1");
        if let Some(maker) = maker {
            from_where.push(" AND k.user_id = ").bind(maker.uuid());
        }
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        order.collect(page, rows, total, |row| {
            let key = read(row)?;
            let (at, id) = (Key::Time(key.created_at), key.id.uuid());
            Ok((key, at, id))
        })
    }
}

/// A key of somebody who may not sign in any more is none.
fn bearers() -> Sql {
    Sql::new(
        "SELECT k.id, k.scopes, k.requests_per_minute, k.user_id, g.role, g.edition_id FROM api_key k LEFT JOIN user_account u ON u.id = k.user_id LEFT JOIN role_grant g ON g.user_id = k.user_id WHERE k.revoked_at IS NULL AND (k.user_id IS NULL OR u.is_active)",
    )
}

impl WriteTx {
    /// How many keys of somebody are good now. Nobody else makes one for them until the transaction
    /// ends.
    pub async fn count_api_keys(&self, maker: UserId, now: Timestamp) -> Result<u64> {
        self.hold_user(maker).await?;
        let mut sql = Sql::new("SELECT count(*) FROM api_key k WHERE k.user_id = ");
        sql.bind(maker.uuid())
            .push(" AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ")
            .bind(now)
            .push(")");
        match self.query(sql).await?.first_mut() {
            Some(row) => row.count(),
            None => Ok(0),
        }
    }

    /// Makes a key.
    pub async fn create_api_key(
        &mut self,
        permit: &Permit,
        new: NewApiKey<'_>,
        draft: &ApiKeyDraft,
    ) -> Result<()> {
        permit.covers(RecordKind::ApiKey, new.id)?;
        let scopes: Vec<String> = draft.scopes.iter().map(Scope::stored).collect();
        self.insert_rows(
            "api_key (id, hash, prefix, name, scopes, user_id, requests_per_minute, version, created_at, expires_at)",
            vec![[
                Value::from(new.id.uuid()),
                new.hash.0.to_owned().into(),
                new.prefix.to_owned().into(),
                draft.name.trim().to_owned().into(),
                to_json(&scopes)?.into(),
                new.maker.map(Id::uuid).into(),
                draft.requests_per_minute.map(i64::from).into(),
                1_i64.into(),
                new.at.into(),
                draft.expires_at.into(),
            ]],
        )
        .await?;
        let event = ContentEvent::new(RecordKind::ApiKey, "created", new.id, None);
        self.audit(permit, new.at, &event);
        Ok(())
    }

    /// Refuses a key from now on. One that was revoked before stays as it is.
    pub async fn revoke_api_key(
        &mut self,
        permit: &Permit,
        id: ApiKeyId,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::ApiKey, id)?;
        let mut sql = Sql::new("UPDATE api_key SET version = version + 1, revoked_at = ");
        sql.bind(at)
            .push(" WHERE revoked_at IS NULL AND id = ")
            .bind(id.uuid());
        if self.execute(sql).await? > 0 {
            let event = ContentEvent::new(RecordKind::ApiKey, "revoked", id, None);
            self.audit(permit, at, &event);
        }
        Ok(())
    }

    /// Notes when a key was used: bookkeeping, nobody changed anything.
    pub async fn note_key_use(&self, id: ApiKeyId, at: Timestamp) -> Result<()> {
        let mut sql = Sql::new("UPDATE api_key SET used_at = ");
        sql.bind(at)
            .push(" WHERE id = ")
            .bind(id.uuid())
            .push(" AND (used_at IS NULL OR used_at < ")
            .bind(at)
            .push(")");
        self.execute(sql).await?;
        Ok(())
    }
}
