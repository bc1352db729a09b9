//! `robots.txt` of an edition.

/// Its media type.
pub(super) const MEDIA_TYPE: &str = "text/plain; charset=utf-8";

/// Lets every crawler in and names the sitemaps, under the edition's own address. Crawlers read it
/// at the root of a host only: of editions that share a host, one has to speak for all.
pub(super) fn render(base_url: &str) -> String {
    format!(
        "User-agent: *\nDisallow:\n\nSitemap: {base_url}/sitemap.xml\nSitemap: {base_url}/sitemap-news.xml\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_sitemaps_under_the_address_of_the_edition() {
        insta::assert_snapshot!(render("https://gazette.example/fa"), @"
        User-agent: *
        Disallow:

        Sitemap: https://gazette.example/fa/sitemap.xml
        Sitemap: https://gazette.example/fa/sitemap-news.xml
        ");
    }
}
