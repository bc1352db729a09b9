//! Fills SQLite stores with the generated publication, through the application's create functions,
//! and keeps them for the next run.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use application::{
    ActorContext, App, AppOptions, Clock, Durability, IdSource, Store, StoreOptions, articles,
    comments, editions, entries, settings,
};
use chrono::{DateTime, Utc};
use domain::{
    access::Actor,
    articles::{ArticleDraft, ContributionDraft, ContributionRole, EntryDraft},
    body::{DeriveOptions, Format, Source, derive},
    comments::{CommentDraft, CommentStatus},
    content::{Seo, Status},
    editions::{EditionDraft, Permalinks, SlugStyle},
    id::{AssetId, AuthorId, CategoryId, EditionId, Id, TagId, TranslationGroupId},
    media::FigureDraft,
    settings::SiteDraft,
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    Result, fault, note,
    publication::{self, Article, Publication},
    random::Random,
    shared_records,
    words::LANGUAGES,
};

/// Articles in one transaction.
const BATCH: usize = 500;
/// Threads that derive bodies.
const WORKERS: usize = 2;
const ID: u64 = 3;

/// A filled store.
#[derive(Debug, Clone)]
pub(crate) struct Filled {
    /// Its file.
    pub(crate) path: PathBuf,
    /// What it was made of: the publication and the schema.
    pub(crate) stamp: String,
    /// How long it took; `None`: kept from an earlier run.
    pub(crate) time: Option<Duration>,
}

impl Filled {
    pub(crate) fn url(&self) -> String {
        format!("sqlite:{}", self.path.display())
    }
}

/// The store with this publication: the one an earlier run left, if it still fits, else a new one.
pub(crate) async fn sqlite(directory: &Path, publication: Publication) -> Result<Filled> {
    let folder = directory.join(format!("sqlite-{}", publication.articles));
    let path = folder.join("colophon.db");
    let stamp_file = folder.join("stamp");
    let stamp = stamp(directory, publication).await?;
    if fs::read_to_string(&stamp_file).is_ok_and(|kept| kept == stamp) {
        return Ok(Filled {
            path,
            stamp,
            time: None,
        });
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    note(format_args!(
        "filling a SQLite store with {} articles",
        publication.articles
    ));
    let begun = Instant::now();
    fill(&path, publication).await?;
    fs::write(&stamp_file, &stamp)?;
    Ok(Filled {
        path,
        stamp,
        time: Some(begun.elapsed()),
    })
}

/// Opens an empty store of the current schema.
pub(crate) async fn open_empty(path: &Path) -> Result<Store> {
    for suffix in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{suffix}", path.display()));
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    let options = StoreOptions {
        url: format!("sqlite:{}", path.display()),
        readers: 1,
        durability: Durability::Bulk,
    };
    let store = Store::open(&options).await?;
    store.migrate().await?;
    Ok(store)
}

/// What a store depends on.
async fn stamp(directory: &Path, publication: Publication) -> Result<String> {
    let path = directory.join("schema.db");
    open_empty(&path).await?.close().await?;
    let connection = rusqlite::Connection::open(&path)?;
    let mut statement =
        connection.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")?;
    let mut hash = Sha256::new();
    for sql in statement.query_map((), |row| row.get::<_, String>(0))? {
        hash.update(sql?);
    }
    let schema: String = hash
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(format!(
        "v{}-{}-parser{}-{schema}",
        publication::VERSION,
        publication.articles,
        domain::body::PARSER_VERSION
    ))
}

/// A clock that stands after the newest article.
struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_768_000_000, 0).unwrap_or_default()
    }
}

/// Ids in the form of `UUIDv7`, one for each millisecond.
#[derive(Default)]
struct CountedIds(AtomicUsize);

impl IdSource for CountedIds {
    fn next(&self) -> Uuid {
        const BEGIN_MS: u64 = 1_451_606_400_000;
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let mut random = Random::of(ID, number);
        let mut bytes = [0; 10];
        for (to, from) in bytes.iter_mut().zip(
            random
                .next()
                .to_be_bytes()
                .into_iter()
                .chain(random.next().to_be_bytes()),
        ) {
            *to = from;
        }
        let millis = BEGIN_MS + u64::try_from(number).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

/// The ids of what articles refer to.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) editions: Vec<EditionId>,
    pub(crate) categories: Vec<CategoryId>,
    pub(crate) tags: Vec<TagId>,
    pub(crate) authors: Vec<AuthorId>,
    pub(crate) assets: Vec<AssetId>,
}

async fn fill(path: &Path, publication: Publication) -> Result<()> {
    let store = open_empty(path).await?;
    let app = App::new(AppOptions {
        store: store.clone(),
        objects: Arc::new(object_store::memory::InMemory::new()),
        clock: Arc::new(StoppedClock),
        ids: Arc::new(CountedIds::default()),
        public_url: "http://127.0.0.1".to_owned(),
        keys: application::keys::KeySet::default(),
        auth: application::auth::AuthOptions::default(),
        content_model: domain::fields::ContentModel::default(),
    });
    let cx = app.context(Actor::System("bench"));
    settings::update(
        &cx,
        SiteDraft {
            name: "The Lakeside Gazette".to_owned(),
            ..SiteDraft::default()
        },
    )
    .await?;
    let mut shared = Shared {
        editions: create_editions(&cx).await?,
        ..Shared::default()
    };
    shared_records::create(&cx, publication, &mut shared).await?;
    create_articles(&cx, publication, Arc::new(shared)).await?;
    drop((cx, app));
    store.close().await?;
    Ok(())
}

async fn create_editions(cx: &ActorContext) -> Result<Vec<EditionId>> {
    let mut ids: Vec<EditionId> = Vec::new();
    for (position, language) in (0..).zip(LANGUAGES) {
        let draft = EditionDraft {
            code: language.code.parse()?,
            name: language.name.to_owned(),
            direction: None,
            base_url: format!("https://{}.example.org", language.code),
            title: language.title.to_owned(),
            tagline: None,
            fallback: ids.first().copied(),
            is_default: ids.is_empty(),
            position,
            permalinks: Permalinks::default(),
            slug_style: SlugStyle::Native,
        };
        ids.push(editions::create(cx, draft).await?);
    }
    Ok(ids)
}

type Made = (Article, ArticleDraft);

/// Writes the articles in their order, while other threads derive the bodies of the next ones.
async fn create_articles(
    cx: &ActorContext,
    publication: Publication,
    shared: Arc<Shared>,
) -> Result<()> {
    let batches = publication.articles.div_ceil(BATCH);
    let mut queues = Vec::new();
    for worker in 0..WORKERS {
        let (sender, receiver) = mpsc::sync_channel::<Vec<Made>>(2);
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            for batch in (worker..batches).step_by(WORKERS) {
                let numbers = batch * BATCH..((batch + 1) * BATCH).min(publication.articles);
                let made = numbers
                    .map(|number| make(publication, number, &shared))
                    .collect();
                if sender.send(made).is_err() {
                    return;
                }
            }
        });
        queues.push(receiver);
    }
    let begun = Instant::now();
    let mut group = None;
    for batch in 0..batches {
        let made = queues
            .get(batch % WORKERS)
            .and_then(|queue| queue.recv().ok())
            .ok_or_else(|| fault("a thread that derives bodies has ended"))?;
        write_batch(cx, made, &mut group).await?;
        if (batch + 1) % 40 == 0 {
            note(format_args!(
                "{} articles after {:.0} s",
                (batch + 1) * BATCH,
                begun.elapsed().as_secs_f64()
            ));
        }
    }
    Ok(())
}

async fn write_batch(
    cx: &ActorContext,
    made: Vec<Made>,
    group: &mut Option<TranslationGroupId>,
) -> Result<()> {
    cx.write(async |tx| {
        for (article, mut draft) in made {
            if article.is_translated() {
                if article.edition == 0 || group.is_none() {
                    *group = Some(entries::new_group(tx.cx()));
                }
                draft.entry.group = *group;
            }
            let id = articles::create_in(tx, &draft).await?;
            if let Some(text) = article.comment {
                let comment = CommentDraft {
                    entry: id.into(),
                    parent: None,
                    status: CommentStatus::Approved,
                    author_name: publication::language(article.edition).reader.to_owned(),
                    author_email: None,
                    author_url: None,
                    body: text,
                    created_at: Some(article.published_at),
                };
                comments::create_in(tx, &comment).await?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(())
}

fn make(publication: Publication, number: usize, shared: &Shared) -> Made {
    let article = publication.article(number);
    let source = Source {
        format: Format::Html,
        text: article.html(),
    };
    let body = derive(&source, &DeriveOptions::default());
    let at = |ids: &[AssetId], index: usize| ids.get(index).copied();
    let byline = article.authors.iter().map(|author| ContributionDraft {
        role: ContributionRole::Author,
        author: shared.authors.get(*author).copied(),
        name: None,
    });
    let draft = ArticleDraft {
        entry: EntryDraft {
            edition: shared
                .editions
                .get(article.edition)
                .copied()
                .unwrap_or(Id::from_uuid(Uuid::nil())),
            group: None,
            translated_from: None,
            parent: None,
            slug: article.slug.clone(),
            path: None,
            title: article.title.clone(),
            status: Status::Published,
            published_at: Some(article.published_at),
            scheduled_at: None,
            is_featured: number.is_multiple_of(100),
            owner: None,
            guid: None,
            created_at: Some(article.published_at),
            updated_at: Some(article.published_at),
            excerpt: Some(article.excerpt.clone()),
            hero: at(&shared.assets, article.hero).map(FigureDraft::plain),
            seo: Seo::default(),
            comments_open: true,
            custom_fields: domain::fields::CustomFields::new(),
            source,
            body,
            private_data: serde_json::Value::Null,
        },
        subtitle: None,
        categories: article
            .categories
            .iter()
            .filter_map(|number| shared.categories.get(*number).copied())
            .collect(),
        tags: article
            .tags
            .iter()
            .filter_map(|number| shared.tags.get(*number).copied())
            .collect(),
        byline: byline.collect(),
        attachments: Vec::new(),
        galleries: Vec::new(),
        related: Vec::new(),
        source_credit: None,
        post_format: None,
        corrections: Vec::new(),
    };
    (article, draft)
}
