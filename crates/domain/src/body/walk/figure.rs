//! Figures and the wrappers `WordPress` writes: what they hold, joined with its caption.

use scraper::node::Element;

use super::super::block::{AspectRatio, Block, Embed, Image, Inline, Kind};
use super::super::embed::{self, Provider};
use super::super::inline::Style;
use super::super::links::LinkKind;
use super::{Frame, Nodes, Role, Sink, Walker, attribute, classes, has_class, one_line, paragraph};

impl Walker<'_> {
    /// A paragraph or a wrapper, some of which mean more than their name says.
    pub(super) fn wrapper(
        &mut self,
        node: Nodes<'_>,
        element: &Element,
        style: &Style,
        sink: &mut Sink,
    ) {
        if sink.role == Role::Line {
            return self.transparent(node, element, style, sink);
        }
        let in_figure = matches!(sink.role, Role::Figure | Role::Gallery);
        for class in classes(element) {
            match class {
                "wp-caption-text" | "gallery-caption" if in_figure => {
                    return self.aside(node, element, style, sink);
                }
                "wp-caption" | "wp-block-image" | "wp-video" | "wp-block-embed" | "gallery"
                | "wp-block-gallery" | "tiled-gallery"
                    if !in_figure =>
                {
                    return self.figure(node, element, style, sink);
                }
                "wp-block-file" => {
                    if let Some(kind) = self.file(node) {
                        return sink.push(kind);
                    }
                }
                _ => {}
            }
        }
        self.transparent(node, element, style, sink);
    }

    pub(super) fn figure(
        &mut self,
        node: Nodes<'_>,
        element: &Element,
        style: &Style,
        sink: &mut Sink,
    ) {
        sink.flush();
        let frame = sink.frame.within(element);
        let written = if attribute(element, "data-embed").is_some() {
            written_embed(node, element)
        } else if attribute(element, "data-file").is_some() {
            self.file(node)
        } else {
            None
        };
        let gallery = classes(element)
            .any(|class| matches!(class, "gallery" | "wp-block-gallery" | "tiled-gallery"));
        let role = if gallery { Role::Gallery } else { Role::Figure };
        let mut inner = Sink::new(role, frame.clone());
        if let Some(kind) = written {
            inner.push(kind);
            for child in node.children() {
                if let Some(element) = child.value().as_element()
                    && element.name() == "figcaption"
                {
                    self.aside(child, element, style, &mut inner);
                }
            }
        } else {
            self.children(node, style, &mut inner);
            inner.flush();
        }
        let caption = inner.aside.finish();
        if has_class(element, "wp-block-embed") {
            finish_embed(&mut inner.blocks, element);
        }
        sink.blocks
            .extend(assemble(inner.blocks, caption, gallery, frame));
    }

    /// A file to download: the first link that has an address and a name.
    pub(super) fn file(&self, node: Nodes<'_>) -> Option<Kind> {
        for link in node.descendants() {
            let Some(element) = link.value().as_element().filter(|e| e.name() == "a") else {
                continue;
            };
            let raw = attribute(element, "href").unwrap_or_default();
            let name = one_line(&text_of(link));
            if let (Some(src), Some(name)) = (self.options.media(LinkKind::Media, raw), name) {
                return Some(Kind::File { src, name });
            }
        }
        None
    }
}

fn text_of(node: Nodes<'_>) -> String {
    let texts = node.descendants().filter_map(|n| n.value().as_text());
    texts.map(|text| &**text).collect()
}

/// An embed in the form our own HTML gives it: a link with the title as its text.
fn written_embed(node: Nodes<'_>, element: &Element) -> Option<Kind> {
    let link = node
        .children()
        .find(|n| n.value().as_element().is_some_and(|e| e.name() == "a"))?;
    let address = attribute(link.value().as_element()?, "href")?;
    let (provider, url) = embed::from_frame(address)?;
    Some(Kind::Embed(Embed {
        title: one_line(&text_of(link)).filter(|title| *title != url && *title != address),
        provider,
        url,
        aspect_ratio: attribute(element, "data-ratio").and_then(AspectRatio::parse),
        caption: Inline::default(),
    }))
}

/// In a `WordPress` embed a bare address is one of any site, and the classes tell its shape.
fn finish_embed(blocks: &mut [Block], element: &Element) {
    let ratio = classes(element)
        .find_map(|class| class.strip_prefix("wp-embed-aspect-"))
        .and_then(|ratio| AspectRatio::parse(&ratio.replace('-', ":")));
    for block in blocks {
        if let Kind::Paragraph { content } = &block.kind {
            let text = content.text();
            let bare = text.starts_with("http") && !text.contains(char::is_whitespace);
            if let Some((provider, url)) = embed::from_frame(&text).filter(|_| bare) {
                block.kind = Kind::Embed(Embed {
                    provider,
                    url,
                    title: None,
                    aspect_ratio: None,
                    caption: Inline::default(),
                });
            }
        }
        if let Kind::Embed(embed) = &mut block.kind {
            // The shape says nothing about sound, which WordPress gives one all the same.
            let shaped = embed.provider != Provider::Soundcloud;
            embed.aspect_ratio = embed.aspect_ratio.or(ratio.filter(|_| shaped));
        }
    }
}

/// Joins what a figure holds with its caption.
fn assemble(blocks: Vec<Block>, caption: Inline, gallery: bool, frame: Frame) -> Vec<Block> {
    let pictures = blocks
        .iter()
        .filter(|b| matches!(b.kind, Kind::Image(_)))
        .count();
    let mut blocks = if gallery || (pictures > 1 && pictures == blocks.len()) {
        gather(blocks, frame.clone())
    } else {
        blocks
    };
    if caption.is_empty() {
        return blocks;
    }
    let mut slots = blocks
        .iter_mut()
        .filter_map(|block| caption_of(&mut block.kind));
    match (slots.next(), slots.next()) {
        (Some(slot), None) if slot.is_empty() => *slot = caption,
        _ => blocks.push(frame.around(paragraph(caption))),
    }
    blocks
}

/// Puts all pictures into one gallery, in the place of the first.
fn gather(blocks: Vec<Block>, frame: Frame) -> Vec<Block> {
    let mut items: Vec<Image> = Vec::new();
    let mut captions: Vec<Inline> = Vec::new();
    let mut rest: Vec<Block> = Vec::new();
    for block in blocks {
        if let Kind::Image(image) = block.kind {
            items.push(image);
        } else if let Kind::Gallery {
            items: inner,
            caption,
        } = block.kind
        {
            items.extend(inner);
            captions.push(caption);
        } else {
            rest.push(block);
        }
    }
    let mut all = Vec::with_capacity(rest.len().saturating_add(1));
    if !items.is_empty() {
        let caption = captions
            .into_iter()
            .find(|caption| !caption.is_empty())
            .unwrap_or_default();
        all.push(frame.around(Kind::Gallery { items, caption }));
    }
    all.extend(rest);
    all
}

/// Where the caption of a block goes, if it can have one.
fn caption_of(kind: &mut Kind) -> Option<&mut Inline> {
    match kind {
        Kind::Image(image) => Some(&mut image.caption),
        Kind::Gallery { caption, .. } | Kind::Audio { caption, .. } => Some(caption),
        Kind::Video(video) => Some(&mut video.caption),
        Kind::Embed(embed) => Some(&mut embed.caption),
        Kind::Table(table) => Some(&mut table.caption),
        Kind::Quote { citation, .. } => Some(citation),
        Kind::Paragraph { .. }
        | Kind::Heading { .. }
        | Kind::List { .. }
        | Kind::Code { .. }
        | Kind::File { .. }
        | Kind::Separator
        | Kind::RawHtml { .. } => None,
    }
}

/// The caption of the last picture, if it has none yet.
pub(super) fn free_caption(blocks: &mut [Block]) -> Option<&mut Inline> {
    if let Kind::Image(image) = &mut blocks.last_mut()?.kind
        && image.caption.is_empty()
    {
        return Some(&mut image.caption);
    }
    None
}
