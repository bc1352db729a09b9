//! The policy, case by case; `access_matrix.rs` of the acceptance tests shows it as a table.

use uuid::Uuid;

use super::*;
use crate::{
    content::ContentKind,
    events::RecordKind,
    id::{ApiKeyId, EditionId, UserId},
};

fn user(role: Role, edition: Option<EditionId>) -> Actor {
    Actor::User {
        id: UserId::from_uuid(Uuid::nil()),
        grants: vec![Grant { role, edition }],
    }
}

#[test]
fn a_reader_changes_nothing() {
    let target = Target::shared(RecordKind::Article, "article_1");
    assert_eq!(
        authorize(&Actor::Anonymous, Action::Update, target)
            .unwrap_err()
            .code(),
        "UNAUTHENTICATED"
    );
}

#[test]
fn an_editor_of_one_edition_does_not_change_another() {
    let en = EditionId::from_uuid(Uuid::from_u128(1));
    let fa = EditionId::from_uuid(Uuid::from_u128(2));
    let editor = user(Role::Editor, Some(en));
    assert!(
        authorize(
            &editor,
            Action::Publish,
            Target::of_edition(RecordKind::Article, "a", en)
        )
        .is_ok()
    );
    assert!(
        authorize(
            &editor,
            Action::Publish,
            Target::of_edition(RecordKind::Article, "a", fa)
        )
        .is_err()
    );
    assert!(
        authorize(
            &editor,
            Action::Delete,
            Target::shared(RecordKind::Category, "c")
        )
        .is_err()
    );
}

#[test]
fn a_contributor_submits_but_does_not_publish() {
    let me = UserId::from_uuid(Uuid::nil());
    let own = Target {
        owner: Some(me),
        ..Target::shared(RecordKind::Article, "a")
    };
    let contributor = user(Role::Contributor, None);
    assert!(authorize(&contributor, Action::Submit, own.clone()).is_ok());
    assert!(authorize(&contributor, Action::Publish, own).is_err());
}

#[test]
fn a_permit_covers_its_own_record_only() {
    let permit = authorize(
        &Actor::System("test"),
        Action::Update,
        Target::shared(RecordKind::Tag, "tag_1"),
    )
    .unwrap();
    assert!(permit.covers(RecordKind::Tag, "tag_1").is_ok());
    assert!(permit.covers(RecordKind::Tag, "tag_2").is_err());
}

#[test]
fn only_those_who_may_change_it_see_inside() {
    let en = EditionId::from_uuid(Uuid::from_u128(1));
    let me = UserId::from_uuid(Uuid::nil());
    let article = Target::of_edition(RecordKind::Article, "a", en);
    let own = Target {
        owner: Some(me),
        ..article.clone()
    };
    let key = |write| Actor::ApiKey {
        id: ApiKeyId::from_uuid(Uuid::nil()),
        scopes: vec![Scope {
            kind: None,
            write,
            edition: None,
        }],
        maker: None,
    };
    for (actor, edits, edits_own) in [
        (Actor::Anonymous, false, false),
        (user(Role::Viewer, None), false, false),
        (user(Role::Contributor, Some(en)), false, true),
        (user(Role::Author, Some(en)), false, true),
        (user(Role::Editor, Some(en)), true, true),
        (Actor::Link(SignedGrant::PreviewEdition(en)), false, false),
        (key(false), false, false),
        (key(true), true, true),
        (Actor::System("test"), true, true),
    ] {
        let scope = ReadScope::of(&actor);
        assert_eq!(scope.edits(&article), edits, "{actor:?}");
        assert_eq!(scope.edits(&own), edits_own, "{actor:?}");
    }
}

#[test]
fn moderators_reach_as_far_as_their_grants() {
    let en = EditionId::from_uuid(Uuid::from_u128(1));
    let reach = |actor: &Actor| ReadScope::of(actor).reach(Action::Moderate, RecordKind::Comment);
    assert_eq!(reach(&user(Role::Editor, None)), Reach::Everywhere);
    assert_eq!(
        reach(&user(Role::Editor, Some(en))),
        Reach::Editions(vec![en])
    );
    assert_eq!(
        reach(&user(Role::Viewer, None)),
        Reach::Editions(Vec::new())
    );
    assert_eq!(reach(&Actor::Anonymous), Reach::Editions(Vec::new()));
}

#[test]
fn a_key_that_writes_does_not_share_its_answers() {
    let key = |write| Actor::ApiKey {
        id: ApiKeyId::from_uuid(Uuid::nil()),
        scopes: vec![Scope {
            kind: Some(RecordKind::Tag),
            write,
            edition: None,
        }],
        maker: None,
    };
    assert!(ReadScope::of(&key(false)).is_public());
    assert!(!ReadScope::of(&key(true)).is_public());
}

#[test]
fn a_reader_sees_what_is_published() {
    assert!(ReadScope::of(&Actor::Anonymous).is_public());
    assert_eq!(
        *ReadScope::of(&user(Role::Owner, None)).visibility(),
        Visibility::All
    );
}

#[test]
fn a_key_opens_the_drafts_of_its_kind_that_its_maker_may_read() {
    let en = EditionId::from_uuid(Uuid::from_u128(1));
    let fa = EditionId::from_uuid(Uuid::from_u128(2));
    let key = |edition, role| {
        ReadScope::of(&Actor::ApiKey {
            id: ApiKeyId::from_uuid(Uuid::nil()),
            scopes: vec![Scope {
                kind: Some(RecordKind::Article),
                write: false,
                edition,
            }],
            maker: Some(Maker {
                id: UserId::from_uuid(Uuid::nil()),
                grants: vec![Grant {
                    role,
                    edition: Some(en),
                }],
            }),
        })
        .visibility()
        .clone()
    };
    let articles_of_en = Visibility::Some {
        drafts: vec![Drafts {
            kind: Some(ContentKind::Article),
            edition: Some(en),
        }],
        own: None,
        preview: None,
    };
    assert_eq!(key(None, Role::Editor), articles_of_en);
    assert_eq!(key(Some(en), Role::Editor), articles_of_en);
    assert_eq!(key(Some(fa), Role::Editor), Visibility::Public);
    assert_eq!(key(None, Role::Author), Visibility::Public);
}
