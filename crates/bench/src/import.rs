//! Measures the WordPress import beside the bare loop over the same file.

use std::{fs, path::Path, process::ExitStatus};

use crate::{
    Result, bare_import, fault,
    load::{float, median},
    note,
    process::Finished,
    publication::Publication,
    report::{Line, Must, Section},
    servers::Tools,
    wxr::{self, Export},
};

/// What the report says of an import that is not in the program yet.
const TITLE: &str = "WordPress import on SQLite";

/// Imports the whole publication, and with `is_long` also small and large files for their memory.
pub(crate) async fn measure(
    tools: &Tools,
    publication: Publication,
    rounds: usize,
    is_long: bool,
) -> Result<Section> {
    let mut lines = Vec::new();
    let export = wxr::export(&tools.directory, publication, publication.articles)?;
    note(format_args!(
        "importing {} posts, {rounds} times, and the same in a bare loop",
        export.posts
    ));
    let (mut own, mut bare, mut peak) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let store = tools.directory.join("bare.db");
        let done = bare_import::run(&export.path, &store).await?;
        if done.posts != export.posts {
            return Err(fault(format!(
                "the bare loop read {} posts of {}",
                done.posts, export.posts
            )));
        }
        bare.push(done.time.as_secs_f64());
        match import(tools, &export)? {
            Some(finished) => {
                own.push(finished.time.as_secs_f64());
                peak = peak.max(finished.peak_kib);
            }
            None => break,
        }
    }
    let posts = float(u64::try_from(export.posts)?);
    let bare = median(bare);
    let bare_text = format!(
        "{:.0} posts/s, {bare:.1} s, {:.1} MB file, store of {:.0} MB",
        posts / bare,
        float(export.bytes) / 1e6,
        megabytes(&tools.directory.join("bare.db"))
    );
    lines.push(Line::plain(
        "bare loop: quick-xml, prepared inserts",
        bare_text,
    ));
    if own.is_empty() {
        lines.push(Line::not_available(
            "import / bare loop",
            "the program has no `import wordpress`",
        ));
        return Ok(Section {
            title: TITLE.to_owned(),
            lines,
        });
    }
    let own = median(own);
    let value = format!(
        "{:.0} posts/s, {own:.1} s, peak {:.1} MB, store of {:.0} MB",
        posts / own,
        float(peak) * 1.024 / 1000.0,
        megabytes(&folder(tools).join("colophon.db"))
    );
    lines.push(Line::goal(
        "import / bare loop",
        value,
        bare / own,
        Must::AtLeast(0.4),
    ));
    if is_long {
        lines.push(memory_growth(tools, publication)?);
    }
    Ok(Section {
        title: TITLE.to_owned(),
        lines,
    })
}

/// How much more memory a large file takes than one of about 10 MB.
fn memory_growth(tools: &Tools, publication: Publication) -> Result<Line> {
    const MEASURED: &str = "memory of the import: large file over a 10 MB one";
    let small = wxr::export(&tools.directory, publication, publication.articles / 6)?;
    let large = wxr::export(&tools.directory, publication, publication.articles * 4)?;
    let (Some(first), Some(second)) = (import(tools, &small)?, import(tools, &large)?) else {
        return Ok(Line::not_available(
            MEASURED,
            "the program has no `import wordpress`",
        ));
    };
    let mb = |finished: &Finished| float(finished.peak_kib) * 1.024 / 1000.0;
    let more = mb(&second) - mb(&first);
    let value = format!(
        "{:.0} MB file {:.1} MB, {:.0} MB file {:.1} MB: {more:+.1} MB ({:.0} posts/s)",
        float(small.bytes) / 1e6,
        mb(&first),
        float(large.bytes) / 1e6,
        mb(&second),
        float(u64::try_from(large.posts)?) / second.time.as_secs_f64()
    );
    Ok(Line::bound(MEASURED, value, more, Must::AtMost(64.0)))
}

fn folder(tools: &Tools) -> std::path::PathBuf {
    tools.directory.join("import")
}

/// Runs the import on a fresh store; `None`: the program has none.
fn import(tools: &Tools, export: &Export) -> Result<Option<Finished>> {
    let folder = folder(tools);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let log = tools.directory.join("import.log");
    let help = tools.fleet.spawn(&tools.colophon, &log, |command| {
        command.args(["import", "wordpress", "--help"]);
    })?;
    if !help.finish()?.status.success() {
        return Ok(None);
    }
    let process = tools.fleet.spawn(&tools.colophon, &log, |command| {
        command
            .args(["import", "wordpress"])
            .arg(&export.path)
            .args(["--edition", "en", "--json"])
            .env("COLOPHON_DATA__DIRECTORY", &folder);
    })?;
    let finished = process.finish()?;
    check(finished.status, &process.output(), export)?;
    Ok(Some(finished))
}

fn check(status: ExitStatus, output: &str, export: &Export) -> Result<()> {
    if !status.success() {
        let end: String = output
            .chars()
            .rev()
            .take(2000)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        return Err(fault(format!(
            "the import of {} failed ({status}): {end}",
            export.path.display()
        )));
    }
    Ok(())
}

fn megabytes(path: &Path) -> f64 {
    fs::metadata(path).map_or(f64::NAN, |metadata| float(metadata.len()) / 1e6)
}
