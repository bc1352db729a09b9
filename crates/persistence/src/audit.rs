//! Reading the audit log.

use domain::{
    Result,
    access::{Action, Permit},
    audit::{AuditEntry, AuditQuery},
    events::RecordKind,
    id::Id,
    paging::{Key, ListOrder, Page, PageArgs},
};
use uuid::Uuid;

use crate::{
    Reader,
    lists::Order,
    sql::{Row, Sql},
};

impl Reader<'_> {
    /// A page of the log, the newest entries first.
    pub async fn audit(
        &self,
        permit: &Permit,
        query: &AuditQuery,
        page: &PageArgs,
    ) -> Result<Page<AuditEntry>> {
        permit.allows(Action::Inspect)?;
        permit.covers(RecordKind::Audit, RecordKind::Audit.as_str())?;
        let order = Order {
            list: ListOrder::by_number("-sequence"),
            key: "a.sequence",
            id: "a.sequence",
            descending: true,
        };
        let from_where = conditions(query);
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(
            "SELECT a.sequence, a.at, a.actor, a.action, a.target_kind, a.target_id, a.event, a.edition_id, a.fields, a.note, a.address, a.request_id",
        );
        sql.append(&from_where);
        // Numbers are unique: they need no second column to be ordered by.
        if let Some((Key::Int(number), _)) = page.key_in(order.list)? {
            let than = if page.backward { " > " } else { " < " };
            sql.push(" AND a.sequence").push(than).bind(*number);
        }
        let way = if page.backward { "ASC" } else { "DESC" };
        sql.push(&format!(
            " ORDER BY a.sequence {way} LIMIT {}",
            u64::from(page.size) + 1
        ));
        let rows = self.query(sql).await?;
        order.collect(page, rows, total, |row| {
            let entry = read(row)?;
            let key = Key::Int(entry.sequence);
            Ok((entry, key, Uuid::nil()))
        })
    }
}

fn conditions(query: &AuditQuery) -> Sql {
    let mut sql = Sql::new(" FROM audit a WHERE 1 = 1");
    if let Some(target) = &query.target {
        // The kind stands in front of the id, as in the index.
        let kind = target
            .split_once('_')
            .map_or(target.as_str(), |(kind, _)| kind);
        sql.push(" AND a.target_kind = ")
            .bind(kind.to_owned())
            .push(" AND a.target_id = ")
            .bind(target.clone());
    }
    for (column, value) in [("a.actor", &query.actor), ("a.event", &query.event)] {
        if let Some(value) = value {
            sql.push(" AND ")
                .push(column)
                .push(" = ")
                .bind(value.clone());
        }
    }
    if let Some(since) = query.since {
        sql.push(" AND a.at >= ").bind(since);
    }
    if let Some(until) = query.until {
        sql.push(" AND a.at < ").bind(until);
    }
    sql
}

fn read(row: &mut Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        sequence: row.get()?,
        at: row.get()?,
        actor: row.get()?,
        action: row.get()?,
        target_kind: row.get()?,
        target: row.get()?,
        event: row.get()?,
        edition: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
        changed: row.json()?,
        note: row.get()?,
        address: row.get()?,
        request_id: row.get()?,
    })
}
