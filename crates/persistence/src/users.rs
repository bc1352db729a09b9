//! Accounts: who may sign in, with which password, in which roles.

use domain::{
    Error, Result,
    access::{Grant, Permit},
    events::{ContentEvent, RecordKind},
    id::{Id, UserId},
    paging::{Key, ListOrder, Page, PageArgs},
    time::Timestamp,
    users::{Email, User, UserDraft},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    lists::Order,
    sql::{Row, Sql},
    write_tx::Save,
};

/// What an account is read from; each row has one of its roles, or none.
pub(crate) const ACCOUNT: &str = "u.id, u.email, u.display_name, u.is_active, u.email_confirmed_at, u.version, u.created_at, u.updated_at, g.role, g.edition_id";
pub(crate) const ROLES: &str = " LEFT JOIN role_grant g ON g.user_id = u.id";

/// Reads the columns of [`ACCOUNT`] into the account they belong to.
pub(crate) fn read_into(users: &mut Vec<User>, row: &mut Row) -> Result<()> {
    let id = UserId::from_uuid(row.get()?);
    let email: String = row.get()?;
    let user = User {
        id,
        email: Email::try_from(email).map_err(Error::internal)?,
        display_name: row.get()?,
        is_active: row.get()?,
        grants: Vec::new(),
        email_confirmed_at: row.get()?,
        version: row.get()?,
        created_at: row.get()?,
        updated_at: row.get()?,
    };
    let role: Option<String> = row.get()?;
    let edition: Option<Uuid> = row.get()?;
    if users.last().is_none_or(|last| last.id != id) {
        users.push(user);
    }
    if let (Some(role), Some(user)) = (role, users.last_mut()) {
        user.grants.push(Grant {
            role: role
                .parse()
                .map_err(|error: Error| Error::internal(error))?,
            edition: edition.map(Id::from_uuid),
        });
    }
    Ok(())
}

/// What signing in compares.
pub struct Credentials {
    /// The account.
    pub user: User,
    /// The hash of its password (PHC string), if it has one.
    pub password: Option<String>,
}

/// Shows no hash.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl Reader<'_> {
    /// An account. Whether the actor may see it is for the caller to ask.
    pub async fn user(&self, id: UserId) -> Result<Option<User>> {
        let mut sql = Sql::new(&format!(
            "SELECT {ACCOUNT} FROM user_account u{ROLES} WHERE u.id = "
        ));
        sql.bind(id.uuid()).push(" ORDER BY g.position");
        self.one_user(sql).await
    }

    /// The account with an address, in its normal form, and the hash of its password.
    pub async fn credentials(&self, email_normal: &str) -> Result<Option<Credentials>> {
        let mut sql = Sql::new(&format!(
            "SELECT {ACCOUNT}, p.hash FROM user_account u{ROLES} LEFT JOIN user_password p ON p.user_id = u.id WHERE u.email_normal = "
        ));
        sql.bind(email_normal.to_owned())
            .push(" ORDER BY g.position");
        let mut users = Vec::new();
        let mut password = None;
        for mut row in self.query(sql).await? {
            read_into(&mut users, &mut row)?;
            password = row.get()?;
        }
        Ok(users.pop().map(|user| Credentials { user, password }))
    }

    /// Whether anybody who may sign in is an owner of the site.
    pub async fn has_owner(&self) -> Result<bool> {
        let sql = Sql::new(
            "SELECT 1 FROM role_grant g JOIN user_account u ON u.id = g.user_id WHERE g.role = 'owner' AND g.edition_id IS NULL AND u.is_active LIMIT 1",
        );
        Ok(self.query_one(sql).await?.is_some())
    }

    /// A page of the accounts, by their addresses. Whether the actor may see them is for the caller to
    /// ask.
    pub async fn users(&self, page: &PageArgs) -> Result<Page<User>> {
        let order = Order {
            list: ListOrder::by_text("email"),
            key: "u.email_normal",
            id: "u.id",
            descending: false,
        };
        let from_where = Sql::new(" FROM user_account u WHERE 1 = 1");
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new("SELECT u.id");
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        // The roles of those on the page alone: an account has as many rows as roles.
        let mut whole = Sql::new(&format!(
            "SELECT {ACCOUNT} FROM user_account u{ROLES} WHERE u.id IN ("
        ));
        whole.append(&sql).push(")");
        whole.push(&order.by(page, "u.email_normal", "u.id"));
        whole.push(", g.position");
        let mut users = Vec::new();
        for mut row in self.query(whole).await? {
            read_into(&mut users, &mut row)?;
        }
        let keyed = users.into_iter().map(|user: User| {
            let (key, id) = (Key::Text(user.email.normal()), user.id.uuid());
            (user, key, id)
        });
        Ok(order.page_of(page, keyed.collect(), total))
    }

    pub(crate) async fn one_user(&self, sql: Sql) -> Result<Option<User>> {
        let mut users = Vec::new();
        for mut row in self.query(sql).await? {
            read_into(&mut users, &mut row)?;
        }
        Ok(users.pop())
    }
}

impl WriteTx {
    /// Makes or changes an account and its roles.
    pub async fn save_user(
        &mut self,
        permit: &Permit,
        Save { id, version, at }: Save<UserId>,
        draft: &UserDraft,
    ) -> Result<()> {
        permit.covers(RecordKind::User, id)?;
        let mut sql;
        if version == 1 {
            sql = Sql::new(
                "INSERT INTO user_account (id, email, email_normal, display_name, is_active, version, created_at, updated_at) VALUES (",
            );
            sql.bind_all([
                Value::from(id.uuid()),
                draft.email.as_str().into(),
                draft.email.normal().into(),
                draft.name().into(),
                draft.is_active.into(),
                1_i64.into(),
                at.into(),
                at.into(),
            ])
            .push(")");
        } else {
            // Another address has to be confirmed anew.
            sql =
                Sql::new("UPDATE user_account SET email_confirmed_at = CASE WHEN email_normal = ");
            sql.bind(draft.email.normal())
                .push(" THEN email_confirmed_at END, email = ")
                .bind(draft.email.as_str())
                .push(", email_normal = ")
                .bind(draft.email.normal())
                .push(", display_name = ")
                .bind(draft.name())
                .push(", is_active = ")
                .bind(draft.is_active);
            sql.push(", version = ")
                .bind(version)
                .push(", updated_at = ")
                .bind(at)
                .push(" WHERE id = ")
                .bind(id.uuid())
                .push(" AND version = ")
                .bind(version - 1);
        }
        if self.save_into("user_account", sql).await? == 0 {
            return Err(Error::stale(version));
        }
        if version > 1 {
            self.clear("role_grant", "user_id", id.uuid()).await?;
        }
        let rows = draft.grants.iter().zip(0_i64..).map(|(grant, position)| {
            [
                Value::from(id.uuid()),
                position.into(),
                grant.edition.map(Id::uuid).into(),
                grant.role.as_str().into(),
                at.into(),
            ]
        });
        self.insert_rows(
            "role_grant (user_id, position, edition_id, role, created_at)",
            rows.collect(),
        )
        .await?;
        let verb = if version == 1 { "created" } else { "updated" };
        self.audit(
            permit,
            at,
            &ContentEvent::new(RecordKind::User, verb, id, None),
        );
        Ok(())
    }

    /// Keeps the hash of somebody's new password.
    pub async fn set_password(
        &mut self,
        permit: &Permit,
        id: UserId,
        hash: &str,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::User, id)?;
        self.hold_user(id).await?;
        let mut sql = Sql::new("INSERT INTO user_password (user_id, hash, changed_at) VALUES (");
        sql.bind_all([Value::from(id.uuid()), hash.into(), at.into()])
            .push(") ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at");
        self.execute(sql).await?;
        let event = ContentEvent::new(RecordKind::User, "password_changed", id, None);
        self.audit(permit, at, &event);
        Ok(())
    }

    /// Notes that mail to an address reaches its owner, if it still is theirs.
    pub async fn confirm_email(
        &mut self,
        permit: &Permit,
        id: UserId,
        email_normal: &str,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::User, id)?;
        let mut sql = Sql::new("UPDATE user_account SET email_confirmed_at = ");
        sql.bind(at)
            .push(" WHERE email_confirmed_at IS NULL AND id = ")
            .bind(id.uuid())
            .push(" AND email_normal = ")
            .bind(email_normal.to_owned());
        if self.execute(sql).await? > 0 {
            let event = ContentEvent::new(RecordKind::User, "email_confirmed", id, None);
            self.audit(permit, at, &event);
        }
        Ok(())
    }

    /// Keeps the same password in another hash, if it still is the same: nobody changed anything.
    pub async fn rehash_password(&self, id: UserId, old: &str, new: &str) -> Result<()> {
        let mut sql = Sql::new("UPDATE user_password SET hash = ");
        sql.bind(new)
            .push(" WHERE user_id = ")
            .bind(id.uuid())
            .push(" AND hash = ")
            .bind(old);
        self.execute(sql).await?;
        Ok(())
    }

    /// Holds an account to the end of the transaction: what others change about it comes before or
    /// after.
    pub async fn hold_user(&self, id: UserId) -> Result<()> {
        let mut sql = Sql::new("UPDATE user_account SET version = version WHERE id = ");
        sql.bind(id.uuid());
        self.execute(sql).await?;
        Ok(())
    }

    /// Lets one transaction after the other look who the owners of the site are.
    pub async fn hold_owners(&self) -> Result<()> {
        if let Some(lock) = self.engine().owners_lock() {
            self.execute(Sql::new(lock)).await?;
        }
        Ok(())
    }
}
