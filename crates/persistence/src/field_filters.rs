//! Conditions on custom fields, whatever has them.

use domain::{
    access::ReadScope,
    content::ContentKind,
    events::{CacheTag, RecordKind},
    fields::FieldFilter,
};

use crate::{assets::readable, entries::visible, sql::Sql};

/// The rows beside what has fields.
pub(crate) struct FieldRows {
    /// The table.
    pub(crate) table: &'static str,
    /// Its column that names what has the fields.
    pub(crate) key: &'static str,
    /// The id of that in the statement around.
    pub(crate) of: &'static str,
}

/// The one value a condition asks for, if it asks for nothing else.
pub(crate) fn only_value(filter: &FieldFilter) -> Option<&str> {
    let FieldFilter {
        eq: Some(value),
        any_of: None,
        gte: None,
        lte: None,
        is_null: None,
        ..
    } = filter
    else {
        return None;
    };
    Some(value)
}

/// What a value (a row `x`) leads to must be there for the eyes of who asks: else it is no value.
pub(crate) fn leads_to_seen(sql: &mut Sql, scope: &ReadScope, filter: &FieldFilter) {
    if filter.leads_to_entries {
        // What is published or taken back changes the list.
        let kinds = [ContentKind::Article, ContentKind::Page, ContentKind::Issue];
        scope.note_all(kinds.map(|kind| CacheTag::List(kind, None)));
        sql.push(" AND EXISTS (SELECT 1 FROM entry g WHERE g.id = x.ref_id");
        visible(sql, scope, "g");
        sql.push(")");
    }
    if filter.leads_to_assets {
        scope.note(CacheTag::Records(RecordKind::Asset));
        sql.push(" AND EXISTS (SELECT 1 FROM asset m WHERE m.id = x.ref_id");
        readable(sql, scope);
        sql.push(")");
    }
}

/// One value of the field must meet all that is said of it.
pub(crate) fn custom_field(
    sql: &mut Sql,
    scope: &ReadScope,
    filter: &FieldFilter,
    rows: &FieldRows,
) {
    let FieldRows { table, key, of } = rows;
    let has = |sql: &mut Sql, not: &str| {
        sql.push(&format!(
            " AND {not}EXISTS (SELECT 1 FROM {table} x WHERE x.{key} = {of} AND x.name = "
        ))
        .bind(filter.name.clone());
        leads_to_seen(sql, scope, filter);
    };
    let compares = filter.eq.is_some()
        || filter.any_of.is_some()
        || filter.gte.is_some()
        || filter.lte.is_some();
    if compares {
        has(sql, "");
        for (than, bound) in [("=", &filter.eq), (">=", &filter.gte), ("<=", &filter.lte)] {
            if let Some(bound) = bound {
                sql.push(&format!(" AND x.value_key {than} "))
                    .bind(bound.clone());
            }
        }
        if let Some(any) = &filter.any_of {
            sql.push(" AND x.value_key IN (")
                .bind_all(any.iter().cloned())
                .push(")");
        }
        sql.push(")");
    }
    if let Some(is_null) = filter.is_null {
        has(sql, if is_null { "NOT " } else { "" });
        sql.push(")");
    }
}

/// The conditions on custom fields of a list of records that all editions share. The first that asks
/// for one value leads to them, as the rows `x`, which stand in the order the records were made.
pub(crate) struct RecordFilters<'a> {
    kind: RecordKind,
    leads: Option<(&'a FieldFilter, &'a str)>,
    others: Vec<&'a FieldFilter>,
}

impl<'a> RecordFilters<'a> {
    pub(crate) fn new(kind: RecordKind, filters: &'a [FieldFilter]) -> Self {
        let first = filters.iter().position(|one| only_value(one).is_some());
        let is_other = |(at, one): (usize, &'a FieldFilter)| (Some(at) != first).then_some(one);
        let leads = first.and_then(|at| filters.get(at));
        Self {
            kind,
            leads: leads.and_then(|one| Some((one, only_value(one)?))),
            others: filters.iter().enumerate().filter_map(is_other).collect(),
        }
    }

    /// Whether the list is read from the rows `x`.
    pub(crate) fn lead(&self) -> bool {
        self.leads.is_some()
    }

    /// Adds all of them.
    pub(crate) fn add(&self, sql: &mut Sql, scope: &ReadScope, of: &'static str) {
        if let Some((filter, value)) = self.leads {
            sql.push(" AND x.name = ").bind(filter.name.clone());
            sql.push(" AND x.value_key = ").bind(value.to_owned());
            sql.push(" AND x.kind = ").bind(self.kind.as_str());
            leads_to_seen(sql, scope, filter);
        }
        let rows = FieldRows {
            table: "record_field",
            key: "record_id",
            of,
        };
        for filter in &self.others {
            custom_field(sql, scope, filter, &rows);
        }
    }
}
