//! What readers may write: words, and links that nobody vouches for. No pictures, no frames.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

const TAGS: [&str; 19] = [
    "a",
    "strong",
    "em",
    "u",
    "s",
    "code",
    "sub",
    "sup",
    "cite",
    "q",
    "bdi",
    "ruby",
    "rt",
    "p",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
];

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut tags: HashSet<&'static str> = TAGS.into_iter().collect();
    tags.insert("br");
    let mut builder = Builder::empty();
    builder
        .tags(tags)
        .add_tag_attributes("a", ["href"])
        .generic_attributes(["dir", "lang"].into_iter().collect())
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow ugc noopener"));
    builder
});

/// The HTML of a derived body, cut down to what readers may write.
pub fn of_readers(html: &str) -> String {
    SANITIZER.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_nobodys_recommendation() {
        let html =
            of_readers("<p>See <a href=\"https://a.example/?x=1\" title=\"t\">this</a>.</p>");
        assert_eq!(
            html,
            "<p>See <a href=\"https://a.example/?x=1\" rel=\"nofollow ugc noopener\">this</a>.</p>"
        );
    }

    #[test]
    fn nothing_is_loaded_and_nothing_runs() {
        let html = of_readers(
            "<figure><img src=\"https://a.example/x.png\" alt=\"x\"><figcaption>Look</figcaption></figure>\
             <iframe src=\"https://a.example\"></iframe><a href=\"javascript:x()\">y</a><h1>Z</h1>",
        );
        assert_eq!(html, "Look<a rel=\"nofollow ugc noopener\">y</a>Z");
    }
}
