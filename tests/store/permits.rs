//! What a person may change: what they have, and what they make of it.

use application::{ActorContext, OnUse, articles, comments, entries, media, terms};
use domain::{
    access::{Action, Actor, Role, SignedGrant, Target, authorize},
    articles::ArticleDraft,
    audit::Origin,
    comments::{CommentQuery, CommentStatus},
    content::Status,
    events::RecordKind,
    id::{ArticleId, UserId},
    paging::PageArgs,
    terms::{Taxonomy, TermDraft, TermId, TermText},
    text::EditionText,
};
use persistence::Deletion;

use crate::harness::{TestServer, people::Person, records::remote_picture};

/// A draft of somebody's own.
fn of(server: &TestServer, person: &Person, title: &str, status: Status) -> ArticleDraft {
    let mut draft = server.article(person.edition, title).status(status).draft;
    draft.entry.owner = Some(person.id);
    draft
}

async fn made(cx: &ActorContext, draft: &ArticleDraft) -> ArticleId {
    articles::create(cx, draft.clone()).await.unwrap()
}

#[tokio::test]
async fn a_contributor_publishes_neither_at_once_nor_by_a_change() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let person = server.person(Role::Contributor, site.en).await;
    for status in [Status::Published, Status::Scheduled] {
        let mut draft = of(&server, &person, "Mine", status);
        draft.entry.scheduled_at = Some("2030-01-01T00:00:00Z".parse().unwrap());
        let error = articles::create(&person.cx, draft.clone())
            .await
            .unwrap_err();
        assert_eq!(error.code(), "FORBIDDEN", "{status:?}: {error:?}");
        let mut first = draft.clone();
        first.entry.status = Status::Draft;
        let id = made(&person.cx, &first).await;
        let error = articles::update(&person.cx, id, Some(1), draft)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "FORBIDDEN", "{status:?}: {error:?}");
    }
    let mut draft = of(&server, &person, "Handed in", Status::Draft);
    let id = made(&person.cx, &draft).await;
    draft.entry.status = Status::InReview;
    articles::update(&person.cx, id, Some(1), draft.clone())
        .await
        .expect("handing in is theirs");
    // What an editor has made public is not theirs to change or to take back.
    draft.entry.status = Status::Published;
    articles::update(&server.system(), id, Some(2), draft.clone())
        .await
        .unwrap();
    for status in [Status::Published, Status::Draft, Status::Trashed] {
        draft.entry.status = status;
        let error = articles::update(&person.cx, id, Some(3), draft.clone())
            .await
            .unwrap_err();
        assert_eq!(error.code(), "FORBIDDEN", "{status:?}: {error:?}");
    }
}

#[tokio::test]
async fn an_author_publishes_their_own_and_nothing_else() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let person = server.person(Role::Author, site.en).await;
    let other = server.person(Role::Author, site.en).await;
    let draft = of(&server, &person, "Mine", Status::Published);
    let id = made(&person.cx, &draft).await;
    articles::update(&person.cx, id, Some(1), draft.clone())
        .await
        .unwrap();
    let error = articles::update(&other.cx, id, Some(2), draft.clone())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
    let mut theirs = draft.clone();
    theirs.entry.owner = Some(other.id);
    let error = articles::update(&person.cx, id, Some(2), theirs.clone())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "FORBIDDEN", "in another's name: {error:?}");
    let error = articles::create(&person.cx, theirs).await.unwrap_err();
    assert_eq!(error.code(), "FORBIDDEN", "in another's name: {error:?}");
}

#[tokio::test]
async fn what_somebody_writes_is_theirs() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let person = server.person(Role::Author, site.en).await;
    let mut draft = of(&server, &person, "Mine", Status::Draft);
    draft.entry.owner = None;
    let id = made(&person.cx, &draft).await;
    articles::update(&person.cx, id, Some(1), draft.clone())
        .await
        .unwrap();
    draft.entry.status = Status::Published;
    articles::update(&server.system(), id, Some(2), draft.clone())
        .await
        .unwrap();
    articles::update(&person.cx, id, Some(3), draft)
        .await
        .expect("an editor's change leaves it theirs");
}

#[tokio::test]
async fn an_editor_moves_nothing_into_an_edition_that_is_not_theirs() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let person = server.person(Role::Editor, site.en).await;
    let draft = of(&server, &person, "Mine", Status::Draft);
    let id = made(&person.cx, &draft).await;
    let mut moved = draft.clone();
    moved.entry.edition = site.fa;
    let error = articles::update(&person.cx, id, Some(1), moved)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
    let persian = server.article(site.fa, "شهر").status(Status::Draft).await;
    let error = articles::update(&person.cx, persian, Some(1), draft)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "NOT_FOUND", "they do not read it: {error:?}");
    let shown = server.article(site.fa, "رود").await;
    let draft = of(&server, &person, "Taken", Status::Draft);
    let error = articles::update(&person.cx, shown, Some(1), draft)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
}

#[tokio::test]
async fn only_those_who_may_delete_do() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let author = server.person(Role::Author, site.en).await;
    let editor = server.person(Role::Editor, site.en).await;
    let draft = of(&server, &author, "Mine", Status::Draft);
    let id = made(&author.cx, &draft).await;
    let tag = TermId::from(server.tag(site.en, "Bees").await);
    let error = entries::delete(&author.cx, id.into(), OnUse::Refuse)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
    for person in [&author, &editor] {
        let error = terms::delete(&person.cx, tag, OnUse::Refuse)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
    }
    entries::delete(&editor.cx, id.into(), OnUse::Refuse)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_permit_deletes_only_what_it_was_given_for() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let one = server.term(Taxonomy::Tag, site.en, "One", None).await;
    let two = server.term(Taxonomy::Tag, site.en, "Two", None).await;
    let target = Target::shared(RecordKind::Tag, TermId::new(Taxonomy::Tag, one));
    for (action, id) in [(Action::Delete, two), (Action::Update, one)] {
        let permit = authorize(&Actor::System("test"), action, target.clone()).unwrap();
        let mut tx = server.app.store().begin(Origin::default()).await.unwrap();
        let deletion = Deletion {
            id,
            on_use: OnUse::Refuse,
            at: cx.now(),
        };
        let error = tx
            .delete_record(&permit, cx.scope(), deletion)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "INTERNAL", "{error:?}");
        tx.rollback().await.unwrap();
    }
    assert_eq!(server.count("SELECT count(*) FROM term").await, 2);
}

#[tokio::test]
async fn texts_of_hidden_pictures_are_hidden() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let hidden = server.picture(site.en, "A secret").await;
    let shown = server.picture(site.en, "A river").await;
    server.article(site.en, "One").hero(shown).await;
    let texts = media::texts(&server.reader(), &[hidden, shown])
        .await
        .unwrap();
    assert!(!texts.contains_key(&hidden), "{texts:?}");
    assert_eq!(texts[&shown][0].value.alt.as_deref(), Some("A river"));
    let texts = media::texts(&server.system(), &[hidden]).await.unwrap();
    assert_eq!(texts[&hidden][0].value.alt.as_deref(), Some("A secret"));
}

#[tokio::test]
async fn an_account_that_does_not_exist_owns_nothing() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut draft = server.article(site.en, "Whose?").draft;
    draft.entry.owner = Some(UserId::from_uuid(uuid::Uuid::from_u128(42)));
    let error = articles::create(&server.system(), draft).await.unwrap_err();
    assert_eq!(error.fields()[0].field, "owner", "{error:?}");
}

#[tokio::test]
async fn what_stays_inside_is_for_those_who_may_change_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let author = server.person(Role::Author, site.en).await;
    let other = server.person(Role::Author, site.en).await;
    let viewer = server.person(Role::Viewer, site.en).await;
    let editor = server.person(Role::Editor, site.en).await;
    let preview = server
        .app
        .context(Actor::Link(SignedGrant::PreviewEdition(site.en)));
    let draft = of(&server, &author, "Mine", Status::Published);
    let id = made(&author.cx, &draft).await;
    articles::update(&author.cx, id, Some(1), draft)
        .await
        .unwrap();
    server.comment(id, None, "Shown").await;
    for status in [CommentStatus::Pending, CommentStatus::Spam] {
        server.comment_of(id, None, status, "Not shown").await;
    }
    let page = PageArgs::default().total(true);
    for (cx, edits, moderates) in [
        (&author.cx, true, false),
        (&other.cx, false, false),
        (&viewer.cx, false, false),
        (&preview, false, false),
        (&server.reader(), false, false),
        (&editor.cx, true, true),
        (&server.system(), true, true),
    ] {
        let bodies = entries::bodies(cx, &[id.into()]).await.unwrap();
        assert_eq!(bodies[&id.into()].source.is_some(), edits, "{cx:?}");
        let revisions = entries::revisions(cx, id.into(), &page).await.unwrap();
        assert_eq!(revisions.total, Some(u64::from(edits)), "{cx:?}");
        let query = CommentQuery {
            entry: Some(id.into()),
            parent: None,
            status: None,
        };
        let found = comments::list(cx, &query, &page).await.unwrap();
        assert_eq!(found.total, Some(if moderates { 3 } else { 1 }), "{cx:?}");
    }
}

#[tokio::test]
async fn of_two_who_delete_at_once_one_is_told_it_is_gone() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for round in 0..10 {
        let tag = TermId::from(server.tag(site.en, &format!("Tag {round}")).await);
        let one = server.system();
        let (left, right) = futures::future::join(
            terms::delete(&one, tag, OnUse::Detach),
            terms::delete(&one, tag, OnUse::Detach),
        )
        .await;
        assert!(left.is_ok() != right.is_ok(), "{left:?} {right:?}");
        assert_eq!(left.and(right).unwrap_err().code(), "NOT_FOUND");
    }
    let told = server
        .count("SELECT count(*) FROM outbox WHERE name = 'tag.deleted'")
        .await;
    assert_eq!(told, 10);
}

#[tokio::test]
async fn authors_of_an_edition_make_tags_and_own_the_pictures_they_upload() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let author = server.person(Role::Author, site.en).await;
    let other = server.person(Role::Author, site.en).await;
    let contributor = server.person(Role::Contributor, site.en).await;
    let draft = |taxonomy, name: &str| TermDraft {
        taxonomy,
        namespace: String::new(),
        parent: None,
        position: 0,
        texts: vec![EditionText {
            edition: site.en,
            value: TermText {
                name: name.to_owned(),
                ..TermText::default()
            },
        }],
    };
    terms::create(&author.cx, draft(Taxonomy::Tag, "Bees"))
        .await
        .unwrap();
    for (person, taxonomy) in [(&author, Taxonomy::Category), (&contributor, Taxonomy::Tag)] {
        let error = terms::create(&person.cx, draft(taxonomy, "Wax"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
    }
    let picture = remote_picture(site.en, "A river");
    for person in [&author, &contributor] {
        let id = media::create(&person.cx, picture.clone()).await.unwrap();
        let seen = media::get(&person.cx, id, site.en).await.unwrap();
        assert!(seen.is_some(), "their own, used or not");
        media::update(&person.cx, id, picture.clone())
            .await
            .unwrap();
        media::update(&person.cx, id, picture.clone())
            .await
            .expect("it is still theirs");
        let error = media::update(&other.cx, id, picture.clone())
            .await
            .unwrap_err();
        assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
    }
    let mut shown = picture.clone();
    shown.is_public = true;
    let id = media::create(&author.cx, shown.clone()).await.unwrap();
    let error = media::update(&other.cx, id, shown).await.unwrap_err();
    assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
}

#[tokio::test]
async fn whoever_writes_uses_any_picture_and_others_see_what_is_public() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let hidden = server.picture(site.en, "A river").await;
    for (role, sees) in [
        (Role::Editor, true),
        (Role::Author, true),
        (Role::Contributor, true),
        (Role::Viewer, false),
    ] {
        let person = server.person(role, site.en).await;
        let seen = media::get(&person.cx, hidden, site.en).await.unwrap();
        assert_eq!(seen.is_some(), sees, "{role:?}");
    }
    assert!(
        media::get(&server.reader(), hidden, site.en)
            .await
            .unwrap()
            .is_none()
    );
}
