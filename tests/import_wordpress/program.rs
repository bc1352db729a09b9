//! `colophon import wordpress` as a program: its reports, its exit codes, and its memory.

use std::{
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::export::{Export, Item};
use crate::harness::{
    TestServer,
    program::{Ended, colophon},
};

const SITE: &str = "https://almanac.example.org";

fn run(server: &TestServer, file: &Path, options: &[&str]) -> Ended {
    let files = tempfile::tempdir().unwrap();
    let mut line = vec!["import", "wordpress", file.to_str().unwrap()];
    line.extend(["--database", server.database_url()]);
    line.extend(["--data", files.path().to_str().unwrap()]);
    line.extend(options);
    colophon(&line)
}

fn export() -> Export {
    Export::of(SITE)
        .author(1, "ada", "Ada Moor")
        .category(10, "news", "", "News")
        .item(
            Item::post(1, "one", "One")
                .category("category", "news", "News")
                .comment(1, 0, "1", "")
                .comment(2, 0, "spam", "")
                .content("<p>[mystery a=1]</p>"),
        )
        .item(Item::post(2, "two", "Two").status("private"))
        .item(Item::post(3, "three", "Three").kind("book"))
}

/// The lines of the table in a report: the kind, and what became of it.
fn table(report: &str) -> Vec<(String, Vec<u64>)> {
    report
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let kind = words.next()?;
            let numbers: Option<Vec<u64>> = words.map(|word| word.parse().ok()).collect();
            numbers
                .filter(|numbers| numbers.len() == 6)
                .map(|numbers| (kind.to_owned(), numbers))
        })
        .collect()
}

#[tokio::test]
async fn the_report_in_json_has_the_figures_of_the_text() {
    let server = TestServer::start().await;
    let file = export().raw("<item><wp:post_id>9</wp:post_id></x></item>");
    let path = file.write();
    let text = run(&server, &path, &["--dry-run"]);
    let json = run(&server, &path, &["--dry-run", "--json"]);
    assert_eq!((text.code, json.code), (3, 3), "{json:?}");
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    let tally = &report;
    let rows = table(&text.stdout);
    assert_eq!(rows.len(), 7, "{}", text.stdout);
    for (kind, numbers) in &rows {
        let counts = &tally["kinds"][kind];
        let names = [
            "created",
            "updated",
            "unchanged",
            "skipped",
            "conflicts",
            "failed",
        ];
        let told: Vec<u64> = names
            .iter()
            .map(|name| counts[name].as_u64().unwrap())
            .collect();
        assert_eq!(&told, numbers, "{kind}");
    }
    for line in [
        "types not imported: book 1",
        "comments left out: spam 1",
        "shortcodes kept as text: mystery 1",
        "note: posts 2 `Two`: was private, is a draft now",
    ] {
        assert!(text.stdout.contains(line), "{line}: {}", text.stdout);
    }
    let reasons = &tally["reasons"];
    assert_eq!(reasons["skippedTypes"]["book"], 1);
    assert_eq!(reasons["skippedComments"]["spam"], 1);
    assert_eq!(reasons["unknownShortcodes"]["mystery"], 1);
    assert_eq!(tally["notes"][0]["text"], "was private, is a draft now");
    let problem = &tally["problems"][0];
    let place = format!(
        "problem: line {} (byte {})",
        problem["line"], problem["byteOffset"]
    );
    assert!(text.stdout.contains(&place), "{place}: {}", text.stdout);
}

#[tokio::test]
async fn the_exit_code_tells_how_an_import_ended() {
    let server = TestServer::start().await;
    let file = export();
    let whole = file.write();
    assert_eq!(run(&server, &whole, &[]).code, 0);
    let broken = file.write_named("broken.xml", &export().raw("<item></x></item>").text());
    assert_eq!(run(&server, &broken, &[]).code, 3);
    let text = file.text();
    let cut = file.write_named("cut.xml", &text[..text.len() - 30]);
    let ended = run(&server, &cut, &[]);
    assert_eq!(ended.code, 4);
    assert!(
        ended.stdout.contains("the import is not complete"),
        "{}",
        ended.stdout
    );
    let other = file.write_named("other.xml", "<html></html>");
    assert_eq!(run(&server, &other, &[]).code, 1);
    assert_eq!(run(&server, &whole, &["--map-type", "book=novel"]).code, 2);
}

#[test]
fn a_file_that_is_not_there_makes_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = export();
    let path = file.write();
    let missing = folder.path().join("missing");
    let (path, missing) = (path.to_str().unwrap(), missing.to_str().unwrap());
    for line in [&[missing][..], &[path, "--links", missing]] {
        let mut all = vec!["--data", data.to_str().unwrap(), "import", "wordpress"];
        all.extend(line);
        let ended = colophon(&all);
        assert_eq!(ended.code, 1, "{ended:?}");
        assert!(ended.stderr.contains("cannot be opened"), "{ended:?}");
        assert!(!data.exists());
    }
}

/// Writes an export of about so many bytes, a piece at a time, with all that has to wait until
/// something else is there.
fn generate(folder: &Path, bytes: usize) -> PathBuf {
    let path = folder.join(format!("{bytes}.xml"));
    let mut out = BufWriter::new(std::fs::File::create(&path).unwrap());
    let frame = Export::of(SITE)
        .author(1, "ada", "Ada Moor")
        .category(10, "news", "", "News")
        .raw("HERE")
        .text();
    let (head, foot) = frame.split_once("HERE").unwrap();
    out.write_all(head.as_bytes()).unwrap();
    let text = "The river rose in the night and was at the mill by six. ".repeat(400);
    let mut written = 0;
    let mut number = 0_u64;
    while written < bytes {
        number += 10;
        // Each leads to one that comes later and one long past, and waits for its picture.
        let links = format!(
            "<a href=\"SITE/2024/03/post-{}/\">on</a> <a href=\"SITE/?p={}\">back</a>",
            number + 10_000,
            number / 20 * 10 + 10
        );
        let items = [
            Item::post(number, &format!("post-{number}"), &format!("Post {number}"))
                .content(&format!("{text}\n\n{links}\n\n<img class=\"wp-image-{}\" src=\"SITE/wp-content/uploads/{number}.jpg\">", number + 1))
                .category("category", "news", "News")
                .category("post_tag", &format!("tag-{}", number % 3_000), "Tag")
                .meta("_thumbnail_id", &(number + 1).to_string())
                .comment(number, 0, "1", "")
                .comment(number + 1, number, "1", ""),
            Item::attachment(number + 1, &format!("{number}.jpg")).parent(number),
            Item::page(number + 2, &format!("page-{number}"), "Page").parent(
                // Every other page stands below the next one.
                if number.is_multiple_of(20) { 0 } else { number + 12 },
            ),
        ];
        for item in items {
            let text = item.text(SITE);
            written += text.len();
            out.write_all(text.as_bytes()).unwrap();
        }
    }
    out.write_all(foot.as_bytes()).unwrap();
    out.flush().unwrap();
    path
}

/// A large export takes no more memory than a small one, give or take what a database keeps.
#[tokio::test]
async fn a_large_export_takes_no_more_memory_than_a_small_one() {
    const MIB: usize = 1024 * 1024;
    const MOST_APART_KIB: u64 = 64 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let mut peaks = Vec::new();
    for size in [5 * MIB, 40 * MIB] {
        let server = TestServer::start().await;
        let file = generate(folder.path(), size);
        let began = std::time::Instant::now();
        let ended = run(&server, &file, &["--json"]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        println!(
            "{} MiB: {} posts, {} KiB at most, {} s",
            size / MIB,
            report["kinds"]["posts"]["created"],
            ended.peak_kib.unwrap_or_default(),
            began.elapsed().as_secs()
        );
        peaks.push(ended.peak_kib);
        let again = run(&server, &file, &[]);
        assert_eq!(again.code, 0, "{}", again.stderr);
        peaks.push(again.peak_kib);
    }
    let [
        Some(small),
        Some(small_again),
        Some(large),
        Some(large_again),
    ] = peaks[..]
    else {
        println!("skipped: this system has no /proc/self/status that tells a process's memory");
        return;
    };
    assert!(
        large.saturating_sub(small) <= MOST_APART_KIB
            && large_again.saturating_sub(small_again) <= MOST_APART_KIB,
        "{small} KiB and {small_again} KiB for the small one, {large} KiB and {large_again} KiB for the large one"
    );
}
