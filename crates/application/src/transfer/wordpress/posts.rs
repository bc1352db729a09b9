//! What a post, page or custom post says, in the words of the domain. Nothing here asks the store.

use domain::{
    articles::{ArticleDraft, EntryDraft},
    body::{Block, Body, Kind as BlockKind, Source},
    content::{ContentKind, Seo, Status},
    fields::CustomFields,
    id::EditionId,
    pages::PageDraft,
    time::Timestamp,
};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    comments::PreparedComment,
    dates,
    items::{Item, Oddity, Position},
    plain,
    report::{Kind, Tally},
    rewrite::Wait,
};

/// The longest title the store takes, in characters.
const MOST_TITLE_CHARS: usize = 1_000;
/// How much of the custom fields of one item is kept, in bytes.
const MOST_PRIVATE_BYTES: usize = 256 * 1024;

/// A term an item is filed under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TermRef {
    pub(super) taxonomy: String,
    pub(super) slug: String,
    pub(super) name: String,
}

/// An author an item names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthorRef {
    pub(super) login: String,
    pub(super) name: String,
}

/// A post or page, ready to be written but for the ids of what it refers to.
#[derive(Debug)]
pub(super) struct PreparedPost {
    pub(super) position: Position,
    pub(super) digest: String,
    /// Its id on the exported site, for what refers to it.
    pub(super) item_id: Option<u64>,
    /// Its id among the records of the import.
    pub(super) external_id: String,
    pub(super) kind: ContentKind,
    /// Everything that is known; ids are filled in by the writer.
    pub(super) draft: Draft,
    /// The language its custom field names, if the import reads one.
    pub(super) locale: Option<String>,
    /// The name of its translation group.
    pub(super) group: Option<String>,
    pub(super) terms: Vec<TermRef>,
    pub(super) primary_category: Option<u64>,
    pub(super) byline: Vec<AuthorRef>,
    pub(super) thumbnail: Option<u64>,
    pub(super) parent: Option<u64>,
    pub(super) comments: Vec<PreparedComment>,
    pub(super) waits: Vec<Wait>,
    /// The address it had, in the form addresses are compared in.
    pub(super) page_key: Option<String>,
    /// The plain addresses that lead to it: `/?p=12`.
    pub(super) plain_paths: Vec<String>,
    /// Paths it had before its slug was changed.
    pub(super) old_paths: Vec<String>,
    /// Whether something before it had the same slug.
    pub(super) is_slug_twin: bool,
    /// How often it was put off because its parent had not come.
    pub(super) round: u32,
    /// Whether the file says the same as at the last import.
    pub(super) is_unchanged: bool,
    /// What is counted once it is written.
    pub(super) tally: Tally,
}

/// What an item becomes.
#[derive(Debug)]
pub(super) enum Draft {
    Article(Box<ArticleDraft>),
    Page(Box<PageDraft>),
}

impl Draft {
    pub(super) fn entry(&self) -> &EntryDraft {
        match self {
            Self::Article(draft) => &draft.entry,
            Self::Page(draft) => &draft.entry,
        }
    }

    pub(super) fn entry_mut(&mut self) -> &mut EntryDraft {
        match self {
            Self::Article(draft) => &mut draft.entry,
            Self::Page(draft) => &mut draft.entry,
        }
    }
}

impl PreparedPost {
    pub(super) fn report_kind(&self) -> Kind {
        report_kind(self.kind)
    }
}

pub(super) fn report_kind(kind: ContentKind) -> Kind {
    match kind {
        ContentKind::Article | ContentKind::Issue => Kind::Posts,
        ContentKind::Page => Kind::Pages,
    }
}

/// Where in its life an item begins here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) status: Status,
    pub(super) published_at: Option<Timestamp>,
    pub(super) scheduled_at: Option<Timestamp>,
    pub(super) created_at: Option<Timestamp>,
    /// What an editor should know about it.
    pub(super) note: Option<String>,
}

/// Decides where in its life an item begins.
pub(super) fn life(item: &Item, now: Timestamp) -> Life {
    let local = item.post_date.as_ref().map(dates::as_utc);
    let date = item.post_date_gmt.or(item.pub_date).or(local);
    let mut life = Life {
        status: Status::Draft,
        published_at: None,
        scheduled_at: None,
        created_at: date,
        note: None,
    };
    match item.status.as_str() {
        "trash" => {
            life.status = Status::Trashed;
            if item.has_password {
                life.note = Some("was protected by a password, which is not kept".to_owned());
            }
        }
        status if item.has_password => {
            if matches!(status, "publish" | "private") {
                life.published_at = date;
            }
            life.note = Some("was protected by a password, is a draft now".to_owned());
        }
        "publish" => {
            life.status = Status::Published;
            life.published_at = date;
        }
        "future" => match date {
            Some(date) if date > now => {
                life.status = Status::Scheduled;
                life.scheduled_at = Some(date);
            }
            Some(_) => {
                life.status = Status::Published;
                life.published_at = date;
            }
            None => {
                life.note = Some("was to be published later, is a draft now".to_owned());
            }
        },
        "private" => {
            life.published_at = date;
            life.note = Some("was private, is a draft now".to_owned());
        }
        "pending" => life.status = Status::InReview,
        "draft" | "" => {}
        other => life.note = Some(format!("had the status `{other}`, is a draft now")),
    }
    life
}

/// The slug of an item as it is shown: WordPress stores those of other scripts percent-encoded,
/// and cuts them where it likes.
pub(super) fn slug(item: &Item) -> String {
    let decoded = percent_decode_str(&item.post_name).decode_utf8_lossy();
    let slug = decoded.trim_end_matches('\u{fffd}');
    let slug = match item.status.as_str() {
        "trash" => slug.strip_suffix("__trashed").unwrap_or(slug),
        _ => slug,
    };
    slug.replace('\u{fffd}', "")
}

/// The title of an item; without one, the beginning of its text.
pub(super) fn title(item: &Item, body: &Body) -> String {
    let title = plain::line(&item.title);
    let title = if title.is_empty() {
        body.excerpt(8)
    } else {
        title
    };
    if title.chars().count() > MOST_TITLE_CHARS {
        return title.chars().take(MOST_TITLE_CHARS).collect();
    }
    title
}

/// The terms of an item that stand for categories and tags.
pub(super) fn terms(item: &Item) -> Vec<TermRef> {
    let mut terms: Vec<TermRef> = Vec::new();
    for term in &item.terms {
        let taxonomy = match term.domain.as_str() {
            // Exports of the first version named it so.
            "tag" => "post_tag",
            other => other,
        };
        if term.nicename.is_empty() || super::terms::place_of(taxonomy).is_none() {
            continue;
        }
        let term = TermRef {
            taxonomy: taxonomy.to_owned(),
            slug: term.nicename.clone(),
            name: term.name.clone(),
        };
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

/// Who wrote an item: the authors the plugin Co-Authors lists, else the user it belongs to.
pub(super) fn byline(item: &Item) -> Vec<AuthorRef> {
    let several: Vec<AuthorRef> = item
        .terms_of("author")
        .map(|term| AuthorRef {
            login: term
                .nicename
                .strip_prefix("cap-")
                .unwrap_or(&term.nicename)
                .to_owned(),
            name: term.name.clone(),
        })
        .filter(|author| !author.login.is_empty())
        .collect();
    if !several.is_empty() {
        return several;
    }
    item.creator
        .iter()
        .map(|login| AuthorRef {
            login: login.clone(),
            name: login.clone(),
        })
        .collect()
}

/// The custom fields nobody else has a use for, and what the item was on the exported site.
pub(super) fn private_data(item: &Item) -> (Value, bool) {
    let mut fields: Map<String, Value> = Map::new();
    let mut bytes = 0;
    let mut is_cut = false;
    for meta in item.meta.iter().filter(|meta| !is_consumed(&meta.key)) {
        bytes += meta.key.len() + meta.value.len();
        if bytes > MOST_PRIVATE_BYTES {
            is_cut = true;
            break;
        }
        let value = Value::String(meta.value.clone());
        match fields.get_mut(&meta.key) {
            None => {
                fields.insert(meta.key.clone(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => {
                let first_value = std::mem::take(first);
                *first = Value::Array(vec![first_value, value]);
            }
        }
    }
    let mut facts = Map::new();
    if let Some(id) = item.post_id {
        facts.insert("id".to_owned(), id.into());
    }
    facts.insert("type".to_owned(), item.post_type.clone().into());
    if !fields.is_empty() {
        facts.insert("meta".to_owned(), Value::Object(fields));
    }
    let mut data = Map::new();
    data.insert("wordpress".to_owned(), Value::Object(facts));
    (Value::Object(data), is_cut)
}

/// Whether a custom field became something else, or is of use to WordPress only.
fn is_consumed(key: &str) -> bool {
    const CONSUMED: [&str; 18] = [
        "_thumbnail_id",
        "_edit_lock",
        "_edit_last",
        "_pingme",
        "_encloseme",
        "_wp_old_slug",
        super::footnotes::META,
        "_wp_trash_meta_status",
        "_wp_trash_meta_time",
        "_wp_desired_post_slug",
        "_yoast_wpseo_title",
        "_yoast_wpseo_metadesc",
        "_yoast_wpseo_canonical",
        "_yoast_wpseo_meta-robots-noindex",
        "rank_math_title",
        "rank_math_description",
        "rank_math_canonical_url",
        "rank_math_robots",
    ];
    key.starts_with("_oembed_") || CONSUMED.contains(&key)
}

/// What had to be mended in an item, by fault.
pub(super) fn count_oddities(item: &Item, tally: &mut Tally) {
    for oddity in &item.oddities {
        let name = match oddity {
            Oddity::UnknownEntity(_) => "unknown entity",
            Oddity::ControlCharacters => "control characters",
            Oddity::UnreadableDate(_) => "unreadable date",
        };
        super::report::add(&mut tally.reasons.mended, name, 1);
    }
}

/// How many blocks hold HTML as it is.
pub(super) fn raw_html_blocks(blocks: &[Block]) -> u64 {
    let count = |block: &Block| match &block.kind {
        BlockKind::RawHtml { .. } => 1,
        BlockKind::Quote { blocks, .. } => raw_html_blocks(blocks),
        BlockKind::List { items, .. } => items.iter().map(|item| raw_html_blocks(item)).sum(),
        BlockKind::Paragraph { .. }
        | BlockKind::Heading { .. }
        | BlockKind::Code { .. }
        | BlockKind::Table(_)
        | BlockKind::Image(_)
        | BlockKind::Gallery { .. }
        | BlockKind::Video(_)
        | BlockKind::Audio { .. }
        | BlockKind::File { .. }
        | BlockKind::Embed(_)
        | BlockKind::Separator => 0,
    };
    blocks.iter().map(count).sum()
}

/// What a draft is begun with.
pub(super) struct Beginning {
    pub(super) edition: EditionId,
    pub(super) path: Option<String>,
    pub(super) guid: Option<String>,
    pub(super) life: Life,
    pub(super) excerpt: Option<String>,
    pub(super) seo: Seo,
    pub(super) source: Source,
    pub(super) custom_fields: CustomFields,
    pub(super) body: Body,
    pub(super) private_data: Value,
}

/// The draft of an item, without what has ids here.
pub(super) fn draft(item: &Item, kind: ContentKind, beginning: Beginning) -> Draft {
    let Beginning {
        edition,
        path,
        guid,
        life,
        excerpt,
        seo,
        custom_fields,
        source,
        body,
        private_data,
    } = beginning;
    let entry = EntryDraft {
        edition,
        group: None,
        translated_from: None,
        parent: None,
        slug: slug(item),
        path,
        title: title(item, &body),
        status: life.status,
        published_at: life.published_at,
        scheduled_at: life.scheduled_at,
        is_featured: item.is_sticky,
        owner: None,
        guid,
        created_at: life.created_at,
        updated_at: item.post_modified_gmt.or(life.created_at),
        excerpt,
        hero: None,
        seo,
        comments_open: item.comment_status.as_deref() == Some("open"),
        custom_fields,
        source,
        body,
        private_data,
    };
    if kind == ContentKind::Page {
        let position = item.menu_order;
        return Draft::Page(Box::new(PageDraft { entry, position }));
    }
    Draft::Article(Box::new(ArticleDraft {
        entry,
        subtitle: None,
        categories: Vec::new(),
        tags: Vec::new(),
        byline: Vec::new(),
        attachments: Vec::new(),
        galleries: Vec::new(),
        related: Vec::new(),
        source_credit: None,
        post_format: item.post_format().map(str::to_owned),
        corrections: Vec::new(),
    }))
}

/// The paths an item had under slugs it no longer has.
pub(super) fn old_paths(item: &Item, path: Option<&str>) -> Vec<String> {
    const MOST: usize = 20;
    let Some((above, _)) = path.and_then(|path| path.rsplit_once('/')) else {
        return Vec::new();
    };
    let slugs = item
        .meta
        .iter()
        .filter(|meta| meta.key == "_wp_old_slug" && !meta.value.is_empty())
        .filter(|meta| meta.value != item.post_name && !meta.value.contains('/'));
    let mut paths: Vec<String> = slugs
        .filter_map(|meta| domain::routes::normalise_path(&format!("{above}/{}", meta.value)).ok())
        .filter(|old| Some(old.as_str()) != path)
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths.truncate(MOST);
    paths
}

/// The plain addresses that lead to an item: WordPress's short link, which is the same for every
/// type, and the one of its own type.
pub(super) fn plain_paths(id: u64, post_type: &str) -> Vec<String> {
    let own = match post_type {
        "page" => Some("page_id"),
        "attachment" => Some("attachment_id"),
        _ => None,
    };
    ["p"]
        .into_iter()
        .chain(own)
        .map(|name| format!("/?{name}={id}"))
        .collect()
}

/// The number in a custom field.
pub(super) fn id_in(item: &Item, key: &str) -> Option<u64> {
    item.meta_value(key)?
        .trim()
        .parse()
        .ok()
        .filter(|id| *id != 0)
}
