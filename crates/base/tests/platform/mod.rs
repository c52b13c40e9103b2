//! The platform database: who may do what in it.

mod rights;
