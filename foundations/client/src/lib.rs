#![doc = include_str!("../README.md")]

mod auth;
mod client;
mod error;
mod query;
mod relation;

pub use auth::{Session, User};
pub use client::Client;
pub use error::Error;
pub use query::{Order, Query};
pub use relation::{Function, Relation, Table};
