//! The page about the import: its list of links, its command lines and its report are run here.

use std::path::{Path, PathBuf};

use super::export::{Export, Item};
use crate::{
    docs::{blocks, shell},
    harness::{
        TestServer,
        program::{Ended, colophon},
    },
};

fn page() -> Vec<blocks::Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/import-wordpress.md");
    blocks::read(&std::fs::read_to_string(path).unwrap())
}

fn block(language: &str) -> String {
    let mut blocks = page().into_iter();
    blocks
        .find(|block| block.language == language)
        .unwrap()
        .text
}

/// The command lines of the page that hold all of these words.
fn lines(words: &[&str]) -> Vec<Vec<String>> {
    let all = page()
        .into_iter()
        .filter(|block| block.language == "sh")
        .flat_map(|block| shell::commands(&block.text));
    all.filter(|line| {
        words
            .iter()
            .all(|word| line.iter().any(|known| known == word))
    })
    .collect()
}

/// Runs a command line of the page on the store of a server, with the files it names.
fn run(server: &TestServer, line: &[String], files: &[(&str, PathBuf)]) -> Ended {
    let data = tempfile::tempdir().unwrap();
    let mut all = vec!["--database", server.database_url()];
    all.extend(["--data", data.path().to_str().unwrap()]);
    all.extend(line[1..].iter().map(|word| {
        let file = files.iter().find(|(name, _)| name == word);
        file.map_or(word.as_str(), |(_, path)| path.to_str().unwrap())
    }));
    colophon(&all)
}

#[tokio::test]
async fn the_first_lines_of_the_page_show_the_report_and_import() {
    let server = TestServer::start().await;
    let export = Export::of("https://example.org").item(Item::post(1, "one", "One"));
    let files = [("export.xml", export.write())];
    let blocks = page();
    let first = blocks.iter().find(|block| block.language == "sh").unwrap();
    let entries = "SELECT count(*) FROM entry";
    for (line, expected) in shell::commands(&first.text).iter().zip([0, 1]) {
        let ended = run(&server, line, &files);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(
            ended.stdout.contains("source example.org, edition en"),
            "{ended:?}"
        );
        assert_eq!(server.count(entries).await, expected, "{line:?}");
    }
}

#[tokio::test]
async fn the_list_of_links_on_the_page_joins_what_it_names() {
    let server = TestServer::start().await;
    let en = Export::of("https://example.org")
        .author(2, "ada", "Ada Moor")
        .category(12, "news", "", "News")
        .item(Item::post(204, "flood", "Flood").category("category", "news", "News"));
    let fa = Export::of("https://example.org/fa")
        .language("fa-IR")
        .author(1, "ada", "آدا")
        .category(8, "akhbar", "", "اخبار")
        .item(Item::post(93, "seyl", "سیل").category("category", "akhbar", "اخبار"));
    let files = [
        ("links.csv", en.write_named("links.csv", &block("csv"))),
        ("en.xml", en.write()),
        ("fa.xml", fa.write()),
    ];
    for line in [lines(&["en.xml"]), lines(&["fa.xml", "--links"])].concat() {
        let ended = run(&server, &line, &files);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(!ended.stdout.contains("problem"), "{ended:?}");
    }
    for (sql, expected) in [
        ("SELECT count(*) FROM entry", 2),
        ("SELECT count(DISTINCT group_id) FROM entry", 1),
        ("SELECT count(*) FROM author", 1),
        ("SELECT count(*) FROM term", 1),
    ] {
        assert_eq!(server.count(sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn a_report_has_the_lines_the_page_shows() {
    let server = TestServer::start().await;
    let site = "https://example.org";
    let export = Export::of(site)
        .author(1, "ada", "Ada Moor")
        .category(10, "news", "", "News")
        .tag(11, "river", "River")
        .item(Item::attachment(20, "map.jpg").parent(1))
        .item(
            Item::post(1, "one", "One")
                .content("<p>[contact-form-7 id=1]<a href=\"SITE/later/\">later</a></p><details><summary>More</summary>raw</details>")
                .comment(1, 0, "1", "")
                .comment(2, 0, "spam", "")
                .comment(3, 0, "1", "pingback"),
        )
        .item(Item::post(2, "one", "Another").link("/another/"))
        .item(Item::post(3, "members", "Members only").password("x"))
        .item(Item::post(4, "auto", "Auto").status("auto-draft"))
        .item(Item::post(5, "form", "Form").kind("wpcf7_contact_form"))
        .item(Item::page(6, "about", "About"))
        .item(Item::menu_link(40, "main", "About", &format!("{site}/about/")))
        .raw("<item><wp:post_id>977</wp:post_id></x></item>");
    let line = lines(&["import", "export.xml"]).swap_remove(1);
    let ended = run(&server, &line, &[("export.xml", export.write())]);
    assert_eq!(ended.code, 3, "{ended:?}");
    let shown = block("report");
    for wanted in shown.lines() {
        let label = label(wanted);
        assert!(
            ended.stdout.lines().any(|line| self::label(line) == label),
            "`{label}` is not in\n{}",
            ended.stdout
        );
    }
}

/// What a line of a report begins with: up to the colon, or the name of a kind.
fn label(line: &str) -> &str {
    if line.starts_with("problem: line ") {
        return "problem: line ";
    }
    match line.split_once(':') {
        Some((label, _)) => label,
        // The names of the columns are told whole.
        None if line.starts_with(' ') => line,
        None => line.split_whitespace().next().unwrap(),
    }
}
