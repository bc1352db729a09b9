//! Signing in, for tests that speak to a server as somebody.

use domain::{access::Role, id::EditionId};

use super::TestServer;

impl TestServer {
    /// A bearer token of somebody who holds a role, in one edition or for the whole site.
    pub async fn signed_in(&self, role: Role, edition: Option<EditionId>) -> String {
        let _ = self.url.len();
        let edition = edition.map_or_else(|| "-".to_owned(), |edition| edition.uuid().to_string());
        format!("test.{role:?}.{edition}")
    }
}
