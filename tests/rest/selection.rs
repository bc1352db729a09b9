//! Sparse fields and includes.

use serde_json::json;

use crate::harness::TestServer;

#[tokio::test]
async fn only_the_fields_that_are_named_are_shown() {
    let server = TestServer::with_demo().await;
    let list = server
        .get_json("/api/v1/articles?first=1&edition=en&fields=title,slug")
        .await;
    assert_eq!(
        list["data"][0]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["id", "slug", "title", "type"]
    );
    let one = server
        .get_json("/api/v1/authors/by-slug/en/oscar-fennimore?fields=name")
        .await;
    assert_eq!(
        one.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["id", "name"]
    );
    let nested = server
        .get_json("/api/v1/articles?first=1&edition=en&fields=title&include=byline")
        .await;
    assert!(nested["data"][0]["byline"].is_array());
    let named = server
        .get_json("/api/v1/articles?first=1&edition=en&fields=title,categories")
        .await;
    assert!(named["data"][0]["categories"].is_array() && named["data"][0].get("tags").is_none());
}

#[tokio::test]
async fn of_a_record_within_only_the_fields_that_are_named_are_shown() {
    let server = TestServer::with_demo().await;
    let address = "/api/v1/articles/by-slug/en/clock-tower-will-strike-again";
    let article = server
        .get_json(&format!(
            "{address}?fields=byline.author.slug,hero.asset.width,tags.name"
        ))
        .await;
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(&article), ["byline", "hero", "id", "tags", "type"]);
    assert_eq!(keys(&article["byline"][0]), ["author"]);
    let author = &article["byline"][0]["author"];
    assert_eq!(keys(author), ["id", "slug"]);
    assert_eq!(author["slug"], "hannah-thornbury");
    assert_eq!(keys(&article["hero"]["asset"]), ["id", "width"]);
    assert_eq!(keys(&article["tags"][0]), ["id", "name"]);
    let answer = server.get(&format!("{address}?fields=byline.colour")).await;
    answer.expect(400);
}

#[tokio::test]
async fn what_is_not_included_is_not_there() {
    let server = TestServer::with_demo().await;
    let plain = server
        .get_json("/api/v1/articles/by-slug/en/how-to-read-the-river")
        .await;
    let includes = [
        "byline",
        "hero",
        "categories",
        "tags",
        "body",
        "seo",
        "attachments",
        "galleries",
        "translations",
        "related",
    ];
    for include in includes {
        assert_eq!(plain.get(include), None, "{include}");
    }
    let names = includes.join(",");
    let whole = server
        .get_json(&format!(
            "/api/v1/articles/by-slug/en/how-to-read-the-river?include={names}"
        ))
        .await;
    for include in includes {
        assert!(
            whole.get(include).is_some_and(|value| !value.is_null()),
            "{include}"
        );
    }
    assert_eq!(whole["translations"].as_array().unwrap().len(), 4);
    assert_eq!(whole["galleries"].as_array().unwrap().len(), 1);
    assert_eq!(whole["related"].as_array().unwrap().len(), 4);
    assert_eq!(whole["attachments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_forms_of_a_body_are_included_one_by_one() {
    let server = TestServer::with_demo().await;
    let path = "/api/v1/articles/by-slug/fa/چطور-رود-را-بخوانیم";
    for (include, keys) in [
        ("body", &["direction", "html"][..]),
        ("body.markdown", &["direction", "markdown"]),
        ("body.text", &["direction", "text"]),
        ("body.blocks", &["blocks", "direction"]),
        ("body,body.text", &["direction", "html", "text"]),
    ] {
        let answer = server.get_json(&format!("{path}?include={include}")).await;
        let body = answer["body"].as_object().unwrap();
        let shown: Vec<_> = body
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, _)| key.as_str())
            .collect();
        assert_eq!(shown, keys, "{include}");
        assert_eq!(body["direction"], "rtl");
    }
    let whole = server
        .get_json(&format!("{path}?include=body,body.blocks"))
        .await;
    assert!(
        !whole["body"].to_string().contains("asset:"),
        "{}",
        whole["body"]
    );
}

#[tokio::test]
async fn markdown_has_real_addresses() {
    let server = TestServer::with_demo().await;
    let path = "/api/v1/articles/by-slug/en/how-to-read-the-river?include=body.markdown";
    let article = server.get_json(path).await;
    let markdown = article["body"]["markdown"].as_str().unwrap();
    assert!(!markdown.contains("(asset:"), "{markdown}");
    let graphql = server
        .graphql("{ article(by: { slug: \"how-to-read-the-river\" }) { body { markdown } } }")
        .await;
    assert_eq!(
        article["body"]["markdown"],
        graphql["article"]["body"]["markdown"]
    );
}

#[tokio::test]
async fn both_faces_say_the_same_of_an_article() {
    let server = TestServer::with_demo().await;
    let rest = server
        .get_json("/api/v1/articles/by-slug/ar/كيف-تقرأ-النهر?include=byline,hero,terms,body,seo,translations")
        .await;
    let graphql = server
        .graphql("{ article(by: { slug: \"كيف-تقرأ-النهر\" }, edition: \"ar\") { id title excerpt url wordCount publishedAt byline { role name } hero { alt caption asset { url } } categories { name url } tags { name } body { html } seo { title description canonicalUrl jsonLd } translations { entry { id } } } }")
        .await;
    let graphql = &graphql["article"];
    for field in ["id", "title", "excerpt", "url", "wordCount", "publishedAt"] {
        assert_eq!(rest[field], graphql[field], "{field}");
    }
    assert_eq!(rest["hero"]["alt"], graphql["hero"]["alt"]);
    assert_eq!(
        rest["hero"]["asset"]["url"],
        graphql["hero"]["asset"]["url"]
    );
    assert_eq!(rest["body"]["html"], graphql["body"]["html"]);
    for field in ["title", "description", "canonicalUrl", "jsonLd"] {
        assert_eq!(rest["seo"][field], graphql["seo"][field], "{field}");
    }
    let names = |list: &serde_json::Value| {
        list.as_array()
            .unwrap()
            .iter()
            .map(|item| item["name"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&rest["byline"]), names(&graphql["byline"]));
    assert_eq!(names(&rest["categories"]), names(&graphql["categories"]));
    assert_eq!(names(&rest["tags"]), names(&graphql["tags"]));
}

#[tokio::test]
async fn texts_of_shared_records_come_from_the_edition_asked_for() {
    let server = TestServer::with_demo().await;
    let tag = server.get_json("/api/v1/tags/by-slug/en/open-data").await;
    let id = tag["id"].as_str().unwrap();
    let persian = server
        .get_json(&format!("/api/v1/tags/{id}?edition=fa"))
        .await;
    assert_eq!(
        (&persian["name"], &persian["edition"], &persian["direction"]),
        (&json!("دادهٔ باز"), &json!("fa"), &json!("rtl"))
    );
    let albanian = server
        .get_json(&format!("/api/v1/tags/{id}?edition=sq"))
        .await;
    assert_eq!(
        (
            &albanian["name"],
            &albanian["edition"],
            &albanian["direction"]
        ),
        (&json!("Open data"), &json!("en"), &json!("ltr"))
    );
}
