//! Changes of galleries.

use application::galleries::{self, GalleryGet};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    editions::EditionSet,
    galleries::{GalleryChange, GalleryItemChange, GalleryTextChange},
    id::{AssetId, GalleryId, kinds},
    text::EditionText,
};

use super::Gallery;
use crate::graphql::{
    context::{Here, Session, parse_id, session},
    input::{DeleteInput, OfEdition, Places, Wrong, clearable, in_list},
    outcome::{DeletePayload, Outcome, UserError, outcome},
};

/// What a gallery is called in one edition. Of a text that is there, what is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct GalleryTextInput {
    /// The code of the edition.
    edition: String,
    /// Its title. A new text needs one.
    title: MaybeUndefined<String>,
    /// The readable last part of its address; null: made from the title.
    slug: MaybeUndefined<String>,
    /// What it shows.
    description: MaybeUndefined<String>,
    /// Takes the text of this edition away.
    #[graphql(default)]
    remove: bool,
}

impl OfEdition for GalleryTextInput {
    fn edition(&self) -> &str {
        &self.edition
    }
    fn is_removed(&self) -> bool {
        self.remove
    }
}

/// An asset in a gallery.
#[derive(InputObject, Debug)]
pub(crate) struct GalleryItemInput {
    /// The id of the asset.
    asset: ID,
    /// What stands below it here, per edition. An asset that was in the gallery keeps the captions of
    /// the editions that are left out.
    captions: Option<Vec<CaptionInput>>,
}

/// What stands below an asset in one edition.
#[derive(InputObject, Debug)]
pub(crate) struct CaptionInput {
    /// The code of the edition.
    edition: String,
    /// The caption; null: what the asset says itself.
    text: Option<String>,
}

/// A new gallery.
#[derive(InputObject, Debug)]
pub(crate) struct CreateGalleryInput {
    /// What it shows, in order.
    items: Option<Vec<GalleryItemInput>>,
    /// Its titles; at least one.
    texts: Vec<GalleryTextInput>,
}

/// Changes of a gallery. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateGalleryInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// All that it shows, in order; null empties it.
    items: MaybeUndefined<Vec<GalleryItemInput>>,
    /// Its texts in these editions; those in others stay.
    texts: Option<Vec<GalleryTextInput>>,
}

fn read(
    items: MaybeUndefined<Vec<GalleryItemInput>>,
    texts: Vec<GalleryTextInput>,
    wrong: &mut Wrong,
    editions: &EditionSet,
) -> GalleryChange {
    GalleryChange {
        items: wrong.list(items, |wrong, number, item| {
            let at = format!("items.{number}");
            let asset = wrong.take(parse_id::<AssetId>(&format!("{at}.asset"), &item.asset));
            let captions = captions(wrong, &at, item.captions, editions);
            Some(GalleryItemChange {
                asset: asset?,
                captions,
            })
        }),
        texts: wrong.texts(editions, texts, |wrong, at, input| GalleryTextChange {
            title: wrong.required(format!("{at}.title"), input.title),
            slug: clearable(input.slug),
            description: clearable(input.description),
        }),
    }
}

fn captions(
    wrong: &mut Wrong,
    at: &str,
    captions: Option<Vec<CaptionInput>>,
    editions: &EditionSet,
) -> Vec<EditionText<Option<String>>> {
    let captions = captions.unwrap_or_default().into_iter().enumerate();
    captions
        .filter_map(|(number, caption)| {
            let field = format!("{at}.captions.{number}.edition");
            let edition = editions.resolve(Some(&caption.edition));
            let edition = edition.map(|edition| edition.id);
            Some(EditionText {
                edition: wrong
                    .take(edition.map_err(|error| error.with_fields(|_| field.clone())))?,
                value: caption.text,
            })
        })
        .collect()
}

/// A change, and where its texts stand in the input.
type ReadChange = (GalleryChange, Places);

impl CreateGalleryInput {
    /// The gallery it asks for, and where the texts stand in it.
    pub(crate) fn read(self, session: &Session) -> domain::Result<ReadChange> {
        let editions = session.edition_set();
        let mut wrong = Wrong::default();
        let items = self
            .items
            .map_or(MaybeUndefined::Undefined, MaybeUndefined::Value);
        let new = read(items, self.texts, &mut wrong, &editions);
        let places = in_list(&editions, &new.texts);
        let new = wrong.finish(new, |new| places.check(new.check_new(&editions)))?;
        Ok((new, places))
    }
}

impl UpdateGalleryInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(GalleryId, i64, ReadChange)> {
        let editions = session.edition_set();
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<GalleryId>("id", &self.id));
        let texts = self.texts.unwrap_or_default();
        let change = read(self.items, texts, &mut wrong, &editions);
        let places = in_list(&editions, &change.texts);
        let change = wrong.finish(change, |change| places.check(change.check(&editions)))?;
        let id = id.ok_or_else(|| domain::Error::not_found("the gallery"))?;
        Ok((id, self.expected_version, (change, places)))
    }
}

/// What a change of a gallery answers.
pub(crate) struct GalleryPayload {
    id: Option<GalleryId>,
    user_errors: Vec<UserError>,
}

/// What a change of a gallery answers.
#[Object]
impl GalleryPayload {
    /// The gallery as it is now; null if nothing was changed.
    async fn gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code of the edition the texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Gallery>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let edition = session.edition_id(edition.as_deref())?;
        let found = galleries::get(session.cx(), &GalleryGet::Id(id), edition).await?;
        Ok(found.map(|gallery| Gallery::new(gallery, edition)))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<GalleryId>> for GalleryPayload {
    fn from(outcome: Outcome<GalleryId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// The mutations of galleries.
#[derive(Default)]
pub(crate) struct GalleryMutations;

#[Object]
impl GalleryMutations {
    /// Makes a gallery.
    async fn create_gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new gallery.")] input: CreateGalleryInput,
    ) -> Result<GalleryPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((new, places)) => galleries::create_from(session.cx(), new)
                .await
                .map_err(|error| places.rename(error)),
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes a gallery.
    async fn update_gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateGalleryInput,
    ) -> Result<GalleryPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((id, expected, (change, places))) => {
                galleries::change(session.cx(), id, expected, change)
                    .await
                    .map(|()| id)
                    .map_err(|error| places.rename(error))
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Deletes a gallery. Articles that show it lose it, if `onUse` says so; what it shows stays.
    async fn delete_gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteInput,
    ) -> Result<DeletePayload> {
        let session = session(ctx)?;
        let done = match input.read::<kinds::Gallery>() {
            Ok((id, expected, on_use)) => galleries::delete_at(session.cx(), id, expected, on_use)
                .await
                .map(|()| ID(id.to_string())),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}

/// After a change: nothing of before it in the answer.
async fn finish(session: Here<'_>, done: domain::Result<GalleryId>) -> Result<GalleryPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
