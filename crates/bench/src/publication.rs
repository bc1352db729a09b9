//! The generated publication: what is in it, before it is in any store. Every article can be made
//! on its own, and is the same in every run.

use chrono::{DateTime, Utc};

use crate::{
    random::Random,
    words::{LANGUAGES, Language, Order},
};

/// Changes with what is generated, so that stores kept from an earlier run are made anew.
pub(crate) const VERSION: u32 = 1;

/// About the size of a body, in bytes of HTML.
const BODY_BYTES: usize = 4_400;
/// Categories below each root, the root included.
const BRANCH: usize = 6;
/// All categories: a tree of eight roots.
pub(crate) const CATEGORIES: usize = 8 * BRANCH;
/// All tags.
pub(crate) const TAGS: usize = 18 * 17;
/// All authors.
pub(crate) const AUTHORS: usize = 60;

const ARTICLE: u64 = 1;
const ASSET: u64 = 2;

/// A publication with so many articles, in four editions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Publication {
    /// How many articles, of all editions together.
    pub(crate) articles: usize,
}

/// An article.
#[derive(Debug)]
pub(crate) struct Article {
    /// Its number, from 0, the oldest first.
    pub(crate) number: usize,
    /// Its edition, as an index of [`LANGUAGES`].
    pub(crate) edition: usize,
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) excerpt: String,
    pub(crate) body: Vec<Piece>,
    /// Numbers of its categories, the primary one first.
    pub(crate) categories: Vec<usize>,
    pub(crate) tags: Vec<usize>,
    pub(crate) authors: Vec<usize>,
    /// The number of its main picture.
    pub(crate) hero: usize,
    pub(crate) published_at: DateTime<Utc>,
    /// What a reader wrote below it, under few of them.
    pub(crate) comment: Option<String>,
}

/// A piece of a body.
#[derive(Debug)]
pub(crate) enum Piece {
    Paragraph(String),
    Heading(String),
    List(Vec<String>),
    Quote(String),
}

impl Publication {
    /// How many pictures there are.
    pub(crate) fn assets(self) -> usize {
        (self.articles / 5).max(100)
    }

    /// The time of the `number`th article: ten years hold them all.
    fn time(self, number: usize, random: &mut Random) -> DateTime<Utc> {
        const TEN_YEARS_SECONDS: i64 = 10 * 365 * 24 * 3600;
        const BEGIN: i64 = 1_451_606_400; // 2016-01-01
        let count = i64::try_from(self.articles.max(1)).unwrap_or(i64::MAX);
        let step = (TEN_YEARS_SECONDS / count).max(1);
        let jitter =
            i64::try_from(random.below(usize::try_from(step).unwrap_or(1))).unwrap_or_default();
        let at = BEGIN + i64::try_from(number).unwrap_or_default() * step + jitter;
        DateTime::from_timestamp(at, 0).unwrap_or_default()
    }

    /// The `number`th article.
    pub(crate) fn article(self, number: usize) -> Article {
        let mut random = Random::of(ARTICLE, number);
        let edition = number % LANGUAGES.len();
        let language = language(edition);
        let title = title(language, &mut random);
        let slug = format!("{}-{number}", slug(&mut random));
        let excerpt = sentence(language, &mut random);
        let mut categories = vec![random.below(CATEGORIES)];
        if random.below(3) == 0 {
            let second = random.below(CATEGORIES);
            if !categories.contains(&second) {
                categories.push(second);
            }
        }
        let mut tags: Vec<usize> = Vec::new();
        let wanted = 3 + random.below(3);
        while tags.len() < wanted {
            let tag = random.below(TAGS);
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let mut authors = vec![random.below(AUTHORS)];
        if random.below(8) == 0 {
            authors.push(
                (random.below(AUTHORS - 1) + 1 + authors.first().copied().unwrap_or_default())
                    % AUTHORS,
            );
        }
        let hero = random.below(self.assets());
        let published_at = self.time(number, &mut random);
        let comment = (random.below(20) == 0).then(|| sentence(language, &mut random));
        let body = body(language, &mut random);
        Article {
            number,
            edition,
            title,
            slug,
            excerpt,
            body,
            categories,
            tags,
            authors,
            hero,
            published_at,
            comment,
        }
    }
}

impl Article {
    /// The body as HTML.
    pub(crate) fn html(&self) -> String {
        self.body.iter().map(Piece::html).collect()
    }

    /// Whether it and its neighbours in the other editions translate each other: a third do.
    pub(crate) fn is_translated(&self) -> bool {
        (self.number / LANGUAGES.len()).is_multiple_of(3)
    }
}

impl Piece {
    pub(crate) fn html(&self) -> String {
        match self {
            Self::Paragraph(text) => format!("<p>{text}</p>\n"),
            Self::Heading(text) => format!("<h2>{text}</h2>\n"),
            Self::List(items) => {
                let items: String = items
                    .iter()
                    .map(|item| format!("<li>{item}</li>"))
                    .collect();
                format!("<ul>{items}</ul>\n")
            }
            Self::Quote(text) => format!("<blockquote><p>{text}</p></blockquote>\n"),
        }
    }

    /// The name of the WordPress block for it.
    pub(crate) fn block(&self) -> &'static str {
        match self {
            Self::Paragraph(_) => "paragraph",
            Self::Heading(_) => "heading",
            Self::List(_) => "list",
            Self::Quote(_) => "quote",
        }
    }
}

/// The language of an edition.
pub(crate) fn language(edition: usize) -> &'static Language {
    LANGUAGES.get(edition).copied().unwrap_or(LANGUAGES[0])
}

/// The category above, if there is one.
pub(crate) fn parent_category(number: usize) -> Option<usize> {
    (!number.is_multiple_of(BRANCH)).then_some(number / BRANCH * BRANCH)
}

/// The name of a category.
pub(crate) fn category_name(language: &Language, number: usize) -> String {
    let root = word(language.roots, number / BRANCH);
    match number % BRANCH {
        0 => root.to_owned(),
        branch => format!("{root}: {}", word(language.branches, branch - 1)),
    }
}

/// The name of a tag.
pub(crate) fn tag_name(language: &Language, number: usize) -> String {
    let noun = word(language.nouns, number / language.qualities.len());
    let quality = word(language.qualities, number % language.qualities.len());
    if language.quality_first {
        format!("{quality} {noun}")
    } else {
        format!("{noun} {quality}")
    }
}

/// The name of an author.
pub(crate) fn author_name(language: &Language, number: usize) -> String {
    let first = word(language.first_names, number / language.last_names.len());
    let last = word(language.last_names, number % language.last_names.len());
    format!("{first} {last}")
}

/// What is to be seen in a picture.
pub(crate) fn asset_alt(language: &Language, number: usize) -> String {
    let mut random = Random::of(ASSET, number);
    let (object, place) = (random.pick(language.objects), random.pick(language.places));
    format!("{object} {place}")
}

/// The name of a picture's file.
pub(crate) fn asset_file(number: usize) -> String {
    format!("picture-{number}.jpg")
}

fn word(words: &'static [&'static str], index: usize) -> &'static str {
    words.get(index).copied().unwrap_or_default()
}

fn title(language: &Language, random: &mut Random) -> String {
    let (subject, verb, object) = (
        random.pick(language.subjects),
        random.pick(language.verbs),
        random.pick(language.objects),
    );
    match language.order {
        Order::SubjectVerbObject => format!("{subject} {verb} {object}"),
        Order::SubjectObjectVerb => format!("{subject} {object} {verb}"),
        Order::VerbSubjectObject => format!("{verb} {subject} {object}"),
    }
}

/// Slugs are in English in every edition, so that the time to find a free one does not differ.
fn slug(random: &mut Random) -> String {
    let english = LANGUAGES[0];
    format!(
        "{}-{}-{}",
        random.pick(english.qualities),
        random.pick(english.nouns),
        random.pick(english.branches)
    )
}

fn sentence(language: &Language, random: &mut Random) -> String {
    let (place, time) = (random.pick(language.places), random.pick(language.times));
    let (subject, verb, object) = (
        random.pick(language.subjects),
        random.pick(language.verbs),
        random.pick(language.objects),
    );
    match language.order {
        Order::SubjectVerbObject => format!("{subject} {verb} {object} {place} {time}."),
        Order::SubjectObjectVerb => format!("{time} {subject} {place} {object} {verb}."),
        Order::VerbSubjectObject => format!("{verb} {subject} {object} {place} {time}."),
    }
}

fn paragraph(language: &Language, random: &mut Random) -> String {
    let mut text = String::new();
    for index in 0..3 + random.below(3) {
        if index > 0 {
            text.push(' ');
        }
        match random.below(12) {
            0 => text.push_str(&format!("<strong>{}</strong>", sentence(language, random))),
            1 => text.push_str(&format!("<em>{}</em>", sentence(language, random))),
            2 => {
                let place = random.pick(language.places);
                text.push_str(&format!(
                    "<a href=\"https://example.org/{}/{}\">{place}</a>: {}",
                    language.code,
                    random.below(1000),
                    sentence(language, random)
                ));
            }
            _ => text.push_str(&sentence(language, random)),
        }
    }
    text
}

fn body(language: &Language, random: &mut Random) -> Vec<Piece> {
    let (mut pieces, mut bytes) = (Vec::new(), 0);
    while bytes < BODY_BYTES {
        let piece = match pieces.len() % 7 {
            3 => Piece::Heading(title(language, random)),
            5 if random.below(2) == 0 => Piece::Quote(sentence(language, random)),
            6 => Piece::List(
                (0..3 + random.below(3))
                    .map(|_| title(language, random))
                    .collect(),
            ),
            _ => Piece::Paragraph(paragraph(language, random)),
        };
        bytes += piece.html().len();
        pieces.push(piece);
    }
    pieces
}
