//! The statement that reads what belongs to entries: one row with a column for each kind of
//! relation, a JSON array of rows `[entry, place, [columns…]]`. A row of JSON costs the engines and
//! us less than a row of columns, and all of it is one answer. First comes the generation of the
//! records that rows name only by id.

use domain::{content::Parts, id::EditionId};
use uuid::Uuid;

use crate::{dialect::Engine, sql::Sql};

/// The columns of asset `m` and its text `mt`, for a JSON array.
pub(crate) fn asset_columns(engine: Engine) -> Vec<String> {
    let mut columns = vec![engine.id_text("m.id")];
    for column in [
        "kind",
        "storage_key",
        "remote_url",
        "file_name",
        "media_type",
        "size_bytes",
        "width",
        "height",
        "duration_ms",
        "focal_x",
        "focal_y",
        "licence",
    ] {
        columns.push(format!("m.{column}"));
    }
    columns.push("CASE WHEN m.is_public THEN 1 ELSE 0 END".to_owned());
    columns.extend(["m.version", "m.created_at", "m.updated_at"].map(str::to_owned));
    columns.push(engine.id_text("mt.edition_id"));
    columns.extend(
        [
            "mt.title",
            "mt.alt",
            "mt.caption",
            "mt.credit",
            "mt.description",
        ]
        .map(str::to_owned),
    );
    columns
}

/// One kind of relation: a column of the statement.
struct Relation {
    /// The expressions of a row.
    columns: Vec<String>,
    /// An expression that orders the rows of an entry.
    position: &'static str,
    /// The tables; those of an entry are found by `x.entry_id`.
    tables: String,
    /// What else must hold.
    condition: &'static str,
}

/// Makes a relation in the words of an engine. The text is that of the one edition of all entries, if
/// they are of one.
type MakeRelation = fn(Engine, Option<&str>) -> Relation;

const RELATIONS: [(Parts, MakeRelation); 5] = [
    (Parts::TERMS, terms),
    (Parts::BYLINE, byline),
    (Parts::HERO, hero),
    (Parts::ATTACHMENTS, attachments),
    (Parts::SECTIONS, sections),
];

/// Whether any part is a relation.
pub(super) fn has_any(parts: Parts) -> bool {
    RELATIONS.iter().any(|(part, _)| parts.contains(*part))
}

/// The statement for these entries and parts; none if no part is a relation. `edition`: that of all
/// the entries, if they are of one.
pub(super) fn of(
    engine: Engine,
    ids: &[Uuid],
    edition: Option<EditionId>,
    parts: Parts,
) -> Option<Sql> {
    if !has_any(parts) {
        return None;
    }
    let mut sql = Sql::default();
    let among = sql.bind_ids(engine, ids);
    let edition = bind_edition(&mut sql, edition, parts);
    sql.push("SELECT generation");
    for column in columns(engine, (&among, edition.as_deref()), parts) {
        sql.push(", ").push(&column);
    }
    sql.push(" FROM record_generation");
    Some(sql)
}

/// The statement for a page of entries and these parts of them. The columns of [`of`] come after
/// those of the page; one row has them, in the others they are NULL.
pub(super) fn with_page(
    engine: Engine,
    page: &Sql,
    order: &str,
    edition: Option<EditionId>,
    parts: Parts,
) -> Sql {
    let mut sql = Sql::new("WITH listed AS MATERIALIZED (");
    sql.append(page).push(") SELECT listed.*");
    let edition = bind_edition(&mut sql, edition, parts);
    let among = ("IN (SELECT id FROM listed)", edition.as_deref());
    let generation = std::iter::once("(SELECT generation FROM record_generation)".to_owned());
    for column in generation.chain(columns(engine, among, parts)) {
        sql.push(", CASE WHEN listed.id = (SELECT id FROM listed LIMIT 1) THEN ")
            .push(&column)
            .push(" END");
    }
    sql.push(" FROM listed").push(order);
    sql
}

fn bind_edition(sql: &mut Sql, edition: Option<EditionId>, parts: Parts) -> Option<String> {
    edition
        .filter(|_| parts.contains(Parts::HERO) || parts.contains(Parts::ATTACHMENTS))
        .map(|edition| sql.bind_for_later(edition.uuid()))
}

/// An expression for each relation: its rows, or NULL if it is not wanted.
fn columns(
    engine: Engine,
    (among, edition): (&str, Option<&str>),
    parts: Parts,
) -> impl Iterator<Item = String> {
    RELATIONS.into_iter().map(move |(part, relation)| {
        if !parts.contains(part) {
            return "NULL".to_owned();
        }
        let Relation {
            columns,
            position,
            tables,
            condition,
        } = relation(engine, edition);
        let owner = engine.id_text("x.entry_id");
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let row = engine.json_array(&[&owner, position, &engine.json_array(&columns)]);
        let rows = engine.json_rows(&row);
        format!("(SELECT {rows} FROM {tables} WHERE x.entry_id {among}{condition})")
    })
}

fn terms(engine: Engine, _edition: Option<&str>) -> Relation {
    Relation {
        columns: vec![engine.id_text("x.term_id")],
        position: "x.position",
        tables: "entry_term x".to_owned(),
        condition: " AND x.is_direct",
    }
}

fn byline(engine: Engine, _edition: Option<&str>) -> Relation {
    let mut columns = owned(&["x.role", "x.name"]);
    columns.push(engine.id_text("x.author_id"));
    Relation {
        columns,
        position: "x.position",
        tables: "entry_contribution x".to_owned(),
        condition: "",
    }
}

fn hero(engine: Engine, edition: Option<&str>) -> Relation {
    // Where all entries are of one edition, none has to be looked up for it.
    let (entry, edition) = edition.map_or(
        ("JOIN entry e ON e.id = x.entry_id ", "e.edition_id"),
        |edition| ("", edition),
    );
    let asset = asset_columns(engine);
    let asset: Vec<&str> = asset.iter().map(String::as_str).collect();
    Relation {
        columns: vec![
            "x.caption".to_owned(),
            "x.alt".to_owned(),
            engine.json_array(&asset),
        ],
        position: "x.position",
        tables: format!(
            "entry_asset x {entry}JOIN asset m ON m.id = x.asset_id AND NOT m.is_trashed \
             LEFT JOIN asset_text mt ON mt.asset_id = m.id AND mt.edition_id = {edition}"
        ),
        condition: " AND x.role = 'hero'",
    }
}

fn attachments(engine: Engine, edition: Option<&str>) -> Relation {
    Relation {
        condition: " AND x.role = 'attachment'",
        ..hero(engine, edition)
    }
}

fn sections(engine: Engine, _edition: Option<&str>) -> Relation {
    let mut columns = owned(&["x.section", "x.heading"]);
    columns.push(engine.id_text("x.article_id"));
    columns.extend(owned(&["x.title", "x.summary", "x.note"]));
    Relation {
        columns,
        position: "x.section * 10000 + x.position",
        tables: "issue_item x".to_owned(),
        condition: "",
    }
}

fn owned(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| (*column).to_owned()).collect()
}
