//! Content codings.

use std::collections::BTreeSet;

use crate::harness::TestServer;

const PATH: &str = "/api/v1/articles?first=20&include=body";

/// A client that takes one coding and decodes it.
fn decoder(coding: &str) -> reqwest::Client {
    reqwest::Client::builder()
        .gzip(coding == "gzip")
        .brotli(coding == "br")
        .zstd(coding == "zstd")
        .build()
        .unwrap()
}

#[tokio::test]
async fn every_coding_has_the_same_bytes_inside_and_a_tag_of_its_own() {
    let server = TestServer::with_demo().await;
    let plain = server
        .get_with(PATH, &[("accept-encoding", "identity")])
        .await
        .expect(200);
    assert_eq!(plain.header("content-encoding"), "");
    let mut tags = BTreeSet::from([plain.header("etag").to_owned()]);
    for coding in ["gzip", "br", "zstd"] {
        let coded = server
            .get_with(PATH, &[("accept-encoding", coding)])
            .await
            .expect(200);
        assert_eq!(coded.header("content-encoding"), coding);
        assert!(
            coded
                .header("vary")
                .to_lowercase()
                .contains("accept-encoding")
        );
        assert!(
            coded.body.len() * 2 < plain.body.len(),
            "{coding}: {} of {}",
            coded.body.len(),
            plain.body.len()
        );
        let tag = coded.header("etag").to_owned();
        assert!(tags.insert(tag.clone()), "{coding}: {tag}");
        let again = server
            .get_with(
                PATH,
                &[("accept-encoding", coding), ("if-none-match", &tag)],
            )
            .await
            .expect(304);
        assert_eq!(again.header("etag"), tag);
        let decoded = decoder(coding)
            .get(format!("{}{PATH}", server.url))
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        assert_eq!(decoded, plain.body, "{coding}");
    }
    assert_eq!(tags.len(), 4);
}

#[tokio::test]
async fn a_tag_of_another_coding_does_not_match() {
    let server = TestServer::with_demo().await;
    let plain = server.get(PATH).await.expect(200);
    let gzip = server
        .get_with(PATH, &[("accept-encoding", "gzip")])
        .await
        .expect(200);
    server
        .get_with(
            PATH,
            &[
                ("accept-encoding", "br"),
                ("if-none-match", gzip.header("etag")),
            ],
        )
        .await
        .expect(200);
    server
        .get_with(PATH, &[("if-none-match", gzip.header("etag"))])
        .await
        .expect(200);
    server
        .get_with(PATH, &[("if-none-match", plain.header("etag"))])
        .await
        .expect(304);
}

#[tokio::test]
async fn the_coding_is_the_one_the_client_likes_best() {
    let server = TestServer::with_demo().await;
    for (accepted, coding) in [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("deflate", ""),
        ("", ""),
        ("gzip;q=0", ""),
    ] {
        let answer = server
            .get_with(PATH, &[("accept-encoding", accepted)])
            .await
            .expect(200);
        assert_eq!(answer.header("content-encoding"), coding, "{accepted}");
    }
}

#[tokio::test]
async fn all_faces_are_compressed_but_pictures_are_not() {
    let server = TestServer::with_demo().await;
    for path in [
        "/feeds/en/rss.xml",
        "/graphql?query=%7Barticles%7Bnodes%7Btitle%20url%7D%7D%7D",
        "/openapi.json",
    ] {
        let answer = server
            .get_with(path, &[("accept-encoding", "gzip")])
            .await
            .expect(200);
        assert_eq!(answer.header("content-encoding"), "gzip", "{path}");
    }
    let assets = server
        .get_json("/api/v1/assets?filter[kind]=image&first=1")
        .await;
    let picture = assets["data"][0]["url"]
        .as_str()
        .unwrap()
        .strip_prefix(&server.url)
        .unwrap();
    let answer = server
        .get_with(picture, &[("accept-encoding", "gzip")])
        .await
        .expect(200);
    assert_eq!(answer.header("content-encoding"), "");
}
