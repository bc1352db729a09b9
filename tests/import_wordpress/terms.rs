//! Terms: where categories stand, and where the terms of other taxonomies live.

use application::terms;
use domain::{
    id::EditionId,
    paging::PageArgs,
    terms::{Taxonomy, TermQuery},
};

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::TestServer;

const SITE: &str = "https://almanac.example.org";

/// The paths of the slugs of all categories, sorted.
async fn tree(server: &TestServer) -> Vec<String> {
    let rows = server
        .rows("SELECT slug_path FROM term_text WHERE taxonomy = 'category' ORDER BY slug_path")
        .await;
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

/// A category: its id, its slug and that of its parent.
type Named<'a> = (u64, &'a str, &'a str);

fn categories(list: &[Named<'_>]) -> Export {
    let export = Export::of(SITE).item(Item::post(1, "one", "One"));
    list.iter().fold(export, |export, (id, slug, parent)| {
        export.category(*id, slug, parent, slug)
    })
}

#[tokio::test]
async fn a_category_moves_with_its_export() {
    let server = TestServer::start().await;
    let steps: [(&[Named<'_>], &[&str]); 4] = [
        (
            &[(1, "news", ""), (2, "local", "news"), (3, "sport", "")],
            &["news", "news/local", "sport"],
        ),
        // To the top,
        (
            &[(1, "news", ""), (2, "local", ""), (3, "sport", "")],
            &["local", "news", "sport"],
        ),
        // below one that comes later in the file,
        (
            &[(1, "news", "sport"), (2, "local", ""), (3, "sport", "")],
            &["local", "sport", "sport/news"],
        ),
        // and not below one that is nowhere.
        (
            &[(1, "news", "gone"), (2, "local", ""), (3, "sport", "")],
            &["local", "sport", "sport/news"],
        ),
    ];
    for (categories, expected) in steps {
        let export = self::categories(categories);
        let file = export.write();
        let report = import(&server, &request(&file)).await;
        assert_eq!(report.tally.problem_count, 0, "{report}");
        assert_eq!(tree(&server).await, expected);
        let again = import(&server, &request(&file)).await;
        assert_eq!(again.tally.kinds.categories.unchanged, 3, "{again}");
    }
}

#[tokio::test]
async fn categories_below_each_other_do_not_end_the_import() {
    let server = TestServer::start().await;
    let export = categories(&[(1, "egg", "hen"), (2, "hen", "egg")]);
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(
        (report.tally.kinds.posts.created, report.tally.note_count),
        (1, 1),
        "{report}"
    );
    assert_eq!(tree(&server).await, ["egg", "egg/hen"]);
}

async fn tag_path(server: &TestServer, edition: EditionId, namespace: &str) -> String {
    let cx = server.reader();
    let query = TermQuery {
        namespace: Some(namespace.to_owned()),
        ..TermQuery::all(Taxonomy::Tag)
    };
    let page = terms::list(&cx, &query, edition, &PageArgs::first(5))
        .await
        .unwrap();
    let editions = cx.editions().await.unwrap();
    page.nodes()
        .map(|term| terms::path(&editions, term))
        .next()
        .unwrap()
}

#[tokio::test]
async fn terms_of_other_taxonomies_live_where_they_lived() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .tag(12, "spring", "Spring water")
        .term(13, ("season", "spring", "Spring"), "")
        .item(
            Item::post(1, "one", "One")
                .category("season", "spring", "Spring")
                .category("post_tag", "spring", "Spring water"),
        )
        .item(
            Item::menu_item(40, "main", "", 1)
                .meta("_menu_item_type", "taxonomy")
                .meta("_menu_item_object", "season")
                .meta("_menu_item_object_id", "13"),
        );
    import(&server, &request(&export.write())).await;
    let edition = read::edition(&server.reader(), "en").await.id;
    assert_eq!(tag_path(&server, edition, "season").await, "/season/spring");
    assert_eq!(tag_path(&server, edition, "").await, "/tag/spring");
    assert_eq!(
        read::menu(&server, "en", "main").await,
        "main: Spring /season/spring"
    );
    for path in ["/season/spring", "/tag/spring"] {
        assert_eq!(
            read::route(&server, "en", path).await,
            "something else",
            "{path}"
        );
    }
    for path in ["/season/water", "/tag/season", "/season/spring/x"] {
        assert_eq!(read::route(&server, "en", path).await, "nothing", "{path}");
    }
    let feed = server.get_text("/feeds/en/tag/season/spring/rss.xml").await;
    assert!(feed.contains("<title>One</title>"), "{feed}");
}
