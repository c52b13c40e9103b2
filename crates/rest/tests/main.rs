//! The room's real entry on a real database.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod attacks;
mod bad_input;
mod calling;
mod catalog;
mod describing;
mod harness;
mod interrupted;
mod reading;
mod reload;
mod rendering;
mod replica;
mod restarting;
mod settings;
mod sharing;
mod writing;
