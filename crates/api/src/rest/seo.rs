//! What an entry tells search engines and link previews.

use application::seo::json_ld;
use domain::{
    articles::Contribution,
    content::{Content, Seo as DomainSeo},
    media::Figure,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{entries::More, media::Asset, parameters::Record, selection::Fields, view::View};
use crate::error::Problem;

/// Texts for search engines and link previews. What was not written for them is taken from the
/// entry.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Seo<'a> {
    /// Title of the HTML page.
    title: &'a str,
    /// Description of the HTML page: as written for it, else the excerpt.
    description: Option<String>,
    /// Where the original stands: elsewhere if an editor said so, else here.
    canonical_url: String,
    /// Whether search engines are asked to stay away.
    noindex: bool,
    /// Picture for link previews: as chosen for them, else the main picture.
    image: Option<Asset<'a>>,
    /// The entry in the words of schema.org (`NewsArticle`, `WebPage`): what a page shows search
    /// engines as `application/ld+json`.
    #[schema(value_type = Object)]
    json_ld: serde_json::Value,
}

/// What of an entry the structured data draws on.
pub(super) struct Sources<'a> {
    /// The texts an editor wrote.
    pub(super) texts: &'a DomainSeo,
    /// The excerpt.
    pub(super) excerpt: Option<String>,
    /// Who made it.
    pub(super) byline: &'a [Contribution],
    /// The main picture.
    pub(super) hero: Option<&'a Figure>,
}

/// The fields of what search engines are told.
pub(super) const FIELDS: Fields = Fields {
    names: &[
        "title",
        "description",
        "canonicalUrl",
        "noindex",
        "image",
        "jsonLd",
    ],
    below: &[("image", Fields::flat(Asset::FIELDS))],
};

impl<'a> View<'a> {
    /// What an entry tells search engines.
    pub(super) fn seo(
        &self,
        content: &'a Content,
        sources: Sources<'a>,
        more: &'a More,
    ) -> Result<Seo<'a>, Problem> {
        let Sources {
            texts,
            excerpt,
            byline,
            hero,
        } = sources;
        let entry = content.entry();
        let chosen = texts.image.and_then(|id| more.image(id));
        let image = chosen
            .or(hero.map(|figure| &figure.asset))
            .map(|asset| self.asset(asset))
            .transpose()?;
        let canonical_url = match &texts.canonical_url {
            Some(url) => url.clone(),
            None => self.edition(entry.edition)?.url(&entry.path),
        };
        Ok(Seo {
            title: texts.title.as_deref().unwrap_or(&entry.title),
            description: texts
                .description
                .clone()
                .or(excerpt)
                .filter(|text| !text.is_empty()),
            canonical_url,
            noindex: texts.noindex,
            image,
            json_ld: json_ld(self.cx, content, byline, hero, self.editions),
        })
    }
}
