//! The index of custom fields follows what the site declares.

use reqwest::Method;
use serde_json::json;
use server::Config;

use super::{ARTICLE, Site, declared};
use crate::harness::{Face, TestServer};

fn otherwise(config: &mut Config) {
    declared(config);
    let articles = config.fields.get_mut("article").unwrap();
    articles.get_mut("original").unwrap().filterable = true;
    articles.get_mut("mood").unwrap().filterable = false;
}

#[tokio::test]
async fn a_field_that_becomes_filterable_is_indexed_by_a_job() {
    let site = Site::new().await;
    site.server.run_due_jobs().await;
    let address = "https://example.org/a";
    site.published("Old", json!({ "original": address, "mood": "calm" }))
        .await;
    site.draft(Face::Rest, "Draft", json!({ "original": address }))
        .await;
    let rows = async |server: &TestServer| {
        let sql = "SELECT name FROM entry_field ORDER BY name";
        let rows = server.rows(sql).await;
        rows.iter()
            .map(|row| row.try_get_by_index::<String>(0).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&site.server).await, ["mood"]);
    let again = site.server.once_more(otherwise).await;
    again.run_due_jobs().await;
    assert_eq!(rows(&again).await, ["original", "original"]);
    let path = format!("/api/v1/articles?filter[customField.original]={address}");
    assert_eq!(
        again.get_json(&path).await["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    again
        .get("/api/v1/articles?filter[customField.mood]=calm")
        .await
        .expect(400);
    let waiting = again
        .count("SELECT count(*) FROM job WHERE kind = 'reindex_fields'")
        .await;
    assert_eq!(waiting, 0);
    // Nothing has changed since: there is nothing to do.
    let third = again.once_more(otherwise).await;
    let waiting = third
        .count("SELECT count(*) FROM job WHERE kind = 'reindex_fields'")
        .await;
    assert_eq!(waiting, 0);
}

#[tokio::test]
async fn many_entries_are_indexed_some_at_a_time() {
    let site = Site::new().await;
    site.server.run_due_jobs().await;
    let draft = site.server.article(site.en, "x").draft.clone();
    let cx = site.server.system();
    let made = cx.write(async |tx| {
        for number in 0..450 {
            let mut draft = draft.clone();
            draft.entry.title = format!("No {number}");
            let value = format!("https://example.org/{number}");
            draft
                .entry
                .custom_fields
                .insert("original".to_owned(), value.into());
            application::articles::create_in(tx, &draft).await?;
        }
        Ok(())
    });
    made.await.unwrap();
    let again = site.server.once_more(otherwise).await;
    again.run_due_jobs().await;
    assert_eq!(again.count("SELECT count(*) FROM entry_field").await, 450);
}

#[tokio::test]
async fn the_index_follows_the_codes_of_editions() {
    let site = Site::new().await;
    site.server.run_due_jobs().await;
    let body = json!({ "edition": "fa", "title": "خبر", "customFields": { "flag": "a" } });
    let made = site
        .server
        .create(Face::Rest, &site.owner, ARTICLE, &body)
        .await;
    let id = made.done().id;
    let rows = async || site.server.count("SELECT count(*) FROM entry_field").await;
    assert_eq!(rows().await, 1);
    for (old, new, left) in [("fa", "ps", 0), ("ps", "fa", 1)] {
        let path = format!("/api/v1/editions/{old}");
        let version = site.server.get_json(&path).await["version"].clone();
        let request = site.server.request(Method::PATCH, &path);
        let request = request
            .bearer_auth(&site.owner)
            .header("if-match", format!("\"{version}\""))
            .json(&json!({ "code": new }));
        site.server.send(request).await.expect(200);
        site.server.run_due_jobs().await;
        assert_eq!(rows().await, left, "{old} is {new}");
        let fields = site.fields(&site.owner, &id).await;
        assert_eq!(fields.get("flag").is_some(), left == 1);
    }
    // At the next start there is nothing to do.
    let again = site.server.once_more(declared).await;
    let waiting = "SELECT count(*) FROM job WHERE kind = 'reindex_fields'";
    assert_eq!(again.count(waiting).await, 0);
}
