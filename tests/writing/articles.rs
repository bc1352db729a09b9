//! Articles: made and changed field by field.

use application::articles::{self, NewArticle};
use domain::{
    access::Role,
    articles::{Article, ContributionDraft, ContributionRole},
    change::{ArticleChange, Change, CreditChange, EntryChange, FigureChange, SeoChange},
    content::Status,
    id::ArticleId,
    media::FigureDraft,
    revisions::Snapshot,
};
use serde_json::{Value, json};

use super::{drafted, html, seen, titled};
use crate::harness::{TestServer, engine};

/// The whole of an article as its rows are, as JSON.
pub async fn stored(server: &TestServer, id: ArticleId) -> Value {
    let cx = server.system();
    let mut tx = cx.begin().await.unwrap();
    let draft = application::writing::draft_in(&mut tx, id.into())
        .await
        .unwrap();
    tx.rollback().await.unwrap();
    let Snapshot::Article(draft) = draft else {
        panic!("it is an article");
    };
    serde_json::to_value(draft).unwrap()
}

#[tokio::test]
async fn a_new_article_is_a_draft_of_who_makes_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let ada = server.person(Role::Author, site.en).await;
    let article = drafted(&ada.cx, site.en, "The River").await;
    assert_eq!(article.entry.status, Status::Draft);
    assert_eq!(article.entry.owner, Some(ada.id));
    assert_eq!(article.entry.version, 1);
    assert_eq!(article.entry.slug, "the-river");
    assert!(article.comments_open);
    assert_eq!(article.entry.published_at, None);
    let body = seen(&ada.cx, article.id()).await.unwrap().body;
    let body = body.into_loaded().unwrap();
    assert_eq!(body.derived.html, "<p>The River and what came of it.</p>");
    assert!(seen(&server.reader(), article.id()).await.is_none());
}

/// One field: its name, a change that sets it, one that clears it (where that can be), and where it
/// stands in the draft.
struct Field {
    name: &'static str,
    set: ArticleChange,
    clear: Option<ArticleChange>,
    at: &'static str,
    is: Value,
    cleared: Value,
}

fn of_entry(entry: EntryChange) -> ArticleChange {
    ArticleChange {
        entry,
        ..ArticleChange::default()
    }
}

fn words(text: &str) -> Change<Option<String>> {
    Change::Set(Some(text.to_owned()))
}

#[expect(clippy::too_many_lines, reason = "one entry for each field")]
async fn fields(server: &TestServer, site: crate::harness::builders::Editions) -> Vec<Field> {
    let entry = EntryChange::default;
    let article = ArticleChange::default;
    let news = server.category(site.en, "News", None).await;
    let bees = server.tag(site.en, "Bees").await;
    let picture = server.picture(site.en, "A river").await;
    let gallery = server.gallery(site.en, "Dawn", &[picture]).await;
    let other = server.article(site.en, "Other").await;
    let original = server.article(site.fa, "اصل").await;
    let somebody = server.person(Role::Author, site.en).await;
    let figure = FigureDraft::plain(picture);
    let line = ContributionDraft {
        role: ContributionRole::Author,
        author: None,
        name: Some("Ada Moor".to_owned()),
    };
    let field = |name, at, set, is: Value| Field {
        name,
        set,
        clear: None,
        at,
        is,
        cleared: Value::Null,
    };
    let clearable = |name, at, set, is: Value, clear, cleared: Value| Field {
        name,
        set,
        clear: Some(clear),
        at,
        is,
        cleared,
    };
    vec![
        field("title", "/entry/title", titled("Another"), json!("Another")),
        field(
            "slug",
            "/entry/slug",
            of_entry(EntryChange {
                slug: words("elsewhere"),
                ..entry()
            }),
            json!("elsewhere"),
        ),
        field(
            "path",
            "/entry/path",
            of_entry(EntryChange {
                path: words("/a/place"),
                ..entry()
            }),
            json!("/a/place"),
        ),
        clearable(
            "excerpt",
            "/entry/excerpt",
            of_entry(EntryChange {
                excerpt: words("In short"),
                ..entry()
            }),
            json!("In short"),
            of_entry(EntryChange {
                excerpt: Change::Set(None),
                ..entry()
            }),
            Value::Null,
        ),
        clearable(
            "hero",
            "/entry/hero",
            of_entry(EntryChange {
                hero: Change::Set(Some(FigureChange {
                    asset: Change::Set(picture),
                    caption: words("Here"),
                    alt: Change::Keep,
                })),
                ..entry()
            }),
            json!({ "asset": picture, "caption": "Here", "alt": null }),
            of_entry(EntryChange {
                hero: Change::Set(None),
                ..entry()
            }),
            Value::Null,
        ),
        clearable(
            "seo",
            "/entry/seo/title",
            of_entry(EntryChange {
                seo: Change::Set(Some(SeoChange {
                    title: words("Seen"),
                    ..SeoChange::default()
                })),
                ..entry()
            }),
            json!("Seen"),
            of_entry(EntryChange {
                seo: Change::Set(Some(SeoChange {
                    title: Change::Set(None),
                    ..SeoChange::default()
                })),
                ..entry()
            }),
            Value::Null,
        ),
        field(
            "commentsOpen",
            "/entry/commentsOpen",
            of_entry(EntryChange {
                comments_open: Change::Set(false),
                ..entry()
            }),
            json!(false),
        ),
        field(
            "isFeatured",
            "/entry/isFeatured",
            of_entry(EntryChange {
                is_featured: Change::Set(true),
                ..entry()
            }),
            json!(true),
        ),
        field(
            "body",
            "/entry/source/text",
            of_entry(EntryChange {
                body: html("<p>New.</p>"),
                ..entry()
            }),
            json!("<p>New.</p>"),
        ),
        field(
            "owner",
            "/entry/owner",
            of_entry(EntryChange {
                owner: Change::Set(somebody.id),
                ..entry()
            }),
            json!(somebody.id),
        ),
        clearable(
            "translatedFrom",
            "/entry/translatedFrom",
            of_entry(EntryChange {
                translated_from: Change::Set(Some(original.into())),
                ..entry()
            }),
            json!([original, 1]),
            of_entry(EntryChange {
                translated_from: Change::Set(None),
                ..entry()
            }),
            Value::Null,
        ),
        clearable(
            "subtitle",
            "/subtitle",
            ArticleChange {
                subtitle: words("Below"),
                ..article()
            },
            json!("Below"),
            ArticleChange {
                subtitle: Change::Set(None),
                ..article()
            },
            Value::Null,
        ),
        clearable(
            "categories",
            "/categories",
            ArticleChange {
                categories: Change::Set(vec![news]),
                ..article()
            },
            json!([news]),
            ArticleChange {
                categories: Change::Set(Vec::new()),
                ..article()
            },
            json!([]),
        ),
        clearable(
            "tags",
            "/tags",
            ArticleChange {
                tags: Change::Set(vec![bees]),
                ..article()
            },
            json!([bees]),
            ArticleChange {
                tags: Change::Set(Vec::new()),
                ..article()
            },
            json!([]),
        ),
        clearable(
            "byline",
            "/byline",
            ArticleChange {
                byline: Change::Set(vec![line]),
                ..article()
            },
            json!([{ "role": "author", "author": null, "name": "Ada Moor" }]),
            ArticleChange {
                byline: Change::Set(Vec::new()),
                ..article()
            },
            json!([]),
        ),
        clearable(
            "attachments",
            "/attachments/0/asset",
            ArticleChange {
                attachments: Change::Set(vec![figure]),
                ..article()
            },
            json!(picture),
            ArticleChange {
                attachments: Change::Set(Vec::new()),
                ..article()
            },
            Value::Null,
        ),
        clearable(
            "galleries",
            "/galleries",
            ArticleChange {
                galleries: Change::Set(vec![gallery]),
                ..article()
            },
            json!([gallery]),
            ArticleChange {
                galleries: Change::Set(Vec::new()),
                ..article()
            },
            json!([]),
        ),
        clearable(
            "related",
            "/related",
            ArticleChange {
                related: Change::Set(vec![other]),
                ..article()
            },
            json!([other]),
            ArticleChange {
                related: Change::Set(Vec::new()),
                ..article()
            },
            json!([]),
        ),
        clearable(
            "source",
            "/sourceCredit/outlet",
            ArticleChange {
                source: Change::Set(Some(CreditChange {
                    outlet: words("The Other"),
                    ..CreditChange::default()
                })),
                ..article()
            },
            json!("The Other"),
            ArticleChange {
                source: Change::Set(None),
                ..article()
            },
            Value::Null,
        ),
        clearable(
            "postFormat",
            "/postFormat",
            ArticleChange {
                post_format: words("quote"),
                ..article()
            },
            json!("quote"),
            ArticleChange {
                post_format: Change::Set(None),
                ..article()
            },
            Value::Null,
        ),
    ]
}

/// The value at a place of a draft; what is not there is null.
fn at(draft: &Value, place: &str) -> Value {
    draft.pointer(place).cloned().unwrap_or(Value::Null)
}

/// What else differs when a field does: an address is made of a slug, and a group goes with the
/// translation.
const FOLLOWS: [&str; 4] = [
    "/entry/path",
    "/entry/group",
    "/entry/updatedAt",
    "/entry/seo",
];

#[tokio::test]
async fn each_field_is_set_kept_and_cleared_alone() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.person(Role::Owner, site.en).await;
    for field in fields(&server, site).await {
        let made = drafted(&server.system(), site.en, "First").await;
        let id = made.id();
        let cx = if field.name == "translatedFrom" {
            server.system()
        } else {
            server.app.context(owner_of_everything(&editor))
        };
        let before = stored(&server, id).await;
        let changed = articles::change(&cx, id, 1, field.set.clone())
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", field.name));
        assert_eq!(changed.entry.version, 2, "{}", field.name);
        let after = stored(&server, id).await;
        assert_eq!(at(&after, field.at), field.is, "{}", field.name);
        assert_only_differs(&before, &after, &field);
        // The same again makes no difference, and no version.
        let again = articles::change(&cx, id, 2, field.set.clone())
            .await
            .unwrap();
        assert_eq!(again.entry.version, 2, "{}", field.name);
        let Some(clear) = field.clear.clone() else {
            continue;
        };
        let cleared = articles::change(&cx, id, 2, clear).await.unwrap();
        assert_eq!(cleared.entry.version, 3, "{}", field.name);
        let after = stored(&server, id).await;
        assert_eq!(at(&after, field.at), field.cleared, "{}", field.name);
        assert_only_differs(&before, &after, &field);
        // What was cleared is not cleared again.
        let id_is = |article: &Article| article.entry.version;
        let clear = field.clear.unwrap();
        let again = articles::change(&cx, id, 3, clear).await.unwrap();
        assert_eq!(id_is(&again), 3, "{}", field.name);
        let body = seen(&cx, id).await.unwrap().body.into_loaded().unwrap();
        assert_eq!(body.derived.html, "<p>First and what came of it.</p>");
    }
}

/// The same person with their role in every edition.
fn owner_of_everything(person: &crate::harness::people::Person) -> domain::access::Actor {
    domain::access::Actor::User {
        id: person.id,
        grants: vec![domain::access::Grant {
            role: Role::Owner,
            edition: None,
        }],
    }
}

fn assert_only_differs(before: &Value, after: &Value, field: &Field) {
    let (mut before, mut after) = (before.clone(), after.clone());
    let top = field.at.rsplit_once('/').unwrap().0;
    for place in FOLLOWS.into_iter().chain([field.at, top]) {
        for draft in [&mut before, &mut after] {
            if !place.is_empty()
                && place != "/entry"
                && let Some(value) = draft.pointer_mut(place)
            {
                *value = Value::Null;
            }
        }
    }
    for draft in [&mut before, &mut after] {
        if let Some(list) = draft.pointer_mut(&format!("/{}", field.name)) {
            *list = Value::Null;
        }
        if field.name == "source" {
            draft["sourceCredit"] = Value::Null;
        }
    }
    assert_eq!(before, after, "{}", field.name);
}

#[tokio::test]
async fn texts_of_a_picture_change_without_the_picture() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let picture = server.picture(site.en, "A river").await;
    let article = drafted(&cx, site.en, "First").await;
    let hero = |hero| {
        of_entry(EntryChange {
            hero: Change::Set(Some(hero)),
            ..EntryChange::default()
        })
    };
    let change = hero(FigureChange {
        asset: Change::Set(picture),
        caption: words("Here"),
        alt: words("Water"),
    });
    articles::change(&cx, article.id(), 1, change)
        .await
        .unwrap();
    let change = hero(FigureChange {
        caption: Change::Set(None),
        ..FigureChange::default()
    });
    articles::change(&cx, article.id(), 2, change)
        .await
        .unwrap();
    let draft = stored(&server, article.id()).await;
    assert_eq!(
        draft["entry"]["hero"],
        json!({ "asset": picture, "caption": null, "alt": "Water" })
    );
    // A new picture does not take over the texts of the old one.
    let other = server.picture(site.en, "A sea").await;
    let change = hero(FigureChange {
        asset: Change::Set(other),
        ..FigureChange::default()
    });
    articles::change(&cx, article.id(), 3, change)
        .await
        .unwrap();
    let draft = stored(&server, article.id()).await;
    assert_eq!(
        draft["entry"]["hero"],
        json!({ "asset": other, "caption": null, "alt": null })
    );
}

#[tokio::test]
async fn a_path_follows_the_slug_and_the_category_unless_it_was_chosen() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let article = drafted(&cx, site.en, "First").await;
    assert_eq!(article.entry.path, "/2026/05/first");
    let slug = |slug| {
        of_entry(EntryChange {
            slug: words(slug),
            ..EntryChange::default()
        })
    };
    let id = article.id();
    let article = articles::change(&cx, id, 1, slug("second")).await.unwrap();
    assert_eq!(article.entry.path, "/2026/05/second");
    // It never was public: nothing leads from the old path, which is free again.
    assert_eq!(server.count("SELECT count(*) FROM route").await, 1);
    let chosen = of_entry(EntryChange {
        path: words("/our/Place"),
        ..EntryChange::default()
    });
    let article = articles::change(&cx, id, 2, chosen).await.unwrap();
    let path = article.entry.path.clone();
    let article = articles::change(&cx, id, 3, slug("third")).await.unwrap();
    assert_eq!(article.entry.path, path);
    let made = of_entry(EntryChange {
        path: Change::Set(None),
        ..EntryChange::default()
    });
    let article = articles::change(&cx, id, 4, made).await.unwrap();
    assert_eq!(article.entry.path, "/2026/05/third");
    let made = of_entry(EntryChange {
        slug: Change::Set(None),
        ..EntryChange::default()
    });
    let article = articles::change(&cx, id, 5, made).await.unwrap();
    assert_eq!(article.entry.slug, "first");
    assert_eq!(article.entry.path, "/2026/05/first");
}

#[tokio::test]
async fn a_slug_that_is_made_differs_and_one_that_is_asked_for_collides() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    drafted(&cx, site.en, "First").await;
    let twin = drafted(&cx, site.en, "First").await;
    assert_eq!(twin.entry.slug, "first-2");
    let mut change = titled("Third");
    change.entry.slug = words("first");
    let new = NewArticle {
        edition: site.en,
        change,
    };
    let error = articles::create_from(&cx, new).await.unwrap_err();
    let domain::Error::Conflict { field, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(field.as_deref(), Some("slug"));
}

#[tokio::test]
async fn a_translation_joins_the_group_of_what_it_was_translated_from() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let original = server.article(site.en, "River").await;
    let original = seen(&cx, original).await.unwrap();
    let mut change = titled("رود");
    change.entry.translated_from = Change::Set(Some(original.entry.id));
    let new = NewArticle {
        edition: site.fa,
        change: change.clone(),
    };
    let made = articles::create_from(&cx, new).await.unwrap();
    assert_eq!(made.entry.group, original.entry.group);
    assert_eq!(made.entry.translated_from, Some((original.entry.id, 1)));
    let new = NewArticle {
        edition: site.fa,
        change,
    };
    let error = articles::create_from(&cx, new).await.unwrap_err();
    assert_eq!(error.fields()[0].field, "translatedFrom", "{error:?}");
}

/// SQLite gets all rows of an article in one text.
#[tokio::test]
async fn writes_cost_few_statements() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let news = server.category(site.en, "News", None).await;
    let ada = server.author(site.en, "Ada Moor").await;
    let mut change = titled("First");
    change.entry.body = html("<p>Text</p>");
    change.categories = Change::Set(vec![news]);
    change.byline = Change::Set(vec![ContributionDraft {
        role: ContributionRole::Author,
        author: Some(ada),
        name: None,
    }]);
    let new = NewArticle {
        edition: site.en,
        change,
    };
    let (create, article) = server.statements(articles::create_from(&cx, new)).await;
    let id = article.unwrap().id();
    let mut change = titled("Second");
    change.entry.body = html("<p>Other</p>");
    let (update, changed) = server
        .statements(articles::change(&cx, id, 1, change))
        .await;
    changed.unwrap();
    let publish = application::lifecycle::publish(&cx, id.into(), super::step(2));
    let (publish, published) = server.statements(publish).await;
    published.unwrap();
    let pending = articles::change(&cx, id, 3, titled("Third"));
    let (pending, changed) = server.statements(pending).await;
    changed.unwrap();
    let expected = if engine() == "postgres" {
        [16, 26, 10, 16]
    } else {
        [9, 15, 8, 12]
    };
    assert_eq!([create, update, publish, pending], expected);
}
