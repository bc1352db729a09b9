//! The categories, tags, authors and pictures of the generated publication.

use application::{ActorContext, Tx, authors, media, terms};
use domain::{
    authors::{AuthorDraft, AuthorText},
    id::{CategoryId, EditionId, Id},
    media::{AssetDraft, AssetKind, AssetLocation, AssetText},
    terms::{Taxonomy, TermDraft, TermText},
    text::EditionText,
};

use crate::{
    Result,
    publication::{self, AUTHORS, CATEGORIES, Publication, TAGS},
    stores::Shared,
    words::{LANGUAGES, Language},
};

/// Pictures in one transaction.
const BATCH: usize = 1000;

/// Makes all of them.
pub(crate) async fn create(
    cx: &ActorContext,
    publication: Publication,
    shared: &mut Shared,
) -> Result<()> {
    cx.write(async |tx| {
        create_terms(tx, shared).await?;
        for number in 0..AUTHORS {
            let text = |language: &Language| AuthorText {
                name: publication::author_name(language, number),
                ..AuthorText::default()
            };
            let draft = AuthorDraft {
                website: None,
                avatar: None,
                texts: in_all(&shared.editions, text),
            };
            shared.authors.push(authors::create_in(tx, &draft).await?);
        }
        Ok(())
    })
    .await?;
    while shared.assets.len() < publication.assets() {
        let numbers = shared.assets.len()..(shared.assets.len() + BATCH).min(publication.assets());
        cx.write(async |tx| {
            for number in numbers {
                shared
                    .assets
                    .push(media::create_in(tx, &asset(number, &shared.editions)).await?);
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn create_terms(tx: &mut Tx, shared: &mut Shared) -> domain::Result<()> {
    for number in 0..CATEGORIES {
        let parent: Option<CategoryId> = publication::parent_category(number)
            .and_then(|parent| shared.categories.get(parent).copied());
        let text = |language: &Language| TermText {
            name: publication::category_name(language, number),
            ..TermText::default()
        };
        let draft = term(
            Taxonomy::Category,
            parent,
            number,
            in_all(&shared.editions, text),
        );
        shared
            .categories
            .push(Id::from_uuid(terms::create_in(tx, &draft).await?.uuid()));
    }
    for number in 0..TAGS {
        let text = |language: &Language| TermText {
            name: publication::tag_name(language, number),
            ..TermText::default()
        };
        let draft = term(Taxonomy::Tag, None, 0, in_all(&shared.editions, text));
        shared
            .tags
            .push(Id::from_uuid(terms::create_in(tx, &draft).await?.uuid()));
    }
    Ok(())
}

fn term(
    taxonomy: Taxonomy,
    parent: Option<CategoryId>,
    position: usize,
    texts: Vec<EditionText<TermText>>,
) -> TermDraft {
    TermDraft {
        taxonomy,
        namespace: String::new(),
        parent,
        position: i64::try_from(position).unwrap_or_default(),
        texts,
    }
}

fn asset(number: usize, editions: &[EditionId]) -> AssetDraft {
    let text = |language: &Language| AssetText {
        alt: Some(publication::asset_alt(language, number)),
        ..AssetText::default()
    };
    AssetDraft {
        kind: AssetKind::Image,
        location: AssetLocation::Remote {
            url: format!(
                "https://media.example.org/{}",
                publication::asset_file(number)
            ),
        },
        file_name: publication::asset_file(number),
        media_type: "image/jpeg".to_owned(),
        size_bytes: Some(245_760),
        width: Some(1600),
        height: Some(900),
        duration_ms: None,
        focal_point: None,
        licence: None,
        is_public: true,
        created_at: None,
        texts: in_all(editions, text),
    }
}

fn in_all<T>(editions: &[EditionId], text: impl Fn(&Language) -> T) -> Vec<EditionText<T>> {
    editions
        .iter()
        .zip(LANGUAGES)
        .map(|(edition, language)| EditionText {
            edition: *edition,
            value: text(language),
        })
        .collect()
}
