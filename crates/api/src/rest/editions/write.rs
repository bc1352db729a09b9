//! Changes of editions.

use application::editions;
use axum::response::Response;
use domain::{
    change::Change,
    editions::{EditionChange, EditionSet, PermalinksChange, SlugStyle as DomainSlugStyle},
    id::EditionId,
    text::Direction as DomainDirection,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{CODE, Edition, GetEdition, SlugStyle, show};
use crate::{
    error::Problem,
    rest::{
        field::{Body, Collected, Field, Unknown, Wire},
        parameters::{Declared, Groups, Of, Record},
        write::{Write, WriteAnswer, changed, deleted},
    },
};

/// A new edition.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewEdition {
    /// Its language (BCP 47); unique.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 35)]
    code: Field<String>,
    /// The name of the language, in that language.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 500)]
    name: Field<String>,
    /// The address of its frontend.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 2048)]
    base_url: Field<String>,
    /// Its title.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 500)]
    title: Field<String>,
    /// The direction of its writing; null or absent: as its language is written.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(ltr|rtl)$")]
    direction: Field<String>,
    /// The line below the title.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    tagline: Field<String>,
    /// The code of the edition whose texts stand in for missing ones.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 35)]
    fallback: Field<String>,
    /// Whether it is meant where none is named. Another edition loses that when it gets it.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_default: Field<bool>,
    /// Its place among the editions.
    #[serde(default)]
    #[schema(value_type = i32, required = false)]
    position: Field<i32>,
    /// How addresses are made; patterns that are left out stay.
    #[serde(default)]
    #[schema(value_type = PermalinksPatch, required = false)]
    permalinks: Field<PermalinksPatch>,
    /// How slugs are made from titles.
    #[serde(default)]
    #[schema(value_type = SlugStyle, required = false)]
    slug_style: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of an edition. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EditionPatch {
    /// Its language (BCP 47); unique. Other records call it by its code from then on.
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 35)]
    code: Field<String>,
    /// The name of the language, in that language.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    name: Field<String>,
    /// The address of its frontend.
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 2048)]
    base_url: Field<String>,
    /// Its title.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    title: Field<String>,
    /// The direction of its writing; null or absent: as its language is written.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(ltr|rtl)$")]
    direction: Field<String>,
    /// The line below the title.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    tagline: Field<String>,
    /// The code of the edition whose texts stand in for missing ones.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 35)]
    fallback: Field<String>,
    /// Whether it is meant where none is named. Another edition loses that when it gets it.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_default: Field<bool>,
    /// Its place among the editions.
    #[serde(default)]
    #[schema(value_type = i32, required = false)]
    position: Field<i32>,
    /// How addresses are made; patterns that are left out stay.
    #[serde(default)]
    #[schema(value_type = PermalinksPatch, required = false)]
    permalinks: Field<PermalinksPatch>,
    /// How slugs are made from titles.
    #[serde(default)]
    #[schema(value_type = SlugStyle, required = false)]
    slug_style: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of the patterns of an edition; null brings back the one a new edition has.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PermalinksPatch {
    /// Of articles.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    article: Field<String>,
    /// Of pages.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    page: Field<String>,
    /// Of newsletter issues.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    issue: Field<String>,
    /// Of newsletters.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    newsletter: Field<String>,
    /// Of categories.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    category: Field<String>,
    /// Of tags.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    tag: Field<String>,
    /// Of authors.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    author: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Wire for PermalinksPatch {
    const MUST_BE: &'static str = "must be an object";
}

impl PermalinksPatch {
    fn read(self, wrong: &mut Collected) -> PermalinksChange {
        wrong.unknown(&self.unknown);
        PermalinksChange {
            article: wrong.clearable("article", self.article),
            page: wrong.clearable("page", self.page),
            issue: wrong.clearable("issue", self.issue),
            newsletter: wrong.clearable("newsletter", self.newsletter),
            category: wrong.clearable("category", self.category),
            tag: wrong.clearable("tag", self.tag),
            author: wrong.clearable("author", self.author),
        }
    }
}

impl Body for EditionPatch {
    type Command = EditionChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> EditionChange {
        wrong.unknown(&self.unknown);
        EditionChange {
            code: match wrong.required("code", self.code) {
                Change::Set(code) => wrong.take(code.parse()).map_or(Change::Keep, Change::Set),
                Change::Keep => Change::Keep,
            },
            name: wrong.required("name", self.name),
            direction: match wrong.clearable("direction", self.direction) {
                Change::Set(Some(word)) => {
                    direction(wrong, &word).map_or(Change::Keep, |known| Change::Set(Some(known)))
                }
                Change::Set(None) => Change::Set(None),
                Change::Keep => Change::Keep,
            },
            base_url: wrong.required("baseUrl", self.base_url),
            title: wrong.required("title", self.title),
            tagline: wrong.clearable("tagline", self.tagline),
            fallback: match wrong.clearable("fallback", self.fallback) {
                Change::Set(Some(code)) => fallback(wrong, editions, &code),
                Change::Set(None) => Change::Set(None),
                Change::Keep => Change::Keep,
            },
            is_default: wrong.required("isDefault", self.is_default),
            position: wrong.required("position", self.position).map(i64::from),
            permalinks: match wrong.required("permalinks", self.permalinks) {
                Change::Set(patterns) => wrong.within("permalinks", |wrong| patterns.read(wrong)),
                Change::Keep => PermalinksChange::default(),
            },
            slug_style: match wrong.required("slugStyle", self.slug_style) {
                Change::Set(word) => wrong
                    .take(word.parse::<DomainSlugStyle>())
                    .map_or(Change::Keep, Change::Set),
                Change::Keep => Change::Keep,
            },
        }
    }
}

fn direction(wrong: &mut Collected, word: &str) -> Option<DomainDirection> {
    let known = word.parse();
    wrong.take(known.map_err(|error: domain::Error| error.with_fields(|_| "direction".to_owned())))
}

fn fallback(wrong: &mut Collected, editions: &EditionSet, code: &str) -> Change<Option<EditionId>> {
    let found = editions.resolve(Some(code)).map(|edition| edition.id);
    let found = found.map_err(|error| error.with_fields(|_| "fallback".to_owned()));
    wrong
        .take(found)
        .map_or(Change::Keep, |id| Change::Set(Some(id)))
}

impl Body for NewEdition {
    type Command = EditionChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> EditionChange {
        EditionPatch {
            code: self.code,
            name: self.name,
            base_url: self.base_url,
            title: self.title,
            direction: self.direction,
            tagline: self.tagline,
            fallback: self.fallback,
            is_default: self.is_default,
            position: self.position,
            permalinks: self.permalinks,
            slug_style: self.slug_style,
            unknown: self.unknown,
        }
        .read(editions, wrong)
    }
}

struct CreateEdition;
impl Declared for CreateEdition {
    const PARAMETERS: Groups = &[Edition::SELECTION];
}

/// Create an edition
///
/// The first one is the default.
#[utoipa::path(
    post,
    path = "/editions",
    tag = "Site",
    params(Of<CreateEdition>),
    request_body = NewEdition,
    responses((status = 201, description = "The new edition.", body = Edition<'_>)),
)]
pub(super) async fn create_edition(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<CreateEdition>()?;
    let new = write.body::<NewEdition>(&editions, &[], EditionChange::check_new)?;
    let id = editions::create_from(&write.read.cx, new).await?;
    let read = answer::<CreateEdition>(&write, id).await?;
    let editions = write.read.cx.editions().await?;
    let code = &editions.get(id)?.code;
    Ok(write.created("editions", code, read))
}

/// Change an edition
///
/// What is left out stays, null clears (RFC 7396). Entries keep the paths they have when patterns
/// change.
#[utoipa::path(
    patch,
    path = "/editions/{code}",
    tag = "Site",
    params(Of<GetEdition>),
    request_body(content(
        (EditionPatch = "application/merge-patch+json"),
        (EditionPatch = "application/json"),
    )),
    responses((status = 200, description = "The edition as it is now.", body = Edition<'_>)),
)]
pub(super) async fn update_edition(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<GetEdition>()?;
    let id = editions
        .by_code(write.read.segment("code")?)
        .map(|edition| edition.id)
        .ok_or_else(|| Problem::not_found("the edition"))?;
    let expected = write.version()?;
    let change = write.body::<EditionPatch>(&editions, &[], EditionChange::check)?;
    editions::change(&write.read.cx, id, expected, change).await?;
    Ok(changed(answer::<GetEdition>(&write, id).await?))
}

struct DeleteEdition;
impl Declared for DeleteEdition {
    const PARAMETERS: Groups = &[&[CODE]];
}

/// Delete an edition
///
/// Only one in which nothing stands: 409 names entries (those in the trash, too), newsletters,
/// collections, menus, redirects, and records that have a text in no other edition. The texts of other
/// shared records there, their addresses, and the roles held there go with it. Neither the default
/// edition nor one that is the fallback of another can be deleted. For owners of the site.
#[utoipa::path(
    delete,
    path = "/editions/{code}",
    tag = "Site",
    params(Of<DeleteEdition>),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete_edition(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<DeleteEdition>()?;
    let id = editions
        .by_code(write.read.segment("code")?)
        .map(|edition| edition.id)
        .ok_or_else(|| Problem::not_found("the edition"))?;
    editions::delete_at(&write.read.cx, id, write.version()?).await?;
    Ok(deleted())
}

/// The edition as a read of it answers.
async fn answer<P: Declared>(write: &Write, id: EditionId) -> Result<Response, Problem> {
    let query = write.query::<P>()?;
    let editions = write.read.cx.editions().await?;
    show(&write.read, &query, &editions, editions.get(id)?)
}
