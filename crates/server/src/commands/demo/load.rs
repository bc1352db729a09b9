//! Writes the demo into the store: first the files of its assets, then all records in one
//! transaction, so that there is no half of it.

use std::collections::HashMap;

use application::{ActorContext, Tx, media, settings};
use bytes::Bytes;
use domain::{Result, settings::SiteDraft};
use include_dir::Dir;

use super::{
    Loaded,
    entries::Entries,
    read::{Publication, bytes},
    records,
};

/// What the object store answered for each file.
pub(super) type Files = HashMap<String, media::StoredBytes>;

/// Loads everything.
pub(super) async fn publication(
    cx: &ActorContext,
    demo: &Publication,
    files: &Dir<'_>,
) -> Result<Loaded> {
    let mut stored = Files::new();
    for file in demo.assets.iter().filter_map(|asset| asset.file.as_deref()) {
        stored.insert(
            file.to_owned(),
            media::put_bytes(cx, Bytes::copy_from_slice(bytes(files, file)?)).await?,
        );
    }
    let mut entries = Entries::new(demo);
    cx.write(async |tx| write(tx, demo, &stored, &mut entries).await)
        .await?;
    Ok(Loaded {
        articles: demo.articles.len(),
        pages: demo.pages.len(),
        issues: demo.issues.len(),
        assets: demo.assets.len(),
        comments: demo.comments.len(),
    })
}

/// In the order in which they name each other.
async fn write(
    tx: &mut Tx,
    demo: &Publication,
    files: &Files,
    entries: &mut Entries<'_>,
) -> Result<()> {
    records::editions(tx, demo, &mut entries.ids).await?;
    records::assets(tx, demo, files, &mut entries.ids).await?;
    records::authors(tx, demo, &mut entries.ids).await?;
    records::terms(tx, demo, &mut entries.ids).await?;
    records::galleries(tx, demo, &mut entries.ids).await?;
    entries.make_pages_and_articles(tx).await?;
    records::menus(tx, demo, &entries.ids).await?;
    records::redirects(tx, demo, &entries.ids).await?;
    records::comments(tx, demo, &mut entries.ids).await?;
    entries.make_newsletters(tx).await?;
    records::collections(tx, demo, &mut entries.ids).await?;
    let name = demo.name.clone();
    settings::update_in(
        tx,
        &SiteDraft {
            name,
            ..SiteDraft::default()
        },
    )
    .await
}
