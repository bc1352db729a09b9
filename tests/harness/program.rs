//! The program in a process of its own, as people start it: this test program starts itself again,
//! and runs the command line instead of tests.

use std::process::Command;

use clap::Parser as _;
use server::{cli::Cli, commands};

/// The command line of the child, one argument a line.
const ARGUMENTS: &str = "COLOPHON_TEST_ARGUMENTS";
/// Stands before what the program writes and after it.
const MARK: &str = "\u{1e}\n";

/// What a process did.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    /// The most memory it had, in KiB; `None` where `/proc` does not tell.
    pub peak_kib: Option<u64>,
}

/// Runs `colophon` with these arguments.
pub fn colophon(arguments: &[&str]) -> Ended {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "harness::program::runs_the_command_line_it_was_given",
        ])
        .args(["--nocapture", "--test-threads=1"])
        .env(ARGUMENTS, arguments.join("\n"))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let within = |text: &str| text.split(MARK).nth(1).unwrap_or(text).to_owned();
    Ended {
        code: output.status.code().unwrap(),
        peak_kib: stderr
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
            .and_then(|number| number.trim().parse().ok()),
        stdout: within(&stdout),
        stderr: within(&stderr),
    }
}

/// No test by itself: without the variable there is nothing to do.
#[test]
fn runs_the_command_line_it_was_given() {
    let Some(arguments) = std::env::var_os(ARGUMENTS) else {
        return;
    };
    let arguments = arguments.into_string().unwrap();
    print!("{MARK}");
    eprint!("{MARK}");
    let cli = Cli::parse_from(std::iter::once("colophon").chain(arguments.lines()));
    let ended = commands::run(&cli);
    print!("{MARK}");
    eprint!("{MARK}");
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        eprintln!(
            "{}",
            status
                .lines()
                .find(|line| line.starts_with("VmHWM:"))
                .unwrap()
        );
    }
    let code = (0..=u8::MAX).find(|code| ended == std::process::ExitCode::from(*code));
    std::process::exit(code.unwrap().into());
}
