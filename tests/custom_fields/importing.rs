//! Custom fields filled by an import.

use application::transfer::wordpress::{self, ImportReport, WordPressImport};
use serde_json::{Value, json};

use super::Site;
use crate::import_wordpress::export::{Export, Item};

const SITE: &str = "https://old.example";

fn request(export: &Export, pairs: &[(&str, &str)]) -> WordPressImport {
    let pairs = pairs.iter();
    WordPressImport {
        path: export.write(),
        map_meta: pairs
            .map(|(key, field)| ((*key).to_owned(), (*field).to_owned()))
            .collect(),
        ..WordPressImport::default()
    }
}

async fn import(site: &Site, request: &WordPressImport) -> ImportReport {
    wordpress::import(&site.server.system(), request, &())
        .await
        .unwrap()
}

async fn fields(site: &Site, slug: &str) -> Value {
    let path = format!("/api/v1/articles/by-slug/en/{slug}");
    site.server.get_json(&path).await["customFields"].clone()
}

#[tokio::test]
async fn meta_keys_fill_fields_and_what_does_not_fit_is_a_problem_of_the_report() {
    let site = Site::new().await;
    let export = Export::of(SITE)
        .item(
            Item::post(1, "good", "Good")
                .meta("_rating", "4.5")
                .meta("seen_on", "20260305")
                .meta("scores", "a:2:{i:0;s:1:\"1\";i:1;i:2;}")
                .meta("by_hand", "1"),
        )
        .item(
            Item::post(2, "bad", "Bad")
                .meta("_rating", "many")
                .meta("by_hand", "no"),
        );
    let pairs = [
        ("_rating", "rating"),
        ("seen_on", "seen"),
        ("scores", "scores"),
        ("by_hand", "byHand"),
    ];
    let report = import(&site, &request(&export, &pairs)).await;
    assert_eq!(report.tally.kinds.posts.created, 2);
    assert_eq!(report.tally.problem_count, 1);
    let problem = &report.tally.problems[0];
    assert_eq!(problem.item_id.as_deref(), Some("2"));
    assert!(
        problem
            .reason
            .contains("customFields.rating (from `_rating`)"),
        "{problem:?}"
    );
    let good = fields(&site, "good").await;
    assert_eq!(
        (
            &good["rating"],
            &good["seen"],
            &good["scores"],
            &good["byHand"]
        ),
        (
            &json!(4.5),
            &json!("2026-03-05"),
            &json!([1, 2]),
            &json!(true)
        )
    );
    let bad = fields(&site, "bad").await;
    assert_eq!(
        (&bad["rating"], &bad["byHand"]),
        (&Value::Null, &json!(false))
    );
    let found = site
        .server
        .get_json("/api/v1/articles?filter[customField.rating]=4.5")
        .await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    // Once more, filled from fewer keys: the posts follow.
    let report = import(&site, &request(&export, &pairs[..1])).await;
    assert_eq!(report.tally.kinds.posts.updated, 2);
    assert_eq!(fields(&site, "good").await["seen"], Value::Null);
}

#[tokio::test]
async fn fields_that_cannot_be_filled_are_refused_before_anything_is_done() {
    let site = Site::new().await;
    let export = Export::of(SITE).item(Item::post(1, "good", "Good"));
    for pairs in [
        &[("a", "nothing")][..],
        &[("a", "reviewer")],
        &[("a", "rating"), ("b", "rating")],
    ] {
        let cx = site.server.system();
        let refused = wordpress::import(&cx, &request(&export, pairs), &()).await;
        assert_eq!(refused.unwrap_err().fields()[0].field, "mapMeta");
    }
    assert_eq!(site.server.count("SELECT count(*) FROM entry").await, 0);
}
