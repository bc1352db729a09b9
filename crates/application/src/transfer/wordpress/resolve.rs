//! The end of an import: what could not be resolved while the file was read, because what it leads
//! to came later, or from another file.

use std::collections::HashMap;

use domain::{
    Error, Result,
    body::{Body, DeriveOptions, Format, Source, derive},
    content::{Content, Parts},
    id::{EditionId, EntryId},
    redirects::{RedirectDraft, RedirectTarget},
};
use persistence::Deferred;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    addresses::Named,
    attachment_writer,
    attachments::LaterRedirect,
    frame::wide,
    known::Target,
    pictures::with_late_words,
    rewrite::{
        self, Found, Standing, Wait, attachment_token, gallery_token, may_replace, place_of_file,
    },
    run::EVERYWHERE,
    writer::{Effects, Writer},
};
use crate::{Tx, entries};

/// How many things are resolved in one transaction.
pub(super) const AT_A_TIME: u32 = 100;
/// How much a body waits for is kept in one row.
const WAITS_OF_A_ROW: usize = 500;
/// The two kinds under which bodies that wait are kept; each pass moves what still waits from one
/// to the other.
const LINKS: [&str; 2] = ["links_a", "links_b"];

/// A body that waits for what it leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LaterLinks {
    pub(super) source: String,
    pub(super) edition: EditionId,
    /// The version the body was imported with: a later one was edited here.
    pub(super) version: i64,
    pub(super) waits: Vec<Wait>,
}

/// The kind under which bodies wait at the moment. A pass that was broken off leaves both in use;
/// what it had moved is still in the older one.
pub(super) async fn links_kind(tx: &mut Tx) -> Result<&'static str> {
    let [a, b] = LINKS;
    let first = async |tx: &mut Tx, kind: &str| {
        let rows = tx.reader().deferred(EVERYWHERE, kind, 0, 1).await?;
        Ok::<_, Error>(rows.first().map(|row| row.sequence))
    };
    let (active, other) = match (first(tx, a).await?, first(tx, b).await?) {
        (None, Some(_)) => return Ok(b),
        (_, None) => return Ok(a),
        (Some(in_a), Some(in_b)) if in_a < in_b => (a, b),
        (Some(_), Some(_)) => (b, a),
    };
    tx.store_tx()
        .clear_deferred(EVERYWHERE, Some(other))
        .await?;
    Ok(active)
}

/// The kind bodies that go on waiting are moved to.
fn other_kind(kind: &str) -> &'static str {
    let [a, b] = LINKS;
    if kind == a { b } else { a }
}

/// Leaves what a body waits for until later, some of it in each row.
pub(super) async fn defer_links(
    tx: &mut Tx,
    kind: &str,
    id: EntryId,
    links: &LaterLinks,
) -> Result<()> {
    for waits in links.waits.chunks(WAITS_OF_A_ROW) {
        let row = LaterLinks {
            source: links.source.clone(),
            edition: links.edition,
            version: links.version,
            waits: waits.to_vec(),
        };
        let payload = serde_json::to_string(&row).map_err(Error::internal)?;
        tx.store_tx()
            .defer(EVERYWHERE, kind, &id.to_string(), &payload)
            .await?;
    }
    Ok(())
}

/// What bodies wait for, put together by body: one that is resolved twice at a time would lose
/// what was found first.
fn by_body(rows: &[Deferred]) -> Result<Vec<(EntryId, LaterLinks)>> {
    let mut bodies: Vec<(EntryId, LaterLinks)> = Vec::new();
    let mut places: HashMap<(EntryId, i64), usize> = HashMap::new();
    for row in rows {
        let id: EntryId = row.subject.parse()?;
        let links: LaterLinks = serde_json::from_str(&row.payload).map_err(Error::internal)?;
        let place = *places.entry((id, links.version)).or_insert(bodies.len());
        match bodies.get_mut(place) {
            Some((_, known)) => known.waits.extend(links.waits),
            None => bodies.push((id, links)),
        }
    }
    Ok(bodies)
}

/// A body whose addresses are resolved, to be derived anew.
struct Renewed {
    id: EntryId,
    source: Source,
    body: Option<Body>,
    rest: Option<LaterLinks>,
}

impl Writer {
    /// Puts categories below parents that came after them.
    pub(super) async fn late_parents(
        &mut self,
        tx: &mut Tx,
        rows: &[Deferred],
        effects: &mut Effects,
    ) -> Result<()> {
        for row in rows {
            self.late_parent(tx, (&row.subject, &row.payload), effects)
                .await?;
        }
        Ok(())
    }

    /// Makes redirects that waited for all entries to have their paths.
    pub(super) async fn late_redirects(
        &mut self,
        tx: &mut Tx,
        rows: &[Deferred],
        effects: &mut Effects,
    ) -> Result<()> {
        for row in rows {
            let later: LaterRedirect =
                serde_json::from_str(&row.payload).map_err(Error::internal)?;
            let entry = match later.item {
                Some(item) => self.target_of_item(tx, item).await?,
                None => None,
            };
            let to = match (entry, later.url) {
                (Some(Target::Entry { id, .. }), _) => RedirectTarget::Entry(id),
                (Some(Target::Asset(_)) | None, Some(url)) => RedirectTarget::Url(url),
                (Some(Target::Asset(_)) | None, None) => continue,
            };
            for (edition, from) in later.from {
                let redirect = RedirectDraft {
                    edition,
                    from,
                    to: to.clone(),
                    is_permanent: true,
                };
                self.redirect(tx, &redirect, effects).await?;
            }
        }
        Ok(())
    }

    /// Resolves what bodies wait for, as far as it is there now. What goes on waiting is moved to
    /// the other kind.
    pub(super) async fn late_links(
        &mut self,
        tx: &mut Tx,
        rows: &[Deferred],
        effects: &mut Effects,
    ) -> Result<()> {
        let mut renewed = Vec::new();
        for (id, links) in by_body(rows)? {
            let (found, rest) = self.resolve(tx, &links).await?;
            let rest = (!rest.is_empty()).then(|| LaterLinks {
                waits: rest,
                ..links.clone()
            });
            if found.is_empty() {
                self.wait_on(tx, id, rest, effects).await?;
                continue;
            }
            // What was edited or deleted here is not touched any more.
            let Some(html) = imported_source(tx, id, links.version).await? else {
                continue;
            };
            let html = self.fill_galleries(tx, &links, html, &found).await?;
            let html = with_late_words(tx, html, links.edition, &found).await?;
            let source = Source {
                format: Format::Html,
                text: rewrite::replace(&html, &found),
            };
            renewed.push(Renewed {
                id,
                source,
                body: None,
                rest,
            });
        }
        for one in derive_all(renewed).await? {
            if let Some(body) = &one.body {
                entries::replace_body_in(tx, one.id, &one.source, body).await?;
            }
            self.wait_on(tx, one.id, one.rest, effects).await?;
        }
        Ok(())
    }

    async fn wait_on(
        &self,
        tx: &mut Tx,
        id: EntryId,
        rest: Option<LaterLinks>,
        effects: &mut Effects,
    ) -> Result<()> {
        let Some(rest) = rest else { return Ok(()) };
        effects.tally.reasons.unresolved_links += wide(rest.waits.len());
        defer_links(tx, other_kind(self.links), id, &rest).await
    }

    /// What is there now of what a body waits for, by address, and what is not.
    async fn resolve(&self, tx: &mut Tx, links: &LaterLinks) -> Result<(Found, Vec<Wait>)> {
        let mut found = Found::default();
        let mut rest = Vec::new();
        for wait in &links.waits {
            if let Some(item) = wait.url.strip_prefix("gallery:") {
                let item = item.parse().unwrap_or_default();
                let pictures =
                    attachment_writer::pictures_of(tx.reader(), &links.source, item).await?;
                for id in &pictures {
                    if let Some(asset) = self.stored_asset(tx, &links.source, *id).await? {
                        found.shown.insert(attachment_token(*id), asset);
                    }
                }
                if pictures.is_empty() {
                    rest.push(wait.clone());
                }
                continue;
            }
            let place = match (self.place_of(tx, links, wait).await?, wait.attachment) {
                (Some(place), _) => Some(place),
                (None, Some(id)) => self.stored_asset(tx, &links.source, id).await?,
                (None, None) => None,
            };
            match place {
                Some(place) if wait.shows => {
                    found.shown.insert(wait.url.clone(), place);
                }
                Some(place) => {
                    found.linked.insert(wait.url.clone(), place);
                }
                None => rest.push(wait.clone()),
            }
        }
        Ok((found, rest))
    }

    /// What a body may write in the place of an address it waits for.
    async fn place_of(
        &self,
        tx: &mut Tx,
        links: &LaterLinks,
        wait: &Wait,
    ) -> Result<Option<String>> {
        let standing = Standing {
            base: None,
            edition: links.edition,
            known: &self.known,
        };
        let url = Url::parse(&wait.url).ok();
        let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https")) else {
            return Ok(None);
        };
        let target = self.target_of_page(tx, &url).await?;
        Ok(target
            .filter(|target| may_replace(&Named::by(&url), target, wait.shows))
            .and_then(|target| rewrite::place(&url, &target, standing)))
    }

    async fn stored_asset(&self, tx: &mut Tx, source: &str, id: u64) -> Result<Option<String>> {
        Ok(match self.stored_target(tx, source, id).await? {
            Some(Target::Asset(upload)) => Some(place_of_file(upload.id)),
            Some(Target::Entry { .. }) | None => None,
        })
    }

    async fn fill_galleries(
        &self,
        tx: &mut Tx,
        links: &LaterLinks,
        html: String,
        found: &Found,
    ) -> Result<String> {
        let mut html = html;
        for wait in &links.waits {
            let Some(item) = wait.url.strip_prefix("gallery:") else {
                continue;
            };
            let item = item.parse().unwrap_or_default();
            let pictures = attachment_writer::pictures_of(tx.reader(), &links.source, item).await?;
            let is_there = |id: &&u64| found.shown.contains_key(&attachment_token(**id));
            let there: Vec<u64> = pictures.iter().filter(is_there).copied().collect();
            if !there.is_empty() && wait.url == gallery_token(item) {
                html = rewrite::fill_galleries(&html, &there);
            }
        }
        Ok(html)
    }
}

/// The source of an entry, if it is still the one that was imported.
async fn imported_source(tx: &mut Tx, id: EntryId, version: i64) -> Result<Option<String>> {
    let cx = tx.cx().clone();
    let found = tx
        .reader()
        .entries_by_ids(cx.scope(), &[id], Parts::BODY)
        .await?;
    let content = found.into_values().next();
    let Some(content) = content.filter(|content| content.entry().version == version) else {
        return Ok(None);
    };
    let body = match content {
        Content::Article(article) => article.body,
        Content::Page(page) => page.body,
        Content::Issue(issue) => issue.body,
    };
    let source = body.into_loaded().and_then(|body| body.source);
    Ok(source.map(|source| source.text))
}

/// Derives bodies on a thread that may work for long.
async fn derive_all(list: Vec<Renewed>) -> Result<Vec<Renewed>> {
    if list.is_empty() {
        return Ok(list);
    }
    let derived = tokio::task::spawn_blocking(move || {
        let mut list = list;
        for one in &mut list {
            one.body = Some(derive(&one.source, &DeriveOptions::default()));
        }
        list
    });
    derived.await.map_err(Error::internal)
}
