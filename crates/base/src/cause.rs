//! Why a request failed on our side: travels with the 5xx answer to the gateway, which logs it once; clients never see it.

use std::error::Error;
use std::sync::Arc;

/// The cause of a 5xx, put into the response's extensions by a room.
#[derive(Debug, Clone)]
pub struct Cause(pub Arc<str>);

impl Cause {
    /// The error with all its sources, in one line.
    pub fn of(error: &dyn Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            let inner_text = inner.to_string();
            // wrappers often repeat what they wrap
            if !text.contains(&inner_text) {
                text.push_str(": ");
                text.push_str(&inner_text);
            }
            source = inner.source();
        }
        Self(text.into())
    }
}
