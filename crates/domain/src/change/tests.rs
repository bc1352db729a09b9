//! Changes of fields, and what is wrong with them.

use super::{ArticleChange, Change, ContentChange, EntryChange, FigureChange, SeoChange};
use crate::{id::EditionId, revisions::Snapshot};

fn blank() -> Snapshot {
    let edition = EditionId::from_uuid(uuid::Uuid::from_u128(1));
    ContentChange::from(ArticleChange::default()).blank(edition)
}

fn of_entry(entry: EntryChange) -> ContentChange {
    ArticleChange {
        entry,
        ..ArticleChange::default()
    }
    .into()
}

#[test]
fn a_change_of_nothing_changes_nothing() {
    let mut draft = blank();
    let changed = of_entry(EntryChange::default()).apply(&mut draft);
    assert_eq!(changed, Vec::<String>::new());
    assert_eq!(draft, blank());
}

#[test]
fn only_what_differs_is_named() {
    let mut draft = blank();
    let change = of_entry(EntryChange {
        title: Change::Set("  River ".to_owned()),
        excerpt: Change::Set(Some("   ".to_owned())),
        comments_open: Change::Set(true),
        ..EntryChange::default()
    });
    assert_eq!(change.clone().apply(&mut draft), ["title"]);
    assert_eq!(draft.entry().title, "River");
    assert_eq!(draft.entry().excerpt, None, "a blank text is none");
    assert_eq!(change.apply(&mut draft), Vec::<String>::new());
}

#[test]
fn texts_for_search_engines_merge_and_are_cleared_together() {
    let mut draft = blank();
    let seo = |seo| {
        of_entry(EntryChange {
            seo: Change::Set(seo),
            ..EntryChange::default()
        })
    };
    let title = SeoChange {
        title: Change::Set(Some("Seen".to_owned())),
        ..SeoChange::default()
    };
    let hidden = SeoChange {
        noindex: Change::Set(true),
        ..SeoChange::default()
    };
    assert_eq!(seo(Some(title)).apply(&mut draft), ["seo"]);
    assert_eq!(seo(Some(hidden)).apply(&mut draft), ["seo"]);
    assert_eq!(draft.entry().seo.title.as_deref(), Some("Seen"));
    assert!(draft.entry().seo.noindex);
    assert_eq!(seo(None).apply(&mut draft), ["seo"]);
    assert_eq!(draft, blank());
}

#[test]
fn a_change_for_another_kind_changes_nothing() {
    let mut draft = blank();
    let page = super::PageChange {
        position: Change::Set(3),
        ..super::PageChange::default()
    };
    assert!(ContentChange::from(page).apply(&mut draft).is_empty());
    assert_eq!(draft, blank());
}

#[test]
fn texts_of_a_picture_need_the_picture() {
    let change = of_entry(EntryChange {
        hero: Change::Set(Some(FigureChange::default())),
        ..EntryChange::default()
    });
    let mut faults = change.faults(false);
    assert!(faults.is_empty());
    change.find_faults_with(&blank(), &mut faults);
    let error = faults.check().unwrap_err();
    assert_eq!(error.fields()[0].field, "hero.asset");
}

#[test]
fn what_is_new_has_a_title() {
    let error = of_entry(EntryChange::default()).faults(true).check();
    assert_eq!(error.unwrap_err().fields()[0].field, "title");
    assert!(of_entry(EntryChange::default()).faults(false).is_empty());
}
