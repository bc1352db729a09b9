//! The fence before the HTML parser: what comes through is listed, balanced and bounded.
//!
//! A conforming parser needs quadratic time, or worse, for some inputs: thousands of open elements,
//! of attributes, of formatting elements that each paragraph opens again. So the source first
//! passes through one linear scan that copies text, copies the tags and attributes it knows,
//! writes out the end tags authors leave out, and drops everything else. The parser then only ever
//! sees a modest, well-nested document, whatever was sent.

mod tags;

use std::borrow::Cow;

use tags::{Class, Rule, Tag};

/// How deep elements may nest; tags beyond that are dropped and their text is kept.
const MAX_DEPTH: usize = 120;

/// How many start tags are let through; after that only text is.
const MAX_TAGS: usize = 60_000;

/// How far up the open elements an end tag is matched.
const MAX_SEARCH: usize = MAX_DEPTH + 8;

/// Returns `source` with only known tags and attributes, balanced.
pub(super) fn fence(source: &str) -> String {
    let mut fence = Fence {
        source,
        at: 0,
        out: String::with_capacity(source.len().saturating_add(64)),
        open: Vec::new(),
        emitted: 0,
        tags: 0,
        unclosed: Vec::new(),
        attributes: Vec::new(),
    };
    fence.run();
    fence.out
}

struct Open {
    tag: Tag,
    /// Whether the tag was written; one beyond the bounds is only remembered.
    written: bool,
}

struct Attribute<'s> {
    name: &'static str,
    value: &'s str,
}

struct Fence<'s> {
    source: &'s str,
    at: usize,
    out: String,
    open: Vec<Open>,
    /// How many of the open elements were written.
    emitted: usize,
    /// How many start tags were written so far.
    tags: usize,
    /// Elements whose end was sought in vain; looking again would take quadratic time.
    unclosed: Vec<&'static str>,
    /// The attributes of the tag being read.
    attributes: Vec<Attribute<'s>>,
}

impl<'s> Fence<'s> {
    fn run(&mut self) {
        while let Some(rest) = self.source.get(self.at..).filter(|rest| !rest.is_empty()) {
            let text = rest.find('<').unwrap_or(rest.len());
            self.out.push_str(rest.get(..text).unwrap_or_default());
            self.at += text;
            if text < rest.len() {
                self.markup();
            }
        }
        self.close_to(0);
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Reads from a `<`; always moves on.
    fn markup(&mut self) {
        let rest = self.rest();
        let mut bytes = rest.bytes().skip(1);
        match (bytes.next(), bytes.next()) {
            (Some(b), _) if b.is_ascii_alphabetic() => self.start_tag(),
            (Some(b'/'), Some(b)) if b.is_ascii_alphabetic() => self.end_tag(),
            (Some(b'!'), _) if rest.starts_with("<!--") => self.comment(),
            (Some(b'!' | b'?' | b'/'), _) => {
                // What browsers treat as a comment: it ends at the next angle bracket.
                self.at += rest.find('>').map_or(rest.len(), |end| end + 1);
            }
            _ => {
                self.out.push_str("&lt;");
                self.at += 1;
            }
        }
    }

    fn comment(&mut self) {
        let body = self.rest().get(4..).unwrap_or_default();
        let (text, length) = comment_end(body);
        if text.trim() == "nextpage" && self.tags < MAX_TAGS {
            self.close_paragraph();
            self.out.push_str("<hr>");
            self.tags += 1;
        }
        self.at += 4 + length;
    }

    fn start_tag(&mut self) {
        let name_at = self.at + 1;
        let (name, after) = self.name(name_at);
        let Some(end) = self.scan_attributes(after) else {
            // A tag that never ends takes the rest with it, as in a browser.
            self.at = self.source.len();
            return;
        };
        self.at = end;
        match tags::rule(&name) {
            Rule::Drop => {}
            Rule::Keep(tag) => self.keep(tag),
            Rule::Skip { name, nests } => {
                if !self.unclosed.contains(&name) {
                    match self.end_of(name, nests) {
                        Some(end) => self.at = end,
                        None if nests => self.unclosed.push(name),
                        // A script that never ends hides the rest, as in a browser.
                        None => self.at = self.source.len(),
                    }
                }
            }
            Rule::Frame { closes } => {
                if self.tags < MAX_TAGS {
                    self.write_open("iframe");
                    self.out.push_str("</iframe>");
                }
                if closes && !self.unclosed.contains(&"iframe") {
                    match self.end_of("iframe", false) {
                        Some(end) => self.at = end,
                        None => self.unclosed.push("iframe"),
                    }
                }
            }
        }
    }

    fn end_tag(&mut self) {
        let (name, after) = self.name(self.at + 2);
        let end = self.scan_attributes(after);
        self.at = end.unwrap_or(self.source.len());
        if end.is_some()
            && let Rule::Keep(tag) = tags::rule(&name)
        {
            self.close(tag);
        }
    }

    /// The lower-case tag name at an offset, and the offset after it.
    fn name(&self, at: usize) -> (Cow<'s, str>, usize) {
        let rest = self.source.get(at..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>');
        let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let lower = if name.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        };
        (lower, at + name.len())
    }

    /// Reads the attributes from an offset, keeping the known ones, and returns the offset after
    /// the tag; `None` when the source ends within it.
    fn scan_attributes(&mut self, mut at: usize) -> Option<usize> {
        self.attributes.clear();
        let bytes = self.source.as_bytes();
        let ends = |b: u8| b.is_ascii_whitespace() || b == b'/' || b == b'>';
        loop {
            match *bytes.get(at)? {
                b'>' => return Some(at + 1),
                b if ends(b) => at += 1,
                _ => {
                    let name_at = at;
                    at += 1; // Even an equals sign belongs to the name here.
                    while bytes.get(at).is_some_and(|b| !ends(*b) && *b != b'=') {
                        at += 1;
                    }
                    let name = self.source.get(name_at..at)?;
                    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                        at += 1;
                    }
                    let mut value = "";
                    if bytes.get(at) == Some(&b'=') {
                        at += 1;
                        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                            at += 1;
                        }
                        (value, at) = self.value(at)?;
                    }
                    if let Some(name) = tags::attribute(name)
                        && self.attributes.iter().all(|known| known.name != name)
                    {
                        self.attributes.push(Attribute { name, value });
                    }
                }
            }
        }
    }

    /// The attribute value at an offset, and the offset after it.
    fn value(&self, at: usize) -> Option<(&'s str, usize)> {
        let rest = self.source.get(at..)?;
        let quote = rest.chars().next()?;
        if quote == '"' || quote == '\'' {
            let quoted = rest.get(1..)?;
            let value = quoted.get(..quoted.find(quote)?)?;
            return Some((value, at + value.len() + 2));
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
        Some((rest.get(..end)?, at + end))
    }

    /// Where an element whose content is unwanted ends, from the current offset.
    fn end_of(&self, name: &str, nests: bool) -> Option<usize> {
        let mut at = self.at;
        let mut depth = 1_usize;
        loop {
            at += self.source.get(at..)?.find('<')? + 1;
            let rest = self.source.get(at..)?;
            let ends = rest.starts_with('/');
            let found = rest.get(usize::from(ends)..)?;
            let matches = found
                .get(..name.len())
                .is_some_and(|s| s.eq_ignore_ascii_case(name))
                && !found
                    .get(name.len()..)
                    .is_some_and(|after| after.starts_with(|c: char| c.is_ascii_alphanumeric()));
            if matches && ends {
                depth -= 1;
                if depth == 0 {
                    return Some(at + rest.find('>')? + 1);
                }
            } else if matches && nests {
                depth += 1;
            }
        }
    }

    /// Opens an element, after closing those it ends.
    fn keep(&mut self, tag: Tag) {
        if !self.make_room(tag) {
            return;
        }
        if self.tags >= MAX_TAGS || (self.emitted >= MAX_DEPTH && tag.class != Class::Void) {
            if tag.class.is_block() {
                // Words of two blocks must not run together because their tags are gone.
                self.out.push(' ');
            }
            if self.tags < MAX_TAGS {
                self.open.push(Open {
                    tag,
                    written: false,
                });
            }
            return;
        }
        self.write_open(tag.name);
        if tag.class != Class::Void {
            self.open.push(Open { tag, written: true });
            self.emitted += 1;
        }
    }

    /// Closes what may not be open around a new element, as a browser would; `false` when the
    /// element has no place here.
    fn make_room(&mut self, tag: Tag) -> bool {
        if tag.class.is_block() || tag.name == "hr" {
            self.close_paragraph();
        }
        match tag.class {
            Class::Heading => {
                if self
                    .open
                    .last()
                    .is_some_and(|o| o.tag.class == Class::Heading)
                {
                    self.close_to(self.open.len().saturating_sub(1));
                }
            }
            Class::Item | Class::Term => {
                let stops = |class: Class| class.is_block() && class != Class::Div;
                self.close_nearest(|open| open.class == tag.class, stops);
            }
            Class::Ruby => {
                let stops = |class: Class| class != Class::Formatting;
                self.close_nearest(|open| open.class == Class::Ruby, stops);
            }
            Class::Formatting if tag.name == "a" => self.close_formatting("a"),
            Class::Table => {
                let nearest = self.find(|open| open.class.is_table_bound(), |_| false);
                if let Some(at) = nearest
                    && self
                        .open
                        .get(at)
                        .is_some_and(|o| o.tag.class == Class::Table)
                {
                    self.close_to(at);
                }
            }
            Class::Caption | Class::Section | Class::Row | Class::Cell => {
                let Some(table) = self.find(|open| open.class == Class::Table, |_| false) else {
                    return false;
                };
                let class_at = |at: usize| self.open.get(at).map(|open| open.tag.class);
                let mut keep = table + 1;
                let nested = matches!(tag.class, Class::Row | Class::Cell);
                keep += usize::from(nested && class_at(keep) == Some(Class::Section));
                let in_row = tag.class == Class::Cell;
                keep += usize::from(in_row && class_at(keep) == Some(Class::Row));
                self.close_to(keep);
            }
            Class::Void
            | Class::Formatting
            | Class::Inline
            | Class::Paragraph
            | Class::Div
            | Class::Block => {}
        }
        true
    }

    fn close(&mut self, tag: Tag) {
        match tag.class {
            // Browsers take `</br>` for a line break.
            Class::Void if tag.name == "br" => self.out.push_str("<br>"),
            Class::Void => {}
            Class::Formatting => self.close_formatting(tag.name),
            Class::Inline | Class::Ruby => {
                self.close_nearest(|open| open == tag, Class::is_block);
            }
            Class::Heading => {
                self.close_nearest(|open| open.class == tag.class, Class::is_table_bound);
            }
            Class::Table => self.close_nearest(|open| open == tag, |_| false),
            Class::Caption | Class::Section | Class::Row | Class::Cell => {
                self.close_nearest(|open| open == tag, |class| class == Class::Table);
            }
            Class::Item | Class::Term => {
                let stops = |class: Class| class == Class::Block || class.is_table_bound();
                self.close_nearest(|open| open == tag, stops);
            }
            Class::Paragraph | Class::Div | Class::Block => {
                self.close_nearest(|open| open == tag, Class::is_table_bound);
            }
        }
    }

    fn close_paragraph(&mut self) {
        self.close_nearest(|open| open.class == Class::Paragraph, Class::is_table_bound);
    }

    /// A mark may end while others opened after it go on; the parser knows how to mend that.
    fn close_formatting(&mut self, name: &str) {
        let found = self.find(|open| open.name == name, Class::is_table_bound);
        if let Some(at) = found
            && self.open.get(at).is_some()
            && self.open.remove(at).written
        {
            self.emitted -= 1;
            self.write_close(name);
        }
    }

    /// The nearest open element that matches, unless one that stops the search is nearer.
    fn find(&self, matches: impl Fn(Tag) -> bool, stops: impl Fn(Class) -> bool) -> Option<usize> {
        let top_down = self.open.iter().enumerate().rev().take(MAX_SEARCH);
        for (at, open) in top_down {
            if matches(open.tag) {
                return Some(at);
            }
            if stops(open.tag.class) {
                return None;
            }
        }
        None
    }

    fn close_nearest(&mut self, matches: impl Fn(Tag) -> bool, stops: impl Fn(Class) -> bool) {
        if let Some(at) = self.find(matches, stops) {
            self.close_to(at);
        }
    }

    /// Closes elements until `length` are left open.
    fn close_to(&mut self, length: usize) {
        while self.open.len() > length {
            if let Some(open) = self.open.pop()
                && open.written
            {
                self.emitted -= 1;
                self.write_close(open.tag.name);
            }
        }
    }

    fn write_open(&mut self, name: &str) {
        self.tags += 1;
        self.out.push('<');
        self.out.push_str(name);
        for attribute in &self.attributes {
            let quote = if attribute.value.contains('"') {
                '\''
            } else {
                '"'
            };
            // Only an unquoted value can hold both quotes, and no honest one does. Of styles, only
            // those of cells are read.
            let unread = attribute.name == "style" && !matches!(name, "td" | "th");
            if unread || attribute.value.contains(quote) {
                continue;
            }
            self.out.push(' ');
            self.out.push_str(attribute.name);
            self.out.push('=');
            self.out.push(quote);
            self.out.push_str(attribute.value);
            self.out.push(quote);
        }
        self.out.push('>');
    }

    fn write_close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}

/// The text of a comment whose start has been read, and the length up to and with its end.
fn comment_end(body: &str) -> (&str, usize) {
    // `<!-->` and `<!--->` are complete comments.
    if let Some(end) = [">", "->"].into_iter().find(|end| body.starts_with(end)) {
        return ("", end.len());
    }
    let mut at = 0;
    while let Some(dashes) = body.get(at..).and_then(|rest| rest.find("--")) {
        at += dashes;
        let after = body.get(at + 2..).unwrap_or_default();
        if let Some(end) = [">", "!>"].into_iter().find(|end| after.starts_with(end)) {
            return (body.get(..at).unwrap_or_default(), at + 2 + end.len());
        }
        at += 1;
    }
    ("", body.len())
}
