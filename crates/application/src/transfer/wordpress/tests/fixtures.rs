//! The reader and the normaliser on real exports, when somebody has put some at hand.

use std::{collections::BTreeMap, fs::File, io::BufReader};

use super::super::{
    content::{ContentContext, count, normalise},
    items::Record,
    reader::WxrReader,
};

#[test]
fn real_exports_are_read_without_a_fault() {
    let Some(folder) = std::env::var_os("COLOPHON_WXR_FIXTURES") else {
        println!("skipped: COLOPHON_WXR_FIXTURES is not set");
        return;
    };
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        files += 1;
        let mut kinds = BTreeMap::new();
        let mut oddities = BTreeMap::new();
        let mut unsupported = BTreeMap::new();
        let (mut ids, mut links) = (0, 0);
        for result in WxrReader::new(BufReader::new(File::open(&path).unwrap())) {
            let entry = result.unwrap();
            let Record::Item(item) = entry.record else {
                count(&mut kinds, "head");
                continue;
            };
            count(&mut kinds, &item.post_type);
            assert!(item.post_id.is_some() && !item.status.is_empty());
            for oddity in &item.oddities {
                count(&mut oddities, &format!("{oddity:?}"));
            }
            let normalised = normalise(&item.content, ContentContext::default());
            assert!(!normalised.html.contains("<!--"), "{}", normalised.html);
            ids += normalised.attachment_ids.len();
            links += normalised.links.len();
            let counts = normalised.counts;
            for (name, times) in counts
                .unsupported_blocks
                .iter()
                .chain(&counts.unknown_blocks)
                .chain(&counts.shortcodes)
            {
                *unsupported.entry(name.clone()).or_insert(0) += times;
            }
        }
        println!(
            "{}: {kinds:?}, ids {ids}, links {links}, left: {unsupported:?}, odd: {oddities:?}",
            path.display()
        );
    }
    assert!(files > 0);
}
