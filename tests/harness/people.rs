//! People with roles.

use std::sync::OnceLock;

use application::{ActorContext, auth, keys, users};
use domain::{
    access::{Actor, Grant, Role},
    id::{EditionId, UserId},
    users::{Email, Password, UserDraft},
};
use uuid::Uuid;

use super::{TestServer, engine};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody with an account and a role.
pub struct Person {
    /// The account.
    pub id: UserId,
    /// Its address.
    pub email: String,
    /// Where the role is held.
    pub edition: EditionId,
    /// What they do, they do with this.
    pub cx: ActorContext,
}

/// The keys of all test servers.
pub fn keys() -> String {
    static KEYS: OnceLock<String> = OnceLock::new();
    let long_ago = "2026-01-01T00:00:00Z".parse().unwrap();
    KEYS.get_or_init(|| keys::generate(long_ago).unwrap().reveal().to_owned())
        .clone()
}

/// An id as the engine's SQL writes it.
pub fn sql_id(id: Uuid) -> String {
    match engine().as_str() {
        "postgres" => format!("'{id}'"),
        _ => format!("x'{}'", id.simple()),
    }
}

impl TestServer {
    /// Makes somebody an account and gives them a role in one edition.
    pub async fn person(&self, role: Role, edition: EditionId) -> Person {
        self.person_with(role, Some(edition), edition).await
    }

    /// Makes somebody an account and gives them a role for the whole site.
    pub async fn person_of_site(&self, role: Role) -> Person {
        let editions = self.system().editions().await.unwrap();
        let edition = editions.all().first().map(|edition| edition.id);
        let nowhere = EditionId::from_uuid(Uuid::nil());
        self.person_with(role, None, edition.unwrap_or(nowhere))
            .await
    }

    async fn person_with(&self, role: Role, held: Option<EditionId>, edition: EditionId) -> Person {
        let number = self.count("SELECT count(*) FROM user_account").await;
        let email = format!("p{number}@example.org");
        let grants = vec![Grant {
            role,
            edition: held,
        }];
        let draft = UserDraft {
            email: Email::parse("email", &email).unwrap(),
            display_name: format!("Person {number}"),
            is_active: true,
            grants: grants.clone(),
        };
        let password = Password::choose("password", PASSWORD, 10).unwrap();
        let id = users::create(&self.system(), draft, Some(password))
            .await
            .unwrap();
        Person {
            id,
            email,
            edition,
            cx: self.app.context(Actor::User { id, grants }),
        }
    }

    /// Signs somebody in: an access token.
    pub async fn sign_in(&self, person: &Person) -> String {
        let email = Email::parse("email", &person.email).unwrap();
        let password = Password::given("password", PASSWORD).unwrap();
        let tokens = auth::log_in(&self.reader(), &email, password)
            .await
            .unwrap();
        tokens.access.reveal().to_owned()
    }
}
