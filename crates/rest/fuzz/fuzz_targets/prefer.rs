//! Any `Prefer` headers; what was understood is understood again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rest::logic::request::preferences::Preferences;

fuzz_target!(|headers: Vec<&str>| {
    let preferences = Preferences::parse(headers.into_iter(), true);
    if let Some(applied) = preferences.applied() {
        let again = Preferences::parse(std::iter::once(applied.as_str()), true);
        assert_eq!(again.applied(), Some(applied));
    }
});
