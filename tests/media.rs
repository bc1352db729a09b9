//! Stored files: bytes, ranges, validators, and who may fetch them.

use domain::{
    content::Status,
    media::{AssetDraft, AssetKind},
};
use reqwest::Method;

use crate::harness::{Answer, TestServer, records::remote_picture};

/// A file of a published article: its path, and what is in it.
async fn published(server: &TestServer) -> (String, &'static [u8]) {
    const BYTES: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let site = server.small_site().await;
    let file = server.file(site.en, "letters.jpg", BYTES).await;
    server.article(site.en, "With a file").hero(file).await;
    (format!("/media/{file}/1/letters.jpg"), BYTES)
}

fn assert_is_tame(answer: &Answer) {
    assert_eq!(
        answer.header("x-content-type-options"),
        "nosniff",
        "{}",
        answer.asked
    );
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'none'; sandbox"
    );
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        "cross-origin"
    );
}

#[tokio::test]
async fn the_pictures_of_the_demo_are_served() {
    let server = TestServer::with_demo().await;
    let list = server
        .get_json("/api/v1/assets?filter[kind]=image&first=100")
        .await;
    let pictures = list["data"].as_array().unwrap();
    assert!(pictures.len() >= 15);
    for picture in pictures {
        let path = picture["url"]
            .as_str()
            .unwrap()
            .strip_prefix(&server.url)
            .unwrap();
        let answer = server.get(path).await.expect(200);
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert_eq!(
            answer.body.len() as u64,
            picture["sizeBytes"].as_u64().unwrap()
        );
        assert_eq!(
            answer.header("content-length"),
            answer.body.len().to_string()
        );
        assert!(
            answer.body.starts_with(&[0xff, 0xd8, 0xff]),
            "{path} is no JPEG"
        );
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(answer.header("content-disposition"), "");
        assert_is_tame(&answer);
    }
}

#[tokio::test]
async fn documents_are_offered_for_download() {
    let server = TestServer::with_demo().await;
    let list = server
        .get_json("/api/v1/assets?filter[kind]=document")
        .await;
    let path = list["data"][0]["url"]
        .as_str()
        .unwrap()
        .strip_prefix(&server.url)
        .unwrap();
    let answer = server.get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=\"market-calendar-2026.pdf\"")
    );
    assert!(answer.body.starts_with(b"%PDF-"));
    assert_is_tame(&answer);
}

#[tokio::test]
async fn a_part_of_a_file_can_be_fetched() {
    let server = TestServer::start().await;
    let (path, bytes) = published(&server).await;
    for (range, part, told) in [
        ("bytes=0-9", &bytes[0..10], "bytes 0-9/36"),
        ("bytes=10-", &bytes[10..], "bytes 10-35/36"),
        ("bytes=-5", &bytes[31..], "bytes 31-35/36"),
        ("bytes=30-99", &bytes[30..], "bytes 30-35/36"),
        ("bytes=-99", bytes, "bytes 0-35/36"),
        ("bytes=35-35", &bytes[35..], "bytes 35-35/36"),
    ] {
        let answer = server
            .get_with(&path, &[("range", range)])
            .await
            .expect(206);
        assert_eq!(answer.body, part, "{range}");
        assert_eq!(answer.header("content-range"), told);
        assert_eq!(answer.header("content-length"), part.len().to_string());
        assert_is_tame(&answer);
    }
}

#[tokio::test]
async fn a_part_that_is_not_there_is_refused() {
    let server = TestServer::start().await;
    let (path, _) = published(&server).await;
    for range in ["bytes=36-", "bytes=99-100", "bytes=-0"] {
        let answer = server
            .get_with(&path, &[("range", range)])
            .await
            .expect(416);
        assert_eq!(answer.header("content-range"), "bytes */36", "{range}");
        assert_eq!(answer.json()["code"], "RANGE_NOT_SATISFIABLE");
    }
}

#[tokio::test]
async fn a_range_nobody_understands_is_no_range() {
    let server = TestServer::start().await;
    let (path, bytes) = published(&server).await;
    for range in [
        "bytes=",
        "bytes=x-y",
        "bytes=9-0",
        "lines=1-2",
        "bytes=0-1,4-5",
        "bytes=99999999999999999999-",
    ] {
        let answer = server.get_with(&path, &[("range", range)]).await;
        assert!(
            matches!(answer.status, 200 | 416),
            "{range}: {}",
            answer.status
        );
        assert!(answer.status == 416 || answer.body == bytes, "{range}");
    }
}

#[tokio::test]
async fn a_part_of_another_version_is_not_mixed_in() {
    let server = TestServer::start().await;
    let (path, bytes) = published(&server).await;
    let tag = server.get(&path).await.header("etag").to_owned();
    let same = server
        .get_with(&path, &[("range", "bytes=0-1"), ("if-range", &tag)])
        .await
        .expect(206);
    assert_eq!(same.body, &bytes[..2]);
    let other = server
        .get_with(&path, &[("range", "bytes=0-1"), ("if-range", "\"other\"")])
        .await
        .expect(200);
    assert_eq!(other.body, bytes);
}

#[tokio::test]
async fn who_has_the_file_is_told_so() {
    let server = TestServer::start().await;
    let (path, _) = published(&server).await;
    let first = server.get(&path).await.expect(200);
    let tag = first.header("etag");
    for sent in [
        tag.to_owned(),
        format!("W/{tag}"),
        format!("\"x\", {tag}"),
        "*".to_owned(),
    ] {
        let answer = server
            .get_with(&path, &[("if-none-match", &sent)])
            .await
            .expect(304);
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("etag"), tag);
        assert_eq!(
            answer.header("cache-control"),
            first.header("cache-control")
        );
    }
    let head = server
        .send(server.request(Method::HEAD, &path))
        .await
        .expect(200);
    assert!(head.body.is_empty());
    assert_eq!(
        (head.header("content-length"), head.header("etag")),
        ("36", tag)
    );
    let ranged = server
        .send(
            server
                .request(Method::HEAD, &path)
                .header("range", "bytes=0-1"),
        )
        .await;
    assert_eq!(
        (ranged.status, ranged.header("content-length")),
        (200, "36")
    );
}

#[tokio::test]
async fn the_file_of_a_draft_is_not_there() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let file = server.file(site.en, "secret.jpg", b"secret").await;
    server
        .article(site.en, "Draft")
        .hero(file)
        .status(Status::Draft)
        .await;
    let path = format!("/media/{file}/1/secret.jpg");
    let hidden = server.get(&path).await.expect(404);
    assert_eq!(hidden.json()["code"], "NOT_FOUND");
    let absent = server
        .get("/media/asset_00000000000000000000000000/1/secret.jpg")
        .await
        .expect(404);
    let detail = |answer: &Answer| answer.json()["detail"].clone();
    assert_eq!(detail(&hidden), detail(&absent));
    server
        .get_with(&path, &[("range", "bytes=0-1")])
        .await
        .expect(404);
    server
        .get_with(&path, &[("if-none-match", "*")])
        .await
        .expect(404);
    server.article(site.en, "Published").hero(file).await;
    let shown = server.get(&path).await.expect(200);
    assert_eq!(
        shown.header("cache-control"),
        "public, max-age=300",
        "only as long as something published uses it"
    );
}

#[tokio::test]
async fn only_the_version_of_the_address_is_served() {
    let server = TestServer::start().await;
    let (path, _) = published(&server).await;
    for version in ["0", "2", "01", "+1", "1.0", "x", "9223372036854775808"] {
        server
            .get(&path.replace("/1/", &format!("/{version}/")))
            .await
            .expect(404);
    }
    // An address holds for good, so that a file has no other.
    for name in ["anything.jpg", "letters.jpg.exe", "LETTERS.JPG"] {
        let other = path.replace("letters.jpg", name);
        server.get(&other).await.expect(404);
    }
    for path in [
        "/media",
        "/media/x",
        "/media/nonsense/1/x.jpg",
        "/media/article_00000000000000000000000000/1/x.jpg",
        "/media/../../etc/passwd",
        "/media/%2e%2e/1/x",
    ] {
        server.get(path).await.expect(404);
    }
}

#[tokio::test]
async fn a_file_that_could_run_is_never_shown_in_place() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for (name, media_type) in [
        ("page.html", "text/html"),
        ("picture.svg", "image/svg+xml"),
        ("odd.bin", "text/html\r\nx: y"),
        ("script.js", "text/javascript"),
    ] {
        let stored = application::media::put_bytes(
            &server.system(),
            bytes::Bytes::from_static(b"<script>alert(1)</script>"),
        )
        .await
        .unwrap();
        let asset = server
            .asset(AssetDraft {
                kind: AssetKind::Image,
                location: domain::media::AssetLocation::Stored { key: stored.key },
                file_name: name.to_owned(),
                media_type: media_type.to_owned(),
                is_public: true,
                ..remote_picture(site.en, name)
            })
            .await;
        let answer = server
            .get(&format!("/media/{asset}/1/{name}"))
            .await
            .expect(200);
        assert!(
            answer
                .header("content-disposition")
                .starts_with("attachment"),
            "{name}"
        );
        assert_eq!(answer.header("x"), "");
        assert_is_tame(&answer);
    }
}
