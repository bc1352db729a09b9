//! Bodies written in Markdown: the derived HTML holds nothing that runs.
#![no_main]

use domain::body::{DeriveOptions, Format, Source, derive};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source {
        format: Format::Markdown,
        text: text.to_owned(),
    };
    let body = derive(&source, &DeriveOptions::default());
    fuzz::assert_harmless(&body.html);
});
