//! The WordPress import: what an export becomes, and what happens when it is imported again.

use std::path::Path;

use application::transfer::wordpress::{self, ImportReport, WordPressImport};

use crate::harness::TestServer;

mod again;
mod content;
mod edited;
mod export;
mod faces;
mod faults;
mod fixtures;
mod languages;
mod listed;
mod program;
mod read;

fn request(path: &Path) -> WordPressImport {
    WordPressImport {
        path: path.to_owned(),
        ..WordPressImport::default()
    }
}

async fn import(server: &TestServer, request: &WordPressImport) -> ImportReport {
    wordpress::import(&server.system(), request, &())
        .await
        .unwrap()
}
