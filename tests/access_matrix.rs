//! Who may do what, as a table people can read.

use std::fmt::Write as _;

use domain::{
    access::{
        Action, Actor, Grant, Maker, ReadScope, Role, Scope, SignedGrant, Target, Visibility,
        authorize,
    },
    events::RecordKind,
    id::{ApiKeyId, ArticleId, EditionId, UserId},
};
use uuid::Uuid;

const ACTIONS: [Action; 9] = [
    Action::Create,
    Action::Update,
    Action::Submit,
    Action::Review,
    Action::Publish,
    Action::Moderate,
    Action::Trash,
    Action::Delete,
    Action::Inspect,
];

/// The kinds of record, and whether one belongs to an edition.
const KINDS: [(RecordKind, bool); 20] = [
    (RecordKind::Article, true),
    (RecordKind::Page, true),
    (RecordKind::Issue, true),
    (RecordKind::Comment, true),
    (RecordKind::Collection, true),
    (RecordKind::Newsletter, true),
    (RecordKind::Menu, true),
    (RecordKind::Redirect, true),
    (RecordKind::Edition, true),
    (RecordKind::Category, false),
    (RecordKind::Tag, false),
    (RecordKind::Author, false),
    (RecordKind::Asset, false),
    (RecordKind::Gallery, false),
    (RecordKind::Site, false),
    (RecordKind::User, false),
    (RecordKind::Session, false),
    (RecordKind::ApiKey, false),
    (RecordKind::Audit, false),
    (RecordKind::Job, false),
];

const ROLES: [(Role, &str); 5] = [
    (Role::Owner, "owner"),
    (Role::Editor, "editor"),
    (Role::Author, "author"),
    (Role::Contributor, "contributor"),
    (Role::Viewer, "viewer"),
];

fn me() -> UserId {
    UserId::from_uuid(Uuid::from_u128(1))
}

fn edition(number: u128) -> EditionId {
    EditionId::from_uuid(Uuid::from_u128(number))
}

fn user(role: Role, edition: Option<EditionId>) -> Actor {
    Actor::User {
        id: me(),
        grants: vec![Grant { role, edition }],
    }
}

fn key(kind: Option<RecordKind>, write: bool, edition: Option<EditionId>) -> Actor {
    Actor::ApiKey {
        id: ApiKeyId::from_uuid(Uuid::from_u128(2)),
        scopes: vec![Scope {
            kind,
            write,
            edition,
        }],
        maker: None,
    }
}

/// A key of somebody.
fn key_of(role: Role, kind: Option<RecordKind>) -> Actor {
    Actor::ApiKey {
        id: ApiKeyId::from_uuid(Uuid::from_u128(2)),
        scopes: vec![Scope {
            kind,
            write: true,
            edition: None,
        }],
        maker: Some(Maker {
            id: me(),
            grants: vec![Grant {
                role,
                edition: Some(edition(1)),
            }],
        }),
    }
}

/// Everybody the policy knows. Edition 1 is theirs if they have one.
fn actors() -> Vec<(String, Actor)> {
    let mut actors = Vec::new();
    for (role, name) in ROLES {
        actors.push((format!("{name} of the site"), user(role, None)));
        actors.push((format!("{name} of edition 1"), user(role, Some(edition(1)))));
    }
    actors.push(("key: write".to_owned(), key(None, true, None)));
    actors.push((
        "key: write in edition 1".to_owned(),
        key(None, true, Some(edition(1))),
    ));
    actors.push((
        "key: write articles".to_owned(),
        key(Some(RecordKind::Article), true, None),
    ));
    actors.push(("key: read".to_owned(), key(None, false, None)));
    actors.push((
        "key: read articles".to_owned(),
        key(Some(RecordKind::Article), false, None),
    ));
    actors.push((
        "key of an author of edition 1: write".to_owned(),
        key_of(Role::Author, None),
    ));
    actors.push((
        "key of an editor of edition 1: write articles".to_owned(),
        key_of(Role::Editor, Some(RecordKind::Article)),
    ));
    actors.push(("nobody".to_owned(), Actor::Anonymous));
    let article = ArticleId::from_uuid(Uuid::from_u128(3));
    actors.push((
        "link to a preview".to_owned(),
        Actor::Link(SignedGrant::Preview(article.into())),
    ));
    actors.push(("the system".to_owned(), Actor::System("test")));
    actors
}

/// `all`, `own` (what they made themselves), or `-`.
fn cell(
    actor: &Actor,
    action: Action,
    kind: RecordKind,
    edition: Option<EditionId>,
) -> &'static str {
    let may = |owner| {
        let target = Target {
            kind,
            id: "x".to_owned(),
            edition,
            owner,
        };
        authorize(actor, action, target).is_ok()
    };
    let somebody = UserId::from_uuid(Uuid::from_u128(9));
    match (may(Some(me())), may(Some(somebody))) {
        (true, true) => "all",
        (true, false) => "own",
        (false, false) => "-",
        (false, true) => panic!("others' but not one's own: {actor:?} {action:?} {kind:?}"),
    }
}

fn table(actor: &Actor, number: u128) -> String {
    let mut table = format!("{:<12}", "");
    for action in ACTIONS {
        write!(table, "{:<10}", action.as_str()).unwrap();
    }
    for (kind, is_of_edition) in KINDS {
        write!(table, "\n{:<12}", kind.as_str()).unwrap();
        for action in ACTIONS {
            let edition = is_of_edition.then(|| edition(number));
            write!(table, "{:<10}", cell(actor, action, kind, edition)).unwrap();
        }
    }
    table
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_policy_is_as_it_was() {
    let mut text = String::new();
    for (name, actor) in actors() {
        let (here, elsewhere) = (table(&actor, 1), table(&actor, 2));
        if here == elsewhere {
            writeln!(text, "# {name}\n{here}\n").unwrap();
        } else {
            writeln!(text, "# {name}, in edition 1\n{here}\n").unwrap();
            writeln!(text, "# {name}, in edition 2\n{elsewhere}\n").unwrap();
        }
    }
    insta::assert_snapshot!("policy", text.trim_end());
}

#[test]
fn what_may_be_read_is_as_it_was() {
    let mut text = String::new();
    for (name, actor) in actors() {
        let visible = match ReadScope::of(&actor).visibility() {
            Visibility::Public => "what is published".to_owned(),
            Visibility::All => "everything".to_owned(),
            Visibility::Some {
                drafts,
                own,
                preview,
            } => {
                let mut parts = vec!["what is published".to_owned()];
                parts.extend(drafts.iter().map(|drafts| {
                    let kind = drafts.kind.map_or("entry", |kind| kind.as_str());
                    let edition = drafts
                        .edition
                        .map_or("each".to_owned(), |id| id.uuid().as_u128().to_string());
                    format!("every {kind} of edition {edition}")
                }));
                parts.extend(own.map(|_| "one's own".to_owned()));
                parts.extend(preview.map(|_| "one entry".to_owned()));
                parts.join(", ")
            }
        };
        writeln!(text, "{name:<47}{visible}").unwrap();
    }
    insta::assert_snapshot!("reading", text.trim_end());
}

#[test]
fn no_role_of_one_edition_reaches_another_or_what_all_share() {
    for (role, name) in ROLES {
        let actor = user(role, Some(edition(1)));
        for (kind, is_of_edition) in KINDS {
            for action in ACTIONS {
                let other = is_of_edition.then(|| edition(2));
                let found = cell(&actor, action, kind, other);
                // Whoever writes may make tags and upload, and keep what they uploaded in order;
                // everybody may comment.
                let most = match (kind, action) {
                    (RecordKind::Tag | RecordKind::Asset, Action::Create)
                    | (RecordKind::Comment, Action::Submit) => "all",
                    (
                        RecordKind::Asset
                        | RecordKind::User
                        | RecordKind::Session
                        | RecordKind::ApiKey,
                        _,
                    ) => "own",
                    _ => "-",
                };
                assert!(
                    found == "-" || found == most,
                    "{name} {action:?} {kind:?}: {found}"
                );
            }
        }
    }
}
