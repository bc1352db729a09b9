//! Walks over the XML of one element and gathers the text in it.

use chrono::{DateTime, Utc};
use quick_xml::{
    events::{BytesStart, Event},
    name::{NamespaceResolver, QName, ResolveResult},
    reader::NsReader,
};

use super::{
    dates, entities,
    html::{is_void, lower},
    items::{MAX_ODDITIES, Oddity},
    parse::{Ns, namespace},
};

/// A result with the reason in words.
pub(super) type Parse<T> = Result<T, String>;

/// What becomes of tags inside a field that should hold text only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// They are part of the text: whoever wrote the file forgot to escape HTML.
    Kept,
    /// They are left out.
    Dropped,
}

pub(super) enum Step<'i> {
    Open(Ns, BytesStart<'i>),
    Close,
    /// Text, a comment or anything else between tags.
    Other,
}

/// Walks over the events of one element.
pub(super) struct Walker<'i> {
    reader: NsReader<&'i [u8]>,
    pub(super) oddities: Vec<Oddity>,
}

impl<'i> Walker<'i> {
    pub(super) fn new(text: &'i str, namespaces: &NamespaceResolver) -> Self {
        let mut reader = NsReader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.expand_empty_elements = true;
        *reader.resolver_mut() = namespaces.clone();
        Self {
            reader,
            oddities: Vec::new(),
        }
    }

    /// Where the parser stopped.
    pub(super) fn fault_at(&self) -> usize {
        let at = match self.reader.error_position() {
            0 => self.reader.buffer_position(),
            at => at,
        };
        usize::try_from(at).unwrap_or_default()
    }

    pub(super) fn note(&mut self, oddity: Oddity) {
        if self.oddities.len() < MAX_ODDITIES {
            self.oddities.push(oddity);
        }
    }

    fn event(&mut self) -> Parse<Event<'i>> {
        let event = self
            .reader
            .read_event()
            .map_err(|error| error.to_string())?;
        if matches!(event, Event::Eof) {
            return Err("it ends before its closing tag".to_owned());
        }
        if matches!(event, Event::DocType(_)) {
            return Err("it holds a document type, which is not accepted".to_owned());
        }
        Ok(event)
    }

    pub(super) fn step(&mut self) -> Parse<Step<'i>> {
        Ok(match self.event()? {
            Event::Start(start) | Event::Empty(start) => {
                let ns = self.vocabulary(start.name());
                Step::Open(ns, start)
            }
            Event::End(_) => Step::Close,
            Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_)
            | Event::Eof => Step::Other,
        })
    }

    fn vocabulary(&self, name: QName<'_>) -> Ns {
        if name.prefix().is_none() {
            return Ns::Rss;
        }
        match self.reader.resolver().resolve_element(name).0 {
            ResolveResult::Bound(uri) => namespace(uri.as_ref()),
            ResolveResult::Unbound => Ns::Rss,
            // A prefix nobody declared still says what was meant.
            ResolveResult::Unknown(prefix) => match prefix.as_str() {
                "wp" => Ns::Wp,
                "excerpt" => Ns::Excerpt,
                "content" => Ns::Content,
                "dc" => Ns::Dc,
                _ => Ns::Other,
            },
        }
    }

    /// Visits each child of the element that was just opened, up to its closing tag. The visitor
    /// must read every child to its end.
    pub(super) fn children(
        &mut self,
        mut visit: impl FnMut(&mut Self, Ns, &str, &BytesStart<'i>) -> Parse<()>,
    ) -> Parse<()> {
        loop {
            match self.step()? {
                Step::Open(ns, start) => visit(self, ns, start.local_name().as_ref(), &start)?,
                Step::Close => return Ok(()),
                Step::Other => {}
            }
        }
    }

    /// Passes over the element that was just opened.
    pub(super) fn skip(&mut self) -> Parse<()> {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.step()? {
                Step::Open(..) => depth = depth.saturating_add(1),
                Step::Close => depth = depth.saturating_sub(1),
                Step::Other => {}
            }
        }
        Ok(())
    }

    /// The text of the element that was just opened.
    pub(super) fn text(&mut self, markup: Markup) -> Parse<String> {
        let mut out = String::new();
        let mut depth = 1_usize;
        loop {
            let control = match self.event()? {
                Event::Text(text) => entities::push_clean(&mut out, &text),
                Event::CData(text) => entities::push_clean(&mut out, &text),
                Event::GeneralRef(name) => self.reference(&mut out, &name),
                Event::Start(start) | Event::Empty(start) => {
                    depth = depth.saturating_add(1);
                    markup == Markup::Kept && push_tag(&mut out, "<", &start)
                }
                Event::End(end) => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Ok(out);
                    }
                    // HTML takes the closing tag of a line break for another one.
                    let void = is_void(&lower(end.name().as_ref()));
                    markup == Markup::Kept && !void && push_tag(&mut out, "</", &end)
                }
                Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::Eof => false,
            };
            if control && !self.oddities.contains(&Oddity::ControlCharacters) {
                self.note(Oddity::ControlCharacters);
            }
        }
    }

    fn reference(&mut self, out: &mut String, name: &str) -> bool {
        let Some(value) = entities::resolve(name) else {
            out.push('&');
            out.push_str(name);
            out.push(';');
            self.note(Oddity::UnknownEntity(name.chars().take(64).collect()));
            return false;
        };
        entities::push_clean(out, &value)
    }

    pub(super) fn line(&mut self) -> Parse<String> {
        let text = self.text(Markup::Dropped)?;
        let trimmed = text.trim();
        Ok(if trimmed.len() == text.len() {
            text
        } else {
            trimmed.to_owned()
        })
    }

    pub(super) fn some(&mut self) -> Parse<Option<String>> {
        Ok(Some(self.line()?).filter(|text| !text.is_empty()))
    }

    /// An id; WordPress writes zero for "none".
    pub(super) fn id(&mut self) -> Parse<Option<u64>> {
        Ok(self.line()?.parse().ok().filter(|id| *id != 0))
    }

    pub(super) fn moment(&mut self) -> Parse<Option<DateTime<Utc>>> {
        let text = self.line()?;
        let moment = dates::moment(&text);
        if moment.is_none() && !dates::is_absent(&text) {
            self.note(Oddity::UnreadableDate(text));
        }
        Ok(moment)
    }
}

fn push_tag(out: &mut String, open: &str, inner: &str) -> bool {
    out.push_str(open);
    let control = entities::push_clean(out, inner);
    out.push('>');
    control
}
