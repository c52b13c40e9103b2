//! The first stage: an HTTP request becomes an [`ApiRequest`].
//!
//! It knows PostgREST's grammar and nothing of the database: whether a table, column or function exists,
//! and whether an operator suits a column, is for the plan (and in the end for Postgres) to say.

pub mod ast;
pub mod media_type;
pub mod preferences;

pub use ast::ApiRequest;
