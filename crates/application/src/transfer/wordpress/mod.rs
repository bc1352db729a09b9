//! Reads a `WordPress` export (WXR) into the store.
//!
//! [`import`] looks through the file first, then goes through it twice with a reader that needs no
//! more memory for a large file than for a small one: once for what everything else refers to
//! (authors, terms, attachments), once for the rest. One thread reads, parses and does the work on
//! texts; another writes, many items to a transaction. What must wait (pages whose parent comes
//! later, links between bodies, redirects, menus) waits in the store.

#![cfg_attr(
    test,
    expect(
        clippy::case_sensitive_file_extension_comparisons,
        reason = "the tests name files as they are"
    )
)]

mod addresses;
mod attachment_writer;
mod attachments;
mod authors;
mod autop;
mod batch;
mod blocks;
mod comments;
mod content;
mod course;
mod dates;
mod editions;
mod entities;
mod error;
mod finish;
mod footnotes;
mod frame;
#[cfg(fuzzing)]
pub mod fuzzing;
mod groups;
mod html;
mod import;
mod items;
mod known;
mod link_rows;
mod links;
mod lookup;
mod media_types;
mod menu_writer;
mod menus;
mod meta;
mod meta_fields;
mod parse;
mod php;
mod pictures;
mod plain;
mod post_addresses;
mod post_parents;
mod post_writer;
mod posts;
mod prepare;
mod prepare_post;
mod prolog;
mod reader;
mod report;
mod report_text;
mod resolve;
mod rewrite;
mod run;
mod seo;
mod setup;
mod shortcode_tags;
mod shortcodes;
mod survey;
mod targets;
mod term_writer;
mod terms;
mod urls;
mod walker;
mod writer;

#[cfg(test)]
mod tests;

pub use import::{Progress, WordPressImport, check, import};
pub use report::{Counts, ImportReport, Kind, Kinds, Names, Note, Problem, Reasons, Tally};
