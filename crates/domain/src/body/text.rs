//! Plain text: writing blocks as text, counting words, cutting excerpts, telling the direction.

use super::block::{Block, Cell, Direction, Kind};

/// The blocks as plain text: a blank line between blocks, bullets and numbers before list items.
pub(super) fn plain(blocks: &[Block]) -> String {
    joined(blocks, "\n\n")
}

fn joined(blocks: &[Block], between: &str) -> String {
    let mut out = String::new();
    for block in blocks {
        let text = block_text(block);
        if !text.is_empty() {
            if !out.is_empty() {
                out.push_str(between);
            }
            out.push_str(&text);
        }
    }
    out
}

fn block_text(block: &Block) -> String {
    match &block.kind {
        Kind::Paragraph { content } | Kind::Heading { content, .. } => content.text(),
        Kind::List {
            ordered,
            start,
            items,
        } => list(*ordered, *start, items),
        Kind::Quote { blocks, citation } => {
            let quoted = plain(blocks);
            if citation.is_empty() {
                quoted
            } else {
                lines([quoted, format!("— {}", citation.text())], "\n\n")
            }
        }
        Kind::Code { text, .. } | Kind::RawHtml { text, .. } => text.clone(),
        Kind::Table(table) => {
            let rows = table.head.iter().chain(&table.rows).map(|row| cells(row));
            lines(std::iter::once(table.caption.text()).chain(rows), "\n")
        }
        // Those who cannot see a picture get what its author says about it.
        Kind::Image(image) if image.caption.is_empty() => image.alt.clone(),
        Kind::Image(image) => image.caption.text(),
        Kind::Gallery { items, caption } => {
            let captions = items.iter().map(|image| {
                let caption = image.caption.text();
                if caption.is_empty() {
                    image.alt.clone()
                } else {
                    caption
                }
            });
            lines(captions.chain(std::iter::once(caption.text())), "\n")
        }
        Kind::Video(video) => video.caption.text(),
        Kind::Audio { caption, .. } => caption.text(),
        Kind::File { name, .. } => name.clone(),
        Kind::Embed(embed) => {
            let title = embed.title.clone().unwrap_or_default();
            lines([title, embed.caption.text()], "\n")
        }
        Kind::Separator => String::new(),
    }
}

fn list(ordered: bool, start: u32, items: &[Vec<Block>]) -> String {
    let items = items.iter().zip(0_u32..).map(|(item, index)| {
        let marker = if ordered {
            format!("{}. ", start.saturating_add(index))
        } else {
            "- ".to_owned()
        };
        let indented = joined(item, "\n").replace('\n', "\n  ");
        marker + &indented
    });
    lines(items, "\n")
}

fn cells(row: &[Cell]) -> String {
    let texts: Vec<String> = row
        .iter()
        .map(|cell| cell.content.text().replace('\n', " "))
        .collect();
    texts.join("\t")
}

fn lines(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}

/// How many words a text has. What stands between spaces is one word if it has a letter or digit
/// in it, so joiners within (ZWNJ in Persian, apostrophes, hyphens) do not split one; scripts
/// written without spaces count by the character, as editors in those languages do.
pub fn count_words(text: &str) -> u32 {
    let mut count = 0_u32;
    let mut in_word = false;
    for c in text.chars() {
        if c.is_whitespace() || matches!(c, '—' | '–' | '/' | '،' | '؛' | '、' | '。' | '，')
        {
            in_word = false;
        } else if is_ideograph(c) {
            count = count.saturating_add(1);
            in_word = false;
        } else if !in_word && c.is_alphanumeric() {
            count = count.saturating_add(1);
            in_word = true;
        }
    }
    count
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}')
}

/// The words of all blocks; the numbers before list items are not words.
pub(super) fn words_of(blocks: &[Block]) -> u32 {
    let of = |block: &Block| {
        if let Kind::List { items, .. } = &block.kind {
            let counts = items.iter().map(|item| words_of(item));
            return counts.fold(0, u32::saturating_add);
        }
        if let Kind::Quote { blocks, citation } = &block.kind {
            return words_of(blocks).saturating_add(count_words(&citation.text()));
        }
        count_words(&block_text(block))
    };
    blocks.iter().map(of).fold(0, u32::saturating_add)
}

/// The first words of the prose among the blocks, on one line; `…` tells that there is more.
pub(super) fn excerpt(blocks: &[Block], max_words: usize) -> String {
    let mut prose = String::new();
    let mut wanted = max_words.saturating_add(1);
    collect_prose(blocks, &mut prose, &mut wanted);
    cut(&prose, max_words)
}

/// Gathers text until enough words are there; headings and captions make poor summaries.
fn collect_prose(blocks: &[Block], out: &mut String, wanted: &mut usize) {
    for block in blocks {
        if *wanted == 0 {
            return;
        }
        match &block.kind {
            Kind::Paragraph { content } => {
                let text = content.text();
                *wanted = wanted.saturating_sub(text.split_whitespace().count());
                out.push_str(&text);
                out.push(' ');
            }
            Kind::Quote { blocks, .. } => collect_prose(blocks, out, wanted),
            Kind::List { items, .. } => {
                for item in items {
                    collect_prose(item, out, wanted);
                }
            }
            Kind::Heading { .. }
            | Kind::Code { .. }
            | Kind::Table(_)
            | Kind::Image(_)
            | Kind::Gallery { .. }
            | Kind::Video(_)
            | Kind::Audio { .. }
            | Kind::File { .. }
            | Kind::Embed(_)
            | Kind::Separator
            | Kind::RawHtml { .. } => {}
        }
    }
}

/// The first words of a text, on one line.
pub fn cut(text: &str, max_words: usize) -> String {
    let mut words = text.split_whitespace();
    let kept: Vec<&str> = words.by_ref().take(max_words).collect();
    let mut out = kept.join(" ");
    if words.next().is_some() && !out.is_empty() {
        let end = out
            .trim_end_matches([',', ';', ':', '.', '،', '؛', '-', '–', '—', '…'])
            .len();
        out.truncate(end);
        out.push('…');
    }
    out
}

/// The direction of a text by its first strong character, as the Unicode bidirectional algorithm
/// finds it: what stands in isolates does not count, and neither do digits and punctuation.
pub fn base_direction(text: &str) -> Option<Direction> {
    let mut isolates = 0_usize;
    for c in text.chars() {
        match c {
            '\u{2066}'..='\u{2068}' => isolates = isolates.saturating_add(1),
            '\u{2069}' => isolates = isolates.saturating_sub(1),
            _ if isolates > 0 => {}
            '\u{200e}' => return Some(Direction::Ltr),
            '\u{200f}' | '\u{61c}' => return Some(Direction::Rtl),
            _ if c.is_alphabetic() => {
                return Some(if is_rtl_letter(c) {
                    Direction::Rtl
                } else {
                    Direction::Ltr
                });
            }
            _ => {}
        }
    }
    None
}

fn is_rtl_letter(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// A heading's words as an anchor: letters and digits of any script, joined by hyphens.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if out.len() > 80 {
            break;
        }
        // Joiners and vowel signs are part of how a word is written.
        if c.is_alphanumeric() || matches!(c, '\u{200c}' | '\u{200d}' | '\u{300}'..='\u{36f}') {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    if out.is_empty() {
        "section".to_owned()
    } else {
        out
    }
}
