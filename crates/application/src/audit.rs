//! The audit log.

use domain::{
    Result,
    access::{Action, Target},
    audit::{AuditEntry, AuditQuery},
    events::RecordKind,
    paging::{Page, PageArgs},
};

use crate::ActorContext;

/// A page of the log, the newest entries first.
pub async fn list(
    cx: &ActorContext,
    query: &AuditQuery,
    page: &PageArgs,
) -> Result<Page<AuditEntry>> {
    let log = Target::shared(RecordKind::Audit, RecordKind::Audit.as_str());
    let permit = cx.authorize(Action::Inspect, log)?;
    cx.reader().audit(&permit, query, page).await
}
