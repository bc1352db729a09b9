//! What was imported, read back as an anonymous reader would, in a form that is quick to check.

use application::{
    ActorContext, articles, body, comments,
    entries::{self, EntryGet},
    media, menus, pages, routes,
};
use domain::{
    body::{Block, Kind},
    comments::CommentQuery,
    content::{EntryRef, Parts},
    editions::Edition,
    id::EditionId,
    menus::MenuItem,
    paging::PageArgs,
    routes::Route,
};
use serde_json::{Value, json};

use crate::harness::TestServer;

const ALL: Parts = Parts::BODY
    .with(Parts::TERMS)
    .with(Parts::BYLINE)
    .with(Parts::HERO)
    .with(Parts::SEO);

pub async fn edition(cx: &ActorContext, code: &str) -> Edition {
    cx.editions().await.unwrap().by_code(code).unwrap().clone()
}

fn by(edition: EditionId, name: &str) -> EntryGet {
    let by = if name.starts_with('/') {
        EntryRef::Path {
            edition,
            path: name.to_owned(),
        }
    } else {
        EntryRef::Slug {
            edition,
            slug: name.to_owned(),
        }
    };
    EntryGet {
        by,
        translation_in: None,
        fallback: false,
    }
}

/// An article, by its slug or its path.
pub async fn article(server: &TestServer, code: &str, name: &str) -> Value {
    let cx = server.reader();
    let edition = edition(&cx, code).await;
    let article = articles::get(&cx, &by(edition.id, name), ALL)
        .await
        .unwrap()
        .unwrap();
    let group = article.entry.group;
    let translations = entries::translations(&cx, &[group], Parts::NONE)
        .await
        .unwrap()
        .remove(&group)
        .unwrap();
    let stored = article.body.loaded().unwrap();
    let assets = body::assets(&cx, &stored.derived, edition.id)
        .await
        .unwrap();
    let hero = article.hero.loaded().unwrap().as_ref().map(|figure| {
        let asset = &figure.asset;
        json!({ "url": media::url(&cx, asset), "width": asset.width, "alt": asset.text.value.alt, "caption": asset.text.value.caption })
    });
    let terms: Vec<Value> = article
        .terms
        .loaded()
        .unwrap()
        .iter()
        .map(|term| json!({ "id": term.id.to_string(), "name": term.text.value.name, "slug": term.text.value.slug, "path": term.text.value.slug_path, "namespace": term.namespace }))
        .collect();
    let of = |prefix: &str| -> Vec<Value> {
        terms
            .iter()
            .filter(|term| term["id"].as_str().unwrap().starts_with(prefix))
            .cloned()
            .collect()
    };
    let byline: Vec<String> = article
        .byline
        .loaded()
        .unwrap()
        .iter()
        .map(|line| line.author.as_ref().unwrap().text.value.name.clone())
        .collect();
    let query = CommentQuery {
        entry: Some(article.entry.id),
        parent: None,
        status: None,
    };
    let comments = comments::list(&cx, &query, &PageArgs::first(10))
        .await
        .unwrap();
    json!({
        "title": article.entry.title,
        "slug": article.entry.slug,
        "path": article.entry.path,
        "excerpt": article.excerpt(None),
        "isFeatured": article.entry.is_featured,
        "publishedAt": article.entry.published_at.map(domain::time::rfc3339),
        "guid": article.entry.guid,
        "postFormat": article.post_format,
        "commentCount": article.comment_count,
        "comments": comments.nodes().map(|comment| json!({ "name": comment.author_name, "replies": comment.reply_count })).collect::<Vec<_>>(),
        "html": body::html(&cx, &stored.derived, &assets),
        "gallery": gallery(&stored.derived.blocks),
        "hero": hero,
        "primary": article.primary_category.map(|id| id.to_string()) == terms.first().map(|term| term["id"].as_str().unwrap().to_owned()),
        "categories": of("category"),
        "tags": of("tag"),
        "byline": byline,
        "seoTitle": article.seo.loaded().unwrap().title,
        "translations": translations.iter().map(|one| one.content.entry().title.clone()).collect::<Vec<_>>(),
    })
}

/// How many pictures of ours the first gallery shows.
fn gallery(blocks: &[Block]) -> Vec<String> {
    let gallery = blocks.iter().find_map(|block| match &block.kind {
        Kind::Gallery { items, .. } => Some(items),
        _ => None,
    });
    gallery
        .into_iter()
        .flatten()
        .map(|image| image.src.address())
        .collect()
}

/// The title of a page and the path of the one above it.
pub async fn page(server: &TestServer, code: &str, name: &str) -> (String, Option<String>) {
    let cx = server.reader();
    let edition = edition(&cx, code).await;
    let page = pages::get(&cx, &by(edition.id, name), Parts::NONE)
        .await
        .unwrap()
        .unwrap();
    let parent = match page.entry.parent {
        Some(parent) => entries::by_ids(&cx, &[parent], Parts::NONE)
            .await
            .unwrap()
            .remove(&parent)
            .map(|above| above.entry().path.clone()),
        None => None,
    };
    (page.entry.title, parent)
}

/// The links of a menu, nested: `label href (children)`.
pub async fn menu(server: &TestServer, code: &str, location: &str) -> String {
    let cx = server.reader();
    let edition = edition(&cx, code).await.id;
    let get = menus::MenuGet::Location {
        edition,
        location: location.to_owned(),
    };
    let menu = menus::get(&cx, &get).await.unwrap().unwrap();
    format!("{}: {}", menu.name, outline(&menu.items))
}

fn outline(items: &[MenuItem]) -> String {
    let one = |item: &MenuItem| {
        if item.children.is_empty() {
            format!("{} {}", item.label, item.href)
        } else {
            format!("{} {} ({})", item.label, item.href, outline(&item.children))
        }
    };
    items.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Where a path leads: a path of an entry, or `-> ` and where it moved.
pub async fn route(server: &TestServer, code: &str, path: &str) -> String {
    let cx = server.reader();
    let edition = edition(&cx, code).await.id;
    match routes::resolve(&cx, edition, path, Parts::NONE)
        .await
        .unwrap()
    {
        Some(Route::Entry(content)) => content.entry().path.clone(),
        Some(Route::Redirect(redirect)) => format!("-> {}", redirect.href.unwrap_or_default()),
        Some(_) => "something else".to_owned(),
        None => "nothing".to_owned(),
    }
}
