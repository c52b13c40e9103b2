//! The room behind its door, on a real database and a real folder.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod buckets;
mod copying;
mod deleting;
mod downloads;
mod durability;
mod errors;
mod harness;
mod listing;
mod names;
mod rights;
mod signing;
mod uploads;
