//! What lives at a public path, over REST.

use domain::redirects::RedirectTarget;
use serde_json::json;

use crate::harness::TestServer;

#[tokio::test]
async fn one_call_tells_what_is_at_a_path() {
    let server = TestServer::with_demo().await;
    for (path, edition, kind) in [
        ("/2026/10/how-to-read-the-river", "en", "article"),
        ("/about", "en", "page"),
        ("/letter/thursday-letter/2", "en", "issue"),
        ("/section/clock-tower", "en", "category"),
        ("/topic/bees", "en", "tag"),
        ("/by/maryam-dashti", "en", "author"),
        ("/newsletter/thursday-letter", "en", "newsletter"),
        ("/بخش/آشپزخانه", "fa", "category"),
    ] {
        let route = server
            .get_json(&format!("/api/v1/route?path={path}&edition={edition}"))
            .await;
        assert_eq!(route["type"], kind, "{path}");
        assert!(
            route["data"]["id"]
                .as_str()
                .unwrap()
                .starts_with(&format!("{kind}_")),
            "{path}"
        );
    }
    let wide = server
        .get_json("/api/v1/route?path=/about&include=body")
        .await;
    assert!(wide["data"]["body"]["html"].is_string());
}

#[tokio::test]
async fn redirects_tell_their_target_and_what_is_gone_is_gone() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "Moved").slug("moved").await;
    server
        .redirect(site.en, "/old", RedirectTarget::Entry(id.into()))
        .await;
    server
        .redirect(
            site.en,
            "/away",
            RedirectTarget::Url("https://elsewhere.example/x?y=1".to_owned()),
        )
        .await;
    server
        .redirect(site.en, "/gone", RedirectTarget::Gone)
        .await;
    server
        .redirect(site.en, "/?p=7", RedirectTarget::Entry(id.into()))
        .await;
    let at = async |path: &str| server.get(&format!("/api/v1/route?path={path}")).await;
    let here = json!({ "type": "redirect", "redirect": { "to": "https://example.org/en/2026/05/moved", "status": 301 } });
    assert_eq!(at("/old").await.expect(200).json(), here);
    assert_eq!(at("/%3Fp=7").await.expect(200).json(), here);
    assert_eq!(
        at("/away").await.expect(200).json()["redirect"]["to"],
        "https://elsewhere.example/x?y=1"
    );
    let gone = at("/gone").await.expect(410);
    assert_eq!(gone.header("content-type"), "application/problem+json");
    assert_eq!(gone.json()["code"], "GONE");
    at("/never").await.expect(404);
}
