//! The first stage: an HTTP request becomes an [`ApiRequest`].
//!
//! It knows PostgREST's grammar and nothing of the database: whether a table, column or function exists,
//! and whether an operator suits a column, is for the plan (and in the end for Postgres) to say.

pub mod ast;
mod body;
mod csv;
mod cursor;
pub mod filter;
pub mod gucs;
pub mod media_type;
mod names;
pub mod nesting;
pub mod order;
mod parse;
pub mod preferences;
#[cfg(test)]
mod print;
#[cfg(test)]
mod properties;
pub mod query;
pub mod range;
pub mod select;
mod shape;

pub use ast::ApiRequest;
pub use body::parse as parse_body;
pub use parse::{ParseSettings, parse};
pub use shape::Shape;
