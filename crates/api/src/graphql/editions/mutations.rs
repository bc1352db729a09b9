//! Changes of the site and its editions.

use application::{editions, settings};
use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    change::Change,
    editions::{EditionChange, EditionSet, PermalinksChange, SlugStyle as DomainSlugStyle},
    id::{EditionId, kinds},
    settings::SiteChange,
    text::Direction as DomainDirection,
};

use super::{Edition, Site, SlugStyle};
use crate::graphql::{
    context::{Here, parse_id, session},
    enums::CommentPolicy,
    input::{DeleteRecordInput, Wrong, clearable},
    outcome::{DeletePayload, Outcome, UserError, outcome},
};

/// The direction a language is written in.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WritingDirection {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl From<WritingDirection> for DomainDirection {
    fn from(direction: WritingDirection) -> Self {
        match direction {
            WritingDirection::Ltr => Self::Ltr,
            WritingDirection::Rtl => Self::Rtl,
        }
    }
}

/// The patterns of an edition's paths; those that are left out stay, null brings back the one a new
/// edition has.
#[derive(InputObject, Debug)]
pub(crate) struct PermalinksInput {
    /// Of articles.
    article: MaybeUndefined<String>,
    /// Of pages.
    page: MaybeUndefined<String>,
    /// Of newsletter issues.
    issue: MaybeUndefined<String>,
    /// Of newsletters.
    newsletter: MaybeUndefined<String>,
    /// Of categories.
    category: MaybeUndefined<String>,
    /// Of tags.
    tag: MaybeUndefined<String>,
    /// Of authors.
    author: MaybeUndefined<String>,
}

impl From<PermalinksInput> for PermalinksChange {
    fn from(input: PermalinksInput) -> Self {
        Self {
            article: clearable(input.article),
            page: clearable(input.page),
            issue: clearable(input.issue),
            newsletter: clearable(input.newsletter),
            category: clearable(input.category),
            tag: clearable(input.tag),
            author: clearable(input.author),
        }
    }
}

/// A new edition.
#[derive(InputObject, Debug)]
pub(crate) struct CreateEditionInput {
    /// Its language (BCP 47); unique.
    code: MaybeUndefined<String>,
    /// The name of the language, in that language.
    name: MaybeUndefined<String>,
    /// The address of its frontend.
    base_url: MaybeUndefined<String>,
    /// The title of the publication in this language.
    title: MaybeUndefined<String>,
    /// The line below the title.
    tagline: MaybeUndefined<String>,
    /// The direction of its writing; as its language is written, if absent.
    direction: MaybeUndefined<WritingDirection>,
    /// The code of the edition whose texts stand in for missing ones.
    fallback: MaybeUndefined<String>,
    /// Whether it is meant where no edition is named. The first one is.
    is_default: MaybeUndefined<bool>,
    /// Its place among the editions; the last if absent.
    position: MaybeUndefined<i32>,
    /// The patterns of its paths.
    permalinks: MaybeUndefined<PermalinksInput>,
    /// How slugs are made from titles.
    slug_style: MaybeUndefined<SlugStyle>,
}

/// Changes of an edition. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateEditionInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// Its language (BCP 47); unique. Arguments call it by its code from then on.
    code: MaybeUndefined<String>,
    /// The name of the language, in that language.
    name: MaybeUndefined<String>,
    /// The address of its frontend.
    base_url: MaybeUndefined<String>,
    /// The title of the publication in this language.
    title: MaybeUndefined<String>,
    /// The line below the title.
    tagline: MaybeUndefined<String>,
    /// The direction of its writing; null: as its language is written.
    direction: MaybeUndefined<WritingDirection>,
    /// The code of the edition whose texts stand in for missing ones.
    fallback: MaybeUndefined<String>,
    /// Whether it is meant where no edition is named. Another edition loses that when it gets it.
    is_default: MaybeUndefined<bool>,
    /// Its place among the editions.
    position: MaybeUndefined<i32>,
    /// The patterns of its paths. Entries keep the paths they have.
    permalinks: MaybeUndefined<PermalinksInput>,
    /// How slugs are made from titles.
    slug_style: MaybeUndefined<SlugStyle>,
}

fn code(wrong: &mut Wrong, code: MaybeUndefined<String>) -> Change<domain::text::Locale> {
    match wrong.required("code", code) {
        Change::Set(code) => wrong.take(code.parse()).map_or(Change::Keep, Change::Set),
        Change::Keep => Change::Keep,
    }
}

fn fallback(
    wrong: &mut Wrong,
    editions: &EditionSet,
    code: MaybeUndefined<String>,
) -> Change<Option<EditionId>> {
    match clearable(code) {
        Change::Set(Some(code)) => {
            let found = editions.resolve(Some(&code)).map(|edition| edition.id);
            let found = found.map_err(|error| error.with_fields(|_| "fallback".to_owned()));
            wrong
                .take(found)
                .map_or(Change::Keep, |id| Change::Set(Some(id)))
        }
        Change::Set(None) => Change::Set(None),
        Change::Keep => Change::Keep,
    }
}

fn permalinks(wrong: &mut Wrong, input: MaybeUndefined<PermalinksInput>) -> PermalinksChange {
    match wrong.required("permalinks", input) {
        Change::Set(patterns) => patterns.into(),
        Change::Keep => PermalinksChange::default(),
    }
}

impl UpdateEditionInput {
    fn read(self, wrong: &mut Wrong, editions: &EditionSet) -> EditionChange {
        EditionChange {
            code: code(wrong, self.code),
            name: wrong.required("name", self.name),
            direction: clearable(self.direction).map(|direction| direction.map(Into::into)),
            base_url: wrong.required("baseUrl", self.base_url),
            title: wrong.required("title", self.title),
            tagline: clearable(self.tagline),
            fallback: fallback(wrong, editions, self.fallback),
            is_default: wrong.required("isDefault", self.is_default),
            position: wrong.required("position", self.position).map(i64::from),
            permalinks: permalinks(wrong, self.permalinks),
            slug_style: wrong
                .required("slugStyle", self.slug_style)
                .map(DomainSlugStyle::from),
        }
    }
}

impl From<CreateEditionInput> for UpdateEditionInput {
    /// The same fields; which edition they are for does not matter.
    fn from(input: CreateEditionInput) -> Self {
        Self {
            id: ID::default(),
            expected_version: 0,
            code: input.code,
            name: input.name,
            base_url: input.base_url,
            title: input.title,
            tagline: input.tagline,
            direction: input.direction,
            fallback: input.fallback,
            is_default: input.is_default,
            position: input.position,
            permalinks: input.permalinks,
            slug_style: input.slug_style,
        }
    }
}

/// Changes of the settings of the site. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateSiteInput {
    /// The version it has.
    expected_version: i64,
    /// Its name.
    name: MaybeUndefined<String>,
    /// How comments are moderated.
    comment_policy: MaybeUndefined<CommentPolicy>,
}

/// What a change of an edition answers.
pub(crate) struct EditionPayload {
    id: Option<EditionId>,
    user_errors: Vec<UserError>,
}

/// What a change of an edition answers.
#[Object]
impl EditionPayload {
    /// The edition as it is now; null if nothing was changed.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<Edition>> {
        let session = session(ctx)?;
        Ok(self.id.map(|id| session.edition(id)).transpose()?)
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<EditionId>> for EditionPayload {
    fn from(outcome: Outcome<EditionId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// What a change of the site answers.
pub(crate) struct SitePayload {
    is_changed: bool,
    user_errors: Vec<UserError>,
}

/// What a change of the site answers.
#[Object]
impl SitePayload {
    /// The site as it is now; null if nothing was changed.
    async fn site(&self, ctx: &Context<'_>) -> Result<Option<Site>> {
        if !self.is_changed {
            return Ok(None);
        }
        Ok(Some(Site(settings::site(session(ctx)?.cx()).await?)))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// The mutations of the site.
#[derive(Default)]
pub(crate) struct SiteMutations;

#[Object]
impl SiteMutations {
    /// Changes the settings of the site.
    async fn update_site(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateSiteInput,
    ) -> Result<SitePayload> {
        let session = session(ctx)?;
        let mut wrong = Wrong::default();
        let change = SiteChange {
            name: wrong.required("name", input.name),
            comment_policy: wrong
                .required("commentPolicy", input.comment_policy)
                .map(Into::into),
        };
        let done = match wrong.finish(change, SiteChange::check) {
            Ok(change) => settings::change(session.cx(), input.expected_version, change).await,
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        let (changed, user_errors) = outcome(done)?.split();
        Ok(SitePayload {
            is_changed: changed.is_some(),
            user_errors,
        })
    }

    /// Makes an edition. The first one is the default.
    async fn create_edition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new edition.")] input: CreateEditionInput,
    ) -> Result<EditionPayload> {
        let session = session(ctx)?;
        let editions = session.edition_set();
        let mut wrong = Wrong::default();
        let new = UpdateEditionInput::from(input).read(&mut wrong, &editions);
        let done = match wrong.finish(new, EditionChange::check_new) {
            Ok(new) => editions::create_from(session.cx(), new).await,
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes an edition.
    async fn update_edition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateEditionInput,
    ) -> Result<EditionPayload> {
        let session = session(ctx)?;
        let editions = session.edition_set();
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<EditionId>("id", &input.id));
        let expected = input.expected_version;
        let change = input.read(&mut wrong, &editions);
        let done = match (id, wrong.finish(change, EditionChange::check)) {
            (Some(id), Ok(change)) => editions::change(session.cx(), id, expected, change)
                .await
                .map(|()| id),
            (_, Err(wrong)) => Err(wrong),
            (None, Ok(_)) => Err(domain::Error::not_found("the edition")),
        };
        finish(session, done).await
    }

    /// Deletes an edition in which nothing stands; `usedBy` names what does: entries (those in the
    /// trash, too), newsletters, collections, menus, redirects, and records that have a text in no other
    /// edition. The texts of other shared records there, their addresses, and the roles held there go
    /// with it. Neither the default edition nor one that is the fallback of another can be deleted. For
    /// owners of the site.
    async fn delete_edition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteRecordInput,
    ) -> Result<DeletePayload> {
        let session = session(ctx)?;
        let done = match input.read::<kinds::Edition>() {
            Ok((id, expected)) => editions::delete_at(session.cx(), id, expected)
                .await
                .map(|()| ID(id.to_string())),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}

/// After a change: nothing of before it in the answer.
async fn finish(session: Here<'_>, done: domain::Result<EditionId>) -> Result<EditionPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
