//! The access matrix of real databases.

mod foundations;
mod holes;
