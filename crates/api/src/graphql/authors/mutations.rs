//! Changes of authors.

use application::{authors, custom_fields::records};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    authors::{AuthorChange, AuthorTextChange},
    editions::EditionSet,
    events::RecordKind,
    id::{AssetId, AuthorId, kinds},
};

use super::Author;
use crate::graphql::{
    context::{Here, Session, parse_id, session},
    entries::input::custom_fields,
    input::{DeleteInput, MergeInput, OfEdition, Places, Wrong, clearable, in_list},
    loaders::AuthorKey,
    outcome::{DeletePayload, Outcome, UserError, outcome},
};

/// What an author is called in one edition. Of a text that is there, what is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct AuthorTextInput {
    /// The code of the edition.
    edition: String,
    /// The name under articles. A new text needs one.
    name: MaybeUndefined<String>,
    /// The readable last part of their address; null: made from the name.
    slug: MaybeUndefined<String>,
    /// `Reporter`, `Photographer`.
    job_title: MaybeUndefined<String>,
    /// A short biography, plain text.
    bio: MaybeUndefined<String>,
    /// Takes the text of this edition away.
    #[graphql(default)]
    remove: bool,
}

impl OfEdition for AuthorTextInput {
    fn edition(&self) -> &str {
        &self.edition
    }
    fn is_removed(&self) -> bool {
        self.remove
    }
}

/// A new author.
#[derive(InputObject, Debug)]
pub(crate) struct CreateAuthorInput {
    /// Their own site.
    website: MaybeUndefined<String>,
    /// The id of their picture.
    avatar: MaybeUndefined<ID>,
    /// Values of custom fields, an object by their names: those that are named are set, or cleared by
    /// null. Null for all clears them all.
    custom_fields: MaybeUndefined<serde_json::Value>,
    /// Their names; at least one.
    texts: Vec<AuthorTextInput>,
}

/// Changes of an author. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateAuthorInput {
    /// Which one.
    id: ID,
    /// The version they have.
    expected_version: i64,
    /// Their own site; null: none.
    website: MaybeUndefined<String>,
    /// The id of their picture; null: none.
    avatar: MaybeUndefined<ID>,
    /// Values of custom fields, an object by their names: those that are named are set, or cleared by
    /// null. Null for all clears them all.
    custom_fields: MaybeUndefined<serde_json::Value>,
    /// Their texts in these editions; those in others stay.
    texts: Option<Vec<AuthorTextInput>>,
}

/// What the fields of an input say, whether the record is new or not.
struct Fields {
    website: MaybeUndefined<String>,
    avatar: MaybeUndefined<ID>,
    custom: MaybeUndefined<serde_json::Value>,
    texts: Vec<AuthorTextInput>,
}

impl Fields {
    fn read(self, wrong: &mut Wrong, editions: &EditionSet) -> AuthorChange {
        AuthorChange {
            website: clearable(self.website),
            avatar: wrong.id::<AssetId>("avatar", self.avatar),
            custom_fields: custom_fields(wrong, self.custom),
            texts: wrong.texts(editions, self.texts, |wrong, at, input| AuthorTextChange {
                name: wrong.required(format!("{at}.name"), input.name),
                slug: clearable(input.slug),
                job_title: clearable(input.job_title),
                bio: clearable(input.bio),
            }),
        }
    }
}

impl CreateAuthorInput {
    /// The author it asks for, and where the texts stand in it.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(AuthorChange, Places)> {
        let editions = session.edition_set();
        let mut wrong = Wrong::default();
        let fields = Fields {
            website: self.website,
            avatar: self.avatar,
            custom: self.custom_fields,
            texts: self.texts,
        };
        let new = fields.read(&mut wrong, &editions);
        let places = in_list(&editions, &new.texts);
        let new = wrong.finish(new, |new| {
            let (found, set) = (new.check_new(&editions), &new.custom_fields);
            let kind = RecordKind::Author;
            places.check(records::faults_of_new(session.cx(), kind, set, found))
        })?;
        Ok((new, places))
    }
}

impl UpdateAuthorInput {
    /// The change it asks for: of whom, at which version.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(AuthorId, i64, ReadChange)> {
        let editions = session.edition_set();
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<AuthorId>("id", &self.id));
        let fields = Fields {
            website: self.website,
            avatar: self.avatar,
            custom: self.custom_fields,
            texts: self.texts.unwrap_or_default(),
        };
        let change = fields.read(&mut wrong, &editions);
        let places = in_list(&editions, &change.texts);
        let change = wrong.finish(change, |change| {
            let (found, set) = (change.check(&editions), &change.custom_fields);
            let kind = RecordKind::Author;
            places.check(records::faults_of_change(session.cx(), kind, set, found))
        })?;
        let id = id.ok_or_else(|| domain::Error::not_found("the author"))?;
        Ok((id, self.expected_version, (change, places)))
    }
}

/// A change, and where its texts stand in the input.
type ReadChange = (AuthorChange, Places);

/// What a change of an author answers.
pub(crate) struct AuthorPayload {
    id: Option<AuthorId>,
    user_errors: Vec<UserError>,
}

/// What a change of an author answers.
#[Object]
impl AuthorPayload {
    /// The author as they are now; null if nothing was changed.
    async fn author(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code of the edition the texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Author>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let edition = session.edition_id(edition.as_deref())?;
        Ok(session.load(AuthorKey { id, edition }).await?)
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<AuthorId>> for AuthorPayload {
    fn from(outcome: Outcome<AuthorId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// The mutations of authors.
#[derive(Default)]
pub(crate) struct AuthorMutations;

#[Object]
impl AuthorMutations {
    /// Makes an author.
    async fn create_author(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new author.")] input: CreateAuthorInput,
    ) -> Result<AuthorPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((new, places)) => authors::create_from(session.cx(), new)
                .await
                .map_err(|error| places.rename(error)),
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes an author.
    async fn update_author(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateAuthorInput,
    ) -> Result<AuthorPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((id, expected, (change, places))) => {
                authors::change(session.cx(), id, expected, change)
                    .await
                    .map(|()| id)
                    .map_err(|error| places.rename(error))
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Deletes an author. Their articles lose them, if `onUse` says so.
    async fn delete_author(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteInput,
    ) -> Result<DeletePayload> {
        let session = session(ctx)?;
        let done = match input.read::<kinds::Author>() {
            Ok((id, expected, on_use)) => authors::delete_at(session.cx(), id, expected, on_use)
                .await
                .map(|()| ID(id.to_string())),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }

    /// Merges authors into another. They get their bylines and the links to them in menus, their texts
    /// in editions they have none in, and picture, website and values of custom fields where they have
    /// none. What leads to the others in custom fields leads to them, and so do their addresses; the
    /// others are gone.
    async fn merge_authors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is merged into whom.")] input: MergeInput,
    ) -> Result<AuthorPayload> {
        let session = session(ctx)?;
        let done = match input.read::<AuthorId>() {
            Ok((from, into, expected)) => authors::merge(session.cx(), &from, into, expected)
                .await
                .map(|()| into),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}

/// After a change: nothing of before it in the answer.
async fn finish(session: Here<'_>, done: domain::Result<AuthorId>) -> Result<AuthorPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
