//! `make bench`: fills stores with a generated publication, measures reads, growth, import and
//! start beside bare and hand-written code in the same run, and prints a table with ratios.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::struct_field_names,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::similar_names,
    reason = "a measuring tool, not a part of the product"
)]

use std::{
    fmt,
    io::Write as _,
    path::PathBuf,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use clap::{Parser, Subcommand};

mod bare_import;
mod bare_writes;
mod floor;
mod handwritten;
mod http;
mod import;
mod load;
mod postgres;
mod process;
mod publication;
mod random;
mod report;
mod requests;
mod servers;
mod serving;
mod shared_records;
mod start;
mod stores;
mod words;
mod writing;
mod wxr;

use process::Fleet;
use publication::Publication;
use report::{Line, Report, Section};
use servers::Tools;
use serving::{Engines, Pace, Stores};

/// The allocator of the server, so that what stands beside it has no other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the bench fails with.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// An error of the bench's own.
pub(crate) fn fault(message: impl Into<String>) -> Box<dyn std::error::Error + Send + Sync> {
    message.into().into()
}

/// Says what is being done.
pub(crate) fn note(text: impl fmt::Display) {
    eprintln!("bench: {text}");
}

/// Measures Colophon. The exit code tells whether the bench ran, not whether goals are met.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Fewer and shorter rounds, and no publication of 200,000 articles
    #[arg(long)]
    quick: bool,
    /// The `colophon` program [default: beside this one]
    #[arg(long, value_name = "FILE")]
    colophon: Option<PathBuf>,
    /// A PostgreSQL where databases `colophon_bench_…` may be made; they stay for the next run
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Keep stores, exports and the report here; needs about 7 GB, without the large publication 1 GB
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    directory: PathBuf,
    /// Only these parts, with commas between them
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Seconds for each measurement of a request
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
    /// How often each request is measured
    #[arg(long, value_name = "TIMES")]
    rounds: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Reads, growth and memory under load
    Serving,
    /// Writes, and reads during them
    Writing,
    /// The WordPress import
    Import,
    /// Start, idle memory, size
    Start,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The small server that the real one is compared with
    #[command(hide = true)]
    Floor(floor::FloorArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let fleet = Fleet::default();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| match &cli.command {
            Some(Command::Floor(args)) => runtime.block_on(floor::serve(args.clone())),
            None => {
                end_with_signals(&runtime, &fleet)?;
                runtime.block_on(run(&cli, &fleet))
            }
        });
    fleet.kill_all();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(format_args!("failed: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// A signal ends the children too.
fn end_with_signals(runtime: &tokio::runtime::Runtime, fleet: &Fleet) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let _context = runtime.enter();
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let (fleet, handle) = (fleet.clone(), runtime.handle().clone());
    thread::spawn(move || {
        handle.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
        fleet.kill_all();
        std::process::exit(130);
    });
    Ok(())
}

async fn run(cli: &Cli, fleet: &Fleet) -> Result<()> {
    let begun = Instant::now();
    std::fs::create_dir_all(&cli.directory)?;
    let own = std::env::current_exe()?;
    let colophon = cli
        .colophon
        .clone()
        .unwrap_or_else(|| own.with_file_name("colophon"));
    if !colophon.is_file() {
        return Err(fault(format!(
            "there is no {}: cargo build --release -p server",
            colophon.display()
        )));
    }
    let tools = Tools {
        fleet: fleet.clone(),
        colophon,
        own,
        directory: cli.directory.canonicalize()?,
    };
    let sections = measure(cli, &tools).await?;
    let report = Report {
        machine: machine(),
        is_quick: cli.quick,
        seconds: begun.elapsed().as_secs(),
        sections,
    };
    report.save(&tools.directory)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", report.text())?;
    writeln!(
        out,
        "also in {}/report.json and report.md",
        tools.directory.display()
    )?;
    Ok(())
}

/// Runs the parts. Load runs on the calling thread: nothing else is to be done meanwhile.
async fn measure(cli: &Cli, tools: &Tools) -> Result<Vec<Section>> {
    let wants = |part| cli.only.is_empty() || cli.only.contains(&part);
    let small = Publication { articles: 10_000 };
    let mut sections = Vec::new();
    let (mut idle, mut loaded) = (None, None);
    let mut start = Section {
        title: "start and memory".to_owned(),
        lines: Vec::new(),
    };
    if wants(Part::Start) {
        let store = stores::sqlite(&tools.directory, small).await?;
        (start, idle) = start::measure(tools, &store.url(), if cli.quick { 5 } else { 15 })?;
    }
    if wants(Part::Serving) {
        let (stores, section) = fill(cli, tools, small).await?;
        let served = serving::measure(tools, &stores, pace(cli))?;
        loaded = served.loaded;
        sections.extend(served.sections);
        sections.push(section);
    }
    if wants(Part::Writing) {
        let engines = engines(cli, tools, small, &mut Vec::new()).await?;
        let server = cli.postgres.as_deref();
        sections.push(writing::measure(tools, &engines, server, pace(cli)).await?);
    }
    if wants(Part::Import) {
        sections
            .push(import::measure(tools, small, if cli.quick { 1 } else { 3 }, !cli.quick).await?);
    }
    start.lines.push(start::memory_line(
        "idle memory, SQLite, 10000 articles",
        idle,
        40.0,
    ));
    start.lines.push(start::memory_line(
        "memory after the load, SQLite, 10000 articles",
        loaded,
        120.0,
    ));
    sections.push(start);
    Ok(sections)
}

/// How long and how often requests are measured.
fn pace(cli: &Cli) -> Pace {
    let seconds = cli.seconds.unwrap_or(if cli.quick { 1 } else { 4 });
    Pace {
        time: Duration::from_secs(seconds),
        warm_up: Duration::from_secs(if cli.quick { 1 } else { 2 }),
        rounds: cli.rounds.unwrap_or(if cli.quick { 1 } else { 3 }),
    }
}

/// Fills the stores that reads are measured on.
async fn fill(cli: &Cli, tools: &Tools, small: Publication) -> Result<(Stores, Section)> {
    let large = Publication { articles: 200_000 };
    let mut lines = Vec::new();
    let small = engines(cli, tools, small, &mut lines).await?;
    let large = if cli.quick {
        None
    } else {
        Some(engines(cli, tools, large, &mut lines).await?)
    };
    let postmaster = match &cli.postgres {
        Some(server) => postgres::postmaster(server).await?,
        None => None,
    };
    let title = "filling the stores (SQLite through the create functions; PostgreSQL by COPY of the same rows)".to_owned();
    Ok((
        Stores {
            small,
            large,
            postmaster,
        },
        Section { title, lines },
    ))
}

async fn engines(
    cli: &Cli,
    tools: &Tools,
    publication: Publication,
    lines: &mut Vec<Line>,
) -> Result<Engines> {
    let articles = publication.articles;
    let told = |time: Option<Duration>| match time {
        Some(time) => format!(
            "{:.0} s, {:.0} articles/s",
            time.as_secs_f64(),
            load::float(u64::try_from(articles).unwrap_or_default()) / time.as_secs_f64()
        ),
        None => "kept from an earlier run".to_owned(),
    };
    let store = stores::sqlite(&tools.directory, publication).await?;
    lines.push(Line::plain(
        format!("SQLite, {articles} articles"),
        told(store.time),
    ));
    let database = match &cli.postgres {
        Some(server) => Some(postgres::filled(server, &store, articles).await?),
        None => None,
    };
    match &database {
        Some(database) => lines.push(Line::plain(
            format!("PostgreSQL, {articles} articles"),
            told(database.time),
        )),
        None => lines.push(Line::not_available(
            format!("PostgreSQL, {articles} articles"),
            "no --postgres",
        )),
    }
    Ok(Engines {
        articles,
        sqlite: store.url(),
        sqlite_path: store.path,
        postgres: database.map(|database| database.url),
    })
}

/// What the figures hold for.
fn machine() -> String {
    let cores = thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or_default()
        .trim_start_matches([':', ' ', '\t'])
        .to_owned();
    format!(
        "{cores} cores, {model}, {} {}",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}
