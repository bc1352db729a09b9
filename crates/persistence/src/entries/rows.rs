//! The columns entries are selected by, and how a row of them is read.

use domain::{
    Error, Result,
    access::{ReadScope, Visibility},
    articles::{Article, Correction, EntryBody, SourceCredit},
    body::Source,
    content::{Content, ContentKind, Entry, Part, Parts, Seo},
    events::CacheTag,
    id::{EntryId, Id},
    newsletters::Issue,
    pages::Page,
};
use uuid::Uuid;

use super::visible;
use crate::sql::{Row, Sql};

const ENTRY: &str =
    "e.id, e.kind, e.edition_id, e.group_id, e.translated_from_id, e.translated_from_version";
const ENTRY_REST: &str = ", e.slug, e.path, e.title, \
    e.status, e.version, e.has_pending_changes, e.live_version, e.scheduled_at, e.unpublish_at, e.published_at, e.sort_at, e.is_featured, e.owner_id, e.guid, e.custom_fields, e.created_at, e.updated_at, \
    e.excerpt, e.derived_excerpt, e.word_count, e.reading_time_minutes, e.comments_open, e.comment_count";

/// Whether what is above an entry may be hidden from the actor; only pages stand below others.
fn may_hide_parents(kind: Option<ContentKind>, scope: &ReadScope) -> bool {
    kind.is_none_or(|kind| kind == ContentKind::Page) && *scope.visibility() != Visibility::All
}

/// Makes the SELECT list and the joins it needs. `kind`: `None` reads entries of any kind.
pub(super) fn select(kind: Option<ContentKind>, parts: Parts, scope: &ReadScope) -> (Sql, String) {
    let mut selected = Sql::new(ENTRY);
    selected.push(", e.parent_id");
    if may_hide_parents(kind, scope) {
        selected.push(", (SELECT g.id FROM entry g WHERE g.id = e.parent_id");
        visible(&mut selected, scope, "g");
        selected.push(") AS shown_parent_id");
    }
    let mut columns = ENTRY_REST.to_owned();
    let mut joins = String::new();
    let has = |wanted: ContentKind| kind.is_none_or(|kind| kind == wanted);
    if has(ContentKind::Article) {
        columns.push_str(", a.subtitle, a.primary_category_id, a.source_credit, a.post_format");
        if parts.contains(Parts::CORRECTIONS) {
            columns.push_str(", a.corrections");
        }
        joins.push_str(" LEFT JOIN article a ON a.entry_id = e.id");
    }
    if has(ContentKind::Page) {
        columns.push_str(", p.position");
        joins.push_str(" LEFT JOIN page p ON p.entry_id = e.id");
    }
    if has(ContentKind::Issue) {
        columns.push_str(", i.newsletter_id, i.number, i.outro");
        joins.push_str(" LEFT JOIN issue i ON i.entry_id = e.id");
    }
    if parts.contains(Parts::SEO) {
        columns.push_str(", e.seo");
    }
    if parts.contains(Parts::BODY) {
        columns.push_str(", b.parser_version, b.source_format, b.source, b.html, b.markdown, b.plain_text, b.blocks");
        joins.push_str(" LEFT JOIN entry_body b ON b.entry_id = e.id");
    }
    selected.push(&columns);
    (selected, joins)
}

/// Reads the columns [`select`] lists.
pub(super) fn read_content(
    row: &mut Row,
    kind: Option<ContentKind>,
    parts: Parts,
    scope: &ReadScope,
) -> Result<Content> {
    let entry = read_entry(row, may_hide_parents(kind, scope), scope)?;
    let own_kind = entry.id.kind;
    let missing = || Error::internal(format!("the detail row of {} is missing", entry.id));
    let shared = Shared {
        custom_excerpt: row.get()?,
        derived_excerpt: row.get()?,
        word_count: row.get()?,
        reading_time_minutes: row.get()?,
        comments_open: row.get()?,
        comment_count: row.get()?,
    };
    // The columns of all kinds that were joined stand in the row, whichever kind it is.
    let reads = |wanted: ContentKind| kind.is_none_or(|kind| kind == wanted);
    let article = reads(ContentKind::Article)
        .then(|| ArticleColumns::read(row, parts))
        .transpose()?;
    let position: Option<i64> = if reads(ContentKind::Page) {
        row.get()?
    } else {
        None
    };
    let issue = reads(ContentKind::Issue)
        .then(|| IssueColumns::read(row))
        .transpose()?;
    let seo = if parts.contains(Parts::SEO) {
        Part::Loaded(row.json()?)
    } else {
        Part::Absent
    };
    let body = if parts.contains(Parts::BODY) {
        Part::Loaded(read_body(row, &entry, scope)?)
    } else {
        Part::Absent
    };
    Ok(match own_kind {
        ContentKind::Article => Content::Article(
            article
                .ok_or_else(missing)?
                .into_article(entry, shared, seo, body),
        ),
        ContentKind::Page => Content::Page(Page {
            position: position.ok_or_else(missing)?,
            entry,
            custom_excerpt: shared.custom_excerpt,
            derived_excerpt: shared.derived_excerpt,
            comments_open: shared.comments_open,
            comment_count: shared.comment_count,
            seo,
            body,
            hero: Part::Absent,
        }),
        ContentKind::Issue => {
            let issue = issue.ok_or_else(missing)?;
            Content::Issue(Issue {
                newsletter: issue.newsletter.map(Id::from_uuid).ok_or_else(missing)?,
                number: issue.number.ok_or_else(missing)?,
                entry,
                outro: issue.outro,
                seo,
                body,
                hero: Part::Absent,
                sections: Part::Absent,
                attachments: Part::Absent,
            })
        }
    })
}

fn read_entry(row: &mut Row, hides_parent: bool, scope: &ReadScope) -> Result<Entry> {
    let uuid: Uuid = row.get()?;
    let kind: ContentKind = row.parse()?;
    let edition = Id::from_uuid(row.get()?);
    let group = Id::from_uuid(row.get()?);
    let (source, source_version): (Option<Uuid>, Option<i64>) = (row.get()?, row.get()?);
    let mut parent: Option<Uuid> = row.get()?;
    if hides_parent {
        let shown: Option<Uuid> = row.get()?;
        if parent.is_some() && shown.is_none() {
            // It shows once it is published, and then the lists of its kind change.
            scope.note(CacheTag::List(kind, None));
        }
        parent = shown;
    }
    let mut entry = Entry {
        id: EntryId::new(kind, uuid),
        edition,
        group,
        translated_from: source
            .zip(source_version)
            .map(|(id, version)| (EntryId::new(kind, id), version)),
        parent: parent.map(|id| EntryId::new(kind, id)),
        slug: row.get()?,
        path: row.get()?,
        title: row.get()?,
        status: row.parse()?,
        version: row.get()?,
        has_pending_changes: row.get()?,
        live_version: row.get()?,
        scheduled_at: row.get()?,
        unpublish_at: row.get()?,
        published_at: row.get()?,
        sort_at: row.get()?,
        is_featured: row.get()?,
        owner: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
        guid: row.get()?,
        custom_fields: row.json()?,
        created_at: row.get()?,
        updated_at: row.get()?,
    };
    // What waits to be published is for those who may change it: for others nothing has happened.
    if let Some(live) = entry.live_version
        && !scope.edits(&entry.target())
    {
        entry.version = live;
    }
    Ok(entry)
}

/// The columns articles alone have.
struct ArticleColumns {
    subtitle: Option<String>,
    primary_category: Option<Uuid>,
    source: Option<SourceCredit>,
    post_format: Option<String>,
    corrections: Part<Vec<Correction>>,
}

impl ArticleColumns {
    fn read(row: &mut Row, parts: Parts) -> Result<Self> {
        Ok(Self {
            subtitle: row.get()?,
            primary_category: row.get()?,
            source: row.json()?,
            post_format: row.get()?,
            corrections: if parts.contains(Parts::CORRECTIONS) {
                Part::Loaded(row.json()?)
            } else {
                Part::Absent
            },
        })
    }

    fn into_article(
        self,
        entry: Entry,
        shared: Shared,
        seo: Part<Seo>,
        body: Part<EntryBody>,
    ) -> Article {
        Article {
            entry,
            subtitle: self.subtitle,
            custom_excerpt: shared.custom_excerpt,
            derived_excerpt: shared.derived_excerpt,
            word_count: shared.word_count,
            reading_time_minutes: shared.reading_time_minutes,
            primary_category: self.primary_category.map(Id::from_uuid),
            source: self.source,
            post_format: self.post_format,
            comments_open: shared.comments_open,
            comment_count: shared.comment_count,
            seo,
            body,
            terms: Part::Absent,
            byline: Part::Absent,
            hero: Part::Absent,
            attachments: Part::Absent,
            corrections: self.corrections,
            leads: None,
        }
    }
}

/// The columns issues alone have.
struct IssueColumns {
    newsletter: Option<Uuid>,
    number: Option<i64>,
    outro: Option<String>,
}

impl IssueColumns {
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            newsletter: row.get()?,
            number: row.get()?,
            outro: row.get()?,
        })
    }
}

/// The columns all kinds have beside the entry.
struct Shared {
    custom_excerpt: Option<String>,
    derived_excerpt: String,
    word_count: i64,
    reading_time_minutes: i64,
    comments_open: bool,
    comment_count: i64,
}

fn read_body(row: &mut Row, entry: &Entry, scope: &ReadScope) -> Result<EntryBody> {
    let missing = || Error::internal(format!("the body of {} is missing", entry.id));
    let parser_version = row.get::<Option<i64>>()?.ok_or_else(missing)?;
    let format: String = row.get()?;
    let text: String = row.get()?;
    let (html, markdown, plain): (String, String, String) = (row.get()?, row.get()?, row.get()?);
    let blocks = row.json()?;
    let derived = domain::body::Body::from_stored(
        u32::try_from(parser_version).map_err(Error::internal)?,
        html,
        markdown,
        plain,
        blocks,
    );
    // What was written, comments and hidden markup included, is for those who may edit it.
    let source = scope
        .edits(&entry.target())
        .then(|| format.parse().map(|format| Source { format, text }))
        .transpose()?;
    Ok(EntryBody { derived, source })
}
