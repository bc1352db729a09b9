//! Turns one element of the channel, whole in memory, into a typed record.

use std::borrow::Cow;

use quick_xml::{
    events::BytesStart,
    name::{NamespaceResolver, QName},
};

use super::{
    dates, entities,
    items::{Author, Category, Comment, Item, ItemTerm, Meta, Oddity, Record, Tag, Term},
    walker::{Markup, Parse, Step, Walker},
};

/// The vocabularies an export is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    /// RSS itself, which has no namespace.
    Rss,
    Wp,
    Excerpt,
    Content,
    Dc,
    Other,
}

/// The vocabulary a namespace stands for. The export format has had the versions 1.0 to 1.2.
pub(super) fn namespace(uri: &str) -> Ns {
    let address = uri
        .strip_prefix("https://")
        .or_else(|| uri.strip_prefix("http://"));
    let address = address.unwrap_or(uri).trim_end_matches('/');
    if let Some(rest) = address.strip_prefix("wordpress.org/export/1.") {
        let (version, kind) = rest.split_once('/').unwrap_or((rest, ""));
        let numbered = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        return match kind {
            "" if numbered => Ns::Wp,
            "excerpt" if numbered => Ns::Excerpt,
            _ => Ns::Other,
        };
    }
    match address {
        "purl.org/rss/1.0/modules/content" => Ns::Content,
        "purl.org/dc/elements/1.1" => Ns::Dc,
        _ => Ns::Other,
    }
}

/// What an element of the channel turned out to be.
#[derive(Debug)]
pub(super) enum Parsed {
    Record(Record),
    /// A line about the site.
    Site(SiteField, String),
    /// Nothing an import needs.
    Ignored,
}

/// The lines about the site.
#[derive(Debug, Clone, Copy)]
pub(super) enum SiteField {
    Title,
    Description,
    Link,
    Language,
    BaseSiteUrl,
    BaseBlogUrl,
    WxrVersion,
    Generator,
}

/// Why an element could not be parsed, and how far into it the fault is.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) reason: String,
    pub(super) at: usize,
    /// The post id, when it came before the fault.
    pub(super) item_id: Option<u64>,
}

/// Parses one element.
pub(super) fn element(text: &str, namespaces: &NamespaceResolver) -> Result<Parsed, Malformed> {
    let mut walker = Walker::new(text, namespaces);
    let mut item_id = None;
    root(&mut walker, &mut item_id).map_err(|reason| Malformed {
        reason,
        at: walker.fault_at(),
        item_id,
    })
}

fn root(walker: &mut Walker<'_>, item_id: &mut Option<u64>) -> Parse<Parsed> {
    let Step::Open(ns, start) = walker.step()? else {
        return Err("it does not begin with a tag".to_owned());
    };
    let local = start.local_name();
    let field = match (ns, local.as_ref()) {
        (Ns::Rss, "item") => {
            let item = item(walker, item_id)?;
            return Ok(Parsed::Record(Record::Item(Box::new(item))));
        }
        (Ns::Wp, "author") => return author(walker).map(Record::Author).map(Parsed::Record),
        (Ns::Wp, "category") => return category(walker).map(Record::Category).map(Parsed::Record),
        (Ns::Wp, "tag") => return tag(walker).map(Record::Tag).map(Parsed::Record),
        (Ns::Wp, "term") => return term(walker).map(Record::Term).map(Parsed::Record),
        (Ns::Rss, "title") => SiteField::Title,
        (Ns::Rss, "description") => SiteField::Description,
        (Ns::Rss, "link") => SiteField::Link,
        (Ns::Rss, "language") => SiteField::Language,
        (Ns::Rss, "generator") => SiteField::Generator,
        (Ns::Wp, "base_site_url") => SiteField::BaseSiteUrl,
        (Ns::Wp, "base_blog_url") => SiteField::BaseBlogUrl,
        (Ns::Wp, "wxr_version") => SiteField::WxrVersion,
        _ => {
            walker.skip()?;
            return Ok(Parsed::Ignored);
        }
    };
    Ok(Parsed::Site(field, walker.line()?))
}

fn author(walker: &mut Walker<'_>) -> Parse<Author> {
    let mut author = Author::default();
    walker.children(|walker, ns, local, _| {
        match (ns, local) {
            (Ns::Wp, "author_id") => author.id = walker.id()?,
            (Ns::Wp, "author_login") => author.login = walker.line()?,
            (Ns::Wp, "author_email") => author.email = walker.some()?,
            (Ns::Wp, "author_display_name") => author.display_name = walker.some()?,
            (Ns::Wp, "author_first_name") => author.first_name = walker.some()?,
            (Ns::Wp, "author_last_name") => author.last_name = walker.some()?,
            _ => walker.skip()?,
        }
        Ok(())
    })?;
    Ok(author)
}

fn category(walker: &mut Walker<'_>) -> Parse<Category> {
    let mut category = Category::default();
    walker.children(|walker, ns, local, _| {
        match (ns, local) {
            (Ns::Wp, "term_id") => category.id = walker.id()?,
            (Ns::Wp, "category_nicename") => category.nicename = walker.line()?,
            (Ns::Wp, "category_parent") => category.parent = walker.some()?,
            (Ns::Wp, "cat_name") => category.name = walker.line()?,
            (Ns::Wp, "category_description") => category.description = walker.some()?,
            (Ns::Wp, "termmeta") => category.meta.push(meta(walker)?),
            _ => walker.skip()?,
        }
        Ok(())
    })?;
    Ok(category)
}

fn tag(walker: &mut Walker<'_>) -> Parse<Tag> {
    let mut tag = Tag::default();
    walker.children(|walker, ns, local, _| {
        match (ns, local) {
            (Ns::Wp, "term_id") => tag.id = walker.id()?,
            (Ns::Wp, "tag_slug") => tag.slug = walker.line()?,
            (Ns::Wp, "tag_name") => tag.name = walker.line()?,
            (Ns::Wp, "tag_description") => tag.description = walker.some()?,
            (Ns::Wp, "termmeta") => tag.meta.push(meta(walker)?),
            _ => walker.skip()?,
        }
        Ok(())
    })?;
    Ok(tag)
}

fn term(walker: &mut Walker<'_>) -> Parse<Term> {
    let mut term = Term::default();
    walker.children(|walker, ns, local, _| {
        match (ns, local) {
            (Ns::Wp, "term_id") => term.id = walker.id()?,
            (Ns::Wp, "term_taxonomy") => term.taxonomy = walker.line()?,
            (Ns::Wp, "term_slug") => term.slug = walker.line()?,
            (Ns::Wp, "term_parent") => term.parent = walker.some()?,
            (Ns::Wp, "term_name") => term.name = walker.line()?,
            (Ns::Wp, "term_description") => term.description = walker.some()?,
            (Ns::Wp, "termmeta") => term.meta.push(meta(walker)?),
            _ => walker.skip()?,
        }
        Ok(())
    })?;
    Ok(term)
}

fn meta(walker: &mut Walker<'_>) -> Parse<Meta> {
    let mut meta = Meta::default();
    walker.children(|walker, ns, local, _| {
        match (ns, local) {
            (Ns::Wp, "meta_key") => meta.key = walker.line()?,
            (Ns::Wp, "meta_value") => meta.value = walker.text(Markup::Kept)?,
            _ => walker.skip()?,
        }
        Ok(())
    })?;
    Ok(meta)
}

fn comment(walker: &mut Walker<'_>) -> Parse<Comment> {
    let mut comment = Comment::default();
    walker.children(|walker, ns, local, _| {
        match (ns, local) {
            (Ns::Wp, "comment_id") => comment.id = walker.id()?,
            (Ns::Wp, "comment_author") => comment.author = walker.line()?,
            (Ns::Wp, "comment_author_email") => comment.author_email = walker.some()?,
            (Ns::Wp, "comment_author_url") => comment.author_url = walker.some()?,
            (Ns::Wp, "comment_date") => {
                let text = walker.line()?;
                comment.date = dates::local(&text);
            }
            (Ns::Wp, "comment_date_gmt") => comment.date_gmt = walker.moment()?,
            (Ns::Wp, "comment_content") => comment.content = walker.text(Markup::Kept)?,
            (Ns::Wp, "comment_approved") => comment.approved = walker.line()?,
            (Ns::Wp, "comment_type") => comment.kind = walker.line()?,
            (Ns::Wp, "comment_parent") => comment.parent = walker.id()?,
            (Ns::Wp, "comment_user_id") => comment.user_id = walker.id()?,
            _ => walker.skip()?,
        }
        Ok(())
    })?;
    Ok(comment)
}

fn item(walker: &mut Walker<'_>, item_id: &mut Option<u64>) -> Parse<Item> {
    let mut item = Item::default();
    walker.children(|walker, ns, local, start| {
        match (ns, local) {
            (Ns::Rss, "title") => item.title = walker.line()?,
            (Ns::Rss, "link") => item.link = walker.some()?,
            (Ns::Rss, "pubDate") => item.pub_date = walker.moment()?,
            (Ns::Dc, "creator") => {
                // No login has them; some files that were edited by hand do.
                let login = walker.some()?;
                item.creator = login
                    .map(|login| login.trim_matches(['<', '>']).trim().to_owned())
                    .filter(|login| !login.is_empty());
            }
            (Ns::Rss, "guid") => {
                item.guid_is_permalink =
                    attribute(start, "isPermaLink").is_none_or(|value| value.trim() != "false");
                item.guid = walker.some()?;
            }
            (Ns::Rss, "description") => item.description = walker.text(Markup::Kept)?,
            (Ns::Content, "encoded") => item.content = walker.text(Markup::Kept)?,
            (Ns::Excerpt, "encoded") => item.excerpt = walker.text(Markup::Kept)?,
            (Ns::Rss, "category") => {
                let domain = attribute(start, "domain").unwrap_or_default();
                let nicename = attribute(start, "nicename").unwrap_or_default();
                item.terms.push(ItemTerm {
                    domain,
                    nicename,
                    name: walker.line()?,
                });
            }
            (Ns::Wp, "post_id") => {
                item.post_id = walker.id()?;
                *item_id = item.post_id;
            }
            (Ns::Wp, _) => post_field(walker, &mut item, local)?,
            _ => walker.skip()?,
        }
        Ok(())
    })?;
    item.oddities = std::mem::take(&mut walker.oddities);
    Ok(item)
}

fn post_field(walker: &mut Walker<'_>, item: &mut Item, local: &str) -> Parse<()> {
    match local {
        "post_date" => {
            let text = walker.line()?;
            item.post_date = dates::local(&text);
            if item.post_date.is_none() && !dates::is_absent(&text) {
                walker.note(Oddity::UnreadableDate(text));
            }
        }
        "post_date_gmt" => item.post_date_gmt = walker.moment()?,
        "post_modified_gmt" => item.post_modified_gmt = walker.moment()?,
        "comment_status" => item.comment_status = walker.some()?,
        "ping_status" => item.ping_status = walker.some()?,
        "post_name" => item.post_name = walker.line()?,
        "status" => item.status = walker.line()?,
        "post_parent" => item.post_parent = walker.id()?,
        "menu_order" => item.menu_order = walker.line()?.parse().unwrap_or_default(),
        "post_type" => item.post_type = walker.line()?,
        "post_password" => item.has_password = walker.some()?.is_some(),
        "is_sticky" => item.is_sticky = walker.line()? == "1",
        "attachment_url" => item.attachment_url = walker.some()?,
        "postmeta" => item.meta.push(meta(walker)?),
        "comment" => item.comments.push(comment(walker)?),
        _ => walker.skip()?,
    }
    Ok(())
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|found| found.key == QName(name))?;
    Some(entities::decode(&found.value).into_owned())
}

/// The bytes as text, or how far into them the first fault is.
pub(super) fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => Err(error.valid_up_to()),
    }
}
