//! Signing in, for tests that speak to a server as somebody.

use domain::{access::Role, id::EditionId};

use super::TestServer;

impl TestServer {
    /// A bearer token of somebody who holds a role, in one edition or for the whole site.
    pub async fn signed_in(&self, role: Role, edition: Option<EditionId>) -> String {
        let person = match edition {
            Some(edition) => self.person(role, edition).await,
            None => self.person_of_site(role).await,
        };
        self.sign_in(&person).await
    }
}
