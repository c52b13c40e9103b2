//! Any body of any type, for an insert and for a call.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use rest::logic::request::ast::{Action, InvokeMethod, Mutation};
use rest::logic::request::media_type::MediaType;
use rest::logic::request::parse_body;

fuzz_target!(|body: &[u8]| {
    let actions = [
        Action::Invoke { function: String::new(), method: InvokeMethod::Post },
        Action::Mutate { relation: String::new(), mutation: Mutation::Create },
    ];
    for action in &actions {
        for content_type in [MediaType::Json, MediaType::Csv, MediaType::Form] {
            let _ = parse_body(Bytes::copy_from_slice(body), &content_type, false, action);
        }
    }
});
