//! The values of REST parameters and GraphQL arguments: cursors, ids, slugs, paths, languages,
//! times. What is accepted is written and read again as the same.
#![no_main]

use domain::{
    id::{ArticleId, CategoryId, EntryId},
    paging::{Cursor, PageArgs, RawPageArgs},
    routes::{encode_path, normalise_path},
    text::{Locale, Slug},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(cursor) = Cursor::decode(text) {
        assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
    }
    let raw = RawPageArgs {
        first: Some(10),
        after: Some(text.to_owned()),
        ..RawPageArgs::default()
    };
    if let Ok(page) = PageArgs::new(raw) {
        let _ = page.key_in("publishedAt");
    }
    if let Ok(id) = text.parse::<ArticleId>() {
        assert_eq!(id.to_string(), text);
    }
    if let Ok(id) = text.parse::<EntryId>() {
        assert_eq!(id.to_string(), text);
    }
    let _ = text.parse::<CategoryId>();
    if let Ok(slug) = text.parse::<Slug>() {
        assert_eq!(slug.as_str().parse::<Slug>().ok(), Some(slug));
    }
    if let Some(slug) = Slug::from_title(text) {
        assert_eq!(slug.as_str().parse::<Slug>().ok(), Some(slug));
    }
    if let Ok(locale) = text.parse::<Locale>() {
        assert_eq!(locale.as_str().parse::<Locale>().ok(), Some(locale));
    }
    if let Ok(path) = normalise_path(text) {
        assert_eq!(
            normalise_path(&encode_path(&path)).ok().as_ref(),
            Some(&path)
        );
    }
});
