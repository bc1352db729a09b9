//! The schema as a whole.

use async_graphql::{EmptySubscription, MergedObject, SDLExportOptions};

use super::{
    accounts::{AccountMutations, AccountQueries},
    api_keys::{ApiKeyMutations, ApiKeyQueries},
    articles::{ArticleQueries, ArticleSteps, ArticleWrites},
    audit::AuditQueries,
    authors::{AuthorMutations, AuthorQueries},
    batch::BatchMutations,
    collections::{CollectionMutations, CollectionQueries},
    comments::{CommentMutations, CommentQueries},
    content_model::ContentModelQueries,
    editions::{SiteMutations, SiteQueries},
    entries::{Entry, TranslationGroupMutations},
    galleries::{GalleryMutations, GalleryQueries},
    http::hide_schema,
    jobs::{JobMutations, JobQueries},
    media::{AssetMutations, AssetQueries},
    menus::{MenuMutations, MenuQueries},
    newsletters::{IssueSteps, IssueWrites, NewsletterMutations, NewsletterQueries},
    node::NodeQueries,
    pages::{PageQueries, PageSteps, PageWrites},
    passwords::PasswordMutations,
    previews::PreviewMutations,
    redirects::{RedirectMutations, RedirectQueries},
    revisions::RevisionQueries,
    routes::RouteQueries,
    terms::{TermMutations, TermQueries},
    translations::TranslationMutations,
    users::{UserMutations, UserQueries},
};

/// The schema.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// What can be read. A record that is absent, or not for the eyes of the caller, is null without an
/// error.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQueries,
    SiteQueries,
    ContentModelQueries,
    AccountQueries,
    UserQueries,
    ApiKeyQueries,
    RouteQueries,
    ArticleQueries,
    PageQueries,
    NewsletterQueries,
    TermQueries,
    AuthorQueries,
    AssetQueries,
    GalleryQueries,
    CollectionQueries,
    MenuQueries,
    CommentQueries,
    RedirectQueries,
    RevisionQueries,
    JobQueries,
    AuditQueries,
);

/// What can be changed. The fields of a mutation run one after another, each on its own: what one
/// has done stays, whatever becomes of the next. What the caller can mend is told in `userErrors`, and
/// nothing is changed then.
#[derive(MergedObject, Default)]
pub struct Mutation(
    SiteMutations,
    AccountMutations,
    PasswordMutations,
    UserMutations,
    ApiKeyMutations,
    ArticleWrites,
    ArticleSteps,
    PageWrites,
    PageSteps,
    IssueWrites,
    IssueSteps,
    NewsletterMutations,
    PreviewMutations,
    TranslationMutations,
    TranslationGroupMutations,
    TermMutations,
    AuthorMutations,
    AssetMutations,
    GalleryMutations,
    CollectionMutations,
    MenuMutations,
    RedirectMutations,
    BatchMutations,
    JobMutations,
    CommentMutations,
);

/// How deep the library lets selections be nested, fragments included. The limits bound the depth
/// of fields; this only keeps its recursion within the stack.
const MAX_RECURSION: usize = 100;

/// The schema; it can be built and printed without any data.
///
/// Depth, complexity and the like are bounded by [`limits`](super::limits), before the library sees
/// a document. Without `introspection` names are not suggested either.
pub fn schema(introspection: bool) -> Schema {
    let builder = Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .register_output_type::<Entry>()
        .limit_recursive_depth(MAX_RECURSION);
    if introspection {
        builder.finish()
    } else {
        hide_schema(builder).finish()
    }
}

/// The schema in its own language, as it is committed.
pub fn sdl(schema: &Schema) -> String {
    schema.sdl_with_options(
        SDLExportOptions::new()
            .prefer_single_line_descriptions()
            .include_specified_by(),
    )
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        Positioned,
        parser::{
            parse_schema,
            types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition},
        },
    };

    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The places of a schema that have no description.
    fn undescribed(sdl: &str) -> Vec<String> {
        let mut missing = Vec::new();
        let mut note = |described: bool, place: String| {
            if !described {
                missing.push(place);
            }
        };
        for definition in parse_schema(sdl).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node;
            note(definition.node.description.is_some(), name.to_string());
            let mut inputs = |of: &str, inputs: Vec<Positioned<InputValueDefinition>>| {
                for input in inputs {
                    note(
                        input.node.description.is_some(),
                        format!("{of}.{}", input.node.name.node),
                    );
                }
            };
            let mut fields: Vec<Positioned<FieldDefinition>> = Vec::new();
            match definition.node.kind {
                TypeKind::Object(object) => fields = object.fields,
                TypeKind::Interface(interface) => fields = interface.fields,
                TypeKind::InputObject(input) => inputs(&name, input.fields),
                TypeKind::Enum(values) => {
                    for value in values.values {
                        note(
                            value.node.description.is_some(),
                            format!("{name}.{}", value.node.value.node),
                        );
                    }
                }
                TypeKind::Scalar | TypeKind::Union(_) => {}
            }
            for field in fields {
                let place = format!("{name}.{}", field.node.name.node);
                for argument in &field.node.arguments {
                    note(
                        argument.node.description.is_some(),
                        format!("{place}({}:)", argument.node.name.node),
                    );
                }
                note(field.node.description.is_some(), place);
            }
        }
        missing
    }

    #[test]
    fn a_scalar_of_a_public_specification_names_it() {
        let sdl = sdl(&schema(true));
        assert!(sdl.contains("scalar DateTime @specifiedBy(url: \"https://"));
    }

    #[test]
    fn every_element_has_a_description() {
        let missing = undescribed(&sdl(&schema(true)));
        assert!(missing.is_empty(), "without a description: {missing:#?}");
    }

    /// The fields of objects and interfaces, and the interfaces of objects.
    fn fields(sdl: &str) -> BTreeMap<String, (BTreeSet<String>, Vec<String>)> {
        let names = |fields: Vec<Positioned<FieldDefinition>>| {
            fields
                .into_iter()
                .map(|field| field.node.name.node.to_string())
                .collect()
        };
        let mut types = BTreeMap::new();
        for definition in parse_schema(sdl).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let (fields, implements) = match definition.node.kind {
                TypeKind::Object(object) => (names(object.fields), object.implements),
                TypeKind::Interface(interface) => (names(interface.fields), interface.implements),
                TypeKind::Scalar
                | TypeKind::Enum(_)
                | TypeKind::Union(_)
                | TypeKind::InputObject(_) => continue,
            };
            let implements = implements
                .into_iter()
                .map(|name| name.node.to_string())
                .collect();
            types.insert(definition.node.name.node.to_string(), (fields, implements));
        }
        types
    }

    #[test]
    fn objects_have_the_fields_they_share() {
        let types = fields(&sdl(&schema(true)));
        for (name, (own, interfaces)) in &types {
            for interface in interfaces {
                assert!(
                    types[interface].0.is_subset(own),
                    "{name} lacks fields of {interface}"
                );
            }
        }
        for kind in ["Article", "Page", "Issue"] {
            assert_eq!(types[kind].1, ["Entry", "Node"], "{kind}");
        }
        let tag: BTreeSet<String> = types["Tag"]
            .0
            .iter()
            .filter(|field| *field != "namespace")
            .cloned()
            .collect();
        assert!(tag.is_subset(&types["Category"].0) && tag.contains("articles"));
        assert!(
            types["Paragraph"].0.contains("direction")
                && types["ArticleConnection"].0.contains("facets")
        );
        // What only lends its fields to others is no type of its own.
        for inner in [
            "EntryFields",
            "TermFields",
            "Within",
            "ArticleFacets",
            "EmptyFields",
        ] {
            assert!(!types.contains_key(inner), "{inner} shows in the schema");
        }
    }

    #[test]
    fn lists_have_lengths_for_the_limits() {
        let lengths = crate::graphql::types::Types::of(&sdl(&schema(true)))
            .unwrap()
            .list_lengths();
        assert_eq!(lengths.get("articles"), Some(&20));
        assert_eq!(lengths.get("related"), Some(&4));
        assert_eq!(lengths.get("ancestors"), Some(&10));
        assert_eq!(lengths.get("blocks"), Some(&5));
        assert_eq!(lengths.get("spans"), Some(&3));
        for one in ["nodes", "edges", "article", "name", "marks"] {
            assert_eq!(lengths.get(one), None, "{one}");
        }
    }

    #[test]
    fn introspection_and_suggestions_go_together() {
        let suggests = |introspection| {
            let schema = schema(introspection);
            let answer = futures::executor::block_on(schema.execute("{ sit { name } }"));
            answer.errors[0].message.contains("Did you mean")
        };
        assert!(suggests(true));
        assert!(!suggests(false));
        let answer =
            futures::executor::block_on(schema(false).execute("{ __schema { types { name } } }"));
        assert!(!answer.data.to_string().contains("Query"));
    }
}
