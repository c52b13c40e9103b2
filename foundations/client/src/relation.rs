//! What generated types say about tables, views and functions.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A table or view.
pub trait Relation {
    /// Its schema.
    const SCHEMA: &'static str;
    /// Its name.
    const NAME: &'static str;
    /// What is read.
    type Row: Serialize + DeserializeOwned;
}

/// A relation that can be written.
pub trait Table: Relation {
    /// A new row.
    type Insert: Serialize;
    /// What changes in a row.
    type Update: Serialize;
}

/// A function.
pub trait Function {
    /// Its schema.
    const SCHEMA: &'static str;
    /// Its name.
    const NAME: &'static str;
    /// What it is given.
    type Args: Serialize;
    /// What it answers.
    type Returns: DeserializeOwned;
}
