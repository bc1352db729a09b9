//! People with roles.

use application::ActorContext;
use domain::{
    access::{Actor, Grant, Role},
    id::{EditionId, UserId},
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{TestServer, engine};

/// Somebody with an account and a role in one edition.
pub struct Person {
    /// The account.
    pub id: UserId,
    /// Where the role is held.
    pub edition: EditionId,
    /// What they do, they do with this.
    pub cx: ActorContext,
}

/// An id as the engine's SQL writes it.
pub fn sql_id(id: Uuid) -> String {
    match engine().as_str() {
        "postgres" => format!("'{id}'"),
        _ => format!("x'{}'", id.simple()),
    }
}

impl TestServer {
    /// Makes somebody an account and gives them a role.
    pub async fn person(&self, role: Role, edition: EditionId) -> Person {
        let number = self.count("SELECT count(*) FROM user_account").await;
        let id = Uuid::from_u128(0x7000 + u128::from(number.unsigned_abs()));
        let connection = self.connect().await;
        connection
            .execute_unprepared(&format!(
                "INSERT INTO user_account (id, email, email_normal, display_name, is_active, version, created_at, updated_at) \
                 VALUES ({}, 'p{number}@example.org', 'p{number}@example.org', 'Person {number}', true, 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
                sql_id(id)
            ))
            .await
            .unwrap();
        connection.close().await.unwrap();
        let id = UserId::from_uuid(id);
        let grants = vec![Grant {
            role,
            edition: Some(edition),
        }];
        Person {
            id,
            edition,
            cx: self.app.context(Actor::User { id, grants }),
        }
    }
}
