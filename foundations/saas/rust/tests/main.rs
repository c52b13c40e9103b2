//! The foundation from Rust against the real server, which every test that needs one starts itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod answers;
mod example;
mod factories;
mod jobs;
mod server;
mod service;
mod types;
