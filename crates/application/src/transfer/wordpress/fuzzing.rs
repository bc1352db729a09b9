//! Ways into the parsers for the targets in `fuzz/`, which exist only there.

use std::hint::black_box;

use super::{
    content::{ContentContext, normalise},
    link_rows::LinkRows,
    php::PhpValue,
    reader::{ReadOptions, WxrReader},
};

/// Reads all of an export.
pub fn read_export(bytes: &[u8]) {
    let options = ReadOptions {
        max_item_bytes: 64 * 1024,
    };
    for entry in WxrReader::with_options(bytes, options) {
        let _ = black_box(entry);
    }
}

/// Turns the content of a post into HTML.
pub fn normalise_content(text: &str) -> String {
    normalise(text, ContentContext::default()).html
}

/// Reads a list of links.
pub fn read_links(bytes: &[u8]) {
    for row in LinkRows::new(bytes) {
        let _ = black_box(row);
    }
}

/// Reads what PHP has serialised.
pub fn read_php(text: &str) {
    let _ = black_box(PhpValue::parse(text));
}
