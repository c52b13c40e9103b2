//! Any `select`, `order`, filter and logic tree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rest::logic::request::{filter, order, select};

fuzz_target!(|texts: (&str, &str)| {
    let (name, value) = texts;
    let _ = select::parse(value);
    let _ = order::parse(name, value);
    let _ = filter::parse(name, value);
    let _ = filter::parse_parameter(name, value);
    let _ = filter::parse_logic(name, value);
});
