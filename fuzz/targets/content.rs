//! What WordPress puts into posts: shortcodes, block comments, loose paragraphs. The result is
//! bounded by what went in.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let html = application::transfer::wordpress::fuzzing::normalise_content(text);
    assert!(html.len() <= 200 + text.len() * 12);
});
