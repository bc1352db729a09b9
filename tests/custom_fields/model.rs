//! What a site declares, as both faces describe it, and as configuration is checked.

use serde_json::json;
use server::Config;

use super::Site;

#[tokio::test]
async fn both_faces_describe_the_same_model() {
    let site = Site::new().await;
    let over_rest = site.server.get_json("/api/v1/content-model").await;
    let kinds = over_rest["data"].as_array().unwrap();
    let names: Vec<&str> = kinds
        .iter()
        .map(|kind| kind["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "article", "page", "issue", "category", "tag", "author", "asset"
        ]
    );
    let fields = kinds[0]["fields"].as_array().unwrap();
    let rating = fields
        .iter()
        .find(|field| field["name"] == "rating")
        .unwrap();
    assert_eq!(
        *rating,
        json!({
            "name": "rating", "type": "number", "isList": false, "isRequired": false,
            "isFilterable": true, "editions": [], "choices": [], "referenceKind": null,
            "description": "From 1 to 5.",
        })
    );
    let query = "{ contentModel { kind fields { name type isList isRequired isFilterable editions choices referenceKind description } } }";
    let over_graphql = site.server.graphql(query).await;
    let mut expected = over_rest["data"].clone();
    for kind in expected.as_array_mut().unwrap() {
        kind["kind"] = json!(kind["kind"].as_str().unwrap().to_uppercase());
        for field in kind["fields"].as_array_mut().unwrap() {
            field["type"] = json!(field["type"].as_str().unwrap().to_uppercase());
        }
    }
    assert_eq!(over_graphql["contentModel"], expected);
}

#[test]
fn what_is_wrong_with_a_declaration_is_told_all_at_once() {
    let mut config = Config::defaults().unwrap();
    config.fields = serde_json::from_value(json!({
        "article": {
            "Rating": { "type": "number" },
            "mood": { "type": "choice" },
            "age": { "type": "years" },
            "next": { "type": "reference", "kind": "menu" },
            "plain": { "type": "text", "choices": ["a"] },
        },
        "tag": { "local": { "type": "text", "editions": ["en"] } },
        "author": { "role": { "type": "text", "localized": true } },
        "menu": { "a": { "type": "text" } },
    }))
    .unwrap();
    let error = config.check().unwrap_err();
    let mut wrong: Vec<&str> = error
        .fields()
        .iter()
        .map(|wrong| wrong.field.as_str())
        .collect();
    wrong.sort_unstable();
    assert_eq!(
        wrong,
        [
            "fields.article.Rating",
            "fields.article.age.type",
            "fields.article.mood.choices",
            "fields.article.next.kind",
            "fields.article.plain.choices",
            "fields.author.role.localized",
            "fields.menu",
            "fields.tag.local.editions",
        ]
    );
}
