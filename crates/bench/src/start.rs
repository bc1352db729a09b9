//! Measures the start of the server on a migrated store, its memory and the size of the program.

use std::{fs, thread, time::Duration};

use crate::{
    Result,
    floor::FloorArgs,
    load::{float, median},
    process::{self, Memory},
    report::{Line, Must, Section},
    servers::Tools,
};

/// How long a server is left alone before its memory is read.
const SETTLE: Duration = Duration::from_secs(2);

/// Starts both servers in turn, so many times each.
pub(crate) fn measure(
    tools: &Tools,
    database: &str,
    times: usize,
) -> Result<(Section, Option<Memory>)> {
    let (mut own, mut hello) = (Vec::new(), Vec::new());
    for _ in 0..times {
        // The first answer reads the store.
        own.push(
            tools
                .colophon("start", database, "/api/v1/site")?
                .first_answer
                .as_secs_f64()
                * 1e3,
        );
        hello.push(
            tools
                .floor("hello", &FloorArgs::default())?
                .first_answer
                .as_secs_f64()
                * 1e3,
        );
    }
    let (own, hello) = (median(own), median(hello));
    let server = tools.colophon("start", database, "/api/v1/site")?;
    thread::sleep(SETTLE);
    let idle = process::memory(server.process.id());
    let size = float(fs::metadata(&tools.colophon)?.len()) / 1e6;
    let lines = vec![
        Line::goal(
            "start to first answer, migrated store / bare axum hello",
            format!("{own:.1} ms / {hello:.1} ms"),
            own / hello,
            Must::AtMost(20.0),
        ),
        Line::plain("size of the program", format!("{size:.1} MB")),
    ];
    Ok((
        Section {
            title: "start and memory".to_owned(),
            lines,
        },
        idle,
    ))
}

/// Lines on the memory of the server, idle and after the load.
pub(crate) fn memory_line(what: &str, memory: Option<Memory>, bound: f64) -> Line {
    let Some(memory) = memory else {
        return Line::not_available(what, "not measured in this run");
    };
    let mb = |kib: u64| float(kib) * 1.024 / 1000.0;
    let value = format!(
        "{:.1} MB resident ({:.1} MB its own, the rest mapped files), peak {:.1} MB",
        mb(memory.resident_kib),
        mb(memory.anonymous_kib),
        mb(memory.peak_kib)
    );
    Line::bound(what, value, mb(memory.resident_kib), Must::AtMost(bound))
}
