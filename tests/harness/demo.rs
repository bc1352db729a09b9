//! The demo publication, loaded once for all tests and copied for each.

use std::{path::Path, sync::Arc};

use server::{BuildOptions, open};
use tokio::sync::OnceCell;

use super::{Place, TestClock, TestIds, database::TestDatabase};

static DEMO: OnceCell<Place> = OnceCell::const_new();
/// The first id after those of the demo.
const FIRST_ID: u64 = 1_000_000;

/// A place that holds the demo.
pub(super) async fn place() -> Place {
    let demo = DEMO.get_or_init(load).await;
    let files = tempfile::tempdir().unwrap();
    copy(demo.files.path(), files.path());
    Place {
        database: demo.database.copy().await,
        files,
        ids: TestIds::from(FIRST_ID),
    }
}

async fn load() -> Place {
    let place = Place {
        database: TestDatabase::create().await,
        files: tempfile::tempdir().unwrap(),
        ids: TestIds::default(),
    };
    let options = BuildOptions {
        clock: Arc::new(TestClock::default()),
        ids: Arc::new(TestIds::default()),
        ..BuildOptions::default()
    };
    let app = open(&place.config(), options).await.unwrap();
    server::commands::demo::load(&app).await.unwrap();
    // The database can be copied when nobody is connected to it.
    app.store().clone().close().await.unwrap();
    place
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
