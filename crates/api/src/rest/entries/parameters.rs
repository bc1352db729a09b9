//! What of an entry can be included, and what entries can be listed by.

use domain::content::Parts;

use crate::rest::{
    parameters::{Declared, EDITION_SEGMENT, Groups, Kind, PAGE, Parameter, Record, SLUG_SEGMENT},
    selection::Include,
};

/// The texts of the body, in its forms.
pub(in crate::rest) const BODY: [Include; 4] = [
    Include {
        name: "body",
        fields: &["body"],
        parts: Parts::BODY,
    },
    Include {
        name: "body.markdown",
        fields: &["body"],
        parts: Parts::BODY,
    },
    Include {
        name: "body.text",
        fields: &["body"],
        parts: Parts::BODY,
    },
    Include {
        name: "body.blocks",
        fields: &["body"],
        parts: Parts::BODY,
    },
];
/// Who made it.
pub(in crate::rest) const BYLINE: Include = Include {
    name: "byline",
    fields: &["byline"],
    parts: Parts::BYLINE,
};
/// Categories and tags, together and each alone.
pub(in crate::rest) const TERMS: [Include; 3] = [
    Include {
        name: "terms",
        fields: &["categories", "tags"],
        parts: Parts::TERMS,
    },
    Include {
        name: "categories",
        fields: &["categories"],
        parts: Parts::TERMS,
    },
    Include {
        name: "tags",
        fields: &["tags"],
        parts: Parts::TERMS,
    },
];
/// What is in an issue.
pub(in crate::rest) const SECTIONS: Include = Include {
    name: "sections",
    fields: &["sections"],
    parts: Parts::SECTIONS,
};
/// Galleries, with what they show.
pub(in crate::rest) const GALLERIES: Include = Include {
    name: "galleries",
    fields: &["galleries"],
    parts: Parts::NONE,
};
/// What to read next.
pub(in crate::rest) const RELATED_ARTICLES: Include = Include {
    name: "related",
    fields: &["related"],
    parts: Parts::NONE,
};
/// The main picture.
pub(in crate::rest) const HERO: Include = Include {
    name: "hero",
    fields: &["hero"],
    parts: Parts::HERO,
};
/// Attached files.
pub(in crate::rest) const ATTACHMENTS: Include = Include {
    name: "attachments",
    fields: &["attachments"],
    parts: Parts::ATTACHMENTS,
};
/// What was put right in an article.
pub(in crate::rest) const CORRECTIONS: Include = Include {
    name: "corrections",
    fields: &["corrections"],
    parts: Parts::CORRECTIONS,
};
/// What search engines are told; it draws on the byline, the main picture and what was put right.
pub(in crate::rest) const SEO: Include = Include {
    name: "seo",
    fields: &["seo"],
    parts: Parts::SEO
        .with(Parts::BYLINE)
        .with(Parts::HERO)
        .with(Parts::CORRECTIONS),
};
/// The other languages.
pub(in crate::rest) const TRANSLATIONS: Include = Include {
    name: "translations",
    fields: &["translations"],
    parts: Parts::NONE,
};

/// Only entries of this edition.
pub(in crate::rest) const EDITION_FILTER: Parameter = Parameter::optional(
    "edition",
    Kind::Edition,
    "Only this edition; all editions if absent. Slugs in filters are looked up in it.",
);

/// What begins the names of conditions on custom fields: `filter[customField.rating][gte]`.
pub(in crate::rest) const CUSTOM_FIELD: &str = "filter[customField.";

/// A condition on a custom field.
pub(in crate::rest) const OF_CUSTOM_FIELD: Parameter =
    Parameter::optional(CUSTOM_FIELD, Kind::CustomField, "Has this value.");

/// Conditions every kind of entry can be listed by.
pub(in crate::rest) const FILTERS: &[Parameter] = &[
    OF_CUSTOM_FIELD,
    Parameter::optional(
        "filter[publishedAt][gte]",
        Kind::Time,
        "Published at this time or later.",
    ),
    Parameter::optional("filter[publishedAt][gt]", Kind::Time, "Published later."),
    Parameter::optional(
        "filter[publishedAt][lte]",
        Kind::Time,
        "Published at this time or earlier.",
    ),
    Parameter::optional("filter[publishedAt][lt]", Kind::Time, "Published earlier."),
    Parameter::optional(
        "filter[updatedAt][gte]",
        Kind::Time,
        "Last changed at this time or later.",
    ),
    Parameter::optional("filter[updatedAt][gt]", Kind::Time, "Last changed later."),
    Parameter::optional(
        "filter[updatedAt][lte]",
        Kind::Time,
        "Last changed at this time or earlier.",
    ),
    Parameter::optional("filter[updatedAt][lt]", Kind::Time, "Last changed earlier."),
    Parameter::optional(
        "filter[status]",
        Kind::Words(&[
            "draft",
            "in_review",
            "scheduled",
            "published",
            "archived",
            "trashed",
        ]),
        "Has one of these statuses. Whoever reads only what is public finds only what is published.",
    ),
    Parameter::optional(
        "filter[hasMedia]",
        Kind::Word(&["image", "video", "audio", "document"]),
        "Shows media of this kind: as hero, as attachment or in its body.",
    ),
    Parameter::optional(
        "filter[translationOf]",
        Kind::EntryId,
        "Is another language's version of this entry.",
    ),
    Parameter::optional(
        "filter[untranslatedIn]",
        Kind::Edition,
        "Has no version in this edition.",
    ),
    Parameter::optional(
        "filter[isStaleTranslation]",
        Kind::Flag,
        "Is a translation whose original says something else by now, or is none.",
    ),
    Parameter::optional(
        "filter[isFeatured]",
        Kind::Flag,
        "Is marked to stand out, or not.",
    ),
];

/// Which state of an entry is read.
const VIEW: Parameter = Parameter::optional(
    "view",
    Kind::Word(&["live", "latest"]),
    "`live` (meant where it is absent): what readers see. `latest`: with the edit that waits to be published; for those who may change the entry.",
);

/// Reads an entry as it was.
const AS_OF: Parameter = Parameter::optional(
    "asOf",
    Kind::Time,
    "As it was at this time; what it leads to is as it is today. For those who may change the entry. 404 if there was none yet.",
);

/// Reads one entry of a kind by its slug.
pub(in crate::rest) struct EntryBySlug<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for EntryBySlug<T> {
    const PARAMETERS: Groups = &[&[EDITION_SEGMENT, SLUG_SEGMENT, VIEW, AS_OF], T::SELECTION];
}

/// Reads one entry of a kind by its id.
pub(in crate::rest) struct EntryById<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for EntryById<T> {
    const PARAMETERS: Groups = &[
        &[
            T::ID,
            Parameter::optional(
                "edition",
                Kind::Edition,
                "Asks for the version of the entry in this edition instead.",
            ),
            Parameter::optional(
                "fallback",
                Kind::Flag,
                "With `edition`: whether an edition that stands in for it will do.",
            ),
            VIEW,
            AS_OF,
        ],
        T::SELECTION,
    ];
}

/// Reads the other languages of an entry.
pub(in crate::rest) struct TranslationsOf<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for TranslationsOf<T> {
    const PARAMETERS: Groups = &[&[T::ID]];
}

/// Reads a list of something below an entry.
pub(in crate::rest) struct PageBelow<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for PageBelow<T> {
    const PARAMETERS: Groups = &[&[T::ID], PAGE];
}

/// Reads the comments under an entry.
pub(in crate::rest) struct CommentsUnder<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for CommentsUnder<T> {
    const PARAMETERS: Groups = &[
        &[T::ID, crate::rest::comments::PARENT_FILTER],
        crate::rest::comments::Comment::SELECTION,
        PAGE,
    ];
}
