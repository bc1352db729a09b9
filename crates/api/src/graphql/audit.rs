//! The audit log: who changed what, when and from where.

use application::audit;
use async_graphql::{Context, InputObject, Object, Result};
use domain::audit::{AuditQuery, Changed};

use super::{
    connection::{Connection, Listed, Paging},
    context::session,
    editions::Edition,
    enums::Status,
    lookahead,
    scalars::DateTime,
};

/// One entry of the audit log.
pub(crate) struct AuditEntry(domain::audit::AuditEntry);

impl From<domain::audit::AuditEntry> for AuditEntry {
    fn from(entry: domain::audit::AuditEntry) -> Self {
        Self(entry)
    }
}

impl Listed for AuditEntry {
    const CONNECTION: &'static str = "AuditEntryConnection";
    const EDGE: &'static str = "AuditEntryEdge";
}

/// One entry of the audit log. What was written is not in it: that is in the revisions.
#[Object]
impl AuditEntry {
    /// When it happened.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Who did it: `user_…`, `apikey_…`, `system:cli`.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// What they needed the right to: `create`, `update`, `publish`.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// The kind of record it was done to.
    async fn target_kind(&self) -> &str {
        &self.0.target_kind
    }

    /// The id of the record it was done to.
    async fn target(&self) -> &str {
        &self.0.target
    }

    /// What happened: `article.published`.
    async fn event(&self) -> Option<&str> {
        self.0.event.as_deref()
    }

    /// The edition it happened in; null if the record belongs to none, or the edition is gone.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<Edition>> {
        let session = session(ctx)?;
        Ok(self.0.edition.and_then(|id| session.edition(id).ok()))
    }

    /// The names of the fields that were set. Empty if the record was made, removed, replaced or
    /// moved.
    async fn changed_fields(&self) -> Vec<&str> {
        match &self.0.changed {
            Changed::Fields { changed } => changed.iter().map(String::as_str).collect(),
            Changed::Whole | Changed::Transition { .. } => Vec::new(),
        }
    }

    /// The status an entry had, if it was moved.
    async fn status_before(&self) -> Option<Status> {
        match &self.0.changed {
            Changed::Transition { from, .. } => Some((*from).into()),
            Changed::Whole | Changed::Fields { .. } => None,
        }
    }

    /// The status an entry got, if it was moved.
    async fn status_after(&self) -> Option<Status> {
        match &self.0.changed {
            Changed::Transition { to, .. } => Some((*to).into()),
            Changed::Whole | Changed::Fields { .. } => None,
        }
    }

    /// What was said about it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The network address it came from.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// The id of the request, as the header `X-Request-Id` of the answer had it.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }
}

/// Conditions on entries of the log; all that are set must hold.
#[derive(InputObject, Debug, Default)]
pub(crate) struct AuditFilter {
    /// Done by this actor: `user_…`, `apikey_…`, `system:cli`.
    actor: Option<String>,
    /// Done to the record of this id.
    target: Option<String>,
    /// What happened: `article.published`.
    event: Option<String>,
    /// At this time or later.
    since: Option<DateTime>,
    /// Before this time.
    until: Option<DateTime>,
}

impl From<AuditFilter> for AuditQuery {
    fn from(filter: AuditFilter) -> Self {
        Self {
            actor: filter.actor,
            target: filter.target,
            event: filter.event,
            since: filter.since.map(|DateTime(at)| at),
            until: filter.until.map(|DateTime(at)| at),
        }
    }
}

/// The root fields about the audit log.
#[derive(Default)]
pub(crate) struct AuditQueries;

#[Object]
impl AuditQueries {
    /// The audit log, the newest entries first. Only for owners of the site; an error for others.
    async fn audit_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Only those that match.")] filter: Option<AuditFilter>,
    ) -> Result<Connection<AuditEntry>> {
        let page = Paging::forward(first, after).check(lookahead::page(ctx))?;
        let query = filter.unwrap_or_default().into();
        let found = audit::list(session(ctx)?.cx(), &query, &page).await?;
        Ok(Connection::new(found))
    }
}
