//! The list of what belongs together across sources: translations of posts, and terms and authors
//! that are the same. It may be given before, with or after the imports it speaks of.

use std::{collections::BTreeSet, fs::File, path::Path};

use domain::{
    Error, Result,
    access::Action,
    authors::AuthorDraft,
    id::{AuthorId, EntryId, Id, TranslationGroupId},
    terms::{TermDraft, TermId},
    text::EditionText,
};
use persistence::{ImportLink, ImportRecord, OnUse};

use super::{
    addresses::Base,
    authors,
    groups::{group_target, listed_key, save_group_target, touch_members},
    items::Position,
    report::Problem,
    run::{entry_of, kinds, saying},
    term_writer,
    terms::term_id,
    writer::{Effects, Writer},
};
use crate::Tx;

/// What an import notes of a source that a list names.
pub(super) const LISTED: &str = "listed";

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LinkRow {
    pub(super) line: u64,
    pub(super) group: String,
    pub(super) source: String,
    /// `post`, `term` or `author`.
    pub(super) kind: &'static str,
    pub(super) id: String,
}

impl LinkRow {
    pub(super) fn key(&self) -> String {
        listed_key(self.kind, &self.group)
    }
}

/// The name a source is kept under: an address without its scheme, `www.` and slash at the end, so
/// that an export made before a site moved to HTTPS is of the same source; other names as they are.
pub(super) fn source_name(name: &str) -> String {
    let name = name.trim();
    match Base::parse(name) {
        Some(base) if name.starts_with("http") => format!("{}{}", base.host, base.path),
        Some(_) | None => name.trim_end_matches('/').to_owned(),
    }
}

/// Reads a list line by line; a line that says nothing is told with its number.
pub(super) struct LinkRows {
    rows: csv::StringRecordsIntoIter<File>,
    is_first: bool,
}

impl LinkRows {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| {
            Error::invalid(
                "links",
                format!("{} cannot be opened: {source}", path.display()),
            )
        })?;
        Ok(Self {
            rows: reader(file).into_records(),
            is_first: true,
        })
    }
}

fn reader<R: std::io::Read>(inner: R) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(inner)
}

impl Iterator for LinkRows {
    type Item = std::result::Result<LinkRow, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let row = self.rows.next()?;
            let is_first = std::mem::take(&mut self.is_first);
            match row {
                Ok(row) if is_first && is_header(&row) => {}
                Ok(row) => return Some(parse(&row)),
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    return Some(Err(problem(line, error.to_string())));
                }
            }
        }
    }
}

fn is_header(row: &csv::StringRecord) -> bool {
    let names = ["group", "source", "kind", "id"];
    let first = row.get(0).map(|name| name.trim_start_matches('\u{feff}'));
    first.is_some_and(|name| name.eq_ignore_ascii_case("group"))
        && row
            .iter()
            .skip(1)
            .zip(names.into_iter().skip(1))
            .all(|(name, known)| name.eq_ignore_ascii_case(known))
}

fn parse(row: &csv::StringRecord) -> std::result::Result<LinkRow, Problem> {
    let line = row.position().map_or(0, csv::Position::line);
    let field = |at: usize| row.get(at).map(|text| text.trim_start_matches('\u{feff}'));
    let (Some(group), Some(source), Some(kind), Some(id)) =
        (field(0), field(1), field(2), field(3))
    else {
        let text = "has fewer than four columns: group, source, kind, id";
        return Err(problem(line, text));
    };
    if group.is_empty() || source.is_empty() || id.is_empty() {
        return Err(problem(line, "has an empty column"));
    }
    let kind = match kind.to_ascii_lowercase().as_str() {
        "post" => kinds::POST,
        "term" => kinds::TERM,
        "author" => kinds::AUTHOR,
        _ => {
            let text = format!("names the kind `{kind}`; there are post, term and author");
            return Err(problem(line, text));
        }
    };
    Ok(LinkRow {
        line,
        group: group.to_owned(),
        source: source_name(source),
        kind,
        id: id.to_owned(),
    })
}

fn problem(line: u64, reason: impl Into<String>) -> Problem {
    let position = Position {
        line,
        byte_offset: 0,
    };
    Problem::at(position, "links", None, reason)
}

/// Keeps lines of the list, for imports to come.
pub(super) async fn keep(tx: &mut Tx, rows: &[LinkRow]) -> Result<()> {
    let mut sources = BTreeSet::new();
    for row in rows {
        let link = ImportLink {
            group: row.key(),
            source: row.source.clone(),
            kind: row.kind.to_owned(),
            external_id: row.id.clone(),
        };
        tx.store_tx().save_import_link(&link).await?;
        sources.insert(&row.source);
    }
    for source in sources {
        tx.store_tx()
            .save_import_record(source, kinds::STATE, LISTED, &saying(""))
            .await?;
    }
    Ok(())
}

impl Writer {
    /// Joins what lines of the list name with what the others of its group became, as far as it
    /// was imported.
    pub(super) async fn join(
        &mut self,
        tx: &mut Tx,
        rows: &[LinkRow],
        effects: &mut Effects,
    ) -> Result<()> {
        for row in rows {
            let joined = tx.savepoint(async |tx| self.join_one(tx, row).await).await;
            let reason = match joined {
                Ok(Joined::Already) => continue,
                Ok(Joined::Now) => {
                    effects.tally.reasons.joined += 1;
                    continue;
                }
                Ok(Joined::Refused(reason)) => reason,
                Err(error @ Error::Unavailable { .. }) => return Err(error),
                Err(error) => {
                    self.undo();
                    format!("cannot be joined: {error}")
                }
            };
            let told = problem(row.line, format!("{} {} {reason}", row.kind, row.id));
            effects.tally.problem(Problem {
                item_id: Some(row.id.clone()),
                ..told
            });
        }
        Ok(())
    }

    async fn join_one(&mut self, tx: &mut Tx, row: &LinkRow) -> Result<Joined> {
        let record = tx
            .reader()
            .import_record(&row.source, row.kind, &row.id)
            .await?;
        let Some(record) = record else {
            return Ok(Joined::Already);
        };
        match row.kind {
            kinds::TERM => self.join_term(tx, row, &record).await,
            kinds::AUTHOR => self.join_author(tx, row, &record).await,
            _ => match entry_of(&record) {
                Some(id) => join_entry(tx, row, id).await,
                None => Ok(Joined::Refused("is no post or page".to_owned())),
            },
        }
    }

    async fn join_term(
        &mut self,
        tx: &mut Tx,
        row: &LinkRow,
        record: &ImportRecord,
    ) -> Result<Joined> {
        let id = term_id(record);
        let key = row.key();
        let Some(kept) = group_target(tx, &key).await? else {
            save_group_target(tx, &key, id.taxonomy.as_str(), id.uuid()).await?;
            return Ok(Joined::Already);
        };
        if kept == id.uuid() {
            return Ok(Joined::Already);
        }
        let edition = self.run.default.edition;
        let other = term_writer::read(tx, id, edition).await?;
        let kept = term_writer::read(tx, TermId::new(id.taxonomy, kept), edition).await?;
        let (Some((other, other_texts)), Some((kept, texts))) = (other, kept) else {
            return Ok(Joined::Refused(
                "is of another taxonomy, or was deleted here".to_owned(),
            ));
        };
        if kept.namespace != other.namespace {
            return Ok(Joined::Refused("is of another taxonomy".to_owned()));
        }
        delete(
            tx,
            Action::Delete,
            other.target(),
            id.uuid(),
            kept.id.uuid(),
        )
        .await?;
        let mut all: Vec<EditionText<_>> = texts.into_iter().map(unlocalized).collect();
        for text in other_texts.into_iter().map(unlocalized) {
            if !all.iter().any(|known| known.edition == text.edition) {
                all.push(text);
            }
        }
        let draft = TermDraft {
            taxonomy: id.taxonomy,
            namespace: kept.namespace,
            parent: kept
                .parent
                .or(other.parent)
                .filter(|parent| parent.uuid() != id.uuid() && parent.uuid() != kept.id.uuid()),
            position: kept.position,
            texts: all,
        };
        crate::terms::update_in(tx, kept.id, &draft).await?;
        self.undo();
        repoint(tx, row, id.uuid(), kept.id.uuid()).await?;
        touch_members(tx, &key, row.kind, kept.id.uuid(), kept.version + 1).await?;
        Ok(Joined::Now)
    }

    async fn join_author(
        &mut self,
        tx: &mut Tx,
        row: &LinkRow,
        record: &ImportRecord,
    ) -> Result<Joined> {
        let id: AuthorId = Id::from_uuid(record.target_id);
        let key = row.key();
        let Some(kept) = group_target(tx, &key).await? else {
            save_group_target(tx, &key, &record.target_kind, id.uuid()).await?;
            return Ok(Joined::Already);
        };
        if kept == id.uuid() {
            return Ok(Joined::Already);
        }
        let edition = self.run.default.edition;
        let other = authors::read(tx, id, edition).await?;
        let kept = authors::read(tx, Id::from_uuid(kept), edition).await?;
        let (Some((_, _, other)), Some((kept, version, draft))) = (other, kept) else {
            return Ok(Joined::Refused("was deleted here".to_owned()));
        };
        let target = domain::access::Target::shared(domain::events::RecordKind::Author, id);
        delete(tx, Action::Delete, target, id.uuid(), kept.uuid()).await?;
        let mut texts = draft.texts;
        for text in other.texts {
            if !texts.iter().any(|known| known.edition == text.edition) {
                texts.push(text);
            }
        }
        let draft = AuthorDraft {
            website: draft.website.or(other.website),
            avatar: draft.avatar.or(other.avatar),
            texts,
        };
        crate::authors::update_in(tx, kept, &draft).await?;
        self.undo();
        repoint(tx, row, id.uuid(), kept.uuid()).await?;
        touch_members(tx, &key, row.kind, kept.uuid(), version + 1).await?;
        Ok(Joined::Now)
    }
}

/// What came of a line of the list.
enum Joined {
    Already,
    Now,
    Refused(String),
}

async fn join_entry(tx: &mut Tx, row: &LinkRow, id: EntryId) -> Result<Joined> {
    let Some(entry) = super::post_writer::entry(tx, id).await? else {
        return Ok(Joined::Refused("was deleted here".to_owned()));
    };
    let key = row.key();
    let Some(group) = group_target(tx, &key).await? else {
        save_group_target(tx, &key, "translations", entry.group.uuid()).await?;
        return Ok(Joined::Already);
    };
    if entry.group.uuid() == group {
        return Ok(Joined::Already);
    }
    let group = TranslationGroupId::from_uuid(group);
    let cx = tx.cx().clone();
    let members = tx.reader().translations(cx.scope(), &[group]).await?;
    let is_taken = members
        .into_values()
        .flatten()
        .any(|member| member.entry().edition == entry.edition && member.entry().id != id);
    if is_taken {
        let reason = "belongs to a group that has another of its edition";
        return Ok(Joined::Refused(reason.to_owned()));
    }
    tx.store_tx().move_to_group(id.uuid(), group.uuid()).await?;
    Ok(Joined::Now)
}

fn unlocalized<T>(text: domain::text::Localized<T>) -> EditionText<T> {
    EditionText {
        edition: text.edition,
        value: text.value,
    }
}

/// Deletes a record in favour of another.
async fn delete(
    tx: &mut Tx,
    action: Action,
    target: domain::access::Target,
    id: uuid::Uuid,
    other: uuid::Uuid,
) -> Result<()> {
    let cx = tx.cx().clone();
    let permit = cx.authorize(action, target)?;
    let on_use = OnUse::ReplaceWith(other);
    tx.store_tx()
        .delete_record(
            &permit,
            cx.scope(),
            persistence::Deletion {
                id,
                on_use,
                at: cx.now(),
            },
        )
        .await
}

/// Lets the members of a group that stood for a deleted record stand for the one that was kept.
async fn repoint(tx: &mut Tx, row: &LinkRow, from: uuid::Uuid, to: uuid::Uuid) -> Result<()> {
    for member in tx.reader().import_group_members(&row.key()).await? {
        let record = tx
            .reader()
            .import_record(&member.source, row.kind, &member.external_id)
            .await?;
        if let Some(record) = record.filter(|record| record.target_id == from) {
            let record = ImportRecord {
                target_id: to,
                ..record
            };
            tx.store_tx()
                .save_import_record(&member.source, row.kind, &member.external_id, &record)
                .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<std::result::Result<(String, String, &'static str, String), u64>> {
        let mut is_first = true;
        reader(text.as_bytes())
            .into_records()
            .map(Result::unwrap)
            .filter(|row| !(std::mem::take(&mut is_first) && is_header(row)))
            .map(|row| {
                parse(&row)
                    .map(|row| (row.group, row.source, row.kind, row.id))
                    .map_err(|problem| problem.line)
            })
            .collect()
    }

    #[test]
    fn a_list_is_read_with_or_without_a_header() {
        let text = "\u{feff}Group,source,KIND,id\n7, https://www.example.org/fa/ ,Post,12\n7,weekly,term,3\n";
        let expected = vec![
            Ok((
                "7".to_owned(),
                "example.org/fa".to_owned(),
                "post",
                "12".to_owned(),
            )),
            Ok(("7".to_owned(), "weekly".to_owned(), "term", "3".to_owned())),
        ];
        assert_eq!(rows(text), expected);
        assert_eq!(rows(text.split_once('\n').unwrap().1), expected);
    }

    #[test]
    fn a_line_that_says_nothing_is_told_by_its_number() {
        let text = "1,a,post,2\n1,a\n\"x\",a,page,3\n1,,post,2\n";
        assert_eq!(
            rows(text)
                .into_iter()
                .filter_map(Result::err)
                .collect::<Vec<_>>(),
            [2, 3, 4]
        );
    }

    #[test]
    fn a_source_is_the_same_over_http_and_https() {
        assert_eq!(
            source_name("https://www.Example.org/blog/"),
            "example.org/blog"
        );
        assert_eq!(source_name("http://example.org"), "example.org");
        assert_eq!(source_name(" weekly "), "weekly");
    }
}
