//! What articles, pages and issues share in REST: parameters, loading, relations, wire forms.

use std::collections::HashMap;

use application::{
    articles as article_use,
    entries::{self, EntryGet},
    galleries as gallery_use, media, newsletters as newsletter_use,
};
use chrono::{DateTime, Utc};
use domain::{
    content::{Content, ContentKind, Entry, EntryRef, Parts},
    galleries::{Gallery, GalleryItem},
    id::{
        ArticleId, AssetId, EntryId, GalleryId, Id as DomainId, IdKind, IssueId, NewsletterId,
        TranslationGroupId,
    },
    newsletters::Section,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{self, Answer, List},
    articles::Article,
    body::{self, Assets},
    issues::Issue,
    pages::Page,
    parameters::{Declared, Groups, Kind, PAGE, Parameter, Record},
    query::Query,
    request::Read,
    selection::{Include, Selection},
    view::View,
    wire::{Direction, EntryKind, Id},
};
use crate::error::Problem;

/// Related articles that come with an article.
pub(super) const RELATED: u32 = 4;

/// An entry of any kind; each is written as itself, and `type` tells which it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Entry)]
pub(super) enum AnyEntry<'a> {
    /// An article.
    Article(Box<Article<'a>>),
    /// A page.
    Page(Box<Page<'a>>),
    /// A newsletter issue.
    Issue(Box<Issue<'a>>),
}

impl Record for AnyEntry<'_> {
    const PREFIX: &'static str = "";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "type",
        "edition",
        "direction",
        "slug",
        "path",
        "url",
        "title",
        "subtitle",
        "excerpt",
        "status",
        "isFeatured",
        "publishedAt",
        "createdAt",
        "updatedAt",
        "version",
        "hasPendingChanges",
        "scheduledChangeAt",
        "translationGroupId",
        "wordCount",
        "readingTimeMinutes",
        "primaryCategoryId",
        "source",
        "postFormat",
        "parentId",
        "position",
        "newsletterId",
        "number",
        "outro",
        "commentsOpen",
        "commentCount",
        "byline",
        "hero",
        "categories",
        "tags",
        "body",
        "sections",
        "seo",
        "attachments",
        "galleries",
        "translations",
        "related",
    ];
    const INCLUDES: &'static [Include] = &[
        BYLINE,
        HERO,
        TERMS[0],
        TERMS[1],
        TERMS[2],
        BODY[0],
        BODY[1],
        BODY[2],
        BODY[3],
        SECTIONS,
        SEO,
        ATTACHMENTS,
        GALLERIES,
        TRANSLATIONS,
        RELATED_ARTICLES,
    ];
}

/// The few words about an entry that a link to it needs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryLink<'a> {
    /// Its id.
    #[schema(value_type = Id)]
    id: EntryId,
    /// What it is.
    #[serde(rename = "type")]
    kind: EntryKind,
    /// The code of its edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// The headline.
    title: &'a str,
    /// Its slug.
    slug: &'a str,
    /// Its path in the edition.
    path: &'a str,
    /// Its address.
    url: String,
    /// When it was first published.
    published_at: Option<DateTime<Utc>>,
}

/// The version of an entry in one language.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Translation<'a> {
    /// The code of the edition.
    edition: &'a str,
    /// The entry there.
    entry: EntryLink<'a>,
    /// Whether the entry it was translated from has changed since.
    is_stale: bool,
}

/// The texts of the body, in its forms.
pub(super) const BODY: [Include; 4] = [
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
pub(super) const BYLINE: Include = Include {
    name: "byline",
    fields: &["byline"],
    parts: Parts::BYLINE,
};
/// Categories and tags, together and each alone.
pub(super) const TERMS: [Include; 3] = [
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
pub(super) const SECTIONS: Include = Include {
    name: "sections",
    fields: &["sections"],
    parts: Parts::SECTIONS,
};
/// Galleries, with what they show.
pub(super) const GALLERIES: Include = Include {
    name: "galleries",
    fields: &["galleries"],
    parts: Parts::NONE,
};
/// What to read next.
pub(super) const RELATED_ARTICLES: Include = Include {
    name: "related",
    fields: &["related"],
    parts: Parts::NONE,
};
/// The main picture.
pub(super) const HERO: Include = Include {
    name: "hero",
    fields: &["hero"],
    parts: Parts::HERO,
};
/// Attached files.
pub(super) const ATTACHMENTS: Include = Include {
    name: "attachments",
    fields: &["attachments"],
    parts: Parts::ATTACHMENTS,
};
/// What search engines are told; it draws on the byline and the main picture.
pub(super) const SEO: Include = Include {
    name: "seo",
    fields: &["seo"],
    parts: Parts::SEO.with(Parts::BYLINE).with(Parts::HERO),
};
/// The other languages.
pub(super) const TRANSLATIONS: Include = Include {
    name: "translations",
    fields: &["translations"],
    parts: Parts::NONE,
};

/// Only entries of this edition.
pub(super) const EDITION_FILTER: Parameter = Parameter::optional(
    "edition",
    Kind::Edition,
    "Only this edition; all editions if absent. Slugs in filters are looked up in it.",
);

/// Conditions every kind of entry can be listed by.
pub(super) const FILTERS: &[Parameter] = &[
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
        "filter[isFeatured]",
        Kind::Flag,
        "Is marked to stand out, or not.",
    ),
];

/// Reads one entry of a kind by its id.
pub(super) struct EntryById<T>(std::marker::PhantomData<T>);
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
        ],
        T::SELECTION,
    ];
}

/// Reads the other languages of an entry.
pub(super) struct TranslationsOf<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for TranslationsOf<T> {
    const PARAMETERS: Groups = &[&[T::ID]];
}

/// Reads a list of something below an entry.
pub(super) struct PageBelow<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for PageBelow<T> {
    const PARAMETERS: Groups = &[&[T::ID], PAGE];
}

/// Reads the comments under an entry.
pub(super) struct CommentsUnder<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for CommentsUnder<T> {
    const PARAMETERS: Groups = &[
        &[T::ID, super::comments::PARENT_FILTER],
        super::comments::Comment::SELECTION,
        PAGE,
    ];
}

/// A list of the versions of an entry in all languages.
pub(super) type TranslationList<'a> = List<Translation<'a>>;

/// What is loaded besides the entries themselves.
#[derive(Default)]
pub(super) struct More {
    body_assets: Assets,
    galleries: Option<HashMap<EntryId, Vec<Gallery>>>,
    gallery_items: HashMap<GalleryId, Vec<GalleryItem>>,
    translations: Option<HashMap<TranslationGroupId, Vec<entries::Translation>>>,
    related: Option<HashMap<ArticleId, Vec<domain::articles::Article>>>,
    sections: HashMap<IssueId, Vec<Section>>,
    section_articles: HashMap<EntryId, Content>,
    images: HashMap<AssetId, domain::media::Asset>,
}

impl More {
    /// Loads what is asked for beyond the parts of the entries: one statement for each relation,
    /// however many entries there are.
    pub(super) async fn load(
        read: &Read,
        contents: &[&Content],
        selection: &Selection<'_>,
    ) -> Result<Self, Problem> {
        let cx = &read.cx;
        let mut more = Self::default();
        // The texts of what stands around entries of several editions are taken in that of the first.
        let Some(edition) = contents.first().map(|content| content.entry().edition) else {
            return Ok(more);
        };
        let ids = || {
            contents
                .iter()
                .map(|content| content.entry().id)
                .collect::<Vec<_>>()
        };
        if body::shows_assets(selection) {
            let bodies = contents
                .iter()
                .filter_map(|content| body_of(content))
                .map(|body| &body.derived);
            more.body_assets = application::body::assets_of(cx, bodies, edition).await?;
        }
        if selection.includes("seo") {
            let images: Vec<AssetId> = contents
                .iter()
                .filter_map(|content| seo_of(content)?.image)
                .collect();
            more.images = media::by_ids(cx, &images, edition).await?;
        }
        if selection.includes("galleries") {
            let galleries = entries::galleries(cx, &ids()).await?;
            let found: Vec<GalleryId> = galleries
                .values()
                .flatten()
                .map(|gallery| gallery.id)
                .collect();
            more.gallery_items = gallery_use::items(cx, &found, edition).await?;
            more.galleries = Some(galleries);
        }
        if selection.includes("translations") {
            let groups: Vec<TranslationGroupId> = contents
                .iter()
                .map(|content| content.entry().group)
                .collect();
            more.translations = Some(entries::translations(cx, &groups).await?);
        }
        if selection.includes("related") {
            let articles: Vec<ArticleId> = contents
                .iter()
                .filter_map(|content| as_article(content).map(domain::articles::Article::id))
                .collect();
            more.related = Some(article_use::related(cx, &articles, RELATED, Parts::NONE).await?);
        }
        if selection.includes("sections") {
            more.load_sections(read, contents).await?;
        }
        Ok(more)
    }

    async fn load_sections(&mut self, read: &Read, contents: &[&Content]) -> Result<(), Problem> {
        let absent: Vec<IssueId> = contents
            .iter()
            .filter_map(|content| as_issue(content))
            .filter(|issue| issue.sections.loaded().is_none())
            .map(domain::newsletters::Issue::id)
            .collect();
        if !absent.is_empty() {
            self.sections = newsletter_use::sections(&read.cx, &absent).await?;
        }
        let of_issues = contents
            .iter()
            .filter_map(|content| as_issue(content)?.sections.loaded())
            .flatten();
        let articles: Vec<EntryId> = of_issues
            .chain(self.sections.values().flatten())
            .flat_map(|section| &section.items)
            .filter_map(|item| item.article.map(EntryId::from))
            .collect();
        self.section_articles = entries::by_ids(&read.cx, &articles, Parts::NONE).await?;
        Ok(())
    }

    /// The assets that bodies show.
    pub(super) fn body_assets(&self) -> &Assets {
        &self.body_assets
    }

    /// A picture for link previews.
    pub(super) fn image(&self, id: AssetId) -> Option<&domain::media::Asset> {
        self.images.get(&id)
    }

    /// The sections of an issue.
    pub(super) fn sections_of<'a>(
        &'a self,
        issue: &'a domain::newsletters::Issue,
    ) -> &'a [Section] {
        let loaded = issue
            .sections
            .loaded()
            .or_else(|| self.sections.get(&issue.id()));
        loaded.map_or(&[], Vec::as_slice)
    }

    /// An article of a section, if the caller may read it.
    pub(super) fn section_article(&self, id: ArticleId) -> Option<&Content> {
        self.section_articles.get(&EntryId::from(id))
    }

    /// The galleries of an entry, if they are wanted.
    pub(super) fn galleries_of(&self, id: EntryId) -> Option<&[Gallery]> {
        let galleries = self.galleries.as_ref()?;
        Some(galleries.get(&id).map_or(&[], Vec::as_slice))
    }

    /// What a gallery of an entry shows.
    pub(super) fn items_of(&self, id: GalleryId) -> &[GalleryItem] {
        self.gallery_items.get(&id).map_or(&[], Vec::as_slice)
    }

    /// What to read next, if it is wanted.
    pub(super) fn related_to(&self, id: ArticleId) -> Option<&[domain::articles::Article]> {
        let related = self.related.as_ref()?;
        Some(related.get(&id).map_or(&[], Vec::as_slice))
    }

    /// The languages of an entry, if they are wanted.
    pub(super) fn translations_of(&self, entry: &Entry) -> Option<&[entries::Translation]> {
        let translations = self.translations.as_ref()?;
        Some(translations.get(&entry.group).map_or(&[], Vec::as_slice))
    }
}

fn as_article(content: &Content) -> Option<&domain::articles::Article> {
    match content {
        Content::Article(article) => Some(article),
        Content::Page(_) | Content::Issue(_) => None,
    }
}

fn as_issue(content: &Content) -> Option<&domain::newsletters::Issue> {
    match content {
        Content::Issue(issue) => Some(issue),
        Content::Article(_) | Content::Page(_) => None,
    }
}

fn body_of(content: &Content) -> Option<&domain::articles::EntryBody> {
    match content {
        Content::Article(article) => article.body.loaded(),
        Content::Page(page) => page.body.loaded(),
        Content::Issue(issue) => issue.body.loaded(),
    }
}

fn seo_of(content: &Content) -> Option<&domain::content::Seo> {
    match content {
        Content::Article(article) => article.seo.loaded(),
        Content::Page(page) => page.seo.loaded(),
        Content::Issue(issue) => issue.seo.loaded(),
    }
}

impl<'a> View<'a> {
    /// An entry of any kind.
    pub(super) fn entry(
        &self,
        content: &'a Content,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<AnyEntry<'a>, Problem> {
        Ok(match content {
            Content::Article(article) => {
                AnyEntry::Article(Box::new(self.article(content, article, more, selection)?))
            }
            Content::Page(page) => {
                AnyEntry::Page(Box::new(self.page(content, page, more, selection)?))
            }
            Content::Issue(issue) => {
                AnyEntry::Issue(Box::new(self.issue(content, issue, more, selection)?))
            }
        })
    }

    /// A link to an entry.
    pub(super) fn entry_link(&self, entry: &'a Entry) -> Result<EntryLink<'a>, Problem> {
        let edition = self.edition(entry.edition)?;
        Ok(EntryLink {
            id: entry.id,
            kind: entry.id.kind.into(),
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            title: &entry.title,
            slug: &entry.slug,
            path: &entry.path,
            url: edition.url(&entry.path),
            published_at: entry.published_at,
        })
    }

    /// The versions of an entry in all languages.
    pub(super) fn translations(
        &self,
        translations: &'a [entries::Translation],
    ) -> Result<Vec<Translation<'a>>, Problem> {
        let translation = |translation: &'a entries::Translation| {
            let entry = self.entry_link(translation.content.entry())?;
            Ok(Translation {
                edition: entry.edition,
                entry,
                is_stale: translation.is_stale,
            })
        };
        translations.iter().map(translation).collect()
    }
}

/// Answers one entry, asked for by its id.
pub(super) async fn by_id<K: IdKind>(
    read: &Read,
    query: &Query<'_>,
    includes: &'static [Include],
) -> Answer
where
    EntryId: From<DomainId<K>>,
{
    let id = EntryId::from(read.id::<K>()?);
    let wanted = EntryGet {
        by: EntryRef::Id(id),
        translation_in: read.edition_if_named(query).await?,
        fallback: query.flag("fallback").unwrap_or(false),
    };
    one(read, id.kind, &wanted, &Selection::of(query, includes)).await
}

/// Answers one entry, asked for by its edition and slug.
pub(super) async fn by_slug(
    read: &Read,
    query: &Query<'_>,
    kind: ContentKind,
    includes: &'static [Include],
) -> Answer {
    let by = EntryRef::Slug {
        edition: read.edition_in_path().await?,
        slug: read.segment("slug")?.to_owned(),
    };
    let wanted = EntryGet {
        by,
        translation_in: None,
        fallback: false,
    };
    one(read, kind, &wanted, &Selection::of(query, includes)).await
}

async fn one(
    read: &Read,
    kind: ContentKind,
    wanted: &EntryGet,
    selection: &Selection<'_>,
) -> Answer {
    let content = entries::get(&read.cx, kind, wanted, selection.parts())
        .await?
        .ok_or_else(|| Problem::not_found(format!("the {kind}")))?;
    let more = More::load(read, &[&content], selection).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let entry = content.entry();
    answer::one(
        read,
        selection,
        &view.entry(&content, &more, selection)?,
        (entry.version, entry.updated_at),
    )
}

/// Answers a page of entries.
pub(super) async fn list(
    read: &Read,
    query: &Query<'_>,
    kind: ContentKind,
    includes: &'static [Include],
) -> Answer {
    let selection = Selection::of(query, includes);
    let editions = read.cx.editions().await?;
    let wanted = super::filters::entry_query(query, kind, &editions)?;
    let args = query.page()?;
    let page = entries::list(&read.cx, &wanted, &args, selection.parts()).await?;
    page_of(read, query, &selection, &args, &page).await
}

/// Answers a page of the issues of a newsletter.
pub(super) async fn list_issues_of(
    read: &Read,
    query: &Query<'_>,
    newsletter: NewsletterId,
    includes: &'static [Include],
) -> Answer {
    let selection = Selection::of(query, includes);
    let mut wanted =
        super::filters::entry_query(query, ContentKind::Issue, &*read.cx.editions().await?)?;
    wanted.filter.newsletter = Some(newsletter);
    let args = query.page()?;
    let page = entries::list(&read.cx, &wanted, &args, selection.parts()).await?;
    page_of(read, query, &selection, &args, &page).await
}

/// Answers a page of entries that has been read.
pub(super) async fn page_of(
    read: &Read,
    query: &Query<'_>,
    selection: &Selection<'_>,
    args: &domain::paging::PageArgs,
    page: &domain::paging::Page<Content>,
) -> Answer {
    let contents: Vec<&Content> = page.nodes().collect();
    let more = More::load(read, &contents, selection).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = contents
        .iter()
        .map(|content| view.entry(content, &more, selection))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(read, query, selection, args, (page, data))
}

/// Finds the entry in the path, so that nothing below a hidden one is answered.
pub(super) async fn found<K: IdKind>(read: &Read) -> Result<Content, Problem>
where
    EntryId: From<DomainId<K>>,
{
    let id = EntryId::from(read.id::<K>()?);
    let wanted = EntryGet {
        by: EntryRef::Id(id),
        translation_in: None,
        fallback: false,
    };
    let content = entries::get(&read.cx, id.kind, &wanted, Parts::NONE).await?;
    content.ok_or_else(|| Problem::not_found(format!("the {}", id.kind)))
}

/// Answers the versions of an entry in all languages, itself among them.
pub(super) async fn translations<K: IdKind>(read: &Read) -> Answer
where
    EntryId: From<DomainId<K>>,
{
    let group = found::<K>(read).await?.entry().group;
    let mut groups = entries::translations(&read.cx, &[group]).await?;
    let translations = groups.remove(&group).unwrap_or_default();
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::whole_list(
        read,
        &Selection::default(),
        view.translations(&translations)?,
    )
}
