#![doc = include_str!("../README.md")]

pub mod access;
pub mod acl;
pub mod data;
pub mod diff;
mod error;
pub mod expression;
pub mod id;
pub mod object;
pub mod print;
pub mod roles;
pub mod snapshot;
mod sql;
pub mod types;

pub use diff::{Action, Change, Options, diff};
pub use error::Error;
pub use id::{Id, Kind};
pub use snapshot::{Scope, Snapshot};
