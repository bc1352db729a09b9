//! Tests of the body module: by kind of block, by script, by Markdown, by malice, and at random.

mod blocks;
mod hostile;
mod markdown;
mod media;
mod properties;
mod text;

use scraper::Html;
use serde_json::Value;

use super::{Block, Body, DeriveOptions, Format, Source, derive};

fn from(format: Format, text: &str) -> Body {
    let text = text.to_owned();
    derive(&Source { format, text }, &DeriveOptions::default())
}

fn html(text: &str) -> Body {
    from(Format::Html, text)
}

fn markdown(text: &str) -> Body {
    from(Format::Markdown, text)
}

fn json(blocks: &[Block]) -> Value {
    serde_json::to_value(blocks).unwrap()
}

/// Checks what must hold for every body, and returns why it does not.
fn check(body: &Body) -> Result<(), String> {
    let stored: Vec<Block> =
        serde_json::from_value(json(&body.blocks)).map_err(|e| e.to_string())?;
    if stored != body.blocks {
        return Err(format!("JSON changes {:#?}\ninto {stored:#?}", body.blocks));
    }
    let again = html(&body.html);
    if again.blocks != body.blocks {
        return Err(format!(
            "not idempotent: {}\nblocks {:#?}\nthen {}\nblocks {:#?}",
            body.html, body.blocks, again.html, again.blocks
        ));
    }
    is_safe(&body.html)
}

/// Reads HTML as a browser would and looks for anything that could run.
fn is_safe(html: &str) -> Result<(), String> {
    const FORBIDDEN: [&str; 12] = [
        "script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "link",
        "meta", "base",
    ];
    for node in Html::parse_fragment(html).tree.nodes() {
        let Some(element) = node.value().as_element() else {
            continue;
        };
        if FORBIDDEN.contains(&element.name()) {
            return Err(format!("<{}> in {html}", element.name()));
        }
        for (name, value) in element.attrs() {
            let squeezed: String = value
                .chars()
                .filter(|c| !c.is_whitespace() && !c.is_control())
                .collect();
            let squeezed = squeezed.to_ascii_lowercase();
            let address = matches!(name, "href" | "src" | "poster");
            let scheme = ["javascript:", "data:", "vbscript:"]
                .iter()
                .any(|s| squeezed.starts_with(s));
            if name.starts_with("on") || name == "style" || name == "srcdoc" || (address && scheme)
            {
                return Err(format!("{name}={value:?} in {html}"));
            }
        }
    }
    Ok(())
}
