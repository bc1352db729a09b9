//! Writing: what commands make of entries, field by field and step by step; changes over both faces.

mod anonymous;
mod articles;
mod assets;
mod batch;
mod batched_records;
mod collections;
mod corrections;
mod costs;
mod editions_deleted;
mod galleries;
mod graphql_entries;
mod idempotency;
mod lifecycle;
mod log;
mod menus;
mod newsletters;
mod pages_and_issues;
mod past;
mod pending;
mod pending_uses;
mod refusals;
mod rest_entries;
mod shared_records;
mod site;
mod states;
mod translations;
mod unseen_items;

use application::{ActorContext, articles::NewArticle, entries::EntryGet, lifecycle::Step};
use domain::{
    articles::Article,
    body::{Format, Source},
    change::{ArticleChange, Change, EntryChange},
    content::Parts,
    id::{ArticleId, EditionId},
};

use crate::harness::TestServer;

/// A text as an editor writes it.
fn html(text: &str) -> Change<Source> {
    Change::Set(Source {
        format: Format::Html,
        text: text.to_owned(),
    })
}

/// A change of the headline.
fn titled(title: &str) -> ArticleChange {
    ArticleChange {
        entry: EntryChange {
            title: Change::Set(title.to_owned()),
            ..EntryChange::default()
        },
        ..ArticleChange::default()
    }
}

/// A new article, which is a draft.
async fn drafted(cx: &ActorContext, edition: EditionId, title: &str) -> Article {
    let mut change = titled(title);
    change.entry.body = html(&format!("<p>{title} and what came of it.</p>"));
    application::articles::create_from(cx, NewArticle { edition, change })
        .await
        .unwrap()
}

/// Everything somebody sees of an article.
async fn seen(cx: &ActorContext, id: ArticleId) -> Option<Article> {
    let parts = Parts::BODY
        .with(Parts::TERMS)
        .with(Parts::BYLINE)
        .with(Parts::HERO)
        .with(Parts::SEO)
        .with(Parts::ATTACHMENTS);
    application::articles::get(cx, &EntryGet::id(id), parts)
        .await
        .unwrap()
}

fn step(expected: i64) -> Step {
    Step {
        expected,
        note: None,
    }
}

/// The tables a write may touch, as text: what a refusal leaves untouched.
async fn everything(server: &TestServer) -> String {
    let mut all = String::new();
    for table in [
        "entry",
        "article",
        "page",
        "issue",
        "entry_body",
        "entry_term",
        "entry_contribution",
        "entry_asset",
        "entry_gallery",
        "entry_related",
        "issue_item",
        "route",
        "revision",
        "audit",
        "outbox",
    ] {
        let columns: &[&str] = match table {
            "entry" => &[
                "slug", "path", "title", "status", "version", "excerpt", "seo",
            ],
            "article" => &["subtitle", "source_credit", "corrections"],
            "issue" => &["number", "outro"],
            "entry_body" => &["source", "html"],
            "entry_term" | "entry_contribution" => &["status", "sort_at"],
            "entry_asset" => &["role", "caption"],
            "page" | "entry_gallery" | "entry_related" => &["position"],
            "issue_item" => &["heading", "note"],
            "route" => &["path", "role"],
            "revision" => &["version", "is_pending", "snapshot"],
            "audit" => &["action", "target_id", "fields"],
            _ => &["name", "target_id"],
        };
        let text = columns
            .iter()
            .map(|column| format!("coalesce(CAST({column} AS text), '-')"))
            .collect::<Vec<_>>()
            .join(" || ' ' || ");
        let rows = server
            .rows(&format!("SELECT {text} FROM {table} ORDER BY 1"))
            .await;
        for row in rows {
            let text: String = row.try_get_by_index(0).unwrap();
            all.push_str(&format!("{table}: {text}\n"));
        }
    }
    all
}
