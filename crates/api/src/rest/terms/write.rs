//! Changes of categories and tags.

use std::collections::BTreeMap;

use application::{
    ActorContext,
    batch::{Command, TermCommand},
    custom_fields::records,
    terms::{self, TermGet},
};
use axum::response::Response;
use domain::{
    FieldError,
    change::Change,
    editions::EditionSet,
    fields::CustomFields,
    id::{CategoryId, Id, IdKind, kinds},
    terms::{Taxonomy, TermChange, TermId, TermTextChange},
};
use serde::Deserialize;
use utoipa::{ToSchema, openapi::schema::Object};

use super::{Category, Tag, one};
use crate::{
    error::Problem,
    rest::{
        batch::{Operation, Sent},
        field::{self, Body, Collected, Field, Unknown, Wire, Words},
        merge::{Merge, MergeOf},
        parameters::{ById, Declared, Of, Record},
        selection::Selection,
        wire::Id as IdSchema,
        write::{Create, DeleteById, Refusal, Write, WriteAnswer, changed, deleted, on_use},
    },
};

/// The fields that bodies call otherwise than commands.
const WORDS: Words = &[("parent", "parentId")];

/// A new category.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewCategory {
    /// The id of the category above; a root of the tree if absent.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    parent_id: Field<String>,
    /// Its place among the children of its parent.
    #[serde(default)]
    #[schema(value_type = i32, required = false)]
    position: Field<i32>,
    /// Values of custom fields by their names: each is set, or cleared by null; null for all clears
    /// them all.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    custom_fields: Field<CustomFields>,
    /// Its texts by the codes of their editions; at least one, with a name.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, TermText>, required)]
    texts: Field<BTreeMap<String, Field<TermText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of a category. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CategoryPatch {
    /// The id of the category above; null makes it a root of the tree.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    parent_id: Field<String>,
    /// Its place among the children of its parent.
    #[serde(default)]
    #[schema(value_type = i32, required = false)]
    position: Field<i32>,
    /// Values of custom fields by their names: each is set, or cleared by null; null for all clears
    /// them all.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    custom_fields: Field<CustomFields>,
    #[serde(default)]
    #[schema(schema_with = texts_or_null, required = false)]
    texts: Field<BTreeMap<String, Field<TermText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// A new tag.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewTag {
    /// The set it belongs to; a plain tag if absent or empty.
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 100)]
    namespace: Field<String>,
    /// Values of custom fields by their names: each is set, or cleared by null; null for all clears
    /// them all.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    custom_fields: Field<CustomFields>,
    /// Its texts by the codes of their editions; at least one, with a name.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, TermText>, required)]
    texts: Field<BTreeMap<String, Field<TermText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of a tag. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TagPatch {
    /// The set it belongs to; empty for a plain tag.
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 100)]
    namespace: Field<String>,
    /// Values of custom fields by their names: each is set, or cleared by null; null for all clears
    /// them all.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    custom_fields: Field<CustomFields>,
    #[serde(default)]
    #[schema(schema_with = texts_or_null, required = false)]
    texts: Field<BTreeMap<String, Field<TermText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What a category or tag is called in one edition. Of a text that is there, what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TermTextPatch)]
pub(super) struct TermText {
    /// The name readers see. A new text needs one.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    name: Field<String>,
    /// Its slug; null: made from the name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    slug: Field<String>,
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    description: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

fn texts_or_null() -> Object {
    field::texts_or_null("TermTextPatch")
}

impl Wire for TermText {
    const MUST_BE: &'static str = "must be an object";
}

impl TermText {
    fn read(self, wrong: &mut Collected) -> TermTextChange {
        wrong.unknown(&self.unknown);
        TermTextChange {
            name: wrong.required("name", self.name),
            slug: wrong.clearable("slug", self.slug),
            description: wrong.clearable("description", self.description),
        }
    }
}

impl Body for CategoryPatch {
    type Command = TermChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> TermChange {
        wrong.unknown(&self.unknown);
        TermChange {
            namespace: Change::Keep,
            parent: wrong.id::<CategoryId>("parentId", self.parent_id),
            position: match wrong.required("position", self.position) {
                Change::Keep => Change::Keep,
                Change::Set(position) => Change::Set(i64::from(position)),
            },
            custom_fields: wrong.clearable("customFields", self.custom_fields),
            texts: wrong.texts(editions, self.texts, |wrong, text: TermText| {
                text.read(wrong)
            }),
        }
    }
}

impl Body for NewCategory {
    type Command = TermChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> TermChange {
        let Self {
            parent_id,
            position,
            custom_fields,
            texts,
            unknown,
        } = self;
        CategoryPatch {
            parent_id,
            position,
            custom_fields,
            texts,
            unknown,
        }
        .read(editions, wrong)
    }
}

impl Body for TagPatch {
    type Command = TermChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> TermChange {
        wrong.unknown(&self.unknown);
        TermChange {
            namespace: wrong.required("namespace", self.namespace),
            parent: Change::Keep,
            position: Change::Keep,
            custom_fields: wrong.clearable("customFields", self.custom_fields),
            texts: wrong.texts(editions, self.texts, |wrong, text: TermText| {
                text.read(wrong)
            }),
        }
    }
}

impl Body for NewTag {
    type Command = TermChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> TermChange {
        let Self {
            namespace,
            custom_fields,
            texts,
            unknown,
        } = self;
        TagPatch {
            namespace,
            custom_fields,
            texts,
            unknown,
        }
        .read(editions, wrong)
    }
}

/// Create a category
#[utoipa::path(
    post,
    path = "/categories",
    tag = "Categories",
    params(Of<Create<Category<'_>>>),
    request_body = NewCategory,
    responses((status = 201, description = "The new category.", body = Category<'_>)),
)]
pub(super) async fn create_category(write: Write) -> WriteAnswer {
    create::<NewCategory, Create<Category<'_>>>(&write, Taxonomy::Category).await
}

/// Change a category
///
/// What is left out stays, null clears (RFC 7396). What stands below it follows it.
#[utoipa::path(
    patch,
    path = "/categories/{id}",
    tag = "Categories",
    params(Of<ById<Category<'_>>>),
    request_body(content(
        (CategoryPatch = "application/merge-patch+json"),
        (CategoryPatch = "application/json"),
    )),
    responses((status = 200, description = "The category as it is now.", body = Category<'_>)),
)]
pub(super) async fn update_category(write: Write) -> WriteAnswer {
    let id = write.id::<kinds::Category>()?.into();
    update::<CategoryPatch, ById<Category<'_>>>(&write, id).await
}

/// Delete a category
///
/// It is in use by the entries in it and the categories below it; when these are detached, they become
/// roots of the tree.
#[utoipa::path(
    delete,
    path = "/categories/{id}",
    tag = "Categories",
    params(Of<DeleteById<Category<'_>>>),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete_category(write: Write) -> WriteAnswer {
    delete::<kinds::Category, DeleteById<Category<'_>>>(&write).await
}

/// Create a tag
#[utoipa::path(
    post,
    path = "/tags",
    tag = "Tags",
    params(Of<Create<Tag<'_>>>),
    request_body = NewTag,
    responses((status = 201, description = "The new tag.", body = Tag<'_>)),
)]
pub(super) async fn create_tag(write: Write) -> WriteAnswer {
    create::<NewTag, Create<Tag<'_>>>(&write, Taxonomy::Tag).await
}

/// Change a tag
///
/// What is left out stays, null clears (RFC 7396).
#[utoipa::path(
    patch,
    path = "/tags/{id}",
    tag = "Tags",
    params(Of<ById<Tag<'_>>>),
    request_body(content(
        (TagPatch = "application/merge-patch+json"),
        (TagPatch = "application/json"),
    )),
    responses((status = 200, description = "The tag as it is now.", body = Tag<'_>)),
)]
pub(super) async fn update_tag(write: Write) -> WriteAnswer {
    let id = write.id::<kinds::Tag>()?.into();
    update::<TagPatch, ById<Tag<'_>>>(&write, id).await
}

/// Delete a tag
#[utoipa::path(
    delete,
    path = "/tags/{id}",
    tag = "Tags",
    params(Of<DeleteById<Tag<'_>>>),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete_tag(write: Write) -> WriteAnswer {
    delete::<kinds::Tag, DeleteById<Tag<'_>>>(&write).await
}

/// Merge categories
///
/// The one they are merged into gets their entries, the categories below them and the links to them in
/// menus, their texts in editions it has none in, and their values of custom fields it has none of. What
/// leads to them in custom fields leads to it, and so do their addresses; they are gone. None can be merged into one that stands below it.
#[utoipa::path(
    post,
    path = "/categories/merge",
    tag = "Categories",
    params(Of<Create<Category<'_>>>),
    request_body = Merge,
    responses((status = 200, description = "The category as it is now.", body = Category<'_>)),
)]
pub(super) async fn merge_categories(write: Write) -> WriteAnswer {
    merge::<kinds::Category, Create<Category<'_>>>(&write).await
}

/// Merge tags
///
/// The one they are merged into gets their entries and the links to them in menus, their texts in
/// editions it has none in, and their values of custom fields it has none of. What leads to them in
/// custom fields leads to it, and so do their addresses; they are gone.
#[utoipa::path(
    post,
    path = "/tags/merge",
    tag = "Tags",
    params(Of<Create<Tag<'_>>>),
    request_body = Merge,
    responses((status = 200, description = "The tag as it is now.", body = Tag<'_>)),
)]
pub(super) async fn merge_tags(write: Write) -> WriteAnswer {
    merge::<kinds::Tag, Create<Tag<'_>>>(&write).await
}

async fn merge<K: IdKind, P: Declared>(write: &Write) -> WriteAnswer
where
    TermId: From<Id<K>>,
{
    let editions = write.read.cx.editions().await?;
    write.query::<P>()?;
    let merging = write.body::<MergeOf<Id<K>>>(&editions, &[], |_merging| Vec::new())?;
    let (from, into, expected) = merging.ok_or_else(|| Problem::not_found("the record"))?;
    let from: Vec<TermId> = from.into_iter().map(TermId::from).collect();
    let into = TermId::from(into);
    terms::merge(&write.read.cx, &from, into, expected).await?;
    Ok(changed(answer::<P>(write, into).await?))
}

fn faults_of_new(
    cx: &ActorContext,
    taxonomy: Taxonomy,
    new: &TermChange,
    editions: &EditionSet,
) -> Vec<FieldError> {
    let wrong = new.check_new(editions);
    records::faults_of_new(cx, taxonomy.into(), &new.custom_fields, wrong)
}

fn faults_of_change(
    cx: &ActorContext,
    taxonomy: Taxonomy,
    change: &TermChange,
    editions: &EditionSet,
) -> Vec<FieldError> {
    let wrong = change.check(editions);
    records::faults_of_change(cx, taxonomy.into(), &change.custom_fields, wrong)
}

async fn create<B: Body<Command = TermChange>, P: Declared>(
    write: &Write,
    taxonomy: Taxonomy,
) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<P>()?;
    let new = write.body::<B>(&editions, WORDS, |new| {
        faults_of_new(&write.read.cx, taxonomy, new, &editions)
    })?;
    let id = terms::create_from(&write.read.cx, taxonomy, new)
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    let list = match taxonomy {
        Taxonomy::Category => "categories",
        Taxonomy::Tag => "tags",
    };
    Ok(write.created(list, id, answer::<P>(write, id).await?))
}

async fn update<B: Body<Command = TermChange>, P: Declared>(
    write: &Write,
    id: TermId,
) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<P>()?;
    let expected = write.version()?;
    let change = write.body::<B>(&editions, WORDS, |change| {
        faults_of_change(&write.read.cx, id.taxonomy, change, &editions)
    })?;
    terms::change(&write.read.cx, id, expected, change)
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    Ok(changed(answer::<P>(write, id).await?))
}

async fn delete<K: IdKind, P: Declared>(write: &Write) -> WriteAnswer
where
    TermId: From<Id<K>>,
{
    let query = write.query::<P>()?;
    let (id, expected) = (write.id::<K>()?.into(), write.version()?);
    terms::delete_at(&write.read.cx, id, expected, on_use::<K>(&query)?)
        .await
        .map_err(Refusal::of_query)?;
    Ok(deleted())
}

/// The term as a read of it answers.
async fn answer<P: Declared>(write: &Write, id: TermId) -> Result<Response, Problem> {
    let query = write.query::<P>()?;
    let includes = match id.taxonomy {
        Taxonomy::Category => Category::INCLUDES,
        Taxonomy::Tag => Tag::INCLUDES,
    };
    let edition = write.read.edition_of_texts(&query).await?;
    let selection = Selection::of(&query, includes);
    one(
        &write.read,
        (id.taxonomy, &TermGet::Id(id)),
        edition,
        &selection,
    )
    .await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    vec![
        Operation::create("categories", WORDS, |sent| {
            created::<NewCategory>(sent, Taxonomy::Category)
        }),
        Operation::update("categories", WORDS, |sent| {
            changed_to::<CategoryPatch>(sent, sent.id::<kinds::Category>()?.into())
        }),
        Operation::delete("categories", delete_of::<kinds::Category, Category<'_>>),
        Operation::create("tags", WORDS, |sent| created::<NewTag>(sent, Taxonomy::Tag)),
        Operation::update("tags", WORDS, |sent| {
            changed_to::<TagPatch>(sent, sent.id::<kinds::Tag>()?.into())
        }),
        Operation::delete("tags", delete_of::<kinds::Tag, Tag<'_>>),
    ]
}

fn created<B: Body<Command = TermChange>>(
    sent: &Sent<'_>,
    taxonomy: Taxonomy,
) -> Result<Command, Problem> {
    let new = sent.body::<B>(WORDS, |new| {
        faults_of_new(sent.cx(), taxonomy, new, sent.editions())
    })?;
    Ok(Command::Term(TermCommand::Create { taxonomy, new }))
}

fn changed_to<B: Body<Command = TermChange>>(
    sent: &Sent<'_>,
    id: TermId,
) -> Result<Command, Problem> {
    let expected = sent.version()?;
    let change = sent.body::<B>(WORDS, |change| {
        faults_of_change(sent.cx(), id.taxonomy, change, sent.editions())
    })?;
    Ok(Command::Term(TermCommand::Change {
        id,
        expected,
        change,
    }))
}

fn delete_of<K: IdKind, T: Record>(sent: &Sent<'_>) -> Result<Command, Problem>
where
    TermId: From<Id<K>>,
{
    Ok(Command::Term(TermCommand::Delete {
        id: sent.id::<K>()?.into(),
        expected: sent.version()?,
        on_use: on_use::<K>(&sent.query::<DeleteById<T>>()?)?,
    }))
}
