//! Runs the load program against one request, and reads its figures.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Result, fault,
    process::{self, Fleet},
    requests::Request,
};

/// Open connections.
const CONNECTIONS: u32 = 16;

/// The load programs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Wrk,
    Oha,
}

/// A load program.
#[derive(Debug, Clone)]
pub(crate) struct Loader {
    kind: Kind,
    program: PathBuf,
    script: PathBuf,
    directory: PathBuf,
    fleet: Fleet,
}

/// Where the processor time of a request is spent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Watched {
    /// The server.
    pub(crate) server: u32,
    /// The process whose children work for it: PostgreSQL.
    pub(crate) database: Option<u32>,
}

/// The figures of one run.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Sample {
    pub(crate) per_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) server_cpu_us: f64,
    pub(crate) database_cpu_us: f64,
    pub(crate) bytes: f64,
}

/// What the script of wrk prints.
#[derive(Debug, Deserialize)]
struct Printed {
    requests: u64,
    duration_us: u64,
    bytes: u64,
    failed: u64,
    p50_us: f64,
    p99_us: f64,
}

impl Loader {
    /// Finds wrk, or else oha.
    pub(crate) fn find(directory: &Path, fleet: &Fleet) -> Result<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let find = |name: &str| {
            std::env::split_paths(&path)
                .map(|folder| folder.join(name))
                .find(|file| file.is_file())
        };
        let (kind, program) = match (find("wrk"), find("oha")) {
            (Some(program), _) => (Kind::Wrk, program),
            (None, Some(program)) => (Kind::Oha, program),
            (None, None) => {
                return Err(fault(
                    "neither wrk nor oha is on PATH; `make bench` installs one",
                ));
            }
        };
        let script = directory.join("load.lua");
        fs::write(&script, include_str!("../lua/load.lua"))?;
        Ok(Self {
            kind,
            program,
            script,
            directory: directory.to_owned(),
            fleet: fleet.clone(),
        })
    }

    /// Its name, for the report.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Wrk => "wrk",
            Kind::Oha => "oha",
        }
    }

    /// Sends one request for so long, over all connections.
    pub(crate) fn run(
        &self,
        server: SocketAddr,
        request: &Request,
        time: Duration,
        watched: Watched,
    ) -> Result<Sample> {
        let body = self.directory.join("request.json");
        fs::write(&body, request.body.as_deref().unwrap_or_default())?;
        let body = request.body.is_some().then_some(body);
        let url = format!("http://{server}{}", request.path);
        let log = self.directory.join("load.log");
        let usage = || {
            (
                process::cpu(watched.server),
                watched.database.and_then(process::cpu_of_children),
            )
        };
        let before = usage();
        let child = self.fleet.spawn(&self.program, &log, |command| {
            let seconds = format!("{}s", time.as_secs().max(1));
            match self.kind {
                Kind::Wrk => {
                    command
                        .args([
                            "-t2",
                            &format!("-c{CONNECTIONS}"),
                            &format!("-d{seconds}"),
                            "-s",
                        ])
                        .arg(&self.script)
                        .arg(url);
                    command
                        .arg("--")
                        .arg(request.method)
                        .arg(body.as_deref().unwrap_or(Path::new("-")));
                }
                Kind::Oha => {
                    command.args([
                        "--no-tui",
                        "--output-format",
                        "json",
                        "-c",
                        &CONNECTIONS.to_string(),
                        "-z",
                        &seconds,
                        "-m",
                        request.method,
                    ]);
                    if let Some(body) = body {
                        command.args(["-T", "application/json", "-D"]).arg(body);
                    }
                    command.arg(url);
                }
            }
        })?;
        let finished = child.finish()?;
        let after = usage();
        let output = child.output();
        if !finished.status.success() {
            return Err(fault(format!(
                "{} failed: {output}",
                self.program.display()
            )));
        }
        let printed = match self.kind {
            Kind::Wrk => output
                .lines()
                .rev()
                .find_map(|line| serde_json::from_str(line).ok()),
            Kind::Oha => from_oha(&output),
        };
        let printed: Printed = printed.ok_or_else(|| fault(format!("no figures in: {output}")))?;
        if printed.failed > 0 || printed.requests == 0 {
            return Err(fault(format!(
                "{} of {} requests to {} failed",
                printed.failed, printed.requests, request.path
            )));
        }
        let requests = float(printed.requests);
        let spent = |before: Option<Duration>, after: Option<Duration>| {
            before.zip(after).map_or(0.0, |(before, after)| {
                after.saturating_sub(before).as_secs_f64() * 1e6 / requests
            })
        };
        Ok(Sample {
            per_second: requests / (float(printed.duration_us) / 1e6),
            p50_us: printed.p50_us,
            p99_us: printed.p99_us,
            server_cpu_us: spent(before.0, after.0),
            database_cpu_us: spent(before.1, after.1),
            bytes: float(printed.bytes) / requests,
        })
    }
}

fn from_oha(output: &str) -> Option<Printed> {
    let value: Value = serde_json::from_str(output.trim()).ok()?;
    let number = |path: &str| value.pointer(path).and_then(Value::as_f64);
    let statuses = value.get("statusCodeDistribution")?.as_object()?;
    let count = |good: bool| {
        statuses
            .iter()
            .filter(|(status, _)| (status.as_str() == "200") == good)
            .filter_map(|(_, count)| count.as_u64())
            .sum::<u64>()
    };
    let seconds = number("/summary/total")?;
    Some(Printed {
        requests: count(true),
        duration_us: u64::try_from(Duration::from_secs_f64(seconds).as_micros()).ok()?,
        bytes: value
            .pointer("/summary/totalData")
            .and_then(Value::as_u64)
            .unwrap_or_default(),
        failed: count(false),
        p50_us: number("/latencyPercentiles/p50")? * 1e6,
        p99_us: number("/latencyPercentiles/p99")? * 1e6,
    })
}

/// A count as a number to divide.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "counts here are far below 2^52"
)]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// The middle one; of two, the mean.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    if values.len() % 2 == 1 {
        at(middle)
    } else {
        f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
    }
}

impl Sample {
    /// Figure by figure the median of several.
    pub(crate) fn median_of(samples: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median(samples.iter().map(figure));
        Self {
            per_second: of(|sample| sample.per_second),
            p50_us: of(|sample| sample.p50_us),
            p99_us: of(|sample| sample.p99_us),
            server_cpu_us: of(|sample| sample.server_cpu_us),
            database_cpu_us: of(|sample| sample.database_cpu_us),
            bytes: of(|sample| sample.bytes),
        }
    }
}
