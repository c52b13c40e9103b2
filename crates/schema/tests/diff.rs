//! Reading, comparing and printing schemas.

mod alterations;
mod generated;
mod harness;
mod oracle;
mod variants;
