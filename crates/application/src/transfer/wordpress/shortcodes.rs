//! Turns the shortcodes of WordPress itself into the HTML they show, and leaves all others visible.

use std::borrow::Cow;

use memchr::memchr;

use super::{
    content::{Notes, count},
    entities,
    html::{Token, Tokens, attribute, cut, lower, with_attribute},
    pictures::bare,
    shortcode_tags::{Kind, Tag, find, pairs},
};

/// How deep shortcodes with content may be nested and still be understood.
const DEEPEST: usize = 4;

/// A shortcode with content whose end has not come yet.
struct Frame {
    open: usize,
    close: usize,
    /// Where its content begins in what was written.
    start: usize,
}

/// Expands the shortcodes in classic content, or in one stretch of a block.
pub(super) fn expand<'a>(source: &'a str, notes: &mut Notes) -> Cow<'a, str> {
    if memchr(b'[', source.as_bytes()).is_none() {
        return Cow::Borrowed(source);
    }
    let tags = find(source);
    if tags.is_empty() {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len().saturating_add(source.len() / 4));
    let mut frames: Vec<Frame> = Vec::new();
    let mut copied = 0;
    for (at, tag) in tags.iter().enumerate() {
        if tag.range.start < copied {
            continue;
        }
        out.push_str(cut(source, copied..tag.range.start));
        copied = tag.range.end;
        let raw = cut(source, tag.range.clone());
        match tag.kind {
            Kind::Escaped => {
                let end = raw.len().saturating_sub(1);
                out.push_str(cut(raw, 1..end));
            }
            Kind::Close => {
                if frames.last().is_some_and(|frame| frame.close == at) {
                    close(&mut frames, &tags, &mut out, source, notes);
                } else {
                    if !tag.paired {
                        count(&mut notes.counts.shortcodes, tag.name);
                    }
                    out.push_str(raw);
                }
            }
            Kind::Open => {
                let within = |frame: &Frame| tag.closed_by.is_some_and(|end| end < frame.close);
                let nests = frames.len() < DEEPEST && frames.last().is_none_or(within);
                let closed_by = tag.closed_by.filter(|_| nests && has_content(tag.name));
                if let Some(close) = closed_by {
                    frames.push(Frame {
                        open: at,
                        close,
                        start: out.len(),
                    });
                } else if let Some(html) = alone(tag, notes) {
                    push_block(&mut out, &html);
                } else {
                    if tag.is_evident() {
                        count(&mut notes.counts.shortcodes, tag.name);
                    }
                    out.push_str(raw);
                }
            }
        }
    }
    out.push_str(cut(source, copied..source.len()));
    Cow::Owned(out)
}

fn has_content(name: &str) -> bool {
    matches!(
        name,
        "caption" | "wp_caption" | "embed" | "audio" | "video" | "gallery"
    )
}

fn close(
    frames: &mut Vec<Frame>,
    tags: &[Tag<'_>],
    out: &mut String,
    source: &str,
    notes: &mut Notes,
) {
    let Some(frame) = frames.pop() else { return };
    let Some(tag) = tags.get(frame.open) else {
        return;
    };
    let body = out.get(frame.start..).unwrap_or_default().to_owned();
    let html = match tag.name {
        "caption" | "wp_caption" => Some(caption(tag, &body)),
        "embed" => embed(&body),
        "gallery" => gallery(tag, notes),
        name => media(name, tag, &body),
    };
    if let Some(html) = html {
        out.truncate(frame.start);
        push_block(out, &html);
    } else {
        count(&mut notes.counts.shortcodes, tag.name);
        out.truncate(frame.start);
        out.push_str(cut(source, tag.range.clone()));
        out.push_str(&body);
        out.push_str("[/");
        out.push_str(tag.name);
        out.push(']');
    }
}

/// A block stands apart from the text around it.
fn push_block(out: &mut String, html: &str) {
    out.push_str("\n\n");
    out.push_str(html);
    out.push_str("\n\n");
}

/// What a shortcode without content shows.
fn alone(tag: &Tag<'_>, notes: &mut Notes) -> Option<String> {
    match tag.name {
        "gallery" => gallery(tag, notes),
        "embed" => embed(&text_of(tag, &["src"])?),
        "audio" | "video" => media(tag.name, tag, ""),
        _ => None,
    }
}

fn attribute_of<'a>(tag: &Tag<'a>, name: &str) -> Option<&'a str> {
    pairs(tag.attributes)
        .find(|(key, _)| key.is_some_and(|key| key.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value)
}

/// The first of the attributes that is there, decoded and not empty.
fn text_of(tag: &Tag<'_>, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| attribute_of(tag, name))
        .map(|value| entities::decode(value).trim().to_owned())
        .filter(|value| !value.is_empty())
}

/// The address in the content of a shortcode, which the editor may have made a link.
fn address(body: &str) -> Option<String> {
    let mut text = String::new();
    for token in Tokens::new(body) {
        if let Token::Text(part) = token {
            text.push_str(part);
        }
    }
    let url = entities::decode(text.trim()).into_owned();
    let complete = url.starts_with("http://") || url.starts_with("https://");
    (complete && !url.contains(char::is_whitespace)).then_some(url)
}

fn embed(body: &str) -> Option<String> {
    let url = address(body)?;
    Some(format!(
        "<figure class=\"wp-block-embed\">{}</figure>",
        entities::encode(&url)
    ))
}

fn media(element: &str, tag: &Tag<'_>, body: &str) -> Option<String> {
    const AUDIO: [&str; 7] = ["src", "mp3", "m4a", "ogg", "oga", "wav", "wma"];
    const VIDEO: [&str; 9] = [
        "src", "mp4", "m4v", "webm", "ogv", "ogg", "flv", "wmv", "mov",
    ];
    let names: &[&str] = if element == "audio" { &AUDIO } else { &VIDEO };
    let first = pairs(tag.attributes)
        .next()
        .filter(|(key, _)| key.is_none());
    let source = text_of(tag, names)
        .or_else(|| first.and_then(|(_, value)| address(value)))
        .or_else(|| address(body))?;
    let source = entities::encode(&source);
    let poster = text_of(tag, &["poster"]).filter(|_| element == "video");
    let poster = poster
        .map(|poster| format!(" poster=\"{}\"", entities::encode(&poster)))
        .unwrap_or_default();
    Some(format!(
        "<figure class=\"wp-block-{element}\"><{element} controls src=\"{source}\"{poster}></{element}></figure>"
    ))
}

fn gallery(tag: &Tag<'_>, notes: &mut Notes) -> Option<String> {
    let listed = text_of(tag, &["ids", "include"]);
    let Some(listed) = listed else {
        notes.counts.attached_galleries = notes.counts.attached_galleries.saturating_add(1);
        return Some(
            "<figure class=\"wp-block-gallery\" data-wp-gallery=\"attached\"></figure>".to_owned(),
        );
    };
    let mut html = "<figure class=\"wp-block-gallery\">".to_owned();
    let mut any = false;
    let ids = listed
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|id| id.parse::<u64>().ok());
    for id in ids.filter(|id| *id != 0) {
        any = true;
        notes.attachment(id);
        html.push_str(&bare(id));
    }
    html.push_str("</figure>");
    any.then_some(html)
}

/// `[caption id="attachment_1"]<a><img></a> words[/caption]`, or with the words in an attribute.
fn caption(tag: &Tag<'_>, body: &str) -> String {
    let id = attribute_of(tag, "id")
        .and_then(|id| id.trim().rsplit('_').next()?.parse::<u64>().ok())
        .filter(|id| *id != 0);
    let (picture, words) = split_picture(body, id);
    let attribute = attribute_of(tag, "caption").map(entities::decode);
    let words = match attribute
        .as_deref()
        .map(str::trim)
        .filter(|words| !words.is_empty())
    {
        Some(words) => words.to_owned(),
        None => words,
    };
    if picture.is_empty() {
        // There is nothing for the words to be a caption of, unless the content is that.
        return if attribute.is_some() && !body.trim().is_empty() {
            figure(tag, body.trim(), &words)
        } else {
            words
        };
    }
    figure(tag, &picture, &words)
}

fn figure(tag: &Tag<'_>, content: &str, words: &str) -> String {
    let align = attribute_of(tag, "align").unwrap_or_default();
    let align = match align {
        "alignleft" | "alignright" | "aligncenter" => format!(" {align}"),
        _ => String::new(),
    };
    let mut html = format!(
        "<figure class=\"wp-caption{align}\">{}",
        one_line(content, " ")
    );
    let words = one_line(words.trim(), "<br />");
    if !words.is_empty() {
        html.push_str("<figcaption>");
        html.push_str(&words);
        html.push_str("</figcaption>");
    }
    html.push_str("</figure>");
    html
}

/// Parts the picture, with the link around it, from the words before and after.
fn split_picture(body: &str, id: Option<u64>) -> (String, String) {
    let mut picture = String::new();
    let mut words = String::new();
    let mut link: Option<&str> = None;
    let mut link_open = false;
    for token in Tokens::new(body) {
        match token {
            Token::Open { raw, name } if picture.is_empty() && lower(name) == "img" => {
                if let Some(link) = link.take() {
                    picture.push_str(link);
                    link_open = true;
                }
                match id.filter(|_| attribute(raw, "data-wp-id").is_none()) {
                    Some(id) => {
                        picture.push_str(&with_attribute(raw, "data-wp-id", &id.to_string()));
                    }
                    None => picture.push_str(raw),
                }
            }
            Token::Open { raw, name } if picture.is_empty() && lower(name) == "a" => {
                words.push_str(link.replace(raw).unwrap_or_default());
            }
            Token::Close { raw, name } if link_open && lower(name) == "a" => {
                picture.push_str(raw);
                link_open = false;
            }
            Token::Text(text) if text.trim().is_empty() && link.is_some() => {}
            Token::Text(raw)
            | Token::Open { raw, .. }
            | Token::Close { raw, .. }
            | Token::Comment(raw) => {
                words.push_str(link.take().unwrap_or_default());
                words.push_str(raw);
            }
        }
    }
    if link_open {
        picture.push_str("</a>");
    }
    words.push_str(link.unwrap_or_default());
    (picture, words)
}

/// The HTML without line ends in its text, which would become something else later on.
fn one_line(html: &str, end: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => {
                for (at, line) in text.split('\n').enumerate() {
                    if at > 0 && !out.ends_with(end) {
                        out.push_str(end);
                    }
                    out.push_str(line);
                }
            }
            Token::Open { raw, .. } | Token::Close { raw, .. } | Token::Comment(raw) => {
                out.push_str(raw);
            }
        }
    }
    out
}
