//! Pure values in, pure values out: no IO, no Postgres, no clock.

pub mod openapi;
pub mod plan;
pub mod request;
