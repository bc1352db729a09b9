//! What the reader makes of exports that are broken, hostile or something else altogether.

use std::io::{self, BufReader, Read};

use super::super::{
    error::{ItemFault, ReadError},
    frame::wide,
    items::Record,
    reader::{ReadOptions, WxrReader},
};
use super::{FOOT, HEAD, export, outline, read};

fn item(id: u32) -> String {
    format!("<item>\n<title>t{id}</title><wp:post_id>{id}</wp:post_id></item>\n")
}

#[test]
fn a_broken_item_is_reported_and_the_next_ones_are_read() {
    let broken = [
        "<item><wp:post_id>2</wp:post_id><title><b>x</title></b></item>",
        "<item><wp:post_id>2</wp:post_id><title>x</item>",
        "<item><wp:post_id>2</wp:post_id><title>no end",
        "<item><wp:post_id>2</wp:post_id><title><![CDATA[open</title></item>",
        "<item><wp:post_id>2</wp:post_id><title><![CDATA[open</title><wp:status><![CDATA[x]]></wp:status></item>",
        "<item><wp:post_id>2</wp:post_id><!-- never closed </item>",
        "<item><wp:post_id>2</wp:post_id><title a=\"></title></item>",
        "<item><wp:post_id>2</wp:post_id><!DOCTYPE x><title>x</title></item>",
        "<item><wp:post_id>2</wp:post_id><title>< ></title></x></item>",
    ];
    for fault in broken {
        // The item after the broken one has CDATA and comments of its own.
        let after = "<item><wp:post_id>3</wp:post_id><content:encoded><![CDATA[<!--more-->]]></content:encoded><title>t3</title></item>\n";
        let text = export(&format!("{}{fault}\n{after}{}", item(1), item(4)));
        let lines = outline(text.as_bytes());
        let titles: Vec<_> = lines.iter().filter(|line| !line.starts_with('!')).collect();
        assert_eq!(titles, ["t1", "t3", "t4"], "{fault}: {lines:?}");
        let faults: Vec<_> = read(text.as_bytes())
            .into_iter()
            .filter_map(Result::err)
            .collect();
        let [ReadError::Item(error)] = faults.as_slice() else {
            panic!("{fault}: {faults:?}")
        };
        assert_eq!(
            (error.item_id, error.element.as_str()),
            (Some(2), "item"),
            "{fault}"
        );
    }
}

#[test]
fn a_broken_term_costs_nothing_but_itself() {
    let text = export(
        "<wp:tag><wp:tag_slug>x</wp:tag><wp:author><wp:author_login>a</wp:author_login></wp:author>",
    );
    let read = read(text.as_bytes());
    assert!(matches!(read.get(1), Some(Err(ReadError::Item(error))) if error.element == "wp:tag"));
    assert!(matches!(read.get(2), Some(Ok(entry)) if matches!(entry.record, Record::Author(_))));
}

#[test]
fn bytes_that_are_no_utf8_are_named_by_their_place() {
    let mut bytes = export(&item(1)).into_bytes();
    let at = bytes.windows(2).position(|two| two == b"t1").unwrap();
    bytes[at] = 0xff;
    let errors: Vec<_> = read(&bytes).into_iter().filter_map(Result::err).collect();
    let [ReadError::Item(error)] = errors.as_slice() else {
        panic!("{errors:?}")
    };
    assert_eq!(error.fault, ItemFault::NotUtf8);
    assert_eq!(error.position.byte_offset, wide(at));
    assert_eq!(error.position.line, 7);
}

#[test]
fn an_item_over_the_limit_is_skipped_and_the_rest_read() {
    let huge = format!(
        "<item><wp:post_id>2</wp:post_id><content:encoded><![CDATA[{}</item>]]></content:encoded></item>\n",
        "x".repeat(3_000_000)
    );
    let text = export(&format!("{}{huge}{}", item(1), item(3)));
    for limit in [1000, 1_000_000] {
        let options = ReadOptions {
            max_item_bytes: limit,
        };
        let read: Vec<_> = WxrReader::with_options(text.as_bytes(), options).collect();
        assert_eq!(read.iter().filter(|result| result.is_ok()).count(), 3);
        let Some(Err(ReadError::Item(error))) = read.get(2) else {
            panic!("{read:?}")
        };
        assert_eq!(error.fault, ItemFault::TooLarge { limit });
        assert_eq!(error.item_id, Some(2));
        assert_eq!(error.position.byte_offset, wide(text.find(&huge).unwrap()));
        let Some(Ok(last)) = read.get(3) else {
            panic!()
        };
        assert_eq!(
            last.position.byte_offset,
            wide(text.rfind("<item>").unwrap())
        );
        assert_eq!(
            last.position.line,
            wide(text[..text.rfind("<item>").unwrap()].matches('\n').count()) + 1
        );
    }
}

#[test]
fn a_file_that_breaks_off_ends_with_truncated_after_all_whole_items() {
    let text = export(&format!("{}{}", item(1), item(2)));
    let end_of_first = text.find("</item>").unwrap() + 7;
    let end_of_second = text.rfind("</item>").unwrap() + 7;
    for cut in HEAD.find("<channel>").unwrap()..text.find("</channel").unwrap() + 8 {
        let read = read(&text.as_bytes()[..cut]);
        let whole = usize::from(cut >= end_of_first) + usize::from(cut >= end_of_second);
        let items = read
            .iter()
            .flatten()
            .filter(|e| matches!(e.record, Record::Item(_)))
            .count();
        assert_eq!(items, whole, "cut at {cut}");
        let Some(Err(ReadError::Truncated { position, .. })) = read.last() else {
            panic!("cut at {cut}: {:?}", read.last())
        };
        assert_eq!(position.byte_offset, wide(cut));
    }
}

#[test]
fn what_is_no_export_is_refused_with_a_reason() {
    let cases: [(&[u8], &str); 14] = [
        (b"", "empty"),
        (b"  \n ", "no XML element"),
        (b"{\"posts\": []}", "JSON"),
        (b"[server]\naddress = 1", "it is no XML file"),
        (b"hello", "no XML file"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (
            b"<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>",
            "HTML",
        ),
        (b"<html><body></body></html>", "HTML"),
        (
            b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>",
            "<feed>",
        ),
        (
            b"<rss><channel><title>x</title></channel></rss>",
            "RSS feed without",
        ),
        (
            b"<rss xmlns:wp='http://example.org/'><channel></channel></rss>",
            "RSS feed without",
        ),
        (
            b"<rss xmlns:wp='http://wordpress.org/export/1.2/'><item></item></rss>",
            "<item>",
        ),
    ];
    for (bytes, reason) in cases {
        let read = read(bytes);
        let [Err(error @ ReadError::NotWxr { .. })] = read.as_slice() else {
            panic!("{read:?}")
        };
        assert!(
            error.to_string().contains(reason),
            "{error} should mention {reason}"
        );
    }
}

#[test]
fn declarations_of_entities_are_refused() {
    let bomb =
        "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY l2 \"&lol;&lol;\">]>";
    let external = "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let fetched = "<!DOCTYPE rss SYSTEM \"https://example.org/x.dtd\">";
    for declaration in [bomb, external, fetched] {
        let read =
            read(format!("{declaration}{}", HEAD.lines().skip(1).collect::<String>()).as_bytes());
        assert!(
            matches!(read.as_slice(), [Err(ReadError::Refused { .. })]),
            "{read:?}"
        );
    }
    let late = export("<!DOCTYPE x [<!ENTITY a \"b\">]>");
    assert!(matches!(
        read(late.as_bytes()).last(),
        Some(Err(ReadError::Refused { .. }))
    ));
    let harmless = format!(
        "<!DOCTYPE rss>{}{}{FOOT}",
        HEAD.lines().skip(1).collect::<String>(),
        item(1)
    );
    assert_eq!(outline(harmless.as_bytes()), ["t1"]);
}

#[test]
fn other_encodings_are_refused() {
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("<rss>".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let unmarked: Vec<u8> = "<?xml?>"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let declared = HEAD.replace("UTF-8", "ISO-8859-1").into_bytes();
    for bytes in [utf16, unmarked, declared] {
        let read = read(&bytes);
        let [Err(error @ ReadError::Encoding { .. })] = read.as_slice() else {
            panic!("{read:?}")
        };
        assert!(error.to_string().contains("UTF-8"));
    }
}

/// Gives one byte at a time, then fails.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else {
            return Err(io::Error::other("the line went dead"));
        };
        buffer[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

#[test]
fn an_error_of_the_source_ends_the_stream_once() {
    let text = format!("{HEAD}{}{}", item(1), item(2));
    let mut reader = WxrReader::new(BufReader::with_capacity(7, Trickle(text.as_bytes())));
    let last = reader.by_ref().last();
    assert!(matches!(last, Some(Err(ReadError::Io { .. }))), "{last:?}");
    assert!(reader.next().is_none());
}

#[test]
fn broken_items_in_great_number_take_time_in_proportion() {
    let many = "<item><title><![CDATA[</title></item>\n".repeat(20_000);
    let read = read(export(&many).as_bytes());
    assert!(read.len() < 20_003);
    let nested = format!("<item>{}</item>", "<a>".repeat(100_000));
    assert!(
        outline(export(&nested).as_bytes())
            .iter()
            .all(|line| line.starts_with('!'))
    );
}
