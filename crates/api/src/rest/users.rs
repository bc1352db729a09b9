//! Accounts: who may sign in, and what they may do.

use application::{auth, users};
use axum::response::Response;
use domain::{
    access::{Grant, Role},
    change::Change,
    editions::EditionSet,
    id::{UserId, kinds},
    users::{Email, NewPassword, User, UserChange, UserDraft},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    accounts::UserBody,
    answer::{self, Answer, List},
    entries::members::set,
    field::{Body, Collected, Field, Unknown, Wire},
    parameters::{Declared, Groups, Kind, Nothing, Of, PAGE, Parameter},
    request::Read,
    selection::Selection,
    write::{Write, WriteAnswer, changed, deleted},
};
use crate::error::Problem;

/// The operations on accounts.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_users, create_user))
        .routes(routes!(get_user, update_user))
        .routes(routes!(deactivate_user))
        .routes(routes!(sign_out_user))
}

/// Lists accounts.
struct ListUsers;
impl Declared for ListUsers {
    const PARAMETERS: Groups = &[PAGE];
}

/// Names one account.
struct OneUser;
impl Declared for OneUser {
    const PARAMETERS: Groups = &[&[Parameter::path(
        "id",
        Kind::Id("user"),
        "The id of the account.",
    )]];
}

type UserList = List<UserBody>;

/// A role somebody is to hold.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GrantInput {
    /// The role.
    #[serde(default)]
    #[schema(value_type = RoleWord, required)]
    role: Field<String>,
    /// The code of the edition it is for; null or left out: for the whole site.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    edition: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What people are to the publication.
#[derive(ToSchema)]
#[schema(as = Role, rename_all = "lowercase")]
#[expect(dead_code, reason = "it stands for its schema")]
enum RoleWord {
    Viewer,
    Contributor,
    Author,
    Editor,
    Owner,
}

impl Wire for GrantInput {
    const MUST_BE: &'static str = "must be an object";
}

impl GrantInput {
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Option<Grant> {
        wrong.unknown(&self.unknown);
        let role = wrong.needed("role", self.role);
        let role = role.and_then(|text| wrong.take(text.parse::<Role>()));
        let edition = match self.edition {
            Field::Absent | Field::Null => Some(None),
            named @ (Field::Value(_) | Field::Wrong) => {
                wrong.edition_of("edition", named, editions).map(Some)
            }
        };
        let (role, edition) = role.zip(edition)?;
        Some(Grant { role, edition })
    }
}

fn grants(
    wrong: &mut Collected,
    field: Field<Vec<Field<GrantInput>>>,
    editions: &EditionSet,
) -> Change<Vec<Grant>> {
    let Change::Set(items) = wrong.required("grants", field) else {
        return Change::Keep;
    };
    let mut grants = Vec::with_capacity(items.len());
    wrong.within("grants", |wrong| {
        for (number, item) in items.into_iter().enumerate() {
            let place = number.to_string();
            if let Some(item) = wrong.needed(&place, item) {
                grants.extend(wrong.within(&place, |wrong| item.read(editions, wrong)));
            }
        }
    });
    Change::Set(grants)
}

/// A new account.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewUser {
    /// Where mail reaches them.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 254)]
    email: Field<String>,
    /// What they are called; the address up to the `@` if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    display_name: Field<String>,
    /// Their password. Without one they ask for a mail by which they choose it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1024)]
    password: Field<String>,
    /// Their roles.
    #[serde(default)]
    #[schema(value_type = Vec<GrantInput>, required = false, max_items = 100)]
    grants: Field<Vec<Field<GrantInput>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// A new account as it was read.
struct New {
    draft: Option<UserDraft>,
    password: Option<String>,
}

impl Body for NewUser {
    type Command = New;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> New {
        wrong.unknown(&self.unknown);
        let email = wrong.needed("email", self.email);
        let email = email.and_then(|text| wrong.take(Email::parse("email", &text)));
        let display_name = set(wrong.clearable("displayName", self.display_name));
        let password = set(wrong.clearable("password", self.password));
        let grants = match grants(wrong, self.grants, editions) {
            Change::Set(grants) => grants,
            Change::Keep => Vec::new(),
        };
        let draft = email.map(|email| UserDraft {
            email,
            display_name: display_name.unwrap_or_default(),
            is_active: true,
            grants,
        });
        New { draft, password }
    }
}

/// Changes of an account. What is left out stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserPatch {
    /// Where mail reaches them. Their sessions end.
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 254)]
    email: Field<String>,
    /// What they are called; null: the address up to the `@`.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    display_name: Field<String>,
    /// Whether they may sign in. If not, their sessions end and their keys are refused.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_active: Field<bool>,
    /// Their roles: all of them. Their sessions end when they change.
    #[serde(default)]
    #[schema(value_type = Vec<GrantInput>, required = false, max_items = 100)]
    grants: Field<Vec<Field<GrantInput>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for UserPatch {
    type Command = UserChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> UserChange {
        wrong.unknown(&self.unknown);
        let email = match wrong.required("email", self.email) {
            Change::Set(text) => wrong
                .take(Email::parse("email", &text))
                .map_or(Change::Keep, Change::Set),
            Change::Keep => Change::Keep,
        };
        UserChange {
            email,
            display_name: wrong
                .clearable("displayName", self.display_name)
                .map(Option::unwrap_or_default),
            is_active: wrong.required("isActive", self.is_active),
            grants: grants(wrong, self.grants, editions),
        }
    }
}

/// List accounts
///
/// By their addresses. For owners of the site.
#[utoipa::path(
    get,
    path = "/users",
    tag = "Accounts",
    params(Of<ListUsers>),
    security(("bearer" = [])),
    responses((status = 200, description = "A page of the accounts.", body = UserList)),
)]
async fn list_users(read: Read) -> Answer {
    let query = read.query::<ListUsers>()?;
    let args = query.page()?;
    let page = users::list(&read.cx, &args).await?;
    let editions = read.cx.editions().await?;
    let page = page.map(|user| UserBody::new(user, &editions));
    let data: Vec<&UserBody> = page.nodes().collect();
    answer::list(&read, &query, &Selection::default(), &args, (&page, data))
}

/// Get an account
///
/// For its owner and for owners of the site.
#[utoipa::path(
    get,
    path = "/users/{id}",
    tag = "Accounts",
    params(Of<OneUser>),
    security(("bearer" = [])),
    responses((status = 200, description = "The account.", body = UserBody)),
)]
async fn get_user(read: Read) -> Answer {
    read.query::<OneUser>()?;
    let id = read.id::<kinds::User>()?;
    one(&read, id).await
}

async fn one(read: &Read, id: UserId) -> Result<Response, Problem> {
    let user = users::get(&read.cx, id).await?;
    let editions = read.cx.editions().await?;
    let stamp = (user.version, user.updated_at);
    let record = UserBody::new(user, &editions);
    answer::one(read, &Selection::default(), &record, stamp)
}

/// Create an account
///
/// For owners of the site.
#[utoipa::path(
    post,
    path = "/users",
    tag = "Accounts",
    params(Of<Nothing>),
    request_body = NewUser,
    responses((status = 201, description = "The new account.", body = UserBody)),
)]
async fn create_user(write: Write) -> WriteAnswer {
    write.query::<Nothing>()?;
    let cx = &write.read.cx;
    let editions = cx.editions().await?;
    let chosen = |new: &New| -> domain::Result<Option<NewPassword>> {
        let password = new.password.as_deref();
        password
            .map(|text| auth::choose_password(cx, "password", text))
            .transpose()
    };
    let new = write.body::<NewUser>(&editions, &[], |new| {
        let mut wrong = new
            .draft
            .as_ref()
            .map(UserDraft::faults)
            .unwrap_or_default();
        if let Err(error) = chosen(new) {
            wrong.extend(error.fields().to_vec());
        }
        wrong
    })?;
    let password = chosen(&new)?;
    let draft = new
        .draft
        .ok_or_else(|| domain::Error::internal("a body was lost"))?;
    let id = users::create(cx, draft, password).await?;
    Ok(write.created("users", id, one(&write.read, id).await?))
}

/// Change an account
///
/// What is left out stays, null clears (RFC 7396). Everybody changes their own name; all else is for
/// owners of the site. The last owner of the site stays.
#[utoipa::path(
    patch,
    path = "/users/{id}",
    tag = "Accounts",
    params(Of<OneUser>),
    request_body(content(
        (UserPatch = "application/merge-patch+json"),
        (UserPatch = "application/json"),
    )),
    responses((status = 200, description = "The account as it is now.", body = UserBody)),
)]
async fn update_user(write: Write) -> WriteAnswer {
    write.query::<OneUser>()?;
    let editions = write.read.cx.editions().await?;
    let (id, expected) = (write.id::<kinds::User>()?, write.version()?);
    let change = write.body::<UserPatch>(&editions, &[], UserChange::faults)?;
    let user = users::change(&write.read.cx, id, expected, change).await?;
    answer_user(&write, user, &editions)
}

/// Deactivate an account
///
/// They are signed out everywhere, and their keys are refused. For owners of the site.
#[utoipa::path(
    post,
    path = "/users/{id}/deactivate",
    tag = "Accounts",
    params(Of<OneUser>),
    responses((status = 200, description = "The account as it is now.", body = UserBody)),
)]
async fn deactivate_user(write: Write) -> WriteAnswer {
    write.query::<OneUser>()?;
    let (id, expected) = (write.id::<kinds::User>()?, write.version()?);
    let user = users::deactivate(&write.read.cx, id, expected).await?;
    let editions = write.read.cx.editions().await?;
    answer_user(&write, user, &editions)
}

fn answer_user(write: &Write, user: User, editions: &EditionSet) -> WriteAnswer {
    let stamp = (user.version, user.updated_at);
    let record = UserBody::new(user, editions);
    let read = answer::one(&write.read, &Selection::default(), &record, stamp)?;
    Ok(changed(read))
}

/// Sign somebody out everywhere
///
/// All their sessions end. For oneself and for owners of the site.
#[utoipa::path(
    delete,
    path = "/users/{id}/sessions",
    tag = "Accounts",
    params(Of<OneUser>),
    responses((status = 204, description = "They are signed out.")),
)]
async fn sign_out_user(write: Write) -> WriteAnswer {
    write.query::<OneUser>()?;
    let (id, expected) = (write.id::<kinds::User>()?, write.version()?);
    users::sign_out(&write.read.cx, id, expected).await?;
    Ok(deleted())
}
