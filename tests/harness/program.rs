//! The program in a process of its own, as people start it: this test program starts itself again,
//! and runs the command line instead of tests.

use std::{
    io::{BufRead as _, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
};

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

/// The program with these arguments, not yet started.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "harness::program::runs_the_command_line_it_was_given",
        ])
        .args(["--nocapture", "--test-threads=1"])
        .env(ARGUMENTS, arguments.join("\n"));
    command
}

/// A program that goes on until it is told to stop.
pub struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

/// Starts `colophon` with these arguments and settings.
pub fn start(arguments: &[&str], settings: &[(&str, &str)]) -> Running {
    let mut child = command(arguments)
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    Running { child, lines }
}

impl Running {
    /// Reads on until a line that begins with these words; what follows them.
    pub fn says(&mut self, words: &str) -> String {
        for line in &mut self.lines {
            if let Some(rest) = line.unwrap().trim_start().strip_prefix(words) {
                return rest.trim().to_owned();
            }
        }
        panic!("it ended without saying `{words}`");
    }

    /// Ends it at once (SIGKILL): it has no chance to do anything about it.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop; the code it ended with.
    pub fn terminate(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    /// A test that failed leaves nothing behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `colophon` with these arguments.
pub fn colophon(arguments: &[&str]) -> Ended {
    let output = command(arguments).output().unwrap();
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
