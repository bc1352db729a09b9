//! The wire forms of categories and tags.

use std::collections::HashMap;

use application::terms::{self};
use chrono::{DateTime, Utc};
use domain::{
    content::Parts,
    fields::CustomFields,
    id::{CategoryId, EditionId, Id as DomainId, TagId},
    terms::{Taxonomy, Term, TermId, TermText},
    text::Localized,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Problem;
use crate::rest::{
    parameters::Record,
    place::{Named, Path, Url},
    record_fields::RecordFields,
    request::Read,
    selection::{Fields, Include, Selection},
    view::View,
    wire::{Direction, Id, Included},
};

/// A category, with its text in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct Category<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("category_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: CategoryId,
    /// The name readers see.
    name: &'a str,
    /// Its slug; unique per edition.
    slug: &'a str,
    /// What it is about.
    description: Option<&'a str>,
    /// The id of the category above.
    #[schema(value_type = Option<Id>)]
    parent_id: Option<CategoryId>,
    /// Its place among the children of its parent.
    position: i64,
    /// The path of its page in the edition the text was served from.
    #[schema(value_type = String)]
    path: Path<'a>,
    /// The address of that page.
    #[schema(value_type = String)]
    url: Url<'a>,
    /// The code of the edition the text was served from.
    edition: &'a str,
    /// The direction this text is written in.
    direction: Direction,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
    /// Its custom fields, by name: `/content-model` tells which there are. Null: no value. With the
    /// record itself, not where it stands in another.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    custom_fields: Included<CustomFields>,
    /// Published articles in it and in the categories below it; with `include=articleCount`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = u64)]
    article_count: Included<u64>,
    /// The categories right below it; with `include=children`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Category<'_>>, no_recursion)]
    children: Included<Vec<Category<'a>>>,
    /// Its texts in all editions; with `include=translations`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Translation<'_>>)]
    translations: Included<Vec<Translation<'a>>>,
}

/// A tag, with its text in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct Tag<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("tag_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: TagId,
    /// Its namespace; empty for plain tags.
    namespace: &'a str,
    /// The name readers see.
    name: &'a str,
    /// Its slug; unique per edition and namespace.
    slug: &'a str,
    /// What it is about.
    description: Option<&'a str>,
    /// The path of its page in the edition the text was served from.
    #[schema(value_type = String)]
    path: Path<'a>,
    /// The address of that page.
    #[schema(value_type = String)]
    url: Url<'a>,
    /// The code of the edition the text was served from.
    edition: &'a str,
    /// The direction this text is written in.
    direction: Direction,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
    /// Its custom fields, by name: `/content-model` tells which there are. Null: no value. With the
    /// record itself, not where it stands in another.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    custom_fields: Included<CustomFields>,
    /// Published articles that have it; with `include=articleCount`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = u64)]
    article_count: Included<u64>,
    /// Its texts in all editions; with `include=translations`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Translation<'_>>)]
    translations: Included<Vec<Translation<'a>>>,
}

/// What a category or tag is called in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TermTranslation)]
struct Translation<'a> {
    /// The code of the edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// The name readers see.
    name: &'a str,
    /// The slug there.
    slug: &'a str,
    /// The path of its page there.
    #[schema(value_type = String)]
    path: Path<'a>,
    /// The address of that page.
    #[schema(value_type = String)]
    url: Url<'a>,
    /// What it is about.
    description: Option<&'a str>,
}

const ARTICLE_COUNT: Include = Include {
    name: "articleCount",
    fields: &["articleCount"],
    parts: Parts::NONE,
};
const TRANSLATIONS: Include = Include {
    name: "translations",
    fields: &["translations"],
    parts: Parts::NONE,
};

const TERM_TRANSLATION: Fields = Fields::flat(&[
    "edition",
    "direction",
    "name",
    "slug",
    "path",
    "url",
    "description",
]);

impl Record for Category<'_> {
    const PREFIX: &'static str = "category";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "name",
        "slug",
        "description",
        "parentId",
        "position",
        "path",
        "url",
        "edition",
        "direction",
        "version",
        "createdAt",
        "updatedAt",
        "customFields",
        "articleCount",
        "children",
        "translations",
    ];
    const BELOW: &'static [(&'static str, Fields)] = &[
        ("children", Fields::flat(Category::FIELDS)),
        ("translations", TERM_TRANSLATION),
    ];
    const INCLUDES: &'static [Include] = &[
        ARTICLE_COUNT,
        Include {
            name: "children",
            fields: &["children"],
            parts: Parts::NONE,
        },
        TRANSLATIONS,
    ];
}

impl Record for Tag<'_> {
    const PREFIX: &'static str = "tag";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "namespace",
        "name",
        "slug",
        "description",
        "path",
        "url",
        "edition",
        "direction",
        "version",
        "createdAt",
        "updatedAt",
        "customFields",
        "articleCount",
        "translations",
    ];
    const BELOW: &'static [(&'static str, Fields)] = &[("translations", TERM_TRANSLATION)];
    const INCLUDES: &'static [Include] = &[ARTICLE_COUNT, TRANSLATIONS];
}

/// A category or a tag; each is written as itself.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum AnyTerm<'a> {
    Category(Category<'a>),
    Tag(Tag<'a>),
}

/// What is loaded besides the terms themselves.
#[derive(Default)]
pub(super) struct More {
    fields: RecordFields,
    counts: Option<HashMap<TermId, u64>>,
    children: Option<HashMap<CategoryId, Vec<Term>>>,
    texts: Option<HashMap<TermId, Vec<Localized<TermText>>>>,
}

impl More {
    pub(super) async fn load(
        read: &Read,
        ids: &[TermId],
        selection: &Selection<'_>,
        edition: EditionId,
    ) -> Result<Self, Problem> {
        let mut more = Self::default();
        if let Some(first) = ids.first() {
            let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
            more.fields = RecordFields::load(read, first.taxonomy.into(), &ids, selection).await?;
        }
        if selection.includes("articleCount") {
            more.counts = Some(terms::article_counts(&read.cx, ids, Some(edition)).await?);
        }
        if selection.includes("children") {
            let ids: Vec<CategoryId> = ids
                .iter()
                .filter(|id| id.taxonomy == Taxonomy::Category)
                .map(|id| DomainId::from_uuid(id.uuid()))
                .collect();
            more.children = Some(terms::children(&read.cx, &ids, edition).await?);
        }
        if selection.includes("translations") {
            more.texts = Some(terms::texts(&read.cx, ids).await?);
        }
        Ok(more)
    }
}

impl<'a> View<'a> {
    /// A category without what is loaded only when asked for.
    pub(in crate::rest) fn category(&self, term: &'a Term) -> Result<Category<'a>, Problem> {
        let edition = self.edition(term.text.edition)?;
        let text = &term.text.value;
        let (path, url) = self.place(Named::Term(term, &term.text));
        Ok(Category {
            id: DomainId::from_uuid(term.id.uuid()),
            name: &text.name,
            slug: &text.slug,
            description: text.description.as_deref(),
            parent_id: term.parent,
            position: term.position,
            path,
            url,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            version: term.version,
            created_at: term.created_at,
            updated_at: term.updated_at,
            custom_fields: Included::No,
            article_count: Included::No,
            children: Included::No,
            translations: Included::No,
        })
    }

    /// A tag without what is loaded only when asked for.
    pub(in crate::rest) fn tag(&self, term: &'a Term) -> Result<Tag<'a>, Problem> {
        let edition = self.edition(term.text.edition)?;
        let text = &term.text.value;
        let (path, url) = self.place(Named::Term(term, &term.text));
        Ok(Tag {
            id: DomainId::from_uuid(term.id.uuid()),
            namespace: &term.namespace,
            name: &text.name,
            slug: &text.slug,
            description: text.description.as_deref(),
            path,
            url,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            version: term.version,
            created_at: term.created_at,
            updated_at: term.updated_at,
            custom_fields: Included::No,
            article_count: Included::No,
            translations: Included::No,
        })
    }

    pub(super) fn term_with(&self, term: &'a Term, more: &'a More) -> Result<AnyTerm<'a>, Problem> {
        let custom_fields = more.fields.of(term.id.uuid());
        let article_count = more
            .counts
            .as_ref()
            .map(|counts| counts.get(&term.id).copied().unwrap_or(0))
            .into();
        let translations = more
            .texts
            .as_ref()
            .map(|texts| {
                self.term_translations(term, texts.get(&term.id).map_or(&[], Vec::as_slice))
            })
            .transpose()?
            .into();
        match term.id.taxonomy {
            Taxonomy::Category => {
                let id: CategoryId = DomainId::from_uuid(term.id.uuid());
                let below = |children: &'a HashMap<CategoryId, Vec<Term>>| {
                    children
                        .get(&id)
                        .into_iter()
                        .flatten()
                        .map(|child| self.category(child))
                        .collect()
                };
                let children: Option<Vec<Category<'a>>> =
                    more.children.as_ref().map(below).transpose()?;
                Ok(AnyTerm::Category(Category {
                    custom_fields,
                    article_count,
                    children: children.into(),
                    translations,
                    ..self.category(term)?
                }))
            }
            Taxonomy::Tag => Ok(AnyTerm::Tag(Tag {
                custom_fields,
                article_count,
                translations,
                ..self.tag(term)?
            })),
        }
    }

    fn term_translations(
        &self,
        term: &'a Term,
        texts: &'a [Localized<TermText>],
    ) -> Result<Vec<Translation<'a>>, Problem> {
        texts
            .iter()
            .map(|text| {
                let edition = self.edition(text.edition)?;
                let (path, url) = self.place(Named::Term(term, text));
                let text = &text.value;
                Ok(Translation {
                    edition: edition.code.as_str(),
                    direction: edition.direction.into(),
                    name: &text.name,
                    slug: &text.slug,
                    path,
                    url,
                    description: text.description.as_deref(),
                })
            })
            .collect()
    }
}
