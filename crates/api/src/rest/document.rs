//! The parts of the OpenAPI document that all operations share.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, Header, HeaderBuilder, Info, InfoBuilder, LicenseBuilder, OpenApi,
        OpenApiBuilder, PathItem, Ref, RefOr, Required, Response, ResponseBuilder,
        SecurityRequirement, Server,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{AdditionalProperties, Object, ObjectBuilder, Schema, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::{Tag, TagBuilder},
    },
};

use super::{
    articles::Article, authors::Author, collections::Collection, comments::Comment,
    editions::Edition, galleries::Gallery, issues::Issue, media::Asset, menus::Menu,
    newsletters::Newsletter, pages::Page, redirects::Redirect, terms, write::IF_MATCH,
};
use crate::{
    error::{PROBLEM_JSON, ProblemBody},
    idempotency,
};

const INTRODUCTION: &str = "Reads and changes what is on a Colophon site. Without credentials it shows what is public. \
GraphQL under `/graphql` says the same in the same words.

**Records.** Every record has an `id` such as `article_01jb2x9k3m4n5p6q7r8s9t0v1w`. Times are RFC 3339 in UTC. \
An edition is a language version of the site and is named by its code, such as `en`. \
Texts of shared records (categories, tags, authors, assets, galleries) come in the edition asked for or in one that stands in for it; \
`edition` and `direction` tell which.

**What is in an answer.** `include` loads more of a record: what is not included is not read. `fields` leaves out all but the fields it names; \
`id`, and `type` of entries, are always there. Naming a field in `fields` includes it.

**Lists** answer `data` and `page`. Ask for the page after with `after=<page.endCursor>`, for the one before with `last` and \
`before=<page.startCursor>`, or follow the `Link` header. A page has 20 items unless `first` or `last` says otherwise, and 100 at most. \
A cursor holds for the order it came from.

**Custom fields** are what the site declares: `GET /content-model` lists them. Entries can be listed by those that are filterable: \
`filter[customField.NAME]=value`, and with an operator behind it `[in]` (values with commas between them), `[gte]` and `[lte]` (numbers and dates), \
`[isNull]` (true or false).

**Changes** need credentials. `PATCH` is a JSON merge patch (RFC 7396): what is left out stays, null clears, lists are replaced. \
Unknown members are refused. A change of a record names the version it is meant for: send the `ETag` you read, or the version in quotation marks, \
as `If-Match`. Without it the answer is 428; if the record has changed meanwhile it is 412 with `currentVersion`. Only the version in the tag counts; \
`*`, weak tags and lists of tags are refused. Answers to changes are never cached. \
A change with the header `Idempotency-Key` is made once, however often it is sent: within 24 hours it is answered as it was the first time, \
with `Idempotency-Replayed: true`. Another request with the same key is answered 422, one that comes while the first is carried out 409.

**Caching.** Every answer to a read has a strong `ETag`; send it as `If-None-Match` and get 304 when nothing has changed. \
`Surrogate-Key` names what an answer is made of. HEAD works wherever GET does.

**Previews.** `POST /previews` makes a token that shows a draft, or the edit that waits of what is public, to anybody who holds it: \
in the header `Colophon-Preview`, or as `?preview=` of a GET. It holds for the whole request. Such answers are never cached.

**Errors** are problem documents (RFC 9457) with a stable `code`. Unknown and repeated parameters are refused. \
What is wrong in a body is answered 422, all of it at once, each with a JSON pointer. \
What you may not read is answered 404, exactly as if it did not exist; 403 is only for changes of what you can read.";

/// The document before any operation is in it.
pub(super) fn base() -> OpenApi {
    let mut document = OpenApiBuilder::new()
        .info(info())
        .servers(Some([Server::new("/")]))
        .tags(Some(tags()))
        .components(Some(Components::new()))
        .build();
    // Reads go without credentials, and show more with them.
    document.security = Some(vec![
        SecurityRequirement::default(),
        signed_in(),
        SecurityRequirement::new(PREVIEW, Vec::<String>::new()),
        SecurityRequirement::new(PREVIEW_IN_QUERY, Vec::<String>::new()),
    ]);
    document
}

/// The name of the one way to sign in.
const BEARER: &str = "bearer";

/// The names of the ways to bring a preview token.
const PREVIEW: &str = "preview";
const PREVIEW_IN_QUERY: &str = "previewInQuery";

/// What an operation says that only those who are signed in can use.
pub(super) fn signed_in() -> SecurityRequirement {
    SecurityRequirement::new(BEARER, Vec::<String>::new())
}

fn info() -> Info {
    InfoBuilder::new()
        .title("Colophon REST API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(INTRODUCTION))
        .license(Some(
            LicenseBuilder::new()
                .name("MIT OR Apache-2.0")
                .identifier(Some("MIT OR Apache-2.0"))
                .build(),
        ))
        .build()
}

fn tags() -> Vec<Tag> {
    let tag = |name: &str, description: &str| {
        TagBuilder::new()
            .name(name)
            .description(Some(description))
            .build()
    };
    vec![
        tag("Site", "The publication and its language versions."),
        tag("Accounts", "Who may sign in, and signing in and out."),
        tag("API keys", "What programs show instead of signing in."),
        tag("Previews", "Links that show drafts."),
        tag("Articles", "Dated pieces of writing."),
        tag("Pages", "What stands, below other pages or alone."),
        tag("Newsletters", "Named series in one edition."),
        tag("Issues", "The numbered issues of newsletters."),
        tag("Categories", "The tree of sections."),
        tag("Tags", "Words, in namespaces."),
        tag("Authors", "The public profiles in bylines."),
        tag("Assets", "Pictures, films, sound and documents."),
        tag("Galleries", "Assets in an order."),
        tag("Collections", "Entries in an order an editor chose."),
        tag("Menus", "Trees of links."),
        tag("Comments", "What readers wrote."),
        tag("Redirects", "Old paths and where they lead."),
        tag("Routes", "What lives at a public path."),
        tag("Batch", "Many changes with one request."),
        tag("Jobs", "What is done later, and what failed."),
        tag("Audit", "Who changed what."),
    ]
}

/// Adds what is the same for all operations: errors, headers, the freedom of sparse records.
pub(super) fn finish(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            share(method, operation);
            if path.ends_with("/batch") {
                share_refusals_of_operations(operation);
            }
            if method != Method::Get && !idempotency::is_secret_path(path) {
                take_key(operation);
            }
        }
    }
    let sent = sent_schemas(&document);
    let components = document.components.get_or_insert_with(Components::new);
    components.responses.extend(answers());
    components.headers.extend(
        HEADERS
            .iter()
            .map(|(name, description)| ((*name).to_owned(), RefOr::T(text_header(description)))),
    );
    components
        .schemas
        .insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    let mut schemas = Vec::new();
    <ProblemBody as ToSchema>::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.add_security_scheme(
        BEARER,
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(
                    "`Authorization: Bearer …` with an access token or an API key.",
                ))
                .build(),
        ),
    );
    components.add_security_scheme(
        PREVIEW,
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            "Colophon-Preview",
            "A preview token: shows what it was made for, to anybody. Goes together with `Authorization` too.",
        ))),
    );
    components.add_security_scheme(
        PREVIEW_IN_QUERY,
        SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::with_description(
            "preview",
            "The same in the address of a GET, where no header can be sent.",
        ))),
    );
    for name in sent {
        if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(&name) {
            // A misspelt member would be taken for one that is left out.
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
    for (name, required) in sparse_records() {
        if let Some(RefOr::T(Schema::Object(record))) = components.schemas.get_mut(&name) {
            record.required = required.iter().map(|&field| field.to_owned()).collect();
        }
    }
    document
}

/// What an operation does to what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let PathItem {
        get,
        post,
        put,
        patch,
        delete,
        ..
    } = item;
    [
        (Method::Get, get),
        (Method::Post, post),
        (Method::Put, put),
        (Method::Patch, patch),
        (Method::Delete, delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The schemas of what callers send, those within others included.
fn sent_schemas(document: &OpenApi) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let Ok(document) = serde_json::to_value(document) else {
        return names;
    };
    let items = document.get("paths").and_then(Value::as_object);
    let operations = items
        .into_iter()
        .flat_map(|items| items.values())
        .filter_map(Value::as_object)
        .flat_map(|item| item.values());
    let mut open: Vec<&Value> = operations
        .filter_map(|operation| operation.get("requestBody"))
        .collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => open.extend(fields.values()),
            Value::Array(items) => open.extend(items),
            Value::String(text) => {
                let schema = text
                    .strip_prefix('#')
                    .and_then(|pointer| document.pointer(pointer));
                let name = text.strip_prefix("#/components/schemas/");
                if let (Some(name), Some(schema)) = (name, schema)
                    && names.insert(name.to_owned())
                {
                    open.push(schema);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    names
}

/// The records that `fields` can cut down, and what is left of them at least.
fn sparse_records() -> Vec<(String, &'static [&'static str])> {
    const ENTRY: &[&str] = &["id", "type"];
    const RECORD: &[&str] = &["id"];
    let entries = [Article::name(), Page::name(), Issue::name()];
    let records = [
        Asset::name(),
        Author::name(),
        terms::Category::name(),
        Collection::name(),
        Comment::name(),
        Edition::name(),
        Gallery::name(),
        Menu::name(),
        Newsletter::name(),
        Redirect::name(),
        terms::Tag::name(),
    ];
    // What stands within them and has no id of its own; a test finds those that are missing here.
    let within = [
        "AssetTranslation",
        "AuthorTranslation",
        "Contribution",
        "Correction",
        "Figure",
        "Section",
        "SectionItem",
        "Seo",
        "Source",
        "TermTranslation",
        "Translation",
    ];
    let named = |name: &str, least| (name.to_owned(), least);
    entries
        .iter()
        .map(|name| named(name, ENTRY))
        .chain(records.iter().map(|name| named(name, RECORD)))
        .chain(within.into_iter().map(|name| named(name, &[])))
        .chain([named("EntryLink", ENTRY)])
        .collect()
}

fn share(method: Method, operation: &mut Operation) {
    let has = |operation: &Operation, place: &ParameterIn| {
        operation.parameters.iter().flatten().any(|parameter| {
            matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == *place)
        })
    };
    let has_path_parameter = has(operation, &ParameterIn::Path);
    let mut shared = vec![
        ("400", "BadRequest"),
        ("401", "Unauthorized"),
        ("500", "InternalError"),
        ("503", "Unavailable"),
    ];
    if has_path_parameter {
        shared.push(("404", "NotFound"));
    }
    if method == Method::Get {
        share_read(operation);
        shared.push(("304", "NotModified"));
        // Readers see the record, but not all that is asked for.
        if has_view(operation) || operation.security.is_some() {
            shared.push(("403", "Forbidden"));
        }
    } else {
        let is_open = operation.security.is_some();
        share_change(operation);
        shared.extend([
            ("403", "Forbidden"),
            ("409", "Conflict"),
            ("413", "TooLarge"),
            ("422", "Unprocessable"),
            ("429", "TooManyRequests"),
        ]);
        if operation.request_body.is_some() {
            shared.push(("415", "UnsupportedMediaType"));
        }
        // What is made is at no version yet, nor is what readers send; of a job its state decides.
        let is_made = operation.responses.responses.contains_key("201");
        let has_version = !operation.tags.iter().flatten().any(|tag| tag == "Jobs");
        if (has_path_parameter || method == Method::Patch) && has_version && !is_open && !is_made {
            require_version(operation);
            shared.extend([
                ("412", "PreconditionFailed"),
                ("428", "PreconditionRequired"),
            ]);
        }
    }
    for (status, name) in shared {
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::Ref(Ref::from_response_name(name)));
    }
}

/// Whether an operation can show more than what is public of what is.
fn has_view(operation: &Operation) -> bool {
    operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "view"))
}

fn share_read(operation: &mut Operation) {
    let is_paged = operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "after"));
    if let Some(RefOr::T(good)) = operation.responses.responses.get_mut("200") {
        good.headers.extend(
            HEADERS
                .iter()
                .filter(|(name, _)| {
                    ![LOCATION, REPLAYED].contains(name) && (is_paged || *name != LINK)
                })
                .map(|(name, _)| reference_to_header(name)),
        );
    }
}

fn share_change(operation: &mut Operation) {
    operation.security.get_or_insert_with(|| vec![signed_in()]);
    for (status, response) in &mut operation.responses.responses {
        let headers: &[&str] = match status.as_str() {
            "200" => &["ETag", "Cache-Control", "Last-Modified"],
            "201" => &["ETag", "Cache-Control", "Last-Modified", LOCATION],
            "204" => &["Cache-Control"],
            _ => &[],
        };
        if let RefOr::T(good) = response {
            good.headers
                .extend(headers.iter().map(|name| reference_to_header(name)));
        }
    }
}

/// A batch is refused as the first of its operations that cannot be made.
fn share_refusals_of_operations(operation: &mut Operation) {
    for (status, name) in [
        ("404", "NotFound"),
        ("412", "PreconditionFailed"),
        ("428", "PreconditionRequired"),
    ] {
        let answer = RefOr::Ref(Ref::from_response_name(name));
        operation
            .responses
            .responses
            .insert(status.to_owned(), answer);
    }
}

/// A change can be sent again under a key of the caller's.
fn take_key(operation: &mut Operation) {
    let key = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some("^[!-~]+$"));
    let parameter = ParameterBuilder::new()
        .name(idempotency::KEY)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Names the request: sent again within 24 hours it is answered as before, and nothing is changed again.",
        ))
        .schema(Some(key))
        .build();
    operation
        .parameters
        .get_or_insert_with(Vec::new)
        .push(RefOr::T(parameter));
    for (status, response) in &mut operation.responses.responses {
        if let ("200" | "201" | "204", RefOr::T(good)) = (status.as_str(), response) {
            let (name, header) = reference_to_header(REPLAYED);
            good.headers.insert(name, header);
        }
    }
}

/// A change of a record says for which version it is meant.
fn require_version(operation: &mut Operation) {
    let tag = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^\"[0-9]{1,18}(-[!#-+\\--~]*)?\"$"));
    let parameter = ParameterBuilder::new()
        .name(IF_MATCH)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "The `ETag` of the record as it was read, or its version in quotation marks: `\"3\"`.",
        ))
        .schema(Some(tag))
        .build();
    operation
        .parameters
        .get_or_insert_with(Vec::new)
        .push(RefOr::T(parameter));
}

/// The headers of good answers, and what they are for.
const HEADERS: [(&str, &str); 8] = [
    (
        "ETag",
        "The strong entity tag of the answer: a hash; of a single record its version, `-` and a hash.",
    ),
    ("Cache-Control", "How long the answer may be kept."),
    ("Vary", "The request headers the answer depends on."),
    (
        "Surrogate-Key",
        "What the answer is made of: keys to purge it by, separated by blanks.",
    ),
    (
        "Last-Modified",
        "When the record was last changed; of single records only.",
    ),
    (
        LINK,
        "The addresses of the next, the previous and the first page (RFC 8288).",
    ),
    (LOCATION, "The address of the record that was made."),
    (
        REPLAYED,
        "`true` if the request was carried out before, and this is what was answered then.",
    ),
];
const REPLAYED: &str = "Idempotency-Replayed";
const LOCATION: &str = "Location";
const LINK: &str = "Link";

fn reference_to_header(name: &str) -> (String, RefOr<Header>) {
    (
        name.to_owned(),
        RefOr::Ref(Ref::new(format!("#/components/headers/{name}"))),
    )
}

fn text_header(description: &str) -> Header {
    let text: Object = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new()
        .description(Some(description))
        .schema(Some(text))
        .build()
}

/// The answers many operations give.
fn answers() -> BTreeMap<String, RefOr<Response>> {
    let mut not_modified = ResponseBuilder::new()
        .description("The caller has the current answer.")
        .build();
    not_modified
        .headers
        .extend(["ETag", "Cache-Control", "Vary"].map(reference_to_header));
    let problems = [
        (
            "BadRequest",
            "A parameter is unknown, repeated, missing or has a value that cannot be used.",
        ),
        (
            "Unauthorized",
            "The credentials are no good, or there are none where they are needed.",
        ),
        (
            "Forbidden",
            "The caller may not do this to the record, or not see this of it.",
        ),
        ("NotFound", "The record does not exist, or is not public."),
        (
            "Conflict",
            "The stored state does not allow this: a name is taken, or the record is in use.",
        ),
        (
            "PreconditionFailed",
            "The record has changed since it was read; `currentVersion` tells its version.",
        ),
        ("TooLarge", "The body passes a limit of the service."),
        (
            "UnsupportedMediaType",
            "The body is in a form that is not read here.",
        ),
        (
            "Unprocessable",
            "The body, or a parameter, can be read but not be done; `errors` names all that is wrong.",
        ),
        ("PreconditionRequired", "The header `If-Match` is missing."),
        (
            "TooManyRequests",
            "Too many requests; `Retry-After` tells when to try again.",
        ),
        ("InternalError", "A defect of the service."),
        ("Unavailable", "The service cannot answer now."),
    ];
    let problem = |(name, description): (&str, &str)| {
        let content = Content::new(Some(Ref::from_schema_name(ProblemBody::name())));
        (
            name.to_owned(),
            RefOr::T(
                ResponseBuilder::new()
                    .description(description)
                    .content(PROBLEM_JSON, content)
                    .build(),
            ),
        )
    };
    problems
        .into_iter()
        .map(problem)
        .chain([("NotModified".to_owned(), RefOr::T(not_modified))])
        .collect()
}
