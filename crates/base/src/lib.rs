#![doc = include_str!("../README.md")]

mod cause;
pub mod clock;
pub mod config;
pub mod identity;

pub use cause::Cause;
