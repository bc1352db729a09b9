//! The rules of the schema, read from the database itself.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::TryGetable;

use crate::harness::{TestServer, engine};

async fn pairs<A: TryGetable, B: TryGetable>(server: &TestServer, statement: &str) -> Vec<(A, B)> {
    let rows = server.rows(statement).await;
    rows.iter()
        .map(|row| {
            (
                row.try_get_by_index(0).unwrap(),
                row.try_get_by_index(1).unwrap(),
            )
        })
        .collect()
}

/// One statement for each engine.
fn of_engine<'a>(sqlite: &'a str, postgres: &'a str) -> &'a str {
    if engine() == "postgres" {
        postgres
    } else {
        sqlite
    }
}

/// Foreign key columns as `table.column`, and what they name as `table, action on deletion`.
async fn foreign_keys(server: &TestServer) -> BTreeMap<String, String> {
    let statement = of_engine(
        "SELECT t.name || '.' || f.\"from\", f.\"table\" || ', ' || lower(f.on_delete) FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
        "SELECT c.conrelid::regclass || '.' || a.attname, c.confrelid::regclass || ', ' || CASE c.confdeltype WHEN 'c' THEN 'cascade' WHEN 'a' THEN 'no action' ELSE c.confdeltype::text END \
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'",
    );
    pairs(server, statement).await.into_iter().collect()
}

/// The first columns of whole (not partial) indexes as `table.column`.
async fn index_heads(server: &TestServer) -> BTreeSet<String> {
    let statement = of_engine(
        "SELECT t.name || '.' || c.name, '' FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c WHERE t.type = 'table' AND c.seqno = 0 AND i.partial = 0",
        "SELECT i.indrelid::regclass || '.' || a.attname, '' FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
         JOIN pg_class c ON c.oid = i.indrelid WHERE i.indpred IS NULL AND c.relnamespace = 'public'::regnamespace",
    );
    let heads: Vec<(String, String)> = pairs(server, statement).await;
    heads.into_iter().map(|(head, _)| head).collect()
}

#[tokio::test]
async fn every_foreign_key_is_the_head_of_an_index() {
    let server = TestServer::start().await;
    let (keys, heads) = (foreign_keys(&server).await, index_heads(&server).await);
    assert!(
        keys.len() > 40 && heads.len() > 60,
        "{} {}",
        keys.len(),
        heads.len()
    );
    let bare: Vec<_> = keys.keys().filter(|key| !heads.contains(*key)).collect();
    assert_eq!(
        bare,
        [] as [&String; 0],
        "without an index every deletion reads the table"
    );
}

/// What a deletion has to deal with: a new foreign key shows here, and `persistence::usage` must
/// say what happens to the rows that have it.
#[tokio::test]
async fn foreign_keys_are_as_they_were() {
    let server = TestServer::start().await;
    let lines: Vec<String> = foreign_keys(&server)
        .await
        .into_iter()
        .map(|(key, target)| format!("{key} -> {target}"))
        .collect();
    insta::assert_snapshot!("foreign_keys", lines.join("\n"));
}

/// The columns of every table as the generated picture of the schema says: whether they may be
/// empty, by `table.column`.
fn pictured(is_sqlite: bool) -> BTreeMap<String, bool> {
    let schema = migrations::schema(is_sqlite);
    let mut columns = BTreeMap::new();
    for table in schema.split("CREATE TABLE ").skip(1) {
        let (name, rest) = table.split_once(" (").unwrap();
        let body = rest.split("\n)").next().unwrap();
        for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let column = line.split(' ').next().unwrap();
            if column.starts_with(char::is_uppercase) {
                continue;
            }
            let is_empty_allowed = !line.contains("NOT NULL") && !line.contains("PRIMARY KEY");
            columns.insert(format!("{name}.{column}"), is_empty_allowed);
        }
    }
    for added in schema.split("ALTER TABLE ").skip(1) {
        let Some((name, rest)) = added.split_once(" ADD COLUMN ") else {
            continue;
        };
        let line = rest.lines().next().unwrap();
        let column = line.split(' ').next().unwrap();
        columns.insert(format!("{name}.{column}"), !line.contains("NOT NULL"));
    }
    columns
}

#[tokio::test]
async fn the_picture_of_the_schema_is_the_schema() {
    let server = TestServer::start().await;
    let statement = of_engine(
        "SELECT t.name || '.' || c.name, c.\"notnull\" = 0 AND c.pk = 0 FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'seaql%'",
        "SELECT table_name || '.' || column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'seaql%'",
    );
    let real: BTreeMap<String, bool> = pairs(&server, statement).await.into_iter().collect();
    assert_eq!(real, pictured(engine() == "sqlite"));
}

#[test]
fn both_engines_have_the_same_columns() {
    assert_eq!(pictured(true), pictured(false));
}

#[tokio::test]
async fn no_column_has_a_default() {
    let server = TestServer::start().await;
    let statement = of_engine(
        "SELECT t.name || '.' || c.name, c.dflt_value FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.dflt_value IS NOT NULL AND t.name NOT LIKE 'seaql%'",
        "SELECT table_name || '.' || column_name, column_default FROM information_schema.columns WHERE table_schema = 'public' AND column_default IS NOT NULL AND table_name NOT LIKE 'seaql%'",
    );
    let found: Vec<(String, String)> = pairs(&server, statement).await;
    assert_eq!(found, [], "values come from the program");
}

#[tokio::test]
async fn texts_in_keys_are_compared_byte_by_byte() {
    if engine() != "postgres" {
        // SQLite compares texts so unless it is told otherwise.
        assert!(!migrations::schema(true).to_uppercase().contains("COLLATE"));
        return;
    }
    let server = TestServer::start().await;
    let found: Vec<(String, String)> = pairs(
        &server,
        "SELECT DISTINCT i.indrelid::regclass || '.' || a.attname, co.collname::text FROM pg_index i \
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) JOIN pg_collation co ON co.oid = a.attcollation \
         JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace AND co.collname <> 'C' AND i.indrelid::regclass::text NOT LIKE 'seaql%'",
    )
    .await;
    assert_eq!(
        found,
        [],
        "the order of these depends on the server's language"
    );
}

#[test]
fn names_are_written_as_agreed() {
    for (name, _) in pictured(true) {
        let (table, column) = name.split_once('.').unwrap();
        let is_snake = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        assert!(is_snake(table) && is_snake(column), "{name}");
        assert!(
            !table.ends_with('s') || table.ends_with("ss"),
            "{table} is not singular"
        );
    }
    for line in migrations::schema(false).lines().map(str::trim) {
        let line = line
            .split_once(" ADD COLUMN ")
            .map_or(line, |(_, column)| column);
        let column = line.split(' ').next().unwrap();
        if line.contains(" timestamptz") {
            assert!(column == "at" || column.ends_with("_at"), "{line}");
        }
        if line.contains(" boolean") {
            let is_plain =
                ["comments_open", "opens_new_window", "has_pending_changes"].contains(&column);
            assert!(column.starts_with("is_") || is_plain, "{line}");
        }
    }
}

#[tokio::test]
async fn a_migrated_store_has_nothing_to_migrate() {
    let server = TestServer::start().await;
    assert_eq!(server.app.store().pending_migrations().await.unwrap(), 0);
    server.app.store().migrate().await.unwrap();
}
