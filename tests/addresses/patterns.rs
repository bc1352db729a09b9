//! What new patterns, new slugs and new records do to what stood at their paths.

use application::editions;
use domain::{
    access::Role,
    change::Change,
    editions::{EditionChange, PermalinksChange},
    id::EditionId,
    redirects::RedirectTarget,
};
use serde_json::json;

use super::{AUTHOR, CATEGORY, TAG, at};
use crate::harness::{FACES, Resource, TestServer};

const NEWSLETTER: Resource = Resource {
    list: "newsletters",
    kind: "Newsletter",
    words: &[],
};

async fn permalinks(
    server: &TestServer,
    edition: EditionId,
    version: i64,
    permalinks: PermalinksChange,
) {
    let change = EditionChange {
        permalinks,
        ..EditionChange::default()
    };
    editions::change(&server.system(), edition, version, change)
        .await
        .unwrap();
}

fn to(pattern: &str) -> Change<Option<String>> {
    Change::Set(Some(pattern.to_owned()))
}

#[tokio::test]
async fn new_patterns_leave_redirects_from_the_paths_of_the_old_ones() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    server.category(site.en, "Local", Some(news)).await;
    server.tag(site.en, "Bees").await;
    server.author(site.en, "Ada Moor").await;
    server.newsletter(site.en, "Weekly").await;
    let new = PermalinksChange {
        category: to("/section/{path}"),
        tag: to("/about/{slug}"),
        author: to("/by/{slug}"),
        newsletter: to("/letters/{slug}"),
        ..PermalinksChange::default()
    };
    permalinks(&server, site.en, 1, new).await;
    let leads = |path: &str| Some(format!("Redirect: https://example.org/en{path}"));
    for (old, new) in [
        ("/category/news", "/section/news"),
        ("/category/news/local", "/section/news/local"),
        ("/tag/bees", "/about/bees"),
        ("/author/ada-moor", "/by/ada-moor"),
        ("/newsletter/weekly", "/letters/weekly"),
    ] {
        assert_eq!(at(&server, "en", old).await, leads(new), "{old}");
    }
    // The patterns change places: nothing is led away from where somebody lives.
    let exchanged = PermalinksChange {
        tag: to("/by/{slug}"),
        author: to("/about/{slug}"),
        ..PermalinksChange::default()
    };
    server.tag(site.en, "Ada Moor").await;
    permalinks(&server, site.en, 2, exchanged).await;
    assert_eq!(
        at(&server, "en", "/by/ada-moor").await.unwrap(),
        "Tag: Ada Moor"
    );
    assert_eq!(
        at(&server, "en", "/about/ada-moor").await.unwrap(),
        "Author: Ada Moor"
    );
    assert_eq!(at(&server, "en", "/tag/bees").await, leads("/by/bees"));
    // Back again: what lives there is found there.
    let back = PermalinksChange {
        tag: Change::Set(None),
        author: Change::Set(None),
        ..PermalinksChange::default()
    };
    permalinks(&server, site.en, 3, back).await;
    assert_eq!(at(&server, "en", "/tag/bees").await.unwrap(), "Tag: Bees");
    assert_eq!(at(&server, "en", "/by/bees").await, leads("/tag/bees"));
}

#[tokio::test]
async fn a_pattern_moves_many_with_few_statements() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for number in 0..60 {
        server.tag(site.en, &format!("Tag {number}")).await;
    }
    let new = PermalinksChange {
        tag: to("/about/{slug}"),
        ..PermalinksChange::default()
    };
    let (statements, ()) = server
        .statements(permalinks(&server, site.en, 1, new))
        .await;
    assert!(statements < 25, "{statements}");
    assert!(
        at(&server, "en", "/tag/tag-59")
            .await
            .unwrap()
            .starts_with("Redirect")
    );
}

#[tokio::test]
async fn a_newsletter_with_another_slug_is_found_at_its_old_path() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let title = format!("letter-{face:?}").to_lowercase();
        let id = server.newsletter(site.en, &title).await.to_string();
        let slug = json!({ "slug": format!("{title}-2") });
        let target = (id.as_str(), 1);
        server
            .patch(face, &owner, NEWSLETTER, target, &slug)
            .await
            .done();
        let leads = format!("Redirect: https://example.org/en/newsletter/{title}-2");
        let old = format!("/newsletter/{title}");
        assert_eq!(at(&server, "en", &old).await, Some(leads));
    }
}

#[tokio::test]
async fn a_redirect_gives_way_only_to_those_who_may_delete_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let author = server.signed_in(Role::Author, Some(site.en)).await;
    let editor = server.signed_in(Role::Editor, None).await;
    let deleted = "SELECT count(*) FROM audit WHERE target_kind = 'redirect' AND action = 'delete'";
    for (number, face) in (1_i64..).zip(FACES) {
        let slug = format!("campaign-{face:?}").to_lowercase();
        let path = format!("/tag/{slug}");
        let to = RedirectTarget::Url("https://elsewhere.example/".to_owned());
        server.redirect(site.en, &path, to).await;
        for text in [
            json!({ "name": "Campaign", "slug": slug }),
            json!({ "name": slug }),
        ] {
            let body = json!({ "texts": { "en": text } });
            let refused = server.create(face, &author, TAG, &body).await;
            refused.refused("CONFLICT", &["texts.en.slug"]);
        }
        let stands = at(&server, "en", &path).await;
        assert_eq!(
            stands,
            Some("Redirect: https://elsewhere.example/".to_owned())
        );
        let body = json!({ "texts": { "en": { "name": "Campaign", "slug": slug } } });
        server.create(face, &editor, TAG, &body).await.done();
        assert_eq!(at(&server, "en", &path).await.unwrap(), "Tag: Campaign");
        assert_eq!(server.count(deleted).await, number);
        // What comes back to a path of its own takes nothing away from anybody.
        for of in [CATEGORY, AUTHOR] {
            let body = json!({ "texts": { "en": { "name": slug } } });
            let id = server.create(face, &editor, of, &body).await.done().id;
            for (version, slug) in [(1, format!("{slug}-2")), (2, slug.clone())] {
                let body = json!({ "texts": { "en": { "slug": slug } } });
                let target = (id.as_str(), version);
                server.patch(face, &editor, of, target, &body).await.done();
            }
        }
        assert_eq!(server.count(deleted).await, number);
    }
}

#[tokio::test]
async fn many_redirects_are_imported_with_few_statements() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut text = "from,to\n".to_owned();
    for number in 0..3000 {
        text.push_str(&format!("/old/{number},/new/{number}\n"));
    }
    let cx = server.system();
    let import = application::redirects::import_csv(&cx, site.en, text.as_bytes());
    let (statements, imported) = server.statements(import).await;
    assert_eq!(imported.unwrap().created, 3000);
    // The audit log and the outbox get a hundred rows at a time.
    assert!(statements < 120, "{statements}");
}
