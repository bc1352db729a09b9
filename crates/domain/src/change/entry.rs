//! Changes of what all kinds of entry have.

use crate::{
    articles::{EntryDraft, SourceCredit},
    body::Source,
    content::Seo,
    fields::{self, CustomFields},
    id::{AssetId, EntryId, UserId},
    media::FigureDraft,
    routes::normalise_path,
    text::Slug,
    time::Timestamp,
};

use super::{Change, Differing, Faults, faults::set, tidy};

/// The longest source of a body, in bytes.
pub(super) const MAX_SOURCE_BYTES: usize = 8 * 1024 * 1024;

/// A change of what all kinds of entry have. The status is no field: it changes by transitions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EntryChange {
    /// The slug; `None`: made from the title.
    pub slug: Change<Option<String>>,
    /// The path; `None`: made from the edition's pattern.
    pub path: Change<Option<String>>,
    /// The headline.
    pub title: Change<String>,
    /// The excerpt, plain text.
    pub excerpt: Change<Option<String>>,
    /// The main picture.
    pub hero: Change<Option<FigureChange>>,
    /// Texts for search engines.
    pub seo: Change<Option<SeoChange>>,
    /// Whether readers may comment.
    pub comments_open: Change<bool>,
    /// Marked to stand out.
    pub is_featured: Change<bool>,
    /// Values of custom fields by name: those that are named are set, or cleared by null; `None`
    /// clears all.
    pub custom_fields: Change<Option<CustomFields>>,
    /// What is written.
    pub body: Change<Source>,
    /// The account that wrote it.
    pub owner: Change<UserId>,
    /// What it was translated from: it joins that one's translations.
    pub translated_from: Change<Option<EntryId>>,
    /// What is said about the change.
    pub note: Option<String>,
}

impl EntryChange {
    pub(super) fn find_faults(&self, is_new: bool, faults: &mut Faults) {
        match &self.title {
            Change::Set(title) => {
                if title.trim().is_empty() {
                    faults.add("title", "must not be empty");
                }
                faults.line("title", Some(title));
            }
            Change::Keep if is_new => faults.add("title", "is required"),
            Change::Keep => {}
        }
        if let Some(slug) = set(&self.slug)
            && let Err(error) = slug.parse::<Slug>()
        {
            let wrong = error.fields().first().map(|field| field.message.clone());
            faults.add("slug", wrong.unwrap_or_default());
        }
        if let Some(path) = set(&self.path)
            && let Err(error) = normalise_path(path)
        {
            let wrong = error.fields().first().map(|field| field.message.clone());
            faults.add("path", wrong.unwrap_or_default());
        }
        faults.paragraph("excerpt", set(&self.excerpt));
        if let Change::Set(Some(hero)) = &self.hero {
            hero.find_faults("hero", faults);
        }
        if let Change::Set(Some(seo)) = &self.seo {
            seo.find_faults(faults);
        }
        if let Change::Set(source) = &self.body {
            if source.text.len() > MAX_SOURCE_BYTES {
                let message = format!("must have at most {MAX_SOURCE_BYTES} bytes");
                faults.add("body", message);
            } else if source.text.contains('\0') {
                faults.add("body", "must not hold the character U+0000");
            }
        }
        faults.paragraph("note", self.note.as_deref());
    }

    /// Whether a picture is named by what a change of the main one leaves of it.
    pub(super) fn find_faults_with(&self, draft: &EntryDraft, faults: &mut Faults) {
        if let Change::Set(Some(hero)) = &self.hero
            && hero.asset == Change::Keep
            && draft.hero.is_none()
        {
            faults.add("hero.asset", "is required: there is no main picture yet");
        }
    }

    /// What it was translated from is looked up by the use case.
    pub(super) fn apply(self, draft: &mut EntryDraft, differing: &mut Differing) {
        if let Change::Set(slug) = self.slug {
            let slug = slug.unwrap_or_default();
            differing.put("slug", Change::Set(slug), &mut draft.slug);
        }
        differing.put_text("path", self.path, &mut draft.path);
        let title = self.title.map(|title| title.trim().to_owned());
        differing.put("title", title, &mut draft.title);
        differing.put_text("excerpt", self.excerpt, &mut draft.excerpt);
        match self.hero {
            Change::Keep => {}
            Change::Set(None) => differing.put("hero", Change::Set(None), &mut draft.hero),
            Change::Set(Some(hero)) => {
                let made = hero.applied_to(draft.hero.as_ref());
                differing.put("hero", Change::Set(made), &mut draft.hero);
            }
        }
        let seo = match self.seo {
            Change::Keep => Change::Keep,
            Change::Set(None) => Change::Set(Seo::default()),
            Change::Set(Some(seo)) => Change::Set(seo.applied_to(&draft.seo)),
        };
        differing.put("seo", seo, &mut draft.seo);
        differing.put("commentsOpen", self.comments_open, &mut draft.comments_open);
        differing.put("isFeatured", self.is_featured, &mut draft.is_featured);
        differing.put(
            "customFields",
            self.custom_fields
                .map(|values| fields::changed(values, &draft.custom_fields)),
            &mut draft.custom_fields,
        );
        differing.put("body", self.body, &mut draft.source);
        differing.put("owner", self.owner.map(Some), &mut draft.owner);
    }
}

/// A change of a picture in its place: naming an asset puts a new picture there, with the texts that
/// are named beside it; without one, the texts of the picture that is there change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FigureChange {
    /// The asset.
    pub asset: Change<AssetId>,
    /// The caption here.
    pub caption: Change<Option<String>>,
    /// The alternative text here.
    pub alt: Change<Option<String>>,
}

impl FigureChange {
    fn find_faults(&self, field: &str, faults: &mut Faults) {
        faults.paragraph(&format!("{field}.caption"), set(&self.caption));
        faults.paragraph(&format!("{field}.alt"), set(&self.alt));
    }

    fn applied_to(self, old: Option<&FigureDraft>) -> Option<FigureDraft> {
        let mut figure = match self.asset {
            Change::Set(asset) => FigureDraft::plain(asset),
            Change::Keep => old?.clone(),
        };
        let _ = tidy(self.caption).apply(&mut figure.caption);
        let _ = tidy(self.alt).apply(&mut figure.alt);
        Some(figure)
    }
}

/// The texts of pictures in a list.
pub(super) fn find_figure_faults(field: &str, figures: &[FigureDraft], faults: &mut Faults) {
    faults.items(field, figures);
    for (index, figure) in figures.iter().enumerate() {
        faults.paragraph(
            &format!("{field}.{index}.caption"),
            figure.caption.as_deref(),
        );
        faults.paragraph(&format!("{field}.{index}.alt"), figure.alt.as_deref());
    }
}

/// A change of the texts for search engines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeoChange {
    /// Title of the HTML page.
    pub title: Change<Option<String>>,
    /// Meta description.
    pub description: Change<Option<String>>,
    /// Where the original stands, if not here.
    pub canonical_url: Change<Option<String>>,
    /// Keep search engines away.
    pub noindex: Change<bool>,
    /// Picture for link previews.
    pub image: Change<Option<AssetId>>,
}

impl SeoChange {
    fn find_faults(&self, faults: &mut Faults) {
        faults.line("seo.title", set(&self.title));
        faults.paragraph("seo.description", set(&self.description));
        faults.address("seo.canonicalUrl", set(&self.canonical_url));
    }

    fn applied_to(self, old: &Seo) -> Seo {
        let mut seo = old.clone();
        let _ = tidy(self.title).apply(&mut seo.title);
        let _ = tidy(self.description).apply(&mut seo.description);
        let _ = tidy(self.canonical_url).apply(&mut seo.canonical_url);
        let _ = self.noindex.apply(&mut seo.noindex);
        let _ = self.image.apply(&mut seo.image);
        seo
    }
}

/// A change of where a piece was first published.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreditChange {
    /// The outlet.
    pub outlet: Change<Option<String>>,
    /// Its address there.
    pub url: Change<Option<String>>,
    /// Its author there.
    pub author: Change<Option<String>>,
    /// When it appeared there.
    pub published_at: Change<Option<Timestamp>>,
    /// Under what licence it is used.
    pub licence: Change<Option<String>>,
    /// Its language there (BCP 47).
    pub language: Change<Option<String>>,
}

impl CreditChange {
    pub(super) fn find_faults(&self, faults: &mut Faults) {
        faults.name("source.outlet", set(&self.outlet));
        faults.address("source.url", set(&self.url));
        faults.name("source.author", set(&self.author));
        faults.name("source.licence", set(&self.licence));
        if let Some(language) = set(&self.language)
            && !language.trim().is_empty()
            && language.parse::<crate::text::Locale>().is_err()
        {
            faults.add(
                "source.language",
                "must be a language tag such as `en` or `fa`",
            );
        }
    }

    /// A source nothing is known of is none.
    pub(super) fn applied_to(self, old: Option<&SourceCredit>) -> Option<SourceCredit> {
        let mut credit = old.cloned().unwrap_or_default();
        let _ = tidy(self.outlet).apply(&mut credit.outlet);
        let _ = tidy(self.url).apply(&mut credit.url);
        let _ = tidy(self.author).apply(&mut credit.author);
        let _ = self
            .published_at
            .map(|at| at.map(crate::time::to_micros))
            .apply(&mut credit.published_at);
        let _ = tidy(self.licence).apply(&mut credit.licence);
        let _ = tidy(self.language).apply(&mut credit.language);
        (credit != SourceCredit::default()).then_some(credit)
    }
}
