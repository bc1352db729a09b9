//! What happens at the next import to what was edited or deleted here.

use application::{
    OnUse, authors, entries, media, terms,
    transfer::wordpress::{ImportReport, WordPressImport},
};
use domain::{
    body::{DeriveOptions, Format, Source, derive},
    id::{ArticleId, AssetId, AuthorId, CategoryId, Id},
    terms::TermId,
};
use uuid::Uuid;

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::{TestServer, texts};

const SITE: &str = "https://almanac.example.org";

/// An export in which everything can say something new.
fn export(edition: &str) -> Export {
    Export::of(SITE)
        .author(1, "ada", &format!("Ada{edition}"))
        .author(2, "ben", &format!("Ben{edition}"))
        .category(10, "news", "", &format!("News{edition}"))
        .tag(11, "river", &format!("River{edition}"))
        .item(Item::page(30, "about", &format!("About{edition}")))
        .item(
            Item::post(1, "one", &format!("One{edition}"))
                .category("category", "news", "News")
                .category("post_tag", "river", "River")
                .content("<p><img class=\"wp-image-20\" src=\"SITE/wp-content/uploads/a.jpg\"></p>")
                .meta("_thumbnail_id", "20"),
        )
        .item(Item::attachment(20, "a.jpg").excerpt(&format!("Caption{edition}")))
        .item(
            Item::menu_item(40, "main", &format!("Item{edition}"), 1)
                .meta("_menu_item_type", "post_type")
                .meta("_menu_item_object", "page")
                .meta("_menu_item_object_id", "30"),
        )
}

/// How many of each kind were updated, met as conflicts, created and failed.
fn outcome(report: &ImportReport) -> Vec<(&'static str, u64, u64, u64, u64)> {
    let kinds = &report.tally.kinds;
    [
        ("authors", kinds.authors),
        ("categories", kinds.categories),
        ("tags", kinds.tags),
        ("attachments", kinds.attachments),
        ("posts", kinds.posts),
        ("pages", kinds.pages),
        ("menus", kinds.menus),
    ]
    .into_iter()
    .map(|(name, counts)| {
        let problems = counts.failed + counts.skipped;
        (
            name,
            counts.updated,
            counts.conflicts,
            counts.created,
            problems,
        )
    })
    .collect()
}

/// One of each kind, except two authors.
fn all(of: impl Fn(u64) -> (u64, u64, u64, u64)) -> Vec<(&'static str, u64, u64, u64, u64)> {
    let line = |name, count| {
        let (updated, conflicts, created, problems) = of(count);
        (name, updated, conflicts, created, problems)
    };
    vec![
        line("authors", 2),
        line("categories", 1),
        line("tags", 1),
        line("attachments", 1),
        line("posts", 1),
        line("pages", 1),
        line("menus", 1),
    ]
}

async fn overwrite(server: &TestServer, file: &std::path::Path) -> ImportReport {
    let request = WordPressImport {
        overwrite: true,
        ..request(file)
    };
    import(server, &request).await
}

/// Lets everything look as if somebody had saved it here.
async fn edit_everything(server: &TestServer) {
    for table in ["author", "term", "asset", "entry", "menu"] {
        let sql = format!("UPDATE {table} SET version = version + 1");
        server.rows(&sql).await;
    }
}

async fn ids(server: &TestServer, sql: &str) -> Vec<Uuid> {
    let rows = server.rows(sql).await;
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

#[tokio::test]
async fn an_updated_export_updates_whatever_says_something_else() {
    let server = TestServer::start().await;
    import(&server, &request(&export("").write())).await;
    let report = import(&server, &request(&export(" II").write())).await;
    assert_eq!(outcome(&report), all(|count| (count, 0, 0, 0)), "{report}");
    let one = read::article(&server, "en", "one").await;
    assert_eq!(
        (&one["title"], &one["byline"][0]),
        (&"One II".into(), &"Ada II".into())
    );
    assert_eq!(
        (
            texts(&one["categories"], "name"),
            texts(&one["tags"], "name")
        ),
        (vec!["News II"], vec!["River II"])
    );
    assert_eq!(one["hero"]["caption"], "Caption II");
    assert_eq!(read::page(&server, "en", "about").await.0, "About II");
    assert!(
        read::menu(&server, "en", "main")
            .await
            .ends_with("Item II /about")
    );
}

#[tokio::test]
async fn an_edit_made_here_is_a_conflict_whatever_was_edited() {
    let server = TestServer::start().await;
    let first = export("");
    let file = first.write();
    import(&server, &request(&file)).await;
    edit_everything(&server).await;
    let changed = first.write_named("changed.xml", &export(" II").text());
    let report = import(&server, &request(&changed)).await;
    assert_eq!(outcome(&report), all(|count| (0, count, 0, 0)), "{report}");
    assert_eq!(report.tally.conflict_count, 8);
    let one = read::article(&server, "en", "one").await;
    assert_eq!(
        (&one["title"], &one["byline"][0]),
        (&"One".into(), &"Ada".into())
    );
    let report = overwrite(&server, &changed).await;
    assert_eq!(outcome(&report), all(|count| (count, 0, 0, 0)), "{report}");
    let one = read::article(&server, "en", "one").await;
    assert_eq!(
        (&one["title"], &one["byline"][0]),
        (&"One II".into(), &"Ada II".into())
    );
    // From then on it is no edit any more.
    let report = import(&server, &request(&changed)).await;
    assert_eq!(outcome(&report), all(|_| (0, 0, 0, 0)), "{report}");
}

#[tokio::test]
async fn what_was_deleted_here_stays_away_and_takes_nothing_with_it() {
    let server = TestServer::start().await;
    let first = export("");
    import(&server, &request(&first.write())).await;
    let cx = server.system();
    let category = ids(&server, "SELECT id FROM term WHERE taxonomy = 'category'").await[0];
    let category: CategoryId = Id::from_uuid(category);
    terms::delete(&cx, TermId::from(category), OnUse::Detach)
        .await
        .unwrap();
    let ada = ids(
        &server,
        "SELECT author_id FROM author_text WHERE name = 'Ada'",
    )
    .await[0];
    let ada: AuthorId = Id::from_uuid(ada);
    authors::delete(&cx, ada, OnUse::Detach).await.unwrap();
    let asset: AssetId = Id::from_uuid(ids(&server, "SELECT id FROM asset").await[0]);
    // It stands in a text, from which an editor has to take it first.
    let article: ArticleId = Id::from_uuid(ids(&server, "SELECT entry_id FROM article").await[0]);
    let source = Source {
        format: Format::Html,
        text: "<p>No picture.</p>".to_owned(),
    };
    let body = derive(&source, &DeriveOptions::default());
    entries::replace_body(&cx, article.into(), &source, &body)
        .await
        .unwrap();
    media::delete(&cx, asset, OnUse::Detach).await.unwrap();
    let changed = first.write_named("changed.xml", &export(" II").text());
    // The post was touched by the deletions, so only the edition of the file can replace it.
    let report = import(&server, &request(&changed)).await;
    assert_eq!(report.tally.problems, [], "{report}");
    let kinds = &report.tally.kinds;
    for (counts, conflicts) in [
        (kinds.authors, 1),
        (kinds.categories, 1),
        (kinds.attachments, 1),
    ] {
        assert_eq!(
            (counts.conflicts, counts.created),
            (conflicts, 0),
            "{report}"
        );
    }
    assert_eq!(server.count("SELECT count(*) FROM asset").await, 0);
    let report = overwrite(&server, &changed).await;
    assert_eq!(report.tally.problems, [], "{report}");
    let one = read::article(&server, "en", "one").await;
    assert_eq!(
        (&one["title"], &one["byline"][0]),
        (&"One II".into(), &"Ada II".into())
    );
    assert_eq!(texts(&one["categories"], "name"), ["News II"]);
    assert_eq!(one["hero"]["caption"], "Caption II");
}

#[tokio::test]
async fn new_comments_come_to_a_post_that_was_edited_here() {
    let server = TestServer::start().await;
    let export = |more: bool| {
        let post = Item::post(1, "one", "One").comment(1, 0, "1", "");
        let post = if more {
            post.comment(2, 1, "1", "").comment(3, 0, "1", "")
        } else {
            post
        };
        Export::of(SITE).item(post)
    };
    import(&server, &request(&export(false).write())).await;
    server
        .rows("UPDATE entry SET version = version + 1, title = 'Edited'")
        .await;
    for created in [2, 0] {
        let report = import(&server, &request(&export(true).write())).await;
        let kinds = report.tally.kinds;
        assert_eq!(
            (kinds.posts.conflicts, kinds.comments.created),
            (1, created),
            "{report}"
        );
    }
    let one = read::article(&server, "en", "one").await;
    assert_eq!(
        (&one["title"], &one["commentCount"]),
        (&"Edited".into(), &3.into())
    );
}
