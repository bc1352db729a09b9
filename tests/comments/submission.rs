//! What readers send.

use domain::{
    access::Role,
    comments::CommentStatus,
    content::{ContentKind, Status},
    id::EntryId,
    settings::CommentPolicy,
};
use reqwest::Method;
use serde_json::json;

use super::{Site, comment, text, texts};
use crate::harness::FACES;

#[tokio::test]
async fn a_comment_waits_until_a_moderator_has_seen_it() {
    let site = Site::new().await;
    for face in FACES {
        let body = format!("Sent over {face:?}");
        let taken = site.submit(face, site.article, comment(&body)).await;
        assert_eq!(taken, Ok("pending".to_owned()));
    }
    assert!(site.seen(None, "").await.is_empty());
    assert_eq!(site.count().await, 0);
    let waiting = site
        .seen(Some(&site.owner), "&filter[status]=pending")
        .await;
    assert_eq!(texts(&waiting), ["Sent over Rest", "Sent over Graphql"]);
}

#[tokio::test]
async fn a_comment_is_shown_at_once_where_the_site_says_so() {
    let site = Site::with(CommentPolicy::After).await;
    for (number, face) in (1..).zip(FACES) {
        let taken = site.submit(face, site.article, comment("Here I am")).await;
        assert_eq!(taken, Ok("approved".to_owned()));
        assert_eq!(site.count().await, number);
    }
    assert_eq!(site.seen(None, "").await.len(), 2);
    let data = site.server.graphql("{ site { commentPolicy } }").await;
    assert_eq!(data["site"]["commentPolicy"], "AFTER");
    let rest = site.server.get_json("/api/v1/site").await;
    assert_eq!(rest["commentPolicy"], "after");
}

#[tokio::test]
async fn nobody_comments_where_comments_are_closed() {
    let site = Site::new().await;
    let closed = Err(("CONFLICT".to_owned(), Vec::new()));
    let shut = site
        .server
        .article(site.en, "Shut")
        .with(|draft| draft.entry.comments_open = false)
        .await;
    let hidden = site
        .server
        .article(site.en, "Hidden")
        .status(Status::Draft)
        .await;
    let nowhere = EntryId::new(ContentKind::Page, uuid::Uuid::nil());
    for face in FACES {
        assert_eq!(site.submit(face, shut, comment("Hello")).await, closed);
        for unseen in [hidden.into(), nowhere] {
            let absent = site.submit(face, unseen, comment("Hello")).await;
            assert_eq!(absent.unwrap_err().0, "NOT_FOUND", "{face:?}");
        }
    }
    site.set(CommentPolicy::Closed).await;
    for face in FACES {
        let taken = site.submit(face, site.article, comment("Hello")).await;
        assert_eq!(taken, closed);
    }
    assert_eq!(site.server.count("SELECT count(*) FROM comment").await, 0);
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let site = Site::new().await;
    let wrong = json!({
        "authorName": "  ",
        "authorEmail": "nobody",
        "authorUrl": "javascript:alert(1)",
        "body": " ",
    });
    let fields = ["authorName", "authorEmail", "authorUrl", "body"].map(str::to_owned);
    for face in FACES {
        let taken = site.submit(face, site.article, wrong.clone()).await;
        assert_eq!(taken, Err(("VALIDATION".to_owned(), fields.to_vec())));
    }
    let path = format!("/api/v1/articles/{}/comments", site.article);
    let request = site.server.request(Method::POST, &path);
    let strange = json!({ "body": "Hello", "status": "approved" });
    let answer = site.server.send(request.json(&strange)).await.expect(422);
    let errors = answer.json()["errors"].clone();
    assert_eq!(errors[0]["pointer"], "/status");
    assert_eq!(errors[1]["pointer"], "/authorName");
}

#[tokio::test]
async fn a_program_that_betrays_itself_is_answered_like_a_reader() {
    for policy in [CommentPolicy::Before, CommentPolicy::After] {
        let site = Site::with(policy).await;
        let mut spam = comment("Buy this");
        for face in FACES {
            spam["honeypot"] = json!("https://spam.example");
            let taken = site.submit(face, site.article, spam.clone()).await;
            spam["honeypot"] = json!("");
            let honest = site.submit(face, site.article, spam.clone()).await;
            assert_eq!(taken, honest, "{face:?}");
        }
        assert_eq!(site.server.count("SELECT count(*) FROM comment").await, 2);
    }
}

#[tokio::test]
async fn an_answer_stands_below_a_comment_that_is_shown() {
    let site = Site::new().await;
    let server = &site.server;
    let shown = server.comment(site.article, None, "Shown").await;
    let waits = server
        .comment_of(site.article, None, CommentStatus::Pending, "Waits")
        .await;
    let below = server
        .comment_of(site.article, Some(waits), CommentStatus::Approved, "Below")
        .await;
    let other = server.article(site.en, "Another").await;
    let elsewhere = server.comment(other, None, "Elsewhere").await;
    site.set(CommentPolicy::After).await;
    for face in FACES {
        let answering = |parent: &str| {
            let mut comment = comment("An answer");
            comment["parentId"] = json!(parent);
            site.submit(face, site.article, comment)
        };
        assert_eq!(
            answering(&shown.to_string()).await,
            Ok("approved".to_owned())
        );
        for wrong in [waits, below, elsewhere] {
            let refused = Err(("VALIDATION".to_owned(), vec!["parentId".to_owned()]));
            assert_eq!(answering(&wrong.to_string()).await, refused, "{face:?}");
        }
        let refused = answering("tag_00000000000000000000000000").await;
        assert_eq!(refused.unwrap_err().1, ["parentId"]);
    }
    let parent = format!("&filter[parent]={shown}");
    assert_eq!(site.seen(None, &parent).await.len(), 2);
}

#[tokio::test]
async fn threads_are_ten_levels_deep() {
    let site = Site::with(CommentPolicy::After).await;
    let mut parent = None;
    let mut parents = Vec::new();
    for level in 1..=12 {
        let mut comment = comment(&format!("Level {level}"));
        comment["parentId"] = json!(parent);
        let face = FACES[level % 2];
        site.submit(face, site.article, comment).await.unwrap();
        let all = site.seen(None, "").await;
        let newest = all
            .iter()
            .find(|one| one["bodyText"] == format!("Level {level}"));
        let newest = newest.unwrap();
        parents.push(text(&newest["parentId"]));
        parent = Some(text(&newest["id"]));
    }
    // The eleventh stands beside the tenth, and so does the twelfth.
    assert_eq!(parents[9], parents[10]);
    assert_eq!(parents[9], parents[11]);
    assert_ne!(parents[8], parents[9]);
}

#[tokio::test]
async fn what_readers_write_is_words_and_links_nobody_vouches_for() {
    let site = Site::with(CommentPolicy::After).await;
    let body = "See <a href=\"https://a.example/x\" onclick=\"x()\">this</a> & that\n\n\
                <img src=\"https://a.example/x.png\"><script>x()</script>1 < 2";
    for face in FACES {
        site.submit(face, site.article, comment(body))
            .await
            .unwrap();
    }
    for one in site.seen(None, "").await {
        let html = text(&one["bodyHtml"]);
        let link = "<a href=\"https://a.example/x\" rel=\"nofollow ugc noopener\">this</a>";
        assert!(html.contains(link), "{html}");
        assert!(html.contains("&amp; that"), "{html}");
        for never in ["<img", "script", "onclick"] {
            assert!(!html.contains(never), "{html}");
        }
    }
}

#[tokio::test]
async fn an_e_mail_address_is_shown_to_moderators_alone() {
    let site = Site::with(CommentPolicy::After).await;
    let mut with_email = comment("Hello");
    with_email["authorEmail"] = json!("ada@mail.example");
    for face in FACES {
        site.submit(face, site.article, with_email.clone())
            .await
            .unwrap();
    }
    let server = &site.server;
    let here = server.signed_in(Role::Editor, Some(site.en)).await;
    let elsewhere = server.signed_in(Role::Editor, Some(site.fa)).await;
    let author = server.signed_in(Role::Author, Some(site.en)).await;
    let query = "{ comments { nodes { authorEmail } } }";
    for (token, expected) in [
        (Some(&site.owner), json!("ada@mail.example")),
        (Some(&here), json!("ada@mail.example")),
        (Some(&elsewhere), json!(null)),
        (Some(&author), json!(null)),
        (None, json!(null)),
    ] {
        let seen = site.seen(token.map(String::as_str), "").await;
        assert_eq!(seen[0]["authorEmail"], expected);
        let answer = match token {
            Some(token) => server.graphql_as(token, query, &json!({})).await,
            None => server.graphql_raw(query, json!({})).await,
        };
        let node = &answer["data"]["comments"]["nodes"][1];
        assert_eq!(node["authorEmail"], expected, "{answer}");
    }
}

#[tokio::test]
async fn who_moderates_need_not_wait() {
    let site = Site::new().await;
    let path = format!("/api/v1/articles/{}/comments", site.article);
    let request = site
        .server
        .request(Method::POST, &path)
        .bearer_auth(&site.owner);
    let answer = site.server.send(request.json(&comment("From us"))).await;
    assert_eq!(answer.expect(202).json()["status"], "approved");
    assert_eq!(site.count().await, 1);
}
