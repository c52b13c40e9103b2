//! Any `Accept` and `Content-Type` header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rest::logic::request::media_type::MediaType;

fuzz_target!(|text: &str| {
    let _ = MediaType::parse(text).content_type();
    for accepted in MediaType::parse_accept(text) {
        let _ = accepted.content_type();
    }
});
