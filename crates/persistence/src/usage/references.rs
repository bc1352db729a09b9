//! What refers to what: everything a deletion has to deal with.

use domain::events::RecordKind;

/// One place that refers to a kind of record.
pub(super) struct Reference {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    pub(super) role: &'static str,
    /// The column that names the entry which uses it, where an entry does.
    pub(super) entry: Option<&'static str>,
    /// Whether the whole row goes when the reference goes; else the column becomes empty.
    pub(super) is_row: bool,
    /// The column that names the record which uses it, where that is no entry, and its kind.
    pub(super) owner: Option<(&'static str, RecordKind)>,
    /// Columns that, with the new id, must stay unique: rows that would double are dropped.
    pub(super) unique_with: &'static [&'static str],
    /// What else holds for the rows that are meant, which stand as `u`.
    pub(super) condition: &'static str,
}

pub(super) const fn row(
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
        unique_with: &[],
        condition: "",
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
        unique_with: &[],
        condition: "",
    }
}

/// A record that an edit which waits names.
pub(super) const fn in_pending(column: &'static str) -> Reference {
    row("pending_reference", column, "pendingEdit", Some("entry_id"))
}

/// Everything that refers to a kind of record and does not go with it. A test compares this list
/// with the foreign keys.
pub(super) fn references(kind: RecordKind) -> &'static [Reference] {
    const TERM: &[Reference] = &[
        Reference {
            unique_with: &["entry_id"],
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
        in_pending("term_id"),
    ];
    const AUTHOR: &[Reference] = &[
        Reference {
            unique_with: &["entry_id", "role"],
            ..row(
                "entry_contribution",
                "author_id",
                "byline",
                Some("entry_id"),
            )
        },
        Reference {
            owner: Some(("menu_id", RecordKind::Menu)),
            ..row("menu_item", "author_id", "menuItem", None)
        },
        in_pending("author_id"),
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
        in_pending("asset_id"),
    ];
    const GALLERY: &[Reference] = &[
        Reference {
            unique_with: &["entry_id"],
            ..row("entry_gallery", "gallery_id", "gallery", Some("entry_id"))
        },
        in_pending("gallery_id"),
    ];
    const NEWSLETTER: &[Reference] = &[
        column("issue", "newsletter_id", "newsletter", Some("entry_id")),
        in_pending("newsletter_id"),
    ];
    const ENTRY: &[Reference] = &[
        column("entry", "parent_id", "parent", Some("id")),
        column("entry", "translated_from_id", "translation", Some("id")),
        Reference {
            unique_with: &["entry_id"],
            ..row("entry_related", "related_id", "related", Some("entry_id"))
        },
        Reference {
            owner: Some(("collection_id", RecordKind::Collection)),
            unique_with: &["collection_id"],
            ..row("collection_item", "entry_id", "collectionItem", None)
        },
        row("issue_item", "article_id", "issueItem", Some("entry_id")),
        Reference {
            owner: Some(("menu_id", RecordKind::Menu)),
            ..row("menu_item", "entry_id", "menuItem", None)
        },
        in_pending("named_id"),
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
        | RecordKind::Redirect
        | RecordKind::User
        | RecordKind::Session
        | RecordKind::ApiKey
        | RecordKind::Audit
        | RecordKind::Job => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Durability, Store, StoreOptions, sql::Sql};

    #[tokio::test]
    async fn every_foreign_key_that_would_stop_a_deletion_is_listed() {
        let folder = std::env::temp_dir().join(format!("colophon-keys-{}", std::process::id()));
        let store = Store::open(&StoreOptions {
            url: format!("sqlite:{}", folder.join("keys.db").display()),
            readers: 1,
            durability: Durability::PowerSafe,
        })
        .await
        .unwrap();
        store.migrate().await.unwrap();
        let mut sql = Sql::new(
            "SELECT m.name, k.\"from\", k.\"table\", k.on_delete FROM sqlite_master m, pragma_foreign_key_list(m.name) k WHERE m.type = ",
        );
        sql.bind("table");
        let mut keys: Vec<[String; 4]> = Vec::new();
        for row in &mut store.reader().query(sql).await.unwrap() {
            keys.push([(); 4].map(|()| row.get().unwrap()));
        }
        for (kind, table) in [
            (RecordKind::Category, "term"),
            (RecordKind::Author, "author"),
            (RecordKind::Asset, "asset"),
            (RecordKind::Gallery, "gallery"),
            (RecordKind::Newsletter, "newsletter"),
            (RecordKind::Article, "entry"),
        ] {
            let listed = |from: &str, column: &str| {
                let known = references(kind).iter();
                known
                    .into_iter()
                    .any(|known| (known.table, known.column) == (from, column))
            };
            let to_it = || keys.iter().filter(|[_, _, to, _]| to == table);
            for [from, column, _, on_delete] in to_it() {
                assert!(
                    on_delete == "CASCADE" || listed(from, column),
                    "{from}.{column} refers to {table}"
                );
            }
            for known in references(kind) {
                assert!(
                    to_it().any(|[from, column, ..]| (known.table, known.column) == (from, column)),
                    "{}.{} does not refer to {table}",
                    known.table,
                    known.column
                );
            }
        }
        store.close().await.unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }
}
