//! Turns a query on entries into SQL, choosing the table that carries the order where it can.

use domain::{
    Error, Result,
    access::{ReadScope, Visibility},
    content::{
        EntryFilter, EntryOrderField, EntryQuery, Status, StringFilter, TermFilter, TermKey,
        TimeRange,
    },
    fields::FieldFilter,
    media::AssetKind,
};
use uuid::Uuid;

use super::visible;
use crate::{
    field_filters::{FieldRows, custom_field, leads_to_seen, only_value},
    sql::Sql,
};

/// The values of custom fields beside an entry.
const FIELDS: FieldRows = FieldRows {
    table: "entry_field",
    key: "entry_id",
    of: "e.id",
};

/// Where a list is read from: the entries, or the narrow table of one term's or author's entries,
/// whose index carries the order, so that a page costs the same however many entries there are.
pub(super) struct Source<'a> {
    pub(super) from: &'static str,
    driver: Option<Driver<'a>>,
}

enum Driver<'a> {
    /// A category, a tag or an author.
    Term {
        key: &'a TermKey,
        namespace: Option<&'a str>,
        what: Relation,
        /// Category descendants have rows of their own; without them only direct ones count.
        only_direct: bool,
    },
    /// A value of a custom field: that of the first condition on them.
    Field {
        filter: &'a FieldFilter,
        value: &'a str,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Category,
    Tag,
    Author,
}

pub(super) fn source<'a>(scope: &ReadScope, query: &'a EntryQuery) -> Result<Source<'a>> {
    let only_published = *scope.visibility() == Visibility::Public
        || query.filter.status.as_deref() == Some(&[Status::Published]);
    let driver = (only_published && query.order.field == EntryOrderField::PublishedAt)
        .then(|| driver(query))
        .flatten();
    if query.filter.size() > 50 {
        return Err(Error::invalid("filter", "has more than 50 conditions"));
    }
    Ok(Source {
        from: match &driver {
            None => " FROM entry e",
            Some(Driver::Field { .. }) => " FROM entry_field x JOIN entry e ON e.id = x.entry_id",
            Some(Driver::Term { what, .. }) => match what {
                Relation::Author => " FROM entry_contribution x JOIN entry e ON e.id = x.entry_id",
                Relation::Category | Relation::Tag => {
                    " FROM entry_term x JOIN entry e ON e.id = x.entry_id"
                }
            },
        },
        driver,
    })
}

fn driver(query: &EntryQuery) -> Option<Driver<'_>> {
    let candidates = [
        (&query.filter.tag, Relation::Tag),
        (&query.filter.author, Relation::Author),
        (&query.filter.category, Relation::Category),
    ];
    let of_term = candidates.into_iter().find_map(|(filter, what)| {
        let filter = filter.as_ref()?;
        // Any of one and all of one are the same.
        let (([key], []) | ([], [key])) = (filter.any_of.as_slice(), filter.all_of.as_slice())
        else {
            return None;
        };
        if matches!(key, TermKey::Slug(_)) && query.edition.is_none() {
            return None;
        }
        Some(Driver::Term {
            key,
            namespace: filter.namespace.as_deref(),
            what,
            only_direct: what == Relation::Category && !filter.include_descendants,
        })
    });
    of_term.or_else(|| of_field(&query.filter))
}

/// A custom field that has one value.
fn of_field(filter: &EntryFilter) -> Option<Driver<'_>> {
    let first = filter.custom_fields.first()?;
    Some(Driver::Field {
        filter: first,
        value: only_value(first)?,
    })
}

impl Source<'_> {
    /// The columns the list is ordered by.
    pub(super) fn order_columns(&self, query: &EntryQuery) -> Result<(String, String)> {
        use domain::content::ContentKind::{Article, Issue, Page};
        let (table, id) = if self.driver.is_some() {
            ("x", "x.entry_id")
        } else {
            ("e", "e.id")
        };
        let key = match (query.order.field, query.kind) {
            (EntryOrderField::PublishedAt, _) => format!("{table}.sort_at"),
            (EntryOrderField::UpdatedAt, _) => "e.updated_at".to_owned(),
            (EntryOrderField::Title, _) => "e.title_key".to_owned(),
            (EntryOrderField::Position, Page) => "p.position".to_owned(),
            (EntryOrderField::Position, Issue) => "i.number".to_owned(),
            (EntryOrderField::Position, Article) => {
                return Err(Error::invalid("orderBy", "articles have no position"));
            }
        };
        Ok((key, id.to_owned()))
    }

    /// Adds everything behind WHERE.
    pub(super) fn conditions(&self, sql: &mut Sql, scope: &ReadScope, query: &EntryQuery) {
        let edition = query.edition.map(domain::id::Id::uuid);
        if let Some(driver) = &self.driver {
            match driver {
                Driver::Term {
                    key,
                    namespace,
                    what,
                    ..
                } => {
                    sql.push(if *what == Relation::Author {
                        "x.author_id = "
                    } else {
                        "x.term_id = "
                    });
                    resolve(sql, *what, key, *namespace, edition);
                }
                Driver::Field { filter, value } => {
                    sql.push("x.name = ").bind(filter.name.clone());
                    sql.push(" AND x.value_key = ").bind((*value).to_owned());
                    leads_to_seen(sql, scope, filter);
                }
            }
            sql.push(" AND x.kind = ")
                .bind(query.kind.as_str())
                .push(" AND x.status = 'published'");
            if let Some(edition) = edition {
                sql.push(" AND x.edition_id = ").bind(edition);
            }
            if let Driver::Term {
                what, only_direct, ..
            } = driver
            {
                if *only_direct {
                    sql.push(" AND x.is_direct");
                }
                if *what == Relation::Author {
                    // Somebody who wrote it and took the pictures is in the byline twice.
                    sql.push(" AND NOT EXISTS (SELECT 1 FROM entry_contribution y WHERE y.entry_id = x.entry_id AND y.author_id = x.author_id AND y.position < x.position)");
                }
            }
        } else {
            sql.push("e.kind = ").bind(query.kind.as_str());
            if let Some(edition) = edition {
                sql.push(" AND e.edition_id = ").bind(edition);
            }
        }
        visible(sql, scope, "e");
        // The trash is shown to those who ask for it.
        if *scope.visibility() != Visibility::Public && !query.filter.names_status() {
            sql.push(" AND e.status <> 'trashed'");
        }
        filter(sql, scope, &query.filter, edition, self.driver.as_ref());
    }
}

/// Adds ` AND …` for every condition; `skip` is the one the driving table already holds.
fn filter(
    sql: &mut Sql,
    scope: &ReadScope,
    filter: &EntryFilter,
    edition: Option<Uuid>,
    skip: Option<&Driver<'_>>,
) {
    let (skipped, held) = match skip {
        Some(Driver::Term { what, .. }) => (Some(*what), 0),
        Some(Driver::Field { .. }) => (None, 1),
        None => (None, 0),
    };
    for (terms, what) in [
        (&filter.category, Relation::Category),
        (&filter.tag, Relation::Tag),
        (&filter.author, Relation::Author),
    ] {
        if let Some(terms) = terms.as_ref().filter(|_| skipped != Some(what)) {
            related(sql, terms, what, edition);
        }
    }
    for (range, column) in [
        (&filter.published_at, "e.published_at"),
        (&filter.updated_at, "e.updated_at"),
    ] {
        if let Some(range) = range {
            time_range(sql, range, column);
        }
    }
    if let Some(statuses) = &filter.status {
        sql.push(" AND e.status IN (")
            .bind_all(statuses.iter().map(|status| status.as_str()))
            .push(")");
    }
    if let Some(kind) = filter.has_media {
        has_media(sql, kind);
    }
    if let Some(of) = filter.translation_of {
        sql.push(" AND e.id <> ")
            .bind(of.uuid())
            .push(" AND e.group_id = (SELECT g.group_id FROM entry g WHERE g.id = ")
            .bind(of.uuid());
        // What the actor may not read must not show through what it can.
        visible(sql, scope, "g");
        sql.push(")");
    }
    if let Some(missing) = filter.untranslated_in {
        sql.push(" AND NOT EXISTS (SELECT 1 FROM entry g WHERE g.group_id = e.group_id AND g.status <> 'trashed' AND g.edition_id = ").bind(missing.uuid());
        visible(sql, scope, "g");
        sql.push(")");
    }
    if let Some(is_stale) = filter.is_stale_translation {
        sql.push(if is_stale { " AND " } else { " AND NOT " });
        // The version readers see is what is translated: an edit that waits makes nothing stale.
        sql.push("EXISTS (SELECT 1 FROM entry g WHERE g.id = e.translated_from_id AND g.group_id = e.group_id AND coalesce(g.live_version, g.version) > e.translated_from_version");
        visible(sql, scope, "g");
        sql.push(")");
    }
    if let Some(source) = &filter.source {
        text(
            sql,
            source,
            "(SELECT s.source_outlet FROM article s WHERE s.entry_id = e.id)",
        );
    }
    if let Some(featured) = filter.is_featured {
        sql.push(" AND e.is_featured = ").bind(featured);
    }
    for field in filter.custom_fields.iter().skip(held) {
        custom_field(sql, scope, field, &FIELDS);
    }
    match filter.parent {
        Some(Some(parent)) => {
            sql.push(" AND e.parent_id = ").bind(parent.uuid());
            // A page nobody may see is no way to find those below it.
            sql.push(" AND EXISTS (SELECT 1 FROM entry g WHERE g.id = e.parent_id");
            visible(sql, scope, "g");
            sql.push(")");
        }
        Some(None) => {
            sql.push(" AND e.parent_id IS NULL");
        }
        None => {}
    }
    if let Some(newsletter) = filter.newsletter {
        sql.push(" AND e.id IN (SELECT n.entry_id FROM issue n WHERE n.newsletter_id = ")
            .bind(newsletter.uuid())
            .push(")");
    }
    for all in &filter.and {
        self::filter(sql, scope, all, edition, None);
    }
    if !filter.or.is_empty() {
        sql.push(" AND (1 = 0");
        for any in &filter.or {
            sql.push(" OR (1 = 1");
            self::filter(sql, scope, any, edition, None);
            sql.push(")");
        }
        sql.push(")");
    }
    if let Some(not) = &filter.not {
        // A condition on what is empty is neither true nor false: then it does not hold either.
        sql.push(" AND (1 = 1");
        self::filter(sql, scope, not, edition, None);
        sql.push(") IS NOT TRUE");
    }
}

/// The id a key names, as an expression.
fn resolve(
    sql: &mut Sql,
    what: Relation,
    key: &TermKey,
    namespace: Option<&str>,
    edition: Option<Uuid>,
) {
    match key {
        TermKey::Category(id) => {
            sql.bind(id.uuid());
        }
        TermKey::Tag(id) => {
            match namespace {
                Some(namespace) => sql
                    .push("(SELECT t.id FROM term t WHERE t.id = ")
                    .bind(id.uuid())
                    .push(" AND t.taxonomy = 'tag' AND t.namespace = ")
                    .bind(namespace.to_owned())
                    .push(")"),
                None => sql.bind(id.uuid()),
            };
        }
        TermKey::Author(id) => {
            sql.bind(id.uuid());
        }
        TermKey::Slug(slug) => {
            match what {
                Relation::Author => sql.push("(SELECT n.author_id FROM author_text n WHERE n.slug = ").bind(slug.clone()),
                Relation::Category => sql.push("(SELECT n.term_id FROM term_text n WHERE n.taxonomy = 'category' AND n.namespace = '' AND n.slug = ").bind(slug.clone()),
                Relation::Tag => {
                    let namespace = namespace.unwrap_or_default().to_owned();
                    sql.push("(SELECT n.term_id FROM term_text n WHERE n.taxonomy = 'tag' AND n.namespace = ").bind(namespace).push(" AND n.slug = ").bind(slug.clone())
                }
            };
            if let Some(edition) = edition {
                sql.push(" AND n.edition_id = ").bind(edition);
            }
            sql.push(")");
        }
    }
}

fn related(sql: &mut Sql, terms: &TermFilter, what: Relation, edition: Option<Uuid>) {
    let mut exists = |keys: &[TermKey]| {
        match what {
            Relation::Author => sql.push(" AND EXISTS (SELECT 1 FROM entry_contribution x WHERE x.entry_id = e.id AND (1 = 0"),
            Relation::Category | Relation::Tag => sql.push(" AND EXISTS (SELECT 1 FROM entry_term x WHERE x.entry_id = e.id AND (1 = 0"),
        };
        for key in keys {
            sql.push(if what == Relation::Author {
                " OR x.author_id IN ("
            } else {
                " OR x.term_id IN ("
            });
            resolve(sql, what, key, terms.namespace.as_deref(), edition);
            sql.push(")");
        }
        sql.push(")");
        if what == Relation::Category && !terms.include_descendants {
            sql.push(" AND x.is_direct");
        }
        sql.push(")");
    };
    if !terms.any_of.is_empty() {
        exists(&terms.any_of);
    }
    for key in &terms.all_of {
        exists(std::slice::from_ref(key));
    }
    if let Some(namespace) = terms
        .namespace
        .as_ref()
        .filter(|_| terms.any_of.is_empty() && terms.all_of.is_empty())
    {
        sql.push(" AND EXISTS (SELECT 1 FROM entry_term x JOIN term t ON t.id = x.term_id WHERE x.entry_id = e.id AND t.taxonomy = 'tag' AND t.namespace = ").bind(namespace.clone()).push(")");
    }
}

fn has_media(sql: &mut Sql, kind: AssetKind) {
    sql.push(" AND EXISTS (SELECT 1 FROM entry_asset x JOIN asset m ON m.id = x.asset_id AND NOT m.is_trashed WHERE x.entry_id = e.id AND m.kind = ").bind(kind.as_str()).push(")");
}

fn time_range(sql: &mut Sql, range: &TimeRange, column: &str) {
    for (bound, than) in [
        (range.gte, ">="),
        (range.gt, ">"),
        (range.lte, "<="),
        (range.lt, "<"),
    ] {
        if let Some(bound) = bound {
            sql.push(&format!(" AND {column} {than} ")).bind(bound);
            // The order column lets the index of the list do the work. It differs from the
            // publication time only where there is none.
            if column == "e.published_at" {
                sql.push(&format!(" AND e.sort_at {than} ")).bind(bound);
            }
        }
    }
}

fn text(sql: &mut Sql, filter: &StringFilter, expression: &str) {
    if let Some(eq) = &filter.eq {
        sql.push(&format!(" AND {expression} = ")).bind(eq.clone());
    }
    if let Some(any) = &filter.any_of {
        sql.push(&format!(" AND {expression} IN ("))
            .bind_all(any.iter().cloned())
            .push(")");
    }
    match filter.is_null {
        Some(true) => {
            sql.push(&format!(" AND {expression} IS NULL"));
        }
        Some(false) => {
            sql.push(&format!(" AND {expression} IS NOT NULL"));
        }
        None => {}
    }
}
