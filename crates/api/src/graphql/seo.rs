//! Texts for search engines and link previews.

use application::seo::json_ld;
use async_graphql::{Context, Object, Result};
use domain::content::{self, Content, Part};

use super::{context::session, entries::Entry, loaders::AssetKey, media::Asset};

/// What an entry tells search engines.
pub(crate) struct Seo {
    of: Entry,
    texts: content::Seo,
}

impl Seo {
    /// The texts an editor wrote; the entry fills in the rest.
    pub(crate) fn new(of: Entry, texts: content::Seo) -> Self {
        Self { of, texts }
    }
}

/// Texts for search engines and link previews. What was not written for them is taken from the
/// entry.
#[Object]
impl Seo {
    /// Title of the HTML page.
    async fn title(&self) -> &str {
        self.texts
            .title
            .as_deref()
            .unwrap_or(&self.of.fields().entry().title)
    }

    /// Description of the HTML page: as written for it, else the excerpt.
    async fn description(&self) -> Option<String> {
        self.texts
            .description
            .clone()
            .or_else(|| self.of.plain_excerpt())
            .filter(|text| !text.is_empty())
    }

    /// Where the original stands: elsewhere if an editor said so, else here.
    async fn canonical_url(&self, ctx: &Context<'_>) -> Result<String> {
        match &self.texts.canonical_url {
            Some(url) => Ok(url.clone()),
            None => Ok(self.of.fields().absolute_url(session(ctx)?)?),
        }
    }

    /// Whether search engines are asked to stay away.
    async fn noindex(&self) -> bool {
        self.texts.noindex
    }

    /// Picture for link previews: as chosen for them, else the main picture.
    async fn image(&self, ctx: &Context<'_>) -> Result<Option<Asset>> {
        let session = session(ctx)?;
        match self.texts.image {
            Some(id) => Ok(session
                .load(AssetKey {
                    id,
                    edition: self.of.fields().entry().edition,
                })
                .await?),
            None => Ok(self
                .of
                .main_picture(session)
                .await?
                .map(|figure| figure.asset().clone())),
        }
    }

    /// The entry described in the words of schema.org (`NewsArticle`, `WebPage`), for a
    /// `<script type="application/ld+json">`.
    async fn json_ld(&self, ctx: &Context<'_>) -> Result<serde_json::Value> {
        let session = session(ctx)?;
        let hero = self
            .of
            .main_picture(session)
            .await?
            .map(|figure| figure.to_domain());
        let byline = self.of.contributions(session).await?;
        let mut content = self.of.fields().content(self.texts.clone());
        if let (Content::Article(article), Entry::Article(of)) = (&mut content, &self.of) {
            let corrections = of.noted_corrections(session).await?.into_owned();
            article.corrections = Part::Loaded(corrections);
        }
        Ok(json_ld(
            session.cx(),
            &content,
            &byline,
            hero.as_ref(),
            &session.edition_set(),
        ))
    }
}
