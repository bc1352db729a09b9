//! Makes content for tests in few words.

use std::future::IntoFuture;
use std::pin::Pin;

use application::{articles, authors, editions, settings, terms};
use domain::{
    articles::{ArticleDraft, ContributionDraft, ContributionRole, EntryDraft},
    authors::{AuthorDraft, AuthorText},
    body::{DeriveOptions, Format, Source, derive},
    content::{Seo, Status},
    editions::{EditionDraft, Permalinks, SlugStyle},
    id::{ArticleId, AssetId, AuthorId, CategoryId, EditionId, Id, TagId, TranslationGroupId},
    media::FigureDraft,
    settings::SiteDraft,
    terms::{Taxonomy, TermDraft, TermText},
    text::EditionText,
};

use super::TestServer;

/// The editions of a small site.
#[derive(Debug, Clone, Copy)]
pub struct Editions {
    pub en: EditionId,
    pub fa: EditionId,
}

/// A draft of an edition with defaults.
pub fn edition(code: &str, fallback: Option<EditionId>) -> EditionDraft {
    EditionDraft {
        code: code.parse().unwrap(),
        name: code.to_owned(),
        direction: None,
        base_url: format!("https://example.org/{code}"),
        title: format!("The {code} Gazette"),
        tagline: None,
        fallback,
        is_default: fallback.is_none(),
        position: i64::from(fallback.is_some()),
        permalinks: Permalinks::default(),
        slug_style: SlugStyle::Native,
    }
}

/// The shared part of a draft with defaults.
pub fn entry(edition: EditionId, title: &str, text: &str) -> EntryDraft {
    let source = Source {
        format: Format::Html,
        text: text.to_owned(),
    };
    let body = derive(&source, &DeriveOptions::default());
    EntryDraft {
        edition,
        group: None,
        translated_from: None,
        parent: None,
        slug: String::new(),
        path: None,
        title: title.to_owned(),
        status: Status::Published,
        published_at: None,
        scheduled_at: None,
        is_featured: false,
        owner: None,
        guid: None,
        created_at: None,
        updated_at: None,
        excerpt: None,
        hero: None,
        seo: Seo::default(),
        comments_open: true,
        custom_fields: domain::fields::CustomFields::new(),
        source,
        body,
        private_data: serde_json::Value::Null,
    }
}

impl TestServer {
    /// A site with an English edition and a Persian one that falls back on it.
    pub async fn small_site(&self) -> Editions {
        let cx = self.system();
        settings::update(
            &cx,
            SiteDraft {
                name: "Gazette".to_owned(),
                ..SiteDraft::default()
            },
        )
        .await
        .unwrap();
        let en = editions::create(&cx, edition("en", None)).await.unwrap();
        let fa = editions::create(&cx, edition("fa", Some(en)))
            .await
            .unwrap();
        Editions { en, fa }
    }

    /// An article under construction; `.await` makes it.
    pub fn article(&self, edition: EditionId, title: &str) -> ArticleBuilder<'_> {
        ArticleBuilder {
            server: self,
            draft: ArticleDraft {
                entry: entry(
                    edition,
                    title,
                    &format!("<p>{title} and what came of it.</p>"),
                ),
                subtitle: None,
                categories: Vec::new(),
                tags: Vec::new(),
                byline: Vec::new(),
                attachments: Vec::new(),
                galleries: Vec::new(),
                related: Vec::new(),
                source_credit: None,
                post_format: None,
                corrections: Vec::new(),
            },
        }
    }

    /// A category, or a tag, named in one edition.
    pub async fn term(
        &self,
        taxonomy: Taxonomy,
        edition: EditionId,
        name: &str,
        parent: Option<CategoryId>,
    ) -> uuid::Uuid {
        let value = TermText {
            name: name.to_owned(),
            ..TermText::default()
        };
        let draft = TermDraft {
            taxonomy,
            namespace: String::new(),
            parent,
            position: 0,
            texts: vec![EditionText { edition, value }],
        };
        terms::create(&self.system(), draft).await.unwrap().uuid()
    }

    /// A category named in one edition.
    pub async fn category(
        &self,
        edition: EditionId,
        name: &str,
        parent: Option<CategoryId>,
    ) -> CategoryId {
        Id::from_uuid(self.term(Taxonomy::Category, edition, name, parent).await)
    }

    /// A tag named in one edition.
    pub async fn tag(&self, edition: EditionId, name: &str) -> TagId {
        Id::from_uuid(self.term(Taxonomy::Tag, edition, name, None).await)
    }

    /// An author named in one edition.
    pub async fn author(&self, edition: EditionId, name: &str) -> AuthorId {
        let value = AuthorText {
            name: name.to_owned(),
            ..AuthorText::default()
        };
        let draft = AuthorDraft {
            website: None,
            avatar: None,
            texts: vec![EditionText { edition, value }],
        };
        authors::create(&self.system(), draft).await.unwrap()
    }
}

/// An article under construction.
pub struct ArticleBuilder<'a> {
    server: &'a TestServer,
    pub draft: ArticleDraft,
}

impl ArticleBuilder<'_> {
    pub fn status(mut self, status: Status) -> Self {
        self.draft.entry.status = status;
        self
    }
    pub fn published_at(mut self, time: &str) -> Self {
        self.draft.entry.published_at = Some(time.parse().unwrap());
        self
    }
    pub fn body(mut self, html: &str) -> Self {
        self.draft.entry.source = Source {
            format: Format::Html,
            text: html.to_owned(),
        };
        self.draft.entry.body = derive(&self.draft.entry.source, &DeriveOptions::default());
        self
    }
    pub fn slug(mut self, slug: &str) -> Self {
        slug.clone_into(&mut self.draft.entry.slug);
        self
    }
    pub fn group(mut self, group: TranslationGroupId) -> Self {
        self.draft.entry.group = Some(group);
        self
    }
    pub fn category(mut self, id: CategoryId) -> Self {
        self.draft.categories.push(id);
        self
    }
    pub fn tag(mut self, id: TagId) -> Self {
        self.draft.tags.push(id);
        self
    }
    pub fn by(mut self, author: AuthorId) -> Self {
        self.draft.byline.push(ContributionDraft {
            role: ContributionRole::Author,
            author: Some(author),
            name: None,
        });
        self
    }
    pub fn hero(mut self, asset: AssetId) -> Self {
        self.draft.entry.hero = Some(FigureDraft::plain(asset));
        self
    }
    pub fn related(mut self, id: ArticleId) -> Self {
        self.draft.related.push(id);
        self
    }
    pub fn featured(mut self) -> Self {
        self.draft.entry.is_featured = true;
        self
    }
    /// Any other change of the draft.
    pub fn with(mut self, change: impl FnOnce(&mut ArticleDraft)) -> Self {
        change(&mut self.draft);
        self
    }
}

impl<'a> IntoFuture for ArticleBuilder<'a> {
    type Output = ArticleId;
    type IntoFuture = Pin<Box<dyn Future<Output = ArticleId> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            articles::create(&self.server.system(), self.draft)
                .await
                .unwrap()
        })
    }
}
