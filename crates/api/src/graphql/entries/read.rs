//! How one entry is asked for, and read in the state that is wanted.

use application::{
    entries::{self, EntryGet},
    revisions,
};
use async_graphql::{Context, ID, OneofObject, Result};
use domain::{
    content::{self, Content, ContentKind, Parts},
    id::{EditionId, EntryId},
    routes::normalise_path,
    time::Timestamp,
};

use crate::graphql::{
    context::{Here, parse_id, rename_field, session},
    enums::View,
    lookahead,
};

/// Names one entry: by its id, or by its slug or path in an edition.
#[derive(OneofObject)]
pub(crate) enum EntryRef {
    /// Its id.
    Id(ID),
    /// Its slug. Among pages of the same slug those without a parent come first.
    Slug(String),
    /// Its path, as readers see it.
    Path(String),
}

/// Names one record other than an entry: by its id, or by its slug in an edition.
#[derive(OneofObject)]
pub(crate) enum RecordRef {
    /// Its id.
    Id(ID),
    /// Its slug.
    Slug(String),
}

/// The arguments by which one entry is asked for.
pub(crate) struct EntryArgs {
    /// Which one.
    pub(crate) by: EntryRef,
    /// Code of an edition.
    pub(crate) edition: Option<String>,
    /// Whether an edition that stands in for it will do.
    pub(crate) fallback: bool,
    /// Which state of it.
    pub(crate) view: View,
    /// At which time.
    pub(crate) as_of: Option<Timestamp>,
}

impl EntryArgs {
    /// What they ask the application for.
    fn read(self, session: Here<'_>, kind: ContentKind) -> domain::Result<EntryGet> {
        let Self {
            by,
            edition,
            fallback,
            view: _,
            as_of: _,
        } = self;
        let edition = edition.as_deref();
        let by = match by {
            EntryRef::Id(id) => {
                let translation_in = session.list_edition(edition)?;
                return Ok(EntryGet {
                    by: content::EntryRef::Id(entry_id("by.id", &id, kind)?),
                    translation_in,
                    fallback,
                });
            }
            EntryRef::Slug(slug) => content::EntryRef::Slug {
                edition: session.edition_id(edition)?,
                slug,
            },
            EntryRef::Path(path) => {
                let path = normalise_path(&path).map_err(|error| rename_field(error, "by.path"))?;
                content::EntryRef::Path {
                    edition: session.edition_id(edition)?,
                    path,
                }
            }
        };
        Ok(EntryGet {
            by,
            translation_in: None,
            fallback: false,
        })
    }
}

/// One entry of a kind, in the state that is wanted.
pub(crate) async fn one(
    ctx: &Context<'_>,
    kind: ContentKind,
    args: EntryArgs,
) -> Result<Option<Content>> {
    let session = session(ctx)?;
    let (view, as_of) = (args.view, args.as_of);
    let get = args.read(session, kind)?;
    let Some(at) = as_of else {
        return read(ctx, &get, (kind, view)).await;
    };
    if view == View::Latest {
        return Err(domain::Error::invalid("asOf", "cannot stand beside `view: LATEST`").into());
    }
    let Some(content) = entries::get(session.cx(), kind, &get, Parts::NONE).await? else {
        return Ok(None);
    };
    // Loaders read what is live: nothing may be left for them.
    Ok(Box::pin(revisions::as_of(session.cx(), content, at, ALL)).await?)
}

/// An entry that was just changed; `None`: none was.
pub(crate) async fn changed(
    ctx: &Context<'_>,
    id: Option<EntryId>,
    view: Option<View>,
) -> Result<Option<Content>> {
    let Some(id) = id else { return Ok(None) };
    let view = view.unwrap_or(View::Latest);
    read(ctx, &EntryGet::id(id), (id.kind, view)).await
}

async fn read(
    ctx: &Context<'_>,
    get: &EntryGet,
    (kind, view): (ContentKind, View),
) -> Result<Option<Content>> {
    let session = session(ctx)?;
    let cx = session.cx();
    let found = entries::get(cx, kind, get, lookahead::entry_parts(ctx)).await?;
    let Some(content) = found else {
        return Ok(None);
    };
    let entry = content.entry();
    // Who may not edit it sees what readers see.
    let shows_pending = view == View::Latest && entry.has_pending_changes && session.edits(entry);
    if !shows_pending {
        return Ok(Some(content));
    }
    // Loaders read what is live: nothing may be left for them.
    Ok(Some(Box::pin(revisions::latest(cx, content, ALL)).await?))
}

/// Everything there is to an entry.
const ALL: Parts = Parts::BODY
    .with(Parts::TERMS)
    .with(Parts::BYLINE)
    .with(Parts::HERO)
    .with(Parts::SEO)
    .with(Parts::ATTACHMENTS)
    .with(Parts::SECTIONS)
    .with(Parts::CORRECTIONS);

/// The id of an entry of one kind.
pub(crate) fn entry_id(field: &str, text: &str, kind: ContentKind) -> domain::Result<EntryId> {
    let id: EntryId = parse_id(field, text)?;
    if id.kind == kind {
        Ok(id)
    } else {
        Err(domain::Error::invalid(
            field,
            format!("is the id of a different kind of entry: it must begin with `{kind}_`"),
        ))
    }
}

/// The edition of the text wanted by an argument, else the one the parent was asked for in.
pub(crate) fn edition_or(
    session: Here<'_>,
    code: Option<&str>,
    requested: EditionId,
) -> domain::Result<EditionId> {
    Ok(session.list_edition(code)?.unwrap_or(requested))
}
