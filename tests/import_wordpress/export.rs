//! Small WordPress exports, written by hand for one test each.

use std::{fmt::Write as _, path::PathBuf};

/// An export under construction.
pub struct Export {
    site: String,
    language: String,
    head: String,
    items: Vec<String>,
    folder: tempfile::TempDir,
}

impl Export {
    /// An empty export of a site at an address without a slash at the end.
    pub fn of(site: &str) -> Self {
        Self {
            site: site.to_owned(),
            language: "en-US".to_owned(),
            head: String::new(),
            items: Vec::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn language(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    pub fn author(mut self, id: u64, login: &str, name: &str) -> Self {
        let _ = writeln!(
            self.head,
            "<wp:author><wp:author_id>{id}</wp:author_id><wp:author_login>{login}</wp:author_login><wp:author_email>{login}@example.org</wp:author_email><wp:author_display_name><![CDATA[{name}]]></wp:author_display_name></wp:author>"
        );
        self
    }

    pub fn category(mut self, id: u64, slug: &str, parent: &str, name: &str) -> Self {
        let _ = writeln!(
            self.head,
            "<wp:category><wp:term_id>{id}</wp:term_id><wp:category_nicename>{slug}</wp:category_nicename><wp:category_parent>{parent}</wp:category_parent><wp:cat_name><![CDATA[{name}]]></wp:cat_name></wp:category>"
        );
        self
    }

    pub fn tag(mut self, id: u64, slug: &str, name: &str) -> Self {
        let _ = writeln!(
            self.head,
            "<wp:tag><wp:term_id>{id}</wp:term_id><wp:tag_slug>{slug}</wp:tag_slug><wp:tag_name><![CDATA[{name}]]></wp:tag_name></wp:tag>"
        );
        self
    }

    /// A term of any taxonomy; its description is where Polylang keeps what belongs together.
    pub fn term(mut self, id: u64, term: (&str, &str, &str), description: &str) -> Self {
        let (taxonomy, slug, name) = term;
        let _ = writeln!(
            self.head,
            "<wp:term><wp:term_id>{id}</wp:term_id><wp:term_taxonomy>{taxonomy}</wp:term_taxonomy><wp:term_slug>{slug}</wp:term_slug><wp:term_parent></wp:term_parent><wp:term_name><![CDATA[{name}]]></wp:term_name><wp:term_description><![CDATA[{description}]]></wp:term_description></wp:term>"
        );
        self
    }

    pub fn item(mut self, item: Item) -> Self {
        let text = item.text(&self.site);
        self.items.push(text);
        self
    }

    /// Anything at all between the items.
    pub fn raw(mut self, text: &str) -> Self {
        self.items.push(text.to_owned());
        self
    }

    pub fn text(&self) -> String {
        let Self {
            site,
            language,
            head,
            items,
            ..
        } = self;
        format!(
            r#"<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.5" created="2024-01-01 00:00" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>The Almanac</title><link>{site}</link><description>Notes &amp; news</description><language>{language}</language>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>{site}</wp:base_site_url><wp:base_blog_url>{site}</wp:base_blog_url>
{head}{}
</channel>
</rss>
"#,
            items.join("\n")
        )
    }

    /// Writes it into a file of its own.
    pub fn write(&self) -> PathBuf {
        self.write_bytes(self.text().as_bytes())
    }

    /// Writes it into another file of its folder, which must outlive it.
    pub fn write_named(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Writes something else in its place.
    pub fn write_bytes(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("export.xml");
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// An item under construction.
pub struct Item {
    id: u64,
    title: String,
    link: Option<String>,
    slug: String,
    kind: String,
    status: String,
    date: String,
    content: String,
    excerpt: String,
    creator: String,
    parent: u64,
    order: i64,
    password: String,
    sticky: bool,
    more: String,
}

impl Item {
    /// A published post with an address by its date.
    pub fn post(id: u64, slug: &str, title: &str) -> Self {
        Self {
            id,
            title: title.to_owned(),
            link: Some(format!("/2024/03/{slug}/")),
            slug: slug.to_owned(),
            kind: "post".to_owned(),
            status: "publish".to_owned(),
            date: "2024-03-05 10:00:00".to_owned(),
            content: format!("<p>Text of {title}.</p>"),
            excerpt: String::new(),
            creator: "ada".to_owned(),
            parent: 0,
            order: 0,
            password: String::new(),
            sticky: false,
            more: String::new(),
        }
    }

    pub fn page(id: u64, slug: &str, title: &str) -> Self {
        Self {
            kind: "page".to_owned(),
            link: Some(format!("/{slug}/")),
            ..Self::post(id, slug, title)
        }
    }

    pub fn attachment(id: u64, file: &str) -> Self {
        let name = file.rsplit('/').next().unwrap();
        let slug = name.split('.').next().unwrap();
        let item = Self::post(id, slug, name);
        Self {
            kind: "attachment".to_owned(),
            status: "inherit".to_owned(),
            link: Some(format!("/{slug}/")),
            content: String::new(),
            ..item
        }
        .more(&format!(
            "<wp:attachment_url>SITE/wp-content/uploads/{file}</wp:attachment_url>"
        ))
    }

    pub fn menu_item(id: u64, menu: &str, title: &str, order: i64) -> Self {
        let item = Self::post(id, &id.to_string(), title);
        Self {
            kind: "nav_menu_item".to_owned(),
            order,
            content: String::new(),
            ..item
        }
        .category("nav_menu", menu, menu)
    }

    /// A menu item that leads to an address.
    pub fn menu_link(id: u64, menu: &str, title: &str, url: &str) -> Self {
        Self::menu_item(id, menu, title, i64::try_from(id).unwrap())
            .meta("_menu_item_type", "custom")
            .meta("_menu_item_object", "custom")
            .meta("_menu_item_url", url)
    }

    pub fn kind(mut self, kind: &str) -> Self {
        kind.clone_into(&mut self.kind);
        self
    }
    pub fn status(mut self, status: &str) -> Self {
        status.clone_into(&mut self.status);
        self
    }
    pub fn date(mut self, date: &str) -> Self {
        date.clone_into(&mut self.date);
        self
    }
    /// A path below the site, or an address as it is.
    pub fn link(mut self, link: &str) -> Self {
        self.link = Some(link.to_owned());
        self
    }
    pub fn content(mut self, content: &str) -> Self {
        content.clone_into(&mut self.content);
        self
    }
    pub fn excerpt(mut self, excerpt: &str) -> Self {
        excerpt.clone_into(&mut self.excerpt);
        self
    }
    pub fn parent(mut self, parent: u64) -> Self {
        self.parent = parent;
        self
    }
    pub fn order(mut self, order: i64) -> Self {
        self.order = order;
        self
    }
    pub fn password(mut self, password: &str) -> Self {
        password.clone_into(&mut self.password);
        self
    }
    pub fn sticky(mut self) -> Self {
        self.sticky = true;
        self
    }
    pub fn category(self, taxonomy: &str, slug: &str, name: &str) -> Self {
        self.more(&format!(
            "<category domain=\"{taxonomy}\" nicename=\"{slug}\"><![CDATA[{name}]]></category>"
        ))
    }
    pub fn meta(self, key: &str, value: &str) -> Self {
        self.more(&format!("<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"))
    }
    pub fn comment(self, id: u64, parent: u64, approved: &str, kind: &str) -> Self {
        self.more(&format!(
            "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[Reader {id}]]></wp:comment_author><wp:comment_author_email>reader{id}@example.org</wp:comment_author_email><wp:comment_date_gmt>2024-03-06 10:00:0{}</wp:comment_date_gmt><wp:comment_content><![CDATA[Comment {id}]]></wp:comment_content><wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type><wp:comment_parent>{parent}</wp:comment_parent></wp:comment>",
            id % 10
        ))
    }
    pub fn more(mut self, xml: &str) -> Self {
        self.more.push_str(xml);
        self
    }

    /// It, as an export of a site holds it.
    pub fn text(self, site: &str) -> String {
        let Self {
            id,
            title,
            slug,
            kind,
            status,
            date,
            content,
            excerpt,
            creator,
            parent,
            order,
            password,
            sticky,
            link,
            more,
        } = self;
        let link = match link {
            Some(link) if link.starts_with('/') => format!("{site}{link}"),
            Some(link) => link,
            None => String::new(),
        };
        let more = more.replace("SITE", site);
        let content = content.replace("SITE", site);
        format!(
            "<item><title><![CDATA[{title}]]></title><link>{link}</link><dc:creator><![CDATA[{creator}]]></dc:creator><guid isPermaLink=\"false\">{site}/?p={id}</guid><content:encoded><![CDATA[{content}]]></content:encoded><excerpt:encoded><![CDATA[{excerpt}]]></excerpt:encoded><wp:post_id>{id}</wp:post_id><wp:post_date>{date}</wp:post_date><wp:post_date_gmt>{date}</wp:post_date_gmt><wp:post_modified_gmt>{date}</wp:post_modified_gmt><wp:comment_status>open</wp:comment_status><wp:post_name>{slug}</wp:post_name><wp:status>{status}</wp:status><wp:post_parent>{parent}</wp:post_parent><wp:menu_order>{order}</wp:menu_order><wp:post_type>{kind}</wp:post_type><wp:post_password>{password}</wp:post_password><wp:is_sticky>{}</wp:is_sticky>{more}</item>",
            u8::from(sticky)
        )
    }
}
