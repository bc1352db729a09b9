//! Writing posts and pages: ids for what they refer to, then the entry, its comments, its old
//! addresses and the record of the import.

use domain::{
    Error, Result,
    articles::{ContributionDraft, ContributionRole},
    content::{Entry, Parts, Status},
    id::{CategoryId, EditionId, EntryId, Id, TagId},
    media::FigureDraft,
    terms::Taxonomy,
    text::Slug,
};
use persistence::ImportRecord;

use super::{
    known::{Learned, Target},
    post_parents::Parent,
    posts::{Draft, PreparedPost},
    report::{DELETED, EDITED, Kind, Note, Problem, add},
    run::{Misses, entry_of, kinds, seconds},
    writer::{Care, Effects, Writer},
};
use crate::{Tx, articles, comments, pages};

/// What is to be done with an item.
enum Task {
    Create,
    Replace(Box<Entry>),
    /// It has not changed, but is to be put below its parent if that is there now.
    Place(Box<Entry>),
    /// It was edited here and stays as it is, but new comments are records of their own.
    AddComments(Box<Entry>),
    LeaveAlone,
}

impl Writer {
    /// Writes a post or page.
    pub(super) async fn post(
        &mut self,
        tx: &mut Tx,
        post: &mut PreparedPost,
        effects: &mut Effects,
    ) -> Result<()> {
        if let Some(edition) = self.edition_of(tx, post, effects).await? {
            post.draft.entry_mut().edition = edition;
        }
        let (current, is_unchanged) = match self.task(tx, post, effects).await? {
            Task::LeaveAlone => return Ok(()),
            Task::AddComments(entry) => {
                let saved = Saved::left_alone(entry);
                return self.comments(tx, post, &saved, effects).await;
            }
            Task::Create => (None, false),
            Task::Replace(entry) => (Some(entry), false),
            Task::Place(entry) => (Some(entry), true),
        };
        let mut misses = Misses::default();
        match self.parent(tx, post, current.as_deref(), effects).await? {
            Parent::NotYet => {
                effects.put_off += 1;
                return self.put_off(tx, post).await;
            }
            Parent::None | Parent::Lost(_) if is_unchanged => {
                effects.tally.counts(post.report_kind()).unchanged += 1;
                return Ok(());
            }
            Parent::Is(parent) => post.draft.entry_mut().parent = Some(parent),
            Parent::None => post.draft.entry_mut().parent = None,
            Parent::Lost(parent) => {
                post.draft.entry_mut().parent = None;
                misses.parent = Some(parent);
            }
        }
        misses.picture = self.fill_ids(tx, post, effects).await?;
        misses.due = post.draft.entry().scheduled_at.and_then(seconds);
        let group = self
            .translation_group(tx, &post.external_id, post.group.as_deref())
            .await?;
        post.draft.entry_mut().group = group.or(current.as_ref().map(|entry| entry.group));
        let saved = self.save(tx, post, current, effects).await?;
        learn(post, &saved, effects);
        self.comments(tx, post, &saved, effects).await?;
        self.addresses(tx, post, &saved, effects).await?;
        self.record(tx, post, &saved, misses).await?;
        let counts = effects.tally.counts(post.report_kind());
        if saved.replaced.is_some() {
            counts.updated += 1;
        } else {
            counts.created += 1;
        }
        effects.tally.absorb(post.tally.clone());
        Ok(())
    }

    /// The edition of an item, where more than the file says it: a list of links, else the custom
    /// field whose language was not known yet when it was read.
    async fn edition_of(
        &mut self,
        tx: &mut Tx,
        post: &PreparedPost,
        effects: &mut Effects,
    ) -> Result<Option<EditionId>> {
        let listed = self
            .listed_edition(tx, kinds::POST_EDITION, &post.external_id, effects)
            .await?;
        match (&listed, &post.locale) {
            (None, Some(locale)) => {
                let locale = locale.clone();
                Ok(Some(self.edition_of_locale(tx, &locale, effects).await?))
            }
            (Some(_), _) | (None, None) => Ok(listed),
        }
    }

    /// Decides what is to be done with an item that may have been imported before.
    async fn task(&self, tx: &mut Tx, post: &PreparedPost, effects: &mut Effects) -> Result<Task> {
        if self.run.past.is_new_source {
            return Ok(Task::Create);
        }
        let record = tx
            .reader()
            .import_record(&self.run.source, kinds::POST, &post.external_id)
            .await?;
        let Some(record) = record else {
            return Ok(Task::Create);
        };
        let Some(id) = entry_of(&record).filter(|id| id.kind == post.kind) else {
            let text = format!(
                "was imported as another kind of thing: {}",
                record.target_kind
            );
            effects.tally.conflict(note(post, text));
            return Ok(Task::LeaveAlone);
        };
        let Some(entry) = entry(tx, id).await? else {
            if self.run.overwrite {
                return Ok(Task::Create);
            }
            effects.tally.conflict(note(post, DELETED));
            return Ok(Task::LeaveAlone);
        };
        let is_edited = entry.version > record.target_version;
        if is_edited && !self.run.overwrite {
            effects.tally.conflict(note(post, EDITED));
            return Ok(Task::AddComments(Box::new(entry)));
        }
        let is_misplaced = Misses::split(&record.content_hash).1.parent.is_some();
        if !is_edited && post.is_unchanged && is_misplaced {
            return Ok(Task::Place(Box::new(entry)));
        }
        if !is_edited && post.is_unchanged {
            effects.tally.counts(post.report_kind()).unchanged += 1;
            return Ok(Task::LeaveAlone);
        }
        Ok(Task::Replace(Box::new(entry)))
    }

    /// Fills in the ids of what an item refers to. Answers with the main picture that is not there.
    async fn fill_ids(
        &mut self,
        tx: &mut Tx,
        post: &mut PreparedPost,
        effects: &mut Effects,
    ) -> Result<Option<u64>> {
        let mut missing = None;
        post.draft.entry_mut().hero = match post.thumbnail {
            Some(id) => match self.target_of_item(tx, id).await? {
                Some(Target::Asset(upload)) => Some(FigureDraft::plain(upload.id)),
                Some(Target::Entry { .. }) | None => {
                    effects.tally.reasons.missing_thumbnails += 1;
                    missing = Some(id);
                    None
                }
            },
            None => None,
        };
        let edition = post.draft.entry().edition;
        let Draft::Article(draft) = &mut post.draft else {
            let count = u64::try_from(post.terms.len()).unwrap_or_default();
            effects.tally.reasons.terms_of_pages += count;
            return Ok(missing);
        };
        let mut categories: Vec<CategoryId> = Vec::new();
        let mut tags: Vec<TagId> = Vec::new();
        for term in &post.terms {
            let Some(id) = self.term_named(tx, term, edition, effects).await? else {
                continue;
            };
            match id.taxonomy {
                Taxonomy::Category => push_new(&mut categories, Id::from_uuid(id.uuid())),
                Taxonomy::Tag => push_new(&mut tags, Id::from_uuid(id.uuid())),
            }
        }
        if let Some(primary) = post.primary_category {
            let record = tx
                .reader()
                .import_record(&self.run.source, kinds::TERM, &primary.to_string())
                .await?;
            let place = record.and_then(|record| {
                categories
                    .iter()
                    .position(|id| id.uuid() == record.target_id)
            });
            if let Some(at) = place {
                let primary = categories.remove(at);
                categories.insert(0, primary);
            }
        }
        draft.categories = categories;
        draft.tags = tags;
        draft.byline.clear();
        for author in &post.byline {
            let id = self.author_named(tx, author, effects).await?;
            draft.byline.extend(id.map(|id| ContributionDraft {
                role: ContributionRole::Author,
                author: Some(id),
                name: None,
            }));
        }
        Ok(missing)
    }

    /// Saves the entry. One whose path is taken gets another; so does one whose slug is taken. One
    /// whose guid is taken gets none.
    async fn save(
        &mut self,
        tx: &mut Tx,
        post: &mut PreparedPost,
        replaced: Option<Box<Entry>>,
        effects: &mut Effects,
    ) -> Result<Saved> {
        let current = replaced.as_deref();
        let mut lost = Lost::default();
        let id = loop {
            let draft = post.draft.entry();
            let may_lose =
                self.care == Care::OneByOne && (draft.path.is_some() || draft.guid.is_some());
            let attempt = if may_lose {
                tx.savepoint(async |tx| save_draft(tx, &post.draft, current).await)
                    .await
            } else {
                save_draft(tx, &post.draft, current).await
            };
            match attempt {
                Err(error) if may_lose && lost.take(&error, &mut post.draft) => {}
                other => break other?,
            }
        };
        if let Some(guid) = lost.guid {
            add(&mut effects.tally.reasons.collisions, "guid", 1);
            let text = format!("another entry has its guid {guid}, feeds show an id of its own");
            effects.tally.note(note(post, text));
        }
        let lost_path = lost.path;
        let draft = post.draft.entry();
        let is_unsure = lost_path.is_some()
            || post.is_slug_twin
            || (self.run.past.is_shared && current.is_none())
            || (draft.path.is_none() && draft.status == Status::Published);
        if !is_unsure {
            let path = match &draft.path {
                Some(path) => Some(domain::routes::normalise_path(path)?),
                None => None,
            };
            return Ok(Saved { id, path, replaced });
        }
        let Some(stored) = entry(tx, id).await? else {
            let path = None;
            return Ok(Saved { id, path, replaced });
        };
        if let Some(lost) = lost_path {
            add(&mut effects.tally.reasons.collisions, "path", 1);
            let text = format!("its path {lost} was taken, it is {}", stored.path);
            effects.tally.note(note(post, text));
        }
        let wanted = &post.draft.entry().slug;
        let expected = wanted.parse().ok().or_else(|| Slug::from_title(wanted));
        if current.is_none() && expected.is_some_and(|slug| slug.as_str() != stored.slug) {
            add(&mut effects.tally.reasons.collisions, "slug", 1);
            let text = format!("its slug `{wanted}` was taken, it is `{}`", stored.slug);
            effects.tally.note(note(post, text));
        }
        Ok(Saved {
            id,
            path: Some(stored.path),
            replaced,
        })
    }

    async fn comments(
        &self,
        tx: &mut Tx,
        post: &mut PreparedPost,
        saved: &Saved,
        effects: &mut Effects,
    ) -> Result<()> {
        let source = &self.run.source;
        let mut ids = Vec::with_capacity(post.comments.len());
        for comment in &mut post.comments {
            let known = if saved.replaced.is_some() {
                tx.reader()
                    .import_record(source, kinds::COMMENT, &comment.external_id)
                    .await?
            } else {
                None
            };
            if let Some(known) = known {
                ids.push(Some(Id::from_uuid(known.target_id)));
                let counts = effects.tally.counts(Kind::Comments);
                if known.content_hash == comment.digest {
                    counts.unchanged += 1;
                } else {
                    counts.skipped += 1;
                    let reason = "changed since its import, left as it was";
                    add(&mut effects.tally.reasons.skipped_comments, reason, 1);
                }
                continue;
            }
            comment.draft.entry = saved.id;
            comment.draft.parent = comment.parent.and_then(|at| ids.get(at).copied().flatten());
            let id = match comments::create_in(tx, &comment.draft).await {
                Ok(id) => id,
                // It is refused before anything is written, so the rest of the item is whole.
                Err(error @ Error::Invalid(_)) => {
                    effects.tally.counts(Kind::Comments).failed += 1;
                    let id = Some(comment.external_id.clone());
                    let problem = Problem::at(post.position, "comment", id, error.to_string());
                    effects.tally.problem(problem);
                    ids.push(None);
                    continue;
                }
                Err(error) => return Err(error),
            };
            ids.push(Some(id));
            let record = ImportRecord {
                target_kind: "comment".to_owned(),
                target_id: id.uuid(),
                content_hash: comment.digest.clone(),
                target_version: 1,
            };
            tx.store_tx()
                .save_import_record(source, kinds::COMMENT, &comment.external_id, &record)
                .await?;
            effects.tally.counts(Kind::Comments).created += 1;
        }
        Ok(())
    }

    async fn record(
        &self,
        tx: &mut Tx,
        post: &PreparedPost,
        saved: &Saved,
        misses: Misses,
    ) -> Result<()> {
        let record = ImportRecord {
            target_kind: saved.id.kind.as_str().to_owned(),
            target_id: saved.id.uuid(),
            content_hash: misses.hash(&post.digest),
            target_version: saved.version(),
        };
        tx.store_tx()
            .save_import_record(&self.run.source, kinds::POST, &post.external_id, &record)
            .await
    }
}

/// An entry that was saved.
pub(super) struct Saved {
    pub(super) id: EntryId,
    /// Where it lives, if that is known.
    path: Option<String>,
    /// What it was before; `None` for a new one.
    pub(super) replaced: Option<Box<Entry>>,
}

impl Saved {
    /// An entry that stays as it is.
    fn left_alone(entry: Box<Entry>) -> Self {
        Self {
            id: entry.id,
            path: None,
            replaced: Some(entry),
        }
    }

    /// The version it has now.
    pub(super) fn version(&self) -> i64 {
        self.replaced.as_ref().map_or(1, |entry| entry.version + 1)
    }
}

/// What an entry could not have because another has it.
#[derive(Default)]
struct Lost {
    path: Option<String>,
    guid: Option<String>,
}

impl Lost {
    /// Takes what an error says is taken away from a draft. Says whether there was something to
    /// take.
    fn take(&mut self, error: &Error, draft: &mut Draft) -> bool {
        let Error::Conflict {
            field: Some(field), ..
        } = error
        else {
            return false;
        };
        let (lost, own) = match field.as_str() {
            "path" => (&mut self.path, &mut draft.entry_mut().path),
            "guid" => (&mut self.guid, &mut draft.entry_mut().guid),
            _ => return false,
        };
        *lost = own.take();
        lost.is_some()
    }
}

/// Remembers where an entry lives, for what leads to it.
fn learn(post: &PreparedPost, saved: &Saved, effects: &mut Effects) {
    let Some(path) = &saved.path else { return };
    let target = Target::Entry {
        id: saved.id,
        edition: post.draft.entry().edition,
        path: path.as_str().into(),
        is_public: post.draft.entry().status == Status::Published,
    };
    if let Some(key) = &post.page_key {
        effects
            .learned
            .push(Learned::Page(key.clone(), target.clone()));
    }
    if let Some(id) = post.item_id {
        effects.learned.push(Learned::Item(id, target));
    }
}

async fn save_draft(tx: &mut Tx, draft: &Draft, current: Option<&Entry>) -> Result<EntryId> {
    let expected = current.map(|entry| entry.version);
    match (draft, current) {
        (Draft::Article(draft), None) => Ok(articles::create_in(tx, draft).await?.into()),
        (Draft::Page(draft), None) => Ok(pages::create_in(tx, draft).await?.into()),
        (Draft::Article(draft), Some(entry)) => {
            let id = Id::from_uuid(entry.id.uuid());
            articles::update_in(tx, id, expected, draft).await?;
            Ok(entry.id)
        }
        (Draft::Page(draft), Some(entry)) => {
            let id = Id::from_uuid(entry.id.uuid());
            pages::update_in(tx, id, expected, draft).await?;
            Ok(entry.id)
        }
    }
}

/// An entry as the store has it.
pub(super) async fn entry(tx: &mut Tx, id: EntryId) -> Result<Option<Entry>> {
    let cx = tx.cx().clone();
    let found = tx
        .reader()
        .entries_by_ids(cx.scope(), &[id], Parts::NONE)
        .await?;
    Ok(found
        .into_values()
        .next()
        .map(|content| content.entry().clone()))
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

pub(super) fn note(post: &PreparedPost, text: impl Into<String>) -> Note {
    Note {
        item_id: post.external_id.clone(),
        kind: post.report_kind(),
        title: post.draft.entry().title.clone(),
        text: text.into(),
    }
}
