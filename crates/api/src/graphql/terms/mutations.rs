//! Changes of categories and tags.

use std::sync::Arc;

use application::{
    batch::{Command, TermCommand},
    custom_fields::records,
    terms,
};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    change::Change,
    editions::EditionSet,
    id::{CategoryId, Id, IdKind, TagId, kinds},
    terms::{Taxonomy, TermChange, TermId, TermTextChange},
    texts::TextChanges,
};

use super::{Category, Tag};
use crate::graphql::{
    batch::Read,
    context::{Here, Session, parse_id, session},
    entries::input::custom_fields,
    input::{DeleteInput, MergeInput, OfEdition, Places, Wrong, clearable, in_list},
    loaders::TermKey,
    outcome::{DeletePayload, Outcome, UserError, outcome},
};

/// What a category or tag is called in one edition. Of a text that is there, what is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct TermTextInput {
    /// The code of the edition.
    edition: String,
    /// The name readers see. A new text needs one.
    name: MaybeUndefined<String>,
    /// The readable last part of its address; null: made from the name.
    slug: MaybeUndefined<String>,
    /// What it is about.
    description: MaybeUndefined<String>,
    /// Takes the text of this edition away.
    #[graphql(default)]
    remove: bool,
}

impl OfEdition for TermTextInput {
    fn edition(&self) -> &str {
        &self.edition
    }
    fn is_removed(&self) -> bool {
        self.remove
    }
}

fn texts(
    wrong: &mut Wrong,
    editions: &EditionSet,
    inputs: Vec<TermTextInput>,
) -> TextChanges<TermTextChange> {
    wrong.texts(editions, inputs, |wrong, at, input| TermTextChange {
        name: wrong.required(format!("{at}.name"), input.name),
        slug: clearable(input.slug),
        description: clearable(input.description),
    })
}

/// A new category.
#[derive(InputObject, Debug)]
pub(crate) struct CreateCategoryInput {
    /// The id of the category above; a root of the tree if absent.
    parent: MaybeUndefined<ID>,
    /// Its place among the children of its parent.
    position: MaybeUndefined<i32>,
    /// Values of custom fields, an object by their names: those that are named are set, or cleared by
    /// null. Null for all clears them all.
    custom_fields: MaybeUndefined<serde_json::Value>,
    /// Its names; at least one.
    texts: Vec<TermTextInput>,
}

/// Changes of a category. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateCategoryInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// The id of the category above; null makes it a root of the tree.
    parent: MaybeUndefined<ID>,
    /// Its place among the children of its parent.
    position: MaybeUndefined<i32>,
    /// Values of custom fields, an object by their names: those that are named are set, or cleared by
    /// null. Null for all clears them all.
    custom_fields: MaybeUndefined<serde_json::Value>,
    /// Its texts in these editions; those in others stay.
    texts: Option<Vec<TermTextInput>>,
}

/// A new tag.
#[derive(InputObject, Debug)]
pub(crate) struct CreateTagInput {
    /// The set it belongs to; a plain tag if absent.
    namespace: MaybeUndefined<String>,
    /// Values of custom fields, an object by their names: those that are named are set, or cleared by
    /// null. Null for all clears them all.
    custom_fields: MaybeUndefined<serde_json::Value>,
    /// Its names; at least one.
    texts: Vec<TermTextInput>,
}

/// Changes of a tag. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateTagInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// The set it belongs to; empty for a plain tag.
    namespace: MaybeUndefined<String>,
    /// Values of custom fields, an object by their names: those that are named are set, or cleared by
    /// null. Null for all clears them all.
    custom_fields: MaybeUndefined<serde_json::Value>,
    /// Its texts in these editions; those in others stay.
    texts: Option<Vec<TermTextInput>>,
}

/// What the fields of an input say, whether the record is new or not.
struct Fields {
    namespace: MaybeUndefined<String>,
    parent: MaybeUndefined<ID>,
    position: MaybeUndefined<i32>,
    custom: MaybeUndefined<serde_json::Value>,
    texts: Vec<TermTextInput>,
}

impl Fields {
    fn read(self, wrong: &mut Wrong, editions: &EditionSet) -> TermChange {
        let position = wrong.required("position", self.position);
        TermChange {
            namespace: wrong.required("namespace", self.namespace),
            parent: wrong.id::<CategoryId>("parent", self.parent),
            position: match position {
                Change::Keep => Change::Keep,
                Change::Set(position) => Change::Set(i64::from(position)),
            },
            custom_fields: custom_fields(wrong, self.custom),
            texts: texts(wrong, editions, self.texts),
        }
    }
}

impl CreateCategoryInput {
    fn fields(self) -> Fields {
        Fields {
            namespace: MaybeUndefined::Undefined,
            parent: self.parent,
            position: self.position,
            custom: self.custom_fields,
            texts: self.texts,
        }
    }

    /// The category it asks for.
    pub(crate) fn read(self, session: &Session) -> Read {
        let (new, places) = read_new(session, Taxonomy::Category, self.fields())?;
        let taxonomy = Taxonomy::Category;
        let command = Command::Term(TermCommand::Create { taxonomy, new });
        Ok((command, Some(places)))
    }
}

impl UpdateCategoryInput {
    fn fields(self) -> (domain::Result<TermId>, i64, Fields) {
        let id = parse_id::<CategoryId>("id", &self.id).map(TermId::from);
        let fields = Fields {
            namespace: MaybeUndefined::Undefined,
            parent: self.parent,
            position: self.position,
            custom: self.custom_fields,
            texts: self.texts.unwrap_or_default(),
        };
        (id, self.expected_version, fields)
    }

    /// The change it asks for.
    pub(crate) fn read(self, session: &Session) -> Read {
        let (id, expected, fields) = self.fields();
        let (id, change, places) = read_change(session, id, fields)?;
        let command = Command::Term(TermCommand::Change {
            id,
            expected,
            change,
        });
        Ok((command, Some(places)))
    }
}

impl CreateTagInput {
    fn fields(self) -> Fields {
        Fields {
            namespace: self.namespace,
            parent: MaybeUndefined::Undefined,
            position: MaybeUndefined::Undefined,
            custom: self.custom_fields,
            texts: self.texts,
        }
    }

    /// The tag it asks for.
    pub(crate) fn read(self, session: &Session) -> Read {
        let (new, places) = read_new(session, Taxonomy::Tag, self.fields())?;
        let taxonomy = Taxonomy::Tag;
        let command = Command::Term(TermCommand::Create { taxonomy, new });
        Ok((command, Some(places)))
    }
}

impl UpdateTagInput {
    fn fields(self) -> (domain::Result<TermId>, i64, Fields) {
        let id = parse_id::<TagId>("id", &self.id).map(TermId::from);
        let fields = Fields {
            namespace: self.namespace,
            parent: MaybeUndefined::Undefined,
            position: MaybeUndefined::Undefined,
            custom: self.custom_fields,
            texts: self.texts.unwrap_or_default(),
        };
        (id, self.expected_version, fields)
    }

    /// The change it asks for.
    pub(crate) fn read(self, session: &Session) -> Read {
        let (id, expected, fields) = self.fields();
        let (id, change, places) = read_change(session, id, fields)?;
        let command = Command::Term(TermCommand::Change {
            id,
            expected,
            change,
        });
        Ok((command, Some(places)))
    }
}

/// What is new, and where its texts stand in the input.
fn read_new(
    session: &Session,
    taxonomy: Taxonomy,
    fields: Fields,
) -> domain::Result<(TermChange, Places)> {
    let editions = session.edition_set();
    let mut wrong = Wrong::default();
    let new = fields.read(&mut wrong, &editions);
    let places = in_list(&editions, &new.texts);
    let new = wrong.finish(new, |new| {
        let found = new.check_new(&editions);
        let kind = taxonomy.into();
        places.check(records::faults_of_new(
            session.cx(),
            kind,
            &new.custom_fields,
            found,
        ))
    })?;
    Ok((new, places))
}

/// What is changed, and where the texts stand in the input.
fn read_change(
    session: &Session,
    id: domain::Result<TermId>,
    fields: Fields,
) -> domain::Result<(TermId, TermChange, Places)> {
    let editions = session.edition_set();
    let mut wrong = Wrong::default();
    let id = wrong.take(id);
    let change = fields.read(&mut wrong, &editions);
    let places = in_list(&editions, &change.texts);
    let change = wrong.finish(change, |change| {
        let (found, set) = (change.check(&editions), &change.custom_fields);
        let Some(id) = id else {
            return places.check(found);
        };
        let kind = id.taxonomy.into();
        places.check(records::faults_of_change(session.cx(), kind, set, found))
    })?;
    let id = id.ok_or_else(|| domain::Error::not_found("the record"))?;
    Ok((id, change, places))
}

/// What a change of a category answers.
pub(crate) struct CategoryPayload {
    id: Option<TermId>,
    user_errors: Vec<UserError>,
}

/// What a change of a category answers.
#[Object]
impl CategoryPayload {
    /// The category as it is now; null if nothing was changed.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code of the edition its texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Category>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let edition = session.edition_id(edition.as_deref())?;
        let found = session.load(TermKey { id, edition }).await?;
        Ok(found.map(|term| Category::new(Arc::clone(&term), edition)))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What a change of a tag answers.
pub(crate) struct TagPayload {
    id: Option<TermId>,
    user_errors: Vec<UserError>,
}

/// What a change of a tag answers.
#[Object]
impl TagPayload {
    /// The tag as it is now; null if nothing was changed.
    async fn tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code of the edition its texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Tag>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let edition = session.edition_id(edition.as_deref())?;
        let found = session.load(TermKey { id, edition }).await?;
        Ok(found.map(|term| Tag::new(Arc::clone(&term), edition)))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What a merge of categories or tags answers.
pub(crate) struct MergeTermsPayload {
    id: Option<TermId>,
    user_errors: Vec<UserError>,
}

/// What a merge of categories or tags answers.
#[Object]
impl MergeTermsPayload {
    /// The category as it is now; null if tags were merged, or nothing.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code of the edition its texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Category>> {
        let session = session(ctx)?;
        let is_category = |id: &TermId| id.taxonomy == Taxonomy::Category;
        let Some(id) = self.id.filter(is_category) else {
            return Ok(None);
        };
        let edition = session.edition_id(edition.as_deref())?;
        let found = session.load(TermKey { id, edition }).await?;
        Ok(found.map(|term| Category::new(Arc::clone(&term), edition)))
    }

    /// The tag as it is now; null if categories were merged, or nothing.
    async fn tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code of the edition its texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Tag>> {
        let session = session(ctx)?;
        let is_tag = |id: &TermId| id.taxonomy == Taxonomy::Tag;
        let Some(id) = self.id.filter(is_tag) else {
            return Ok(None);
        };
        let edition = session.edition_id(edition.as_deref())?;
        let found = session.load(TermKey { id, edition }).await?;
        Ok(found.map(|term| Tag::new(Arc::clone(&term), edition)))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<TermId>> for MergeTermsPayload {
    fn from(outcome: Outcome<TermId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

impl From<Outcome<TermId>> for CategoryPayload {
    fn from(outcome: Outcome<TermId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

impl From<Outcome<TermId>> for TagPayload {
    fn from(outcome: Outcome<TermId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// The mutations of categories and tags.
#[derive(Default)]
pub(crate) struct TermMutations;

#[Object]
impl TermMutations {
    /// Makes a category.
    async fn create_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new category.")] input: CreateCategoryInput,
    ) -> Result<CategoryPayload> {
        Ok(create(session(ctx)?, Taxonomy::Category, input.fields())
            .await?
            .into())
    }

    /// Changes a category.
    async fn update_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateCategoryInput,
    ) -> Result<CategoryPayload> {
        let (id, expected, fields) = input.fields();
        Ok(update(session(ctx)?, id, expected, fields).await?.into())
    }

    /// Deletes a category. It is in use by the entries in it and the categories below it; when these
    /// are detached, they become roots.
    async fn delete_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteInput,
    ) -> Result<DeletePayload> {
        delete::<kinds::Category>(session(ctx)?, input).await
    }

    /// Makes a tag.
    async fn create_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new tag.")] input: CreateTagInput,
    ) -> Result<TagPayload> {
        Ok(create(session(ctx)?, Taxonomy::Tag, input.fields())
            .await?
            .into())
    }

    /// Changes a tag.
    async fn update_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateTagInput,
    ) -> Result<TagPayload> {
        let (id, expected, fields) = input.fields();
        Ok(update(session(ctx)?, id, expected, fields).await?.into())
    }

    /// Deletes a tag.
    async fn delete_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteInput,
    ) -> Result<DeletePayload> {
        delete::<kinds::Tag>(session(ctx)?, input).await
    }

    /// Merges categories, or tags, into another of their kind. It gets their entries, the categories
    /// below them and the links to them in menus, their texts in editions it has none in, and their
    /// values of custom fields it has none of. What leads to them in custom fields leads to it, and so
    /// do their addresses; they are gone. No category can be merged into one that stands below it.
    async fn merge_terms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is merged into what.")] input: MergeInput,
    ) -> Result<MergeTermsPayload> {
        let session = session(ctx)?;
        let done = match input.read::<TermId>() {
            Ok((from, into, expected)) => terms::merge(session.cx(), &from, into, expected)
                .await
                .map(|()| into),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}

async fn create(session: Here<'_>, taxonomy: Taxonomy, fields: Fields) -> Result<Outcome<TermId>> {
    let done = match read_new(&session, taxonomy, fields) {
        Ok((new, places)) => terms::create_from(session.cx(), taxonomy, new)
            .await
            .map_err(|error| places.rename(error)),
        Err(wrong) => Err(wrong),
    };
    finish(session, done).await
}

async fn update(
    session: Here<'_>,
    id: domain::Result<TermId>,
    expected: i64,
    fields: Fields,
) -> Result<Outcome<TermId>> {
    let done = match read_change(&session, id, fields) {
        Ok((id, change, places)) => terms::change(session.cx(), id, expected, change)
            .await
            .map(|()| id)
            .map_err(|error| places.rename(error)),
        Err(wrong) => Err(wrong),
    };
    finish(session, done).await
}

/// After a change: nothing of before it in the answer.
async fn finish(session: Here<'_>, done: domain::Result<TermId>) -> Result<Outcome<TermId>> {
    session.changed().await?;
    Ok(outcome(done)?)
}

async fn delete<K: IdKind>(session: Here<'_>, input: DeleteInput) -> Result<DeletePayload>
where
    TermId: From<Id<K>>,
{
    let done = match input.read::<K>() {
        Ok((id, expected, on_use)) => terms::delete_at(session.cx(), id.into(), expected, on_use)
            .await
            .map(|()| ID(id.to_string())),
        Err(wrong) => Err(wrong),
    };
    session.changed().await?;
    Ok(outcome(done)?.into())
}
