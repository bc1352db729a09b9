//! An entry in another state than that of its rows: with the edit that waits, as readers will see it.

use std::{collections::HashMap, sync::Arc};

use domain::{
    Result,
    access::Action,
    articles::{Article, ArticleDraft, Contribution, EntryBody, EntryDraft, Leads},
    body::Body,
    content::{Content, Entry, Part, Parts},
    id::{AssetId, AuthorId, EntryId},
    media::{Asset, Figure, FigureDraft},
    newsletters::{Issue, IssueDraft, Section},
    pages::{Page, PageDraft},
    revisions::Snapshot,
    terms::{Term, TermId},
    time::Timestamp,
};

use crate::{ActorContext, writing::derived};

/// An entry with the edit that waits to be published in it: for those who may change the entry. The
/// version is the current one; what is counted (comments) is that of the entry that is out.
pub async fn latest(cx: &ActorContext, content: Content, parts: Parts) -> Result<Content> {
    // Whoever holds a signed link to it has it that way already.
    if cx
        .scope()
        .previews(content.entry().id, content.entry().edition)
    {
        return Ok(content);
    }
    cx.authorize(Action::Update, content.entry().target())?;
    if !content.entry().has_pending_changes {
        return Ok(content);
    }
    let id = content.entry().id;
    let Some(pending) = cx.reader().pending(cx.scope(), id).await? else {
        return Ok(content);
    };
    let state = State {
        snapshot: pending.snapshot,
        at: pending.at,
    };
    Box::pin(lay(cx, content, state, parts)).await
}

/// A state an entry is shown in.
pub(crate) struct State {
    /// The whole of it.
    pub(crate) snapshot: Snapshot,
    /// When it was saved.
    pub(crate) at: Timestamp,
}

/// An entry in another state. What was written is shown to those who may change it.
pub(crate) async fn lay(
    cx: &ActorContext,
    content: Content,
    state: State,
    parts: Parts,
) -> Result<Content> {
    let body = derived(&state.snapshot.entry().source).await?;
    let mut entry = content.entry().clone();
    let shows_source = cx.scope().edits(&entry.target());
    lay_over(&mut entry, state.snapshot.entry());
    entry.updated_at = state.at;
    let laid = Overlay {
        cx,
        parts,
        entry,
        body,
        shows_source,
    };
    match (content, state.snapshot) {
        (Content::Article(live), Snapshot::Article(draft)) => {
            laid.article(live, draft).await.map(Content::Article)
        }
        (Content::Page(live), Snapshot::Page(draft)) => {
            laid.page(live, draft).await.map(Content::Page)
        }
        (Content::Issue(live), Snapshot::Issue(draft)) => {
            laid.issue(live, draft).await.map(Content::Issue)
        }
        (live, _) => Ok(live),
    }
}

fn lay_over(entry: &mut Entry, draft: &EntryDraft) {
    entry.slug.clone_from(&draft.slug);
    if let Some(path) = &draft.path {
        entry.path.clone_from(path);
    }
    entry.title.clone_from(&draft.title);
    entry.is_featured = draft.is_featured;
    entry.owner = draft.owner;
    entry.custom_fields.clone_from(&draft.custom_fields);
    entry.parent = draft.parent;
    entry.translated_from = draft.translated_from;
}

struct Overlay<'a> {
    cx: &'a ActorContext,
    parts: Parts,
    entry: Entry,
    body: Body,
    shows_source: bool,
}

impl Overlay<'_> {
    fn when<T>(&self, part: Parts, value: impl FnOnce() -> T) -> Part<T> {
        if self.parts.contains(part) {
            Part::Loaded(value())
        } else {
            Part::Absent
        }
    }

    fn body_of(&self, draft: &EntryDraft) -> Part<EntryBody> {
        self.when(Parts::BODY, || EntryBody {
            derived: self.body.clone(),
            source: self.shows_source.then(|| draft.source.clone()),
        })
    }

    async fn article(self, live: Article, draft: ArticleDraft) -> Result<Article> {
        let figures = self.figures(&draft.entry, &draft.attachments).await?;
        let shared = &draft.entry;
        Ok(Article {
            subtitle: draft.subtitle.clone(),
            custom_excerpt: shared.excerpt.clone(),
            derived_excerpt: self.body.excerpt(100),
            word_count: i64::from(self.body.word_count),
            reading_time_minutes: i64::from(self.body.reading_time_minutes()),
            primary_category: draft.categories.first().copied(),
            source: draft.source_credit.clone(),
            post_format: draft.post_format.clone(),
            comments_open: shared.comments_open,
            comment_count: live.comment_count,
            seo: self.when(Parts::SEO, || shared.seo.clone()),
            body: self.body_of(shared),
            terms: self.terms(&draft).await?,
            byline: self.byline(&draft).await?,
            hero: self.when(Parts::HERO, || hero(shared, &figures)),
            attachments: self.when(Parts::ATTACHMENTS, || shown(&draft.attachments, &figures)),
            corrections: self.when(Parts::CORRECTIONS, || draft.corrections.clone()),
            leads: Some(Arc::new(Leads {
                galleries: draft.galleries,
                related: draft.related,
            })),
            entry: self.entry,
        })
    }

    async fn page(self, live: Page, draft: PageDraft) -> Result<Page> {
        let figures = self.figures(&draft.entry, &[]).await?;
        let shared = &draft.entry;
        Ok(Page {
            custom_excerpt: shared.excerpt.clone(),
            derived_excerpt: self.body.excerpt(100),
            position: draft.position,
            comments_open: shared.comments_open,
            comment_count: live.comment_count,
            seo: self.when(Parts::SEO, || shared.seo.clone()),
            body: self.body_of(shared),
            hero: self.when(Parts::HERO, || hero(shared, &figures)),
            entry: self.entry,
        })
    }

    async fn issue(self, _live: Issue, draft: IssueDraft) -> Result<Issue> {
        let figures = self.figures(&draft.entry, &draft.attachments).await?;
        let shared = &draft.entry;
        Ok(Issue {
            newsletter: draft.newsletter,
            number: draft.number,
            outro: draft.outro.clone(),
            seo: self.when(Parts::SEO, || shared.seo.clone()),
            body: self.body_of(shared),
            hero: self.when(Parts::HERO, || hero(shared, &figures)),
            sections: self.sections(&draft).await?,
            attachments: self.when(Parts::ATTACHMENTS, || shown(&draft.attachments, &figures)),
            entry: self.entry,
        })
    }

    /// The assets of pictures outside the body.
    async fn figures(
        &self,
        draft: &EntryDraft,
        attachments: &[FigureDraft],
    ) -> Result<HashMap<AssetId, Asset>> {
        let mut wanted: Vec<AssetId> = Vec::new();
        if self.parts.contains(Parts::HERO) {
            wanted.extend(draft.hero.iter().map(|figure| figure.asset));
        }
        if self.parts.contains(Parts::ATTACHMENTS) {
            wanted.extend(attachments.iter().map(|figure| figure.asset));
        }
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        self.cx
            .reader()
            .assets_by_ids(self.cx.scope(), &wanted, self.entry.edition)
            .await
    }

    async fn terms(&self, draft: &ArticleDraft) -> Result<Part<Vec<Arc<Term>>>> {
        if !self.parts.contains(Parts::TERMS) {
            return Ok(Part::Absent);
        }
        let categories = draft.categories.iter().map(|id| TermId::from(*id));
        let ids: Vec<TermId> = categories
            .chain(draft.tags.iter().map(|id| TermId::from(*id)))
            .collect();
        let mut found = self
            .cx
            .reader()
            .terms_by_ids(self.cx.scope(), &ids, self.entry.edition)
            .await?;
        let terms = ids.iter().filter_map(|id| found.remove(id).map(Arc::new));
        Ok(Part::Loaded(terms.collect()))
    }

    async fn byline(&self, draft: &ArticleDraft) -> Result<Part<Vec<Contribution>>> {
        if !self.parts.contains(Parts::BYLINE) {
            return Ok(Part::Absent);
        }
        let ids: Vec<AuthorId> = draft.byline.iter().filter_map(|line| line.author).collect();
        let found = self
            .cx
            .reader()
            .authors_by_ids(self.cx.scope(), &ids, self.entry.edition)
            .await?;
        let authors: HashMap<AuthorId, _> = found
            .into_iter()
            .map(|(id, author)| (id, Arc::new(author)))
            .collect();
        let lines = draft.byline.iter().map(|line| Contribution {
            role: line.role,
            author: line.author.and_then(|id| authors.get(&id).cloned()),
            name: line.name.clone(),
        });
        Ok(Part::Loaded(lines.collect()))
    }

    /// Items that lead to hidden articles keep their own words only.
    async fn sections(&self, draft: &IssueDraft) -> Result<Part<Vec<Section>>> {
        if !self.parts.contains(Parts::SECTIONS) {
            return Ok(Part::Absent);
        }
        let mut sections = draft.sections.clone();
        let items = sections.iter().flat_map(|section| &section.items);
        let ids: Vec<EntryId> = items
            .filter_map(|item| item.article.map(EntryId::from))
            .collect();
        let visible = self
            .cx
            .reader()
            .entries_by_ids(self.cx.scope(), &ids, Parts::NONE)
            .await?;
        for item in sections.iter_mut().flat_map(|section| &mut section.items) {
            item.article = item
                .article
                .filter(|id| visible.contains_key(&EntryId::from(*id)));
        }
        Ok(Part::Loaded(sections))
    }
}

fn hero(draft: &EntryDraft, assets: &HashMap<AssetId, Asset>) -> Option<Figure> {
    draft.hero.as_ref().and_then(|hero| figure(hero, assets))
}

fn shown(figures: &[FigureDraft], assets: &HashMap<AssetId, Asset>) -> Vec<Figure> {
    figures
        .iter()
        .filter_map(|draft| figure(draft, assets))
        .collect()
}

fn figure(draft: &FigureDraft, assets: &HashMap<AssetId, Asset>) -> Option<Figure> {
    Some(Figure {
        asset: assets.get(&draft.asset)?.clone(),
        caption: draft.caption.clone(),
        alt: draft.alt.clone(),
    })
}
