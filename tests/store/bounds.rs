//! What is too long is refused by name, on either engine, before an index refuses it.

use application::{articles, editions, menus, terms};
use domain::{
    Error,
    articles::SourceCredit,
    editions::{EditionDraft, Permalinks},
    menus::{MenuDraft, MenuTarget},
    terms::{Taxonomy, TermDraft, TermText},
    text::EditionText,
};

use crate::harness::{TestServer, builders::edition, records::link};

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, field: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), "VALIDATION", "{field}: {error:?}");
    assert_eq!(error.fields()[0].field, field, "{error:?}");
}

/// Text that no index can make shorter.
fn long(length: u32) -> String {
    (0..length)
        .map(|at| char::from_u32(0x4e00 + at * 7919 % 20_000).unwrap())
        .collect()
}

#[tokio::test]
async fn names_and_keys_have_a_limit() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let tag = |name: String, namespace: String| TermDraft {
        taxonomy: Taxonomy::Tag,
        namespace,
        parent: None,
        position: 0,
        texts: vec![EditionText {
            edition: site.en,
            value: TermText {
                name,
                ..TermText::default()
            },
        }],
    };
    refused(
        terms::create(&cx, tag(long(501), String::new())).await,
        "texts.name",
    );
    refused(
        terms::create(&cx, tag("Bees".to_owned(), long(101))).await,
        "namespace",
    );
    terms::create(&cx, tag(long(500), long(100))).await.unwrap();
    let menu = |location: String, items| MenuDraft {
        edition: site.en,
        location,
        name: "Main".to_owned(),
        items,
    };
    refused(
        menus::create(&cx, menu(long(101), Vec::new())).await,
        "location",
    );
    let items = vec![link("x", MenuTarget::Url("/".to_owned())); 10_001];
    refused(
        menus::create(&cx, menu("main".to_owned(), items)).await,
        "items",
    );
    menus::create(&cx, menu(long(100), Vec::new()))
        .await
        .unwrap();
    let credited = |outlet: String| {
        let credit = SourceCredit {
            outlet: Some(outlet),
            ..SourceCredit::default()
        };
        server
            .article(site.en, &long(1000))
            .with(|draft| draft.source_credit = Some(credit))
            .draft
    };
    refused(
        articles::create(&cx, credited(long(501))).await,
        "source.outlet",
    );
    articles::create(&cx, credited(long(500))).await.unwrap();
    let tag = server.tag(site.en, "Wax").await;
    let crowded = server
        .article(site.en, "Crowded")
        .with(|draft| draft.tags = vec![tag; 1001])
        .draft;
    refused(articles::create(&cx, crowded).await, "tags");
}

/// A change that makes something wrong.
type Change = fn(&mut Permalinks);

#[tokio::test]
async fn permalinks_name_only_what_their_records_have() {
    let server = TestServer::start().await;
    server.small_site().await;
    let cx = server.system();
    let links = |change: fn(&mut Permalinks)| {
        let mut permalinks = Permalinks::default();
        change(&mut permalinks);
        EditionDraft {
            permalinks,
            is_default: false,
            ..edition("ar", None)
        }
    };
    let wrong: [(&str, Change); 9] = [
        ("permalinks.article", |links| {
            links.article = "/{yeer}/{slug}".to_owned();
        }),
        ("permalinks.article", |links| {
            links.article = "/{year}".to_owned();
        }),
        ("permalinks.article", |links| {
            links.article = "/{slug".to_owned();
        }),
        ("permalinks.page", |links| links.page = "{path}".to_owned()),
        ("permalinks.category", |links| {
            links.category = "/c/{year}/{path}".to_owned();
        }),
        ("permalinks.tag", |links| {
            links.tag = "/tag/{path}".to_owned();
        }),
        ("permalinks.author", |links| {
            links.author = "/author/{path}".to_owned();
        }),
        ("permalinks.newsletter", |links| {
            links.newsletter = "/l/{path}".to_owned();
        }),
        ("permalinks.issue", |links| {
            links.issue = "/l/{newsletter}".to_owned();
        }),
    ];
    for (field, change) in wrong {
        refused(editions::create(&cx, links(change)).await, field);
    }
    let good = links(|links| {
        links.article = "/{year}/{month}/{day}/{category}/{slug}".to_owned();
        links.issue = "/{newsletter}/{number}".to_owned();
    });
    editions::create(&cx, good).await.unwrap();
}
