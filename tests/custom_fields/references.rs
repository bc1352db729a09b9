//! Custom fields that lead to other records.

use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{ARTICLE, Site};
use crate::harness::{FACES, Face, Resource};

const AUTHOR: Resource = Resource {
    list: "authors",
    kind: "Author",
    words: &[],
};

#[tokio::test]
async fn what_is_absent_and_what_is_hidden_are_refused_alike() {
    let site = Site::new().await;
    let hidden = site.draft(Face::Rest, "Hidden", json!({})).await;
    let ada = site.server.signed_in(Role::Author, Some(site.en)).await;
    for face in FACES {
        let mut replies = Vec::new();
        for id in [hidden.as_str(), "article_01h455vb4pex5vsknk084sn02q"] {
            let body = json!({ "edition": "en", "title": "A", "customFields": { "sequel": id } });
            let reply = site.server.create(face, &ada, ARTICLE, &body).await;
            assert_eq!(reply.fields, ["customFields.sequel"], "{face:?}");
            replies.push(reply);
        }
        assert_eq!(replies[0], replies[1]);
    }
    // Who sees it may name it.
    site.draft(Face::Rest, "Named", json!({ "sequel": hidden }))
        .await;
}

#[tokio::test]
async fn a_reference_to_what_is_hidden_is_no_value_for_readers() {
    let site = Site::new().await;
    let hidden = site.draft(Face::Rest, "Hidden", json!({})).await;
    let public = site.published("First", json!({ "sequel": hidden })).await;
    let of = |condition: &str| format!("/api/v1/articles?filter[customField.sequel]{condition}");
    let count = async |condition: &str| {
        let list = site.server.get_json(&of(condition)).await;
        list["data"].as_array().unwrap().len()
    };
    let to_it = format!("={hidden}");
    assert_eq!((count(&to_it).await, count("[isNull]=false").await), (0, 0));
    assert_eq!(count("[isNull]=true").await, 1);
    assert_eq!(site.public_fields(&public).await["sequel"], Value::Null);
    assert_eq!(
        site.fields(&site.owner, &public).await["sequel"],
        json!(hidden)
    );
    site.step(Face::Rest, ARTICLE, "publish", (&hidden, 1))
        .await
        .expect(200);
    assert_eq!(site.public_fields(&public).await["sequel"], json!(hidden));
    assert_eq!((count(&to_it).await, count("[isNull]=false").await), (1, 1));
}

#[tokio::test]
async fn an_asset_in_a_field_of_what_is_public_is_public() {
    let site = Site::new().await;
    let map = site.server.picture(site.en, "A map").await;
    // Used by a draft alone it would be hidden.
    site.draft(Face::Rest, "Draft", json!({ "maps": [map.to_string()] }))
        .await;
    let asset = format!("/api/v1/assets/{map}");
    site.server.get(&asset).await.expect(404);
    let id = site
        .published("Public", json!({ "maps": [map.to_string()] }))
        .await;
    site.server.get(&asset).await.expect(200);
    assert_eq!(
        site.public_fields(&id).await["maps"],
        json!([map.to_string()])
    );
}

#[tokio::test]
async fn a_record_in_a_field_is_in_use() {
    let site = Site::new().await;
    for face in FACES {
        let name = |name: &str| json!({ "texts": { "en": { "name": name } } });
        let ada = site
            .server
            .create(face, &site.owner, AUTHOR, &name("Ada"))
            .await
            .done();
        let ben = site
            .server
            .create(face, &site.owner, AUTHOR, &name("Ben"))
            .await
            .done();
        let id = site
            .published("Reviewed", json!({ "reviewer": ada.id }))
            .await;
        let at = (ada.id.as_str(), 1);
        let refused = site.server.remove(face, &site.owner, AUTHOR, at, &[]).await;
        assert_eq!(refused.outcome, "CONFLICT", "{refused:?}");
        assert_eq!(refused.used_by, [("customField".to_owned(), id.clone())]);
        let how = [("replaceWith", ben.id.as_str())];
        site.server
            .remove(face, &site.owner, AUTHOR, at, &how)
            .await
            .done();
        assert_eq!(site.public_fields(&id).await["reviewer"], json!(ben.id));
        let path = format!("/api/v1/articles?filter[customField.reviewer]={}", ben.id);
        assert_eq!(
            site.server.get_json(&path).await["data"][0]["id"],
            json!(id)
        );
        let at = (ben.id.as_str(), 1);
        let how = [("onUse", "detach")];
        site.server
            .remove(face, &site.owner, AUTHOR, at, &how)
            .await
            .done();
        assert_eq!(site.public_fields(&id).await["reviewer"], Value::Null);
    }
}

#[tokio::test]
async fn a_translation_takes_over_no_reference_that_its_maker_may_not_see() {
    let site = Site::new().await;
    let hidden = site.draft(Face::Rest, "Hidden", json!({})).await;
    let seen = site.published("Seen", json!({})).await;
    let mara = site.server.signed_in(Role::Author, None).await;
    for face in FACES {
        for (sequel, expected) in [(&hidden, Value::Null), (&seen, json!(seen))] {
            let fields = json!({ "sequel": sequel, "rating": 4 });
            let original = site.published("Original", fields).await;
            let (path, body) = if face == Face::Rest {
                let path = format!("/api/v1/articles/{original}/translations");
                (path, json!({ "edition": "fa" }))
            } else {
                let query = "mutation ($input: CreateTranslationInput!) { createTranslation(input: $input) { entry { ... on Article { id customFields } } userErrors { field message } } }";
                let input = json!({ "of": original, "edition": "fa" });
                (
                    "/graphql".to_owned(),
                    json!({ "query": query, "variables": { "input": input } }),
                )
            };
            let request = site.server.request(Method::POST, &path).bearer_auth(&mara);
            let mut made = site.server.send(request.json(&body)).await.json();
            if face == Face::Graphql {
                made = made["data"]["createTranslation"]["entry"].clone();
            }
            assert_eq!(made["customFields"]["rating"], 4, "{made:#}");
            assert_eq!(made["customFields"]["sequel"], expected, "{face:?}");
            // It is not kept out of sight either.
            let id = made["id"].as_str().expect("an id");
            let fields = site.fields(&site.owner, id).await;
            assert_eq!(fields["sequel"], expected, "{face:?}");
        }
    }
}
