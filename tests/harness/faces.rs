//! Changes over either face, so that one scenario is told on both.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{Answer, TestServer};

/// A way to change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// The REST face.
    Rest,
    /// The GraphQL face.
    Graphql,
}

/// Both of them.
pub const FACES: [Face; 2] = [Face::Rest, Face::Graphql];

/// A kind of record as both faces name it.
#[derive(Debug, Clone, Copy)]
pub struct Resource {
    /// The list in REST: `categories`.
    pub list: &'static str,
    /// The type in GraphQL: `Category`.
    pub kind: &'static str,
    /// What bodies call otherwise than inputs: the member, the field.
    pub words: &'static [(&'static str, &'static str)],
}

/// What came of a change, in the words of REST.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply {
    /// `DONE`, or the code of what went wrong; that of a stale change is `STALE`.
    pub outcome: String,
    /// The fields that were wrong, in their order.
    pub fields: Vec<String>,
    /// The id of the record.
    pub id: String,
    /// The version of the record now.
    pub version: i64,
    /// What uses the record: role and id.
    pub used_by: Vec<(String, String)>,
}

impl Reply {
    /// The reply to something that was done.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.outcome, "DONE", "{self:?}");
        self
    }

    /// Asserts what went wrong with which fields.
    #[track_caller]
    pub fn refused(&self, outcome: &str, fields: &[&str]) {
        assert_eq!(self.outcome, outcome, "{self:?}");
        assert_eq!(self.fields, fields, "{self:?}");
    }
}

impl TestServer {
    /// Makes a record. `body` is that of REST.
    pub async fn create(&self, face: Face, token: &str, of: Resource, body: &Value) -> Reply {
        match face {
            Face::Rest => {
                let path = format!("/api/v1/{}", of.list);
                let request = self.request(Method::POST, &path).bearer_auth(token);
                of_rest(&self.send(request.json(body)).await)
            }
            Face::Graphql => {
                let (input, places) = input(of, body);
                self.mutate(token, of, "create", &input, &places).await
            }
        }
    }

    /// Changes a record that is at a version. `body` is that of REST.
    pub async fn patch(
        &self,
        face: Face,
        token: &str,
        of: Resource,
        (id, version): (&str, i64),
        body: &Value,
    ) -> Reply {
        match face {
            Face::Rest => {
                let path = format!("/api/v1/{}/{id}", of.list);
                let request = self
                    .request(Method::PATCH, &path)
                    .bearer_auth(token)
                    .header("if-match", format!("\"{version}\""))
                    .header("content-type", "application/merge-patch+json");
                of_rest(&self.send(request.body(body.to_string())).await)
            }
            Face::Graphql => {
                let (mut input, places) = input(of, body);
                input["id"] = json!(id);
                input["expectedVersion"] = json!(version);
                self.mutate(token, of, "update", &input, &places).await
            }
        }
    }

    /// Deletes a record that is at a version. `how` has `onUse` and `replaceWith`, as REST has them.
    pub async fn remove(
        &self,
        face: Face,
        token: &str,
        of: Resource,
        (id, version): (&str, i64),
        how: &[(&str, &str)],
    ) -> Reply {
        match face {
            Face::Rest => {
                let how = how.iter().map(|(name, value)| format!("{name}={value}"));
                let how = how.collect::<Vec<_>>().join("&");
                let path = format!("/api/v1/{}/{id}?{how}", of.list);
                let request = self
                    .request(Method::DELETE, &path)
                    .bearer_auth(token)
                    .header("if-match", format!("\"{version}\""));
                of_rest(&self.send(request).await)
            }
            Face::Graphql => {
                let mut input = json!({ "id": id, "expectedVersion": version });
                for (name, value) in how {
                    input[*name] = match *name {
                        "onUse" => json!(value.to_uppercase()),
                        _ => json!(value),
                    };
                }
                self.mutate(token, of, "delete", &input, &[]).await
            }
        }
    }

    /// Adds a correction to an article that is at a version. `body` is that of REST.
    pub async fn add_correction(
        &self,
        face: Face,
        token: &str,
        (id, version): (&str, i64),
        body: &Value,
    ) -> Reply {
        match face {
            Face::Rest => {
                let request = self
                    .request(Method::POST, &format!("/api/v1/articles/{id}/corrections"))
                    .bearer_auth(token)
                    .header("if-match", format!("\"{version}\""));
                of_rest(&self.send(request.json(body)).await)
            }
            Face::Graphql => {
                let mut input = body.clone();
                input["id"] = json!(id);
                input["expectedVersion"] = json!(version);
                let query = "mutation ($input: AddCorrectionInput!) { addCorrection(input: $input) \
                             { article { id version } userErrors { code field message currentVersion usedBy { id role } } } }";
                let answer = self
                    .graphql_as(token, query, &json!({ "input": input }))
                    .await;
                if let Some(error) = answer["errors"].get(0) {
                    return Reply {
                        outcome: text(&error["extensions"]["code"]),
                        ..Reply::default()
                    };
                }
                let of = Resource {
                    list: "articles",
                    kind: "Article",
                    words: &[],
                };
                of_payload(&answer["data"]["addCorrection"], of, &[])
            }
        }
    }

    /// Sends a document with a token.
    pub async fn graphql_as(&self, token: &str, query: &str, variables: &Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = self.request(Method::POST, "/graphql").bearer_auth(token);
        self.send(request.json(&body)).await.json()
    }

    async fn mutate(
        &self,
        token: &str,
        of: Resource,
        verb: &str,
        input: &Value,
        places: &[String],
    ) -> Reply {
        let kind = of.kind;
        let (input_type, record) = if verb == "delete" {
            // What nothing else uses is deleted without saying what becomes of its users.
            let input = match kind {
                "Collection" => "DeleteCollectionInput",
                "Edition" | "Menu" | "Newsletter" => "DeleteRecordInput",
                _ => "DeleteInput",
            };
            (input.to_owned(), "deletedId".to_owned())
        } else {
            let mut name = kind.to_owned();
            name[..1].make_ascii_lowercase();
            (
                format!("{}{kind}Input", capital(verb)),
                format!("{name} {{ id version }}"),
            )
        };
        let field = format!("{verb}{kind}");
        let query = format!(
            "mutation ($input: {input_type}!) {{ {field}(input: $input) {{ {record} \
             userErrors {{ code field message currentVersion usedBy {{ id role }} }} }} }}"
        );
        let answer = self
            .graphql_as(token, &query, &json!({ "input": input }))
            .await;
        if let Some(error) = answer["errors"].get(0) {
            assert!(answer["errors"].get(1).is_none(), "{answer:#}");
            return Reply {
                outcome: text(&error["extensions"]["code"]),
                ..Reply::default()
            };
        }
        of_payload(&answer["data"][&field], of, places)
    }
}

fn of_rest(answer: &Answer) -> Reply {
    if answer.status == 204 {
        return Reply {
            outcome: "DONE".to_owned(),
            ..Reply::default()
        };
    }
    let body = answer.json();
    if answer.status < 300 {
        assert_eq!(answer.header("cache-control"), "no-store");
        let (id, version) = (text(&body["id"]), body["version"].as_i64().unwrap());
        assert!(answer.header("etag").starts_with(&format!("\"{version}-")));
        if answer.status == 201 {
            assert!(answer.header("location").ends_with(&format!("/{id}")));
        }
        return Reply {
            outcome: "DONE".to_owned(),
            id,
            version,
            ..Reply::default()
        };
    }
    let code = text(&body["code"]);
    let place = |error: &Value| match error["pointer"].as_str() {
        Some(pointer) => pointer.trim_start_matches('/').replace('/', "."),
        None => text(&error["parameter"]),
    };
    let errors = body["errors"].as_array();
    Reply {
        outcome: match code.as_str() {
            "PRECONDITION_FAILED" => "STALE".to_owned(),
            _ => code,
        },
        fields: errors.into_iter().flatten().map(place).collect(),
        version: body["currentVersion"].as_i64().unwrap_or_default(),
        used_by: users(&body["usedBy"]),
        ..Reply::default()
    }
}

fn of_payload(payload: &Value, of: Resource, places: &[String]) -> Reply {
    let errors = payload["userErrors"].as_array().unwrap();
    if let Some(first) = errors.first() {
        let stale = first["currentVersion"].as_i64();
        let fields = errors.iter().filter_map(|error| error["field"].as_str());
        let fields: Vec<String> = fields.map(|field| in_rest(field, of, places)).collect();
        return Reply {
            outcome: stale.map_or_else(|| text(&first["code"]), |_| "STALE".to_owned()),
            fields: if stale.is_some() { Vec::new() } else { fields },
            version: stale.unwrap_or_default(),
            used_by: users(&first["usedBy"]),
            ..Reply::default()
        };
    }
    let record = payload.as_object().unwrap();
    let (_, record) = record
        .iter()
        .find(|(name, _)| *name != "userErrors")
        .unwrap();
    Reply {
        outcome: "DONE".to_owned(),
        id: record["id"].as_str().unwrap_or_default().to_owned(),
        version: record["version"].as_i64().unwrap_or_default(),
        ..Reply::default()
    }
}

/// The body of REST as an input of GraphQL, and the places of its texts by number.
fn input(of: Resource, body: &Value) -> (Value, Vec<String>) {
    let (mut input, mut places) = (Map::new(), Vec::new());
    for (name, value) in body.as_object().unwrap() {
        if name != "texts" {
            let word = of.words.iter().find(|(member, _)| member == name);
            input.insert(
                word.map_or(name.as_str(), |(_, field)| field).to_owned(),
                value.clone(),
            );
            continue;
        }
        let texts = value.as_object().unwrap().iter().map(|(code, text)| {
            places.push(format!("texts.{code}"));
            let mut text = text.clone();
            if text.is_null() {
                text = json!({ "remove": true });
            }
            text["edition"] = json!(code);
            text
        });
        input.insert(name.clone(), texts.collect());
    }
    (Value::Object(input), places)
}

fn in_rest(field: &str, of: Resource, places: &[String]) -> String {
    if let Some((member, _)) = of.words.iter().find(|(_, known)| *known == field) {
        return (*member).to_owned();
    }
    for (number, place) in places.iter().enumerate() {
        if let Some(rest) = field.strip_prefix(&format!("texts.{number}")) {
            return format!("{place}{}", rest.trim_end_matches(".edition"));
        }
    }
    field.to_owned()
}

fn users(list: &Value) -> Vec<(String, String)> {
    let list = list.as_array().into_iter().flatten();
    list.map(|user| (text(&user["role"]), text(&user["id"])))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn capital(word: &str) -> String {
    let mut word = word.to_owned();
    word[..1].make_ascii_uppercase();
    word
}
