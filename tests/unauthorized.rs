//! Every operation of both faces, as the documents of this repository have them, is called without
//! credentials, as somebody who may only read drafts, and with a key that may do nothing. What they may
//! do is listed here by hand: an operation nobody has decided about fails the test.

use std::collections::BTreeMap;

use domain::access::Role;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::harness::{Answer, TestServer};

/// What everybody may call: reading what is public, and what makes somebody known.
const OPEN_TO_ALL: &[&str] = &[
    "log_in",
    "refresh",
    "request_password_reset",
    "reset_password",
    "confirm_email",
    "set_up",
    "submit_article_comment",
    "submit_page_comment",
];
/// What whoever is signed in may do about themselves.
const OWN: &[&str] = &[
    "log_out",
    "get_viewer",
    "change_password",
    "request_email_confirmation",
    "list_api_keys",
];
/// Reads of REST that show everybody what is public.
const OPEN_READS: &[&str] = &[
    "diff_revisions_of_article",
    "diff_revisions_of_issue",
    "diff_revisions_of_page",
    "get_archive",
    "get_article",
    "get_article_by_slug",
    "get_asset",
    "get_author",
    "get_author_by_slug",
    "get_category",
    "get_category_by_slug",
    "get_collection",
    "get_collection_by_slug",
    "get_comment",
    "get_content_model",
    "get_edition",
    "get_gallery",
    "get_gallery_by_slug",
    "get_issue",
    "get_issue_by_slug",
    "get_menu",
    "get_menu_by_location",
    "get_newsletter",
    "get_newsletter_by_slug",
    "get_page",
    "get_page_by_slug",
    "get_redirect",
    "get_route",
    "get_site",
    "get_tag",
    "get_tag_by_slug",
    "list_article_comments",
    "list_article_revisions",
    "list_article_translations",
    "list_articles",
    "list_assets",
    "list_authors",
    "list_categories",
    "list_collection_items",
    "list_collections",
    "list_comments",
    "list_editions",
    "list_galleries",
    "list_issue_comments",
    "list_issue_revisions",
    "list_issue_translations",
    "list_issues",
    "list_menus",
    "list_newsletter_issues",
    "list_newsletters",
    "list_page_comments",
    "list_page_revisions",
    "list_page_translations",
    "list_pages",
    "list_redirects",
    "list_related_articles",
    "list_tags",
];
/// The same three of GraphQL.
const OPEN_MUTATIONS: &[&str] = &[
    "login",
    "refreshSession",
    "requestPasswordReset",
    "resetPassword",
    "confirmEmail",
    "setUp",
    "submitComment",
];
const OWN_FIELDS: &[&str] = &[
    "logout",
    "changePassword",
    "requestEmailConfirmation",
    "viewer",
    "apiKeys",
];
const OPEN_QUERIES: &[&str] = &[
    "archive",
    "article",
    "articles",
    "asset",
    "assets",
    "author",
    "authors",
    "categories",
    "category",
    "collection",
    "collections",
    "comment",
    "comments",
    "contentModel",
    "edition",
    "editions",
    "galleries",
    "gallery",
    "issue",
    "issues",
    "menu",
    "menus",
    "newsletter",
    "newsletters",
    "node",
    "nodes",
    "page",
    "pages",
    "redirects",
    "revisionDiff",
    "route",
    "site",
    "tag",
    "tags",
];

fn is_refusal(status: u16) -> bool {
    matches!(status, 401 | 403 | 404)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Viewer,
    Key,
}

struct Site {
    server: TestServer,
    ids: BTreeMap<String, String>,
    viewer: String,
    key: String,
}

impl Site {
    async fn new() -> Self {
        let server = TestServer::with_demo().await;
        let mut ids = BTreeMap::new();
        for list in [
            "articles",
            "pages",
            "issues",
            "categories",
            "tags",
            "authors",
            "assets",
            "galleries",
            "collections",
            "newsletters",
            "menus",
            "redirects",
            "comments",
        ] {
            let edition = "edition=en";
            let asked = server.get(&format!("/api/v1/{list}?{edition}")).await;
            let asked = if asked.status == 200 {
                asked
            } else {
                server.get(&format!("/api/v1/{list}")).await
            };
            let asked = asked.json();
            for (place, name) in [(0, ""), (1, "another ")] {
                if let Some(id) = asked["data"][place]["id"].as_str() {
                    let (kind, _) = id.split_once('_').unwrap();
                    ids.insert(format!("{name}{kind}"), id.to_owned());
                }
            }
        }
        let owner = server.person_of_site(Role::Owner).await;
        let token = server.sign_in(&owner).await;
        let make = async |name: &str| -> Value {
            let request = server.request(Method::POST, "/api/v1/api-keys");
            let body = json!({ "name": name });
            let made = server.send(request.bearer_auth(&token).json(&body)).await;
            made.expect(201).json()
        };
        let theirs = make("theirs").await["id"].as_str().unwrap().to_owned();
        ids.insert("apikey".to_owned(), theirs);
        ids.insert("user".to_owned(), owner.id.to_string());
        let key = make("none").await["secret"].as_str().unwrap().to_owned();
        Self {
            viewer: server.signed_in(Role::Viewer, None).await,
            key,
            ids,
            server,
        }
    }

    /// The id of a record of a kind; of one that is not there, if the site has none.
    fn id(&self, kind: &str) -> String {
        let known = self.ids.get(kind).cloned();
        known.unwrap_or_else(|| format!("{kind}_00000000000000000000000001"))
    }

    fn token(&self, who: Who) -> Option<&str> {
        match who {
            Who::Nobody => None,
            Who::Viewer => Some(&self.viewer),
            Who::Key => Some(&self.key),
        }
    }

    async fn send(&self, who: Who, request: reqwest::RequestBuilder) -> Answer {
        let request = match self.token(who) {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        self.server.send(request).await
    }
}

/// The bodies of operations whose schemas do not say all that they want.
fn body_of(site: &Site, operation: &str) -> Option<Value> {
    let id = |kind: &str| site.id(kind);
    let merged = |kind: &str| {
        let from = [site.id(&format!("another {kind}"))];
        json!({ "from": from, "into": site.id(kind), "expectedVersion": 1 })
    };
    Some(match operation {
        "create_asset" => {
            json!({ "url": "https://pictures.example/a.jpg", "mimeType": "image/jpeg" })
        }
        "create_edition" => json!({
            "code": "it", "name": "Italiano", "title": "Gazzetta", "baseUrl": "https://it.gazette.example",
        }),
        "create_gallery" => json!({ "texts": { "en": { "title": "A sample" } } }),
        "create_preview" => json!({ "edition": "en" }),
        "link_translations_of_article" => json!({ "to": id("another article") }),
        "link_translations_of_issue" => json!({ "to": id("another issue") }),
        "link_translations_of_page" => json!({ "to": id("another page") }),
        "merge_authors" => merged("author"),
        "merge_categories" => merged("category"),
        "merge_tags" => merged("tag"),
        "moderate_comments" => json!({ "ids": [id("comment")], "verdict": "approve" }),
        "run_batch" => json!({ "operations": [
            { "method": "POST", "path": "/articles", "body": { "edition": "en", "title": "A sample" } },
        ] }),
        "translate_article" | "translate_page" => json!({ "edition": "fa" }),
        _ => return None,
    })
}

/// The same of GraphQL.
fn input_of(site: &Site, field: &str) -> Option<String> {
    let merged = |kind: &str| {
        let (from, into) = (site.id(&format!("another {kind}")), site.id(kind));
        format!("{{ from: [\"{from}\"], into: \"{into}\", expectedVersion: 1 }}")
    };
    Some(match field {
        "createAsset" => {
            "{ url: \"https://pictures.example/a.jpg\", mimeType: \"image/jpeg\" }".to_owned()
        }
        "createEdition" => "{ code: \"it\", name: \"Italiano\", title: \"Gazzetta\", baseUrl: \"https://it.gazette.example\" }".to_owned(),
        "createGallery" => "{ texts: [{ edition: \"en\", title: \"A sample\" }] }".to_owned(),
        "createMenu" => "{ edition: \"en\", location: \"side\", name: \"A sample\" }".to_owned(),
        "createNewsletter" => "{ edition: \"en\", title: \"A sample\" }".to_owned(),
        "createPreviewToken" => "{ edition: \"en\" }".to_owned(),
        "createRedirect" => {
            "{ edition: \"en\", from: \"/somewhere/else\", to: \"/nowhere\" }".to_owned()
        }
        "createTranslation" => format!("{{ of: \"{}\", edition: \"fa\" }}", site.id("article")),
        "linkTranslations" => format!(
            "{{ entry: \"{}\", expectedVersion: 1, to: \"{}\" }}",
            site.id("article"),
            site.id("another article")
        ),
        "mergeAuthors" => merged("author"),
        "mergeTerms" => merged("tag"),
        "moderateComments" => format!("{{ ids: [\"{}\"], verdict: APPROVE }}", site.id("comment")),
        _ => return None,
    })
}

fn document() -> Value {
    serde_json::from_str(include_str!("../openapi/openapi.json")).unwrap()
}

/// A value a schema takes: all that must be there and nothing else.
fn sample(site: &Site, document: &Value, name: &str, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return sample(
            site,
            document,
            name,
            document.pointer(&reference[1..]).unwrap(),
        );
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema[choice].as_array().and_then(|all| all.first()) {
            return sample(site, document, name, first);
        }
    }
    if let Some(word) = schema["enum"].as_array().and_then(|all| all.first()) {
        return word.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[0].as_str(),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten();
            let mut object: Map<String, Value> = required
                .map(|member| {
                    let member = member.as_str().unwrap();
                    let inner = &schema["properties"][member];
                    (member.to_owned(), sample(site, document, member, inner))
                })
                .collect();
            // Texts by the codes of their editions.
            if name == "texts" && object.is_empty() {
                object.insert("en".to_owned(), json!({ "name": "A sample" }));
            }
            Value::Object(object)
        }
        Some("array") => match name {
            "scopes" | "grants" => json!([]),
            _ => json!([sample(site, document, name, &schema["items"])]),
        },
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(false),
        _ => json!(text(site, name, schema)),
    }
}

fn text(site: &Site, name: &str, schema: &Value) -> String {
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    let prefix = pattern
        .trim_start_matches(['^', '('])
        .split(['_', '|', ')']);
    let prefix = prefix.into_iter().next().unwrap_or_default();
    if pattern.contains('_') && prefix.chars().all(|char| char.is_ascii_lowercase()) {
        return site.id(prefix);
    }
    if let Some(kind) = name.strip_suffix("Id") {
        return site.id(&kind.to_lowercase());
    }
    match name {
        "edition" => "en".to_owned(),
        "email" => "somebody@example.org".to_owned(),
        "path" | "from" | "to" => "/somewhere/else/".to_owned(),
        _ if schema["format"] == "date-time" => "2027-01-01T00:00:00Z".to_owned(),
        _ if name.to_lowercase().contains("password") => "a long password".to_owned(),
        _ => "sample".to_owned(),
    }
}

/// The request an operation is called with.
fn request(
    site: &Site,
    document: &Value,
    (path, method, operation): (&str, &str, &Value),
) -> reqwest::RequestBuilder {
    let (mut path, mut query, mut version) = (path.to_owned(), Vec::new(), false);
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let value = sample(site, document, name, &parameter["schema"]);
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &value),
            "header" => version |= name == "If-Match",
            _ if parameter["required"] == true => query.push((name.to_owned(), value)),
            _ => {}
        }
    }
    let method: Method = method.to_uppercase().parse().unwrap();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    let mut request = site.server.request(method, &format!("{path}?{query}"));
    if version {
        request = request.header("if-match", "\"1\"");
    }
    let Some(content) = operation["requestBody"]["content"].as_object() else {
        return request;
    };
    let (media_type, body) = content
        .iter()
        .find(|(media_type, _)| *media_type == "application/json")
        .unwrap_or_else(|| content.iter().next().unwrap());
    let known = body_of(site, operation["operationId"].as_str().unwrap());
    let body = if let Some(body) = known {
        body.to_string()
    } else if media_type.ends_with("json") {
        sample(site, document, "", &body["schema"]).to_string()
    } else {
        String::new()
    };
    request.header("content-type", media_type).body(body)
}

#[tokio::test]
async fn every_operation_of_rest_refuses_whom_it_is_not_for() {
    let (site, document) = (Site::new().await, document());
    let mut wrong = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            if OPEN_TO_ALL.contains(&id) || OPEN_READS.contains(&id) {
                continue;
            }
            for who in [Who::Nobody, Who::Key, Who::Viewer] {
                if OWN.contains(&id) && who == Who::Viewer {
                    continue;
                }
                let request = request(&site, &document, (path, method, operation));
                let answer = site.send(who, request).await;
                if !is_refusal(answer.status) {
                    wrong.push(format!(
                        "{id} as {who:?}: {} {}",
                        answer.status,
                        answer.text()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A field or an argument of the schema: its name, its arguments, its type.
#[derive(Debug)]
struct Field {
    name: String,
    arguments: Vec<Field>,
    of: String,
}

impl Field {
    fn is_required(&self) -> bool {
        self.of.ends_with('!')
    }
    fn named(&self) -> &str {
        self.of.trim_matches(['[', ']', '!'])
    }
}

/// Descriptions stand between `"""`, or on a line of their own.
fn without_descriptions(text: &str) -> String {
    let plain: String = text.split("\"\"\"").step_by(2).collect();
    let lines = plain
        .lines()
        .filter(|line| !line.trim_start().starts_with('"'));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The types of the schema with their fields, and which inputs want one field alone.
fn types() -> BTreeMap<String, (bool, Vec<Field>)> {
    let text = include_str!("../schema.graphql");
    let plain = without_descriptions(text);
    let mut types = BTreeMap::new();
    for block in plain.split("\n}") {
        let Some((head, body)) = block.split_once('{') else {
            continue;
        };
        let head = head.trim().lines().last().unwrap_or_default();
        let mut words = head.split_whitespace();
        let (Some("type" | "input"), Some(name)) = (words.next(), words.next()) else {
            continue;
        };
        let fields = read_fields(&mut body.trim());
        types.insert(name.to_owned(), (head.contains("@oneOf"), fields));
    }
    types
}

/// `name(argument: Type = default, …): Type @directive`, one after the other.
fn read_fields(text: &mut &str) -> Vec<Field> {
    let mut fields = Vec::new();
    loop {
        *text = text.trim_start_matches([',', ' ', '\n', '\t']);
        let end = text
            .find(|char: char| !char.is_alphanumeric() && char != '_')
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if name.is_empty() {
            return fields;
        }
        *text = rest.trim_start();
        let mut arguments = Vec::new();
        if let Some(inner) = text.strip_prefix('(') {
            *text = inner;
            arguments = read_fields(text);
            *text = text.trim_start().strip_prefix(')').unwrap().trim_start();
        }
        *text = text.strip_prefix(':').unwrap().trim_start();
        let end = text
            .find(|char: char| !char.is_alphanumeric() && !"_[]!".contains(char))
            .unwrap_or(text.len());
        let (of, rest) = text.split_at(end);
        let mut of = of.to_owned();
        *text = rest.trim_start_matches([' ', '\t']);
        if let Some(default) = text.strip_prefix('=') {
            // What has a default need not be said.
            of.truncate(of.trim_end_matches('!').len());
            let end = end_of_value(default.trim_start());
            *text = &default.trim_start()[end..];
        }
        while let Some(directive) = text.trim_start_matches(' ').strip_prefix('@') {
            let end = directive.find(['\n', ',']).unwrap_or(directive.len());
            *text = &directive[end..];
        }
        fields.push(Field {
            name: name.to_owned(),
            arguments,
            of,
        });
    }
}

fn end_of_value(text: &str) -> usize {
    let mut depth = 0;
    for (at, char) in text.char_indices() {
        match char {
            '{' | '[' => depth += 1,
            '}' | ']' if depth > 1 => depth -= 1,
            '}' | ']' if depth == 1 => return at + 1,
            ',' | ')' | '\n' | ' ' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

const KINDS: [&str; 20] = [
    "Article",
    "Page",
    "Issue",
    "Category",
    "Tag",
    "Author",
    "Asset",
    "Gallery",
    "Collection",
    "Newsletter",
    "Menu",
    "Comment",
    "Redirect",
    "ApiKey",
    "User",
    "Job",
    "Revision",
    "Edition",
    "Webhook",
    "Entry",
];

/// The id an argument of a root field wants, by its name and that of the field.
fn id_for(site: &Site, root: &str, name: &str) -> String {
    let kind_in = |text: &str| {
        let text = text.to_lowercase();
        let found = KINDS.iter().filter(|kind| {
            let kind = kind.to_lowercase();
            let plural = kind.strip_suffix('y').map(|stem| format!("{stem}ies"));
            text.contains(&kind) || plural.is_some_and(|plural| text.contains(&plural))
        });
        found.copied().next_back()
    };
    let own = kind_in(name).or_else(|| {
        // `restoreArticleRevision` is about an article first.
        let root = root.strip_suffix("Revision").unwrap_or(root);
        KINDS
            .iter()
            .copied()
            .find(|kind| root.ends_with(kind))
            .or_else(|| kind_in(root))
    });
    match own.unwrap_or("Article") {
        "Entry" => site.id("article"),
        kind => site.id(&kind.to_lowercase()),
    }
}

type Types = BTreeMap<String, (bool, Vec<Field>)>;

fn argument(site: &Site, types: &Types, root: &str, field: &Field) -> String {
    let value = match field.named() {
        "ID" if field.name == "revision" => format!("{:?}", site.id("revision")),
        "ID" => format!("{:?}", id_for(site, root, &field.name)),
        "String" => match field.name.as_str() {
            "edition" => "\"en\"".to_owned(),
            "email" => "\"somebody@example.org\"".to_owned(),
            "path" | "from" | "to" => "\"/somewhere/else/\"".to_owned(),
            name if name.to_lowercase().contains("password") => "\"a long password\"".to_owned(),
            _ => "\"sample\"".to_owned(),
        },
        "Int" | "Long" | "Float" => "1".to_owned(),
        "Boolean" => "false".to_owned(),
        "DateTime" => "\"2027-01-01T00:00:00Z\"".to_owned(),
        name => match types.get(name) {
            Some((one_of, fields)) => {
                let wanted = fields
                    .iter()
                    .enumerate()
                    .filter(|(number, field)| field.is_required() || (*one_of && *number == 0));
                let inner: Vec<String> = wanted
                    .map(|(_, field)| {
                        format!("{}: {}", field.name, argument(site, types, root, field))
                    })
                    .collect();
                // What else a new record needs, though the schema does not say so.
                let name = match name {
                    "CreateCollectionInput" => ", title: \"A sample\"",
                    _ if name.ends_with("TextInput") => ", name: \"A sample\"",
                    _ => "",
                };
                format!("{{ {}{name} }}", inner.join(", "))
            }
            // One of the words of an enum.
            None => first_word(name),
        },
    };
    if field.of.starts_with('[') {
        format!("[{value}]")
    } else {
        value
    }
}

fn first_word(name: &str) -> String {
    let text = include_str!("../schema.graphql");
    let plain = without_descriptions(text);
    let (_, rest) = plain.split_once(&format!("enum {name} {{")).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

/// The document that calls a root field.
fn call(site: &Site, types: &Types, operation: &str, field: &Field) -> String {
    let wanted = field.arguments.iter().filter(|one| one.is_required());
    let arguments: Vec<String> = match input_of(site, &field.name) {
        Some(input) => vec![format!("input: {input}")],
        None => wanted
            .map(|one| format!("{}: {}", one.name, argument(site, types, &field.name, one)))
            .collect(),
    };
    let arguments = match arguments.as_slice() {
        [] => String::new(),
        some => format!("({})", some.join(", ")),
    };
    let of = types.get(field.named());
    let selection = match of {
        Some((_, fields)) if fields.iter().any(|one| one.name == "userErrors") => {
            " { userErrors { code field message } }"
        }
        Some(_) => " { __typename }",
        None => "",
    };
    format!("{operation} {{ {}{arguments}{selection} }}", field.name)
}

#[tokio::test]
async fn every_field_of_graphql_refuses_whom_it_is_not_for() {
    let (site, types) = (Site::new().await, types());
    let mut wrong = Vec::new();
    let queries = types["Query"].1.iter().map(|field| ("query", field));
    let mutations = types["Mutation"].1.iter().map(|field| ("mutation", field));
    let mut called = 0;
    for (operation, field) in queries.chain(mutations) {
        let name = field.name.as_str();
        let is_open = match operation {
            "query" => OPEN_QUERIES.contains(&name),
            _ => OPEN_MUTATIONS.contains(&name),
        };
        if is_open {
            continue;
        }
        let document = call(&site, &types, operation, field);
        for who in [Who::Nobody, Who::Key, Who::Viewer] {
            if OWN_FIELDS.contains(&name) && who == Who::Viewer {
                continue;
            }
            called += 1;
            let request = site.server.request(Method::POST, "/graphql");
            let request = request.json(&json!({ "query": document }));
            let answer = site.send(who, request).await.json();
            let top = answer["errors"][0]["extensions"]["code"].as_str();
            let told = answer["data"][name]["userErrors"][0]["code"].as_str();
            let is_null = operation == "query" && answer["data"][name].is_null();
            let is_refused = matches!(
                top.or(told),
                Some("UNAUTHENTICATED" | "FORBIDDEN" | "NOT_FOUND")
            );
            let is_hidden = is_null && top.is_none();
            if !is_refused && !is_hidden {
                wrong.push(format!("{document} as {who:?}: {answer}"));
            }
        }
    }
    assert!(called > 100, "{called}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_listed_by_hand_is_there() {
    let (document, types) = (document(), types());
    let items = document["paths"].as_object().unwrap().values();
    let ids: Vec<&str> = items
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    for id in OPEN_TO_ALL.iter().chain(OWN).chain(OPEN_READS) {
        assert!(ids.contains(id), "{id}");
    }
    let roots = types["Query"].1.iter().chain(&types["Mutation"].1);
    let roots: Vec<&str> = roots.map(|field| field.name.as_str()).collect();
    for name in [OPEN_MUTATIONS, OWN_FIELDS, OPEN_QUERIES].concat() {
        assert!(roots.contains(&name), "{name}");
    }
}
