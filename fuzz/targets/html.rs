//! Bodies written in HTML: the derived HTML holds nothing that runs, and deriving it again changes
//! nothing that is shown.
#![no_main]

use domain::body::{DeriveOptions, Format, Source, derive};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source {
        format: Format::Html,
        text: text.to_owned(),
    };
    let body = derive(&source, &DeriveOptions::default());
    fuzz::assert_harmless(&body.html);
});
