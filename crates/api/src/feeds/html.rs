//! Bodies as feeds need them: every address absolute, the direction said in the markup.

use std::borrow::Cow;

use domain::text::Direction;
use url::Url;

/// Attributes that hold one address.
const ADDRESSES: [&str; 5] = ["href", "src", "poster", "cite", "data"];

/// What relative addresses in a body are relative to.
#[derive(Debug, Clone)]
pub(super) struct Base {
    page: Option<Url>,
    site: Option<Url>,
    files: Option<Url>,
}

impl Base {
    /// `page`: the address of the entry. `site`: the base URL of its edition. `files`: that of the
    /// server of our media.
    pub(super) fn new(page: &str, site: &str, files: &str) -> Self {
        Self {
            page: Url::parse(page).ok(),
            site: Url::parse(site).ok(),
            files: Url::parse(files).ok(),
        }
    }

    /// The absolute form of an address, or none if it is absolute already (or cannot be read).
    pub(super) fn resolve(&self, address: &str) -> Option<String> {
        if Url::parse(address) != Err(url::ParseError::RelativeUrlWithoutBase) {
            return None;
        }
        if !address.starts_with('/') || address.starts_with("//") {
            return self.page.as_ref()?.join(address).ok().map(String::from);
        }
        // Stored media is served by this server, everything else by the edition's frontend.
        let base = if address.starts_with("/media/asset_") {
            &self.files
        } else {
            &self.site
        };
        below(base.as_ref()?, address)
    }
}

/// A path of a site whose base URL may have a path itself. One that has the latter in it already is
/// meant as browsers read it.
fn below(site: &Url, path: &str) -> Option<String> {
    let prefix = site.path().trim_end_matches('/');
    let is_whole = path
        .strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
    let joined = if is_whole {
        site.join(path)
    } else {
        site.join(&format!("{prefix}{path}"))
    };
    joined.ok().map(String::from)
}

/// Makes all addresses in sanitised HTML absolute. Everything else stays byte by byte as it is.
pub(super) fn absolute(html: &str, base: &Base) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        out.push_str(text);
        out.push('<');
        rest = after;
        if let Some(comment) = rest.strip_prefix("!--") {
            let (inside, after) = comment.split_once("-->").unwrap_or((comment, ""));
            out.push_str("!--");
            out.push_str(inside);
            out.push_str("-->");
            rest = after;
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            rest = copy_tag(rest, base, &mut out);
        }
    }
    out.push_str(rest);
    out
}

/// Copies a start tag, of which the `<` has been copied, and returns what follows it.
fn copy_tag<'a>(tag: &'a str, base: &Base, out: &mut String) -> &'a str {
    let ends_name = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=');
    let mut rest = copy_until(tag, ends_name, out);
    while let Some(first) = rest.chars().next() {
        if first == '>' {
            return copy_until(rest, |c| c != '>', out);
        }
        if ends_name(first) {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let name_end = rest.find(ends_name).unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        out.push_str(name);
        rest = copy_value(name, after, base, out);
    }
    rest
}

/// Copies `="value"` after the name of an attribute, the value made absolute.
fn copy_value<'a>(name: &str, after: &'a str, base: &Base, out: &mut String) -> &'a str {
    let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
        return after;
    };
    out.push('=');
    let value = value.trim_ascii_start();
    let quoted = |quote: char| {
        value
            .strip_prefix(quote)
            .and_then(|value| value.split_once(quote))
    };
    let (value, rest) = quoted('"').or_else(|| quoted('\'')).unwrap_or_else(|| {
        value.split_at(
            value
                .find(|c: char| c.is_ascii_whitespace() || c == '>')
                .unwrap_or(value.len()),
        )
    });
    out.push('"');
    out.push_str(&absolute_value(name, value, base));
    out.push('"');
    rest
}

fn absolute_value<'a>(name: &str, value: &'a str, base: &Base) -> Cow<'a, str> {
    if ADDRESSES
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
    {
        if let Some(url) = base.resolve(unescape(value).trim_ascii()) {
            return Cow::Owned(escape(&url));
        }
    } else if name.eq_ignore_ascii_case("srcset") {
        return Cow::Owned(
            value
                .split(", ")
                .map(|candidate| absolute_candidate(candidate, base))
                .collect::<Vec<_>>()
                .join(", "),
        );
    }
    if value.contains('"') {
        Cow::Owned(value.replace('"', "&quot;"))
    } else {
        Cow::Borrowed(value)
    }
}

/// One picture of a `srcset`: an address and, after a space, how large it is.
fn absolute_candidate(candidate: &str, base: &Base) -> String {
    let candidate = candidate.trim_ascii();
    let (address, size) = candidate
        .split_once(' ')
        .map_or((candidate, None), |(address, size)| (address, Some(size)));
    let address = base
        .resolve(&unescape(address))
        .map_or_else(|| address.replace('"', "&quot;"), |url| escape(&url));
    size.map_or_else(|| address.clone(), |size| format!("{address} {size}"))
}

/// Says the direction around a text of a right-to-left edition: readers that show feeds among
/// others know no other way to tell.
pub(super) fn directed(html: String, direction: Direction) -> String {
    match direction {
        Direction::Ltr => html,
        Direction::Rtl | Direction::Auto => {
            format!("<div dir=\"{}\">{html}</div>", direction.as_str())
        }
    }
}

/// Escapes a text for element content and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// Undoes what HTML serialisers escape in attributes.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value);
    }
    let plain = value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", "\u{a0}");
    Cow::Owned(plain.replace("&amp;", "&"))
}

fn copy_until<'a>(text: &'a str, stop: impl Fn(char) -> bool, out: &mut String) -> &'a str {
    let (before, after) = text.split_at(text.find(stop).unwrap_or(text.len()));
    out.push_str(before);
    after
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn made_absolute(html: &str) -> String {
        absolute(
            html,
            &Base::new(
                "https://gazette.example/2026/03/bees",
                "https://gazette.example",
                "https://api.example",
            ),
        )
    }

    #[test]
    fn a_path_stands_below_the_base_url_though_that_has_a_path() {
        let base = Base::new(
            "https://gazette.example/fa/2026/03/bees",
            "https://gazette.example/fa",
            "https://gazette.example/api",
        );
        for (address, expected) in [
            ("/2026/03/wax", "https://gazette.example/fa/2026/03/wax"),
            ("/fa/2026/03/wax", "https://gazette.example/fa/2026/03/wax"),
            ("/fa?page=2", "https://gazette.example/fa?page=2"),
            ("/fable#end", "https://gazette.example/fa/fable#end"),
            ("/?p=7", "https://gazette.example/fa/?p=7"),
            ("/", "https://gazette.example/fa/"),
            ("wax", "https://gazette.example/fa/2026/03/wax"),
            ("#end", "https://gazette.example/fa/2026/03/bees#end"),
            ("//cdn.example/a.png", "https://cdn.example/a.png"),
            (
                "/media/asset_01/1/a.png",
                "https://gazette.example/api/media/asset_01/1/a.png",
            ),
        ] {
            assert_eq!(
                base.resolve(address).as_deref(),
                Some(expected),
                "{address}"
            );
        }
        assert_eq!(base.resolve("https://gazette.example/2026/03/wax"), None);
    }

    #[test]
    fn links_and_pictures_become_absolute() {
        let cases = [
            (
                r#"<a href="/about">x</a>"#,
                r#"<a href="https://gazette.example/about">x</a>"#,
            ),
            (
                r#"<a href="wax?a=1&amp;b=2">x</a>"#,
                r#"<a href="https://gazette.example/2026/03/wax?a=1&amp;b=2">x</a>"#,
            ),
            (
                r##"<a href="#fn1">1</a>"##,
                r#"<a href="https://gazette.example/2026/03/bees#fn1">1</a>"#,
            ),
            (
                r#"<img src="//cdn.example/a.png">"#,
                r#"<img src="https://cdn.example/a.png">"#,
            ),
            (
                r#"<img src="/media/asset_01/1/a.png" alt="a > b">"#,
                r#"<img src="https://api.example/media/asset_01/1/a.png" alt="a > b">"#,
            ),
            (
                r#"<img srcset="/a.png 1x, https://cdn.example/b.png 2x">"#,
                r#"<img srcset="https://gazette.example/a.png 1x, https://cdn.example/b.png 2x">"#,
            ),
            (
                r"<video poster='/p.png' controls></video>",
                r#"<video poster="https://gazette.example/p.png" controls></video>"#,
            ),
            (
                r#"<a href="/شهر">x</a>"#,
                r#"<a href="https://gazette.example/%D8%B4%D9%87%D8%B1">x</a>"#,
            ),
        ];
        for (relative, expected) in cases {
            assert_eq!(made_absolute(relative), expected);
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for html in [
            "",
            "no markup at all, 1 < 2",
            r#"<p dir="rtl" title="href=/x">a &amp; b</p><!-- <a href="/x"> -->"#,
            r#"<a href="https://other.example/a b?x=1&amp;y=2#z">x</a>"#,
            r#"<a href="mailto:desk@gazette.example">x</a><br/><hr />"#,
        ] {
            assert_eq!(made_absolute(html), html);
        }
    }

    proptest! {
        #[test]
        fn wild_input_never_panics_and_is_rewritten_once(html in "[<>a/=\"' hrefsc&;#!-]{0,60}") {
            let once = made_absolute(&html);
            prop_assert_eq!(made_absolute(&once), once);
        }
    }
}
