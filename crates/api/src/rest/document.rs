//! The parts of the OpenAPI document that all operations share.

use std::collections::BTreeMap;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, Header, HeaderBuilder, Info, InfoBuilder, LicenseBuilder, OpenApi,
        OpenApiBuilder, PathItem, Ref, RefOr, Response, ResponseBuilder, Server,
        path::{Operation, ParameterIn},
        schema::{Object, ObjectBuilder, Schema, Type},
        tag::{Tag, TagBuilder},
    },
};

use super::{
    articles::Article, authors::Author, collections::Collection, comments::Comment,
    editions::Edition, galleries::Gallery, issues::Issue, media::Asset, menus::Menu,
    newsletters::Newsletter, pages::Page, redirects::Redirect, terms,
};
use crate::error::{PROBLEM_JSON, ProblemBody};

const INTRODUCTION: &str = "Reads everything that is public on a Colophon site. \
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

**Caching.** Every answer has a strong `ETag`; send it as `If-None-Match` and get 304 when nothing has changed. \
`Surrogate-Key` names what an answer is made of. HEAD works wherever GET does.

**Errors** are problem documents (RFC 9457) with a stable `code`. Unknown and repeated parameters are refused. \
What you may not read is answered 404, exactly as if it did not exist.";

/// The document before any operation is in it.
pub(super) fn base() -> OpenApi {
    let mut document = OpenApiBuilder::new()
        .info(info())
        .servers(Some([Server::new("/")]))
        .tags(Some(tags()))
        .components(Some(Components::new()))
        .build();
    // Nobody signs in yet; saying so keeps readers of the document from guessing.
    document.security = Some(Vec::new());
    document
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
    ]
}

/// Adds what is the same for all operations: errors, headers, the freedom of sparse records.
pub(super) fn finish(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            share(operation);
        }
    }
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
    for (name, required) in sparse_records() {
        if let Some(RefOr::T(Schema::Object(record))) = components.schemas.get_mut(&name) {
            record.required = required.iter().map(|&field| field.to_owned()).collect();
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    item.get.iter_mut()
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

fn share(operation: &mut Operation) {
    let has_path_parameter =
        operation
            .parameters
            .iter()
            .flatten()
            .any(|parameter| match parameter {
                RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Path,
                RefOr::Ref(_) => false,
            });
    let responses = &mut operation.responses.responses;
    if let Some(RefOr::T(good)) = responses.get_mut("200") {
        let is_paged =
            operation.parameters.iter().flatten().any(
                |parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "after"),
            );
        good.headers.extend(
            HEADERS
                .iter()
                .filter(|(name, _)| is_paged || *name != LINK)
                .map(|(name, _)| reference_to_header(name)),
        );
    }
    let mut shared = vec![
        ("304", "NotModified"),
        ("400", "BadRequest"),
        ("401", "Unauthorized"),
        ("500", "InternalError"),
        ("503", "Unavailable"),
    ];
    if has_path_parameter {
        shared.push(("404", "NotFound"));
    }
    for (status, name) in shared {
        responses
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::Ref(Ref::from_response_name(name)));
    }
}

/// The headers of good answers, and what they are for.
const HEADERS: [(&str, &str); 6] = [
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
];
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
        ("Unauthorized", "The credentials are no good."),
        ("NotFound", "The record does not exist, or is not public."),
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
