//! Any query string, as that of a read and as that of a call.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rest::logic::request::query::{self, Parameters, QueryUse};

fuzz_target!(|text: &str| {
    if let Ok(parameters) = Parameters::decode(text) {
        for arguments in [true, false] {
            let _ = query::parse(&parameters, QueryUse { arguments, canonical: true });
        }
    }
});
