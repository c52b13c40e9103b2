//! Changes to `user_metadata` and `app_metadata`: merged key by key, a null deletes its key.

use serde_json::{Map, Value};

/// A change, as the two parameters of an UPDATE.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Change {
    /// Keys that get a value.
    pub(crate) set: Value,
    /// Keys that go.
    pub(crate) remove: Vec<String>,
}

/// What a request's object does to stored metadata.
pub(crate) fn change(members: Map<String, Value>) -> Change {
    let (removed, set): (Map<_, _>, Map<_, _>) = members.into_iter().partition(|(_, value)| value.is_null());
    Change { set: Value::Object(set), remove: removed.into_iter().map(|(name, _)| name).collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_deletes_and_everything_else_sets() {
        let Value::Object(members) = json!({ "a": 1, "b": null, "c": { "d": null } }) else { panic!() };
        let expected = Change { set: json!({ "a": 1, "c": { "d": null } }), remove: vec!["b".to_owned()] };
        assert_eq!(change(members), expected);
    }
}
