#![doc = include_str!("../README.md")]

mod cause;
pub mod clock;
pub mod config;
pub mod identity;
pub mod platform;

pub use cause::Cause;
