//! Deleting what may be in use: refused with who uses it, or the uses are detached or moved.

use domain::{
    Error, Result,
    access::{Action, Permit, ReadScope},
    error::Usage,
    events::{ContentEvent, RecordKind},
    id::{
        ApiKeyId, ArticleId, AssetId, AuthorId, CategoryId, CollectionId, CommentId, EditionId,
        GalleryId, IssueId, JobId, MenuId, NewsletterId, PageId, RedirectId, SessionId, TagId,
        UserId,
    },
    lifecycle::Verb,
    text::Slug,
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    assets::readable,
    entries::{slug_scope, visible},
    sql::{Row, Sql},
};

mod fields;
mod pending;
mod references;
mod texts;

use references::{Reference, references};

/// What happens to the users of a record that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUse {
    /// Nothing: the deletion is refused and names them.
    Refuse,
    /// They lose it.
    Detach,
    /// They get another record of the same kind instead.
    ReplaceWith(Uuid),
}

/// Which record goes, what happens to its users, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deletion {
    /// The record.
    pub id: Uuid,
    /// What happens to its users.
    pub on_use: OnUse,
    /// The time of the change.
    pub at: Timestamp,
}

/// The table a kind of record stands in.
pub(crate) fn table(kind: RecordKind) -> Result<&'static str> {
    Ok(match kind {
        RecordKind::Category | RecordKind::Tag => "term",
        RecordKind::Author => "author",
        RecordKind::Asset => "asset",
        RecordKind::Gallery => "gallery",
        RecordKind::Newsletter => "newsletter",
        RecordKind::Collection => "collection",
        RecordKind::Menu => "menu",
        RecordKind::Comment => "comment",
        RecordKind::Article | RecordKind::Page | RecordKind::Issue => "entry",
        RecordKind::Site
        | RecordKind::Edition
        | RecordKind::Redirect
        | RecordKind::User
        | RecordKind::Session
        | RecordKind::ApiKey
        | RecordKind::Audit
        | RecordKind::Job => {
            return Err(Error::conflict(format!(
                "a {} cannot be deleted",
                kind.as_str()
            )));
        }
    })
}

impl Reader<'_> {
    /// Who uses a record, as far as the scope may know: at most a hundred uses, and whether there
    /// are any at all, seen or unseen.
    pub async fn usage(
        &self,
        scope: &ReadScope,
        kind: RecordKind,
        id: Uuid,
    ) -> Result<(bool, Vec<Usage>)> {
        let mut used = false;
        let mut seen = Vec::new();
        for reference in references(kind) {
            let (any, mut users) = self.uses(scope, reference, id).await?;
            used |= any;
            seen.append(&mut users);
        }
        if kind != RecordKind::Asset {
            // Assets in custom fields stand among the pictures of their entries, too.
            let (any, mut users) = self.uses(scope, &fields::IN_FIELD, id).await?;
            used |= any;
            seen.append(&mut users);
        }
        let (any, mut users) = self.uses_in_records(scope, id).await?;
        used |= any;
        seen.append(&mut users);
        seen.truncate(100);
        Ok((used, seen))
    }

    /// The same by one reference.
    async fn uses(
        &self,
        scope: &ReadScope,
        reference: &Reference,
        id: Uuid,
    ) -> Result<(bool, Vec<Usage>)> {
        let Reference {
            table,
            column,
            condition,
            ..
        } = reference;
        let mut any = Sql::new(&format!("SELECT 1 FROM {table} u WHERE u.{column} = "));
        any.bind(id).push(condition).push(" LIMIT 1");
        if self.query(any).await?.is_empty() {
            return Ok((false, Vec::new()));
        }
        let Some(entry) = reference.entry else {
            return Ok((true, self.owners(reference, id).await?));
        };
        let mut sql = Sql::new(&format!(
            "SELECT DISTINCT e.kind, e.id FROM {table} u JOIN entry e ON e.id = u.{entry} WHERE u.{column} = "
        ));
        sql.bind(id).push(condition);
        visible(&mut sql, scope, "e");
        sql.push(" ORDER BY e.id LIMIT 100");
        let mut seen = Vec::new();
        for row in &mut self.query(sql).await? {
            let entry = domain::id::EntryId::new(row.parse()?, row.get()?);
            seen.push(Usage {
                id: entry.to_string(),
                role: reference.role.to_owned(),
            });
        }
        Ok((true, seen))
    }
}

impl Reader<'_> {
    /// The records that are no entries and use a record. They are public.
    async fn owners(&self, reference: &Reference, id: Uuid) -> Result<Vec<Usage>> {
        let Some((column, kind)) = reference.owner else {
            return Ok(Vec::new());
        };
        let mut sql = Sql::new(&format!(
            "SELECT DISTINCT u.{column} FROM {} u WHERE u.{} = ",
            reference.table, reference.column
        ));
        sql.bind(id)
            .push(&format!(" ORDER BY u.{column} LIMIT 100"));
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                Ok(Usage {
                    id: public_id(kind, row.get()?),
                    role: reference.role.to_owned(),
                })
            })
            .collect()
    }
}

/// The public id of a record.
pub(crate) fn public_id(kind: RecordKind, id: Uuid) -> String {
    match kind {
        RecordKind::Article => ArticleId::from_uuid(id).to_string(),
        RecordKind::Page => PageId::from_uuid(id).to_string(),
        RecordKind::Issue => IssueId::from_uuid(id).to_string(),
        RecordKind::Category => CategoryId::from_uuid(id).to_string(),
        RecordKind::Tag => TagId::from_uuid(id).to_string(),
        RecordKind::Author => AuthorId::from_uuid(id).to_string(),
        RecordKind::Asset => AssetId::from_uuid(id).to_string(),
        RecordKind::Gallery => GalleryId::from_uuid(id).to_string(),
        RecordKind::Collection => CollectionId::from_uuid(id).to_string(),
        RecordKind::Newsletter => NewsletterId::from_uuid(id).to_string(),
        RecordKind::Menu => MenuId::from_uuid(id).to_string(),
        RecordKind::Comment => CommentId::from_uuid(id).to_string(),
        RecordKind::Redirect => RedirectId::from_uuid(id).to_string(),
        RecordKind::Edition => EditionId::from_uuid(id).to_string(),
        RecordKind::User => UserId::from_uuid(id).to_string(),
        RecordKind::Session => SessionId::from_uuid(id).to_string(),
        RecordKind::ApiKey => ApiKeyId::from_uuid(id).to_string(),
        RecordKind::Job => JobId::from_uuid(id).to_string(),
        RecordKind::Site | RecordKind::Audit => kind.as_str().to_owned(),
    }
}

impl WriteTx {
    /// Deletes a record after its users have been dealt with as asked.
    pub async fn delete_record(
        &mut self,
        permit: &Permit,
        scope: &ReadScope,
        Deletion { id, on_use, at }: Deletion,
    ) -> Result<()> {
        let kind = permit.target().kind;
        let public_id = public_id(kind, id);
        permit.covers(kind, &public_id)?;
        permit.allows(Action::Delete)?;
        // What stands below a category follows where it goes; what stood in it is filed anew.
        let is_category = kind == RecordKind::Category;
        let entries = if is_category {
            self.entries_below(id).await?
        } else {
            Vec::new()
        };
        let children = if is_category {
            self.children("term", id).await?
        } else {
            Vec::new()
        };
        let pages = if kind == RecordKind::Page {
            self.children("entry", id).await?
        } else {
            Vec::new()
        };
        match table(kind)? {
            "entry" => self.lead_elsewhere(id, on_use).await?,
            "term" => self.lead_to_other("term_id", id, on_use).await?,
            "author" => self.lead_to_other("author_id", id, on_use).await?,
            "newsletter" => self.lead_to_other("newsletter_id", id, on_use).await?,
            _ => {}
        }
        match on_use {
            OnUse::Refuse => {
                let (used, used_by) = self.reader().usage(scope, kind, id).await?;
                if used {
                    let message = format!(
                        "this {} is in use; detach it, or name another to take its place",
                        kind.as_str()
                    );
                    return Err(Error::Conflict {
                        message,
                        field: None,
                        used_by,
                    });
                }
            }
            OnUse::Detach => {
                if kind == RecordKind::Asset {
                    self.detach_from_texts(scope, id).await?;
                }
                self.replace_in_fields((kind, id), None).await?;
                self.replace_in_pending(scope, (kind, id), None).await?;
                for reference in references(kind) {
                    self.detach(reference, id).await?;
                }
            }
            OnUse::ReplaceWith(other) => {
                if other == id {
                    return Err(Error::invalid(
                        "replaceWith",
                        "is the record that is to be deleted",
                    ));
                }
                self.check_replacement(scope, (kind, id), other).await?;
                if kind == RecordKind::Asset {
                    self.replace_in_texts(id, other).await?;
                }
                self.replace_in_fields((kind, id), Some(other)).await?;
                self.replace_in_pending(scope, (kind, id), Some(other))
                    .await?;
                for reference in references(kind) {
                    self.replace(reference, id, other).await?;
                }
            }
        }
        self.clear("record_field", "record_id", id).await?;
        let mut sql = Sql::new(&format!("DELETE FROM {} WHERE id = ", table(kind)?));
        sql.bind(id);
        if self.execute(sql).await? == 0 {
            return Err(Error::NotFound(public_id));
        }
        self.rescope(pages).await?;
        self.refresh_paths(&children).await?;
        self.refresh_below(children).await?;
        self.rebuild_ancestors(&entries).await?;
        let is_entry = matches!(
            kind,
            RecordKind::Article | RecordKind::Page | RecordKind::Issue
        );
        let verb = if is_entry {
            Verb::Purge.event()
        } else {
            "deleted"
        };
        self.record(
            permit,
            at,
            ContentEvent::new(kind, verb, public_id, permit.target().edition),
        );
        Ok(())
    }

    /// A record's place can be taken by one of its own kind only, by none that stands below it, and by
    /// none that is hidden from whoever names it.
    async fn check_replacement(
        &self,
        scope: &ReadScope,
        (kind, id): (RecordKind, Uuid),
        other: Uuid,
    ) -> Result<()> {
        let table = table(kind)?;
        let mut sql = Sql::new(&format!("SELECT 1 FROM {table} m WHERE m.id = "));
        sql.bind(other);
        match table {
            "term" => {
                sql.push(" AND m.taxonomy = ").bind(kind.as_str());
            }
            "entry" => {
                sql.push(" AND m.kind = ").bind(kind.as_str());
                visible(&mut sql, scope, "m");
            }
            "asset" => readable(&mut sql, scope),
            _ => {}
        }
        if self.query(sql).await?.is_empty() {
            return Err(Error::invalid(
                "replaceWith",
                format!("must be the id of another {}", kind.as_str()),
            ));
        }
        if matches!(table, "term" | "entry") {
            // UNION drops what was met before, so that this ends whatever the tree looks like.
            let mut sql = Sql::new("WITH RECURSIVE above (id) AS (SELECT t.parent_id FROM ");
            sql.push(table).push(" t WHERE t.id = ").bind(other);
            sql.push(&format!(
                " UNION SELECT t.parent_id FROM {table} t JOIN above ON above.id = t.id) SELECT 1 FROM above WHERE above.id = "
            ))
            .bind(id);
            if !self.query(sql).await?.is_empty() {
                return Err(Error::invalid(
                    "replaceWith",
                    format!(
                        "stands below the {} that is to be deleted; move it first",
                        kind.as_str()
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Redirects to an entry that goes lead to the one that takes its place, if that is of the same
    /// edition; else they say that it is gone.
    async fn lead_elsewhere(&self, id: Uuid, on_use: OnUse) -> Result<()> {
        if let OnUse::ReplaceWith(other) = on_use {
            let mut sql = Sql::new("UPDATE route SET entry_id = ");
            sql.bind(other)
                .push(" WHERE role = 'redirect' AND entry_id = ")
                .bind(id)
                .push(" AND edition_id = (SELECT e.edition_id FROM entry e WHERE e.id = ")
                .bind(other)
                .push(")");
            self.execute(sql).await?;
        }
        let mut sql = Sql::new(
            "UPDATE route SET role = 'gone', entry_id = NULL WHERE role = 'redirect' AND entry_id = ",
        );
        sql.bind(id);
        self.execute(sql).await.map(|_rows| ())
    }

    /// Redirects to a record that goes lead to the one that takes its place; else they say that it
    /// is gone.
    async fn lead_to_other(&self, column: &str, id: Uuid, on_use: OnUse) -> Result<()> {
        let mut sql = match on_use {
            OnUse::ReplaceWith(other) => {
                let mut sql = Sql::new(&format!("UPDATE route SET {column} = "));
                sql.bind(other);
                sql
            }
            OnUse::Refuse | OnUse::Detach => {
                Sql::new(&format!("UPDATE route SET role = 'gone', {column} = NULL"))
            }
        };
        sql.push(&format!(" WHERE {column} = ")).bind(id);
        self.execute(sql).await.map(|_rows| ())
    }

    async fn children(&self, table: &str, parent: Uuid) -> Result<Vec<Uuid>> {
        let mut sql = Sql::new(&format!("SELECT id FROM {table} WHERE parent_id = "));
        sql.bind(parent);
        self.query(sql).await?.iter_mut().map(Row::get).collect()
    }

    /// Pages stand among others after the one above them has gone: a slug that is taken there gets a
    /// number. Their paths stay.
    async fn rescope(&self, pages: Vec<Uuid>) -> Result<()> {
        for page in pages {
            let mut sql =
                Sql::new("SELECT e.edition_id, e.parent_id, e.slug FROM entry e WHERE e.id = ");
            sql.bind(page);
            let Some(row) = &mut self.query(sql).await?.into_iter().next() else {
                continue;
            };
            let (edition, parent): (Uuid, Option<Uuid>) = (row.get()?, row.get()?);
            let (own, scope) = (Slug::from_stored(row.get()?), slug_scope(parent));
            let mut slug = own.clone();
            for number in 2.. {
                let mut taken =
                    Sql::new("SELECT 1 FROM entry WHERE kind = 'page' AND edition_id = ");
                taken
                    .bind(edition)
                    .push(" AND slug_scope = ")
                    .bind(scope.clone())
                    .push(" AND slug = ")
                    .bind(slug.as_str())
                    .push(" AND id <> ")
                    .bind(page);
                if self.query(taken).await?.is_empty() {
                    break;
                }
                slug = own.numbered(number);
            }
            let mut sql = Sql::new("UPDATE entry SET slug_scope = ");
            sql.bind(scope)
                .push(", slug = ")
                .bind(slug.as_str())
                .push(" WHERE id = ")
                .bind(page);
            self.execute(sql).await?;
        }
        Ok(())
    }

    async fn detach(&self, reference: &Reference, id: Uuid) -> Result<()> {
        if reference.table == "menu_item" {
            return self.detach_links(reference.column, id).await;
        }
        if reference.is_row {
            return self.clear(reference.table, reference.column, id).await;
        }
        if reference.table == "issue" {
            return Err(Error::conflict(
                "a newsletter with issues cannot be detached from them; delete or move the issues first",
            ));
        }
        let mut sql = Sql::new(&format!(
            "UPDATE {} SET {} = NULL WHERE {} = ",
            reference.table, reference.column, reference.column
        ));
        sql.bind(id);
        self.execute(sql).await.map(|_rows| ())
    }

    /// Takes links out of menus, each with what stands below it: the rows after it that are
    /// deeper, up to the next that is not.
    async fn detach_links(&self, column: &str, id: Uuid) -> Result<()> {
        let mut sql = Sql::new(&format!(
            "DELETE FROM menu_item WHERE EXISTS (SELECT 1 FROM menu_item h \
             WHERE h.menu_id = menu_item.menu_id AND h.position <= menu_item.position AND h.{column} = "
        ));
        sql.bind(id).push(
            " AND NOT EXISTS (SELECT 1 FROM menu_item n WHERE n.menu_id = h.menu_id \
             AND n.position > h.position AND n.position <= menu_item.position AND n.depth <= h.depth))",
        );
        self.execute(sql).await.map(|_rows| ())
    }

    async fn replace(&self, reference: &Reference, id: Uuid, other: Uuid) -> Result<()> {
        if reference.table == "entry_term" {
            // An entry that stood below the other category only through this one stands in it now.
            let mut sql = Sql::new("UPDATE entry_term SET is_direct = ");
            sql.bind(true).push(" WHERE term_id = ").bind(other);
            sql.push(" AND entry_id IN (SELECT k.entry_id FROM entry_term k WHERE k.is_direct AND k.term_id = ").bind(id).push(")");
            self.execute(sql).await?;
        }
        if !reference.unique_with.is_empty() {
            let (table, column) = (reference.table, reference.column);
            let mut sql = Sql::new(&format!("DELETE FROM {table} WHERE {column} = "));
            sql.bind(id)
                .push(&format!(
                    " AND EXISTS (SELECT 1 FROM {table} k WHERE k.{column} = "
                ))
                .bind(other);
            for with in reference.unique_with {
                sql.push(&format!(" AND k.{with} = {table}.{with}"));
            }
            sql.push(")");
            self.execute(sql).await?;
        }
        self.detach_from(reference, id, other).await?;
        let mut sql = Sql::new(&format!(
            "UPDATE {} SET {} = ",
            reference.table, reference.column
        ));
        sql.bind(other)
            .push(&format!(" WHERE {} = ", reference.column))
            .bind(id);
        self.execute(sql).await.map(|_rows| ())
    }

    /// The record that takes another's place loses what it said about that one: it would name
    /// itself.
    async fn detach_from(&self, reference: &Reference, id: Uuid, user: Uuid) -> Result<()> {
        let owner = reference.owner.map(|(column, _)| column);
        let Some(user_column) = reference.entry.or(owner) else {
            return Ok(());
        };
        let (table, column) = (reference.table, reference.column);
        let mut sql = if reference.is_row {
            Sql::new(&format!("DELETE FROM {table}"))
        } else {
            Sql::new(&format!("UPDATE {table} SET {column} = NULL"))
        };
        sql.push(&format!(" WHERE {column} = "))
            .bind(id)
            .push(&format!(" AND {user_column} = "))
            .bind(user);
        self.execute(sql).await.map(|_rows| ())
    }
}
