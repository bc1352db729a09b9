//! Several languages: Polylang, a custom field, and one WordPress for each.

use application::transfer::wordpress::WordPressImport;

use super::{
    export::{Export, Item},
    import, read, request,
};
use crate::harness::{TestServer, texts};

const SITE: &str = "https://almanac.example.org";

#[tokio::test]
async fn polylang_makes_editions_and_translations() {
    let server = TestServer::start().await;
    let both = |slug: &str, name: &str| (slug.to_owned(), name.to_owned());
    let (en, fa) = (both("en", "English"), both("fa", "فارسی"));
    let export = Export::of(SITE)
        .category(10, "news", "", "News")
        .category(11, "akhbar", "", "اخبار")
        .term(
            1,
            ("language", &en.0, &en.1),
            "a:3:{s:6:\"locale\";s:5:\"en_US\";s:3:\"rtl\";i:0;s:9:\"flag_code\";s:2:\"us\";}",
        )
        .term(
            2,
            ("language", &fa.0, &fa.1),
            "a:3:{s:6:\"locale\";s:5:\"fa_IR\";s:3:\"rtl\";i:1;s:9:\"flag_code\";s:2:\"ir\";}",
        )
        .term(
            3,
            ("term_translations", "pll_news", "pll_news"),
            "a:2:{s:2:\"en\";i:10;s:2:\"fa\";i:11;}",
        )
        .item(
            Item::post(1, "flood", "Flood")
                .category("language", "en", "English")
                .category("post_translations", "pll_1", "pll_1")
                .category("category", "news", "News"),
        )
        .item(
            Item::post(2, "%d8%b3%db%8c%d9%84", "سیل")
                .link("/fa/2024/03/%d8%b3%db%8c%d9%84/")
                .category("language", "fa", "فارسی")
                .category("post_translations", "pll_1", "pll_1")
                .category("category", "akhbar", "اخبار")
                .content("<p><a href=\"SITE/2024/03/flood/\">en</a></p>"),
        );
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.tally.problems, []);
    assert_eq!(
        (
            report.tally.kinds.editions.created,
            report.tally.kinds.categories.created
        ),
        (2, 2)
    );
    let fa = read::edition(&server.reader(), "fa").await;
    assert_eq!(
        (fa.direction.as_str(), fa.base_url.as_str()),
        ("rtl", "https://almanac.example.org/fa")
    );
    assert_eq!(fa.name, "فارسی");
    let article = read::article(&server, "fa", "سیل").await;
    assert_eq!(article["path"], "/2024/03/سیل");
    assert_eq!(texts(&article["categories"], "slug"), ["akhbar"]);
    assert_eq!(article["translations"].as_array().unwrap().len(), 2);
    assert!(
        article["html"]
            .as_str()
            .unwrap()
            .contains("href=\"https://almanac.example.org/2024/03/flood\"")
    );
    assert_eq!(server.count("SELECT count(*) FROM term").await, 1);
    let again = import(&server, &request(&export.write())).await;
    assert_eq!(
        (
            again.tally.kinds.categories.unchanged,
            again.tally.kinds.posts.unchanged
        ),
        (2, 2)
    );
}

#[tokio::test]
async fn a_language_that_only_items_name_makes_an_edition() {
    let server = TestServer::start().await;
    let post = |id, language: &str, link: &str, title: &str| {
        Item::post(id, &title.to_lowercase(), title)
            .link(link)
            .category("language", language, language)
            .category("post_translations", "pll_1", "pll_1")
    };
    let export = Export::of(SITE)
        .item(post(1, "en", "/2024/03/flood/", "Flood"))
        .item(post(2, "fa", "/fa/2024/03/seyl/", "Seyl"))
        .item(Item::post(3, "book", "Book").category("language", "scots-gaelic", "Gaelic"));
    let report = import(&server, &request(&export.write())).await;
    assert_eq!(report.tally.problems, []);
    assert_eq!(report.tally.kinds.editions.created, 2);
    let fa = read::edition(&server.reader(), "fa").await;
    assert_eq!(
        (fa.direction.as_str(), fa.base_url.as_str()),
        ("rtl", "https://almanac.example.org/fa")
    );
    let article = read::article(&server, "fa", "seyl").await;
    assert_eq!(article["path"], "/2024/03/seyl");
    assert_eq!(article["translations"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_custom_field_can_name_the_language() {
    let server = TestServer::start().await;
    let export = Export::of(SITE)
        .item(Item::post(1, "one", "One").meta("_locale", "en_US"))
        .item(Item::post(2, "yek", "Yek").meta("_locale", "fa_IR"))
        .item(Item::post(3, "none", "None"));
    let request = WordPressImport {
        locale_meta: Some("_locale".to_owned()),
        ..request(&export.write())
    };
    let report = import(&server, &request).await;
    assert_eq!(
        (
            report.tally.kinds.editions.created,
            report.tally.kinds.posts.created
        ),
        (2, 3)
    );
    assert_eq!(server.count("SELECT count(*) FROM entry e JOIN edition d ON d.id = e.edition_id WHERE d.code = 'fa'").await, 1);
    let again = import(&server, &request).await;
    assert_eq!(again.tally.kinds.posts.unchanged, 3);
}

fn english() -> Export {
    Export::of("https://en.example.org")
        .author(1, "ada", "Ada Moor")
        .category(10, "news", "", "News")
        .item(
            Item::post(1, "flood", "Flood")
                .category("category", "news", "News")
                .content("<p><a href=\"https://fa.example.org/2024/03/seyl/\">fa</a></p>"),
        )
}

fn persian() -> Export {
    Export::of("https://fa.example.org")
        .language("fa-IR")
        .author(7, "ada", "آدا مور")
        .category(10, "akhbar", "", "اخبار")
        .item(Item::post(1, "seyl", "سیل").category("category", "akhbar", "اخبار"))
}

const LINKS: &str = "group,source,kind,id\n1,https://en.example.org,post,1\n1,https://fa.example.org/,post,1\n2,https://en.example.org,term,10\n2,https://fa.example.org,term,10\n3,https://en.example.org,author,1\n3,https://fa.example.org,author,7\n";

async fn assert_joined(server: &TestServer) {
    let fa = read::article(server, "fa", "seyl").await;
    let en = read::article(server, "en", "flood").await;
    for article in [&fa, &en] {
        assert_eq!(article["translations"].as_array().unwrap().len(), 2);
    }
    assert_eq!(
        (
            texts(&fa["categories"], "name"),
            texts(&en["categories"], "name")
        ),
        (vec!["اخبار"], vec!["News"])
    );
    assert_eq!(
        (&fa["byline"][0], &en["byline"][0]),
        (&"آدا مور".into(), &"Ada Moor".into())
    );
    assert_eq!(server.count("SELECT count(*) FROM term").await, 1);
    assert_eq!(server.count("SELECT count(*) FROM author").await, 1);
    // A link to another site of the publication leads to its new place once that is imported.
    let html = en["html"].as_str().unwrap();
    assert!(
        html.contains("href=\"https://fa.example.org/2024/03/seyl\""),
        "{html}"
    );
}

#[tokio::test]
async fn a_list_of_links_given_first_joins_what_comes_later() {
    let server = TestServer::start().await;
    let export = english();
    let list = export.write_named("links.csv", LINKS);
    import(
        &server,
        &WordPressImport {
            links: Some(list),
            ..request(&export.write())
        },
    )
    .await;
    import(&server, &request(&persian().write())).await;
    assert_joined(&server).await;
    for export in [english(), persian()] {
        let again = import(&server, &request(&export.write())).await;
        assert_eq!(
            (
                again.tally.kinds.posts.unchanged,
                again.tally.kinds.categories.unchanged,
                again.tally.kinds.authors.unchanged
            ),
            (1, 1, 1),
            "{again}"
        );
    }
}

#[tokio::test]
async fn a_list_of_links_given_last_joins_what_is_there() {
    let server = TestServer::start().await;
    import(&server, &request(&english().write())).await;
    let export = persian();
    import(&server, &request(&export.write())).await;
    assert_eq!(server.count("SELECT count(*) FROM term").await, 2);
    let list = export.write_named("links.csv", LINKS);
    let report = import(
        &server,
        &WordPressImport {
            links: Some(list),
            ..request(&export.write())
        },
    )
    .await;
    assert_eq!(
        (report.tally.reasons.joined, report.tally.problem_count),
        (3, 0),
        "{report}"
    );
    assert_joined(&server).await;
    for export in [english(), persian()] {
        let again = import(&server, &request(&export.write())).await;
        assert_eq!(
            (
                again.tally.kinds.posts.unchanged,
                again.tally.kinds.categories.unchanged,
                again.tally.kinds.authors.unchanged
            ),
            (1, 1, 1),
            "{again}"
        );
    }
}
