//! Any `Range` header with any limit and offset.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rest::logic::request::ast::RowRange;
use rest::logic::request::range::{HeaderRange, meet};

fuzz_target!(|input: (&str, i64, Option<i64>)| {
    let (header, offset, limit) = input;
    if let Ok(met) = meet(RowRange { offset, limit }, HeaderRange::parse(header)) {
        assert!(met.limit.is_none_or(|limit| limit >= 0));
    }
});
