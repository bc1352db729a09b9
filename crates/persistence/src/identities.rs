//! Identities: the accounts of those whom an outside issuer signs in.

use domain::{
    Result,
    access::Permit,
    events::RecordKind,
    id::UserId,
    time::Timestamp,
    users::{Identity, User},
};
use sea_orm::Value;

use crate::{
    Reader, WriteTx,
    sql::Sql,
    users::{ACCOUNT, ROLES},
};

impl Reader<'_> {
    /// The account of somebody as an outside issuer names them, active or not: read for every
    /// request with one of its tokens, so that closing the account holds at once.
    pub async fn user_of_identity(&self, identity: &Identity) -> Result<Option<User>> {
        let mut sql = Sql::new(&format!(
            "SELECT {ACCOUNT} FROM user_identity i JOIN user_account u ON u.id = i.user_id{ROLES} WHERE i.issuer = "
        ));
        sql.bind(identity.issuer().to_owned())
            .push(" AND i.subject = ")
            .bind(identity.subject().to_owned())
            .push(" ORDER BY g.position");
        self.one_user(sql).await
    }
}

impl WriteTx {
    /// Says whose account one is that was just made. The permit is that of making it, which the
    /// audit log has already.
    pub async fn link_identity(
        &mut self,
        permit: &Permit,
        id: UserId,
        identity: &Identity,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::User, id)?;
        self.insert_rows(
            "user_identity (issuer, subject, user_id, created_at)",
            vec![[
                Value::from(identity.issuer().to_owned()),
                identity.subject().to_owned().into(),
                id.uuid().into(),
                at.into(),
            ]],
        )
        .await
    }
}
