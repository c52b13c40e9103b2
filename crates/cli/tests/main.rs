//! The built binary as its users meet it: started, killed, started again.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod files;
mod generate;
mod harness;
mod init;
mod lifecycle;
mod migrations;
mod reset;
mod rest;
mod schema;
mod testing;
mod tidy;
