//! What an import begins with: a look through the file, the editions it writes to, and what is
//! known of other imports.

use std::collections::{BTreeSet, HashMap};

use domain::{
    Error, Result,
    content::{ContentKind, EntryQuery, Parts},
    editions::Edition,
    id::{EditionId, Id},
    paging::PageArgs,
};
use persistence::{ImportLink, ImportRecord};
use tokio::sync::mpsc;

use super::{
    course::Stage,
    editions::{Wanted, find_or_make},
    groups::polylang_key,
    import::WordPressImport,
    items::Site,
    link_rows::{LinkRow, LinkRows, source_name},
    links,
    report::Tally,
    resolve::links_kind,
    run::{EVERYWHERE, Past, Place, Said, kinds, later, saying},
    survey::{GroupedTerm, Sighting, Survey, site_base, survey},
    targets::{ImportedSite, SitePlace, imported_sites},
};
use crate::{ActorContext, Tx};

/// What an import notes of its own source: that it has begun, and that it has come to its end.
const IMPORTED: &str = "imported";
const BEGUN: &str = "begun";
/// The edition of what says nothing about its language.
const INTO: &str = "edition";
pub(super) const DONE: &str = "done";
/// How many lines of a list of links are dealt with in one transaction.
pub(super) const LINKS_AT_A_TIME: usize = 200;
/// More sites than this belong to no publication.
const MOST_HOSTS: usize = 1_000;

/// Keeps the list of links, and answers with the hosts it names.
pub(super) async fn keep_links(
    stage: &mut Stage<'_>,
    request: &WordPressImport,
    tally: &mut Tally,
) -> Result<BTreeSet<String>> {
    let mut hosts = BTreeSet::new();
    let Some(path) = &request.links else {
        return Ok(hosts);
    };
    let mut rows = LinkRows::open(path)?.peekable();
    while rows.peek().is_some() {
        let mut chunk: Vec<LinkRow> = Vec::new();
        for row in rows.by_ref().take(LINKS_AT_A_TIME) {
            match row {
                Ok(row) => {
                    // A source that is an address begins with its host.
                    let host = row.source.split('/').next().unwrap_or_default();
                    if host.contains('.') && hosts.len() < MOST_HOSTS {
                        hosts.insert(host.to_owned());
                    }
                    chunk.push(row);
                }
                Err(problem) => tally.problem(problem),
            }
        }
        let problems = stage.run(async |tx| links::keep(tx, &chunk).await).await?;
        for problem in problems {
            tally.problem(problem);
        }
    }
    Ok(hosts)
}

/// Looks through the file on a thread of its own, and keeps which terms translate each other.
pub(super) async fn look(
    cx: &ActorContext,
    request: &WordPressImport,
    stage: &mut Stage<'_>,
) -> Result<(Survey, String)> {
    let (sender, mut receiver) = mpsc::channel(2);
    let (path, now) = (request.path.clone(), cx.now());
    let task = tokio::task::spawn_blocking(move || survey(&path, now, &sender));
    let mut source = None;
    while let Some(sighting) = receiver.recv().await {
        match (sighting, &source) {
            (Sighting::Site(site), _) => source = Some(name_source(request, &site)?),
            (Sighting::Groups(groups), Some(source)) => {
                stage
                    .run(async |tx| keep_groups(tx, source, &groups).await)
                    .await?;
            }
            (Sighting::Groups(_), None) => {}
        }
    }
    let survey = task.await.map_err(Error::internal)??;
    let source = source.ok_or_else(|| {
        Error::invalid("file", "breaks off before anything of the export has begun")
    })?;
    Ok((survey, source))
}

fn name_source(request: &WordPressImport, site: &Site) -> Result<String> {
    let name = [
        &request.source,
        &site.base_blog_url,
        &site.link,
        &site.base_site_url,
    ]
    .into_iter()
    .flatten()
    .map(|name| source_name(name))
    .find(|name| !name.is_empty());
    match name {
        Some(name) if name == EVERYWHERE => Err(Error::invalid("source", "must not be `*`")),
        Some(name) => Ok(name),
        None => Err(Error::invalid(
            "source",
            "is required: the file does not say the address of its site",
        )),
    }
}

/// Keeps which terms translate each other, and their languages.
async fn keep_groups(tx: &mut Tx, source: &str, groups: &[GroupedTerm]) -> Result<()> {
    for term in groups {
        let external_id = term.id.to_string();
        let listed = tx
            .reader()
            .import_group(source, kinds::TERM, &external_id)
            .await?;
        // What a list of links says goes first.
        if listed.is_none() {
            let link = ImportLink {
                group: polylang_key(kinds::TERM, source, &term.group),
                source: source.to_owned(),
                kind: kinds::TERM.to_owned(),
                external_id: external_id.clone(),
            };
            tx.store_tx().save_import_link(&link).await?;
        }
        let language = saying(&term.language);
        tx.store_tx()
            .save_import_record(source, kinds::TERM_LANGUAGE, &external_id, &language)
            .await?;
    }
    Ok(())
}

/// What an import begins with.
pub(super) struct Setup {
    pub(super) default: Place,
    pub(super) default_code: String,
    pub(super) languages: HashMap<String, Place>,
    pub(super) editions: Vec<Edition>,
    pub(super) created: u64,
    pub(super) past: Past,
    pub(super) said: Said,
    pub(super) sites: Vec<ImportedSite>,
    pub(super) links: &'static str,
}

pub(super) async fn set_up(
    tx: &mut Tx,
    request: &WordPressImport,
    survey: &Survey,
    source: &str,
) -> Result<Setup> {
    let base = site_base(&survey.site);
    let wanted = Wanted::default(request.edition.as_deref(), &survey.site, base.clone())?;
    let (edition, is_new) = find_or_make(tx, &wanted, &survey.site).await?;
    let mut created = u64::from(is_new);
    let mut languages = HashMap::new();
    let mut old: Vec<EditionId> = (!is_new).then_some(edition.id).into_iter().collect();
    for language in &survey.languages {
        let Some(wanted) = Wanted::of_language(language, base.as_ref()) else {
            continue;
        };
        let (edition, is_new) = find_or_make(tx, &wanted, &survey.site).await?;
        created += u64::from(is_new);
        let place = Place {
            edition: edition.id,
            base: wanted.base,
        };
        languages.insert(language.slug.clone(), place);
        if !is_new {
            old.push(edition.id);
        }
    }
    let default = Place {
        edition: edition.id,
        base,
    };
    let state = tx
        .reader()
        .import_record(source, kinds::STATE, IMPORTED)
        .await?;
    keep_edition(tx, source, &edition).await?;
    note_state(tx, source, BEGUN).await?;
    let listed = tx
        .reader()
        .import_record(source, kinds::STATE, links::LISTED)
        .await?;
    let listed_editions = tx
        .reader()
        .import_record(source, kinds::STATE, links::LISTED_EDITIONS)
        .await?;
    let (sites, is_shared) = note_site(tx, source, &default, &languages, &old).await?;
    tx.store_tx()
        .clear_deferred(source, Some(later::PAGE))
        .await?;
    Ok(Setup {
        default,
        default_code: edition.code.to_string(),
        past: Past {
            is_new_source: state.is_none(),
            was_broken_off: state.is_some_and(|state| state.content_hash != DONE),
            is_shared,
        },
        said: Said {
            groups: !languages.is_empty() || listed.is_some(),
            editions: listed_editions.is_some(),
        },
        languages,
        editions: tx.editions().await?.all().to_vec(),
        created,
        sites,
        links: links_kind(tx).await?,
    })
}

/// Keeps the edition of what says nothing about its language. Another one at a later import would
/// move all of that to it.
async fn keep_edition(tx: &mut Tx, source: &str, edition: &Edition) -> Result<()> {
    let noted = tx
        .reader()
        .import_record(source, kinds::STATE, INTO)
        .await?;
    let known = tx.editions().await?;
    let before = noted.and_then(|noted| known.get(Id::from_uuid(noted.target_id)).ok());
    if let Some(before) = before.filter(|before| before.id != edition.id) {
        let (is, was) = (&edition.code, &before.code);
        return Err(Error::invalid(
            "edition",
            format!(
                "is {is}, but {source} was imported into {was} before: give `--edition {was}`, or another `--source`"
            ),
        ));
    }
    let into = ImportRecord {
        target_kind: "edition".to_owned(),
        target_id: edition.id.uuid(),
        ..saying("")
    };
    tx.store_tx()
        .save_import_record(source, kinds::STATE, INTO, &into)
        .await
}

pub(super) async fn note_state(tx: &mut Tx, source: &str, state: &str) -> Result<()> {
    tx.store_tx()
        .save_import_record(source, kinds::STATE, IMPORTED, &saying(state))
        .await
}

/// Notes where the site stood, for links from other sites. Answers with all sites, this one first,
/// and whether others write to the same editions.
async fn note_site(
    tx: &mut Tx,
    source: &str,
    default: &Place,
    languages: &HashMap<String, Place>,
    old: &[EditionId],
) -> Result<(Vec<ImportedSite>, bool)> {
    let mut places: Vec<SitePlace> = std::iter::once(default)
        .chain(languages.values())
        .filter_map(|place| Some(SitePlace::new(place.base.as_ref()?, place.edition)))
        .collect();
    places.sort_by(|a, b| (&a.host, &a.path, a.edition).cmp(&(&b.host, &b.path, b.edition)));
    places.dedup();
    let own = ImportedSite {
        source: source.to_owned(),
        places,
    };
    let mut sites = imported_sites(tx).await?;
    if !sites.contains(&own) {
        let payload = serde_json::to_string(&own).map_err(Error::internal)?;
        tx.store_tx()
            .defer(EVERYWHERE, later::SITE, source, &payload)
            .await?;
    }
    let is_first = sites.iter().all(|site| site.source != source);
    sites.retain(|site| site.source != source);
    let places = sites.iter().flat_map(|site| &site.places);
    let mut is_shared = places.into_iter().any(|place| old.contains(&place.edition));
    if is_first {
        for edition in old {
            is_shared |= has_entries(tx, *edition).await?;
        }
    }
    sites.insert(0, own);
    Ok((sites, is_shared))
}

async fn has_entries(tx: &mut Tx, edition: EditionId) -> Result<bool> {
    let cx = tx.cx().clone();
    for kind in [ContentKind::Article, ContentKind::Page] {
        let query = EntryQuery {
            edition: Some(edition),
            ..EntryQuery::all(kind)
        };
        let page = tx
            .reader()
            .entries(cx.scope(), &query, &PageArgs::first(1), Parts::NONE)
            .await?;
        if page.nodes().next().is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
