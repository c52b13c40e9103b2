//! The PostgREST room: a table, a view or a function is an HTTP resource.
//!
//! One request is parse → plan → render → run → respond, each stage one module.

pub mod error;
pub mod logic;
