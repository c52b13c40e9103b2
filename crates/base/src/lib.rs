#![doc = include_str!("../README.md")]

mod cause;
pub mod clock;
pub mod config;
pub mod http;
pub mod identity;
pub mod jobs;
pub mod migrate;
pub mod pgtap;
pub mod platform;
pub mod surfaces;
pub mod template;

pub use cause::Cause;

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
