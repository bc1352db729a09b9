//! Users of the exported site who wrote something: they become authors, not accounts.

use domain::{
    Result,
    authors::{AuthorDraft, AuthorText},
    id::{AuthorId, EditionId, Id},
    text::{EditionText, Slug},
};
use persistence::ImportRecord;

use super::{
    groups::{self, Duty, SharedChange, Wish},
    items::{self, Position},
    plain,
    posts::AuthorRef,
    report::{Kind, Note},
    run::{kinds, saying},
    terms::with_text,
    writer::{Effects, Writer},
};
use crate::{Tx, authors};

/// The word for authors in import records.
const AUTHOR: &str = "author";

/// An author, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PreparedAuthor {
    pub(super) position: Position,
    pub(super) digest: String,
    pub(super) external_id: String,
    pub(super) login: String,
    pub(super) text: AuthorText,
}

impl PreparedAuthor {
    pub(super) fn of(author: &items::Author) -> Self {
        let full = [&author.first_name, &author.last_name];
        let full: Vec<&str> = full.into_iter().flatten().map(String::as_str).collect();
        let name = author
            .display_name
            .as_deref()
            .and_then(plain::some_line)
            .or_else(|| plain::some_line(&full.join(" ")))
            .unwrap_or_else(|| author.login.clone());
        Self {
            position: Position {
                line: 0,
                byte_offset: 0,
            },
            digest: String::new(),
            external_id: author
                .id
                .map_or_else(|| author.login.clone(), |id| id.to_string()),
            text: text(&author.login, name),
            login: author.login.clone(),
        }
    }
}

/// What an author is called. Login names that are mail addresses are nobody's business.
fn text(login: &str, name: String) -> AuthorText {
    let name = if name.contains('@') {
        name.split('@').next().unwrap_or_default().to_owned()
    } else {
        name
    };
    let slug = if login.contains('@') {
        None
    } else {
        Slug::from_title(login)
    };
    AuthorText {
        slug: slug.map(|slug| slug.to_string()).unwrap_or_default(),
        name,
        job_title: None,
        bio: None,
    }
}

impl Writer {
    /// Writes an author of the head.
    pub(super) async fn author(
        &mut self,
        tx: &mut Tx,
        author: &PreparedAuthor,
        effects: &mut Effects,
    ) -> Result<()> {
        let existing = self.author_record(tx, author).await?;
        let edition = self.run.default.edition;
        let group = self
            .group_of(tx, kinds::AUTHOR, &author.external_id)
            .await?;
        let shared = match &group {
            Some(key) => groups::group_target(tx, key).await?,
            None => None,
        };
        let id = existing.as_ref().map(|record| record.target_id).or(shared);
        let known = match id {
            Some(id) => read(tx, Id::from_uuid(id), edition).await?,
            None => None,
        };
        let wish = Wish {
            digest: &author.digest,
            overwrite: self.run.overwrite,
        };
        let before = known.as_ref().map(|(_, version, _)| *version);
        let duty = Duty::of(existing.as_ref(), before, wish);
        let (id, version) = match (duty, known) {
            (Duty::Conflict(why), known) => {
                effects.tally.conflict(Note {
                    item_id: author.external_id.clone(),
                    kind: Kind::Authors,
                    title: author.text.name.clone(),
                    text: why.to_owned(),
                });
                if let Some((id, ..)) = known {
                    self.authors.insert(author.login.clone(), id);
                }
                return Ok(());
            }
            (Duty::Keep, Some((id, ..))) => {
                self.authors.insert(author.login.clone(), id);
                effects.tally.counts(Kind::Authors).unchanged += 1;
                return Ok(());
            }
            // Of several members of a group that speak in one edition the first is heard.
            (Duty::Join, Some((id, version, draft)))
                if draft.texts.iter().any(|text| text.edition == edition) =>
            {
                effects.tally.counts(Kind::Authors).created += 1;
                (id, version)
            }
            (duty, Some((id, version, draft))) => {
                let draft = renewed(draft, author, edition);
                authors::update_in(tx, id, &draft).await?;
                let counts = effects.tally.counts(Kind::Authors);
                if duty == Duty::Join {
                    counts.created += 1;
                } else {
                    counts.updated += 1;
                }
                (id, version + 1)
            }
            (_, None) => {
                let id = create(tx, author.text.clone(), edition).await?;
                effects.tally.counts(Kind::Authors).created += 1;
                (id, 1)
            }
        };
        self.save_author_records(tx, author, id, version).await?;
        if let Some(key) = &group {
            let id = id.uuid();
            if shared.is_none() {
                groups::save_group_target(tx, key, AUTHOR, id).await?;
            }
            let (from, to) = (before.unwrap_or_default(), version);
            let change = SharedChange { id, from, to };
            groups::touch_members(tx, key, kinds::AUTHOR, change).await?;
        }
        self.authors.insert(author.login.clone(), id);
        Ok(())
    }

    async fn save_author_records(
        &self,
        tx: &mut Tx,
        author: &PreparedAuthor,
        id: AuthorId,
        version: i64,
    ) -> Result<()> {
        let source = &self.run.source;
        let record = ImportRecord {
            target_kind: AUTHOR.to_owned(),
            target_id: id.uuid(),
            content_hash: author.digest.clone(),
            target_version: version,
        };
        tx.store_tx()
            .save_import_record(source, kinds::AUTHOR, &author.external_id, &record)
            .await?;
        let name = saying(&author.external_id);
        tx.store_tx()
            .save_import_record(source, kinds::LOGIN, &author.login, &name)
            .await
    }

    async fn author_record(
        &self,
        tx: &mut Tx,
        author: &PreparedAuthor,
    ) -> Result<Option<ImportRecord>> {
        if self.run.past.is_new_source {
            return Ok(None);
        }
        let source = &self.run.source;
        let record = tx
            .reader()
            .import_record(source, kinds::AUTHOR, &author.external_id)
            .await?;
        if record.is_some() {
            return Ok(record);
        }
        self.record_by_login(tx, &author.login).await
    }

    async fn record_by_login(&self, tx: &mut Tx, login: &str) -> Result<Option<ImportRecord>> {
        let source = &self.run.source;
        let named = tx
            .reader()
            .import_record(source, kinds::LOGIN, login)
            .await?;
        match named {
            Some(named) => {
                tx.reader()
                    .import_record(source, kinds::AUTHOR, &named.content_hash)
                    .await
            }
            None => Ok(None),
        }
    }

    /// The author an item names, made when the head of the file did not name them. `None` for one
    /// who was deleted here: they stay away.
    pub(super) async fn author_named(
        &mut self,
        tx: &mut Tx,
        named: &AuthorRef,
        effects: &mut Effects,
    ) -> Result<Option<AuthorId>> {
        if let Some(id) = self.authors.get(&named.login) {
            return Ok(Some(id));
        }
        if let Some(record) = self.record_by_login(tx, &named.login).await? {
            let id = Id::from_uuid(record.target_id);
            if read(tx, id, self.run.default.edition).await?.is_some() {
                self.authors.insert(named.login.clone(), id);
                return Ok(Some(id));
            }
            if !self.run.overwrite {
                return Ok(None);
            }
        }
        let name = plain::some_line(&named.name).unwrap_or_else(|| named.login.clone());
        let author = PreparedAuthor {
            position: Position {
                line: 0,
                byte_offset: 0,
            },
            digest: String::new(),
            external_id: format!("login:{}", named.login),
            login: named.login.clone(),
            text: text(&named.login, name),
        };
        let id = create(tx, author.text.clone(), self.run.default.edition).await?;
        self.save_author_records(tx, &author, id, 1).await?;
        effects.tally.counts(Kind::Authors).created += 1;
        self.authors.insert(named.login.clone(), id);
        Ok(Some(id))
    }
}

/// An author as it is here, with what the file says now. What people wrote about themselves here
/// stays.
fn renewed(mut draft: AuthorDraft, author: &PreparedAuthor, edition: EditionId) -> AuthorDraft {
    let mut text = author.text.clone();
    if let Some(own) = draft.texts.iter().find(|text| text.edition == edition) {
        text.job_title.clone_from(&own.value.job_title);
        text.bio.clone_from(&own.value.bio);
    }
    draft.texts = with_text(localized(draft.texts), edition, text);
    draft
}

async fn create(tx: &mut Tx, value: AuthorText, edition: EditionId) -> Result<AuthorId> {
    let draft = AuthorDraft {
        website: None,
        avatar: None,
        texts: vec![EditionText { edition, value }],
    };
    authors::create_in(tx, &draft).await
}

/// An author as the store has it: its version, and a draft that says the same.
pub(super) async fn read(
    tx: &mut Tx,
    id: AuthorId,
    edition: EditionId,
) -> Result<Option<(AuthorId, i64, AuthorDraft)>> {
    let cx = tx.cx().clone();
    let found = tx
        .reader()
        .authors_by_ids(cx.scope(), &[id], edition)
        .await?;
    let Some(author) = found.into_values().next() else {
        return Ok(None);
    };
    let texts = tx
        .reader()
        .all_author_texts(tx.cx().scope(), &[id])
        .await?
        .remove(&id);
    let texts = texts.unwrap_or_default().into_iter();
    let draft = AuthorDraft {
        website: author.website,
        avatar: author.avatar,
        texts: texts
            .map(|text| EditionText {
                edition: text.edition,
                value: text.value,
            })
            .collect(),
    };
    Ok(Some((id, author.version, draft)))
}

fn localized<T>(texts: Vec<EditionText<T>>) -> Vec<domain::text::Localized<T>> {
    texts
        .into_iter()
        .map(|text| domain::text::Localized {
            edition: text.edition,
            value: text.value,
        })
        .collect()
}
