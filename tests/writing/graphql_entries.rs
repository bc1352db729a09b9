//! Articles, pages and issues over GraphQL: made, changed and moved through their life.

use domain::access::Role;
use serde_json::{Value, json};

use super::everything;
use crate::harness::{TestServer, builders::Editions};

const SOON: &str = "2099-06-01T00:00:00Z";
const LATER: &str = "2099-07-01T00:00:00Z";

/// A kind of entry as the schema names it.
#[derive(Clone, Copy)]
struct Kind {
    field: &'static str,
    name: &'static str,
}

const ARTICLE: Kind = Kind {
    field: "article",
    name: "Article",
};
const PAGE: Kind = Kind {
    field: "page",
    name: "Page",
};
const ISSUE: Kind = Kind {
    field: "issue",
    name: "Issue",
};

struct Site {
    server: TestServer,
    editions: Editions,
}

impl Site {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let editions = server.small_site().await;
        Self { server, editions }
    }

    async fn token(&self, role: Role) -> String {
        self.server.signed_in(role, Some(self.editions.en)).await
    }

    /// Runs a mutation; its whole answer.
    async fn raw(&self, token: &str, of: Kind, verb: &str, input: Value) -> Value {
        let Kind { field, name } = of;
        let (mutation, input_type) = match verb {
            "create" => (format!("create{name}"), format!("Create{name}Input")),
            "update" => (format!("update{name}"), format!("Update{name}Input")),
            "requestChanges" => (format!("request{name}Changes"), "TransitionInput".into()),
            "discardChanges" => (format!("discard{name}Changes"), "TransitionInput".into()),
            "restoreRevision" => (
                format!("restore{name}Revision"),
                "RestoreRevisionInput".into(),
            ),
            "schedule" => (format!("schedule{name}"), "ScheduleInput".into()),
            "purge" => (format!("purge{name}"), "PurgeInput".into()),
            verb => (format!("{verb}{name}"), "TransitionInput".to_owned()),
        };
        let record = match verb {
            "purge" => "deletedId".to_owned(),
            _ => format!(
                "{field} {{ id version status title hasPendingChanges scheduledChangeAt }} \
                 live: {field}(view: LIVE) {{ title }}"
            ),
        };
        let query = format!(
            "mutation ($input: {input_type}!) {{ done: {mutation}(input: $input) {{ {record} \
             userErrors {{ code field message currentVersion usedBy {{ id }} }} }} }}"
        );
        let variables = json!({ "input": input });
        if token.is_empty() {
            return self.server.graphql_raw(&query, variables).await;
        }
        self.server.graphql_as(token, &query, &variables).await
    }

    /// Runs a mutation that must not be an error of the request: its payload.
    async fn payload(&self, token: &str, of: Kind, verb: &str, input: Value) -> Value {
        let mut answer = self.raw(token, of, verb, input).await;
        assert!(answer.get("errors").is_none(), "{verb}: {answer:#}");
        answer["data"]["done"].take()
    }

    /// Runs a mutation that must be done: the entry as it is now.
    async fn done(&self, token: &str, of: Kind, verb: &str, input: Value) -> Value {
        let mut payload = self.payload(token, of, verb, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{verb}: {payload:#}");
        payload[of.field].take()
    }

    /// Runs a mutation that must be refused and change nothing: the code and fields of the errors.
    async fn refused(
        &self,
        token: &str,
        of: Kind,
        verb: &str,
        input: Value,
    ) -> (String, Vec<String>) {
        let before = everything(&self.server).await;
        let payload = self.payload(token, of, verb, input).await;
        assert_eq!(payload[of.field], json!(null), "{verb}: {payload:#}");
        assert_eq!(everything(&self.server).await, before, "{verb}");
        let errors = payload["userErrors"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut fields: Vec<String> = errors.iter().map(|error| text(&error["field"])).collect();
        fields.sort();
        (text(&errors[0]["code"]), fields)
    }

    /// What a new entry of a kind is made of.
    async fn new_of(&self, of: Kind, title: &str) -> Value {
        let mut input = json!({
            "edition": "en", "title": title, "body": { "html": "<p>It rose by night.</p>" },
        });
        if of.field == ISSUE.field {
            let newsletter = self.server.newsletter(self.editions.en, title).await;
            input["newsletter"] = json!(newsletter.to_string());
        }
        input
    }

    async fn draft(&self, token: &str, of: Kind, title: &str) -> (String, i64) {
        let made = self
            .done(token, of, "create", self.new_of(of, title).await)
            .await;
        (
            made["id"].as_str().unwrap().to_owned(),
            made["version"].as_i64().unwrap(),
        )
    }

    async fn published(&self, token: &str, of: Kind, title: &str) -> (String, i64) {
        let (id, version) = self.draft(token, of, title).await;
        let out = self.done(token, of, "publish", at(&id, version)).await;
        (id, out["version"].as_i64().unwrap())
    }

    /// What readers see of an entry.
    async fn title(&self, of: Kind, id: &str) -> Value {
        let query = format!(
            "{{ entry: {}(by: {{ id: \"{id}\" }}, view: LATEST) {{ title }} }}",
            of.field
        );
        self.server.graphql(&query).await["entry"]["title"].take()
    }

    async fn read(&self, token: &str, query: &str) -> Value {
        let mut answer = self.server.graphql_as(token, query, &json!({})).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].take()
    }
}

fn at(id: &str, version: i64) -> Value {
    json!({ "id": id, "expectedVersion": version })
}

fn with(mut input: Value, more: Value) -> Value {
    if let (Value::Object(input), Value::Object(more)) = (&mut input, more) {
        input.extend(more);
    }
    input
}

fn version(entry: &Value) -> i64 {
    entry["version"].as_i64().unwrap()
}

#[tokio::test]
async fn an_entry_of_each_kind_is_made_published_and_changed_behind_the_scenes() {
    let site = Site::new().await;
    let editor = site.token(Role::Editor).await;
    for of in [ARTICLE, PAGE, ISSUE] {
        let made = with(
            site.new_of(of, "River").await,
            json!({ "note": "A beginning" }),
        );
        let made = site.done(&editor, of, "create", made).await;
        assert_eq!(made["version"], 1);
        assert_eq!(made["status"], "DRAFT");
        let id = made["id"].as_str().unwrap();
        let now = with(at(id, 1), json!({ "title": "The river" }));
        let now = site.done(&editor, of, "update", now).await;
        assert_eq!(now["title"], "The river");
        let now = site
            .done(&editor, of, "submit", at(id, version(&now)))
            .await;
        assert_eq!(now["status"], "IN_REVIEW");
        let back = with(at(id, version(&now)), json!({ "note": "Too short" }));
        let now = site.done(&editor, of, "requestChanges", back).await;
        assert_eq!(now["status"], "DRAFT");
        assert_eq!(site.title(of, id).await, json!(null));
        let now = site
            .done(&editor, of, "publish", at(id, version(&now)))
            .await;
        assert_eq!(now["status"], "PUBLISHED");
        assert_eq!(site.title(of, id).await, "The river");

        let edit = with(
            at(id, version(&now)),
            json!({ "title": "The flood", "note": "It rose" }),
        );
        let payload = site.payload(&editor, of, "update", edit).await;
        let now = &payload[of.field];
        assert_eq!(now["title"], "The flood");
        assert_eq!(now["hasPendingChanges"], true);
        assert_eq!(payload["live"]["title"], "The river");
        assert_eq!(site.title(of, id).await, "The river");
        let both = format!(
            "{{ live: {0}(by: {{ id: \"{id}\" }}) {{ title }} \
             latest: {0}(by: {{ id: \"{id}\" }}, view: LATEST) {{ title body {{ text }} }} }}",
            of.field
        );
        let read = site.read(&editor, &both).await;
        assert_eq!(read["live"]["title"], "The river");
        assert_eq!(read["latest"]["title"], "The flood");
        assert_eq!(read["latest"]["body"]["text"], "It rose by night.");
        let now = site
            .done(&editor, of, "publish", at(id, version(now)))
            .await;
        assert_eq!(now["hasPendingChanges"], false);
        assert_eq!(site.title(of, id).await, "The flood");
    }
}

#[tokio::test]
async fn an_entry_of_each_kind_goes_through_its_life_to_its_end() {
    let site = Site::new().await;
    let editor = site.token(Role::Editor).await;
    for of in [ARTICLE, PAGE, ISSUE] {
        let (id, mut now) = site.published(&editor, of, "Well").await;
        let times = json!({ "publishAt": SOON, "unpublishAt": LATER });
        let steps = [
            ("unpublish", json!({}), "DRAFT"),
            ("schedule", times, "SCHEDULED"),
            ("unschedule", json!({}), "DRAFT"),
            ("archive", json!({}), "ARCHIVED"),
            ("unarchive", json!({}), "DRAFT"),
            ("publish", json!({}), "PUBLISHED"),
            ("trash", json!({}), "TRASHED"),
            ("restore", json!({}), "DRAFT"),
            ("trash", json!({}), "TRASHED"),
        ];
        for (verb, more, status) in steps {
            let entry = site.done(&editor, of, verb, with(at(&id, now), more)).await;
            assert_eq!(entry["status"], status, "{verb}");
            let scheduled = (verb == "schedule").then_some(SOON);
            assert_eq!(entry["scheduledChangeAt"], json!(scheduled), "{verb}");
            let public = (status == "PUBLISHED").then_some("Well");
            assert_eq!(site.title(of, &id).await, json!(public), "{verb}");
            now = version(&entry);
        }
        let refused = site.refused(&editor, of, "submit", at(&id, now)).await;
        assert_eq!(refused, ("CONFLICT".to_owned(), vec![String::new()]));
        let gone = site.payload(&editor, of, "purge", at(&id, now)).await;
        assert_eq!(gone, json!({ "deletedId": id, "userErrors": [] }));
        let query = format!("{{ {}(by: {{ id: \"{id}\" }}) {{ id }} }}", of.field);
        assert_eq!(site.read(&editor, &query).await[of.field], json!(null));
    }
}

#[tokio::test]
async fn a_field_is_set_cleared_or_left() {
    let site = Site::new().await;
    // Somebody who sees pictures that stand nowhere yet.
    let editor = site.server.signed_in(Role::Editor, None).await;
    let (server, en) = (&site.server, site.editions.en);
    let category = server.category(en, "Weather", None).await.to_string();
    let tag = server.tag(en, "Rain").await.to_string();
    let author = server.author(en, "Ada").await.to_string();
    let picture = server.picture(en, "A bridge").await.to_string();
    let other = server.article(en, "Before").await.to_string();
    let (id, _) = site.draft(&editor, ARTICLE, "River").await;
    let set = json!({
        "subtitle": "By night", "excerpt": "It rose.", "categories": [category], "tags": [tag],
        "byline": [{ "author": author, "role": "PHOTOGRAPHER" }, { "name": "Somebody" }],
        "hero": { "asset": picture, "caption": "Then" },
        "attachments": [{ "asset": picture, "caption": "Now" }],
        "related": [other],
        "seo": { "title": "Seen", "noindex": true },
        "source": { "outlet": "Elsewhere", "publishedAt": "2020-01-01T00:00:00Z" },
        "isFeatured": true, "commentsOpen": false, "body": { "markdown": "It *rose*." },
    });
    let query = format!(
        "{{ article(by: {{ id: \"{id}\" }}) {{ title subtitle excerpt isFeatured commentsOpen \
         categories {{ id }} tags {{ id }} byline {{ role name author {{ id }} }} \
         hero {{ caption asset {{ id }} }} attachments {{ caption }} related(first: 1) {{ id }} \
         seo {{ title noindex }} source {{ outlet publishedAt }} body {{ html source {{ format }} }} }} }}"
    );
    let entry = site
        .done(&editor, ARTICLE, "update", with(at(&id, 1), set))
        .await;
    let all = json!({
        "title": "River", "subtitle": "By night", "excerpt": "It rose.", "isFeatured": true,
        "commentsOpen": false, "categories": [{ "id": category }], "tags": [{ "id": tag }],
        "byline": [
            { "role": "PHOTOGRAPHER", "name": "Ada", "author": { "id": author } },
            { "role": "AUTHOR", "name": "Somebody", "author": null },
        ],
        "hero": { "caption": "Then", "asset": { "id": picture } },
        "attachments": [{ "caption": "Now" }], "related": [{ "id": other }],
        "seo": { "title": "Seen", "noindex": true },
        "source": { "outlet": "Elsewhere", "publishedAt": "2020-01-01T00:00:00Z" },
        "body": { "html": "<p>It <em>rose</em>.</p>", "source": { "format": "MARKDOWN" } },
    });
    assert_eq!(site.read(&editor, &query).await["article"], all);

    // What is left out stays, also within what is named; what makes no difference makes no version.
    let same = json!({ "hero": { "caption": "Then" }, "seo": { "noindex": true }, "tags": [tag] });
    let same = with(at(&id, version(&entry)), same);
    let again = site.done(&editor, ARTICLE, "update", same).await;
    assert_eq!(version(&again), version(&entry));
    assert_eq!(site.read(&editor, &query).await["article"], all);

    let clear = json!({
        "subtitle": null, "excerpt": null, "categories": null, "tags": [], "byline": null,
        "hero": { "caption": null }, "attachments": null, "related": null, "seo": { "title": null },
        "source": null,
    });
    let clear = with(at(&id, version(&entry)), clear);
    site.done(&editor, ARTICLE, "update", clear).await;
    let read = site.read(&editor, &query).await["article"].take();
    for field in ["subtitle", "source"] {
        assert_eq!(read[field], json!(null), "{field}");
    }
    for field in ["categories", "tags", "byline", "attachments", "related"] {
        assert_eq!(read[field], json!([]), "{field}");
    }
    assert_eq!(read["hero"]["asset"]["id"], picture);
    assert_eq!(read["seo"], json!({ "title": "River", "noindex": true }));
    assert_eq!(
        (&read["title"], &read["isFeatured"]),
        (&json!("River"), &json!(true))
    );
}

#[tokio::test]
async fn all_that_is_wrong_with_an_entry_is_told_at_once() {
    let site = Site::new().await;
    let editor = site.token(Role::Editor).await;
    let tag = site.server.tag(site.editions.en, "Rain").await.to_string();
    let absent = "article_01jb2x9k3m4n5p6q7r8s9t0v1w";
    let hidden = site.server.article(site.editions.fa, "پنهان");
    let hidden = hidden.status(domain::content::Status::Draft).await;
    let cases = [
        (
            ARTICLE,
            // What cannot be read at all.
            json!({
                "edition": "xx", "title": " ", "slug": "a/b", "body": null, "categories": [tag],
                "byline": [{}], "seo": { "canonicalUrl": "x" }, "attachments": [{ "asset": "?" }],
                "isFeatured": null, "hero": { "asset": null },
            }),
            vec![
                "attachments.0.asset",
                "body",
                "byline.0",
                "categories.0",
                "edition",
                "hero.asset",
                "isFeatured",
                "seo.canonicalUrl",
                "slug",
                "title",
            ],
        ),
        (
            ARTICLE,
            // What only the store knows.
            json!({ "edition": "en", "related": [absent, hidden.to_string()], "tags": [tag, tag] }),
            vec!["related.0", "related.1", "tags.1", "title"],
        ),
        (
            PAGE,
            json!({ "edition": "en", "parent": absent, "position": null, "path": "x y" }),
            vec!["parent", "position", "title"],
        ),
        (
            ISSUE,
            json!({
                "edition": "en", "title": "One", "number": -1,
                "sections": [{ "items": [{}, { "article": tag }] }],
            }),
            vec![
                "newsletter",
                "number",
                "sections.0.items.0",
                "sections.0.items.1.article",
            ],
        ),
    ];
    for (of, input, expected) in cases {
        let (code, fields) = site.refused(&editor, of, "create", input).await;
        assert_eq!((code.as_str(), fields), ("VALIDATION", own(&expected)));
    }
    let (id, _) = site.draft(&editor, ARTICLE, "River").await;
    let wrong = with(
        at(&id, 1),
        json!({ "title": null, "excerpt": "x".repeat(2_001) }),
    );
    let (_, fields) = site.refused(&editor, ARTICLE, "update", wrong).await;
    assert_eq!(fields, ["excerpt", "title"]);
    let wrong = with(at(&id, 1), json!({ "publishAt": "2001-01-01T00:00:00Z" }));
    let (_, fields) = site.refused(&editor, ARTICLE, "schedule", wrong).await;
    assert_eq!(fields, ["publishAt"]);
    let (code, fields) = site.refused(&editor, PAGE, "publish", at(&id, 1)).await;
    assert_eq!((code.as_str(), fields), ("VALIDATION", own(&["id"])));
    let wrong = with(at(absent, 1), json!({ "revision": absent }));
    let (_, fields) = site.refused(&editor, PAGE, "restoreRevision", wrong).await;
    assert_eq!(fields, ["id", "revision"]);
}

fn own(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

#[tokio::test]
async fn a_stale_change_or_step_is_refused_with_the_version_it_lacks() {
    let site = Site::new().await;
    let editor = site.token(Role::Editor).await;
    let (id, _) = site.draft(&editor, ARTICLE, "River").await;
    let now = with(at(&id, 1), json!({ "title": "The river" }));
    site.done(&editor, ARTICLE, "update", now).await;
    for (verb, more) in [
        ("update", json!({ "title": "Late" })),
        ("publish", json!({})),
        ("schedule", json!({ "publishAt": SOON })),
        ("trash", json!({})),
    ] {
        let late = with(at(&id, 1), more);
        let payload = site.payload(&editor, ARTICLE, verb, late).await;
        let error = &payload["userErrors"][0];
        assert_eq!(error["code"], "CONFLICT", "{payload:#}");
        assert_eq!(error["field"], "expectedVersion");
        assert_eq!(error["currentVersion"], 2);
    }
}

#[tokio::test]
async fn what_an_entry_was_is_listed_compared_and_brought_back() {
    let site = Site::new().await;
    let editor = site.token(Role::Editor).await;
    let first = with(
        site.new_of(ARTICLE, "River").await,
        json!({ "note": "A beginning", "subtitle": "By night" }),
    );
    let first = site.done(&editor, ARTICLE, "create", first).await;
    let id = first["id"].as_str().unwrap();
    let edit = json!({ "title": "Flood", "body": { "html": "<p>It rose by day.</p>" } });
    let now = site
        .done(&editor, ARTICLE, "update", with(at(id, 1), edit))
        .await;
    let now = site
        .done(&editor, ARTICLE, "publish", at(id, version(&now)))
        .await;
    let list = format!(
        "{{ article(by: {{ id: \"{id}\" }}) {{ revisions {{ nodes {{ id version title note isPending }} }} }} }}"
    );
    let revisions = site.read(&editor, &list).await["article"]["revisions"]["nodes"].take();
    let revision = revisions[0]["id"].as_str().unwrap();
    assert_eq!(
        revisions,
        json!([{
            "id": revision, "version": 1, "title": "River", "note": "A beginning", "isPending": false,
        }])
    );
    let readers = site.server.graphql(&list).await;
    assert_eq!(readers["article"]["revisions"]["nodes"], json!([]));

    let diff = |from: &str, to: &str| {
        format!(
            "{{ revisionDiff(entry: \"{id}\", from: {{ {from} }}, to: {{ {to} }}) {{ \
             fieldDiffs {{ field before after }} textDiffs {{ kind text }} }} }}"
        )
    };
    let since = diff(&format!("id: \"{revision}\""), "state: LIVE");
    let read = site.read(&editor, &since).await["revisionDiff"].take();
    assert_eq!(
        read["fieldDiffs"],
        json!([{ "field": "title", "before": "River", "after": "Flood" }])
    );
    let pieces = read["textDiffs"].as_array().unwrap();
    let told = |kind: &str| -> String {
        let of_kind = pieces.iter().filter(|piece| piece["kind"] == kind);
        of_kind
            .map(|piece| piece["text"].as_str().unwrap())
            .collect()
    };
    assert_eq!(
        (told("DELETE").as_str(), told("INSERT").as_str()),
        ("night", "day")
    );
    let nothing = site.server.graphql(&since).await;
    assert_eq!(nothing["revisionDiff"], json!(null));
    let waiting = diff("state: LIVE", "state: PENDING");
    assert_eq!(
        site.read(&editor, &waiting).await["revisionDiff"],
        json!(null)
    );

    let back = with(at(id, version(&now)), json!({ "revision": revision }));
    let now = site.done(&editor, ARTICLE, "restoreRevision", back).await;
    assert_eq!(
        (&now["title"], &now["hasPendingChanges"]),
        (&json!("River"), &json!(true))
    );
    assert_eq!(site.title(ARTICLE, id).await, "Flood");
    let read = site.read(&editor, &list).await["article"]["revisions"]["nodes"].take();
    assert_eq!(
        (&read[0]["isPending"], &read[0]["title"]),
        (&json!(true), &json!("River"))
    );
    let read = site.read(&editor, &waiting).await["revisionDiff"].take();
    assert_eq!(read["fieldDiffs"][0]["after"], "River");
    let now = site
        .done(&editor, ARTICLE, "discardChanges", at(id, version(&now)))
        .await;
    assert_eq!(
        (&now["title"], &now["hasPendingChanges"]),
        (&json!("Flood"), &json!(false))
    );
    let refused = site
        .refused(&editor, ARTICLE, "discardChanges", at(id, version(&now)))
        .await;
    assert_eq!(refused.0, "CONFLICT");
}

#[tokio::test]
async fn everything_that_waits_shows_in_the_latest_view() {
    let site = Site::new().await;
    // Somebody who sees pictures that stand nowhere yet.
    let editor = site.server.signed_in(Role::Editor, None).await;
    let (server, en) = (&site.server, site.editions.en);
    let tag = server.tag(en, "Rain").await.to_string();
    let picture = server.picture(en, "A bridge").await.to_string();
    let (id, now) = site.published(&editor, ARTICLE, "River").await;
    let edit = json!({
        "subtitle": "By night", "tags": [tag], "byline": [{ "name": "Ada" }],
        "hero": { "asset": picture }, "attachments": [{ "asset": picture }],
        "seo": { "title": "Seen" }, "body": { "html": "<p>Higher.</p>" },
    });
    site.done(&editor, ARTICLE, "update", with(at(&id, now), edit))
        .await;
    // In a fragment, too, where no look-ahead sees it at once.
    let query = format!(
        "{{ article(by: {{ id: \"{id}\" }}, view: LATEST) {{ ...on Entry {{ ...All }} }} }} \
         fragment All on Article {{ subtitle tags {{ id }} byline {{ name }} hero {{ asset {{ id }} }} \
         attachments {{ asset {{ id }} }} seo {{ title }} body {{ text source {{ text }} }} }}"
    );
    let read = site.read(&editor, &query).await["article"].take();
    let asset = json!({ "asset": { "id": picture } });
    let latest = json!({
        "subtitle": "By night", "tags": [{ "id": tag }], "byline": [{ "name": "Ada" }],
        "hero": asset, "attachments": [asset], "seo": { "title": "Seen" },
        "body": { "text": "Higher.", "source": { "text": "<p>Higher.</p>" } },
    });
    assert_eq!(read, latest);
    let live = json!({
        "subtitle": null, "tags": [], "byline": [], "hero": null, "attachments": [],
        "seo": { "title": "River" }, "body": { "text": "It rose by night.", "source": null },
    });
    let viewer = site.token(Role::Viewer).await;
    assert_eq!(site.read(&viewer, &query).await["article"], live);
    assert_eq!(server.graphql(&query).await["article"], live);
}

#[tokio::test]
async fn an_author_has_their_own_and_a_contributor_publishes_nothing() {
    let site = Site::new().await;
    let (ada, bea) = (
        site.token(Role::Author).await,
        site.token(Role::Author).await,
    );
    let (id, now) = site.draft(&ada, ARTICLE, "River").await;
    let edit = json!({ "title": "Mine" });
    let hidden = site
        .refused(&bea, ARTICLE, "update", with(at(&id, now), edit.clone()))
        .await;
    assert_eq!(hidden.0, "NOT_FOUND");
    let out = site.done(&ada, ARTICLE, "publish", at(&id, now)).await;
    let now = version(&out);
    for (verb, more) in [
        ("update", edit.clone()),
        ("unpublish", json!({})),
        ("schedule", json!({ "unpublishAt": SOON })),
        ("archive", json!({})),
        ("trash", json!({})),
        ("discardChanges", json!({})),
    ] {
        let refused = site
            .refused(&bea, ARTICLE, verb, with(at(&id, now), more))
            .await;
        assert_eq!(refused.0, "FORBIDDEN", "{verb}");
    }
    let contributor = site.token(Role::Contributor).await;
    let (id, now) = site.draft(&contributor, ARTICLE, "Well").await;
    let now = version(
        &site
            .done(&contributor, ARTICLE, "update", with(at(&id, now), edit))
            .await,
    );
    for (verb, more) in [
        ("publish", json!({})),
        ("schedule", json!({ "publishAt": SOON })),
        ("archive", json!({})),
    ] {
        let refused = site
            .refused(&contributor, ARTICLE, verb, with(at(&id, now), more))
            .await;
        assert_eq!(refused.0, "FORBIDDEN", "{verb}");
    }
    let submitted = site
        .done(&contributor, ARTICLE, "submit", at(&id, now))
        .await;
    assert_eq!(submitted["status"], "IN_REVIEW");
    // What they wrote is theirs to see, its past included.
    let list =
        format!("{{ article(by: {{ id: \"{id}\" }}) {{ revisions {{ nodes {{ title }} }} }} }}");
    let own = site.read(&contributor, &list).await;
    assert_eq!(
        own["article"]["revisions"]["nodes"],
        json!([{ "title": "Well" }])
    );
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_told_so_and_changes_nothing() {
    let site = Site::new().await;
    let editor = site.token(Role::Editor).await;
    for of in [ARTICLE, PAGE, ISSUE] {
        let (id, now) = site.published(&editor, of, "River").await;
        let new = site.new_of(of, "Well").await;
        let before = everything(&site.server).await;
        let verbs = [
            "update",
            "submit",
            "requestChanges",
            "publish",
            "unschedule",
            "unpublish",
            "archive",
            "unarchive",
            "trash",
            "restore",
            "purge",
            "discardChanges",
        ];
        let mut tries: Vec<(&str, Value)> =
            verbs.iter().map(|verb| (*verb, at(&id, now))).collect();
        tries.push(("create", new));
        tries.push(("schedule", with(at(&id, now), json!({ "publishAt": SOON }))));
        for (verb, input) in tries {
            let answer = site.raw("", of, verb, input).await;
            assert_eq!(answer["data"], json!(null), "{verb}: {answer:#}");
            let code = &answer["errors"][0]["extensions"]["code"];
            assert_eq!(code, "UNAUTHENTICATED", "{verb}");
        }
        assert_eq!(everything(&site.server).await, before);
    }
}

#[tokio::test]
async fn owners_read_the_log_and_nobody_else_does() {
    let site = Site::new().await;
    let editor = site.token(Role::Editor).await;
    let owner = site.server.signed_in(Role::Owner, None).await;
    let (id, now) = site.draft(&editor, ARTICLE, "River").await;
    let edit = json!({ "title": "Flood", "subtitle": "By night", "note": "It rose" });
    let now = site
        .done(&editor, ARTICLE, "update", with(at(&id, now), edit))
        .await;
    site.done(&editor, ARTICLE, "publish", at(&id, version(&now)))
        .await;
    let query = format!(
        "{{ auditEntries(first: 2, filter: {{ target: \"{id}\" }}) {{ totalCount pageInfo {{ endCursor hasNextPage }} \
         nodes {{ at actor action targetKind target event edition {{ code }} changedFields statusBefore statusAfter note requestId address }} }} }}"
    );
    let log = site.read(&owner, &query).await["auditEntries"].take();
    assert_eq!(log["totalCount"], 3);
    let [published, updated] = [&log["nodes"][0], &log["nodes"][1]];
    assert_eq!(published["event"], "article.published");
    assert_eq!(published["action"], "publish");
    assert_eq!(published["statusBefore"], "DRAFT");
    assert_eq!(published["statusAfter"], "PUBLISHED");
    assert_eq!(published["changedFields"], json!([]));
    assert_eq!(published["edition"]["code"], "en");
    assert_eq!(published["target"], id);
    assert!(published["actor"].as_str().unwrap().starts_with("user_"));
    assert!(published["requestId"].is_string() && published["address"].is_string());
    assert_eq!(updated["event"], "article.updated");
    assert_eq!(updated["note"], "It rose");
    assert_eq!(updated["statusBefore"], json!(null));
    let fields = updated["changedFields"].as_array().unwrap();
    assert!(fields.contains(&json!("title")) && fields.contains(&json!("subtitle")));
    let cursor = log["pageInfo"]["endCursor"].as_str().unwrap();
    let rest = query.replace("first: 2", &format!("first: 2, after: \"{cursor}\""));
    let rest = site.read(&owner, &rest).await["auditEntries"].take();
    assert_eq!(rest["nodes"][0]["event"], "article.created");
    assert_eq!(rest["pageInfo"]["hasNextPage"], false);

    for (token, code) in [(editor.as_str(), "FORBIDDEN"), ("", "UNAUTHENTICATED")] {
        let answer = match token {
            "" => site.server.graphql_raw(&query, json!({})).await,
            token => site.server.graphql_as(token, &query, &json!({})).await,
        };
        assert_eq!(answer["data"], json!(null), "{answer:#}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], code);
    }
}
