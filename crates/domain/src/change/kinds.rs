//! Changes of articles, pages and issues.

use uuid::Uuid;

use crate::{
    articles::{
        ArticleDraft, ContributionDraft, Correction, CorrectionDraft, EntryDraft, MAX_CORRECTIONS,
    },
    body::{Body, Format, Source},
    content::{ContentKind, Seo, Status},
    id::{ArticleId, CategoryId, EditionId, GalleryId, Id, NewsletterId, PageId, TagId},
    media::FigureDraft,
    newsletters::{IssueDraft, Section},
    pages::PageDraft,
    revisions::Snapshot,
    time::{Timestamp, to_micros},
};

use super::{
    Change, CreditChange, Differing, EntryChange, Faults, entry::find_figure_faults, faults::set,
};

/// A change of an article.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArticleChange {
    /// What all entries share.
    pub entry: EntryChange,
    /// The line below the headline.
    pub subtitle: Change<Option<String>>,
    /// Its categories, the primary one first.
    pub categories: Change<Vec<CategoryId>>,
    /// Its tags.
    pub tags: Change<Vec<TagId>>,
    /// Who made it.
    pub byline: Change<Vec<ContributionDraft>>,
    /// Attached files.
    pub attachments: Change<Vec<FigureDraft>>,
    /// Galleries.
    pub galleries: Change<Vec<GalleryId>>,
    /// Articles to read next, chosen by an editor.
    pub related: Change<Vec<ArticleId>>,
    /// Where it was first published.
    pub source: Change<Option<CreditChange>>,
    /// WordPress post format.
    pub post_format: Change<Option<String>>,
    /// What was put right in it: all notices.
    pub corrections: Change<Vec<CorrectionDraft>>,
    /// One notice more.
    pub added_correction: Option<CorrectionDraft>,
}

impl ArticleChange {
    /// Makes the change and names the fields that differ afterwards, as both faces call them. What
    /// it was translated from is looked up by the use case. `now`: the time of notices that name none.
    pub fn apply(self, draft: &mut ArticleDraft, now: Timestamp) -> Vec<String> {
        let mut differing = Differing::default();
        self.entry.apply(&mut draft.entry, &mut differing);
        differing.put_text("subtitle", self.subtitle, &mut draft.subtitle);
        differing.put("categories", self.categories, &mut draft.categories);
        differing.put("tags", self.tags, &mut draft.tags);
        differing.put("byline", self.byline.map(tidy_byline), &mut draft.byline);
        differing.put("attachments", self.attachments, &mut draft.attachments);
        differing.put("galleries", self.galleries, &mut draft.galleries);
        differing.put("related", self.related, &mut draft.related);
        let source = match self.source {
            Change::Keep => Change::Keep,
            Change::Set(None) => Change::Set(None),
            Change::Set(Some(credit)) => {
                Change::Set(credit.applied_to(draft.source_credit.as_ref()))
            }
        };
        differing.put("source", source, &mut draft.source_credit);
        differing.put_text("postFormat", self.post_format, &mut draft.post_format);
        let corrections = corrections(
            (self.corrections, self.added_correction),
            &draft.corrections,
            now,
        );
        differing.put("corrections", corrections, &mut draft.corrections);
        differing.0
    }

    fn find_faults(&self, faults: &mut Faults) {
        faults.line("subtitle", set(&self.subtitle));
        faults.distinct("categories", &self.categories);
        faults.distinct("tags", &self.tags);
        if let Change::Set(byline) = &self.byline {
            find_byline_faults(byline, faults);
        }
        if let Change::Set(attachments) = &self.attachments {
            find_figure_faults("attachments", attachments, faults);
        }
        faults.distinct("galleries", &self.galleries);
        faults.distinct("related", &self.related);
        if let Change::Set(Some(credit)) = &self.source {
            credit.find_faults(faults);
        }
        faults.name("postFormat", set(&self.post_format));
        if let Change::Set(all) = &self.corrections {
            find_too_many_corrections(all.len(), faults);
            for (number, one) in all.iter().enumerate() {
                find_correction_faults(&format!("corrections.{number}."), one, faults);
            }
        }
        if let Some(one) = &self.added_correction {
            find_correction_faults("", one, faults);
        }
    }

    /// Adds what is wrong with making it to this draft.
    fn find_faults_with(&self, draft: &ArticleDraft, faults: &mut Faults) {
        if self.added_correction.is_some() {
            find_too_many_corrections(draft.corrections.len() + 1, faults);
        }
    }

    /// Adds what is wrong with making it at this time.
    fn find_faults_at(&self, now: Timestamp, faults: &mut Faults) {
        let all = self.corrections.as_set().map_or(&[][..], Vec::as_slice);
        let listed = all.iter().enumerate();
        let listed = listed.map(|(number, one)| (format!("corrections.{number}.at"), one));
        let added = self.added_correction.iter();
        for (field, one) in listed.chain(added.map(|one| ("at".to_owned(), one))) {
            if one.at.is_some_and(|at| at > now) {
                faults.add(field, "must not be in the future");
            }
        }
    }
}

/// All notices after a change, in the order of their times; those of one time as they were written.
fn corrections(
    (all, added): (Change<Vec<CorrectionDraft>>, Option<CorrectionDraft>),
    before: &[Correction],
    now: Timestamp,
) -> Change<Vec<Correction>> {
    let mut notices: Vec<Correction> = match (all, &added) {
        (Change::Keep, None) => return Change::Keep,
        (Change::Keep, Some(_)) => before.to_vec(),
        (Change::Set(all), _) => all.into_iter().map(|one| dated(&one, now)).collect(),
    };
    notices.extend(added.map(|one| dated(&one, now)));
    notices.sort_by_key(|one| one.at);
    Change::Set(notices)
}

fn dated(draft: &CorrectionDraft, now: Timestamp) -> Correction {
    Correction {
        at: to_micros(draft.at.unwrap_or(now)),
        text: draft.text.trim().to_owned(),
    }
}

fn find_too_many_corrections(length: usize, faults: &mut Faults) {
    if length > MAX_CORRECTIONS {
        let message = format!("must have at most {MAX_CORRECTIONS} items");
        faults.add("corrections", message);
    }
}

fn find_correction_faults(place: &str, one: &CorrectionDraft, faults: &mut Faults) {
    let field = format!("{place}text");
    if one.text.trim().is_empty() {
        faults.add(field, "must not be empty");
    } else {
        faults.paragraph(&field, Some(&one.text));
    }
}

fn tidy_byline(mut byline: Vec<ContributionDraft>) -> Vec<ContributionDraft> {
    for line in &mut byline {
        line.name = line.name.take().and_then(crate::text::non_empty);
    }
    byline
}

fn find_byline_faults(byline: &[ContributionDraft], faults: &mut Faults) {
    faults.items("byline", byline);
    for (index, line) in byline.iter().enumerate() {
        let name = line.name.as_deref().map(str::trim).unwrap_or_default();
        if line.author.is_none() && name.is_empty() {
            faults.add(format!("byline.{index}"), "must have an author or a name");
        }
        faults.name(&format!("byline.{index}.name"), line.name.as_deref());
    }
}

/// A change of a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageChange {
    /// What all entries share.
    pub entry: EntryChange,
    /// The page above.
    pub parent: Change<Option<PageId>>,
    /// Place among the pages of its parent.
    pub position: Change<i64>,
}

impl PageChange {
    /// Makes the change and names the fields that differ afterwards, as both faces call them.
    pub fn apply(self, draft: &mut PageDraft) -> Vec<String> {
        let mut differing = Differing::default();
        self.entry.apply(&mut draft.entry, &mut differing);
        let parent = self.parent.map(|parent| parent.map(Into::into));
        differing.put("parent", parent, &mut draft.entry.parent);
        differing.put("position", self.position, &mut draft.position);
        differing.0
    }
}

/// A change of an issue; its body is the intro.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IssueChange {
    /// What all entries share.
    pub entry: EntryChange,
    /// The series.
    pub newsletter: Change<NewsletterId>,
    /// Unique per series. A new issue without one gets the next.
    pub number: Change<i64>,
    /// Closing words, Markdown.
    pub outro: Change<Option<String>>,
    /// What is in it.
    pub sections: Change<Vec<Section>>,
    /// Attached files.
    pub attachments: Change<Vec<FigureDraft>>,
}

impl IssueChange {
    /// Makes the change and names the fields that differ afterwards, as both faces call them.
    pub fn apply(self, draft: &mut IssueDraft) -> Vec<String> {
        let mut differing = Differing::default();
        self.entry.apply(&mut draft.entry, &mut differing);
        differing.put("newsletter", self.newsletter, &mut draft.newsletter);
        differing.put("number", self.number, &mut draft.number);
        differing.put_text("outro", self.outro, &mut draft.outro);
        differing.put("sections", self.sections, &mut draft.sections);
        differing.put("attachments", self.attachments, &mut draft.attachments);
        differing.0
    }

    fn find_faults(&self, is_new: bool, faults: &mut Faults) {
        if is_new && self.newsletter == Change::Keep {
            faults.add("newsletter", "is required");
        }
        if self.number.as_set().is_some_and(|number| *number < 0) {
            faults.add("number", "must not be negative");
        }
        faults.text("outro", set(&self.outro));
        if let Change::Set(sections) = &self.sections {
            find_section_faults(sections, faults);
        }
        if let Change::Set(attachments) = &self.attachments {
            find_figure_faults("attachments", attachments, faults);
        }
    }
}

fn find_section_faults(sections: &[Section], faults: &mut Faults) {
    // A section without items has one row, as one with an item has.
    let rows = sections.iter().map(|section| section.items.len().max(1));
    faults.count("sections", rows.sum());
    for (number, section) in sections.iter().enumerate() {
        faults.line(
            &format!("sections.{number}.heading"),
            section.heading.as_deref(),
        );
        for (index, item) in section.items.iter().enumerate() {
            let field = format!("sections.{number}.items.{index}");
            if *item == crate::newsletters::SectionItem::default() {
                faults.add(&field, "must have an article, a title, a summary or a note");
            }
            faults.line(&format!("{field}.title"), item.title.as_deref());
            faults.paragraph(&format!("{field}.summary"), item.summary.as_deref());
            faults.text(&format!("{field}.note"), item.note.as_deref());
        }
    }
}

/// A change of an entry of any kind.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all of it is articles, and there is one at a time"
)]
pub enum ContentChange {
    /// Of an article.
    Article(ArticleChange),
    /// Of a page.
    Page(PageChange),
    /// Of a newsletter issue.
    Issue(IssueChange),
}

impl ContentChange {
    /// The kind of entry it is for.
    pub fn kind(&self) -> ContentKind {
        match self {
            Self::Article(_) => ContentKind::Article,
            Self::Page(_) => ContentKind::Page,
            Self::Issue(_) => ContentKind::Issue,
        }
    }

    /// What all kinds share.
    pub fn entry(&self) -> &EntryChange {
        match self {
            Self::Article(change) => &change.entry,
            Self::Page(change) => &change.entry,
            Self::Issue(change) => &change.entry,
        }
    }

    /// What all kinds share, to bring it into form.
    pub fn entry_mut(&mut self) -> &mut EntryChange {
        match self {
            Self::Article(change) => &mut change.entry,
            Self::Page(change) => &mut change.entry,
            Self::Issue(change) => &mut change.entry,
        }
    }

    /// All that is wrong with it, whatever it is made to. `is_new`: it makes an entry.
    pub fn faults(&self, is_new: bool) -> Faults {
        let mut faults = Faults::default();
        self.entry().find_faults(is_new, &mut faults);
        match self {
            Self::Article(change) => change.find_faults(&mut faults),
            Self::Page(_) => {}
            Self::Issue(change) => change.find_faults(is_new, &mut faults),
        }
        faults
    }

    /// Adds what is wrong with making it to this draft.
    pub fn find_faults_with(&self, draft: &Snapshot, faults: &mut Faults) {
        self.entry().find_faults_with(draft.entry(), faults);
        if let (Self::Article(change), Snapshot::Article(draft)) = (self, draft) {
            change.find_faults_with(draft, faults);
        }
    }

    /// Adds what is wrong with making it at this time.
    pub fn find_faults_at(&self, now: Timestamp, faults: &mut Faults) {
        match self {
            Self::Article(change) => change.find_faults_at(now, faults),
            Self::Page(_) | Self::Issue(_) => {}
        }
    }

    /// Makes the change and names the fields that differ afterwards, as both faces call them. A
    /// draft of another kind stays as it is. `now`: the time of what is dated and names none.
    pub fn apply(self, draft: &mut Snapshot, now: Timestamp) -> Vec<String> {
        match (self, draft) {
            (Self::Article(change), Snapshot::Article(draft)) => change.apply(draft, now),
            (Self::Page(change), Snapshot::Page(draft)) => change.apply(draft),
            (Self::Issue(change), Snapshot::Issue(draft)) => change.apply(draft),
            (Self::Article(_) | Self::Page(_) | Self::Issue(_), _) => Vec::new(),
        }
    }

    /// The empty draft it makes an entry from.
    pub fn blank(&self, edition: EditionId) -> Snapshot {
        let entry = blank_entry(edition);
        match self {
            Self::Article(_) => Snapshot::Article(ArticleDraft {
                entry,
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
            }),
            Self::Page(_) => Snapshot::Page(PageDraft { entry, position: 0 }),
            Self::Issue(_) => Snapshot::Issue(IssueDraft {
                entry,
                newsletter: Id::from_uuid(Uuid::nil()),
                number: 0,
                outro: None,
                sections: Vec::new(),
                attachments: Vec::new(),
            }),
        }
    }
}

fn blank_entry(edition: EditionId) -> EntryDraft {
    EntryDraft {
        edition,
        group: None,
        translated_from: None,
        parent: None,
        slug: String::new(),
        path: None,
        title: String::new(),
        status: Status::Draft,
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
        custom_fields: std::collections::BTreeMap::new(),
        source: Source {
            format: Format::Html,
            text: String::new(),
        },
        body: Body::empty(),
        private_data: serde_json::Value::Null,
    }
}

impl From<ArticleChange> for ContentChange {
    fn from(change: ArticleChange) -> Self {
        Self::Article(change)
    }
}

impl From<PageChange> for ContentChange {
    fn from(change: PageChange) -> Self {
        Self::Page(change)
    }
}

impl From<IssueChange> for ContentChange {
    fn from(change: IssueChange) -> Self {
        Self::Issue(change)
    }
}
