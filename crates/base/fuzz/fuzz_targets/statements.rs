//! Any text as a migration file.
#![no_main]

use base::migrate::{pieces, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|sql: &str| {
    assert_eq!(pieces(sql).concat(), sql);
    for statement in split(sql) {
        assert_eq!(sql.get(statement.start..statement.start + statement.text.len()), Some(statement.text));
        let _ = statement.unsuitable();
        let _ = statement.is_transaction_frame();
    }
});
