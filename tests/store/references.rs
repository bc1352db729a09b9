//! References to what is not there, and pictures in texts whose record goes.

use application::{OnUse, articles, authors, collections, galleries, media, menus, redirects};
use domain::{
    Error,
    articles::{ArticleDraft, ContributionDraft, ContributionRole},
    authors::{AuthorDraft, AuthorText},
    collections::CollectionDraft,
    galleries::{GalleryDraft, GalleryItemDraft, GalleryText},
    id::Id,
    media::{AssetKind, FigureDraft},
    menus::{MenuDraft, MenuTarget},
    redirects::{RedirectDraft, RedirectTarget},
    text::EditionText,
};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{
    TestServer,
    records::{link, remote_picture},
};

fn absent<K: domain::id::IdKind>() -> Id<K> {
    Id::from_uuid(Uuid::from_u128(42))
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, field: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), "VALIDATION", "{field}: {error:?}");
    assert_eq!(error.fields()[0].field, field, "{error:?}");
}

/// A change that makes something wrong.
type Change = fn(&mut ArticleDraft);

#[tokio::test]
async fn an_article_names_only_what_is_there() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let news = server.category(site.en, "News", None).await;
    let changes: [(&str, Change); 10] = [
        ("categories", |draft| draft.categories.push(absent())),
        ("categories", |draft| draft.categories.insert(0, absent())),
        ("tags", |draft| draft.tags.push(absent())),
        ("byline", |draft| {
            draft.byline.push(ContributionDraft {
                role: ContributionRole::Author,
                author: Some(absent()),
                name: None,
            });
        }),
        ("hero", |draft| {
            draft.entry.hero = Some(FigureDraft::plain(absent()));
        }),
        ("attachments", |draft| {
            draft.attachments.push(FigureDraft::plain(absent()));
        }),
        ("seo.image", |draft| draft.entry.seo.image = Some(absent())),
        ("galleries", |draft| draft.galleries.push(absent())),
        ("related", |draft| draft.related.push(absent())),
        ("translatedFrom", |draft| {
            let id: domain::id::ArticleId = absent();
            draft.entry.translated_from = Some((id.into(), 1));
        }),
    ];
    for (field, change) in changes {
        let draft = server.article(site.en, "One").category(news);
        refused(articles::create(&cx, draft.with(change).draft).await, field);
    }
    let body = format!(
        "<p><img src=\"asset:{}\"></p>",
        absent::<domain::id::kinds::Asset>()
    );
    let draft = server.article(site.en, "One").body(&body).draft;
    refused(articles::create(&cx, draft).await, "body");
}

#[tokio::test]
async fn records_name_only_what_is_there() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let article: domain::id::ArticleId = absent();
    let collection = CollectionDraft {
        edition: site.en,
        slug: String::new(),
        title: "Front".to_owned(),
        description: None,
        items: vec![article.into()],
    };
    refused(collections::create(&cx, collection).await, "items");
    let gallery = GalleryDraft {
        texts: vec![EditionText {
            edition: site.en,
            value: GalleryText {
                title: "Dawn".to_owned(),
                ..GalleryText::default()
            },
        }],
        items: vec![GalleryItemDraft {
            asset: absent(),
            captions: std::collections::BTreeMap::new(),
        }],
    };
    refused(galleries::create(&cx, gallery).await, "items");
    let menu = MenuDraft {
        edition: site.en,
        location: "main".to_owned(),
        name: "Main".to_owned(),
        items: vec![link("Nowhere", MenuTarget::Entry(article.into()))],
    };
    refused(menus::create(&cx, menu).await, "items");
    let author = AuthorDraft {
        website: None,
        avatar: Some(absent()),
        texts: vec![EditionText {
            edition: site.en,
            value: AuthorText {
                name: "Ada".to_owned(),
                ..AuthorText::default()
            },
        }],
    };
    refused(authors::create(&cx, author).await, "avatar");
    let redirect = RedirectDraft {
        edition: site.en,
        from: "/old".to_owned(),
        to: RedirectTarget::Entry(article.into()),
        is_permanent: true,
    };
    refused(redirects::create(&cx, redirect).await, "to");
}

#[tokio::test]
async fn a_replaced_picture_is_replaced_in_texts() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let (river, sea) = (
        server.picture(site.en, "A river").await,
        server.picture(site.en, "The sea").await,
    );
    let draft = server
        .article(site.en, "One")
        .body(&format!(
            "<p>Look:</p><figure><img src=\"asset:{river}\" alt=\"x\"></figure>"
        ))
        .with(|draft| draft.entry.seo.image = Some(river));
    draft.await;
    let mut film = remote_picture(site.en, "A film");
    film.kind = AssetKind::Video;
    let film = server.asset(film).await;
    refused(
        media::delete(&cx, river, OnUse::ReplaceWith(film.uuid())).await,
        "replaceWith",
    );
    media::delete(&cx, river, OnUse::ReplaceWith(sea.uuid()))
        .await
        .unwrap();
    let data = server
        .graphql("{ articles { nodes { seo { image { id } } body { html markdown blocks { ... on ImageBlock { asset { id } } } } } } }")
        .await;
    let node = &data["articles"]["nodes"][0];
    assert_eq!(node["seo"]["image"]["id"], sea.to_string());
    assert_eq!(node["body"]["blocks"][1]["asset"]["id"], sea.to_string());
    for form in ["html", "markdown"] {
        let text = node["body"][form].as_str().unwrap();
        assert!(
            text.contains("https://pictures.example/river.jpg"),
            "{text}"
        );
        assert!(!text.contains("asset:"), "{text}");
    }
    assert_eq!(
        server
            .count(&format!(
                "SELECT count(*) FROM entry_body WHERE source LIKE '%{sea}%'"
            ))
            .await,
        1
    );
}

#[tokio::test]
async fn a_picture_in_a_text_is_not_detached_from_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let river = server.picture(site.en, "A river").await;
    let article = server
        .article(site.en, "One")
        .body(&format!("<figure><img src=\"asset:{river}\"></figure>"))
        .await;
    match media::delete(&cx, river, OnUse::Detach).await.unwrap_err() {
        Error::Conflict { used_by, .. } => {
            assert_eq!(used_by.len(), 1);
            assert_eq!(used_by[0].id, article.to_string());
            assert_eq!(used_by[0].role, "body");
        }
        other => panic!("{other:?}"),
    }
    let sea = server.picture(site.en, "The sea").await;
    server
        .article(site.en, "Two")
        .with(|draft| draft.entry.seo.image = Some(sea))
        .await;
    media::delete(&cx, sea, OnUse::Detach).await.unwrap();
    let data = server
        .graphql("{ article(by: { slug: \"two\" }) { seo { image { id } } } }")
        .await;
    assert_eq!(data["article"]["seo"], json!({ "image": null }));
    assert_eq!(
        server
            .count(&format!(
                "SELECT count(*) FROM entry WHERE seo LIKE '%{sea}%'"
            ))
            .await,
        0
    );
}
