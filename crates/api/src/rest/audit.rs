//! The audit log: who changed what, when and from where. For owners.

use application::audit;
use chrono::{DateTime, Utc};
use domain::{
    audit::{AuditEntry as DomainEntry, AuditQuery, Changed as DomainChanged},
    editions::EditionSet,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    parameters::{Declared, Groups, Kind, Of, PAGE, Parameter},
    request::Read,
    selection::Selection,
    wire::Status,
};

/// The operations on the audit log.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list_audit))
}

/// Lists entries of the log.
struct ListAudit;
impl Declared for ListAudit {
    const PARAMETERS: Groups = &[
        &[
            Parameter::optional(
                "filter[actor]",
                Kind::Text,
                "By this actor: the id of an account or a key, or `system:` and a name.",
            ),
            Parameter::optional("filter[target]", Kind::Text, "Of the record with this id."),
            Parameter::optional(
                "filter[event]",
                Kind::Text,
                "Of this event, such as `article.published`.",
            ),
            Parameter::optional("filter[at][gte]", Kind::Time, "At this time or later."),
            Parameter::optional("filter[at][lt]", Kind::Time, "Earlier than this time."),
        ],
        PAGE,
    ];
}

/// One entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditEntry<'a> {
    /// Counts the entries.
    sequence: i64,
    /// When.
    at: DateTime<Utc>,
    /// Who: the id of an account or a key, or `system:` and a name.
    actor: &'a str,
    /// What the right to do it is called: `update`.
    action: &'a str,
    /// The kind of record.
    target_kind: &'a str,
    /// The id of the record.
    target: &'a str,
    /// What happened: `article.published`.
    event: Option<&'a str>,
    /// The code of the edition it happened in, where it has one that is still there.
    edition: Option<&'a str>,
    /// The fields that were set, where fields were.
    fields: Option<&'a [String]>,
    /// The status an entry had, where it changed.
    from_status: Option<Status>,
    /// The status it got, where it changed.
    to_status: Option<Status>,
    /// What was said about it.
    note: Option<&'a str>,
    /// The address of the client.
    address: Option<&'a str>,
    /// The id of the request.
    request_id: Option<&'a str>,
}

impl<'a> AuditEntry<'a> {
    fn new(entry: &'a DomainEntry, editions: &'a EditionSet) -> Self {
        let edition = entry.edition.and_then(|id| editions.get(id).ok());
        let (fields, statuses) = match &entry.changed {
            DomainChanged::Whole => (None, None),
            DomainChanged::Fields { changed } => (Some(changed.as_slice()), None),
            DomainChanged::Transition { from, to } => (None, Some((*from, *to))),
        };
        Self {
            sequence: entry.sequence,
            at: entry.at,
            actor: &entry.actor,
            action: &entry.action,
            target_kind: &entry.target_kind,
            target: &entry.target,
            event: entry.event.as_deref(),
            edition: edition.map(|edition| edition.code.as_str()),
            fields,
            from_status: statuses.map(|(from, _)| from.into()),
            to_status: statuses.map(|(_, to)| to.into()),
            note: entry.note.as_deref(),
            address: entry.address.as_deref(),
            request_id: entry.request_id.as_deref(),
        }
    }
}

type AuditEntryList<'a> = List<AuditEntry<'a>>;

/// List the audit log
///
/// The newest entries first. For owners.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "Audit",
    params(Of<ListAudit>),
    security(("bearer" = [])),
    responses((status = 200, description = "A page of the log.", body = AuditEntryList<'_>)),
)]
async fn list_audit(read: Read) -> Answer {
    let query = read.query::<ListAudit>()?;
    let text = |name| query.text(name).map(str::to_owned);
    let wanted = AuditQuery {
        actor: text("filter[actor]"),
        target: text("filter[target]"),
        event: text("filter[event]"),
        since: query.time("filter[at][gte]"),
        until: query.time("filter[at][lt]"),
    };
    let args = query.page()?;
    let page = audit::list(&read.cx, &wanted, &args).await?;
    let editions = read.cx.editions().await?;
    let data = page.nodes().map(|entry| AuditEntry::new(entry, &editions));
    let data: Vec<AuditEntry<'_>> = data.collect();
    answer::list(&read, &query, &Selection::default(), &args, (&page, data))
}
