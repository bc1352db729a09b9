//! Changes of fields, and what is wrong with them.

use super::{ArticleChange, Change, ContentChange, EntryChange, FigureChange, SeoChange};
use crate::{articles::CorrectionDraft, id::EditionId, revisions::Snapshot, time::Timestamp};

fn blank() -> Snapshot {
    let edition = EditionId::from_uuid(uuid::Uuid::from_u128(1));
    ContentChange::from(ArticleChange::default()).blank(edition)
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(1_000)
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
    let changed = of_entry(EntryChange::default()).apply(&mut draft, now());
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
    assert_eq!(change.clone().apply(&mut draft, now()), ["title"]);
    assert_eq!(draft.entry().title, "River");
    assert_eq!(draft.entry().excerpt, None, "a blank text is none");
    assert_eq!(change.apply(&mut draft, now()), Vec::<String>::new());
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
    assert_eq!(seo(Some(title)).apply(&mut draft, now()), ["seo"]);
    assert_eq!(seo(Some(hidden)).apply(&mut draft, now()), ["seo"]);
    assert_eq!(draft.entry().seo.title.as_deref(), Some("Seen"));
    assert!(draft.entry().seo.noindex);
    assert_eq!(seo(None).apply(&mut draft, now()), ["seo"]);
    assert_eq!(draft, blank());
}

#[test]
fn a_change_for_another_kind_changes_nothing() {
    let mut draft = blank();
    let page = super::PageChange {
        position: Change::Set(3),
        ..super::PageChange::default()
    };
    assert!(
        ContentChange::from(page)
            .apply(&mut draft, now())
            .is_empty()
    );
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

fn correcting(corrections: Vec<CorrectionDraft>) -> ContentChange {
    ArticleChange {
        corrections: Change::Set(corrections),
        ..ArticleChange::default()
    }
    .into()
}

fn adding(added: CorrectionDraft) -> ContentChange {
    ArticleChange {
        added_correction: Some(added),
        ..ArticleChange::default()
    }
    .into()
}

fn notice(text: &str, at: Option<Timestamp>) -> CorrectionDraft {
    let text = text.to_owned();
    CorrectionDraft { at, text }
}

fn notices(draft: &Snapshot) -> Vec<(i64, &str)> {
    let Snapshot::Article(draft) = draft else {
        return Vec::new();
    };
    draft
        .corrections
        .iter()
        .map(|one| (one.at.timestamp(), one.text.as_str()))
        .collect()
}

#[test]
fn notices_stand_in_the_order_of_their_times_and_have_one() {
    let mut draft = blank();
    let early = Timestamp::UNIX_EPOCH;
    let all = vec![notice(" Now. ", None), notice("Before.", Some(early))];
    assert_eq!(
        correcting(all).apply(&mut draft, now()),
        ["corrections"],
        "both are new"
    );
    assert_eq!(notices(&draft), [(0, "Before."), (1_000, "Now.")]);
    let between = adding(notice(
        "Between.",
        Some(early + std::time::Duration::from_secs(5)),
    ));
    assert_eq!(between.apply(&mut draft, now()), ["corrections"]);
    let expected = [(0, "Before."), (5, "Between."), (1_000, "Now.")];
    assert_eq!(notices(&draft), expected);
}

#[test]
fn a_notice_says_something_of_the_past() {
    let fields = |change: ContentChange, draft: &Snapshot| -> Vec<String> {
        let mut faults = change.faults(false);
        change.find_faults_with(draft, &mut faults);
        change.find_faults_at(now(), &mut faults);
        let found = faults.check().err();
        let fields = found.iter().flat_map(crate::Error::fields);
        fields.map(|wrong| wrong.field.clone()).collect()
    };
    let late = Some(now() + std::time::Duration::from_secs(1));
    let mut draft = blank();
    let all = vec![
        notice("Good.", Some(now())),
        notice(" ", None),
        notice(&"x".repeat(2_001), late),
    ];
    assert_eq!(
        fields(correcting(all), &draft),
        [
            "corrections.1.text",
            "corrections.2.text",
            "corrections.2.at"
        ]
    );
    assert_eq!(fields(adding(notice("", late)), &draft), ["text", "at"]);
    let many = vec![notice("x", None); 101];
    assert_eq!(fields(correcting(many), &draft), ["corrections"]);
    correcting(vec![notice("x", None); 100]).apply(&mut draft, now());
    assert_eq!(fields(adding(notice("x", None)), &draft), ["corrections"]);
}
