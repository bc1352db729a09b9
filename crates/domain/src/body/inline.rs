//! Text inside a block: spans with marks, and the builder that folds white space while it reads.

use std::rc::Rc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a piece of text looks or means beyond its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mark {
    /// Of importance (`<strong>`).
    Strong,
    /// Stressed (`<em>`).
    Emphasis,
    /// Underlined or inserted (`<u>`).
    Underline,
    /// No longer valid or deleted (`<s>`).
    Strike,
    /// Highlighted (`<mark>`).
    #[serde(rename = "mark")]
    Highlight,
    /// Small print (`<small>`).
    Small,
    /// Below the line (`<sub>`).
    Sub,
    /// Above the line (`<sup>`).
    Sup,
    /// Code or keyboard input (`<code>`).
    Code,
}

impl Mark {
    /// Every mark, outermost first: the order in which they nest when written out.
    pub const ALL: [Self; 9] = [
        Self::Strong,
        Self::Emphasis,
        Self::Underline,
        Self::Strike,
        Self::Highlight,
        Self::Small,
        Self::Sub,
        Self::Sup,
        Self::Code,
    ];

    /// The HTML element that carries this mark.
    pub const fn element(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Emphasis => "em",
            Self::Underline => "u",
            Self::Strike => "s",
            Self::Highlight => "mark",
            Self::Small => "small",
            Self::Sub => "sub",
            Self::Sup => "sup",
            Self::Code => "code",
        }
    }

    const fn bit(self) -> u16 {
        match self {
            Self::Strong => 1,
            Self::Emphasis => 1 << 1,
            Self::Underline => 1 << 2,
            Self::Strike => 1 << 3,
            Self::Highlight => 1 << 4,
            Self::Small => 1 << 5,
            Self::Sub => 1 << 6,
            Self::Sup => 1 << 7,
            Self::Code => 1 << 8,
        }
    }
}

/// A set of [`Mark`]s; an array of names in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u16);

impl Marks {
    /// Whether `mark` is in the set.
    pub const fn contains(self, mark: Mark) -> bool {
        self.0 & mark.bit() != 0
    }

    /// The set with `mark` added.
    #[must_use]
    pub const fn with(self, mark: Mark) -> Self {
        Self(self.0 | mark.bit())
    }

    /// Whether there is no mark at all.
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// The marks of the set, outermost first.
    pub fn iter(self) -> impl Iterator<Item = Mark> {
        Mark::ALL
            .into_iter()
            .filter(move |mark| self.contains(*mark))
    }
}

impl Serialize for Marks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Marks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let marks = Vec::<Mark>::deserialize(deserializer)?;
        Ok(marks.into_iter().fold(Self::default(), Self::with))
    }
}

/// A writing direction, as in the `dir` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
    /// Whatever the text's first strong character says; isolated from its surroundings.
    Auto,
}

impl Direction {
    /// The value of the `dir` attribute.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
            Self::Auto => "auto",
        }
    }

    pub(super) fn parse(value: &str) -> Option<Self> {
        [Self::Ltr, Self::Rtl, Self::Auto]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(value.trim()))
    }
}

impl std::str::FromStr for Direction {
    type Err = crate::Error;
    fn from_str(text: &str) -> crate::Result<Self> {
        Self::parse(text)
            .ok_or_else(|| crate::Error::invalid("direction", "must be ltr, rtl or auto"))
    }
}

/// A run of text that looks the same from end to end. A line break is a `\n` in its text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// The characters, unescaped.
    pub text: String,
    /// How they are marked.
    #[serde(default, skip_serializing_if = "Marks::is_empty")]
    pub marks: Marks,
    /// Where they link to: a safe address, or `entry:KEY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// The link's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Their own direction, where the author gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Their own language, where the author gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}

/// The text of one block: spans, in reading order. Empty when there is nothing to read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Inline {
    /// The spans; neighbours always differ in something other than their text.
    pub spans: Vec<Span>,
}

impl Inline {
    /// Unmarked text.
    pub fn plain(text: impl Into<String>) -> Self {
        let mut builder = Builder::default();
        builder.lines(&text.into(), &Style::default());
        builder.finish()
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The words without marks; line breaks are `\n`.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// The text as an HTML fragment.
    pub fn html(&self) -> String {
        super::html::inline(self)
    }
}

/// How the next characters are to look; cheap to clone, since every element does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Style {
    pub(super) marks: Marks,
    pub(super) link: Option<Rc<Link>>,
    pub(super) direction: Option<Direction>,
    pub(super) lang: Option<Rc<str>>,
}

/// Where a style links to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) title: Option<String>,
}

/// White space that is kept as it is.
const NO_BREAK_SPACE: &str = "\u{a0}";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Last {
    /// Nothing yet, or a line break: white space here would never show.
    #[default]
    Edge,
    Space,
    Other,
}

/// Collects text as a browser would lay it out: runs of white space become one space, none are
/// left around line breaks or at the ends, and control characters vanish.
#[derive(Debug, Default)]
pub(super) struct Builder {
    runs: Vec<(Style, String)>,
    last: Last,
    pending_break: bool,
    started: bool,
    visible: bool,
}

impl Builder {
    pub(super) fn text(&mut self, text: &str, style: &Style) {
        if self.pending_break {
            if text.bytes().all(|byte| byte.is_ascii_whitespace()) {
                return;
            }
            self.pending_break = false;
            self.line_break(style);
        }
        let Some(run) = self.run(style) else {
            return;
        };
        // The borrow of the run forbids touching the other fields, so the state is kept aside.
        let mut run = std::mem::take(run);
        for c in text.chars() {
            match c {
                ' ' | '\t' | '\n' | '\r' | '\x0c' => {
                    if self.last == Last::Other {
                        run.push(' ');
                        self.last = Last::Space;
                    }
                }
                _ if c.is_control() => {}
                _ => {
                    run.push(c);
                    self.last = Last::Other;
                    self.visible |= is_visible(c);
                }
            }
        }
        self.started |= !run.is_empty();
        if let Some((_, last)) = self.runs.last_mut() {
            *last = run;
        }
    }

    /// Text whose line breaks count.
    pub(super) fn lines(&mut self, text: &str, style: &Style) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.line_break(style);
            }
            self.text(line, style);
        }
    }

    /// Text whose line breaks count, and the white space its lines begin with.
    pub(super) fn verse(&mut self, text: &str, style: &Style) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.line_break(style);
            }
            let words = line.trim_start_matches([' ', '\t']);
            let indent = line.len().saturating_sub(words.len());
            if self.last == Last::Edge && indent > 0 && !words.is_empty() {
                self.text(&NO_BREAK_SPACE.repeat(indent), style);
                self.text(words, style);
            } else {
                self.text(line, style);
            }
        }
    }

    /// A `<br>`.
    pub(super) fn line_break(&mut self, style: &Style) {
        if !self.started {
            return;
        }
        if self.last == Last::Space {
            self.trim_end(&[' ']);
        }
        if let Some(run) = self.run(style) {
            run.push('\n');
        }
        self.last = Last::Edge;
    }

    /// The end of a block inside a place that knows no blocks: a break, if more text follows.
    pub(super) fn soft_break(&mut self) {
        self.pending_break = self.started && !self.ends_in_break();
    }

    /// What has been collected; nothing, if none of it can be seen.
    pub(super) fn finish(&mut self) -> Inline {
        let mut built = std::mem::take(self);
        if !built.visible {
            return Inline::default();
        }
        built.trim_end(&[' ', '\n']);
        let mut spans: Vec<Span> = Vec::with_capacity(built.runs.len());
        let mut previous: Option<Style> = None;
        for (style, text) in built.runs {
            if text.is_empty() {
                continue;
            }
            if previous.as_ref() == Some(&style)
                && let Some(span) = spans.last_mut()
            {
                span.text.push_str(&text);
                continue;
            }
            spans.push(Span {
                text,
                marks: style.marks,
                href: style.link.as_ref().map(|link| link.href.clone()),
                title: style.link.as_ref().and_then(|link| link.title.clone()),
                direction: style.direction,
                lang: style.lang.as_deref().map(str::to_owned),
            });
            previous = Some(style);
        }
        Inline { spans }
    }

    fn run(&mut self, style: &Style) -> Option<&mut String> {
        if self.runs.last().is_none_or(|(last, _)| last != style) {
            self.runs.push((style.clone(), String::new()));
        }
        self.runs.last_mut().map(|(_, text)| text)
    }

    fn trim_end(&mut self, what: &[char]) {
        while let Some((_, run)) = self.runs.last_mut() {
            let kept = run.trim_end_matches(what).len();
            run.truncate(kept);
            if !run.is_empty() {
                break;
            }
            self.runs.pop();
        }
    }

    fn ends_in_break(&self) -> bool {
        let last = self.runs.iter().rev().find(|(_, run)| !run.is_empty());
        last.is_some_and(|(_, run)| run.ends_with('\n'))
    }
}

/// White space of any width, and characters that only steer joining or direction, show nothing.
fn is_visible(c: char) -> bool {
    let steering = matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !steering && !c.is_whitespace()
}
