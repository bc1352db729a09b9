//! Lists of links, and the serialised PHP that stands in custom fields.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    application::transfer::wordpress::fuzzing::read_links(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        application::transfer::wordpress::fuzzing::read_php(text);
    }
});
