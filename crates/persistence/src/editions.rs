//! Editions and the site's settings.

use domain::{
    Error, Result,
    access::Permit,
    editions::{Edition, EditionSet},
    events::{ContentEvent, RecordKind},
    id::Id,
    settings::{CommentPolicy, Site, SiteDraft},
    text::Locale,
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

mod deleting;

use crate::{
    Reader, WriteTx,
    sql::{Sql, to_json},
};

impl Reader<'_> {
    /// All editions. They are public; the application keeps the set at hand.
    pub async fn edition_set(&self) -> Result<EditionSet> {
        let sql = Sql::new(
            "SELECT id, code, name, direction, base_url, title, tagline, fallback_id, is_default, position, permalinks, slug_style, version, created_at, updated_at FROM edition ORDER BY position, id",
        );
        let mut editions = Vec::new();
        for row in &mut self.query(sql).await? {
            editions.push(Edition {
                id: Id::from_uuid(row.get()?),
                code: row.parse::<Locale>()?,
                name: row.get()?,
                direction: row.parse()?,
                base_url: row.get()?,
                title: row.get()?,
                tagline: row.get()?,
                fallback: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
                is_default: row.get()?,
                position: row.get()?,
                permalinks: row.json()?,
                slug_style: row.parse()?,
                version: row.get()?,
                created_at: row.get()?,
                updated_at: row.get()?,
            });
        }
        Ok(EditionSet::new(editions))
    }

    /// The site's settings.
    pub async fn site(&self) -> Result<Option<Site>> {
        match self
            .query_one(Sql::new(
                "SELECT name, comment_policy, version, updated_at FROM site WHERE id = 'site'",
            ))
            .await?
        {
            Some(mut row) => Ok(Some(Site {
                name: row.get()?,
                comment_policy: match row.get::<Option<String>>()? {
                    Some(word) => word.parse()?,
                    None => CommentPolicy::default(),
                },
                version: row.get()?,
                updated_at: row.get()?,
            })),
            None => Ok(None),
        }
    }

    /// Whether the store holds nothing yet: no edition, so nothing else either.
    pub async fn is_empty(&self) -> Result<bool> {
        Ok(self
            .query(Sql::new("SELECT 1 FROM edition LIMIT 1"))
            .await?
            .is_empty())
    }
}

impl WriteTx {
    /// Saves a new edition (`version` 1) or the whole of an existing one.
    pub async fn save_edition(&mut self, permit: &Permit, edition: &Edition) -> Result<()> {
        permit.covers(RecordKind::Edition, edition.id)?;
        if edition.is_default {
            let mut sql = Sql::new("UPDATE edition SET is_default = ");
            sql.bind(false)
                .push(" WHERE id <> ")
                .bind(edition.id.uuid());
            self.execute(sql).await?;
        }
        let columns: Vec<(&str, Value)> = vec![
            ("code", edition.code.as_str().into()),
            ("name", edition.name.clone().into()),
            ("direction", edition.direction.as_str().into()),
            ("base_url", edition.base_url.clone().into()),
            ("title", edition.title.clone().into()),
            ("tagline", edition.tagline.clone().into()),
            ("fallback_id", edition.fallback.map(Id::uuid).into()),
            ("is_default", edition.is_default.into()),
            ("position", edition.position.into()),
            ("permalinks", to_json(&edition.permalinks)?.into()),
            ("slug_style", edition.slug_style.as_str().into()),
            ("version", edition.version.into()),
            ("created_at", edition.created_at.into()),
            ("updated_at", edition.updated_at.into()),
        ];
        let mut sql = Sql::default();
        if edition.version == 1 {
            let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            sql.push(&format!(
                "INSERT INTO edition (id, {}) VALUES (",
                names.join(", ")
            ));
            sql.bind(edition.id.uuid())
                .push(", ")
                .bind_all(columns.into_iter().map(|(_, value)| value))
                .push(")");
        } else {
            sql.push("UPDATE edition SET ");
            for (index, (name, value)) in columns.into_iter().enumerate() {
                sql.push(if index == 0 { "" } else { ", " })
                    .push(name)
                    .push(" = ")
                    .bind(value);
            }
            sql.push(" WHERE id = ")
                .bind(edition.id.uuid())
                .push(" AND version = ")
                .bind(edition.version - 1);
        }
        if self.execute(sql).await? == 0 {
            return Err(self.stale(RecordKind::Edition, edition.id.uuid()).await);
        }
        let verb = if edition.version == 1 {
            "created"
        } else {
            "updated"
        };
        self.record(
            permit,
            edition.updated_at,
            ContentEvent::new(RecordKind::Edition, verb, edition.id, Some(edition.id)),
        );
        Ok(())
    }

    /// Keeps the site's settings as they are until the transaction ends, if they are at a version.
    pub async fn hold_site(&self, expected: i64) -> Result<()> {
        let mut sql =
            Sql::new("UPDATE site SET version = version WHERE id = 'site' AND version = ");
        sql.bind(expected);
        if self.execute(sql).await? == 1 {
            return Ok(());
        }
        let current = self.reader().site().await?.map(|site| site.version);
        Err(match current {
            Some(current) => Error::Stale { current },
            None => Error::not_found("the site"),
        })
    }

    /// Saves the site's settings.
    pub async fn save_site(
        &mut self,
        permit: &Permit,
        draft: &SiteDraft,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::Site, "site")?;
        let mut sql = Sql::new(
            "INSERT INTO site (id, name, comment_policy, version, updated_at) VALUES ('site', ",
        );
        sql.bind(draft.name.clone())
            .push(", ")
            .bind(draft.comment_policy.map(CommentPolicy::as_str))
            .push(", 1, ")
            .bind(at)
            .push(")");
        sql.push(" ON CONFLICT (id) DO UPDATE SET name = excluded.name, comment_policy = COALESCE(excluded.comment_policy, site.comment_policy), version = site.version + 1, updated_at = excluded.updated_at");
        self.execute(sql).await?;
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Site, "updated", "site", None),
        );
        Ok(())
    }
}
