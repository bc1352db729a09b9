//! Reads redirects out of a CSV text (RFC 4180). What is wrong with a line does not stop the
//! reading.

use csv::{ByteRecord, ReaderBuilder};
use domain::{change::Change, redirects::RedirectChange};

use super::{MAX_CSV_BYTES, Wrong};

/// The most lines.
const MOST_LINES: usize = 50_000;

/// A line as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number in the text, from 1, the header included.
    pub(super) number: u64,
    /// What it says.
    pub(super) change: RedirectChange,
}

/// Where the columns stand.
#[derive(Debug)]
struct Columns {
    from: usize,
    to: usize,
    permanent: Option<usize>,
    count: usize,
}

/// Reads the lines of a text, and what is wrong with it.
pub(super) fn read(text: &[u8]) -> (Vec<Line>, Wrong) {
    let mut wrong = Wrong::default();
    let mut lines = Vec::new();
    if text.len() > MAX_CSV_BYTES {
        let most = MAX_CSV_BYTES / 1024 / 1024;
        wrong.push(1, "", format!("the text must have at most {most} MiB"));
        return (lines, wrong);
    }
    // Spreadsheets put a byte order mark before the text.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let mut record = ByteRecord::new();
    let mut counter = LineCounter {
        text,
        at: 0,
        line: 1,
    };
    let mut columns = None;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                wrong.push(reader.position().line(), "", format!("is not CSV: {error}"));
                break;
            }
        }
        let begin = record.position().map_or(0, csv::Position::byte);
        let number = counter.line_at(usize::try_from(begin).unwrap_or(text.len()));
        let Some(columns) = &columns else {
            columns = header(&record, number, &mut wrong);
            if columns.is_none() {
                return (lines, wrong);
            }
            continue;
        };
        if lines.len() == MOST_LINES {
            wrong.push(
                number,
                "",
                format!("there must be at most {MOST_LINES} lines"),
            );
            break;
        }
        if let Some(change) = line(&record, columns, number, &mut wrong) {
            lines.push(Line { number, change });
        }
    }
    if columns.is_none() {
        wrong.push(1, "", HEADER);
    }
    (lines, wrong)
}

/// Counts lines as people do. The reader ends a line at its `\r`, and counts the `\n` after it to
/// the next one.
struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
    /// The line of the first record at or after a byte, which is never before the last one asked for.
    fn line_at(&mut self, begin: usize) -> u64 {
        while let Some(byte) = self.text.get(self.at) {
            if self.at >= begin && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

const HEADER: &str = "must name the columns: from,to,permanent (the last may be left out)";

fn header(record: &ByteRecord, number: u64, wrong: &mut Wrong) -> Option<Columns> {
    let names: Vec<&[u8]> = record.iter().map(<[u8]>::trim_ascii).collect();
    let place = |name: &str| names.iter().position(|known| *known == name.as_bytes());
    let columns = Columns {
        from: place("from").unwrap_or(usize::MAX),
        to: place("to").unwrap_or(usize::MAX),
        permanent: place("permanent"),
        count: names.len(),
    };
    let expected = 2 + usize::from(columns.permanent.is_some());
    if columns.from == usize::MAX || columns.to == usize::MAX || names.len() != expected {
        wrong.push(number, "", HEADER);
        return None;
    }
    Some(columns)
}

fn line(
    record: &ByteRecord,
    columns: &Columns,
    number: u64,
    wrong: &mut Wrong,
) -> Option<RedirectChange> {
    if record.len() != columns.count {
        let (is, must) = (record.len(), columns.count);
        wrong.push(number, "", format!("has {is} columns instead of {must}"));
        return None;
    }
    let mut is_good = true;
    let mut text = |place: usize, name: &str| {
        let bytes = record.get(place).unwrap_or_default();
        let text = str::from_utf8(bytes.trim_ascii());
        text.unwrap_or_else(|_error| {
            wrong.push(number, name, "is not UTF-8");
            is_good = false;
            ""
        })
    };
    let (from, to) = (text(columns.from, "from"), text(columns.to, "to"));
    let permanent = columns
        .permanent
        .map_or("", |place| text(place, "permanent"));
    let is_permanent = match permanent.to_ascii_lowercase().as_str() {
        "" | "true" | "301" => true,
        "false" | "302" => false,
        _ => {
            wrong.push(number, "permanent", "must be true or false");
            return None;
        }
    };
    let to = if to.is_empty() {
        Ok(domain::redirects::RedirectTarget::Gone)
    } else {
        to.parse()
    };
    match to {
        Ok(to) if is_good => Some(RedirectChange {
            from: Change::Set(from.to_owned()),
            to: Change::Set(to),
            is_permanent: Change::Set(is_permanent),
        }),
        Ok(_) => None,
        Err(error) => {
            for fault in error.fields() {
                wrong.push(number, "to", fault.message.clone());
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::redirects::RedirectTarget;
    use proptest::prelude::*;

    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let (_, wrong) = read(text.as_bytes());
        let faults = wrong.errors.into_iter();
        faults.map(|(_, error)| error.field).collect()
    }

    fn targets(text: &str) -> Vec<(u64, RedirectTarget, bool)> {
        let (lines, wrong) = read(text.as_bytes());
        assert!(wrong.errors.is_empty(), "{wrong:?}");
        let of = |line: Line| {
            let to = line.change.to.as_set().cloned().unwrap();
            (
                line.number,
                to,
                line.change.is_permanent == Change::Set(true),
            )
        };
        lines.into_iter().map(of).collect()
    }

    #[test]
    fn a_line_is_a_redirect() {
        let url = |text: &str| RedirectTarget::Url(text.to_owned());
        assert_eq!(
            targets(
                "\u{feff}from,to,permanent\r\n/a,/b,true\r\n\"/c,d\",,\r\n\r\n/e,https://example.org/,false\r\n"
            ),
            [
                (2, url("/b"), true),
                (3, RedirectTarget::Gone, true),
                (5, url("https://example.org/"), false),
            ]
        );
        assert_eq!(targets("to, from\n/b,/a\n"), [(2, url("/b"), true)]);
        assert_eq!(targets("from,to\n"), []);
    }

    #[test]
    fn every_wrong_line_is_named() {
        assert_eq!(
            faults("from,to,permanent\n/a,b,true\n/c\n/d,/e,maybe\n/f,/g,true\n"),
            ["2.to", "3", "4.permanent"]
        );
        for header in [
            "",
            "a,b\n/a,/b\n",
            "from\n",
            "from,to,extra\n",
            "from,from,to\n",
        ] {
            assert_eq!(faults(header), ["1"], "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _read = read(&bytes);
        }

        #[test]
        fn what_is_written_is_read(
            rows in proptest::collection::vec(("/[a-z\u{634}\",\n ]{1,8}x", "/[a-z]{1,8}", any::<bool>()), 0..20),
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["from", "to", "permanent"]).unwrap();
            for (from, to, permanent) in &rows {
                writer.write_record([from.as_str(), to, if *permanent { "true" } else { "false" }]).unwrap();
            }
            let (lines, wrong) = read(&writer.into_inner().unwrap());
            prop_assert!(wrong.errors.is_empty());
            let read: Vec<RedirectChange> = lines.into_iter().map(|line| line.change).collect();
            let written: Vec<RedirectChange> = rows
                .into_iter()
                .map(|(from, to, is_permanent)| RedirectChange {
                    from: Change::Set(from),
                    to: Change::Set(RedirectTarget::Url(to)),
                    is_permanent: Change::Set(is_permanent),
                })
                .collect();
            prop_assert_eq!(read, written);
        }
    }
}
