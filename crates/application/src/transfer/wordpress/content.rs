//! Turns the content of a `WordPress` post, of either editor, into plain semantic HTML.

use std::{borrow::Cow, collections::BTreeMap};

use super::{autop::autop, blocks, entities, finish::finish, shortcodes, urls::Link};

/// How content is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ContentContext {
    /// Whether blank lines in classic content are paragraphs, as they are unless a plugin has
    /// changed that.
    pub autop: bool,
}

impl Default for ContentContext {
    fn default() -> Self {
        Self { autop: true }
    }
}

/// What was found that could not be carried over as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Blocks that hold nothing themselves (`core/latest-posts`); they were dropped.
    pub unsupported_blocks: BTreeMap<String, u32>,
    /// Blocks of plugins whose content was kept.
    pub unknown_blocks: BTreeMap<String, u32>,
    /// Shortcodes that stay visible as text, because nothing here knows what they show.
    pub shortcodes: BTreeMap<String, u32>,
    /// Galleries of whatever is attached to the post, which only the whole export can fill. They
    /// are left as an empty `<figure class="wp-block-gallery" data-wp-gallery="attached">`.
    pub attached_galleries: u32,
    /// Page breaks within the post; each became an `<hr>`.
    pub page_breaks: u32,
}

/// Content as plain HTML, with what an import wants to know about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Normalised {
    /// The content. Pictures that belong to an attachment carry `data-wp-id`.
    pub html: String,
    /// What came before the first "read more".
    pub excerpt_before_more: Option<String>,
    /// What could not be carried over as it was.
    pub counts: Counts,
    /// The attachments the content refers to, each once, in order.
    pub attachment_ids: Vec<u64>,
    /// The reusable blocks the content refers to; nothing is shown for them.
    pub reusable_blocks: Vec<u64>,
    /// Every address in the content, in order.
    pub links: Vec<Link>,
}

/// What the passes find on their way.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) excerpt_before_more: Option<String>,
    pub(super) counts: Counts,
    pub(super) attachment_ids: Vec<u64>,
    pub(super) attachments_seen: std::collections::HashSet<u64>,
    pub(super) reusable_blocks: Vec<u64>,
    pub(super) links: Vec<Link>,
}

impl Notes {
    pub(super) fn attachment(&mut self, id: u64) {
        if id != 0 && self.attachments_seen.insert(id) {
            self.attachment_ids.push(id);
        }
    }
}

/// Counts one more of that name.
pub(super) fn count(counts: &mut BTreeMap<String, u32>, name: &str) {
    if let Some(count) = counts.get_mut(name) {
        *count = count.saturating_add(1);
    } else {
        counts.insert(name.to_owned(), 1);
    }
}

/// Turns the content of a post into plain semantic HTML: blocks lose their comments, classic
/// content gets its paragraphs, shortcodes of WordPress itself become what they show.
///
/// Takes time in proportion to the length of the content, whatever it is. The result is neither
/// sanitised nor certain to be well-formed; it is meant for a tolerant HTML parser.
#[must_use]
pub(super) fn normalise(source: &str, context: ContentContext) -> Normalised {
    let mut notes = Notes::default();
    let source = unix_lines(source);
    let staged = if source.contains("<!-- wp:") {
        Cow::Owned(blocks::render(&source, context, &mut notes))
    } else {
        classic(&source, context, &mut notes)
    };
    let html = finish(&staged, &mut notes);
    Normalised {
        html: html.trim().to_owned(),
        excerpt_before_more: notes.excerpt_before_more,
        counts: notes.counts,
        attachment_ids: notes.attachment_ids,
        reusable_blocks: notes.reusable_blocks,
        links: notes.links,
    }
}

/// Content that was written without blocks.
pub(super) fn classic<'a>(
    source: &'a str,
    context: ContentContext,
    notes: &mut Notes,
) -> Cow<'a, str> {
    let expanded = shortcodes::expand(source, notes);
    if context.autop {
        Cow::Owned(autop(&expanded))
    } else {
        expanded
    }
}

fn unix_lines(content: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'\r', 0, content.as_bytes()).is_none() {
        return Cow::Borrowed(content);
    }
    let mut out = String::with_capacity(content.len());
    entities::push_clean(&mut out, content);
    Cow::Owned(out)
}
