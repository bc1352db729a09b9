//! Measures the reads: each request in turn, round after round, so that a slow moment of the
//! machine does not fall on one of them alone.

use std::{collections::BTreeMap, fs, net::SocketAddr, time::Duration};

use serde_json::Value;

use crate::{
    Result, fault,
    floor::FloorArgs,
    http,
    load::{Loader, Sample, Watched},
    note,
    process::{self, Memory},
    report::{Line, Must, Section},
    requests::{self, Request, Requests},
    servers::{Server, Tools},
    words::LANGUAGES,
};

/// What reads are measured on.
#[derive(Debug)]
pub(crate) struct Stores {
    /// SQLite and PostgreSQL addresses of the small publication, and of the large one.
    pub(crate) small: Engines,
    pub(crate) large: Option<Engines>,
    /// The process that PostgreSQL's connections are children of.
    pub(crate) postmaster: Option<u32>,
}

/// One publication on both engines.
#[derive(Debug)]
pub(crate) struct Engines {
    pub(crate) articles: usize,
    pub(crate) sqlite_path: std::path::PathBuf,
    pub(crate) sqlite: String,
    pub(crate) postgres: Option<String>,
}

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) time: Duration,
    pub(crate) warm_up: Duration,
    pub(crate) rounds: usize,
}

/// What came out, and the memory of the loaded server.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) sections: Vec<Section>,
    pub(crate) loaded: Option<Memory>,
}

struct Target {
    name: String,
    address: SocketAddr,
    request: Request,
    watched: Watched,
    samples: Vec<Sample>,
}

const FACES: [&str; 2] = ["GraphQL", "REST"];
const READY: &str = "/readyz";

/// Runs all of it.
pub(crate) fn measure(tools: &Tools, stores: &Stores, pace: Pace) -> Result<Served> {
    let loader = Loader::find(&tools.directory, &tools.fleet)?;
    let mut targets = Targets {
        pace,
        loader,
        all: Vec::new(),
    };
    let mut servers = Vec::new();
    let sqlite = tools.colophon("sqlite", &stores.small.sqlite, READY)?;
    let small = Requests::of(sqlite.address)?;
    let on_sqlite = Watched {
        server: sqlite.process.id(),
        database: None,
    };
    targets.reads("SQLite", sqlite.address, &small, on_sqlite);
    let mut lists = vec![("SQLite", "/sqlite", sqlite.address, small.list[0].clone())];
    if let Some(url) = &stores.small.postgres {
        let server = tools.colophon("postgres", url, READY)?;
        let reads = Requests::of(server.address)?;
        targets.reads(
            "PostgreSQL",
            server.address,
            &reads,
            watched(&server, stores.postmaster),
        );
        lists.push((
            "PostgreSQL",
            "/postgres",
            server.address,
            reads.list[0].clone(),
        ));
        servers.push(server);
    }
    let floor = floor(tools, stores, sqlite.address, &small.list[0])?;
    let mut hand = Vec::new();
    for (engine, path, server, list) in lists {
        targets.floor(
            &format!("hand-written {engine}"),
            &floor,
            path,
            stores.postmaster,
        );
        hand.push((engine, compare(floor.address, path, server, &list)?));
    }
    targets.floor("bare", &floor, "/bare", None);
    targets.floor("layered", &floor, "/layered", None);
    if let Some(large) = &stores.large {
        servers.extend(targets.grown(tools, large, stores.postmaster)?);
    }
    targets.run()?;
    let loaded = process::memory(sqlite.process.id());
    let figures = targets.figures();
    drop((servers, floor));
    let sections = vec![
        reads_section(&figures, stores),
        floors_section(&figures, &hand),
        growth_section(&figures, stores),
    ];
    Ok(Served { sections, loaded })
}

fn watched(server: &Server, postmaster: Option<u32>) -> Watched {
    Watched {
        server: server.process.id(),
        database: postmaster,
    }
}

/// Starts the server with the same bytes in memory.
fn floor(tools: &Tools, stores: &Stores, server: SocketAddr, list: &Request) -> Result<Server> {
    let answer = tools.directory.join("list.json");
    let bytes = http::send(server, list.method, &list.path, list.body.as_deref())?.body;
    fs::write(&answer, bytes)?;
    let args = FloorArgs {
        address: None,
        answer: Some(answer),
        sqlite: Some(stores.small.sqlite_path.clone()),
        postgres: stores.small.postgres.clone(),
        edition: Some(LANGUAGES[0].code.to_owned()),
    };
    tools.floor("floor", &args)
}

/// Whether the statement written by hand answers what the server does.
fn compare(floor: SocketAddr, path: &str, server: SocketAddr, list: &Request) -> Result<bool> {
    let own = http::get(floor, path)?;
    let text = String::from_utf8_lossy(&own.body);
    let own: Value =
        serde_json::from_str(&text).map_err(|error| fault(format!("{path}: {error}: {text}")))?;
    let theirs = requests::ask(server, list)?;
    if own != theirs {
        let place = |value: &Value| {
            value
                .pointer("/data/articles/nodes/0")
                .map(Value::to_string)
                .unwrap_or_default()
        };
        note(format_args!(
            "the page written by hand differs:\n  {}\n  {}",
            place(&own),
            place(&theirs)
        ));
    }
    Ok(own == theirs)
}

struct Targets {
    pace: Pace,
    loader: Loader,
    all: Vec<Target>,
}

impl Targets {
    fn push(&mut self, name: String, address: SocketAddr, request: Request, watched: Watched) {
        self.all.push(Target {
            name,
            address,
            request,
            watched,
            samples: Vec::new(),
        });
    }

    fn reads(&mut self, engine: &str, address: SocketAddr, reads: &Requests, watched: Watched) {
        for (letter, both) in [
            ("L", &reads.list),
            ("A", &reads.article),
            ("C", &reads.category),
            ("D", &reads.deep),
        ] {
            for (face, request) in FACES.iter().zip(both) {
                self.push(
                    format!("{letter} {face} {engine}"),
                    address,
                    request.clone(),
                    watched,
                );
            }
        }
    }

    fn floor(&mut self, name: &str, server: &Server, path: &str, postmaster: Option<u32>) {
        let request = Request {
            method: "GET",
            path: path.to_owned(),
            body: None,
        };
        self.push(
            name.to_owned(),
            server.address,
            request,
            watched(server, postmaster),
        );
    }

    /// The same lists in the large publication.
    fn grown(
        &mut self,
        tools: &Tools,
        large: &Engines,
        postmaster: Option<u32>,
    ) -> Result<Vec<Server>> {
        let mut servers = Vec::new();
        let both = [
            ("SQLite", Some(&large.sqlite), None),
            ("PostgreSQL", large.postgres.as_ref(), postmaster),
        ];
        for (engine, url, database) in both {
            let Some(url) = url else { continue };
            let server = tools.colophon(&format!("large-{engine}"), url, READY)?;
            let reads = Requests::of(server.address)?;
            for (letter, both) in [
                ("L", &reads.list),
                ("C", &reads.category),
                ("D", &reads.deep),
            ] {
                self.push(
                    format!("{letter} large {engine}"),
                    server.address,
                    both[0].clone(),
                    watched(&server, database),
                );
            }
            servers.push(server);
        }
        Ok(servers)
    }

    fn run(&mut self) -> Result<()> {
        let Pace {
            time,
            warm_up,
            rounds,
        } = self.pace;
        for round in 0..rounds {
            note(format_args!(
                "round {} of {rounds}: {} requests, {} s each, by {}",
                round + 1,
                self.all.len(),
                time.as_secs(),
                self.loader.name()
            ));
            for target in &mut self.all {
                let run = |time| {
                    self.loader
                        .run(target.address, &target.request, time, target.watched)
                };
                if round == 0 {
                    run(warm_up)?;
                }
                let sample =
                    run(time).map_err(|error| fault(format!("{}: {error}", target.name)))?;
                target.samples.push(sample);
            }
        }
        Ok(())
    }

    fn figures(&self) -> Figures {
        Figures(
            self.all
                .iter()
                .map(|target| (target.name.clone(), Sample::median_of(&target.samples)))
                .collect(),
        )
    }
}

struct Figures(BTreeMap<String, Sample>);

impl Figures {
    fn get(&self, name: &str) -> Option<Sample> {
        self.0.get(name).copied()
    }

    /// A line with the ratio of the speeds of two.
    fn line(&self, measured: &str, name: &str, beside: &str, must: Option<Must>) -> Line {
        match (self.get(name), self.get(beside), must) {
            (Some(own), Some(other), Some(must)) => Line::goal(
                measured,
                speed(&own),
                own.per_second / other.per_second,
                must,
            ),
            (Some(own), Some(other), None) => {
                Line::ratio(measured, speed(&own), own.per_second / other.per_second)
            }
            _ => Line::not_available(measured, "not measured in this run"),
        }
    }
}

fn speed(sample: &Sample) -> String {
    let database = if sample.database_cpu_us > 0.0 {
        format!(" + {:.0} in the database", sample.database_cpu_us)
    } else {
        String::new()
    };
    format!(
        "{:.0}/s, p50 {:.2} ms, p99 {:.2} ms, {:.0} µs cpu{database}, {:.1} kB",
        sample.per_second,
        sample.p50_us / 1000.0,
        sample.p99_us / 1000.0,
        sample.server_cpu_us,
        sample.bytes / 1000.0
    )
}

fn engines(stores: &Stores) -> Vec<&'static str> {
    let postgres = stores.small.postgres.as_ref().map(|_url| "PostgreSQL");
    std::iter::once("SQLite").chain(postgres).collect()
}

fn reads_section(figures: &Figures, stores: &Stores) -> Section {
    let mut lines = Vec::new();
    for engine in engines(stores) {
        for letter in ["L", "A", "C", "D"] {
            let graphql = format!("{letter} GraphQL {engine}");
            lines.push(figures.line(&graphql, &graphql, "bare", None));
            let rest = format!("{letter} REST {engine}");
            // The goal is for the list; the others are told beside it.
            let must = (letter == "L").then_some(Must::AtLeast(1.5));
            lines.push(figures.line(&format!("{rest} / GraphQL"), &rest, &graphql, must));
        }
    }
    Section {
        title: format!(
            "reads, uncached, {} articles (GraphQL: ratio to the bare floor)",
            stores.small.articles
        ),
        lines,
    }
}

fn floors_section(figures: &Figures, hand: &[(&str, bool)]) -> Section {
    let mut lines = vec![
        figures.line(
            "bare floor: the bytes of L from memory",
            "bare",
            "bare",
            None,
        ),
        figures.line("layered floor / bare floor", "layered", "bare", None),
    ];
    for (engine, is_same) in hand {
        let (floor, written) = if *engine == "SQLite" {
            (0.018, 0.25)
        } else {
            (0.008, 0.65)
        };
        let (list, own) = (
            format!("L GraphQL {engine}"),
            format!("hand-written {engine}"),
        );
        lines.push(figures.line(
            &format!("L GraphQL {engine} / bare floor"),
            &list,
            "bare",
            Some(Must::AtLeast(floor)),
        ));
        let differs = if *is_same {
            ""
        } else {
            " (its answer DIFFERS)"
        };
        lines.push(figures.line(
            &format!("hand-written {engine} / bare floor{differs}"),
            &own,
            "bare",
            None,
        ));
        lines.push(figures.line(
            &format!("L GraphQL {engine} / hand-written"),
            &list,
            &own,
            Some(Must::AtLeast(written)),
        ));
    }
    Section {
        title: "L beside the floors and the page written by hand".to_owned(),
        lines,
    }
}

fn growth_section(figures: &Figures, stores: &Stores) -> Section {
    let must = Some(Must::AtMost(1.3));
    let mut lines = Vec::new();
    for engine in engines(stores) {
        let first = format!("L GraphQL {engine}");
        lines.push(slower(
            figures,
            &format!("D / first page, {engine}, time"),
            &format!("D GraphQL {engine}"),
            &first,
            must,
        ));
        let Some(large) = &stores.large else { continue };
        for letter in ["L", "C", "D"] {
            let (name, beside) = (
                format!("{letter} large {engine}"),
                format!("{letter} GraphQL {engine}"),
            );
            lines.push(slower(
                figures,
                &format!(
                    "{letter} {engine}, {} / {} articles, time",
                    large.articles, stores.small.articles
                ),
                &name,
                &beside,
                must,
            ));
        }
        let name = format!(
            "D / first page, {engine}, {} articles, time",
            large.articles
        );
        lines.push(slower(
            figures,
            &name,
            &format!("D large {engine}"),
            &format!("L large {engine}"),
            must,
        ));
    }
    Section {
        title: "growth (GraphQL)".to_owned(),
        lines,
    }
}

/// A line with the ratio of the times of two: the other way round than speeds.
fn slower(figures: &Figures, measured: &str, name: &str, beside: &str, must: Option<Must>) -> Line {
    match (figures.get(name), figures.get(beside), must) {
        (Some(own), Some(other), Some(must)) => Line::goal(
            measured,
            speed(&own),
            other.per_second / own.per_second,
            must,
        ),
        _ => Line::not_available(measured, "not measured in this run"),
    }
}
