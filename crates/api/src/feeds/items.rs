//! Turns entries into items of a feed.

use std::{collections::HashMap, sync::Arc};

use application::{ActorContext, authors, body as bodies, entries, media, newsletters};
use domain::{
    Result,
    articles::{Article, Contribution, ContributionRole, EntryBody},
    body::{DeriveOptions, Format, Source, derive},
    content::{Content, Entry, Part, Parts},
    editions::{Edition, EditionSet},
    id::{AssetId, EntryId},
    media::{Asset, Figure},
    newsletters::{Issue, Section},
    terms::Term,
    time::rfc3339,
};
use url::Url;

use super::{
    html::{Base, absolute, escape},
    model::{Category, FeedItem, Media, Person},
};

/// The parts of an article that its item is made of.
pub(super) const ARTICLE_PARTS: Parts = Parts::BODY
    .with(Parts::TERMS)
    .with(Parts::BYLINE)
    .with(Parts::HERO)
    .with(Parts::ATTACHMENTS)
    .with(Parts::CORRECTIONS);
/// The parts of an issue that its item is made of.
pub(super) const ISSUE_PARTS: Parts = Parts::BODY.with(Parts::HERO).with(Parts::ATTACHMENTS);

/// Words of an issue's summary.
const SUMMARY_WORDS: usize = 55;

type Assets = HashMap<AssetId, Asset>;

/// Makes items of one edition's entries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Items<'a> {
    /// Who asks.
    pub cx: &'a ActorContext,
    /// All editions.
    pub editions: &'a EditionSet,
    /// The edition of the feed.
    pub edition: &'a Edition,
}

impl Items<'_> {
    /// Articles, each with all of [`ARTICLE_PARTS`].
    pub(super) async fn of_articles(&self, articles: &[Article]) -> Result<Vec<FeedItem>> {
        let assets = self
            .assets(articles.iter().map(|article| &article.body))
            .await?;
        Ok(articles
            .iter()
            .map(|article| self.of_article(article, &assets))
            .collect())
    }

    fn of_article(&self, article: &Article, assets: &Assets) -> FeedItem {
        let byline = article.byline.loaded().map_or(&[][..], Vec::as_slice);
        let (authors, contributors): (Vec<_>, Vec<_>) = byline
            .iter()
            .partition(|contribution| contribution.role == ContributionRole::Author);
        let people = |contributions: Vec<&Contribution>| {
            contributions
                .into_iter()
                .filter_map(|contribution| self.person(contribution))
                .collect()
        };
        FeedItem {
            summary: article.excerpt(None),
            html: self.corrections(article)
                + &absolute(
                    &self.html(&article.body, assets),
                    &self.base(&article.entry),
                ),
            authors: people(authors),
            contributors: people(contributors),
            categories: article
                .terms
                .loaded()
                .into_iter()
                .flatten()
                .map(category_of)
                .collect(),
            hero: article
                .hero
                .loaded()
                .and_then(Option::as_ref)
                .map(|figure| self.media(figure)),
            attachments: self.attachments(&article.attachments),
            via: article
                .source
                .as_ref()
                .and_then(|source| source.url.clone())
                .filter(|url| Url::parse(url).is_ok()),
            ..self.of_entry(&article.entry)
        }
    }

    /// A paragraph for each thing that was put right, in the language and the direction of the
    /// article: readers of feeds see it before they read on.
    fn corrections(&self, article: &Article) -> String {
        let edition = self.edition_of(&article.entry);
        let word = correction_in(edition.code.as_str());
        let mut html = String::new();
        for correction in article.corrections.loaded().into_iter().flatten() {
            let at = correction.at;
            html.extend([
                "<p lang=\"",
                edition.code.as_str(),
                "\" dir=\"",
                edition.direction.as_str(),
                "\"><strong>",
                word,
                "</strong> (<time datetime=\"",
                &rfc3339(at),
                "\" dir=\"ltr\">",
                &at.format("%Y-%m-%d").to_string(),
                "</time>): ",
                &escape(&correction.text).replace('\n', "<br>"),
                "</p>",
            ]);
        }
        html
    }

    /// Issues, each with all of [`ISSUE_PARTS`]. The articles they point to are read at once.
    pub(super) async fn of_issues(&self, issues: &[Issue]) -> Result<Vec<FeedItem>> {
        let assets = self.assets(issues.iter().map(|issue| &issue.body)).await?;
        let ids: Vec<_> = issues.iter().map(Issue::id).collect();
        let sections = newsletters::sections(self.cx, &ids).await?;
        let articles: Vec<EntryId> = sections
            .values()
            .flatten()
            .flat_map(|section| &section.items)
            .filter_map(|item| item.article)
            .map(EntryId::from)
            .collect();
        let articles = entries::by_ids(self.cx, &articles, Parts::NONE).await?;
        let with_sections = issues.iter().map(|issue| {
            let mut html = self.html(&issue.body, &assets);
            for section in sections.get(&issue.id()).into_iter().flatten() {
                self.push_section(section, &articles, &mut html);
            }
            self.of_issue(issue, html)
        });
        Ok(with_sections.collect())
    }

    fn of_issue(&self, issue: &Issue, mut html: String) -> FeedItem {
        if let Some(outro) = &issue.outro {
            html.push_str(&html_of_markdown(outro));
        }
        FeedItem {
            summary: issue
                .body
                .loaded()
                .map_or_else(String::new, |body| body.derived.excerpt(SUMMARY_WORDS)),
            html: absolute(&html, &self.base(&issue.entry)),
            hero: issue
                .hero
                .loaded()
                .and_then(Option::as_ref)
                .map(|figure| self.media(figure)),
            attachments: self.attachments(&issue.attachments),
            ..self.of_entry(&issue.entry)
        }
    }

    /// A heading, then articles with a line or two on each, and free notes.
    fn push_section(
        &self,
        section: &Section,
        articles: &HashMap<EntryId, Content>,
        html: &mut String,
    ) {
        if let Some(heading) = &section.heading {
            html.extend(["<h2>", &escape(heading), "</h2>"]);
        }
        for item in &section.items {
            if let Some(Content::Article(article)) =
                item.article.and_then(|id| articles.get(&id.into()))
            {
                let title = item.title.as_ref().unwrap_or(&article.entry.title);
                let summary = item
                    .summary
                    .clone()
                    .unwrap_or_else(|| article.excerpt(None));
                let url = escape(&self.url(&article.entry));
                html.extend([
                    "<h3><a href=\"",
                    &url,
                    "\">",
                    &escape(title),
                    "</a></h3><p>",
                    &escape(&summary),
                    "</p>",
                ]);
            }
            if let Some(note) = &item.note {
                html.push_str(&html_of_markdown(note));
            }
        }
    }

    /// What items of all kinds share.
    fn of_entry(&self, entry: &Entry) -> FeedItem {
        let urn = || format!("urn:uuid:{}", entry.id.uuid());
        let guid = entry.guid.as_ref().filter(|guid| !guid.trim().is_empty());
        FeedItem {
            guid: guid.cloned().unwrap_or_else(|| entry.id.to_string()),
            iri: guid
                .filter(|guid| is_iri(guid))
                .cloned()
                .unwrap_or_else(urn),
            url: self.url(entry),
            title: entry.title.clone(),
            summary: String::new(),
            html: String::new(),
            published: entry.published_at.unwrap_or(entry.sort_at),
            updated: entry.updated_at,
            authors: Vec::new(),
            contributors: Vec::new(),
            categories: Vec::new(),
            hero: None,
            attachments: Vec::new(),
            via: None,
        }
    }

    /// The absolute address of an entry, in its own edition.
    fn url(&self, entry: &Entry) -> String {
        self.edition_of(entry).url(&entry.path)
    }

    fn edition_of(&self, entry: &Entry) -> &Edition {
        self.editions.get(entry.edition).unwrap_or(self.edition)
    }

    fn base(&self, entry: &Entry) -> Base {
        let site = &self.edition_of(entry).base_url;
        Base::new(&self.url(entry), site, self.cx.public_url())
    }

    fn person(&self, contribution: &Contribution) -> Option<Person> {
        let author = contribution.author.as_ref();
        let name = contribution
            .name
            .as_ref()
            .or_else(|| author.map(|author| &author.text.value.name))?;
        let url = author.and_then(|author| {
            Some(
                self.editions
                    .get(author.text.edition)
                    .ok()?
                    .url(&authors::path(self.editions, author)),
            )
        });
        Some(Person {
            name: name.clone(),
            url,
        })
    }

    /// The assets that bodies show.
    async fn assets(&self, bodies: impl Iterator<Item = &Part<EntryBody>>) -> Result<Assets> {
        bodies::assets_of(
            self.cx,
            bodies.filter_map(Part::loaded).map(|body| &body.derived),
            self.edition.id,
        )
        .await
    }

    fn html(&self, body: &Part<EntryBody>, assets: &Assets) -> String {
        body.loaded().map_or_else(String::new, |body| {
            bodies::html(self.cx, &body.derived, assets)
        })
    }

    fn attachments(&self, figures: &Part<Vec<Figure>>) -> Vec<Media> {
        figures
            .loaded()
            .into_iter()
            .flatten()
            .map(|figure| self.media(figure))
            .collect()
    }

    fn media(&self, figure: &Figure) -> Media {
        let asset = &figure.asset;
        let text = &asset.text.value;
        Media {
            url: media::url(self.cx, asset),
            kind: asset.kind,
            mime_type: asset.media_type.clone(),
            size_bytes: asset.size_bytes,
            width: asset.width,
            height: asset.height,
            duration_ms: asset.duration_ms,
            title: text.title.clone(),
            caption: figure.caption.clone().or_else(|| text.caption.clone()),
            alt: figure.alt.clone().or_else(|| text.alt.clone()),
            credit: text.credit.clone(),
        }
    }
}

/// Whether a text may be the id of an Atom entry. Parsing alone takes what has to be escaped too.
fn is_iri(text: &str) -> bool {
    let is_refused = |c: char| c.is_control() || c.is_whitespace() || "<>\"{}|\\^`".contains(c);
    !text.contains(is_refused) && Url::parse(text).is_ok()
}

fn category_of(term: &Arc<Term>) -> Category {
    Category {
        slug: term.text.value.slug.clone(),
        name: term.text.value.name.clone(),
    }
}

/// The word for a correction in each language we write in.
const CORRECTION: [(&str, &str); 4] = [
    ("en", "Correction"),
    ("fa", "اصلاحیه"),
    ("ar", "تصحيح"),
    ("sq", "Korrigjim"),
];

/// The word in the language of an edition, in English if we do not write in it.
fn correction_in(code: &str) -> &'static str {
    let language = code.split('-').next();
    let [(_, english), ..] = CORRECTION;
    CORRECTION
        .iter()
        .find(|(known, _)| language == Some(known))
        .map_or(english, |(_, word)| word)
}

/// The notes and the outro of an issue are kept as Markdown.
fn html_of_markdown(text: &str) -> String {
    let source = Source {
        format: Format::Markdown,
        text: text.to_owned(),
    };
    derive(&source, &DeriveOptions::default()).html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_atom_id_is_an_iri() {
        for id in [
            "https://a.example/?p=1",
            "https://a.example/روزنامه",
            "urn:uuid:1",
            "tag:a.example,2026:x",
        ] {
            assert!(is_iri(id), "{id}");
        }
        for id in [
            "",
            "article_1",
            "https://a.example/a b",
            "https://a.example/?p=1 ",
            "https://a.example/<b>",
            "https://a.example/a\u{a0}b",
        ] {
            assert!(!is_iri(id), "{id}");
        }
    }
}
