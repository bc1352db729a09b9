//! Deleting an edition in which nothing stands any more.

use domain::{
    Error, Result,
    access::{Action, Permit, Scope},
    content::ContentKind,
    error::Usage,
    events::{ContentEvent, RecordKind},
    id::EditionId,
    terms::Taxonomy,
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    WriteTx,
    sql::{Row, Sql, to_json},
    usage::public_id,
};

/// How many records a refusal names.
const MAX_NAMED: usize = 100;

/// What goes with an edition: what shared records are called there, their addresses, and who holds
/// roles there.
const WITH_IT: [&str; 6] = [
    "asset_text",
    "term_text",
    "author_text",
    "gallery_text",
    "route",
    "role_grant",
];

/// Records that would be lost: the statement that finds them (the edition is bound where `?` stands),
/// what they are, and the role in which they use the edition.
struct Standing {
    statement: &'static str,
    kind: Kind,
    role: &'static str,
}

/// What records are.
#[derive(Clone, Copy)]
enum Kind {
    /// All are of this kind.
    Is(RecordKind),
    /// The statement says first which kind of entry one is.
    OfEntry,
    /// The statement says first whether one is a category or a tag.
    OfTerm,
}

impl Kind {
    fn of(self, row: &mut Row) -> Result<RecordKind> {
        Ok(match self {
            Self::Is(kind) => kind,
            Self::OfEntry => row.parse::<ContentKind>()?.into(),
            Self::OfTerm => row.parse::<Taxonomy>()?.into(),
        })
    }
}

const STANDING: [Standing; 8] = [
    Standing {
        statement: "SELECT e.kind, e.id FROM entry e WHERE e.edition_id = ? ORDER BY e.kind, e.slug",
        kind: Kind::OfEntry,
        role: "edition",
    },
    Standing {
        statement: "SELECT n.id FROM newsletter n WHERE n.edition_id = ? ORDER BY n.slug",
        kind: Kind::Is(RecordKind::Newsletter),
        role: "edition",
    },
    Standing {
        statement: "SELECT c.id FROM collection c WHERE c.edition_id = ? ORDER BY c.slug",
        kind: Kind::Is(RecordKind::Collection),
        role: "edition",
    },
    Standing {
        statement: "SELECT m.id FROM menu m WHERE m.edition_id = ? ORDER BY m.location",
        kind: Kind::Is(RecordKind::Menu),
        role: "edition",
    },
    // Those of shared records and of what is gone for good are of no use without the edition.
    Standing {
        statement: "SELECT r.redirect_id FROM route r WHERE r.edition_id = ? AND r.redirect_id IS NOT NULL AND (r.url IS NOT NULL OR r.entry_id IS NOT NULL) ORDER BY r.path",
        kind: Kind::Is(RecordKind::Redirect),
        role: "edition",
    },
    // Without a text nobody would find them again.
    Standing {
        statement: "SELECT x.taxonomy, x.term_id FROM term_text x WHERE x.edition_id = ? AND NOT EXISTS (SELECT 1 FROM term_text o WHERE o.term_id = x.term_id AND o.edition_id <> x.edition_id) ORDER BY x.taxonomy, x.name_key",
        kind: Kind::OfTerm,
        role: "onlyText",
    },
    Standing {
        statement: "SELECT x.author_id FROM author_text x WHERE x.edition_id = ? AND NOT EXISTS (SELECT 1 FROM author_text o WHERE o.author_id = x.author_id AND o.edition_id <> x.edition_id) ORDER BY x.name_key",
        kind: Kind::Is(RecordKind::Author),
        role: "onlyText",
    },
    Standing {
        statement: "SELECT x.gallery_id FROM gallery_text x WHERE x.edition_id = ? AND NOT EXISTS (SELECT 1 FROM gallery_text o WHERE o.gallery_id = x.gallery_id AND o.edition_id <> x.edition_id) ORDER BY x.slug",
        kind: Kind::Is(RecordKind::Gallery),
        role: "onlyText",
    },
];

impl WriteTx {
    /// Deletes an edition; refused with what stands in it. The texts of shared records and their
    /// addresses in it, and the roles that are held there, go with it.
    pub async fn delete_edition(
        &mut self,
        permit: &Permit,
        id: EditionId,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::Edition, id)?;
        permit.allows(Action::Delete)?;
        let used_by = self.standing_in(id).await?;
        if !used_by.is_empty() {
            return Err(Error::Conflict {
                message: "something stands in this edition; purge or delete it, or give it a text in another edition, first".to_owned(),
                field: None,
                used_by,
            });
        }
        for table in WITH_IT {
            let mut sql = Sql::new(&format!("DELETE FROM {table} WHERE edition_id = "));
            sql.bind(id.uuid());
            self.execute(sql).await?;
        }
        self.forget_scopes(id, at).await?;
        let mut sql = Sql::new("DELETE FROM edition WHERE id = ");
        sql.bind(id.uuid());
        if self.execute(sql).await? == 0 {
            return Err(Error::not_found(id));
        }
        let event = ContentEvent::new(RecordKind::Edition, "deleted", id, Some(id));
        self.record(permit, at, event);
        Ok(())
    }

    /// Takes what API keys may do in an edition from them. One that is left with nothing is revoked.
    async fn forget_scopes(&mut self, edition: EditionId, at: Timestamp) -> Result<()> {
        let mut sql = Sql::new("SELECT k.id, k.scopes FROM api_key k WHERE k.scopes LIKE ");
        sql.bind(format!("%{edition}%"));
        for row in &mut self.query(sql).await? {
            let key: Uuid = row.get()?;
            let texts: Vec<String> = row.json()?;
            let scopes: Vec<Scope> = texts
                .iter()
                .map(|text| text.parse())
                .collect::<Result<_>>()?;
            let others = scopes.iter().filter(|scope| scope.edition != Some(edition));
            let left: Vec<String> = others.map(Scope::stored).collect();
            let mut sql = Sql::new("UPDATE api_key SET version = version + 1, scopes = ");
            sql.bind(to_json(&left)?);
            if left.is_empty() {
                sql.push(", revoked_at = coalesce(revoked_at, ")
                    .bind(at)
                    .push(")");
            }
            sql.push(" WHERE id = ").bind(key);
            self.execute(sql).await?;
        }
        Ok(())
    }

    /// Some of what stands in an edition and would be lost with it.
    async fn standing_in(&self, edition: EditionId) -> Result<Vec<Usage>> {
        let mut found = Vec::new();
        for Standing {
            statement,
            kind,
            role,
        } in STANDING
        {
            let left = MAX_NAMED.saturating_sub(found.len());
            let (before, after) = statement.split_once('?').unwrap_or((statement, ""));
            let mut sql = Sql::new(before);
            sql.bind(edition.uuid())
                .push(after)
                .push(&format!(" LIMIT {left}"));
            for row in &mut self.query(sql).await? {
                let kind = kind.of(row)?;
                found.push(Usage {
                    id: public_id(kind, row.get()?),
                    role: role.to_owned(),
                });
            }
        }
        Ok(found)
    }
}
