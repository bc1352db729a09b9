//! The demo's files are built into the program, which is made anew when one of them changes.

use std::io::Write;

fn main() -> std::io::Result<()> {
    writeln!(std::io::stdout(), "cargo::rerun-if-changed=demo")
}
