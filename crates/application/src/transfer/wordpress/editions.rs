//! The editions an import writes to: found by their language, or made when there are none.

use domain::{
    Result,
    editions::{Edition, EditionDraft, EditionSet, Permalinks, SlugStyle},
    id::EditionId,
    settings::SiteDraft,
    text::Locale,
};

use super::{
    addresses::Base,
    items::Site,
    report::Kind,
    survey::Language,
    writer::{Effects, Writer},
};
use crate::{Tx, editions, settings};

/// The language of a site that does not say it.
const UNSAID: &str = "en";

/// What a new edition is made from.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The language tag.
    pub(super) code: Locale,
    /// The name of the language in itself, if the export says it.
    pub(super) name: Option<String>,
    /// Where it stood.
    pub(super) base: Option<Base>,
    /// Whether only this very tag will do, and not another of the same language.
    pub(super) is_exact: bool,
}

impl Wanted {
    /// The edition of what says nothing about its language: the one asked for, else the language
    /// of the site, without its region.
    pub(super) fn default(asked: Option<&str>, site: &Site, base: Option<Base>) -> Result<Self> {
        let (code, is_exact) = match asked {
            Some(code) => (code.parse()?, true),
            None => (
                language_of(site.language.as_deref().unwrap_or(UNSAID))?,
                false,
            ),
        };
        Ok(Self {
            code,
            name: None,
            base,
            is_exact,
        })
    }

    /// The edition of a language of Polylang's; `None` when its tag cannot be read.
    pub(super) fn of_language(language: &Language, site: Option<&Base>) -> Option<Self> {
        let locale = language.locale.as_deref();
        let code = language_of(&language.slug)
            .or_else(|_| language_of(locale.unwrap_or_default()))
            .ok()?;
        Some(Self {
            code,
            name: Some(language.name.clone()).filter(|name| !name.is_empty()),
            base: language.base.as_ref().or(site).cloned(),
            is_exact: false,
        })
    }

    fn find<'a>(&self, set: &'a EditionSet) -> Option<&'a Edition> {
        if self.is_exact {
            set.by_code(self.code.as_str())
        } else {
            find(set, &self.code)
        }
    }
}

/// The edition of a language: the one of this very tag, else the only one of its language.
pub(super) fn find<'a>(set: &'a EditionSet, code: &Locale) -> Option<&'a Edition> {
    let exact = set.by_code(code.as_str());
    if exact.is_some() {
        return exact;
    }
    let language = primary(code.as_str());
    let mut same = set
        .all()
        .iter()
        .filter(|edition| primary(edition.code.as_str()) == language);
    // With two of a language nobody can tell which is meant.
    same.next().filter(|_| same.next().is_none())
}

/// A language tag as an export writes it (`en-US`, `fa_IR`), without its region: editions are of a
/// language. The script is kept.
pub(super) fn language_of(tag: &str) -> Result<Locale> {
    let tag = tag.trim().replace('_', "-");
    let kept: Vec<&str> = tag
        .split('-')
        .enumerate()
        .filter(|(at, part)| *at == 0 || (*at == 1 && part.len() == 4))
        .map(|(_, part)| part)
        .collect();
    kept.join("-").parse()
}

fn primary(code: &str) -> &str {
    code.split('-').next().unwrap_or(code)
}

/// What a language calls itself.
fn name_of(code: &str) -> &str {
    match primary(code) {
        "ar" => "العربية",
        "bg" => "Български",
        "bs" => "Bosanski",
        "ckb" => "کوردی",
        "cs" => "Čeština",
        "da" => "Dansk",
        "de" => "Deutsch",
        "el" => "Ελληνικά",
        "en" => "English",
        "es" => "Español",
        "fa" => "فارسی",
        "fi" => "Suomi",
        "fr" => "Français",
        "he" => "עברית",
        "hr" => "Hrvatski",
        "hu" => "Magyar",
        "id" => "Bahasa Indonesia",
        "it" => "Italiano",
        "ja" => "日本語",
        "ko" => "한국어",
        "ku" => "Kurdî",
        "mk" => "Македонски",
        "nl" => "Nederlands",
        "no" | "nb" => "Norsk",
        "pl" => "Polski",
        "ps" => "پښتو",
        "pt" => "Português",
        "ro" => "Română",
        "ru" => "Русский",
        "sl" => "Slovenščina",
        "sq" => "Shqip",
        "sr" => "Српски",
        "sv" => "Svenska",
        "tr" => "Türkçe",
        "uk" => "Українська",
        "ur" => "اردو",
        "zh" => "中文",
        _ => code,
    }
}

/// Finds an edition, or makes it with what the export says.
pub(super) async fn find_or_make(
    tx: &mut Tx,
    wanted: &Wanted,
    site: &Site,
) -> Result<(Edition, bool)> {
    let set = tx.editions().await?;
    if let Some(edition) = wanted.find(&set) {
        return Ok((edition.clone(), false));
    }
    let is_first = set.all().is_empty();
    let like = site.base_blog_url.as_deref().or(site.link.as_deref());
    let base_url = wanted.base.as_ref().map_or_else(
        || format!("http://{}.example", wanted.code.as_str().to_lowercase()),
        |base| base.to_url(like),
    );
    let title = super::plain::line(&site.title);
    let draft = EditionDraft {
        name: wanted
            .name
            .clone()
            .unwrap_or_else(|| name_of(wanted.code.as_str()).to_owned()),
        code: wanted.code.clone(),
        direction: None,
        base_url,
        title: if title.is_empty() {
            wanted.code.to_string()
        } else {
            title
        },
        tagline: super::plain::some_line(&site.description),
        fallback: None,
        is_default: is_first,
        position: i64::try_from(set.all().len()).unwrap_or_default(),
        permalinks: Permalinks::default(),
        slug_style: SlugStyle::default(),
    };
    if is_first && tx.reader().site().await?.is_none() {
        let name = draft.title.clone();
        settings::update_in(
            tx,
            &SiteDraft {
                name,
                ..SiteDraft::default()
            },
        )
        .await?;
    }
    let id = editions::create_in(tx, draft).await?;
    let edition = tx.editions().await?.get(id)?.clone();
    Ok((edition, true))
}

impl Writer {
    /// The edition a list of links names for a record, made when it is the first of its language.
    pub(super) async fn listed_edition(
        &mut self,
        tx: &mut Tx,
        kind: &str,
        external_id: &str,
        effects: &mut Effects,
    ) -> Result<Option<EditionId>> {
        if !self.run.said.editions {
            return Ok(None);
        }
        let said = tx
            .reader()
            .import_record(&self.run.source, kind, external_id)
            .await?;
        match said {
            Some(said) => {
                let edition = self.edition_of_locale(tx, &said.content_hash, effects);
                Ok(Some(edition.await?))
            }
            None => Ok(None),
        }
    }

    /// The edition a custom field names, made when it is the first of its language. What cannot be
    /// read as a language is of the default edition.
    pub(super) async fn edition_of_locale(
        &mut self,
        tx: &mut Tx,
        locale: &str,
        effects: &mut Effects,
    ) -> Result<EditionId> {
        if let Some(edition) = self.run.locale(locale) {
            return Ok(edition);
        }
        let Ok(code) = language_of(locale) else {
            return Ok(self.run.default.edition);
        };
        let wanted = Wanted {
            code,
            name: None,
            base: self.run.default.base.clone(),
            is_exact: false,
        };
        let (edition, is_new) = find_or_make(tx, &wanted, &self.run.site).await?;
        if is_new {
            effects.tally.counts(Kind::Editions).created += 1;
        }
        let id = edition.id;
        effects.locales.push((locale.to_owned(), edition));
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_an_export_is_one_without_a_region() {
        let of = |tag: &str| language_of(tag).map(|code| code.to_string()).ok();
        assert_eq!(of("en-US").as_deref(), Some("en"));
        assert_eq!(of("fa_IR").as_deref(), Some("fa"));
        assert_eq!(of("sr-Latn-RS").as_deref(), Some("sr-Latn"));
        assert_eq!(of("de_DE_formal").as_deref(), Some("de"));
        assert_eq!(of("!"), None);
    }

    #[test]
    fn an_edition_is_found_by_its_language_unless_two_have_it() {
        use super::super::tests::edition_named;
        let one = EditionSet::new(vec![edition_named(1, "en"), edition_named(2, "fa-IR")]);
        let wanted = |code: &str, is_exact| Wanted {
            code: code.parse().unwrap(),
            name: None,
            base: None,
            is_exact,
        };
        let found = |set: &EditionSet, code: &str, is_exact| {
            wanted(code, is_exact)
                .find(set)
                .map(|edition| edition.code.to_string())
        };
        assert_eq!(found(&one, "fa", false).as_deref(), Some("fa-IR"));
        assert_eq!(found(&one, "fa", true), None);
        let two = EditionSet::new(vec![edition_named(1, "pt-PT"), edition_named(2, "pt-BR")]);
        assert_eq!(found(&two, "pt", false), None);
    }
}
