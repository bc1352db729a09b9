//! What is refused, and that it leaves nothing behind.

use application::articles::{self, NewArticle};
use domain::{
    Error,
    access::Role,
    articles::{ContributionDraft, ContributionRole},
    change::{ArticleChange, Change, EntryChange, FigureChange, SeoChange},
    content::Status,
    id::{ArticleId, AssetId, AuthorId, Id, IdKind},
    media::FigureDraft,
};
use uuid::Uuid;

use super::{drafted, everything, html, titled};
use crate::harness::TestServer;

fn nobody<K: IdKind>() -> Id<K> {
    Id::from_uuid(Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_ffff))
}

fn fields(error: &Error) -> Vec<&str> {
    error
        .fields()
        .iter()
        .map(|field| field.field.as_str())
        .collect()
}

fn line(author: Option<AuthorId>, name: Option<&str>) -> ContributionDraft {
    ContributionDraft {
        role: ContributionRole::Author,
        author,
        name: name.map(str::to_owned),
    }
}

#[tokio::test]
async fn every_wrong_field_is_told_at_once() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let long = |length| Change::Set(Some("x".repeat(length)));
    let ada = server.author(site.en, "Ada Moor").await;
    let news = server.category(site.en, "News", None).await;
    let change = ArticleChange {
        entry: EntryChange {
            title: Change::Set("  ".to_owned()),
            slug: Change::Set(Some("a/b".to_owned())),
            path: Change::Set(Some("no slash\n".to_owned())),
            excerpt: long(2_001),
            hero: Change::Set(Some(FigureChange {
                caption: long(2_001),
                ..FigureChange::default()
            })),
            seo: Change::Set(Some(SeoChange {
                title: long(1_001),
                description: long(2_001),
                canonical_url: Change::Set(Some("javascript:alert(1)".to_owned())),
                image: Change::Set(Some(nobody())),
                ..SeoChange::default()
            })),
            note: Some("x".repeat(2_001)),
            ..EntryChange::default()
        },
        subtitle: long(1_001),
        categories: Change::Set(vec![news, news]),
        byline: Change::Set(vec![
            line(Some(ada), None),
            line(None, Some(" ")),
            line(Some(nobody()), None),
        ]),
        related: Change::Set(vec![nobody()]),
        ..ArticleChange::default()
    };
    let new = NewArticle {
        edition: site.en,
        change: change.clone(),
    };
    let before = everything(&server).await;
    let error = articles::create_from(&cx, new).await.unwrap_err();
    insta::assert_debug_snapshot!("every_wrong_field", error.fields());
    assert_eq!(everything(&server).await, before);
    let article = drafted(&cx, site.en, "First").await;
    let before = everything(&server).await;
    let error = articles::change(&cx, article.id(), 1, change)
        .await
        .unwrap_err();
    assert!(fields(&error).contains(&"hero.asset"), "{error:?}");
    assert!(fields(&error).contains(&"byline.2.author"), "{error:?}");
    assert_eq!(everything(&server).await, before);
}

#[tokio::test]
async fn what_is_hidden_is_answered_like_what_is_absent() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let author = server.person(Role::Author, site.en).await;
    let other = server.person(Role::Author, site.en).await;
    let hidden = drafted(&other.cx, site.en, "Hidden").await;
    let hidden_fa = drafted(&server.system(), site.fa, "پنهان").await;
    // Whoever writes sees every picture but those in the trash.
    let picture = server.picture(site.en, "Nobody's").await;
    server.rows("UPDATE asset SET is_trashed = true").await;
    let mine = drafted(&author.cx, site.en, "Mine").await;
    let absent: ArticleId = nobody();
    let of_entry = |entry| ArticleChange {
        entry,
        ..ArticleChange::default()
    };
    let related = |id| ArticleChange {
        related: Change::Set(vec![id]),
        ..ArticleChange::default()
    };
    let source = |id: ArticleId| {
        of_entry(EntryChange {
            translated_from: Change::Set(Some(id.into())),
            ..EntryChange::default()
        })
    };
    let hero = |asset: AssetId| {
        of_entry(EntryChange {
            hero: Change::Set(Some(FigureChange {
                asset: Change::Set(asset),
                ..FigureChange::default()
            })),
            ..EntryChange::default()
        })
    };
    let attached = |asset: AssetId| ArticleChange {
        attachments: Change::Set(vec![FigureDraft::plain(asset)]),
        ..ArticleChange::default()
    };
    let shown = |asset: AssetId| {
        of_entry(EntryChange {
            body: html(&format!("<p><img src=\"asset:{asset}\"></p>")),
            ..EntryChange::default()
        })
    };
    let pairs = [
        ("related.0", related(hidden.id()), related(absent)),
        ("translatedFrom", source(hidden_fa.id()), source(absent)),
        ("hero.asset", hero(picture), hero(nobody())),
        ("attachments.0.asset", attached(picture), attached(nobody())),
        ("body", shown(picture), shown(nobody())),
    ];
    let before = everything(&server).await;
    for (field, hidden, absent) in pairs {
        let mut told = Vec::new();
        for change in [hidden, absent] {
            let error = articles::change(&author.cx, mine.id(), 1, change)
                .await
                .unwrap_err();
            assert_eq!(fields(&error), [field]);
            let (id, words) = error.fields()[0].message.split_once(' ').unwrap();
            assert!(id.contains('_'), "{error:?}");
            told.push(words.to_owned());
        }
        assert_eq!(told[0], told[1], "{field}");
    }
    // An entry one cannot read cannot be changed, and does not show.
    for id in [hidden.id(), absent] {
        let error = articles::change(&author.cx, id, 1, titled("Mine"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "NOT_FOUND", "{error:?}");
    }
    assert_eq!(everything(&server).await, before);
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let change = ArticleChange {
        categories: Change::Set(vec![nobody()]),
        tags: Change::Set(vec![nobody()]),
        byline: Change::Set(vec![line(Some(nobody()), None)]),
        galleries: Change::Set(vec![nobody()]),
        entry: EntryChange {
            owner: Change::Set(nobody()),
            ..titled("New").entry
        },
        ..ArticleChange::default()
    };
    let new = NewArticle {
        edition: site.en,
        change,
    };
    let error = articles::create_from(&cx, new).await.unwrap_err();
    let mut told = fields(&error);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "byline.0.author",
            "categories.0",
            "galleries.0",
            "owner",
            "tags.0"
        ]
    );
    let new = NewArticle {
        edition: nobody(),
        change: titled("New"),
    };
    let error = articles::create_from(&cx, new).await.unwrap_err();
    assert_eq!(fields(&error), ["edition"]);
}

#[tokio::test]
async fn a_change_of_an_old_version_is_refused() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let article = drafted(&cx, site.en, "First").await;
    let changed = articles::change(&cx, article.id(), 1, titled("Second"))
        .await
        .unwrap();
    assert_eq!(changed.entry.version, 2);
    let before = everything(&server).await;
    let error = articles::change(&cx, article.id(), 1, titled("Third"))
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::Stale { current: 2 }), "{error:?}");
    assert_eq!(everything(&server).await, before);
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_is_made() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let article = drafted(&cx, site.en, "First").await;
    let (left, right) = tokio::join!(
        articles::change(&cx, article.id(), 1, titled("Left")),
        articles::change(&cx, article.id(), 1, titled("Right")),
    );
    let made = usize::from(left.is_ok()) + usize::from(right.is_ok());
    assert_eq!(made, 1, "{left:?} {right:?}");
    let refused = left.err().or(right.err()).unwrap();
    assert_eq!(refused.code(), "CONFLICT", "{refused:?}");
}

#[tokio::test]
async fn people_change_what_is_theirs_and_give_nothing_away() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let ada = server.person(Role::Author, site.en).await;
    let ben = server.person(Role::Author, site.en).await;
    let editor = server.person(Role::Editor, site.en).await;
    let viewer = server.person(Role::Viewer, site.en).await;
    let mine = drafted(&ada.cx, site.en, "Mine").await;
    let given = |owner| ArticleChange {
        entry: EntryChange {
            owner: Change::Set(owner),
            ..EntryChange::default()
        },
        ..ArticleChange::default()
    };
    let before = everything(&server).await;
    let mut of_ben = titled("Of Ben");
    of_ben.entry.owner = Change::Set(ben.id);
    let new = NewArticle {
        edition: site.en,
        change: of_ben,
    };
    for error in [
        articles::change(&ada.cx, mine.id(), 1, given(ben.id))
            .await
            .unwrap_err(),
        articles::change(&viewer.cx, mine.id(), 1, titled("Theirs"))
            .await
            .unwrap_err(),
        articles::create_from(&ada.cx, new).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
    }
    assert_eq!(everything(&server).await, before);
    let moved = articles::change(&editor.cx, mine.id(), 1, given(ben.id))
        .await
        .unwrap();
    assert_eq!(moved.entry.owner, Some(ben.id));
    assert_eq!(moved.entry.status, Status::Draft);
    let error = articles::change(&ada.cx, mine.id(), 2, titled("Mine again"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "NOT_FOUND", "{error:?}");
}

#[tokio::test]
async fn a_text_the_database_cannot_hold_is_refused_by_its_place() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let author = server.person(Role::Author, site.en).await;
    let article = drafted(&author.cx, site.en, "River").await;
    let nul = || Change::Set(Some("a\0b".to_owned()));
    let change = ArticleChange {
        subtitle: nul(),
        entry: EntryChange {
            title: Change::Set("a\0b".to_owned()),
            excerpt: nul(),
            body: html("<p>a\0b</p>"),
            note: Some("a\0b".to_owned()),
            ..EntryChange::default()
        },
        ..ArticleChange::default()
    };
    let before = everything(&server).await;
    let error = articles::change(&author.cx, article.id(), 1, change)
        .await
        .unwrap_err();
    let mut wrong = fields(&error);
    wrong.sort_unstable();
    assert_eq!(wrong, ["body", "excerpt", "note", "subtitle", "title"]);
    let step = application::lifecycle::Step {
        expected: 1,
        note: Some("a\0b".to_owned()),
    };
    let error = application::lifecycle::submit(&author.cx, article.id().into(), step)
        .await
        .unwrap_err();
    assert_eq!(fields(&error), ["note"]);
    assert_eq!(everything(&server).await, before);
}
