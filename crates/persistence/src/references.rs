//! What drafts refer to: whether it is there, for the eyes of who refers to it.

use std::{collections::BTreeSet, fmt};

use domain::{
    Result,
    access::ReadScope,
    id::{AssetId, AuthorId, EntryId, GalleryId, Id, NewsletterId, UserId},
    terms::{Taxonomy, TermId},
};
use uuid::Uuid;

use crate::{
    Reader,
    assets::readable,
    entries::visible,
    sql::{IDS_PER_STATEMENT, Sql},
};

/// Something a draft refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Referent {
    /// An entry.
    Entry(EntryId),
    /// A category or a tag.
    Term(TermId),
    /// An author.
    Author(AuthorId),
    /// A gallery.
    Gallery(GalleryId),
    /// An asset.
    Asset(AssetId),
    /// A newsletter.
    Newsletter(NewsletterId),
    /// An account.
    Account(UserId),
}

impl fmt::Display for Referent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(id) => id.fmt(f),
            Self::Term(id) => id.fmt(f),
            Self::Author(id) => id.fmt(f),
            Self::Gallery(id) => id.fmt(f),
            Self::Asset(id) => id.fmt(f),
            Self::Newsletter(id) => id.fmt(f),
            Self::Account(id) => id.fmt(f),
        }
    }
}

impl Referent {
    fn uuid(self) -> Uuid {
        match self {
            Self::Entry(id) => id.uuid(),
            Self::Term(id) => id.uuid(),
            Self::Author(id) => id.uuid(),
            Self::Gallery(id) => id.uuid(),
            Self::Asset(id) => id.uuid(),
            Self::Newsletter(id) => id.uuid(),
            Self::Account(id) => id.uuid(),
        }
    }

    fn table(self) -> Table {
        match self {
            Self::Entry(_) => Table::Entry,
            Self::Term(_) => Table::Term,
            Self::Author(_) => Table::Author,
            Self::Gallery(_) => Table::Gallery,
            Self::Asset(_) => Table::Asset,
            Self::Newsletter(_) => Table::Newsletter,
            Self::Account(_) => Table::Account,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Entry,
    Term,
    Author,
    Gallery,
    Asset,
    Newsletter,
    Account,
}

impl Table {
    const ALL: [Self; 7] = [
        Self::Entry,
        Self::Term,
        Self::Author,
        Self::Gallery,
        Self::Asset,
        Self::Newsletter,
        Self::Account,
    ];

    /// Where its rows stand, and a column that says which kind each is.
    const fn of(self) -> (&'static str, &'static str) {
        match self {
            Self::Entry => ("entry", "m.kind"),
            Self::Term => ("term", "m.taxonomy"),
            Self::Author => ("author", "'author'"),
            Self::Gallery => ("gallery", "'gallery'"),
            Self::Asset => ("asset", "'asset'"),
            Self::Newsletter => ("newsletter", "'newsletter'"),
            Self::Account => ("user_account", "'user'"),
        }
    }

    fn read(self, kind: &str, id: Uuid) -> Result<Referent> {
        Ok(match self {
            Self::Entry => Referent::Entry(EntryId::new(kind.parse()?, id)),
            Self::Term => Referent::Term(TermId::new(kind.parse::<Taxonomy>()?, id)),
            Self::Author => Referent::Author(Id::from_uuid(id)),
            Self::Gallery => Referent::Gallery(Id::from_uuid(id)),
            Self::Asset => Referent::Asset(Id::from_uuid(id)),
            Self::Newsletter => Referent::Newsletter(Id::from_uuid(id)),
            Self::Account => Referent::Account(Id::from_uuid(id)),
        })
    }
}

impl Reader<'_> {
    /// Those of these that are there and that the actor may read.
    pub async fn known(
        &self,
        scope: &ReadScope,
        referents: &BTreeSet<Referent>,
    ) -> Result<BTreeSet<Referent>> {
        let all: Vec<Referent> = referents.iter().copied().collect();
        let mut known = BTreeSet::new();
        for chunk in all.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::default();
            for (number, table) in (0_i64..).zip(Table::ALL) {
                let of_table = chunk.iter().filter(|referent| referent.table() == table);
                let ids: Vec<Uuid> = of_table.map(|referent| referent.uuid()).collect();
                if ids.is_empty() {
                    continue;
                }
                let (name, kind) = table.of();
                if !sql.is_empty() {
                    sql.push(" UNION ALL ");
                }
                sql.push(&format!(
                    "SELECT CAST({number} AS bigint), {kind}, m.id FROM {name} m WHERE m.id IN "
                ))
                .id_list(&ids);
                match table {
                    Table::Entry => visible(&mut sql, scope, "m"),
                    Table::Asset => readable(&mut sql, scope),
                    Table::Term
                    | Table::Author
                    | Table::Gallery
                    | Table::Newsletter
                    | Table::Account => {}
                }
            }
            for row in &mut self.query(sql).await? {
                let number: i64 = row.get()?;
                let (kind, id): (String, Uuid) = (row.get()?, row.get()?);
                let table = Table::ALL.into_iter().zip(0_i64..);
                if let Some((table, _)) = table.into_iter().find(|(_, known)| *known == number) {
                    known.insert(table.read(&kind, id)?);
                }
            }
        }
        Ok(known)
    }
}
