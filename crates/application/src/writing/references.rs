//! What drafts refer to, by field.

use std::collections::BTreeSet;

use domain::{
    Result,
    articles::{ArticleDraft, EntryDraft},
    change::Faults,
    fields::ContentModel,
    id::{AssetId, EntryId},
    media::FigureDraft,
    newsletters::{IssueDraft, Section},
    revisions::Snapshot,
};
use persistence::Referent;

use crate::{Tx, body, custom_fields};

/// References of a draft, by the path of the field.
#[derive(Debug, Default)]
pub(super) struct References(Vec<(String, Referent)>);

impl References {
    /// Everything a draft refers to, what its text shows included.
    pub(super) fn of(draft: &Snapshot, model: &ContentModel) -> Self {
        let mut found = Self::default();
        found.add_entry(draft.entry());
        let fields = &draft.entry().custom_fields;
        found
            .0
            .extend(custom_fields::references(model, draft.kind(), fields));
        match draft {
            Snapshot::Article(draft) => found.add_article(draft),
            Snapshot::Page(_) => {}
            Snapshot::Issue(draft) => found.add_issue(draft),
        }
        found
    }

    /// Reports those that are not in `before` and not to be seen by who writes: hidden ones as if
    /// they were absent.
    pub(super) async fn check(
        self,
        tx: &Tx,
        before: Option<&Snapshot>,
        faults: &mut Faults,
    ) -> Result<()> {
        let model = tx.cx().content_model();
        let before = before
            .map(|before| Self::of(before, model))
            .unwrap_or_default();
        let old: BTreeSet<Referent> = before.0.into_iter().map(|(_, referent)| referent).collect();
        let new: BTreeSet<Referent> = self
            .0
            .iter()
            .map(|(_, referent)| *referent)
            .filter(|referent| !old.contains(referent))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let known = tx.reader().known(tx.cx().scope(), &new).await?;
        for (field, referent) in self.0 {
            if new.contains(&referent) && !known.contains(&referent) {
                faults.add(field, format!("{referent} was not found"));
            }
        }
        Ok(())
    }

    fn add(&mut self, field: impl Into<String>, referent: Referent) {
        self.0.push((field.into(), referent));
    }

    fn add_list<T: Copy>(&mut self, field: &str, list: &[T], referent: impl Fn(T) -> Referent) {
        for (index, id) in list.iter().enumerate() {
            self.add(format!("{field}.{index}"), referent(*id));
        }
    }

    fn add_entry(&mut self, draft: &EntryDraft) {
        if let Some(owner) = draft.owner {
            self.add("owner", Referent::Account(owner));
        }
        if let Some(parent) = draft.parent {
            self.add("parent", Referent::Entry(parent));
        }
        if let Some((source, _)) = draft.translated_from {
            self.add("translatedFrom", Referent::Entry(source));
        }
        if let Some(hero) = &draft.hero {
            self.add("hero.asset", Referent::Asset(hero.asset));
        }
        if let Some(image) = draft.seo.image {
            self.add("seo.image", Referent::Asset(image));
        }
        for asset in shown_in(&draft.source.text) {
            self.add("body", Referent::Asset(asset));
        }
    }

    fn add_article(&mut self, draft: &ArticleDraft) {
        self.add_list("categories", &draft.categories, |id| {
            Referent::Term(id.into())
        });
        self.add_list("tags", &draft.tags, |id| Referent::Term(id.into()));
        for (index, line) in draft.byline.iter().enumerate() {
            if let Some(author) = line.author {
                self.add(format!("byline.{index}.author"), Referent::Author(author));
            }
        }
        self.add_figures(&draft.attachments);
        self.add_list("galleries", &draft.galleries, Referent::Gallery);
        self.add_list("related", &draft.related, |id| Referent::Entry(id.into()));
    }

    fn add_issue(&mut self, draft: &IssueDraft) {
        self.add("newsletter", Referent::Newsletter(draft.newsletter));
        self.add_figures(&draft.attachments);
        for (number, section) in draft.sections.iter().enumerate() {
            self.add_section(number, section);
        }
    }

    fn add_section(&mut self, number: usize, section: &Section) {
        for (index, item) in section.items.iter().enumerate() {
            if let Some(article) = item.article {
                let id: EntryId = article.into();
                let field = format!("sections.{number}.items.{index}.article");
                self.add(field, Referent::Entry(id));
            }
        }
    }

    fn add_figures(&mut self, figures: &[FigureDraft]) {
        for (index, figure) in figures.iter().enumerate() {
            self.add(
                format!("attachments.{index}.asset"),
                Referent::Asset(figure.asset),
            );
        }
    }
}

/// The assets a text names, whatever its format.
fn shown_in(text: &str) -> BTreeSet<AssetId> {
    let found = std::cell::RefCell::new(BTreeSet::new());
    let _ = body::fill(text, |id| {
        found.borrow_mut().insert(id);
        None
    });
    found.into_inner()
}
