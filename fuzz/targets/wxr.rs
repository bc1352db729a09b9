//! The reader of WordPress exports: never panics, and ends.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    application::transfer::wordpress::fuzzing::read_export(bytes);
});
