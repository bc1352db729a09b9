//! Translations: beginning one, and telling that one is up to date.

use domain::{
    Error, Result,
    articles::{Article, ContributionDraft, EntryBody, SourceCredit},
    audit::Changed,
    body::{Format, Source},
    change::{
        ArticleChange, Change, ContentChange, CreditChange, EntryChange, FigureChange, PageChange,
        SeoChange,
    },
    content::{Content, Entry, Part, Parts, Seo},
    fields::CustomFields,
    id::{CategoryId, EditionId, EntryId, Id, PageId, TagId},
    media::{Figure, FigureDraft},
    pages::Page,
    terms::{Taxonomy, Term},
};

use crate::{
    ActorContext, Tx,
    context::found,
    custom_fields,
    entries::check_version,
    lifecycle::Step,
    writing::{self, answer, pending_of, permit_to_change, visible},
};

/// A translation that is to be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTranslation {
    /// Where.
    pub edition: EditionId,
    /// Whether it begins with the texts of the original.
    pub copies_texts: bool,
    /// What is said about it.
    pub note: Option<String>,
}

/// What is read of an original.
const ORIGINAL: Parts = Parts::BODY
    .with(Parts::TERMS)
    .with(Parts::BYLINE)
    .with(Parts::HERO)
    .with(Parts::SEO)
    .with(Parts::ATTACHMENTS);

/// Begins the translation of an article or a page, for those who may write in the other edition: a
/// draft with the title, the terms, the byline and the pictures of what readers see of the original.
pub async fn create(cx: &ActorContext, of: EntryId, new: NewTranslation) -> Result<Content> {
    let mut original = cx
        .reader()
        .entries_by_ids(cx.scope(), &[of], ORIGINAL)
        .await?;
    let original = found(original.remove(&of), of)?;
    if original.entry().edition == new.edition {
        return Err(Error::invalid("edition", "is the edition of the original"));
    }
    let edition = new.edition;
    let own_fields = own_fields(cx, original.entry(), edition).await?;
    let mut change: ContentChange = match original {
        Content::Article(article) => {
            let galleries = cx
                .reader()
                .gallery_ids(cx.scope(), &[of])
                .await?
                .remove(&of);
            let mut change = article_change(&article, &new);
            change.galleries = Change::Set(galleries.unwrap_or_default());
            ContentChange::Article(change)
        }
        Content::Page(page) => {
            let parent = match page.entry.parent {
                Some(parent) => translation_of(cx, parent, edition).await?,
                None => None,
            };
            ContentChange::Page(page_change(&page, parent, &new))
        }
        Content::Issue(_) => {
            let why = "issues are not translated: make one in a newsletter of the other edition";
            return Err(Error::conflict(why));
        }
    };
    change.entry_mut().custom_fields = Change::Set(Some(own_fields));
    writing::create(cx, edition, change).await.map_err(|error| {
        // All else that could be wrong with it has been looked at.
        if error.fields().iter().any(|it| it.field == "translatedFrom") {
            return Error::Conflict {
                message: format!("{of} has a translation in this edition already"),
                field: Some("edition".to_owned()),
                used_by: Vec::new(),
            };
        }
        error
    })
}

/// Tells that a translation says what its original says now.
pub async fn mark_current(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    cx.write(async |tx| mark_current_in(tx, id, &step).await)
        .await?;
    answer(cx, id).await
}

/// Tells that a translation says what its original says now, in a transaction. As what it says stays
/// as it is, so does its version.
pub async fn mark_current_in(tx: &mut Tx, id: EntryId, step: &Step) -> Result<()> {
    let content = visible(tx, id).await?;
    let entry = content.entry();
    let permit = permit_to_change(tx.cx(), entry)?;
    check_version(entry, Some(step.expected))?;
    let no_translation = || Error::conflict(format!("{id} is no translation"));
    let (source, known) = entry.translated_from.ok_or_else(no_translation)?;
    let original = visible(tx, source).await.map_err(|error| {
        if matches!(error, Error::NotFound(_)) {
            return Error::conflict("the original was not found");
        }
        error
    })?;
    let current = version_of(original.entry());
    if current == known {
        return Ok(());
    }
    if let Some(mut pending) = pending_of(tx, entry).await? {
        let of_edit = &mut pending.snapshot.entry_mut().translated_from;
        if of_edit.is_some_and(|(of, _)| of == source) {
            *of_edit = Some((source, current));
            tx.store_tx().replace_pending(id, &pending.snapshot).await?;
        }
    }
    let changed = vec!["translatedFrom".to_owned()];
    let permit = permit
        .changing(Changed::Fields { changed })
        .with_note(step.note.clone());
    let now = tx.cx().now();
    tx.store_tx()
        .mark_translation(&permit, entry, current, now)
        .await
}

/// The version of an entry that readers see, which is what is translated.
fn version_of(entry: &Entry) -> i64 {
    entry.live_version.unwrap_or(entry.version)
}

/// The page of another edition that translates a page, if there is one to be seen.
async fn translation_of(
    cx: &ActorContext,
    page: EntryId,
    edition: EditionId,
) -> Result<Option<PageId>> {
    let mut pages = cx
        .reader()
        .entries_by_ids(cx.scope(), &[page], Parts::NONE)
        .await?;
    let Some(group) = pages.remove(&page).map(|page| page.entry().group) else {
        return Ok(None);
    };
    let members = cx
        .reader()
        .translations(cx.scope(), &[group], Parts::NONE)
        .await?;
    let there = members
        .into_values()
        .flatten()
        .find(|member| member.entry().edition == edition);
    Ok(there.map(|page| Id::from_uuid(page.entry().id.uuid())))
}

/// The custom fields of an original that the other edition has, too.
async fn own_fields(cx: &ActorContext, of: &Entry, edition: EditionId) -> Result<CustomFields> {
    let editions = cx.editions().await?;
    let code = &editions.get(edition)?.code;
    let model = cx.content_model();
    // As it is shown: what is hidden is no value for the translation either.
    let shown = custom_fields::shown(cx, &[of]).await?.remove(&of.id);
    let shown = shown.unwrap_or_default();
    Ok(model.served(of.id.kind, Some(code.as_str()), &shown))
}

fn article_change(article: &Article, new: &NewTranslation) -> ArticleChange {
    let hero = article.hero.loaded().and_then(Option::as_ref);
    let texts = Texts {
        excerpt: article.custom_excerpt.as_deref(),
        seo: &article.seo,
        body: &article.body,
        comments_open: article.comments_open,
    };
    let terms = article.terms.loaded().map_or(&[][..], Vec::as_slice);
    let of = |taxonomy: Taxonomy| {
        let all = terms.iter().map(AsRef::<Term>::as_ref);
        all.filter(move |term| term.id.taxonomy == taxonomy)
            .map(|term| term.id.uuid())
    };
    let categories = of(Taxonomy::Category).map(CategoryId::from_uuid);
    let tags = of(Taxonomy::Tag).map(TagId::from_uuid);
    let byline = article.byline.loaded().map_or(&[][..], Vec::as_slice);
    let byline = byline.iter().map(|line| ContributionDraft {
        role: line.role,
        author: line.author.as_ref().map(|author| author.id),
        name: line.name.clone(),
    });
    let attachments = article.attachments.loaded().map_or(&[][..], Vec::as_slice);
    let attachments = attachments.iter().map(|figure| FigureDraft {
        asset: figure.asset.id,
        caption: figure.caption.clone().filter(|_| new.copies_texts),
        alt: figure.alt.clone().filter(|_| new.copies_texts),
    });
    let credit = article.source.clone().map(credit);
    ArticleChange {
        entry: shared(&article.entry, hero, &texts, new),
        subtitle: text(article.subtitle.as_deref(), new),
        categories: Change::Set(categories.collect()),
        tags: Change::Set(tags.collect()),
        byline: Change::Set(byline.collect()),
        attachments: Change::Set(attachments.collect()),
        source: Change::Set(credit),
        post_format: Change::Set(article.post_format.clone()),
        ..ArticleChange::default()
    }
}

fn page_change(page: &Page, parent: Option<PageId>, new: &NewTranslation) -> PageChange {
    let hero = page.hero.loaded().and_then(Option::as_ref);
    let texts = Texts {
        excerpt: page.custom_excerpt.as_deref(),
        seo: &page.seo,
        body: &page.body,
        comments_open: page.comments_open,
    };
    PageChange {
        entry: shared(&page.entry, hero, &texts, new),
        parent: Change::Set(parent),
        position: Change::Set(page.position),
    }
}

/// What an original says, whatever its kind.
struct Texts<'a> {
    excerpt: Option<&'a str>,
    seo: &'a Part<Seo>,
    body: &'a Part<EntryBody>,
    comments_open: bool,
}

fn shared(
    entry: &Entry,
    hero: Option<&Figure>,
    texts: &Texts<'_>,
    new: &NewTranslation,
) -> EntryChange {
    let hero = hero.map(|hero| FigureChange {
        asset: Change::Set(hero.asset.id),
        caption: text(hero.caption.as_deref(), new),
        alt: text(hero.alt.as_deref(), new),
    });
    let seo = texts.seo.loaded().map(|seo| SeoChange {
        title: text(seo.title.as_deref(), new),
        description: text(seo.description.as_deref(), new),
        noindex: Change::Set(seo.noindex),
        image: Change::Set(seo.image),
        ..SeoChange::default()
    });
    let body = texts.body.loaded().filter(|_| new.copies_texts);
    EntryChange {
        title: Change::Set(entry.title.clone()),
        excerpt: text(texts.excerpt, new),
        hero: Change::Set(hero),
        seo: Change::Set(seo),
        comments_open: Change::Set(texts.comments_open),
        body: body.map_or(Change::Keep, |body| Change::Set(source(body))),
        translated_from: Change::Set(Some(entry.id)),
        note: new.note.clone(),
        ..EntryChange::default()
    }
}

/// What was written, for those who may see it; for others what readers see of it.
fn source(body: &EntryBody) -> Source {
    body.source.clone().unwrap_or_else(|| Source {
        format: Format::Html,
        text: body.derived.html.clone(),
    })
}

fn text(text: Option<&str>, new: &NewTranslation) -> Change<Option<String>> {
    match text.filter(|_| new.copies_texts) {
        Some(text) => Change::Set(Some(text.to_owned())),
        None => Change::Keep,
    }
}

fn credit(credit: SourceCredit) -> CreditChange {
    CreditChange {
        outlet: Change::Set(credit.outlet),
        url: Change::Set(credit.url),
        author: Change::Set(credit.author),
        published_at: Change::Set(credit.published_at),
        licence: Change::Set(credit.licence),
        language: Change::Set(credit.language),
    }
}
