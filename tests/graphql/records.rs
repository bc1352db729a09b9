//! Categories, tags, authors, assets, galleries, collections, comments.

use domain::comments::CommentStatus;
use serde_json::json;

use crate::harness::{TestServer, texts};

#[tokio::test]
async fn a_category_knows_its_place_and_its_articles() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql(
            "{ category(by: { slug: \"local-history\" }) { name path url description position parent { slug } ancestors { slug } children { slug } \
               articleCount fa: articleCount(edition: \"fa\") articles(first: 2) { totalCount nodes { slug } } \
               translations { edition { code } name path } } deep: category(by: { slug: \"clock-tower\" }) { ancestors { slug } } }",
        )
        .await;
    let category = &data["category"];
    assert_eq!(category["path"], "/section/local-history");
    assert_eq!(category["parent"]["slug"], "town");
    assert_eq!(texts(&category["ancestors"], "slug"), ["town"]);
    assert_eq!(texts(&category["children"], "slug"), ["clock-tower"]);
    assert_eq!(category["articleCount"], category["articles"]["totalCount"]);
    assert_eq!(
        category["articles"]["nodes"][0]["slug"],
        "clock-tower-will-strike-again"
    );
    assert_eq!(category["fa"], 2);
    assert_eq!(category["translations"][1]["path"], "/بخش/تاریخ-محلی");
    assert_eq!(
        texts(&data["deep"]["ancestors"], "slug"),
        ["town", "local-history"]
    );
}

#[tokio::test]
async fn many_categories_show_their_newest_at_once() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ categories { nodes { slug articles(first: 2) { nodes { slug publishedAt } pageInfo { hasNextPage } } } } }")
        .await;
    for category in data["categories"]["nodes"].as_array().unwrap() {
        let slug = category["slug"].as_str().unwrap();
        let alone = server
            .graphql(&format!("{{ articles(first: 2, edition: \"en\", filter: {{ category: {{ slug: \"{slug}\" }} }}) {{ nodes {{ slug publishedAt }} pageInfo {{ hasNextPage }} }} }}"))
            .await;
        assert_eq!(category["articles"], alone["articles"], "{slug}");
    }
}

#[tokio::test]
async fn an_author_has_a_profile_and_articles() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ author(by: { slug: \"kaveh-sarvestani\" }) { name path url jobTitle bio website avatar { url } translations { edition { code } name url } articles(first: 100) { totalCount nodes { byline { author { slug } } } } } }")
        .await;
    let author = &data["author"];
    assert_eq!(author["url"], "https://gazette.example/by/kaveh-sarvestani");
    assert_eq!(author["translations"].as_array().unwrap().len(), 4);
    let articles = author["articles"]["nodes"].as_array().unwrap();
    assert!(articles.len() >= 5);
    for article in articles {
        let line = article["byline"].as_array().unwrap();
        assert!(
            line.iter()
                .any(|line| line["author"]["slug"] == "kaveh-sarvestani")
        );
    }
}

#[tokio::test]
async fn an_asset_knows_its_users() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ article(by: { slug: \"how-to-read-the-river\" }) { id hero { asset { id kind mimeType sizeBytes width height focalPoint { x y } licence fileName alt caption credit usedBy { id } translations { edition { code direction } alt } } } attachments { asset { kind mimeType url sizeBytes } } } }")
        .await;
    let article = &data["article"];
    let asset = &article["hero"]["asset"];
    assert_eq!(asset["mimeType"], "image/jpeg");
    assert!(asset["sizeBytes"].as_i64().unwrap() > 1000);
    assert!(texts(&asset["usedBy"], "id").contains(&article["id"].as_str().unwrap()));
    assert_eq!(asset["translations"][1]["edition"]["direction"], "RTL");
    let attached = &article["attachments"][0]["asset"];
    assert!(
        attached["kind"] == "VIDEO" || attached["kind"] == "DOCUMENT",
        "{attached}"
    );
}

#[tokio::test]
async fn a_gallery_keeps_its_order_and_captions() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ gallery(by: { slug: \"kater-stine-buze-wennes\" }, edition: \"sq\") { title itemCount items { caption alt asset { fileName } } } galleries(edition: \"ar\") { nodes { title direction } } }")
        .await;
    let gallery = &data["gallery"];
    assert_eq!(gallery["itemCount"], 7);
    let names: Vec<_> = gallery["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["asset"]["fileName"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "blossom.jpg",
            "kites.jpg",
            "bees.jpg",
            "river.jpg",
            "apples.jpg",
            "poplars.jpg",
            "snow.jpg"
        ]
    );
    assert_eq!(gallery["items"][0]["caption"], "Prill: Pemishtja e Vjetër");
    assert_eq!(
        gallery["items"][1]["caption"], "May: Kite Hill",
        "the caption falls back"
    );
    assert_eq!(data["galleries"]["nodes"][0]["direction"], "RTL");
}

#[tokio::test]
async fn a_collection_keeps_the_editors_order() {
    let server = TestServer::with_demo().await;
    let query = "query($after: String) { collection(by: { slug: \"front-page\" }) { title edition { code } items(first: 3, after: $after) { totalCount nodes { slug ... on Article { hero { alt } } } pageInfo { hasNextPage endCursor } } } }";
    let first = server.graphql(query).await;
    let items = &first["collection"]["items"];
    assert_eq!(items["totalCount"], 7);
    assert_eq!(
        texts(&items["nodes"], "slug"),
        [
            "clock-tower-will-strike-again",
            "one-chair-nine-evenings",
            "under-15s-win-the-valley-cup"
        ]
    );
    let after = items["pageInfo"]["endCursor"].clone();
    let second = server.graphql_with(query, json!({ "after": after })).await;
    assert_eq!(
        texts(&second["collection"]["items"]["nodes"], "slug")[0],
        "sixty-thousand-tenants-on-the-library-roof"
    );
}

#[tokio::test]
async fn comments_are_threads_of_what_was_approved() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let article = server.article(site.en, "Discussed").await;
    let first = server.comment(article, None, "First").await;
    let answer = server.comment(article, Some(first), "Answer").await;
    server
        .comment(article, Some(answer), "Answer to the answer")
        .await;
    server
        .comment_of(article, Some(first), CommentStatus::Pending, "Waiting")
        .await;
    server
        .comment_of(article, None, CommentStatus::Spam, "Spam")
        .await;
    server
        .comment(article, None, "Second <script>x</script> & more\n\nBelow")
        .await;
    let data = server
        .graphql(
            "{ articles { nodes { commentCount comments(first: 10) { totalCount nodes { bodyText bodyHtml replyCount parentId status entry { id } replies(first: 5) { bodyText parentId replies { bodyText } } } } } } \
               comments { totalCount nodes { bodyText } } }",
        )
        .await;
    let node = &data["articles"]["nodes"][0];
    assert_eq!(node["commentCount"], 4);
    assert_eq!(node["comments"]["totalCount"], 2);
    let threads = &node["comments"]["nodes"];
    assert_eq!(threads[0]["bodyText"], "First");
    assert_eq!(threads[0]["replyCount"], 1);
    assert_eq!(threads[0]["entry"]["id"], article.to_string());
    assert_eq!(texts(&threads[0]["replies"], "bodyText"), ["Answer"]);
    assert_eq!(threads[0]["replies"][0]["parentId"], first.to_string());
    assert_eq!(
        threads[0]["replies"][0]["replies"][0]["bodyText"],
        "Answer to the answer"
    );
    assert_eq!(
        threads[1]["bodyHtml"],
        "<p>Second &amp; more</p>\n<p>Below</p>"
    );
    assert_eq!(data["comments"]["totalCount"], 4);
}

#[tokio::test]
async fn comments_say_nothing_private_of_their_writers() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let article = server.article(site.en, "The ferry").await;
    server.comment(article, None, "Well said.").await;
    let data = server
        .graphql("{ comments { nodes { authorName authorEmail } } }")
        .await;
    let node = &data["comments"]["nodes"][0];
    assert_eq!(node["authorName"], "A reader");
    assert_eq!(node["authorEmail"], json!(null));
}

#[tokio::test]
async fn authors_without_a_text_in_the_edition_are_in_the_list_by_creation() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let first = server.author(site.en, "Zoe").await.to_string();
    let second = server.author(site.fa, "آرش").await.to_string();
    let third = server.author(site.en, "Ada").await.to_string();
    let data = server
        .graphql(
            "{ named: authors(edition: \"en\") { totalCount nodes { id } } \
             all: authors(edition: \"en\", orderBy: CREATED) { totalCount nodes { id name isFallback } } \
             one: authors(edition: \"en\", orderBy: CREATED, filter: { slug: \"ada\" }) { nodes { id } } }",
        )
        .await;
    assert_eq!(data["named"]["totalCount"], 2);
    assert_eq!(texts(&data["named"]["nodes"], "id"), [&*third, &first]);
    assert_eq!(data["all"]["totalCount"], 3);
    let all = [&*first, &second, &third];
    assert_eq!(texts(&data["all"]["nodes"], "id"), all);
    assert_eq!(data["all"]["nodes"][1]["name"], "آرش");
    assert_eq!(texts(&data["one"]["nodes"], "id"), [&*third]);
    let found = server
        .get_json("/api/v1/authors?edition=en&sort=createdAt&first=2")
        .await;
    assert_eq!(texts(&found["data"], "id"), all[..2]);
    let cursor = found["page"]["endCursor"].as_str().unwrap();
    let rest = server
        .get_json(&format!(
            "/api/v1/authors?edition=en&sort=createdAt&after={cursor}"
        ))
        .await;
    assert_eq!(texts(&rest["data"], "id"), all[2..]);
}
