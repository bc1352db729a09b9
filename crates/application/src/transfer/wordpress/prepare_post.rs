//! Preparing posts and pages: the work on their texts, as far as it needs nothing but the file and
//! what is known already.

use domain::{
    body::{Body, DeriveOptions, Format, Source, derive},
    content::{Seo, Status},
    id::EditionId,
};
use url::Url;

use super::{
    addresses::{old_path, page_key},
    batch::Work,
    comments,
    content::{ContentContext, Counts, normalise},
    footnotes,
    frame::wide,
    items::Item,
    meta, pictures, plain,
    posts::{self, Beginning, PreparedPost},
    prepare::{Identity, Preparer},
    report::{Kind, Note, Problem, Tally, add},
    rewrite::{self, Standing, Wait, gallery_token, has_attached_gallery},
    seo::{SeoContext, seo_meta},
};
use crate::entries::{MAX_GUID_BYTES, MAX_SOURCE_BYTES};

/// More words than this stand before no "read more".
const MOST_TEASER_WORDS: usize = 1_000;

struct Content {
    source: Source,
    body: Body,
    waits: Vec<Wait>,
    teaser: Option<String>,
}

impl Preparer {
    /// The edition of an item, and what its custom field calls it where that is to be looked up.
    pub(super) fn edition_of(&self, item: &Item) -> (EditionId, Option<String>) {
        let language = meta::polylang_language(item);
        if let Some(place) = language.and_then(|language| self.run.languages.get(language)) {
            return (place.edition, None);
        }
        let locale = self
            .run
            .locale_meta
            .as_deref()
            .and_then(|key| item.meta_value(key))
            .map(str::trim)
            .filter(|locale| !locale.is_empty());
        match locale {
            Some(locale) => {
                let known = self.run.locale(locale);
                let edition = known.unwrap_or(self.run.default.edition);
                (edition, known.is_none().then(|| locale.to_owned()))
            }
            None => (self.run.default.edition, None),
        }
    }

    pub(super) fn post(&mut self, item: &Item, identity: Identity) {
        if item.content.len() > MAX_SOURCE_BYTES {
            let kind = self.run.kind_of(&item.post_type).map(posts::report_kind);
            self.batch.tally.counts(kind.unwrap_or(Kind::Other)).failed += 1;
            let reason = format!("its content is longer than {MAX_SOURCE_BYTES} bytes");
            let id = Some(identity.external_id);
            self.batch
                .tally
                .problem(Problem::at(identity.position, "post", id, reason));
            return;
        }
        let Some(kind) = self.run.kind_of(&item.post_type) else {
            return;
        };
        let (edition, locale) = self.edition_of(item);
        let mut tally = Tally::default();
        posts::count_oddities(item, &mut tally);
        let life = posts::life(item, self.run.now);
        let was_public = life.published_at.is_some();
        let link = item.link.as_deref().filter(|_| was_public);
        let path = link.and_then(|link| self.path_of(item, link));
        let content = self.content(item, edition, &mut tally);
        let (private_data, is_cut) = posts::private_data(item);
        let report_kind = posts::report_kind(kind);
        let note = |text: String| Note {
            item_id: identity.external_id.clone(),
            kind: report_kind,
            title: plain::line(&item.title),
            text,
        };
        if let Some(text) = &life.note {
            tally.note(note(text.clone()));
        }
        if is_cut {
            tally.note(note("has more custom fields than are kept".to_owned()));
        }
        let guid = item.guid.clone();
        let guid = guid.filter(|guid| guid.len() <= MAX_GUID_BYTES);
        if guid.is_none() && item.guid.is_some() {
            let text = format!("its guid is longer than {MAX_GUID_BYTES} bytes and is not kept");
            tally.note(note(text));
        }
        let is_first =
            item.post_id.map(|id| id.to_string()).as_deref() == Some(identity.external_id.as_str());
        let item_id = item.post_id.filter(|_| is_first);
        let is_public = life.status == Status::Published;
        let comments = comments::prepare(item, &mut tally);
        let old_paths = if is_public {
            posts::old_paths(item, path.as_deref())
        } else {
            Vec::new()
        };
        let model = self.run.cx.content_model();
        let (custom_fields, wrong) = self.run.meta_fields.read(model, kind, item);
        for why in wrong {
            let id = Some(identity.external_id.clone());
            tally.problem(Problem::at(identity.position, "post", id, why));
        }
        let beginning = Beginning {
            edition,
            path,
            guid,
            life,
            excerpt: plain::some_line(&item.excerpt).or(content.teaser),
            seo: self.seo(item),
            source: content.source,
            body: content.body,
            custom_fields,
            private_data,
        };
        let post = PreparedPost {
            position: identity.position,
            digest: identity.digest,
            item_id,
            external_id: identity.external_id,
            kind,
            draft: posts::draft(item, kind, beginning),
            locale,
            group: meta::polylang_group(item).map(str::to_owned),
            terms: posts::terms(item),
            primary_category: seo_meta(item, &SeoContext::default())
                .and_then(|seo| seo.primary_category),
            byline: posts::byline(item),
            thumbnail: posts::id_in(item, "_thumbnail_id"),
            parent: item.post_parent,
            comments,
            waits: content.waits,
            page_key: link
                .and_then(|link| Url::parse(link).ok())
                .filter(|url| url.query().is_none())
                .and_then(|url| page_key(&url)),
            plain_paths: item_id
                .map(|id| posts::plain_paths(id, &item.post_type))
                .unwrap_or_default(),
            old_paths,
            is_slug_twin: identity.is_slug_twin,
            round: identity.round,
            is_unchanged: identity.is_unchanged,
            tally,
        };
        self.batch.work.push(Work::Post(Box::new(post)));
    }

    fn path_of(&self, item: &Item, link: &str) -> Option<String> {
        let language = meta::polylang_language(item);
        let own = language.and_then(|language| self.run.languages.get(language)?.base.as_ref());
        let bases: Vec<_> = own
            .into_iter()
            .chain(self.run.default.base.as_ref())
            .collect();
        old_path(link, &bases)
    }

    fn seo(&self, item: &Item) -> Seo {
        let context = SeoContext {
            site_name: &self.run.site.title,
            site_description: &self.run.site.description,
            separator: "",
        };
        let Some(found) = seo_meta(item, &context) else {
            return Seo::default();
        };
        let lookup = self.lookup();
        let image = found.image.as_deref().and_then(|address| {
            let url = Url::parse(address).ok()?;
            rewrite::asset_at(&url, &lookup)
        });
        Seo {
            title: found.title.as_deref().and_then(plain::some_line),
            description: found.description.as_deref().and_then(plain::some_line),
            canonical_url: found.canonical,
            noindex: found.noindex == Some(true),
            image,
        }
    }

    /// The body of an item, with its addresses rewritten as far as they are known.
    fn content(&self, item: &Item, edition: EditionId, tally: &mut Tally) -> Content {
        let normalised = normalise(&item.content, ContentContext::default());
        count_content(&normalised.counts, tally);
        tally.reasons.reusable_blocks += wide(normalised.reusable_blocks.len());
        let lookup = self.lookup();
        let mut html = normalised.html;
        let mut waits = Vec::new();
        if has_attached_gallery(&html)
            && let Some(id) = item.post_id
        {
            match lookup.pictures_of(id) {
                pictures if pictures.is_empty() => waits.push(Wait {
                    url: gallery_token(id),
                    attachment: None,
                    shows: true,
                }),
                pictures => html = rewrite::fill_galleries(&html, &pictures),
            }
        }
        let wordless = pictures::bare_pictures(&html);
        if !wordless.is_empty() {
            html = pictures::with_words(&html, &lookup.words_of(&wordless, edition));
        }
        if html.contains(footnotes::PLACE) {
            let list = item.meta_value(footnotes::META).and_then(footnotes::list);
            if list.is_none() {
                add(&mut tally.reasons.unsupported_blocks, "core/footnotes", 1);
            }
            html = html.replacen(footnotes::PLACE, &list.unwrap_or_default(), 1);
        }
        let base = self.run.base_url(item.link.as_deref());
        let standing = Standing {
            base: base.as_ref(),
            edition,
            known: &self.known,
        };
        let rewritten = rewrite::rewrite(&html, standing, &lookup);
        waits.extend(rewritten.waits);
        tally.reasons.unresolved_links += rewritten.lost;
        let source = Source {
            format: Format::Html,
            text: rewritten.html,
        };
        let body = derive(&source, &DeriveOptions::default());
        tally.reasons.raw_html_blocks += posts::raw_html_blocks(&body.blocks);
        // Of what stands before "read more" the prose only: no addresses of films.
        let teaser = normalised.excerpt_before_more.map(|text| {
            let format = Format::Html;
            derive(&Source { format, text }, &DeriveOptions::default()).excerpt(MOST_TEASER_WORDS)
        });
        Content {
            source,
            body,
            waits,
            teaser: teaser.filter(|teaser| !teaser.is_empty()),
        }
    }
}

fn count_content(counts: &Counts, tally: &mut Tally) {
    let reasons = &mut tally.reasons;
    for (names, found) in [
        (&mut reasons.unsupported_blocks, &counts.unsupported_blocks),
        (&mut reasons.unknown_blocks, &counts.unknown_blocks),
        (&mut reasons.unknown_shortcodes, &counts.shortcodes),
    ] {
        for (name, count) in found {
            add(names, name, u64::from(*count));
        }
    }
    reasons.page_breaks += u64::from(counts.page_breaks);
}
