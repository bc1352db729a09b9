//! Pictures, films, sounds and frames, and the pieces of text that stand for an embed.

use std::rc::Rc;

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

use super::super::block::{AspectRatio, Embed, Image, Inline, Kind, MediaRef, Track, Video};
use super::super::embed;
use super::super::inline::{Link, Style};
use super::super::links::LinkKind;
use super::{Nodes, Role, Sink, Walker, attribute, classes, has_class, language, one_line};

impl Walker<'_> {
    pub(super) fn image(&mut self, element: &Element, style: &Style, sink: &mut Sink) {
        let alt = attribute(element, "alt")
            .and_then(one_line)
            .unwrap_or_default();
        if has_class(element, "wp-smiley") || has_class(element, "emoji") {
            // WordPress replaced an emoji by its picture; the text is still there.
            sink.text.text(&alt, style);
            return;
        }
        let width = pixels(element, "width");
        let height = pixels(element, "height");
        if width == Some(1) && height == Some(1) {
            return; // It counts readers and shows nothing.
        }
        let address = attribute(element, "src").unwrap_or_default();
        let Some(src) = self.options.media(LinkKind::Image, address) else {
            return;
        };
        sink.push(Kind::Image(Image {
            src,
            alt,
            caption: Inline::default(),
            width,
            height,
            link_href: style.link.as_ref().map(|link| link.href.clone()),
        }));
    }

    /// A frame becomes a link to what it would show.
    #[expect(clippy::unused_self, reason = "reads like its siblings at the call")]
    pub(super) fn frame(&self, element: &Element, style: &Style, sink: &mut Sink) {
        let address = attribute(element, "src").unwrap_or_default();
        let Some((provider, url)) = embed::from_frame(address) else {
            return;
        };
        if sink.role == Role::Line {
            // Within a text nothing can be shown, but readers can still follow it.
            let title = None;
            let href = url.clone();
            let link = Some(Rc::new(Link { href, title }));
            let style = Style {
                link,
                ..style.clone()
            };
            sink.text.text(&url, &style);
            return;
        }
        let sides = pixels(element, "width").zip(pixels(element, "height"));
        sink.push(Kind::Embed(Embed {
            provider,
            url,
            title: attribute(element, "title").and_then(one_line),
            aspect_ratio: sides.and_then(|(width, height)| AspectRatio::new(width, height)),
            caption: Inline::default(),
        }));
    }

    pub(super) fn video(&mut self, node: Nodes<'_>, element: &Element, sink: &mut Sink) {
        let Some(src) = self.source(node, element) else {
            return;
        };
        let poster = attribute(element, "poster");
        let poster = poster.and_then(|raw| self.options.media(LinkKind::Image, raw));
        let tracks = node
            .children()
            .filter_map(|child| self.track(child))
            .collect();
        sink.push(Kind::Video(Video {
            src,
            poster,
            tracks,
            width: pixels(element, "width"),
            height: pixels(element, "height"),
            caption: Inline::default(),
        }));
    }

    pub(super) fn audio(&mut self, node: Nodes<'_>, element: &Element, sink: &mut Sink) {
        if let Some(src) = self.source(node, element) {
            let caption = Inline::default();
            sink.push(Kind::Audio { src, caption });
        }
    }

    /// The first usable source of a film or sound.
    pub(super) fn source(&self, node: Nodes<'_>, element: &Element) -> Option<MediaRef> {
        let children = node
            .children()
            .filter_map(|child| child.value().as_element());
        let sources = children.filter(|child| child.name() == "source");
        let mut addresses = std::iter::once(element)
            .chain(sources)
            .filter_map(|element| attribute(element, "src"));
        addresses.find_map(|address| self.options.media(LinkKind::Media, address))
    }

    fn track(&self, node: NodeRef<'_, Node>) -> Option<Track> {
        const KINDS: [&str; 5] = [
            "subtitles",
            "captions",
            "descriptions",
            "chapters",
            "metadata",
        ];
        let element = node.value().as_element()?;
        if element.name() != "track" {
            return None;
        }
        let src = attribute(element, "src")?;
        let kind = attribute(element, "kind").unwrap_or_default();
        let kind = KINDS
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(kind));
        Some(Track {
            src: self.options.media(LinkKind::Media, src)?,
            kind: kind.unwrap_or("subtitles").to_owned(),
            lang: attribute(element, "srclang").and_then(language),
            label: attribute(element, "label").and_then(one_line),
        })
    }
}

/// A length in pixels: the digits an attribute starts with, unless it is a percentage.
pub(super) fn pixels(element: &Element, name: &str) -> Option<u32> {
    let value = attribute(element, name)?.trim();
    let digits = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let (number, unit) = value.split_at_checked(digits)?;
    let number = number.parse().ok().filter(|number| *number > 0)?;
    (!unit.contains('%')).then_some(number)
}

/// The embed a text stands for when it is nothing but the address of a known page.
pub(super) fn bare_embed(content: &Inline) -> Option<Kind> {
    let [span] = content.spans.as_slice() else {
        return None;
    };
    if !span.text.starts_with("http") {
        return None;
    }
    let (provider, url) = embed::from_page(&span.text)?;
    Some(Kind::Embed(Embed {
        provider,
        url,
        title: None,
        aspect_ratio: None,
        caption: Inline::default(),
    }))
}

/// The post a quotation stands for when a script was to replace it by the post itself.
pub(super) fn quoted_post(node: Nodes<'_>, element: &Element) -> Option<Kind> {
    const POSTS: [&str; 5] = [
        "twitter-tweet",
        "twitter-video",
        "instagram-media",
        "tiktok-embed",
        "fb-xfbml-parse-ignore",
    ];
    if !classes(element).any(|class| POSTS.contains(&class)) {
        return None;
    }
    let own = ["data-instgrm-permalink", "cite"].into_iter();
    let links = node.descendants().filter_map(|n| n.value().as_element());
    // The link to the post itself comes last, after those in its text.
    let links: Vec<&str> = links.filter_map(|e| attribute(e, "href")).collect();
    let addresses = own
        .filter_map(|name| attribute(element, name))
        .chain(links.into_iter().rev());
    let (provider, url) = addresses.into_iter().find_map(embed::from_page)?;
    let words: Vec<&str> = node
        .descendants()
        .filter_map(|n| n.value().as_text())
        .map(|t| &**t)
        .collect();
    Some(Kind::Embed(Embed {
        provider,
        url,
        title: one_line(&words.concat()),
        aspect_ratio: None,
        caption: Inline::default(),
    }))
}
