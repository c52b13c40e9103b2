//! Changes and whole schemas as SQL text.
//!
//! Style: key words in lower case, every name quoted and with its schema, a line for each part; what Postgres itself
//! prints (functions, indexes, triggers, expressions) stays as it prints it. The text means the same whatever the
//! search path is.

use std::fmt::Write as _;

use crate::diff::{Change, Options, diff};
use crate::id::Kind;
use crate::snapshot::Snapshot;

/// The statements of a difference as one text; empty when there is none.
pub fn script(changes: &[Change]) -> String {
    let mut text = String::new();
    if changes.iter().any(|change| matches!(change.id.kind, Kind::Routine | Kind::Aggregate)) {
        // a function may be made before what its body speaks of
        text.push_str("set check_function_bodies = off;\n\n");
    }
    for statement in changes.iter().flat_map(|change| &change.sql) {
        let _ = writeln!(text, "{statement}\n");
    }
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// A whole schema as one text: what makes it where nothing but `base` is.
pub fn dump(base: &Snapshot, snapshot: &Snapshot, options: &Options) -> String {
    script(&diff(base, snapshot, options))
}
