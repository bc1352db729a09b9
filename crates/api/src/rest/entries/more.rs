//! What is loaded besides entries themselves: one statement for each relation.

use std::collections::HashMap;

use application::{
    articles as article_use, custom_fields,
    entries::{self},
    galleries as gallery_use, media, newsletters as newsletter_use,
};
use domain::{
    content::{Content, Entry, Parts},
    fields::CustomFields,
    galleries::{Gallery, GalleryItem},
    id::{ArticleId, AssetId, EntryId, GalleryId, IssueId, TranslationGroupId},
    newsletters::Section,
};

use crate::error::Problem;
use crate::rest::{
    body::{self, Assets},
    request::Read,
    selection::Selection,
};

use super::RELATED;

/// What is loaded besides the entries themselves.
#[derive(Default)]
pub(in crate::rest) struct More {
    body_assets: Assets,
    galleries: Option<HashMap<EntryId, Vec<Gallery>>>,
    gallery_items: HashMap<GalleryId, Vec<GalleryItem>>,
    translations: Option<HashMap<TranslationGroupId, Vec<entries::Translation>>>,
    related: Option<HashMap<ArticleId, Vec<domain::articles::Article>>>,
    sections: HashMap<IssueId, Vec<Section>>,
    section_articles: HashMap<EntryId, Content>,
    images: HashMap<AssetId, domain::media::Asset>,
    custom_fields: HashMap<EntryId, CustomFields>,
    no_fields: CustomFields,
}

impl More {
    /// Loads what is asked for beyond the parts of the entries: one statement for each relation,
    /// however many entries there are.
    pub(in crate::rest) async fn load(
        read: &Read,
        contents: &[&Content],
        selection: &Selection<'_>,
    ) -> Result<Self, Problem> {
        let cx = &read.cx;
        let mut more = Self::default();
        // The texts of what stands around entries of several editions are taken in that of the first.
        let Some(edition) = contents.first().map(|content| content.entry().edition) else {
            return Ok(more);
        };
        let ids = || {
            contents
                .iter()
                .map(|content| content.entry().id)
                .collect::<Vec<_>>()
        };
        if body::shows_assets(selection) {
            let bodies = contents
                .iter()
                .filter_map(|content| body_of(content))
                .map(|body| &body.derived);
            more.body_assets = application::body::assets_of(cx, bodies, edition).await?;
        }
        if selection.includes("seo") {
            let images: Vec<AssetId> = contents
                .iter()
                .filter_map(|content| seo_of(content)?.image)
                .collect();
            more.images = media::by_ids(cx, &images, edition).await?;
        }
        if selection.includes("galleries") {
            let mut galleries = entries::galleries(cx, &ids()).await?;
            let own: Vec<_> = contents
                .iter()
                .filter_map(|content| {
                    let (entry, leads) = (content.entry(), leads_of(content)?);
                    Some((entry.id, entry.edition, leads))
                })
                .collect();
            galleries.extend(entries::galleries_of(cx, &own).await?);
            let found: Vec<GalleryId> = galleries
                .values()
                .flatten()
                .map(|gallery| gallery.id)
                .collect();
            more.gallery_items = gallery_use::items(cx, &found, edition).await?;
            more.galleries = Some(galleries);
        }
        if selection.includes("translations") {
            let groups: Vec<TranslationGroupId> = contents
                .iter()
                .map(|content| content.entry().group)
                .collect();
            more.translations = Some(entries::translations(cx, &groups, Parts::NONE).await?);
        }
        if selection.includes("related") {
            let articles: Vec<_> = contents
                .iter()
                .filter_map(|content| Some((as_article(content)?.id(), leads_of(content))))
                .collect();
            let related = article_use::related_to(cx, &articles, RELATED, Parts::NONE);
            more.related = Some(related.await?);
        }
        if selection.includes("sections") {
            more.load_sections(read, contents).await?;
        }
        if selection.mask().is_whole() || selection.mask().of("customFields").is_some() {
            let related = more.related.iter().flat_map(HashMap::values).flatten();
            let shown: Vec<&Entry> = contents
                .iter()
                .map(|content| content.entry())
                .chain(related.map(|article| &article.entry))
                .collect();
            more.custom_fields = custom_fields::shown(cx, &shown).await?;
        }
        Ok(more)
    }

    async fn load_sections(&mut self, read: &Read, contents: &[&Content]) -> Result<(), Problem> {
        let absent: Vec<IssueId> = contents
            .iter()
            .filter_map(|content| as_issue(content))
            .filter(|issue| issue.sections.loaded().is_none())
            .map(domain::newsletters::Issue::id)
            .collect();
        if !absent.is_empty() {
            self.sections = newsletter_use::sections(&read.cx, &absent).await?;
        }
        let of_issues = contents
            .iter()
            .filter_map(|content| as_issue(content)?.sections.loaded())
            .flatten();
        let articles: Vec<EntryId> = of_issues
            .chain(self.sections.values().flatten())
            .flat_map(|section| &section.items)
            .filter_map(|item| item.article.map(EntryId::from))
            .collect();
        self.section_articles = entries::by_ids(&read.cx, &articles, Parts::NONE).await?;
        Ok(())
    }

    /// The assets that bodies show.
    pub(in crate::rest) fn body_assets(&self) -> &Assets {
        &self.body_assets
    }

    /// A picture for link previews.
    pub(in crate::rest) fn image(&self, id: AssetId) -> Option<&domain::media::Asset> {
        self.images.get(&id)
    }

    /// The sections of an issue.
    pub(in crate::rest) fn sections_of<'a>(
        &'a self,
        issue: &'a domain::newsletters::Issue,
    ) -> &'a [Section] {
        let loaded = issue
            .sections
            .loaded()
            .or_else(|| self.sections.get(&issue.id()));
        loaded.map_or(&[], Vec::as_slice)
    }

    /// An article of a section, if the caller may read it.
    pub(in crate::rest) fn section_article(&self, id: ArticleId) -> Option<&Content> {
        self.section_articles.get(&EntryId::from(id))
    }

    /// The galleries of an entry, if they are wanted.
    pub(in crate::rest) fn galleries_of(&self, id: EntryId) -> Option<&[Gallery]> {
        let galleries = self.galleries.as_ref()?;
        Some(galleries.get(&id).map_or(&[], Vec::as_slice))
    }

    /// What a gallery of an entry shows.
    pub(in crate::rest) fn items_of(&self, id: GalleryId) -> &[GalleryItem] {
        self.gallery_items.get(&id).map_or(&[], Vec::as_slice)
    }

    /// What to read next, if it is wanted.
    pub(in crate::rest) fn related_to(
        &self,
        id: ArticleId,
    ) -> Option<&[domain::articles::Article]> {
        let related = self.related.as_ref()?;
        Some(related.get(&id).map_or(&[], Vec::as_slice))
    }

    /// The custom fields of an entry, if they are wanted.
    pub(in crate::rest) fn custom_fields_of(&self, id: EntryId) -> &CustomFields {
        self.custom_fields.get(&id).unwrap_or(&self.no_fields)
    }

    /// The languages of an entry, if they are wanted.
    pub(in crate::rest) fn translations_of(
        &self,
        entry: &Entry,
    ) -> Option<&[entries::Translation]> {
        let translations = self.translations.as_ref()?;
        Some(translations.get(&entry.group).map_or(&[], Vec::as_slice))
    }
}

fn as_article(content: &Content) -> Option<&domain::articles::Article> {
    match content {
        Content::Article(article) => Some(article),
        Content::Page(_) | Content::Issue(_) => None,
    }
}

fn leads_of(content: &Content) -> Option<&domain::articles::Leads> {
    as_article(content)?.leads.as_deref()
}

fn as_issue(content: &Content) -> Option<&domain::newsletters::Issue> {
    match content {
        Content::Issue(issue) => Some(issue),
        Content::Article(_) | Content::Page(_) => None,
    }
}

fn body_of(content: &Content) -> Option<&domain::articles::EntryBody> {
    match content {
        Content::Article(article) => article.body.loaded(),
        Content::Page(page) => page.body.loaded(),
        Content::Issue(issue) => issue.body.loaded(),
    }
}

fn seo_of(content: &Content) -> Option<&domain::content::Seo> {
    match content {
        Content::Article(article) => article.seo.loaded(),
        Content::Page(page) => page.seo.loaded(),
        Content::Issue(issue) => issue.seo.loaded(),
    }
}
