//! Entries that are made and changed, whatever their kind.

use std::borrow::Cow;

use application::{articles, custom_fields::faults_of, newsletters, pages};
use axum::response::Response;
use domain::{
    change::{ContentChange, EntryChange},
    editions::EditionSet,
    id::{EditionId, EntryId, IdKind},
    lifecycle::Verb,
};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{Object, ObjectBuilder, Schema, Type},
    },
};

use super::{members::Shared, steps, written};
use crate::{
    error::Problem,
    rest::{
        field::{Body, Collected, Field, Unknown, Words},
        parameters::{Declared, Groups, Record},
        request::Read,
        write::{Refusal, Write, WriteAnswer, changed, deleted},
    },
};

/// The fields that bodies call otherwise than commands.
pub(super) const WORDS: Words = &[
    ("hero.asset", "hero.assetId"),
    ("seo.image", "seo.imageId"),
    ("owner", "ownerId"),
    ("translatedFrom", "translatedFromId"),
    ("parent", "parentId"),
    ("newsletter", "newsletterId"),
    ("byline.*.author", "byline.*.authorId"),
    ("attachments.*.asset", "attachments.*.assetId"),
    ("sections.*.items.*.article", "sections.*.items.*.articleId"),
];

/// A kind of entry that is written.
pub(in crate::rest) trait Writable: Record + ToSchema {
    /// The list it stands in.
    const LIST: &'static str;
    /// Where its operations stand in the document.
    const TAG: &'static str;
    /// What one of it is called in a sentence.
    const ONE: &'static str;
    /// The kind of its ids.
    type Kind: IdKind;

    /// The id in the path.
    fn id(read: &Read) -> Result<EntryId, Problem>;
}

/// The members one kind has besides those that all share.
pub(in crate::rest) trait Own: DeserializeOwned + ToSchema {
    /// What the schema of a new one is called.
    const NEW: &'static str;
    /// What the schema of its changes is called.
    const PATCH: &'static str;
    /// What a new one needs besides an edition and a title.
    const NEEDED: &'static [&'static str] = &[];

    /// Joins them to those that all share.
    fn read(self, entry: EntryChange, wrong: &mut Collected) -> ContentChange;
}

/// Changes of an entry of one kind.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: Own"))]
pub(in crate::rest) struct Patch<T> {
    #[serde(flatten)]
    shared: Shared,
    #[serde(flatten)]
    own: T,
    #[serde(flatten)]
    unknown: Unknown,
}

/// A new entry of one kind.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: Own"))]
pub(in crate::rest) struct New<T> {
    #[serde(default)]
    edition: Field<String>,
    #[serde(flatten)]
    patch: Patch<T>,
}

impl<T: Own> Body for Patch<T> {
    type Command = ContentChange;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> ContentChange {
        wrong.unknown(&self.unknown);
        let entry = self.shared.read(wrong);
        self.own.read(entry, wrong)
    }
}

/// An entry that is to be made, and where.
pub(in crate::rest) struct Made {
    pub(super) edition: Option<EditionId>,
    pub(super) change: ContentChange,
}

impl<T: Own> Body for New<T> {
    type Command = Made;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Made {
        Made {
            edition: wrong.edition_of("edition", self.edition, editions),
            change: self.patch.read(editions, wrong),
        }
    }
}

/// The members that all share and those of one kind, as one object.
fn object_of<T: Own>(description: &str) -> Object {
    let mut object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(description))
        .build();
    for part in [Shared::schema(), T::schema()] {
        if let RefOr::T(Schema::Object(part)) = part {
            object.properties.extend(part.properties);
        }
    }
    object
}

impl<T: Own> PartialSchema for Patch<T> {
    fn schema() -> RefOr<Schema> {
        object_of::<T>("Changes of an entry. What is left out stays, null clears.").into()
    }
}

impl<T: Own> ToSchema for Patch<T> {
    fn name() -> Cow<'static, str> {
        T::PATCH.into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Shared::schemas(schemas);
        T::schemas(schemas);
    }
}

impl<T: Own> PartialSchema for New<T> {
    fn schema() -> RefOr<Schema> {
        let edition = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The code of its edition."))
            .max_length(Some(35));
        let mut object = object_of::<T>("A new entry: a draft.");
        object
            .properties
            .insert("edition".to_owned(), edition.build().into());
        let needed = ["edition", "title"].iter().chain(T::NEEDED);
        object.required = needed.map(|&name| name.to_owned()).collect();
        object.into()
    }
}

impl<T: Own> ToSchema for New<T> {
    fn name() -> Cow<'static, str> {
        T::NEW.into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Shared::schemas(schemas);
        T::schemas(schemas);
    }
}

/// Makes an entry.
pub(in crate::rest) struct CreateEntry<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for CreateEntry<T> {
    const PARAMETERS: Groups = &[T::SELECTION];
}

/// Changes an entry, or makes a step with it.
pub(in crate::rest) struct ChangeEntry<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for ChangeEntry<T> {
    const PARAMETERS: Groups = &[&[T::ID], T::SELECTION];
}

/// Puts an entry into the trash.
pub(in crate::rest) struct TrashEntry<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for TrashEntry<T> {
    const PARAMETERS: Groups = &[&[T::ID]];
}

/// Makes an entry.
pub(in crate::rest) async fn create<E: Writable, T: Own>(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    let query = write.query::<CreateEntry<E>>()?;
    let made = write.body::<New<T>>(&editions, WORDS, |made| {
        let edition = made.edition.and_then(|id| editions.get(id).ok());
        let code = edition.map(|edition| edition.code.as_str());
        faults_of(&write.read.cx, code, &made.change, true)
    })?;
    let edition = made
        .edition
        .ok_or_else(|| Problem::not_found("the edition"))?;
    let id = Box::pin(make(&write, edition, made.change))
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    let read = Box::pin(written(&write.read, &query, id, E::INCLUDES)).await?;
    Ok(write.created(E::LIST, id, read))
}

/// Changes an entry.
pub(in crate::rest) async fn update<E: Writable, T: Own>(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<ChangeEntry<E>>()?;
    let (id, expected) = (E::id(&write.read)?, write.version()?);
    let change = write.body::<Patch<T>>(&editions, WORDS, |change| {
        faults_of(&write.read.cx, None, change, false)
    })?;
    Box::pin(apply(&write, id, expected, change))
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    Ok(changed(answer::<E>(&write, id).await?))
}

/// Puts an entry into the trash, and says no more.
pub(in crate::rest) async fn trash<E: Writable>(write: Write) -> WriteAnswer {
    write.query::<TrashEntry<E>>()?;
    let id = E::id(&write.read)?;
    let step = application::lifecycle::Step {
        expected: write.version()?,
        note: None,
    };
    Box::pin(steps::make(&write.read.cx, id, Some(Verb::Trash), step)).await?;
    Ok(deleted())
}

/// The entry as a read of it answers, with what waits of it.
pub(in crate::rest) async fn answer<E: Writable>(
    write: &Write,
    id: EntryId,
) -> Result<Response, Problem> {
    let query = write.query::<ChangeEntry<E>>()?;
    written(&write.read, &query, id, E::INCLUDES).await
}

async fn make(write: &Write, edition: EditionId, change: ContentChange) -> domain::Result<EntryId> {
    let cx = &write.read.cx;
    Ok(match change {
        ContentChange::Article(change) => {
            let new = articles::NewArticle { edition, change };
            articles::create_from(cx, new).await?.entry.id
        }
        ContentChange::Page(change) => {
            let new = pages::NewPage { edition, change };
            pages::create_from(cx, new).await?.entry.id
        }
        ContentChange::Issue(change) => {
            let new = newsletters::NewIssue { edition, change };
            newsletters::create_issue_from(cx, new).await?.entry.id
        }
    })
}

async fn apply(
    write: &Write,
    id: EntryId,
    expected: i64,
    change: ContentChange,
) -> domain::Result<()> {
    let (cx, uuid) = (&write.read.cx, id.uuid());
    match change {
        ContentChange::Article(change) => {
            let id = domain::id::Id::from_uuid(uuid);
            articles::change(cx, id, expected, change).await.map(drop)
        }
        ContentChange::Page(change) => {
            let id = domain::id::Id::from_uuid(uuid);
            pages::change(cx, id, expected, change).await.map(drop)
        }
        ContentChange::Issue(change) => {
            let id = domain::id::Id::from_uuid(uuid);
            let changed = newsletters::change_issue(cx, id, expected, change);
            changed.await.map(drop)
        }
    }
}
