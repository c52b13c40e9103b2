//! Rules without database, files, HTTP or clock.

pub(crate) mod bucket;
pub(crate) mod cursor;
pub(crate) mod fields;
pub(crate) mod mime_type;
pub(crate) mod object;
pub(crate) mod range;
pub(crate) mod robots_tag;
pub(crate) mod route;
pub(crate) mod signed_url;
pub(crate) mod size;
