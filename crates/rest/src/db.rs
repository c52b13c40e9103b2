//! What the room does with Postgres: reading the schema cache, writing SQL, flying it.

pub(crate) mod prepared;
pub mod render;
pub mod run;
pub mod schema_cache;
pub mod sql;
pub mod template;
