//! Custom fields of categories, tags, authors and assets.

use application::{lifecycle::Step, media};
use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};
use server::Config;

use super::{ARTICLE, Site, declared};
use crate::harness::{FACES, Face, Resource};

const CATEGORY: Resource = Resource {
    list: "categories",
    kind: "Category",
    words: &[],
};
const TAG: Resource = Resource {
    list: "tags",
    kind: "Tag",
    words: &[],
};
const AUTHOR: Resource = Resource {
    list: "authors",
    kind: "Author",
    words: &[],
};
const ASSET: Resource = Resource {
    list: "assets",
    kind: "Asset",
    words: &[],
};

/// A record of a kind with custom fields, as REST takes it.
fn body(of: Resource, name: &str, fields: &Value) -> Value {
    if of.kind == "Asset" {
        return json!({ "url": format!("https://example.org/{name}.jpg"), "mimeType": "image/jpeg",
            "isPublic": true, "customFields": fields });
    }
    json!({ "texts": { "en": { "name": name } }, "customFields": fields })
}

impl Site {
    async fn record(&self, face: Face, of: Resource, name: &str, fields: Value) -> String {
        let body = body(of, name, &fields);
        let made = self.server.create(face, &self.owner, of, &body).await;
        made.done().id
    }

    /// The custom fields of a record as both faces show them: to somebody, or to everybody.
    async fn shown(&self, token: Option<&str>, of: Resource, id: &str) -> Value {
        let path = format!("/api/v1/{}/{id}", of.list);
        let mut over_rest = self.server.request(Method::GET, &path);
        let by = if of.kind == "Asset" {
            "id: $id"
        } else {
            "by: { id: $id }"
        };
        let name = of.kind.to_lowercase();
        let query = format!("query ($id: ID!) {{ {name}({by}) {{ customFields }} }}");
        let asked = json!({ "query": query, "variables": { "id": id } });
        let mut over_graphql = self.server.request(Method::POST, "/graphql").json(&asked);
        if let Some(token) = token {
            over_rest = over_rest.bearer_auth(token);
            over_graphql = over_graphql.bearer_auth(token);
        }
        let over_rest = self.server.send(over_rest).await.expect(200).json();
        let over_graphql = self.server.send(over_graphql).await.json();
        assert_eq!(
            over_rest["customFields"], over_graphql["data"][&name]["customFields"],
            "{over_graphql:#}"
        );
        over_rest["customFields"].clone()
    }

    /// The ids of a list over REST.
    async fn ids(&self, path: &str) -> Vec<String> {
        let list = self.server.get_json(&format!("/api/v1/{path}")).await;
        let ids = list["data"].as_array().unwrap().iter();
        ids.map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn shared_records_keep_values_of_the_types_that_are_declared() {
    let site = Site::new().await;
    for face in FACES {
        for (of, fields, other) in [
            (
                CATEGORY,
                json!({ "color": "red", "weight": 2.5 }),
                json!({ "color": "blue", "weight": null }),
            ),
            (
                TAG,
                json!({ "since": "2026-03-05", "note": "a" }),
                json!({ "since": "2026-03-06", "note": null }),
            ),
            (
                AUTHOR,
                json!({ "phone": "5", "active": true }),
                json!({ "active": false, "phone": null }),
            ),
            (
                ASSET,
                json!({ "camera": "Leica" }),
                json!({ "camera": "لایکا" }),
            ),
        ] {
            let name = format!("{}{face:?}", of.kind);
            let id = site.record(face, of, &name, fields.clone()).await;
            let shown = site.shown(None, of, &id).await;
            for (name, value) in fields.as_object().unwrap() {
                assert_eq!(&shown[name], value, "{face:?} {}", of.kind);
            }
            let change = json!({ "customFields": other });
            let patch = async |version, change: &Value| {
                let at = (id.as_str(), version);
                site.server.patch(face, &site.owner, of, at, change).await
            };
            assert_eq!(patch(1, &change).await.done().version, 2);
            let shown = site.shown(None, of, &id).await;
            for (name, value) in other.as_object().unwrap() {
                assert_eq!(&shown[name], value, "{face:?} {}", of.kind);
            }
            assert_eq!(
                patch(2, &change).await.done().version,
                2,
                "it differs in nothing"
            );
            // Another change leaves them alone.
            let texts = json!({ "texts": { "en": if of.kind == "Asset" {
                json!({ "title": "Else" })
            } else {
                json!({ "name": format!("{name} else") })
            } } });
            assert_eq!(patch(2, &texts).await.done().version, 3);
            assert_eq!(site.shown(None, of, &id).await, shown);
        }
    }
    let log = "SELECT count(*) FROM audit WHERE fields LIKE '%customFields%'";
    assert_eq!(site.server.count(log).await, 8);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_shared_record_is_told_at_once() {
    let site = Site::new().await;
    for face in FACES {
        for of in [CATEGORY, AUTHOR] {
            let fields = if of.kind == "Category" {
                json!({ "color": "green", "weight": "much", "size": 1 })
            } else {
                json!({ "active": "yes", "mentor": "tag_01h455vb4pex5vsknk084sn02q", "size": 1 })
            };
            let body = json!({ "texts": { "en": { "name": " " } }, "customFields": fields });
            let reply = site.server.create(face, &site.owner, of, &body).await;
            assert_eq!(reply.outcome, "VALIDATION", "{face:?} {reply:?}");
            let mut wrong = reply.fields.clone();
            wrong.sort();
            let mut expected: Vec<String> = fields
                .as_object()
                .unwrap()
                .keys()
                .map(|name| format!("customFields.{name}"))
                .collect();
            expected.push("texts.en.name".to_owned());
            expected.sort();
            assert_eq!(wrong, expected, "{face:?}");
        }
        let body = body(
            CATEGORY,
            "A",
            &json!({ "lead": "article_01h455vb4pex5vsknk084sn02q" }),
        );
        let reply = site.server.create(face, &site.owner, CATEGORY, &body).await;
        reply.refused("VALIDATION", &["customFields.lead"]);
    }
    let made = "SELECT count(*) FROM term";
    assert_eq!(site.server.count(made).await, 0);
}

#[tokio::test]
async fn what_is_required_is_asked_of_what_is_new_and_cannot_be_cleared() {
    let site = Site::new().await;
    for (number, face) in FACES.into_iter().enumerate() {
        for fields in [json!({}), json!({ "since": null }), Value::Null] {
            let reply = site
                .server
                .create(face, &site.owner, TAG, &body(TAG, "A", &fields))
                .await;
            reply.refused("VALIDATION", &["customFields.since"]);
        }
        let name = format!("New {number}");
        let id = site
            .record(face, TAG, &name, json!({ "since": "2026-01-01" }))
            .await;
        for fields in [json!({ "since": null }), Value::Null] {
            let change = json!({ "customFields": fields });
            let reply = site
                .server
                .patch(face, &site.owner, TAG, (&id, 1), &change)
                .await;
            reply.refused("VALIDATION", &["customFields.since"]);
        }
        // One that is older than the declaration can still be changed otherwise.
        let name = format!("Old {number}");
        let old = site.server.tag(site.en, &name).await.to_string();
        let change = json!({ "customFields": { "note": "still" } });
        let reply = site
            .server
            .patch(face, &site.owner, TAG, (&old, 1), &change)
            .await;
        assert_eq!(reply.done().version, 2);
    }
}

#[tokio::test]
async fn a_batch_checks_them_too() {
    let site = Site::new().await;
    let operation = |fields: Value| json!({ "method": "POST", "path": "/tags", "body": body(TAG, "In a batch", &fields) });
    let operations = [
        operation(json!({})),
        operation(json!({ "since": "2026-01-01" })),
    ];
    let batch = json!({ "atomic": false, "operations": operations });
    let request = site.server.request(Method::POST, "/api/v1/batch");
    let request = request.bearer_auth(&site.owner).json(&batch);
    let answer = site.server.send(request).await;
    let text = answer.text();
    assert!(text.contains("customFields/since"), "{text}");
    assert_eq!(site.server.count("SELECT count(*) FROM term").await, 1);
}

#[tokio::test]
async fn who_may_change_texts_alone_may_not_change_what_all_editions_share() {
    let site = Site::new().await;
    let id = site.record(Face::Rest, CATEGORY, "News", json!({})).await;
    let editor = site.server.signed_in(Role::Editor, Some(site.en)).await;
    for face in FACES {
        let change = json!({ "customFields": { "color": "red" } });
        let reply = site
            .server
            .patch(face, &editor, CATEGORY, (&id, 1), &change)
            .await;
        assert_eq!(reply.outcome, "FORBIDDEN", "{face:?}");
    }
    let change = json!({ "texts": { "en": { "description": "All of it" } } });
    let reply = site
        .server
        .patch(Face::Rest, &editor, CATEGORY, (&id, 1), &change)
        .await;
    reply.done();
}

#[tokio::test]
async fn lists_of_shared_records_are_asked_for_by_values_and_paged() {
    let site = Site::new().await;
    let mut red = Vec::new();
    for number in 0..7 {
        let color = if number % 2 == 0 { "red" } else { "blue" };
        let fields = json!({ "color": color, "weight": number });
        let name = format!("No {}", 9 - number);
        let id = site.record(Face::Rest, CATEGORY, &name, fields).await;
        if color == "red" {
            red.push(id);
        }
    }
    site.record(Face::Rest, CATEGORY, "Plain", json!({})).await;
    let is_red = "categories?filter[customField.color]=red";
    assert_eq!(site.ids(&format!("{is_red}&sort=createdAt")).await, red);
    let mut by_name = red.clone();
    by_name.reverse();
    assert_eq!(site.ids(is_red).await, by_name);
    for (order, expected) in [("createdAt", &red), ("name", &by_name)] {
        let mut found = Vec::new();
        let mut after = String::new();
        for _ in 0..2 {
            let path = format!("/api/v1/{is_red}&sort={order}&first=2&total=true{after}");
            let page = site.server.get_json(&path).await;
            assert_eq!(page["page"]["totalCount"], 4, "{page:#}");
            for one in page["data"].as_array().unwrap() {
                found.push(one["id"].as_str().unwrap().to_owned());
            }
            after = format!("&after={}", page["page"]["endCursor"].as_str().unwrap());
        }
        assert_eq!(&found, expected, "{order}");
    }
    let count = async |conditions: &str| site.ids(&format!("categories?{conditions}")).await.len();
    let on = |condition: &str| format!("filter[customField.{condition}");
    assert_eq!(count(&on("color][in]=red,blue")).await, 7);
    assert_eq!(count(&on("color][isNull]=true")).await, 1);
    assert_eq!(count(&on("weight][gte]=5")).await, 2);
    let both = format!("{}&{}", on("color]=red"), on("weight][lte]=2"));
    assert_eq!(count(&both).await, 2);
    let data = site
        .server
        .graphql("{ categories(filter: { customField: { name: \"color\", eq: \"red\", isNull: false } }, orderBy: CREATED) { nodes { id customFields } } }")
        .await;
    let nodes = data["categories"]["nodes"].as_array().unwrap();
    let ids: Vec<&str> = nodes
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, red);
    assert_eq!(nodes[0]["customFields"]["color"], "red");
    let path = "/api/v1/authors?filter[customField.phone]=5";
    site.server.get(path).await.expect(400);
    let query = json!({ "query": "{ tags(filter: { customField: { name: \"note\", eq: 1 } }) { nodes { id } } }" });
    let request = site.server.request(Method::POST, "/graphql").json(&query);
    let answer = site.server.send(request).await;
    let refused = answer.text();
    assert!(refused.contains("filter.customField.name"), "{refused}");
}

#[tokio::test]
async fn each_kind_is_found_by_its_own_fields() {
    let site = Site::new().await;
    let tag = site
        .record(Face::Rest, TAG, "T", json!({ "since": "2026-01-01" }))
        .await;
    let ada = site
        .record(Face::Rest, AUTHOR, "Ada", json!({ "active": true }))
        .await;
    let asset = site
        .record(Face::Rest, ASSET, "a", json!({ "camera": "Leica" }))
        .await;
    site.record(Face::Rest, TAG, "U", json!({ "since": "2025-01-01" }))
        .await;
    site.record(Face::Rest, AUTHOR, "Ben", json!({ "active": false }))
        .await;
    site.record(Face::Rest, ASSET, "b", json!({ "camera": "Box" }))
        .await;
    for (path, id) in [
        ("tags?filter[customField.since]=2026-01-01", &tag),
        (
            "tags?filter[customField.since][gte]=2025-06-01&sort=createdAt",
            &tag,
        ),
        ("authors?filter[customField.active]=true", &ada),
        (
            "authors?filter[customField.active]=true&sort=createdAt",
            &ada,
        ),
        (
            "authors?filter[customField.active]=true&filter[slug]=ada&sort=createdAt",
            &ada,
        ),
        (
            "tags?filter[customField.since]=2026-01-01&filter[slug]=t&sort=createdAt",
            &tag,
        ),
        ("assets?filter[customField.camera]=Leica", &asset),
        ("assets?filter[customField.camera][in]=Leica,Canon", &asset),
    ] {
        assert_eq!(site.ids(path).await, std::slice::from_ref(id), "{path}");
    }
}

#[tokio::test]
async fn a_hidden_record_in_a_field_of_a_public_one_is_no_value() {
    let site = Site::new().await;
    let hidden = site.draft(Face::Rest, "Hidden", json!({})).await;
    let private = site.server.picture(site.en, "Hidden").await.to_string();
    let category = site
        .record(Face::Rest, CATEGORY, "News", json!({ "lead": hidden }))
        .await;
    let asset = site
        .record(Face::Rest, ASSET, "shown", json!({ "print": private }))
        .await;
    assert_eq!(
        site.shown(None, CATEGORY, &category).await["lead"],
        Value::Null
    );
    assert_eq!(site.shown(None, ASSET, &asset).await["print"], Value::Null);
    let owner = Some(site.owner.as_str());
    assert_eq!(
        site.shown(owner, CATEGORY, &category).await["lead"],
        json!(hidden)
    );
    assert_eq!(
        site.shown(owner, ASSET, &asset).await["print"],
        json!(private)
    );
    for path in [
        format!("categories?filter[customField.lead]={hidden}"),
        "categories?filter[customField.lead][isNull]=false".to_owned(),
        format!("assets?filter[customField.print]={private}"),
        "assets?filter[customField.print][isNull]=false".to_owned(),
    ] {
        assert!(site.ids(&path).await.is_empty(), "{path}");
    }
    site.server
        .get(&format!("/api/v1/assets/{private}"))
        .await
        .expect(404);
    let change = json!({ "customFields": { "picture": private } });
    let reply = site
        .server
        .patch(Face::Rest, &site.owner, CATEGORY, (&category, 1), &change);
    reply.await.done();
    // Categories are public, and so is what they show.
    site.server
        .get(&format!("/api/v1/assets/{private}"))
        .await
        .expect(200);
    assert_eq!(
        site.shown(None, ASSET, &asset).await["print"],
        json!(private)
    );
}

#[tokio::test]
async fn what_a_field_of_a_shared_record_names_is_in_use() {
    let site = Site::new().await;
    for (number, face) in FACES.into_iter().enumerate() {
        let author = async |name: &str, fields: Value| {
            site.record(face, AUTHOR, &format!("{name} {number}"), fields)
                .await
        };
        let ada = author("Ada", json!({})).await;
        let ben = author("Ben", json!({})).await;
        let pupil = author("Pupil", json!({ "mentor": ada })).await;
        let refused = site
            .server
            .remove(face, &site.owner, AUTHOR, (&ada, 1), &[])
            .await;
        assert_eq!(refused.outcome, "CONFLICT", "{refused:?}");
        assert_eq!(refused.used_by, [("customField".to_owned(), pupil.clone())]);
        let how = [("replaceWith", ben.as_str())];
        let gone = site
            .server
            .remove(face, &site.owner, AUTHOR, (&ada, 1), &how)
            .await;
        gone.done();
        assert_eq!(site.shown(None, AUTHOR, &pupil).await["mentor"], json!(ben));
        let path = format!("authors?filter[customField.mentor]={ben}");
        assert_eq!(site.ids(&path).await, std::slice::from_ref(&pupil));
        let how = [("onUse", "detach")];
        let gone = site
            .server
            .remove(face, &site.owner, AUTHOR, (&ben, 1), &how)
            .await;
        gone.done();
        assert_eq!(
            site.shown(None, AUTHOR, &pupil).await["mentor"],
            Value::Null
        );
        // Nothing is left of one that goes.
        let gone = site
            .server
            .remove(face, &site.owner, AUTHOR, (&pupil, 1), &[])
            .await;
        gone.done();
        assert_eq!(
            site.server.count("SELECT count(*) FROM record_field").await,
            0
        );
    }
}

#[tokio::test]
async fn a_merge_loses_no_value_and_leads_to_who_stays() {
    let site = Site::new().await;
    let merge = async |of: Resource, from: &str, into: &str| {
        let path = format!("/api/v1/{}/merge", of.list);
        let body = json!({ "from": [from], "into": into, "expectedVersion": 1 });
        let request = site
            .server
            .request(Method::POST, &path)
            .bearer_auth(&site.owner);
        site.server.send(request.json(&body)).await.expect(200);
    };
    let ada = site
        .record(Face::Rest, AUTHOR, "Ada", json!({ "phone": "1" }))
        .await;
    let fields = json!({ "phone": "2", "active": true, "mentor": ada });
    let twin = site.record(Face::Rest, AUTHOR, "Twin", fields).await;
    let pupil = site
        .record(Face::Rest, AUTHOR, "Pupil", json!({ "mentor": twin }))
        .await;
    let review = site
        .published("Reviewed", json!({ "reviewer": twin }))
        .await;
    merge(AUTHOR, &twin, &ada).await;
    assert_eq!(
        site.shown(None, AUTHOR, &ada).await,
        json!({ "phone": "1", "active": true, "mentor": null, "desk": null }),
    );
    assert_eq!(site.shown(None, AUTHOR, &pupil).await["mentor"], json!(ada));
    assert_eq!(site.public_fields(&review).await["reviewer"], json!(ada));
    assert_eq!(
        site.ids("authors?filter[customField.active]=true").await,
        std::slice::from_ref(&ada)
    );
    let news = site
        .record(Face::Rest, CATEGORY, "News", json!({ "color": "red" }))
        .await;
    let old = site
        .record(
            Face::Rest,
            CATEGORY,
            "Old",
            json!({ "color": "blue", "weight": 3 }),
        )
        .await;
    let both = json!({ "asides": [old, news] });
    let aside = site.record(Face::Rest, CATEGORY, "Aside", both).await;
    merge(CATEGORY, &old, &news).await;
    let shown = site.shown(None, CATEGORY, &news).await;
    assert_eq!(
        (&shown["color"], &shown["weight"]),
        (&json!("red"), &json!(3))
    );
    assert_eq!(
        site.shown(None, CATEGORY, &aside).await["asides"],
        json!([news])
    );
}

fn otherwise(config: &mut Config) {
    declared(config);
    for kind in ["category", "tag", "author", "asset"] {
        let fields = config.fields.get_mut(kind).unwrap();
        for field in fields.values_mut() {
            field.filterable = !field.filterable;
        }
    }
}

#[tokio::test]
async fn a_job_indexes_shared_records_when_the_declaration_changes() {
    let site = Site::new().await;
    site.server.run_due_jobs().await;
    let fields = json!({ "phone": "5", "active": true });
    let ada = site.record(Face::Rest, AUTHOR, "Ada", fields).await;
    let tag = json!({ "since": "2026-01-01", "note": "a" });
    let tag = site.record(Face::Rest, TAG, "T", tag).await;
    let again = site.server.once_more(otherwise).await;
    again.run_due_jobs().await;
    let rows = again
        .rows("SELECT name FROM record_field ORDER BY name")
        .await;
    let names: Vec<String> = rows
        .iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect();
    assert_eq!(names, ["note", "phone"]);
    for (path, id) in [
        ("/api/v1/authors?filter[customField.phone]=5", ada),
        ("/api/v1/tags?filter[customField.note]=a", tag),
    ] {
        assert_eq!(again.get_json(path).await["data"][0]["id"], json!(id));
    }
    again
        .get("/api/v1/authors?filter[customField.active]=true")
        .await
        .expect(400);
    let waiting = "SELECT count(*) FROM job WHERE kind = 'reindex_fields'";
    assert_eq!(again.count(waiting).await, 0);
}

#[tokio::test]
async fn who_may_not_publish_a_picture_does_not_show_it_by_a_field() {
    let site = Site::new().await;
    let server = &site.server;
    let made = json!({ "name": "a program", "scopes": ["categories:write", "assets:read"] });
    let request = server.request(Method::POST, "/api/v1/api-keys");
    let made = server
        .send(request.bearer_auth(&site.owner).json(&made))
        .await
        .expect(201);
    let made = made.json();
    let key = made["secret"].as_str().unwrap();
    for face in FACES {
        let picture =
            json!({ "url": format!("https://example.org/{face:?}.jpg"), "mimeType": "image/jpeg" });
        let picture = server.create(face, &site.owner, ASSET, &picture).await;
        let picture = picture.done().id;
        let address = format!("/api/v1/assets/{picture}");
        server.get(&address).await.expect(404);
        let body = body(CATEGORY, "Shown", &json!({ "picture": picture }));
        let refused = server.create(face, key, CATEGORY, &body).await;
        assert_eq!(refused.outcome, "FORBIDDEN", "{face:?}");
        server.get(&address).await.expect(404);
        server
            .create(face, &site.owner, CATEGORY, &body)
            .await
            .done();
        server.get(&address).await.expect(200);
    }
}

#[tokio::test]
async fn what_is_not_seen_of_a_list_stays_when_it_is_sent_back() {
    let site = Site::new().await;
    let (server, cx) = (&site.server, site.server.system());
    let mut maps = Vec::new();
    for alt in ["One", "Two", "Three"] {
        maps.push(server.picture(site.en, alt).await);
    }
    let step = |expected| Step {
        expected,
        note: None,
    };
    let mut version = 1;
    for face in FACES {
        let fields = json!({ "maps": [maps[0], maps[1]] });
        let id = site.draft(face, &format!("{face:?}"), fields).await;
        media::trash(&cx, maps[0], step(version)).await.unwrap();
        assert_eq!(
            site.fields(&site.owner, &id).await["maps"],
            json!([maps[1]])
        );
        let fields = json!({ "customFields": { "maps": [maps[1], maps[2]] } });
        let article = (id.as_str(), 1);
        let reply = server
            .patch(face, &site.owner, ARTICLE, article, &fields)
            .await;
        reply.done();
        media::restore(&cx, maps[0], step(version + 1))
            .await
            .unwrap();
        version += 2;
        assert_eq!(
            site.fields(&site.owner, &id).await["maps"],
            json!([maps[0], maps[1], maps[2]]),
            "{face:?}"
        );
    }
}
