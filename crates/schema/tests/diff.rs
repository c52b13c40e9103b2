//! Reading, comparing and printing schemas.

mod alterations;
mod harness;
mod oracle;
