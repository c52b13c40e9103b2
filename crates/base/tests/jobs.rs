//! The workers against a real database: what is due at a moment runs as its owner, and what came of it is told.

mod cron;
mod exchange;
mod net;
pub(crate) mod site;
mod upkeep;
