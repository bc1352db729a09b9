//! Importing again: nothing changes but what has changed, and nothing that was edited here.

use application::{
    articles,
    entries::EntryGet,
    transfer::wordpress::{ImportReport, WordPressImport},
};
use domain::{
    articles::{ArticleDraft, EntryDraft},
    body::{DeriveOptions, Format, Source, derive},
    content::{EntryRef, Parts, Seo},
};

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::TestServer;

const SITE: &str = "https://almanac.example.org";

fn export(title: &str) -> Export {
    Export::of(SITE)
        .author(1, "ada", "Ada Moor")
        .category(10, "news", "", "News")
        .item(Item::post(1, "one", "One").category("category", "news", "News").comment(1, 0, "1", "").content("<p><a href=\"SITE/2024/03/two/\">two</a> <a href=\"SITE/2024/03/never/\">never</a></p>"))
        .item(Item::post(2, "two", title).meta("_thumbnail_id", "20"))
        .item(Item::attachment(20, "a.jpg").parent(2))
        .item(Item::menu_item(40, "main", "One", 1).meta("_menu_item_type", "post_type").meta("_menu_item_object", "post").meta("_menu_item_object_id", "1"))
}

/// What changed the store, by kind: created, updated, conflicts, failed.
fn changes(report: &ImportReport) -> Vec<(u64, u64, u64, u64)> {
    let kinds = &report.tally.kinds;
    [
        kinds.editions,
        kinds.authors,
        kinds.categories,
        kinds.tags,
        kinds.attachments,
        kinds.posts,
        kinds.pages,
        kinds.comments,
        kinds.menus,
        kinds.redirects,
    ]
    .iter()
    .map(|counts| {
        (
            counts.created,
            counts.updated,
            counts.conflicts,
            counts.failed,
        )
    })
    .collect()
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let server = TestServer::start().await;
    let export = export("Two");
    let file = export.write();
    let first = import(&server, &request(&file)).await;
    assert_eq!(first.tally.reasons.unresolved_links, 1);
    let before = server.count("SELECT count(*) FROM audit").await;
    let again = import(&server, &request(&file)).await;
    assert!(
        changes(&again).iter().all(|counts| *counts == (0, 0, 0, 0)),
        "{again}"
    );
    assert_eq!(
        (
            again.tally.kinds.posts.unchanged,
            again.tally.kinds.comments.unchanged
        ),
        (2, 1)
    );
    assert_eq!(server.count("SELECT count(*) FROM audit").await, before);
    // Nor does one that may overwrite.
    let overwrite = WordPressImport {
        overwrite: true,
        ..request(&file)
    };
    let again = import(&server, &overwrite).await;
    assert!(
        changes(&again).iter().all(|counts| *counts == (0, 0, 0, 0)),
        "{again}"
    );
    assert_eq!(server.count("SELECT count(*) FROM audit").await, before);
}

#[tokio::test]
async fn a_page_whose_parent_is_nowhere_is_no_news_the_second_time() {
    let server = TestServer::start().await;
    let export = Export::of(SITE).item(Item::page(30, "team", "Team").parent(31));
    let file = export.write();
    let first = import(&server, &request(&file)).await;
    assert_eq!(
        (first.tally.kinds.pages.created, first.tally.note_count),
        (1, 1)
    );
    let again = import(&server, &request(&file)).await;
    assert_eq!(again.tally.kinds.pages.unchanged, 1, "{again}");
    assert!(changes(&again).iter().all(|counts| *counts == (0, 0, 0, 0)));
    // Once the parent comes, the page is put below it.
    let both = export.item(Item::page(31, "about", "About"));
    let report = import(&server, &request(&both.write())).await;
    assert_eq!(
        (
            report.tally.kinds.pages.created,
            report.tally.kinds.pages.updated
        ),
        (1, 1)
    );
    let above = read::page(&server, "en", "/team").await.1;
    assert_eq!(above.as_deref(), Some("/about"));
    let again = import(&server, &request(&both.write())).await;
    assert_eq!(again.tally.kinds.pages.unchanged, 2, "{again}");
}

#[tokio::test]
async fn pages_below_one_whose_parent_is_nowhere_stay_below_it() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::page(30, "c", "C").parent(31))
        .item(Item::page(31, "b", "B").parent(32))
        .item(Item::page(32, "a", "A").parent(99))
        // These stand below each other, which cannot be.
        .item(Item::page(40, "x", "X").parent(41))
        .item(Item::page(41, "y", "Y").parent(40));
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(
        (report.tally.kinds.pages.created, report.tally.problem_count),
        (5, 0)
    );
    for (page, above) in [("/c", Some("/b")), ("/b", Some("/a")), ("/a", None)] {
        let found = read::page(&server, "en", page).await.1;
        assert_eq!(found.as_deref(), above, "{page}");
    }
    let again = import(&server, &request(&export.write())).await;
    assert_eq!(again.tally.kinds.pages.unchanged, 5, "{again}");
}

#[tokio::test]
async fn what_changed_in_the_file_is_updated() {
    let server = TestServer::start().await;
    import(&server, &request(&export("Two").write())).await;
    let changed = export("Two, corrected").item(Item::post(3, "three", "Three"));
    let report = import(&server, &request(&changed.write())).await;
    let posts = report.tally.kinds.posts;
    assert_eq!((posts.created, posts.updated, posts.unchanged), (1, 1, 1));
    assert_eq!(
        server
            .count("SELECT count(*) FROM entry WHERE title = 'Two, corrected' AND version = 2")
            .await,
        1
    );
    assert_eq!(
        server
            .count("SELECT count(*) FROM route WHERE path = '/?p=2'")
            .await,
        1
    );
}

#[tokio::test]
async fn an_edit_made_here_is_left_alone_unless_asked_otherwise() {
    let server = TestServer::start().await;
    let export = export("Two");
    let file = export.write();
    import(&server, &request(&file)).await;
    edit(&server, "two", "Edited here").await;
    // Whether the file has changed or not, the edit stays and is told.
    let changed = export.write_named("changed.xml", &self::export("Two, corrected").text());
    for file in [&file, &changed] {
        let report = import(&server, &request(file)).await;
        assert_eq!(
            (
                report.tally.kinds.posts.conflicts,
                report.tally.kinds.posts.updated
            ),
            (1, 0)
        );
        assert_eq!(report.tally.conflicts[0].item_id, "2");
        assert_eq!(
            server
                .count("SELECT count(*) FROM entry WHERE title = 'Edited here'")
                .await,
            1
        );
    }
    let overwrite = WordPressImport {
        overwrite: true,
        ..request(&file)
    };
    let report = import(&server, &overwrite).await;
    assert_eq!(
        (
            report.tally.kinds.posts.conflicts,
            report.tally.kinds.posts.updated
        ),
        (0, 1)
    );
    assert_eq!(
        server
            .count("SELECT count(*) FROM entry WHERE title = 'Edited here'")
            .await,
        0
    );
}

/// Saves an article anew, under another title.
async fn edit(server: &TestServer, slug: &str, title: &str) {
    let cx = server.system();
    let edition = read::edition(&cx, "en").await.id;
    let by = EntryRef::Slug {
        edition,
        slug: slug.to_owned(),
    };
    let get = EntryGet {
        by,
        translation_in: None,
        fallback: false,
    };
    let article = articles::get(&cx, &get, Parts::NONE)
        .await
        .unwrap()
        .unwrap();
    let source = Source {
        format: Format::Html,
        text: "<p>Better.</p>".to_owned(),
    };
    let body = derive(&source, &DeriveOptions::default());
    let entry = &article.entry;
    let draft = ArticleDraft {
        entry: EntryDraft {
            edition,
            group: None,
            translated_from: None,
            parent: None,
            slug: slug.to_owned(),
            path: Some(entry.path.clone()),
            title: title.to_owned(),
            status: entry.status,
            published_at: entry.published_at,
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
        },
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
    };
    articles::update(&cx, article.id(), Some(entry.version), draft)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_dry_run_tells_everything_and_keeps_nothing() {
    let server = TestServer::start().await;
    let export = export("Two");
    let file = export.write();
    let dry = import(
        &server,
        &WordPressImport {
            dry_run: true,
            ..request(&file)
        },
    )
    .await;
    assert!(dry.dry_run);
    assert_eq!(server.count("SELECT count(*) FROM entry").await, 0);
    assert_eq!(server.count("SELECT count(*) FROM edition").await, 0);
    assert_eq!(server.count("SELECT count(*) FROM import_record").await, 0);
    let real = import(&server, &request(&file)).await;
    assert_eq!(changes(&dry), changes(&real));
    assert_eq!(dry.tally.reasons, real.tally.reasons);
}

#[tokio::test]
async fn items_that_share_an_id_or_a_slug_are_kept_apart() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "same", "First"))
        .item(Item::post(1, "same", "Second"))
        .item(Item::post(2, "same", "Third").link("/2024/04/same/"))
        .item(Item::post(1, "same", "First"));
    let file = export.write();
    let report = import(&server, &request(&file)).await;
    assert_eq!(
        (
            report.tally.kinds.posts.created,
            report.tally.kinds.posts.skipped
        ),
        (3, 1)
    );
    let collisions = &report.tally.reasons.collisions;
    assert_eq!(
        (
            collisions["id of an item"],
            collisions["slug"],
            collisions["path"]
        ),
        (1, 2, 1)
    );
    assert_eq!(collisions["repeated item"], 1);
    let again = import(&server, &request(&file)).await;
    assert!(
        changes(&again).iter().all(|counts| *counts == (0, 0, 0, 0)),
        "{again}"
    );
}

#[tokio::test]
async fn slugs_that_differ_in_case_or_type_only_are_told_too() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "same", "First"))
        .item(Item::post(2, "Same", "Second").link("/2024/04/x/"))
        .item(
            Item::post(3, "same", "Third")
                .kind("book")
                .link("/books/same/"),
        )
        .item(Item::post(4, "%d8%b1%d9%88%d8%af", "Fourth"))
        .item(Item::post(5, "%D8%B1%D9%88%D8%AF", "Fifth").link("/2024/04/y/"));
    let request = WordPressImport {
        map_types: vec![("book".to_owned(), domain::content::ContentKind::Article)],
        ..request(&export.write())
    };
    let report = import(&server, &request).await;
    assert_eq!(report.tally.kinds.posts.created, 5);
    let told: Vec<&str> = report
        .tally
        .notes
        .iter()
        .map(|note| note.item_id.as_str())
        .collect();
    assert_eq!(told, ["2", "3", "5"], "{report}");
}

#[tokio::test]
async fn a_source_stays_in_the_edition_it_was_imported_into() {
    let server = TestServer::start().await;
    let export = export("Two")
        .item(Item::page(30, "team", "Team").parent(31))
        .item(Item::page(31, "about", "About"));
    let file = export.write();
    let into = |code: &str| WordPressImport {
        edition: Some(code.to_owned()),
        ..request(&file)
    };
    import(&server, &into("en")).await;
    let error = application::transfer::wordpress::import(&server.system(), &into("fa"), &())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("fa") && error.contains("--edition en"),
        "{error}"
    );
    assert_eq!(server.count("SELECT count(*) FROM edition").await, 1);
    // Another name for it makes another source.
    let other = WordPressImport {
        source: Some("again".to_owned()),
        ..into("fa")
    };
    let report = import(&server, &other).await;
    assert_eq!(report.tally.kinds.posts.created, 2);
    let again = import(&server, &into("en")).await;
    assert_eq!(again.tally.kinds.pages.unchanged, 2, "{again}");
}
