//! Reads a `WordPress` export (WXR) into the store.

mod autop;
mod blocks;
mod content;
mod dates;
mod entities;
mod error;
mod finish;
mod frame;
mod html;
mod items;
mod meta;
mod parse;
mod php;
mod prolog;
mod reader;
mod seo;
mod shortcode_tags;
mod shortcodes;
mod urls;
mod walker;

#[cfg(test)]
mod tests;
