//! The statement that reads what belongs to entries: one branch per kind of relation, each yielding
//! `data`, the JSON of a row `[owner, position, {relation: [columns…]}]`.

use domain::content::Parts;
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
    columns.push(format!(
        "CASE WHEN mt.asset_id IS NULL THEN NULL ELSE {} END",
        engine.id_text("mt.edition_id")
    ));
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

/// One branch of the statement.
struct Branch {
    /// The name of the relation.
    relation: &'static str,
    /// An expression that orders its rows.
    position: &'static str,
    /// The expressions that make the data.
    columns: Vec<String>,
    /// An expression for the id of what it belongs to, or of what is shared.
    owner: &'static str,
    /// The tables up to `x.entry_id`, and what comes after the ids.
    tables: &'static str,
    condition: &'static str,
}

/// Makes a branch in the words of an engine.
type MakeBranch = fn(Engine) -> Branch;

/// The statement for these entries and parts; none if no part is a relation.
pub(super) fn statement(engine: Engine, ids: &[Uuid], parts: Parts) -> Option<Sql> {
    let branches: [(Parts, MakeBranch); 7] = [
        (Parts::TERMS, term_links),
        (Parts::TERMS, terms),
        (Parts::BYLINE, contributions),
        (Parts::BYLINE, authors),
        (Parts::HERO, hero),
        (Parts::ATTACHMENTS, attachments),
        (Parts::SECTIONS, sections),
    ];
    let mut sql = Sql::default();
    let among = sql.bind_ids(engine, ids);
    let mut between = "";
    for (_, branch) in branches
        .into_iter()
        .filter(|(part, _)| parts.contains(*part))
    {
        let Branch {
            relation,
            position,
            columns,
            owner,
            tables,
            condition,
        } = branch(engine);
        let owner = engine.id_text(owner);
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let named = engine.json_object(relation, &engine.json_array(&columns));
        let data = engine.json_text(&[&owner, position, &named]);
        sql.push(&format!(
            "{between}SELECT {data} AS data FROM {tables} WHERE x.entry_id {among}{condition}"
        ));
        between = " UNION ALL ";
    }
    (!between.is_empty()).then_some(sql)
}

fn term_links(engine: Engine) -> Branch {
    Branch {
        relation: "term_link",
        position: "x.position",
        columns: vec![engine.id_text("x.term_id"), engine.id_text("x.edition_id")],
        owner: "x.entry_id",
        tables: "entry_term x",
        condition: " AND x.is_direct",
    }
}

/// Each term once, however many of the entries have it.
fn terms(engine: Engine) -> Branch {
    let mut columns = vec![engine.id_text("x.edition_id")];
    columns.extend(owned(&["t.taxonomy", "t.namespace"]));
    columns.push(nullable_id(engine, "t.parent_id"));
    columns.extend(owned(&[
        "t.position",
        "t.version",
        "t.created_at",
        "t.updated_at",
    ]));
    columns.push(nullable_id(engine, "tt.edition_id"));
    columns.extend(owned(&[
        "tt.name",
        "tt.slug",
        "tt.slug_path",
        "tt.description",
    ]));
    Branch {
        relation: "term",
        position: "0",
        columns,
        owner: "x.term_id",
        tables: "(SELECT DISTINCT x.term_id, x.edition_id FROM entry_term x",
        condition: " AND x.is_direct) x JOIN term t ON t.id = x.term_id \
                    LEFT JOIN term_text tt ON tt.term_id = x.term_id AND tt.edition_id = x.edition_id",
    }
}

fn contributions(engine: Engine) -> Branch {
    let mut columns = owned(&["x.role", "x.name"]);
    columns.push(nullable_id(engine, "x.author_id"));
    columns.push(engine.id_text("x.edition_id"));
    Branch {
        relation: "contribution",
        position: "x.position",
        columns,
        owner: "x.entry_id",
        tables: "entry_contribution x",
        condition: "",
    }
}

/// Each author once, however many of the entries they wrote.
fn authors(engine: Engine) -> Branch {
    let mut columns = vec![engine.id_text("x.edition_id"), "w.website".to_owned()];
    columns.push(nullable_id(engine, "w.avatar_id"));
    columns.extend(owned(&[
        "w.version",
        "w.created_at",
        "w.updated_at",
        "wt.name",
        "wt.slug",
        "wt.job_title",
        "wt.bio",
    ]));
    Branch {
        relation: "author",
        position: "0",
        columns,
        owner: "w.id",
        tables: "(SELECT DISTINCT x.author_id, x.edition_id FROM entry_contribution x",
        condition: ") x JOIN author w ON w.id = x.author_id \
                    LEFT JOIN author_text wt ON wt.author_id = x.author_id AND wt.edition_id = x.edition_id",
    }
}

const FIGURES: &str = "entry_asset x JOIN entry e ON e.id = x.entry_id JOIN asset m ON m.id = x.asset_id \
                       LEFT JOIN asset_text mt ON mt.asset_id = m.id AND mt.edition_id = e.edition_id";

fn hero(engine: Engine) -> Branch {
    Branch {
        relation: "hero",
        position: "x.position",
        columns: figure(engine),
        owner: "x.entry_id",
        tables: FIGURES,
        condition: " AND x.role = 'hero'",
    }
}

fn attachments(engine: Engine) -> Branch {
    Branch {
        relation: "attachment",
        condition: " AND x.role = 'attachment'",
        ..hero(engine)
    }
}

fn figure(engine: Engine) -> Vec<String> {
    let columns = asset_columns(engine);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    vec![
        "x.caption".to_owned(),
        "x.alt".to_owned(),
        engine.json_array(&columns),
    ]
}

fn sections(engine: Engine) -> Branch {
    let mut columns = owned(&["x.section", "x.heading"]);
    columns.push(nullable_id(engine, "x.article_id"));
    columns.extend(owned(&["x.title", "x.summary", "x.note"]));
    Branch {
        relation: "section",
        position: "x.section * 10000 + x.position",
        columns,
        owner: "x.entry_id",
        tables: "issue_item x",
        condition: "",
    }
}

fn owned(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| (*column).to_owned()).collect()
}

/// An id as text that stays NULL when it is: `hex(NULL)` is an empty text on SQLite.
fn nullable_id(engine: Engine, column: &str) -> String {
    format!(
        "CASE WHEN {column} IS NULL THEN NULL ELSE {} END",
        engine.id_text(column)
    )
}
