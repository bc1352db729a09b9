//! What has another slug, parent or namespace is found at its old addresses, too.

use domain::access::Role;
use serde_json::{Value, json};

use super::{AUTHOR, CATEGORY, TAG, at};
use crate::harness::{FACES, Face, Resource, TestServer};

async fn made(server: &TestServer, face: Face, owner: &str, of: Resource, body: Value) -> String {
    server.create(face, owner, of, &body).await.done().id
}

#[tokio::test]
async fn a_new_slug_leaves_redirects_in_each_edition_and_script() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        for (of, folder) in [(CATEGORY, "category"), (TAG, "tag"), (AUTHOR, "author")] {
            let slug = format!("{folder}-{face:?}").to_lowercase();
            let texts = json!({ "texts": {
                "en": { "name": "River", "slug": slug },
                "fa": { "name": "رودخانه", "slug": format!("رود-{slug}") },
            } });
            let id = made(&server, face, &owner, of, texts).await;
            let patch = async |version: i64, body: Value| {
                let target = (id.as_str(), version);
                server.patch(face, &owner, of, target, &body).await.done();
            };
            let renamed = json!({ "texts": { "en": { "slug": format!("{slug}-2") }, "fa": { "slug": format!("نهر-{slug}") } } });
            patch(1, renamed).await;
            let old = format!("/{folder}/{slug}");
            let new = format!("Redirect: https://example.org/en/{folder}/{slug}-2");
            assert_eq!(at(&server, "en", &old).await, Some(new), "{face:?}");
            let persian = at(&server, "fa", &format!("/{folder}/رود-{slug}"))
                .await
                .unwrap();
            assert!(
                persian.starts_with("Redirect: https://example.org/fa/"),
                "{persian}"
            );
            // It leads to the record itself: never through its other old paths.
            patch(
                2,
                json!({ "texts": { "en": { "slug": format!("{slug}-3") } } }),
            )
            .await;
            let newest = format!("Redirect: https://example.org/en/{folder}/{slug}-3");
            assert_eq!(at(&server, "en", &old).await, Some(newest.clone()));
            assert_eq!(at(&server, "en", &format!("{old}-2")).await, Some(newest));
            // Back at its first path: the redirect there gives way.
            patch(3, json!({ "texts": { "en": { "slug": slug } } })).await;
            let back = at(&server, "en", &old).await;
            assert_eq!(back, Some(format!("{}: River", of.kind)));
            // Another takes the slug that is free now.
            let texts =
                json!({ "texts": { "en": { "name": "Sea", "slug": format!("{slug}-2") } } });
            made(&server, face, &owner, of, texts).await;
            let taken = at(&server, "en", &format!("{old}-2")).await;
            assert_eq!(taken, Some(format!("{}: Sea", of.kind)));
            // What is deleted is gone for good, where it has been before too.
            let target = (id.as_str(), 4);
            server.remove(face, &owner, of, target, &[]).await.done();
            let route = format!("/api/v1/route?edition=en&path={old}-3");
            server.get(&route).await.expect(410);
        }
    }
}

#[tokio::test]
async fn what_stands_below_a_category_that_moves_is_found_at_its_old_paths() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let name = |text: &str| format!("{text}-{face:?}").to_lowercase();
        let texts = |text: &str| json!({ "en": { "name": text, "slug": name(text) } });
        let news = json!({ "texts": texts("news") });
        let news = made(&server, face, &owner, CATEGORY, news).await;
        let local = json!({ "parentId": news, "texts": texts("local") });
        let local = made(&server, face, &owner, CATEGORY, local).await;
        let town = json!({ "parentId": local, "texts": texts("town") });
        made(&server, face, &owner, CATEGORY, town).await;
        let path = |of: &[&str]| {
            let of: Vec<String> = of.iter().map(|text| name(text)).collect();
            format!("/category/{}", of.join("/"))
        };
        let old = path(&["news", "local", "town"]);
        assert_eq!(at(&server, "en", &old).await.unwrap(), "Category: town");
        let root = json!({ "parentId": null });
        let target = (local.as_str(), 1);
        server
            .patch(face, &owner, CATEGORY, target, &root)
            .await
            .done();
        let leads = |of: &[&str]| Some(format!("Redirect: https://example.org/en{}", path(of)));
        assert_eq!(at(&server, "en", &old).await, leads(&["local", "town"]));
        let local_before = path(&["news", "local"]);
        assert_eq!(at(&server, "en", &local_before).await, leads(&["local"]));
        let slug = name("quarter");
        let renamed = json!({ "texts": { "en": { "slug": slug } } });
        let target = (local.as_str(), 2);
        server
            .patch(face, &owner, CATEGORY, target, &renamed)
            .await
            .done();
        assert_eq!(at(&server, "en", &old).await, leads(&["quarter", "town"]));
        // Feeds follow.
        let feed = format!("/feeds/en/category/{}/rss.xml", name("local"));
        let answer = server.get(&feed).await.expect(301);
        let now = format!("/feeds/en/category/{}/rss.xml", name("quarter"));
        assert!(answer.header("location").ends_with(&now));
        server.get(&now).await.expect(200);
    }
}

#[tokio::test]
async fn a_tag_of_another_namespace_is_found_at_its_old_path() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let slug = format!("bees-{face:?}").to_lowercase();
        let body = json!({ "texts": { "en": { "name": "Bees", "slug": slug } } });
        let id = made(&server, face, &owner, TAG, body).await;
        let moved = json!({ "namespace": "animals" });
        let target = (id.as_str(), 1);
        server.patch(face, &owner, TAG, target, &moved).await.done();
        let old = format!("/tag/{slug}");
        let new = format!("/animals/{slug}");
        let leads = format!("Redirect: https://example.org/en{new}");
        assert_eq!(at(&server, "en", &old).await, Some(leads));
        assert_eq!(at(&server, "en", &new).await.unwrap(), "Tag: Bees");
    }
}

#[tokio::test]
async fn two_tags_exchange_their_slugs_without_leading_each_other_astray() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let mut ids = Vec::new();
    for name in ["one", "two"] {
        let body = json!({ "texts": { "en": { "name": name } } });
        ids.push(made(&server, Face::Rest, &owner, TAG, body).await);
    }
    let rename = async |id: &str, version: i64, slug: &str| {
        let body = json!({ "texts": { "en": { "slug": slug } } });
        let patched = server.patch(Face::Rest, &owner, TAG, (id, version), &body);
        patched.await.done();
    };
    rename(&ids[0], 1, "between").await;
    rename(&ids[1], 1, "one").await;
    rename(&ids[0], 2, "two").await;
    assert_eq!(at(&server, "en", "/tag/one").await.unwrap(), "Tag: two");
    assert_eq!(at(&server, "en", "/tag/two").await.unwrap(), "Tag: one");
    assert_eq!(
        at(&server, "en", "/tag/between").await.unwrap(),
        "Redirect: https://example.org/en/tag/two"
    );
}
