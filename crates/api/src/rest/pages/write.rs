//! Changes of pages.

use domain::{
    change::{ContentChange, EntryChange, PageChange},
    id::{EntryId, kinds},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Page;
use crate::{
    error::Problem,
    rest::{
        batch::Operation,
        entries::{
            operations,
            write::{
                ChangeEntry, CreateEntry, New, Own, Patch, TrashEntry, Writable, create, trash,
                update,
            },
        },
        field::{Collected, Field},
        parameters::Of,
        request::Read,
        wire::Id as IdSchema,
        write::{Write, WriteAnswer},
    },
};

/// The members a page has besides those that all entries share.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct PageMembers {
    /// The id of the page above; null: it stands below no other.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    parent_id: Field<String>,
    /// Its place among the pages of its parent.
    #[serde(default)]
    #[schema(value_type = i32, required = false)]
    position: Field<i32>,
}

impl Own for PageMembers {
    const NEW: &'static str = "NewPage";
    const PATCH: &'static str = "PagePatch";

    fn read(self, entry: EntryChange, wrong: &mut Collected) -> ContentChange {
        ContentChange::Page(PageChange {
            entry,
            parent: wrong.id("parentId", self.parent_id),
            position: wrong.required("position", self.position).map(i64::from),
        })
    }
}

impl Writable for Page<'_> {
    const LIST: &'static str = "pages";
    const TAG: &'static str = "Pages";
    const ONE: &'static str = "a page";
    type Kind = kinds::Page;

    fn id(read: &Read) -> Result<EntryId, Problem> {
        read.id::<kinds::Page>().map(EntryId::from)
    }
}

type NewPage = New<PageMembers>;
type PagePatch = Patch<PageMembers>;

/// Create a page
///
/// It is a draft; publishing is a step of its own.
#[utoipa::path(
    post,
    path = "/pages",
    tag = "Pages",
    params(Of<CreateEntry<Page<'_>>>),
    request_body = NewPage,
    responses((status = 201, description = "The new page.", body = Page<'_>)),
)]
pub(in crate::rest) async fn create_page(write: Write) -> WriteAnswer {
    create::<Page<'_>, PageMembers>(write).await
}

/// Change a page
///
/// What is left out stays, null clears (RFC 7396). Of what is public it makes an edit that waits
/// until it is published; the answer shows it with that edit.
#[utoipa::path(
    patch,
    path = "/pages/{id}",
    tag = "Pages",
    params(Of<ChangeEntry<Page<'_>>>),
    request_body(content(
        (PagePatch = "application/merge-patch+json"),
        (PagePatch = "application/json"),
    )),
    responses((status = 200, description = "The page as it is now, with what waits of it.", body = Page<'_>)),
)]
pub(in crate::rest) async fn update_page(write: Write) -> WriteAnswer {
    update::<Page<'_>, PageMembers>(write).await
}

/// Delete a page
///
/// Puts it into the trash. Purging is a step and a right of its own.
#[utoipa::path(
    delete,
    path = "/pages/{id}",
    tag = "Pages",
    params(Of<TrashEntry<Page<'_>>>),
    responses((status = 204, description = "It is in the trash.")),
)]
pub(in crate::rest) async fn delete_page(write: Write) -> WriteAnswer {
    trash::<Page<'_>>(write).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    operations::<Page<'static>, PageMembers>()
}
