//! The import with everything left out that is not reading the file and writing the rows: no
//! sanitising, no blocks, no links, no checks, no second run. What the real import is held against.

use std::{
    collections::HashMap,
    path::Path,
    time::{Duration, Instant},
};

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};
use rusqlite::{CachedStatement, Connection, ToSql, params};

use crate::{Result, fault, publication::AUTHORS, random::Random, stores, words::LANGUAGES};

/// Items in one transaction.
const BATCH: usize = 200;
const KIND: u64 = 4;

/// What was written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loop {
    pub(crate) posts: usize,
    pub(crate) time: Duration,
}

/// Reads the file and writes its rows into a fresh store.
pub(crate) async fn run(file: &Path, store: &Path) -> Result<Loop> {
    stores::open_empty(store).await?.close().await?;
    let begun = Instant::now();
    let connection = Connection::open(store)?;
    for (name, value) in [
        ("journal_mode", "WAL"),
        ("synchronous", "NORMAL"),
        ("foreign_keys", "ON"),
        ("cache_size", "-16384"),
    ] {
        connection.pragma_update(None, name, value)?;
    }
    connection.set_prepared_statement_cache_capacity(50);
    let mut writer = Writer::new(&connection)?;
    let mut reader = Reader::from_file(file)?;
    let posts = read(&mut reader, &mut writer)?;
    writer.commit()?;
    drop(writer);
    connection.close().map_err(|(_connection, error)| error)?;
    Ok(Loop {
        posts,
        time: begun.elapsed(),
    })
}

/// One item of the export, or one author, category or tag.
#[derive(Debug, Default)]
struct Item {
    fields: HashMap<&'static str, String>,
    terms: Vec<String>,
    edition: usize,
    thumbnail: Option<String>,
    comment: Option<String>,
}

impl Item {
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// The elements whose text is kept.
const FIELDS: [&str; 21] = [
    "title",
    "link",
    "dc:creator",
    "guid",
    "content:encoded",
    "excerpt:encoded",
    "wp:post_id",
    "wp:post_date_gmt",
    "wp:post_name",
    "wp:status",
    "wp:post_type",
    "wp:attachment_url",
    "wp:meta_key",
    "wp:meta_value",
    "wp:author_login",
    "wp:author_display_name",
    "wp:category_nicename",
    "wp:cat_name",
    "wp:tag_slug",
    "wp:tag_name",
    "wp:comment_content",
];

fn read(
    reader: &mut Reader<std::io::BufReader<std::fs::File>>,
    writer: &mut Writer<'_>,
) -> Result<usize> {
    let (mut buffer, mut text) = (Vec::new(), String::new());
    let (mut item, mut category, mut posts) = (Item::default(), None, 0);
    loop {
        match reader.read_event_into(&mut buffer)? {
            Event::Start(start) => {
                text.clear();
                match start.name().as_ref() {
                    "item" | "wp:author" | "wp:category" | "wp:tag" => item = Item::default(),
                    "category" => category = Some(attributes(&start)?),
                    _ => {}
                }
            }
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::End(end) => {
                let name = end.name();
                match name.as_ref() {
                    "item" => {
                        posts += usize::from(item.field("wp:post_type") == "post");
                        writer.item(&item)?;
                    }
                    "wp:author" => writer.author(&item)?,
                    "wp:category" => {
                        writer.term(&item, "category", "wp:category_nicename", "wp:cat_name")?;
                    }
                    "wp:tag" => writer.term(&item, "tag", "wp:tag_slug", "wp:tag_name")?,
                    "category" => {
                        if let Some((domain, nicename)) = category.take() {
                            match domain.as_str() {
                                "language" => {
                                    item.edition = LANGUAGES
                                        .iter()
                                        .position(|language| language.code == nicename)
                                        .unwrap_or_default();
                                }
                                "category" | "post_tag" => item.terms.push(nicename),
                                _ => {}
                            }
                        }
                    }
                    "wp:postmeta" if item.field("wp:meta_key") == "_thumbnail_id" => {
                        item.thumbnail = item.fields.remove("wp:meta_value");
                    }
                    "wp:comment" => item.comment = item.fields.remove("wp:comment_content"),
                    name => {
                        if let Some(known) = FIELDS.iter().find(|known| **known == name) {
                            item.fields.insert(known, std::mem::take(&mut text));
                        }
                    }
                }
                text.clear();
            }
            Event::Eof => return Ok(posts),
            _ => {}
        }
        buffer.clear();
    }
}

fn attributes(start: &BytesStart<'_>) -> Result<(String, String)> {
    let mut of = (String::new(), String::new());
    for attribute in start.attributes() {
        let attribute = attribute?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)?
            .into_owned();
        match attribute.key.as_ref() {
            "domain" => of.0 = value,
            "nicename" => of.1 = value,
            _ => {}
        }
    }
    Ok(of)
}

type Key = [u8; 16];

struct Writer<'c> {
    connection: &'c Connection,
    written: usize,
    ids: Random,
    editions: Vec<Key>,
    terms: HashMap<String, Key>,
    authors: HashMap<String, Key>,
    assets: HashMap<String, Key>,
}

const NOW: &str = "2026-01-10T00:00:00+00:00";
const SOURCE: &str = "https://gazette.example.org";

impl<'c> Writer<'c> {
    fn new(connection: &'c Connection) -> Result<Self> {
        let mut writer = Self {
            connection,
            written: 0,
            ids: Random::of(KIND, 0),
            editions: Vec::new(),
            terms: HashMap::new(),
            authors: HashMap::with_capacity(AUTHORS),
            assets: HashMap::new(),
        };
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for (position, language) in (0_i64..).zip(LANGUAGES) {
            let id = writer.id();
            let values = params![
                id,
                language.code,
                language.name,
                "https://example.org",
                language.title,
                position == 0,
                position,
                NOW
            ];
            writer.run("INSERT INTO edition (id, code, name, direction, base_url, title, is_default, position, permalinks, slug_style, version, created_at, updated_at) VALUES (?1, ?2, ?3, 'ltr', ?4, ?5, ?6, ?7, '{}', 'native', 1, ?8, ?8)", values)?;
            writer.editions.push(id);
        }
        Ok(writer)
    }

    fn id(&mut self) -> Key {
        // Begins with a counter, as a UUIDv7 begins with the time.
        let number = u64::try_from(self.written).unwrap_or_default();
        let both = (u128::from(number) << 64) | u128::from(self.ids.next());
        both.to_be_bytes()
    }

    fn statement(&self, sql: &str) -> Result<CachedStatement<'c>> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    fn run(&self, sql: &str, values: &[&dyn ToSql]) -> Result<()> {
        self.statement(sql)?.execute(values)?;
        Ok(())
    }

    fn commit(&self) -> Result<()> {
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// What every record leaves behind besides its own rows.
    fn record(&mut self, kind: &str, external: &str, id: Key) -> Result<()> {
        let shown = format!("{kind}_{:026x}", u128::from_be_bytes(id));
        self.run("INSERT INTO audit (at, actor, action, target_kind, target_id) VALUES (?1, 'system:import', 'create', ?2, ?3)", params![NOW, kind, shown])?;
        self.run(
            "INSERT INTO outbox (at, name, target_id, edition_id) VALUES (?1, ?2, ?3, ?4)",
            params![NOW, format!("{kind}.created"), shown, self.editions.first()],
        )?;
        let values = params![
            SOURCE,
            kind,
            external,
            id,
            "0000000000000000000000000000000000000000000000000000000000000000"
        ];
        self.run("INSERT INTO import_record (source, kind, external_id, target_kind, target_id, content_hash, target_version) VALUES (?1, ?2, ?3, ?2, ?4, ?5, 1)", values)?;
        self.written += 1;
        if self.written.is_multiple_of(BATCH) {
            self.connection.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
        }
        Ok(())
    }

    fn author(&mut self, item: &Item) -> Result<()> {
        let (id, login, name) = (
            self.id(),
            item.field("wp:author_login"),
            item.field("wp:author_display_name"),
        );
        self.run(
            "INSERT INTO author (id, version, created_at, updated_at) VALUES (?1, 1, ?2, ?2)",
            params![id, NOW],
        )?;
        self.run("INSERT INTO author_text (author_id, edition_id, name, name_key, slug) VALUES (?1, ?2, ?3, ?3, ?4)", params![id, self.editions.first(), name, login])?;
        self.authors.insert(login.to_owned(), id);
        self.record("author", login, id)
    }

    fn term(&mut self, item: &Item, taxonomy: &str, slug: &str, name: &str) -> Result<()> {
        let (id, slug, name) = (self.id(), item.field(slug), item.field(name));
        self.run("INSERT INTO term (id, taxonomy, namespace, tree_path, position, version, created_at, updated_at) VALUES (?1, ?2, '', '', 0, 1, ?3, ?3)", params![id, taxonomy, NOW])?;
        let values = params![id, self.editions.first(), taxonomy, name, slug];
        self.run("INSERT INTO term_text (term_id, edition_id, taxonomy, namespace, name, name_key, slug, slug_path) VALUES (?1, ?2, ?3, '', ?4, ?4, ?5, ?5)", values)?;
        self.terms.insert(slug.to_owned(), id);
        self.record(taxonomy, slug, id)
    }

    fn item(&mut self, item: &Item) -> Result<()> {
        match item.field("wp:post_type") {
            "attachment" => self.asset(item),
            "post" => self.post(item),
            other => Err(fault(format!("an item of the type {other}"))),
        }
    }

    fn asset(&mut self, item: &Item) -> Result<()> {
        let (id, url, number) = (
            self.id(),
            item.field("wp:attachment_url"),
            item.field("wp:post_id"),
        );
        self.run(
            "INSERT INTO asset (id, kind, remote_url, file_name, media_type, is_public, is_trashed, version, created_at, updated_at) VALUES (?1, 'image', ?2, ?3, 'image/jpeg', 1, 0, 1, ?4, ?4)",
            params![id, url, url.rsplit('/').next(), NOW],
        )?;
        self.run(
            "INSERT INTO asset_text (asset_id, edition_id, title, alt) VALUES (?1, ?2, ?3, ?3)",
            params![id, self.editions.first(), item.field("title")],
        )?;
        self.assets.insert(number.to_owned(), id);
        self.record("asset", number, id)
    }

    fn post(&mut self, item: &Item) -> Result<()> {
        let (id, group) = (self.id(), self.id());
        let edition = self.editions.get(item.edition).copied().unwrap_or_default();
        let at = format!(
            "{}+00:00",
            item.field("wp:post_date_gmt").replacen(' ', "T", 1)
        );
        let (title, slug, number) = (
            item.field("title"),
            item.field("wp:post_name"),
            item.field("wp:post_id"),
        );
        let path = item
            .field("link")
            .strip_prefix(SOURCE)
            .unwrap_or_default()
            .trim_end_matches('/');
        let content = item.field("content:encoded");
        let text = without_tags(content);
        let words = i64::try_from(text.split_whitespace().count())?;
        let excerpt: String = text
            .split_whitespace()
            .take(100)
            .collect::<Vec<_>>()
            .join(" ");
        self.run(
            "INSERT INTO translation_group (id, created_at) VALUES (?1, ?2)",
            params![group, NOW],
        )?;
        self.run(
            "INSERT INTO entry (id, kind, edition_id, group_id, slug_scope, slug, path, title, title_key, status, version, has_pending_changes, published_at, sort_at, is_featured, guid, excerpt, derived_excerpt, word_count, reading_time_minutes, comments_open, comment_count, private_data, created_at, updated_at) \
             VALUES (?1, 'article', ?2, ?3, '', ?4, ?5, ?6, ?6, 'published', 1, 0, ?7, ?7, 0, ?8, ?9, ?10, ?11, ?12, 1, 0, '{\"_edit_last\":\"1\"}', ?7, ?7)",
            params![id, edition, group, slug, path, title, at, item.field("guid"), item.field("excerpt:encoded"), excerpt, words, words / 200 + 1],
        )?;
        let blocks = serde_json::to_string(&blocks(content))?;
        self.run(
            "INSERT INTO entry_body (entry_id, parser_version, source_format, source, html, markdown, plain_text, blocks) VALUES (?1, 1, 'html', ?2, ?2, ?3, ?3, ?4)",
            params![id, content, text, blocks],
        )?;
        self.run("INSERT INTO route (edition_id, path, role, entry_id, is_permanent, version, created_at, updated_at) VALUES (?1, ?2, 'canonical', ?3, 1, 1, ?4, ?4)", params![edition, path, id, NOW])?;
        let primary = item.terms.first().and_then(|term| self.terms.get(term));
        self.run(
            "INSERT INTO article (entry_id, primary_category_id) VALUES (?1, ?2)",
            params![id, primary],
        )?;
        for (position, term) in (0_i64..).zip(&item.terms) {
            let values = params![id, self.terms.get(term), position, edition, at];
            self.run("INSERT OR IGNORE INTO entry_term (entry_id, term_id, position, is_direct, kind, edition_id, status, sort_at) VALUES (?1, ?2, ?3, 1, 'article', ?4, 'published', ?5)", values)?;
        }
        let values = params![id, self.authors.get(item.field("dc:creator")), edition, at];
        self.run("INSERT INTO entry_contribution (entry_id, position, author_id, role, kind, edition_id, status, sort_at) VALUES (?1, 0, ?2, 'author', 'article', ?3, 'published', ?4)", values)?;
        if let Some(asset) = item
            .thumbnail
            .as_ref()
            .and_then(|number| self.assets.get(number))
        {
            self.run("INSERT INTO entry_asset (entry_id, role, position, asset_id) VALUES (?1, 'hero', 0, ?2)", params![id, asset])?;
        }
        if let Some(comment) = &item.comment {
            let comment_id = self.id();
            let values = params![comment_id, id, edition, comment, at];
            self.run("INSERT INTO comment (id, entry_id, entry_kind, edition_id, status, author_name, body_html, body_text, reply_count, version, created_at) VALUES (?1, ?2, 'article', ?3, 'approved', 'A reader', ?4, ?4, 0, 1, ?5)", values)?;
            self.record("comment", number, comment_id)?;
        }
        self.record("article", number, id)
    }
}

/// The text between tags: about as long as the plain text the store holds.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    text
}

/// One value for each line: about as long as the blocks the store holds.
fn blocks(html: &str) -> Vec<serde_json::Value> {
    let lines = html
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("<!--"));
    lines
        .map(|line| serde_json::json!({ "type": "paragraph", "html": line, "text": "" }))
        .collect()
}
