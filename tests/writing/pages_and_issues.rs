//! Pages and issues, field by field: what they have that articles do not.

use application::{
    newsletters::{self, NewIssue},
    pages::{self, NewPage},
};
use domain::{
    change::{Change, EntryChange, IssueChange, PageChange},
    id::{Id, PageId},
    newsletters::{Section, SectionItem},
};
use uuid::Uuid;

use super::titled;
use crate::harness::TestServer;

fn page(title: &str, parent: Option<PageId>) -> PageChange {
    PageChange {
        entry: titled(title).entry,
        parent: Change::Set(parent),
        ..PageChange::default()
    }
}

#[tokio::test]
async fn a_page_is_made_moved_and_cleared() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let new = |change| NewPage {
        edition: site.en,
        change,
    };
    let about = pages::create_from(&cx, new(page("About", None)))
        .await
        .unwrap();
    let team = pages::create_from(&cx, new(page("Team", Some(about.id()))))
        .await
        .unwrap();
    assert_eq!(team.entry.path, "/about/team");
    let top = PageChange {
        parent: Change::Set(None),
        position: Change::Set(3),
        ..PageChange::default()
    };
    let team = pages::change(&cx, team.id(), 1, top).await.unwrap();
    assert_eq!((team.entry.path.as_str(), team.position), ("/team", 3));
    assert_eq!(team.entry.parent, None);
    let below = |parent| PageChange {
        parent: Change::Set(Some(parent)),
        ..PageChange::default()
    };
    pages::change(&cx, about.id(), 1, below(team.id()))
        .await
        .unwrap();
    for (id, version, parent) in [
        (team.id(), 2, about.id()),
        (team.id(), 2, team.id()),
        (team.id(), 2, Id::from_uuid(Uuid::from_u128(7))),
    ] {
        let error = pages::change(&cx, id, version, below(parent))
            .await
            .unwrap_err();
        assert_eq!(error.fields()[0].field, "parent", "{error:?}");
    }
    // A page of another edition is no place for it.
    let persian = NewPage {
        edition: site.fa,
        change: page("درباره", Some(team.id())),
    };
    let error = pages::create_from(&cx, persian).await.unwrap_err();
    assert_eq!(error.fields()[0].field, "parent", "{error:?}");
}

#[tokio::test]
async fn an_issue_gets_the_next_number_of_its_series() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let letter = server.newsletter(site.en, "Letter").await;
    let new = |change: IssueChange| NewIssue {
        edition: site.en,
        change,
    };
    let issue = |title: &str| IssueChange {
        entry: titled(title).entry,
        newsletter: Change::Set(letter),
        ..IssueChange::default()
    };
    let first = newsletters::create_issue_from(&cx, new(issue("Spring")))
        .await
        .unwrap();
    let second = newsletters::create_issue_from(&cx, new(issue("Summer")))
        .await
        .unwrap();
    assert_eq!((first.number, second.number), (1, 2));
    let same = IssueChange {
        number: Change::Set(1),
        ..issue("Autumn")
    };
    let error = newsletters::create_issue_from(&cx, new(same))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "CONFLICT", "{error:?}");
    let lost = IssueChange {
        entry: titled("Nowhere").entry,
        ..IssueChange::default()
    };
    let error = newsletters::create_issue_from(&cx, new(lost))
        .await
        .unwrap_err();
    assert_eq!(error.fields()[0].field, "newsletter", "{error:?}");
}

#[tokio::test]
async fn an_issue_is_changed_field_by_field() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let letter = server.newsletter(site.en, "Letter").await;
    let article = server.article(site.en, "River").await;
    let id = server.draft_issue(site.en, letter, 1).await;
    let section = Section {
        heading: Some("News".to_owned()),
        items: vec![SectionItem {
            article: Some(article),
            ..SectionItem::default()
        }],
    };
    let change = IssueChange {
        outro: Change::Set(Some("Goodbye".to_owned())),
        sections: Change::Set(vec![section.clone()]),
        ..IssueChange::default()
    };
    let issue = newsletters::change_issue(&cx, id, 1, change.clone())
        .await
        .unwrap();
    assert_eq!(issue.outro.as_deref(), Some("Goodbye"));
    let again = newsletters::change_issue(&cx, id, 2, change).await.unwrap();
    assert_eq!(again.entry.version, 2);
    let sections = newsletters::sections(&cx, &[id]).await.unwrap();
    assert_eq!(sections[&id], [section]);
    let cleared = IssueChange {
        entry: EntryChange::default(),
        outro: Change::Set(Some("  ".to_owned())),
        sections: Change::Set(Vec::new()),
        ..IssueChange::default()
    };
    let issue = newsletters::change_issue(&cx, id, 2, cleared)
        .await
        .unwrap();
    assert_eq!(issue.outro, None);
    assert!(newsletters::sections(&cx, &[id]).await.unwrap()[&id].is_empty());
    let wrong = IssueChange {
        sections: Change::Set(vec![Section {
            heading: None,
            items: vec![
                SectionItem::default(),
                SectionItem {
                    article: Some(Id::from_uuid(Uuid::from_u128(7))),
                    ..SectionItem::default()
                },
            ],
        }]),
        ..IssueChange::default()
    };
    let error = newsletters::change_issue(&cx, id, 3, wrong)
        .await
        .unwrap_err();
    let told: Vec<&str> = error.fields().iter().map(|f| f.field.as_str()).collect();
    assert_eq!(told, ["sections.0.items.0", "sections.0.items.1.article"]);
}

#[tokio::test]
async fn pages_below_follow_a_page_that_moves() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let about = server.page(site.en, "About").await;
    let child = |title: &str, parent: PageId| {
        let mut draft = crate::harness::records::page(site.en, title);
        draft.entry.parent = Some(parent.into());
        draft
    };
    let team = server.save_page(child("Team", about)).await;
    let ada = server.save_page(child("Ada", team)).await;
    let mut chosen = child("Prices", about);
    chosen.entry.path = Some("/prices".to_owned());
    let chosen = server.save_page(chosen).await;
    let mut hidden = child("Plans", about);
    hidden.entry.status = domain::content::Status::Draft;
    let hidden = server.save_page(hidden).await;
    let edited = PageChange {
        entry: titled("Ada Moor").entry,
        ..PageChange::default()
    };
    pages::change(&cx, ada, 1, edited).await.unwrap();
    let slug = PageChange {
        entry: EntryChange {
            slug: Change::Set(Some("us".to_owned())),
            ..EntryChange::default()
        },
        ..PageChange::default()
    };
    let path = async |id: PageId| {
        let get = application::entries::EntryGet::id(id);
        let found = pages::get(&cx, &get, domain::content::Parts::NONE).await;
        found.unwrap().unwrap().entry.path
    };
    pages::change(&cx, about, 1, slug).await.unwrap();
    // It waits: nothing has moved yet.
    assert_eq!(path(ada).await, "/about/team/ada");
    application::lifecycle::publish(&cx, about.into(), super::step(2))
        .await
        .unwrap();
    assert_eq!(path(about).await, "/us");
    assert_eq!(path(team).await, "/us/team");
    assert_eq!(path(ada).await, "/us/team/ada");
    assert_eq!(path(hidden).await, "/us/plans");
    assert_eq!(path(chosen).await, "/prices", "its path was chosen");
    // What was public leads on; what never was does not.
    for (from, to) in [
        ("/about", Some("/us")),
        ("/about/team", Some("/us/team")),
        ("/about/team/ada", Some("/us/team/ada")),
        ("/about/plans", None),
    ] {
        let answer = server
            .graphql(&format!(
                "{{ route(edition: \"en\", path: \"{from}\") {{ __typename ... on Redirect {{ href }} }} }}"
            ))
            .await
            .to_string();
        match to {
            Some(to) => assert!(answer.contains(to), "{from}: {answer}"),
            None => assert!(!answer.contains("/us"), "{from}: {answer}"),
        }
    }
    // An edit made before the move is published where the page stands now.
    application::lifecycle::publish(&cx, ada.into(), super::step(2))
        .await
        .unwrap();
    assert_eq!(path(ada).await, "/us/team/ada");
}

#[tokio::test]
async fn a_page_does_not_move_where_the_paths_of_those_below_are_taken() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let about = server.page(site.en, "About").await;
    let mut team = crate::harness::records::page(site.en, "Team");
    team.entry.parent = Some(about.into());
    server.save_page(team).await;
    let mut other = crate::harness::records::page(site.en, "Other");
    other.entry.path = Some("/us/team".to_owned());
    server.save_page(other).await;
    application::lifecycle::unpublish(&cx, about.into(), super::step(1))
        .await
        .unwrap();
    let slug = PageChange {
        entry: EntryChange {
            slug: Change::Set(Some("us".to_owned())),
            ..EntryChange::default()
        },
        ..PageChange::default()
    };
    let before = super::everything(&server).await;
    let error = pages::change(&cx, about, 2, slug).await.unwrap_err();
    assert!(
        matches!(&error, domain::Error::Conflict { field: Some(field), .. } if field == "path"),
        "{error:?}"
    );
    assert_eq!(super::everything(&server).await, before);
}
