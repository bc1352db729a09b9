//! The demo's records other than entries.

use application::{self as app, Tx};
use domain::{
    Result,
    authors::{AuthorDraft, AuthorText},
    collections::CollectionDraft,
    comments::CommentDraft,
    editions::EditionDraft,
    galleries::{GalleryDraft, GalleryItemDraft, GalleryText},
    id::Id,
    media::{AssetDraft, AssetKind, AssetLocation, AssetText},
    menus::{MenuDraft, MenuItemDraft, MenuTarget},
    redirects::{RedirectDraft, RedirectTarget},
    terms::{Taxonomy, TermDraft, TermText},
};

use super::{
    keys::{Ids, in_edition},
    load::Files,
    model::{Asset, MenuItem, TermText as TermWords, Texts},
    read::{Publication, wrong},
};

pub(super) async fn editions(tx: &mut Tx, demo: &Publication, ids: &mut Ids) -> Result<()> {
    const FILE: &str = "site.toml";
    for (edition, position) in demo.editions.iter().zip(0..) {
        let draft = EditionDraft {
            code: edition.code.clone(),
            name: edition.name.clone(),
            direction: Some(edition.direction),
            base_url: edition.base_url.clone(),
            title: edition.title.clone(),
            tagline: edition.tagline.clone(),
            fallback: edition
                .fallback
                .as_deref()
                .map(|code| ids.editions.get(FILE, code))
                .transpose()?,
            is_default: edition.is_default,
            position,
            permalinks: edition.permalinks.clone(),
            slug_style: edition.slug_style,
        };
        let id = app::editions::create_in(tx, draft).await?;
        ids.editions.insert(FILE, edition.code.as_str(), id)?;
    }
    Ok(())
}

pub(super) async fn assets(
    tx: &mut Tx,
    demo: &Publication,
    files: &Files,
    ids: &mut Ids,
) -> Result<()> {
    const FILE: &str = "assets.toml";
    for asset in &demo.assets {
        let id = app::media::create_in(tx, &asset_draft(FILE, asset, files, ids)?).await?;
        ids.assets.insert(FILE, &asset.key, id)?;
    }
    Ok(())
}

fn asset_draft(file: &str, asset: &Asset, files: &Files, ids: &Ids) -> Result<AssetDraft> {
    let wrong = |why: &str| wrong(file, &format!("`{}` {why}", asset.key));
    let (location, size_bytes, address) = match (&asset.file, &asset.url) {
        (Some(name), None) => {
            let stored = files
                .get(name)
                .ok_or_else(|| wrong("names a file that was not stored"))?;
            (
                AssetLocation::Stored {
                    key: stored.key.clone(),
                },
                Some(stored.size_bytes),
                name,
            )
        }
        (None, Some(url)) => (AssetLocation::Remote { url: url.clone() }, None, url),
        _ => return Err(wrong("must have either `file` or `url`")),
    };
    let media_type = match &asset.mime {
        Some(mime) => mime.clone(),
        None if asset.kind == AssetKind::Image => "image/jpeg".to_owned(),
        None => return Err(wrong("must have `mime`, as it is no picture")),
    };
    Ok(AssetDraft {
        kind: asset.kind,
        location,
        file_name: address.rsplit('/').next().unwrap_or(address).to_owned(),
        media_type,
        size_bytes,
        width: asset.width,
        height: asset.height,
        duration_ms: None,
        focal_point: asset.focal_x.zip(asset.focal_y),
        licence: asset.licence.clone(),
        is_public: true,
        created_at: None,
        texts: ids.texts(file, &asset.key, &asset.texts, |text| AssetText {
            title: text.title.clone(),
            alt: text.alt.clone(),
            caption: text.caption.clone(),
            credit: text.credit.clone(),
            description: text.description.clone(),
        })?,
    })
}

pub(super) async fn authors(tx: &mut Tx, demo: &Publication, ids: &mut Ids) -> Result<()> {
    const FILE: &str = "authors.toml";
    for author in &demo.authors {
        let draft = AuthorDraft {
            website: author.website.clone(),
            avatar: author
                .avatar
                .as_deref()
                .map(|key| ids.assets.get(FILE, key))
                .transpose()?,
            texts: ids.texts(FILE, &author.key, &author.texts, |text| AuthorText {
                name: text.name.clone(),
                slug: text.slug.clone(),
                job_title: text.role.clone(),
                bio: text.bio.clone(),
            })?,
        };
        let id = app::authors::create_in(tx, &draft).await?;
        ids.authors.insert(FILE, &author.key, id)?;
    }
    Ok(())
}

pub(super) async fn terms(tx: &mut Tx, demo: &Publication, ids: &mut Ids) -> Result<()> {
    let (categories, tags) = ("categories.toml", "tags.toml");
    for category in &demo.categories {
        let parent = category
            .parent
            .as_deref()
            .map(|key| ids.categories.get(categories, key))
            .transpose()?;
        let texts = term_texts(categories, &category.key, &category.texts, ids)?;
        let draft = TermDraft {
            taxonomy: Taxonomy::Category,
            namespace: String::new(),
            parent,
            position: category.position,
            texts,
        };
        let id = app::terms::create_in(tx, &draft).await?;
        ids.categories
            .insert(categories, &category.key, Id::from_uuid(id.uuid()))?;
    }
    for tag in &demo.tags {
        let texts = term_texts(tags, &tag.key, &tag.texts, ids)?;
        let draft = TermDraft {
            taxonomy: Taxonomy::Tag,
            namespace: String::new(),
            parent: None,
            position: 0,
            texts,
        };
        let id = app::terms::create_in(tx, &draft).await?;
        ids.tags.insert(tags, &tag.key, Id::from_uuid(id.uuid()))?;
    }
    Ok(())
}

fn term_texts(
    file: &str,
    key: &str,
    texts: &Texts<TermWords>,
    ids: &Ids,
) -> Result<Vec<domain::text::EditionText<TermText>>> {
    ids.texts(file, key, texts, |text| TermText {
        name: text.name.clone(),
        slug: text.slug.clone(),
        slug_path: String::new(),
        description: text.description.clone(),
    })
}

pub(super) async fn galleries(tx: &mut Tx, demo: &Publication, ids: &mut Ids) -> Result<()> {
    const FILE: &str = "galleries.toml";
    for gallery in &demo.galleries {
        let mut items = Vec::new();
        for item in &gallery.items {
            let captions = ids.texts(FILE, &gallery.key, &item.captions, Clone::clone)?;
            let captions = captions
                .into_iter()
                .map(|text| (text.edition, text.value))
                .collect();
            items.push(GalleryItemDraft {
                asset: ids.assets.get(FILE, &item.asset)?,
                captions,
            });
        }
        let texts = ids.texts(FILE, &gallery.key, &gallery.texts, |text| GalleryText {
            title: text.title.clone(),
            slug: text.slug.clone(),
            description: text.description.clone(),
        })?;
        let id = app::galleries::create_in(tx, &GalleryDraft { texts, items }).await?;
        ids.galleries.insert(FILE, &gallery.key, id)?;
    }
    Ok(())
}

pub(super) async fn collections(tx: &mut Tx, demo: &Publication, ids: &mut Ids) -> Result<()> {
    const FILE: &str = "collections.toml";
    for collection in &demo.collections {
        let item = |key: &String| {
            ids.articles
                .get(FILE, &in_edition(key, &collection.edition))
                .map(Into::into)
        };
        let draft = CollectionDraft {
            edition: ids.editions.get(FILE, &collection.edition)?,
            slug: collection.slug.clone(),
            title: collection.title.clone(),
            description: collection.description.clone(),
            items: collection.items.iter().map(item).collect::<Result<_>>()?,
        };
        let id = app::collections::create_in(tx, &draft).await?;
        ids.collections.insert(FILE, &collection.key, id)?;
    }
    Ok(())
}

pub(super) async fn menus(tx: &mut Tx, demo: &Publication, ids: &Ids) -> Result<()> {
    const FILE: &str = "menus.toml";
    for menu in &demo.menus {
        let draft = MenuDraft {
            edition: ids.editions.get(FILE, &menu.edition)?,
            location: menu.location.clone(),
            name: menu.name.clone(),
            items: menu_items(FILE, &menu.edition, &menu.items, ids)?,
        };
        app::menus::create_in(tx, &draft).await?;
    }
    Ok(())
}

fn menu_items(
    file: &str,
    edition: &str,
    items: &[MenuItem],
    ids: &Ids,
) -> Result<Vec<MenuItemDraft>> {
    items
        .iter()
        .map(|item| {
            Ok(MenuItemDraft {
                label: item.label.clone(),
                target: menu_target(file, edition, item, ids)?,
                hint: None,
                opens_new_window: false,
                children: menu_items(file, edition, &item.items, ids)?,
            })
        })
        .collect()
}

fn menu_target(file: &str, edition: &str, item: &MenuItem, ids: &Ids) -> Result<MenuTarget> {
    let MenuItem {
        label,
        article,
        page,
        category,
        tag,
        author,
        url,
        items: _,
    } = item;
    let targets = [
        article.as_ref().map(|key| {
            ids.articles
                .get(file, &in_edition(key, edition))
                .map(|id| MenuTarget::Entry(id.into()))
        }),
        page.as_ref().map(|key| {
            ids.pages
                .get(file, &in_edition(key, edition))
                .map(|id| MenuTarget::Entry(id.into()))
        }),
        category.as_ref().map(|key| {
            ids.categories
                .get(file, key)
                .map(|id| MenuTarget::Term(id.into()))
        }),
        tag.as_ref().map(|key| {
            ids.tags
                .get(file, key)
                .map(|id| MenuTarget::Term(id.into()))
        }),
        author
            .as_ref()
            .map(|key| ids.authors.get(file, key).map(MenuTarget::Author)),
        url.as_ref().map(|url| Ok(MenuTarget::Url(url.clone()))),
    ];
    let mut named = targets.into_iter().flatten();
    match (named.next(), named.next()) {
        (Some(target), None) => target,
        _ => Err(wrong(
            file,
            &format!("`{label}` in `{edition}` must lead to exactly one place"),
        )),
    }
}

pub(super) async fn redirects(tx: &mut Tx, demo: &Publication, ids: &Ids) -> Result<()> {
    const FILE: &str = "redirects.toml";
    for redirect in &demo.redirects {
        let to = match (&redirect.article, &redirect.to) {
            (Some(key), None) => RedirectTarget::Entry(
                ids.articles
                    .get(FILE, &in_edition(key, &redirect.edition))?
                    .into(),
            ),
            (None, Some(path)) => RedirectTarget::Url(path.clone()),
            _ => {
                return Err(wrong(
                    FILE,
                    &format!("`{}` must have either `article` or `to`", redirect.from),
                ));
            }
        };
        let draft = RedirectDraft {
            edition: ids.editions.get(FILE, &redirect.edition)?,
            from: redirect.from.clone(),
            to,
            is_permanent: redirect.permanent,
        };
        app::redirects::create_in(tx, &draft).await?;
    }
    Ok(())
}

pub(super) async fn comments(tx: &mut Tx, demo: &Publication, ids: &mut Ids) -> Result<()> {
    const FILE: &str = "comments.toml";
    for comment in &demo.comments {
        let draft = CommentDraft {
            entry: ids
                .articles
                .get(FILE, &in_edition(&comment.article, &comment.edition))?
                .into(),
            parent: comment
                .parent
                .as_deref()
                .map(|key| ids.comments.get(FILE, key))
                .transpose()?,
            status: comment.status,
            author_name: comment.author_name.clone(),
            author_email: None,
            author_url: None,
            body: comment.body.clone(),
            created_at: Some(comment.created_at),
        };
        let id = app::comments::create_in(tx, &draft).await?;
        ids.comments.insert(FILE, &comment.key, id)?;
    }
    Ok(())
}
