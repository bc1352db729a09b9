//! Deleting what may be in use: refused with who uses it, or the uses are detached or moved.

use domain::{
    Error, Result,
    access::{Permit, ReadScope},
    error::Usage,
    events::{ContentEvent, RecordKind},
    id::{AuthorId, CategoryId, CollectionId, GalleryId, MenuId},
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    entries::visible,
    sql::{Row, Sql},
};

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

/// One place that refers to a kind of record.
struct Reference {
    table: &'static str,
    column: &'static str,
    role: &'static str,
    /// The column that names the entry which uses it, where an entry does.
    entry: Option<&'static str>,
    /// Whether the whole row goes when the reference goes; else the column becomes empty.
    is_row: bool,
    /// The column that names the record which uses it, where that is no entry, and its kind.
    owner: Option<(&'static str, RecordKind)>,
    /// Columns that, with the new id, must stay unique: rows that would double are dropped.
    unique_with: Option<&'static str>,
}

const fn row(
    table: &'static str,
    column: &'static str,
    role: &'static str,
    entry: Option<&'static str>,
) -> Reference {
    Reference {
        table,
        column,
        role,
        entry,
        is_row: true,
        owner: None,
        unique_with: None,
    }
}

const fn column(
    table: &'static str,
    column: &'static str,
    role: &'static str,
    entry: Option<&'static str>,
) -> Reference {
    Reference {
        table,
        column,
        role,
        entry,
        is_row: false,
        owner: None,
        unique_with: None,
    }
}

/// Everything that refers to a kind of record. A test compares this list with the foreign keys.
fn references(kind: RecordKind) -> &'static [Reference] {
    const TERM: &[Reference] = &[
        Reference {
            unique_with: Some("entry_id"),
            ..row("entry_term", "term_id", "term", Some("entry_id"))
        },
        column(
            "article",
            "primary_category_id",
            "primaryCategory",
            Some("entry_id"),
        ),
        Reference {
            owner: Some(("id", RecordKind::Category)),
            ..column("term", "parent_id", "parent", None)
        },
        Reference {
            owner: Some(("menu_id", RecordKind::Menu)),
            ..row("menu_item", "term_id", "menuItem", None)
        },
    ];
    const AUTHOR: &[Reference] = &[
        row(
            "entry_contribution",
            "author_id",
            "byline",
            Some("entry_id"),
        ),
        Reference {
            owner: Some(("menu_id", RecordKind::Menu)),
            ..row("menu_item", "author_id", "menuItem", None)
        },
    ];
    const ASSET: &[Reference] = &[
        row("entry_asset", "asset_id", "figure", Some("entry_id")),
        Reference {
            owner: Some(("gallery_id", RecordKind::Gallery)),
            ..row("gallery_item", "asset_id", "galleryItem", None)
        },
        Reference {
            owner: Some(("id", RecordKind::Author)),
            ..column("author", "avatar_id", "avatar", None)
        },
    ];
    const GALLERY: &[Reference] = &[row(
        "entry_gallery",
        "gallery_id",
        "gallery",
        Some("entry_id"),
    )];
    const NEWSLETTER: &[Reference] = &[column(
        "issue",
        "newsletter_id",
        "newsletter",
        Some("entry_id"),
    )];
    const ENTRY: &[Reference] = &[
        column("entry", "parent_id", "parent", Some("id")),
        column("entry", "translated_from_id", "translation", Some("id")),
        row("entry_related", "related_id", "related", Some("entry_id")),
        Reference {
            owner: Some(("collection_id", RecordKind::Collection)),
            ..row("collection_item", "entry_id", "collectionItem", None)
        },
        row("issue_item", "article_id", "issueItem", Some("entry_id")),
        Reference {
            owner: Some(("menu_id", RecordKind::Menu)),
            ..row("menu_item", "entry_id", "menuItem", None)
        },
    ];
    match kind {
        RecordKind::Category | RecordKind::Tag => TERM,
        RecordKind::Author => AUTHOR,
        RecordKind::Asset => ASSET,
        RecordKind::Gallery => GALLERY,
        RecordKind::Newsletter => NEWSLETTER,
        RecordKind::Article | RecordKind::Page | RecordKind::Issue => ENTRY,
        RecordKind::Site
        | RecordKind::Edition
        | RecordKind::Collection
        | RecordKind::Menu
        | RecordKind::Comment
        | RecordKind::Redirect => &[],
    }
}

/// The table a kind of record stands in.
fn table(kind: RecordKind) -> Result<&'static str> {
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
        RecordKind::Site | RecordKind::Edition | RecordKind::Redirect => {
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
            let mut any = Sql::new(&format!(
                "SELECT 1 FROM {} WHERE {} = ",
                reference.table, reference.column
            ));
            any.bind(id).push(" LIMIT 1");
            if self.query(any).await?.is_empty() {
                continue;
            }
            used = true;
            let Some(entry) = reference.entry else {
                seen.extend(self.owners(reference, id).await?);
                continue;
            };
            let mut sql = Sql::new(&format!(
                "SELECT DISTINCT e.kind, e.id FROM {} u JOIN entry e ON e.id = u.{entry} WHERE u.{} = ",
                reference.table, reference.column
            ));
            sql.bind(id);
            visible(&mut sql, scope, "e");
            sql.push(" ORDER BY e.id LIMIT 100");
            for row in &mut self.query(sql).await? {
                let entry = domain::id::EntryId::new(row.parse()?, row.get()?);
                seen.push(Usage {
                    id: entry.to_string(),
                    role: reference.role.to_owned(),
                });
            }
        }
        seen.truncate(100);
        Ok((used, seen))
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

/// The public id of a record of a kind that can own references.
fn public_id(kind: RecordKind, id: Uuid) -> String {
    match kind {
        RecordKind::Category => CategoryId::from_uuid(id).to_string(),
        RecordKind::Menu => MenuId::from_uuid(id).to_string(),
        RecordKind::Gallery => GalleryId::from_uuid(id).to_string(),
        RecordKind::Author => AuthorId::from_uuid(id).to_string(),
        RecordKind::Collection => CollectionId::from_uuid(id).to_string(),
        RecordKind::Site
        | RecordKind::Edition
        | RecordKind::Article
        | RecordKind::Page
        | RecordKind::Issue
        | RecordKind::Tag
        | RecordKind::Asset
        | RecordKind::Newsletter
        | RecordKind::Comment
        | RecordKind::Redirect => id.to_string(),
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
        let public_id = permit.target().id.clone();
        // What stands below a category follows where it goes; what stood in it is filed anew.
        let is_category = kind == RecordKind::Category;
        let entries = if is_category {
            self.entries_below(id).await?
        } else {
            Vec::new()
        };
        let children = if is_category {
            self.children(id).await?
        } else {
            Vec::new()
        };
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
                self.check_replacement(kind, other).await?;
                for reference in references(kind) {
                    self.replace(reference, id, other).await?;
                }
            }
        }
        self.clear(table(kind)?, "id", id).await?;
        self.refresh_paths(&children).await?;
        self.refresh_below(children).await?;
        self.rebuild_ancestors(&entries).await?;
        self.record(
            permit,
            at,
            ContentEvent::new(kind, "deleted", public_id, permit.target().edition),
        );
        Ok(())
    }

    /// A record's place can be taken by one of its own kind only.
    async fn check_replacement(&self, kind: RecordKind, other: Uuid) -> Result<()> {
        let table = table(kind)?;
        let mut sql = Sql::new(&format!("SELECT 1 FROM {table} WHERE id = "));
        sql.bind(other);
        match table {
            "term" => sql.push(" AND taxonomy = ").bind(kind.as_str()),
            "entry" => sql.push(" AND kind = ").bind(kind.as_str()),
            _ => &mut sql,
        };
        if self.query(sql).await?.is_empty() {
            return Err(Error::invalid(
                "replaceWith",
                format!("must be the id of another {}", kind.as_str()),
            ));
        }
        Ok(())
    }

    async fn children(&self, category: Uuid) -> Result<Vec<Uuid>> {
        let mut sql = Sql::new("SELECT id FROM term WHERE parent_id = ");
        sql.bind(category);
        self.query(sql).await?.iter_mut().map(Row::get).collect()
    }

    async fn detach(&self, reference: &Reference, id: Uuid) -> Result<()> {
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

    async fn replace(&self, reference: &Reference, id: Uuid, other: Uuid) -> Result<()> {
        if reference.table == "entry_term" {
            // An entry that stood below the other category only through this one stands in it now.
            let mut sql = Sql::new("UPDATE entry_term SET is_direct = ");
            sql.bind(true).push(" WHERE term_id = ").bind(other);
            sql.push(" AND entry_id IN (SELECT k.entry_id FROM entry_term k WHERE k.is_direct AND k.term_id = ").bind(id).push(")");
            self.execute(sql).await?;
        }
        if let Some(with) = reference.unique_with {
            let (table, column) = (reference.table, reference.column);
            let mut sql = Sql::new(&format!("DELETE FROM {table} WHERE {column} = "));
            sql.bind(id)
                .push(&format!(
                    " AND {with} IN (SELECT k.{with} FROM {table} k WHERE k.{column} = "
                ))
                .bind(other)
                .push(")");
            self.execute(sql).await?;
        }
        let mut sql = Sql::new(&format!(
            "UPDATE {} SET {} = ",
            reference.table, reference.column
        ));
        sql.bind(other)
            .push(&format!(" WHERE {} = ", reference.column))
            .bind(id);
        self.execute(sql).await.map(|_rows| ())
    }
}
