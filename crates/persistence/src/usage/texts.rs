//! Assets that texts name: the bodies of entries (`asset:asset_…`) and their previews.

use domain::{Error, Result, access::ReadScope, id::AssetId};
use uuid::Uuid;

use super::references::{Reference, row};
use crate::{WriteTx, sql::Sql};

/// An asset in the text of an entry.
const IN_BODY: Reference = Reference {
    condition: " AND u.role = 'body'",
    ..row("entry_asset", "asset_id", "body", Some("entry_id"))
};

impl WriteTx {
    /// Writes another asset's id wherever texts name this one. Ids are of one length and stand for
    /// nothing else, so that source and derived forms stay in step.
    pub(super) async fn replace_in_texts(&self, id: Uuid, other: Uuid) -> Result<()> {
        let mut same_kind =
            Sql::new("SELECT 1 FROM asset a JOIN asset b ON b.kind = a.kind WHERE a.id = ");
        same_kind.bind(id).push(" AND b.id = ").bind(other);
        if self.query(same_kind).await?.is_empty() {
            return Err(Error::invalid(
                "replaceWith",
                "must be an asset of the same kind: a picture, film, sound or document",
            ));
        }
        let (old, new) = (AssetId::from_uuid(id), AssetId::from_uuid(other));
        for (table, key, column, role) in [
            ("entry_body", "entry_id", "source", "body"),
            ("entry_body", "entry_id", "html", "body"),
            ("entry_body", "entry_id", "markdown", "body"),
            ("entry_body", "entry_id", "blocks", "body"),
            ("entry", "id", "seo", "seo"),
        ] {
            let mut sql = Sql::new(&format!("UPDATE {table} SET {column} = replace({column}, "));
            sql.bind(old.to_string())
                .push(", ")
                .bind(new.to_string())
                .push(&format!(
                    ") WHERE {key} IN (SELECT u.entry_id FROM entry_asset u WHERE u.role = '{role}' AND u.asset_id = "
                ))
                .bind(id)
                .push(")");
            self.execute(sql).await?;
        }
        Ok(())
    }

    /// Takes an asset out of previews. Where it stands in a body, only an editor can say what is to
    /// become of the text around it.
    pub(super) async fn detach_from_texts(&self, scope: &ReadScope, id: Uuid) -> Result<()> {
        let (is_used, used_by) = self.reader().uses(scope, &IN_BODY, id).await?;
        if is_used {
            return Err(Error::Conflict {
                message: "this asset stands in the text of entries; take it out there, or name another to take its place".to_owned(),
                field: None,
                used_by,
            });
        }
        let mut sql = Sql::new("UPDATE entry SET seo = replace(seo, ");
        sql.bind(format!("\"image\":\"{}\"", AssetId::from_uuid(id)))
            .push(", ")
            .bind("\"image\":null")
            .push(") WHERE id IN (SELECT u.entry_id FROM entry_asset u WHERE u.role = 'seo' AND u.asset_id = ")
            .bind(id)
            .push(")");
        self.execute(sql).await.map(|_rows| ())
    }
}
