//! Saving: versions, rules, and all or nothing.

use application::{articles, newsletters, pages, terms};
use domain::{
    Error,
    content::Status,
    id::{Id, PageId},
    terms::{Taxonomy, TermDraft, TermId, TermText},
    text::EditionText,
};
use futures::future::join;
use serde_json::json;

use crate::harness::{
    TestServer,
    records::{issue, page},
};

#[tokio::test]
async fn a_stale_version_is_a_conflict() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server.article(site.en, "First");
    let mut draft = builder.draft.clone();
    let id = builder.await;
    draft.entry.title = "Second".to_owned();
    articles::update(&server.system(), id, Some(1), draft.clone())
        .await
        .unwrap();
    draft.entry.title = "Lost".to_owned();
    for stale in [0, 1, 3] {
        let error = articles::update(&server.system(), id, Some(stale), draft.clone())
            .await
            .unwrap_err();
        assert_eq!(error.code(), "CONFLICT");
        assert!(
            error.to_string().contains('2'),
            "the current one is named: {error}"
        );
    }
    let data = server
        .graphql("{ articles { nodes { title version } } }")
        .await;
    assert_eq!(
        data["articles"]["nodes"],
        json!([{ "title": "Second", "version": 2 }])
    );
}

#[tokio::test]
async fn of_two_changes_at_once_one_wins_and_the_other_is_told() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server.article(site.en, "First");
    let draft = builder.draft.clone();
    let id = builder.await;
    let change = |title: &str| {
        let mut draft = draft.clone();
        draft.entry.title = title.to_owned();
        let cx = server.system();
        async move { articles::update(&cx, id, Some(1), draft).await }
    };
    let (one, two) = join(change("One"), change("Two")).await;
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let error = one.and(two).unwrap_err();
    assert_eq!(error.code(), "CONFLICT", "{error:?}");
    let data = server.graphql("{ articles { nodes { version } } }").await;
    assert_eq!(data["articles"]["nodes"][0]["version"], 2);
}

#[tokio::test]
async fn what_fails_leaves_nothing_behind() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let tables = [
        "entry",
        "translation_group",
        "route",
        "entry_body",
        "article",
        "audit",
        "outbox",
    ];
    let count = async || {
        let mut counts = Vec::new();
        for table in tables {
            counts.push(server.count(&format!("SELECT count(*) FROM {table}")).await);
        }
        counts
    };
    let before = count().await;
    let absent = server
        .article(site.en, "Bad")
        .category(Id::from_uuid(uuid::Uuid::from_u128(42)))
        .draft;
    let error = articles::create(&server.system(), absent)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "VALIDATION", "{error:?}");
    let two = server.article(site.en, "Good").draft;
    let failed = server
        .system()
        .write(async |tx| {
            articles::create_in(tx, &two).await?;
            Err::<(), _>(Error::conflict("changed my mind"))
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(count().await, before);
}

#[tokio::test]
async fn a_path_somebody_has_is_refused_by_its_name() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let at_the_path = |title: &str| {
        let article = server.article(site.en, title);
        article.with(|draft| draft.entry.path = Some("/kept".to_owned()))
    };
    at_the_path("First").await;
    let error = articles::create(&server.system(), at_the_path("Second").draft)
        .await
        .unwrap_err();
    let Error::Conflict { message, field, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(
        (message.as_str(), field.as_deref()),
        ("the path /kept is taken", Some("path"))
    );
    assert_eq!(server.count("SELECT count(*) FROM entry").await, 1);
}

#[tokio::test]
async fn a_savepoint_can_fail_alone() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let (good, bad) = (
        server.article(site.en, "Good").draft,
        server.article(site.en, "Bad").draft,
    );
    server
        .system()
        .write(async |tx| {
            articles::create_in(tx, &good).await?;
            let failed = tx
                .savepoint(async |tx| {
                    articles::create_in(tx, &bad).await?;
                    Err::<(), _>(Error::conflict("not this one"))
                })
                .await;
            assert!(failed.is_err());
            Ok(())
        })
        .await
        .unwrap();
    let data = server.graphql("{ articles { nodes { title } } }").await;
    assert_eq!(data["articles"]["nodes"], json!([{ "title": "Good" }]));
    assert_eq!(
        server
            .count("SELECT count(*) FROM outbox WHERE name = 'article.created'")
            .await,
        1
    );
}

#[tokio::test]
async fn drafts_that_break_a_rule_are_refused_with_the_field() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let scheduled = server
        .article(site.en, "When?")
        .status(Status::Scheduled)
        .draft;
    let error = articles::create(&cx, scheduled).await.unwrap_err();
    assert_eq!(error.fields()[0].field, "scheduledAt");
    let long = server.article(site.en, &"x".repeat(1001)).draft;
    let error = articles::create(&cx, long).await.unwrap_err();
    assert_eq!(error.fields()[0].field, "title");
    let term = |taxonomy, name: &str, parent, namespace: &str| TermDraft {
        taxonomy,
        namespace: namespace.to_owned(),
        parent,
        position: 0,
        texts: vec![EditionText {
            edition: site.en,
            value: TermText {
                name: name.to_owned(),
                ..TermText::default()
            },
        }],
    };
    let parent = Some(server.category(site.en, "News", None).await);
    for (draft, field) in [
        (term(Taxonomy::Category, " ", None, ""), "texts.name"),
        (term(Taxonomy::Tag, "Bees", parent, ""), "parent"),
        (term(Taxonomy::Category, "Local", None, "x"), "namespace"),
        (
            TermDraft {
                texts: Vec::new(),
                ..term(Taxonomy::Tag, "x", None, "")
            },
            "texts",
        ),
    ] {
        let error = terms::create(&cx, draft).await.unwrap_err();
        assert_eq!(error.fields()[0].field, field, "{error:?}");
    }
    let newsletter = server.newsletter(site.en, "Letter").await;
    let error = newsletters::create_issue(&cx, issue(site.fa, newsletter, 1))
        .await
        .unwrap_err();
    assert_eq!(error.fields()[0].field, "newsletter");
}

#[tokio::test]
async fn the_number_of_an_issue_is_its_own() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let newsletter = server.newsletter(site.en, "Letter").await;
    server.issue(site.en, newsletter, 1, Vec::new()).await;
    let mut twin = issue(site.en, newsletter, 1);
    twin.entry.path = Some("/elsewhere".to_owned());
    let error = newsletters::create_issue(&server.system(), twin)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Conflict { field: Some(field), .. } if field == "number"),
        "{error:?}"
    );
}

#[tokio::test]
async fn trees_have_no_circles() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let top = server.category(site.en, "Top", None).await;
    let below = server.category(site.en, "Below", Some(top)).await;
    let draft = |parent| TermDraft {
        taxonomy: Taxonomy::Category,
        namespace: String::new(),
        parent: Some(parent),
        position: 0,
        texts: vec![EditionText {
            edition: site.en,
            value: TermText {
                name: "Top".to_owned(),
                ..TermText::default()
            },
        }],
    };
    for parent in [top, below] {
        let error = terms::update(&server.system(), TermId::from(top), draft(parent))
            .await
            .unwrap_err();
        assert_eq!(error.fields()[0].field, "parent", "{error:?}");
    }
    let one = server.page(site.en, "One").await;
    let mut two = page(site.en, "Two");
    two.entry.parent = Some(one.into());
    let two: PageId = server.save_page(two).await;
    for parent in [one, two] {
        let mut circle = page(site.en, "One");
        circle.entry.parent = Some(parent.into());
        let error = pages::update(&server.system(), one, Some(1), circle)
            .await
            .unwrap_err();
        assert_eq!(error.fields()[0].field, "parent", "{error:?}");
    }
}

#[tokio::test]
async fn both_engines_keep_times_to_the_microsecond() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server
        .article(site.en, "Precise")
        .published_at("2026-05-01T10:11:12.123456789Z")
        .await;
    let data = server
        .graphql("{ articles { nodes { publishedAt } } }")
        .await;
    assert_eq!(
        data["articles"]["nodes"][0]["publishedAt"],
        "2026-05-01T10:11:12.123456Z"
    );
    let found = server.graphql("{ articles(filter: { publishedAt: { gte: \"2026-05-01T10:11:12.123456Z\", lte: \"2026-05-01T10:11:12.123456Z\" } }) { totalCount } }").await;
    assert_eq!(found["articles"]["totalCount"], 1);
}

#[tokio::test]
async fn texts_come_back_as_they_were_given() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let title = "می‌خواهم \u{202b}راست\u{202c} 'x' \"y\" \\ % _ 🐝 e\u{301}";
    server.article(site.fa, title).await;
    let data = server
        .graphql("{ articles(edition: \"fa\") { nodes { title } } }")
        .await;
    assert_eq!(data["articles"]["nodes"][0]["title"], title);
}

#[tokio::test]
async fn a_text_no_engine_can_hold_is_refused_or_cleaned() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    for draft in [
        server.article(site.en, "A\0B").draft,
        server.article(site.en, "Body").body("<p>a\0b</p>").draft,
        server
            .article(site.en, "Slug")
            .with(|draft| draft.entry.slug = "a\0b".to_owned())
            .draft,
        server
            .article(site.en, "Excerpt")
            .with(|draft| draft.entry.excerpt = Some("a\0b".to_owned()))
            .draft,
    ] {
        let result = articles::create(&cx, draft).await;
        assert!(
            result.as_ref().is_ok() || result.as_ref().unwrap_err().code() == "VALIDATION",
            "{result:?}"
        );
    }
    let data = server
        .graphql("{ articles { nodes { title slug excerpt body { html } } } }")
        .await;
    assert!(!data.to_string().contains("\\u0000"), "{data}");
}
