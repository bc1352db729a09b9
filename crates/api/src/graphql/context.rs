//! What every resolver of one request shares: the actor, the editions, the loaders.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use application::ActorContext;
use async_graphql::{Context, dataloader::Loader};
use domain::{Error, content::Entry, editions::EditionSet, id::EditionId};

use super::{
    budget::Budget,
    editions::Edition,
    loaders::{Loaders, SharedError, Source},
    lookahead,
};
use crate::rate_limits::{self, Allowance};

/// The data of one request.
pub(crate) struct Session {
    cx: ActorContext,
    known: KnownEditions,
    /// What was read so far; a change puts another in its place.
    reads: RwLock<Reads>,
    budget: Arc<Budget>,
}

/// What one request has read, or the part of it since its last change.
#[derive(Clone)]
struct Reads {
    editions: Arc<Editions>,
    loaders: Arc<Loaders>,
}

impl Session {
    /// Begins a request whose answer may hold what `budget` allows: reads the editions, makes its
    /// own loaders.
    pub(crate) async fn begin(
        cx: ActorContext,
        known: &KnownEditions,
        budget: Budget,
    ) -> domain::Result<Self> {
        let reads = RwLock::new(Reads {
            editions: known.get(cx.editions().await?),
            loaders: Arc::new(Loaders::new(cx.clone())),
        });
        Ok(Self {
            cx,
            known: known.clone(),
            reads,
            budget: Arc::new(budget),
        })
    }

    /// After a change: what was read before it is forgotten, so that the answer shows what was
    /// written.
    pub(crate) async fn changed(&self) -> domain::Result<()> {
        let editions = self.known.get(self.cx.editions().await?);
        let loaders = Arc::new(Loaders::new(self.cx.clone()));
        let mut reads = self.reads.write().unwrap_or_else(PoisonError::into_inner);
        *reads = Reads { editions, loaders };
        Ok(())
    }

    fn objects(&self) -> Arc<Editions> {
        let reads = self.reads.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&reads.editions)
    }

    fn loaders(&self) -> Arc<Loaders> {
        let reads = self.reads.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&reads.loaders)
    }

    /// The actor and what it may read.
    pub(crate) fn cx(&self) -> &ActorContext {
        &self.cx
    }

    /// What the answer may still hold.
    pub(crate) fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    /// The editions as the domain has them.
    pub(crate) fn edition_set(&self) -> Arc<EditionSet> {
        Arc::clone(&self.objects().set)
    }

    /// All editions.
    pub(crate) fn editions(&self) -> Vec<Edition> {
        self.objects().objects.clone()
    }

    /// One edition.
    pub(crate) fn edition(&self, id: EditionId) -> domain::Result<Edition> {
        self.objects()
            .objects
            .iter()
            .find(|edition| edition.id() == id)
            .cloned()
            .ok_or_else(|| {
                Error::internal(format!(
                    "a record names the edition {id}, which is not there"
                ))
            })
    }

    /// The edition an argument names; the default edition where it names none.
    pub(crate) fn edition_id(&self, code: Option<&str>) -> domain::Result<EditionId> {
        Ok(self.edition_set().resolve(code)?.id)
    }

    /// The edition a list is narrowed to, if it is.
    pub(crate) fn list_edition(&self, code: Option<&str>) -> domain::Result<Option<EditionId>> {
        code.map(|code| self.edition_id(Some(code))).transpose()
    }

    /// Whether this actor sees what stays inside the house of an entry: they read the drafts of its
    /// edition, or may change it.
    pub(crate) fn sees_inside(&self, entry: &Entry) -> bool {
        self.cx.scope().sees_inside(entry.edition) || self.edits(entry)
    }

    /// Whether this actor may change an entry.
    pub(crate) fn edits(&self, entry: &Entry) -> bool {
        self.cx.scope().edits(&entry.target())
    }
}

/// The data of the request, as the resolver of one field uses it.
#[derive(Clone, Copy)]
pub(crate) struct Here<'a> {
    session: &'a Session,
    /// Whether other resolvers are likely to ask for the like at the same time.
    has_company: bool,
}

impl std::ops::Deref for Here<'_> {
    type Target = Session;
    fn deref(&self) -> &Session {
        self.session
    }
}

impl Here<'_> {
    /// The same for a resolver that asks for many records one by one.
    pub(crate) fn with_company(self) -> Self {
        Self {
            has_company: true,
            ..self
        }
    }

    /// Whether other resolvers are likely to ask for the like at the same time.
    pub(crate) fn has_company(self) -> bool {
        self.has_company
    }

    /// Reads one record: below a list together with all others that are asked for within a
    /// millisecond, elsewhere at once.
    pub(crate) async fn load<K>(
        self,
        key: K,
    ) -> Result<Option<<Source as Loader<K>>::Value>, SharedError>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Source: Loader<K, Error = SharedError>,
    {
        if self.has_company {
            self.session.loaders().load(key).await
        } else {
            Ok(self
                .session
                .loaders()
                .load_now(std::slice::from_ref(&key))
                .await?
                .remove(&key))
        }
    }

    /// Reads several records in the same way.
    pub(crate) async fn load_many<K>(
        self,
        keys: Vec<K>,
    ) -> Result<HashMap<K, <Source as Loader<K>>::Value>, SharedError>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Source: Loader<K, Error = SharedError>,
    {
        match keys.as_slice() {
            [] => Ok(HashMap::new()),
            _ if self.has_company => self.session.loaders().load_many(keys).await,
            keys => self.session.loaders().load_now(keys).await,
        }
    }
}

/// The data of the request.
pub(crate) fn session<'a>(ctx: &Context<'a>) -> domain::Result<Here<'a>> {
    let session = ctx
        .data_opt::<Session>()
        .ok_or_else(|| Error::internal("a query was executed without a session"))?;
    Ok(Here {
        session,
        has_company: lookahead::is_below_list(ctx),
    })
}

/// Counts the changes a field makes beside the first, or refuses them.
pub(crate) fn spend_on_more(ctx: &Context<'_>, changes: usize) -> domain::Result<()> {
    match ctx.data_opt::<Allowance>() {
        Some(allowance) => allowance.spend(rate_limits::of_more(changes)),
        None => Ok(()),
    }
}

/// Reads an id of an argument or input field; the error names that field.
pub(crate) fn parse_id<T: std::str::FromStr<Err = Error>>(
    field: &str,
    text: &str,
) -> domain::Result<T> {
    text.parse()
        .map_err(|error: Error| rename_field(error, field))
}

/// The most words of an excerpt.
const MAX_EXCERPT_WORDS: usize = 1_000;

/// Checks how many words of an excerpt are wanted.
pub(crate) fn excerpt_words(max_words: Option<i32>) -> domain::Result<Option<usize>> {
    let checked = |words: i32| {
        usize::try_from(words)
            .ok()
            .filter(|words| *words <= MAX_EXCERPT_WORDS)
            .ok_or_else(|| {
                domain::Error::invalid(
                    "maxWords",
                    format!(
                        "must be from 0 to {MAX_EXCERPT_WORDS}; leave it out for the whole excerpt"
                    ),
                )
            })
    };
    max_words.map(checked).transpose()
}

/// Both of two arguments, or everything that is wrong with either.
pub(crate) fn both<A, B>(
    first: domain::Result<A>,
    second: domain::Result<B>,
) -> domain::Result<(A, B)> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(Error::Invalid(mut wrong)), Err(Error::Invalid(more))) => {
            wrong.extend(more);
            Err(Error::Invalid(wrong))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// Makes an error about one value name the field the value came in.
pub(crate) fn rename_field(error: Error, field: &str) -> Error {
    error.with_fields(|_| field.to_owned())
}

/// The editions, and the same as objects of the schema.
struct Editions {
    set: Arc<EditionSet>,
    objects: Vec<Edition>,
}

/// Keeps the objects made of the editions for as long as these stay the same.
#[derive(Default, Clone)]
pub(crate) struct KnownEditions(Arc<Mutex<Option<Arc<Editions>>>>);

impl KnownEditions {
    fn get(&self, set: Arc<EditionSet>) -> Arc<Editions> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(editions) = known
            .as_ref()
            .filter(|editions| Arc::ptr_eq(&editions.set, &set))
        {
            return Arc::clone(editions);
        }
        let objects = set.all().iter().cloned().map(Edition::from).collect();
        let editions = Arc::new(Editions { set, objects });
        *known = Some(Arc::clone(&editions));
        editions
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("actor", self.cx.actor())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for KnownEditions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KnownEditions")
    }
}
