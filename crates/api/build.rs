//! Makes the folder of GraphiQL's files, so that the crate builds without them, and builds it anew
//! when they change.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/graphiql");
    fs::create_dir_all(&folder)?;
    // The stamp names the sources the files were bundled from; it stands in their entity tags.
    let stamp = fs::read_to_string(folder.join(".stamp")).unwrap_or_default();
    println!("cargo::rustc-env=COLOPHON_GRAPHIQL_STAMP={}", stamp.trim());
    println!("cargo::rerun-if-changed={}", folder.display());
    Ok(())
}
