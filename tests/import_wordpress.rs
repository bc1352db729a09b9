//! The WordPress import: what an export becomes, and what happens when it is imported again.

use std::path::Path;

use application::transfer::wordpress::{self, ImportReport, WordPressImport};

use crate::harness::TestServer;

mod addresses;
mod again;
mod bodies;
mod content;
mod documented;
mod edited;
pub mod export;
mod faces;
mod faults;
mod fixtures;
mod hidden;
mod languages;
mod listed;
mod menus;
mod program;
mod read;
mod states;
mod terms;

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
