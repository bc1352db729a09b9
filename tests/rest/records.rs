//! Single records by id and by slug.

use serde_json::json;

use crate::harness::TestServer;

#[tokio::test]
async fn a_record_is_the_same_by_id_and_by_slug() {
    let server = TestServer::with_demo().await;
    for (resource, slug) in [
        ("articles", "how-to-read-the-river"),
        ("pages", "about"),
        ("issues", "apples-bees-and-a-tower"),
        ("categories", "clock-tower"),
        ("tags", "bees"),
        ("authors", "maryam-dashti"),
        ("galleries", "market-day-hour-by-hour"),
        ("collections", "front-page"),
        ("newsletters", "thursday-letter"),
    ] {
        let by_slug = server
            .get_json(&format!("/api/v1/{resource}/by-slug/en/{slug}"))
            .await;
        assert_eq!(by_slug["slug"], slug);
        let id = by_slug["id"].as_str().unwrap();
        let by_id = server.get_json(&format!("/api/v1/{resource}/{id}")).await;
        assert_eq!(by_id, by_slug, "{resource}");
    }
    let menu = server
        .get_json("/api/v1/menus/by-location/en/primary")
        .await;
    let by_id = server
        .get_json(&format!("/api/v1/menus/{}", menu["id"].as_str().unwrap()))
        .await;
    assert_eq!(menu, by_id);
}

#[tokio::test]
async fn slugs_may_be_written_in_any_script() {
    let server = TestServer::with_demo().await;
    let plain = server
        .get_json("/api/v1/categories/by-slug/fa/آشپزخانه")
        .await;
    let encoded = server
        .get_json("/api/v1/categories/by-slug/fa/%D8%A2%D8%B4%D9%BE%D8%B2%D8%AE%D8%A7%D9%86%D9%87")
        .await;
    assert_eq!(plain, encoded);
    assert_eq!(
        plain["url"],
        "https://gazette.example/fa/%D8%A8%D8%AE%D8%B4/%D8%A2%D8%B4%D9%BE%D8%B2%D8%AE%D8%A7%D9%86%D9%87"
    );
}

#[tokio::test]
async fn a_translation_is_asked_for_by_edition() {
    let server = TestServer::with_demo().await;
    let english = server
        .get_json("/api/v1/articles/by-slug/en/thirty-two-boxes-for-the-swifts")
        .await;
    let id = english["id"].as_str().unwrap();
    server
        .get(&format!("/api/v1/articles/{id}?edition=fa"))
        .await
        .expect(404);
    let fallback = server
        .get_json(&format!("/api/v1/articles/{id}?edition=fa&fallback=true"))
        .await;
    assert_eq!(fallback["edition"], "en");
    let translated = server
        .get_json("/api/v1/articles/by-slug/en/how-to-read-the-river")
        .await;
    let id = translated["id"].as_str().unwrap();
    let persian = server
        .get_json(&format!("/api/v1/articles/{id}?edition=fa"))
        .await;
    assert_eq!(
        (&persian["edition"], &persian["direction"]),
        (&json!("fa"), &json!("rtl"))
    );
}

#[tokio::test]
async fn the_site_names_its_editions() {
    let server = TestServer::with_demo().await;
    let site = server.get_json("/api/v1/site").await;
    assert_eq!(site["name"], "The Lindenford Gazette");
    let editions = server.get_json("/api/v1/editions").await;
    let codes: Vec<_> = editions["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edition| edition["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["en", "fa", "ar", "sq"]);
    let persian = server.get_json("/api/v1/editions/fa").await;
    assert_eq!(
        (&persian["direction"], &persian["baseUrl"]),
        (&json!("rtl"), &json!("https://gazette.example/fa"))
    );
    assert_eq!(persian, editions["data"][1]);
}

#[tokio::test]
async fn the_archive_counts_the_months_of_an_edition() {
    let server = TestServer::with_demo().await;
    let archive = server.get_json("/api/v1/archive?edition=fa").await;
    let months = archive["data"].as_array().unwrap();
    assert_eq!(months[0], json!({ "year": 2026, "month": 10, "count": 6 }));
    let total: u64 = months
        .iter()
        .map(|month| month["count"].as_u64().unwrap())
        .sum();
    let list = server
        .get_json("/api/v1/articles?edition=fa&first=1&total=true")
        .await;
    assert_eq!(list["page"]["totalCount"], total);
}
