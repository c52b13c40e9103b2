//! The platform database: setting it up, and who may do what in it.

mod apply;
mod rights;
mod servers;
mod upgrade;
