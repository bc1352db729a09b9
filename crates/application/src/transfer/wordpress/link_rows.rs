//! Reading the list of links, line by line.

use std::{fs::File, io::Read, path::Path};

use domain::{Error, Result, text::Locale};

use super::{
    addresses::Base, editions::language_of, groups::listed_key, items::Position, report::Problem,
    run::kinds,
};

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LinkRow {
    pub(super) line: u64,
    pub(super) group: String,
    pub(super) source: String,
    /// `post`, `term` or `author`.
    pub(super) kind: &'static str,
    pub(super) id: String,
    /// Its edition, where the export does not say it.
    pub(super) edition: Option<Locale>,
}

impl LinkRow {
    pub(super) fn key(&self) -> String {
        listed_key(self.kind, &self.group)
    }

    /// The kind under which its edition is noted.
    pub(super) fn edition_kind(&self) -> &'static str {
        match self.kind {
            kinds::TERM => kinds::TERM_EDITION,
            _ => kinds::POST_EDITION,
        }
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
pub(super) struct LinkRows<R> {
    rows: csv::StringRecordsIntoIter<R>,
    is_first: bool,
}

impl LinkRows<File> {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| {
            Error::invalid(
                "links",
                format!("{} cannot be opened: {source}", path.display()),
            )
        })?;
        Ok(Self::new(file))
    }
}

impl<R: Read> LinkRows<R> {
    pub(super) fn new(inner: R) -> Self {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(inner);
        Self {
            rows: reader.into_records(),
            is_first: true,
        }
    }
}

impl<R: Read> Iterator for LinkRows<R> {
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
    let names = ["group", "source", "kind", "id", "edition"];
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
        edition: edition(kind, field(4).unwrap_or_default()).map_err(|text| problem(line, text))?,
    })
}

/// The edition a line names, written as WordPress or as we write it.
fn edition(kind: &str, text: &str) -> std::result::Result<Option<Locale>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    if kind == kinds::AUTHOR {
        return Err("names an edition for an author, who has none".to_owned());
    }
    language_of(text).map(Some).map_err(|error| {
        format!("names the edition `{text}`, which is no language tag such as fa: {error}")
    })
}

pub(super) fn problem(line: u64, reason: impl Into<String>) -> Problem {
    let position = Position {
        line,
        byte_offset: 0,
    };
    Problem::at(position, "links", None, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (String, String, &'static str, String, Option<String>);

    /// The lines of a list, or the numbers of those that say nothing.
    fn rows(text: &str) -> Vec<std::result::Result<Row, u64>> {
        LinkRows::new(text.as_bytes())
            .map(|row| {
                row.map(|row| {
                    let edition = row.edition.map(|edition| edition.to_string());
                    (row.group, row.source, row.kind, row.id, edition)
                })
                .map_err(|problem| problem.line)
            })
            .collect()
    }

    #[test]
    fn a_list_is_read_with_or_without_a_header() {
        let text = "\u{feff}Group,source,KIND,id,edition\n7, https://www.example.org/fa/ ,Post,12,fa_IR\n7,weekly,term,3\n";
        let expected = vec![
            Ok((
                "7".to_owned(),
                "example.org/fa".to_owned(),
                "post",
                "12".to_owned(),
                Some("fa".to_owned()),
            )),
            Ok((
                "7".to_owned(),
                "weekly".to_owned(),
                "term",
                "3".to_owned(),
                None,
            )),
        ];
        assert_eq!(rows(text), expected);
        assert_eq!(rows(text.split_once('\n').unwrap().1), expected);
    }

    #[test]
    fn a_line_that_says_nothing_is_told_by_its_number() {
        let text = "1,a,post,2\n1,a\n\"x\",a,page,3\n1,,post,2\n1,a,post,2,e!\n1,a,author,2,fa\n";
        assert_eq!(
            rows(text)
                .into_iter()
                .filter_map(Result::err)
                .collect::<Vec<_>>(),
            [2, 3, 4, 5, 6]
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
