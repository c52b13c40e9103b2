//! The second stage: an [`ApiRequest`](super::request::ApiRequest) meets the schema cache and
//! becomes a plan.
//!
//! Names are resolved, relationships chosen, overloads decided, or the request is refused. No SQL
//! is written here and nothing is asked of the database.

pub mod call;
pub mod embed;
pub mod filter;
pub mod media;
mod nearest;
pub mod read;
pub mod write;

use pg::catalog::{Catalog, QualifiedName, Table};

use crate::error::SchemaCacheError;

/// What a plan is made against.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The schema cache.
    pub catalog: &'a Catalog,
    /// The schema of the request.
    pub schema: &'a str,
    /// `db-max-rows`
    pub max_rows: Option<i64>,
    /// `db-aggregates-enabled`
    pub aggregates: bool,
    /// `url-use-legacy-target-names`
    pub legacy_target_names: bool,
}

/// With more tables than this no similar name is looked for.
const MOST_TABLES_COMPARED: usize = 500;

impl<'a> Context<'a> {
    /// A table of the request's schema, or the error that it is not there.
    pub fn table(&self, name: &str) -> Result<&'a Table, SchemaCacheError> {
        if let Some(table) = self.find_table(name) {
            return Ok(table);
        }
        let count = self.catalog.tables(self.schema).count();
        let names = self
            .catalog
            .tables(self.schema)
            .filter(|table| !table.is_partition)
            .map(|table| &*table.name.name);
        let suggestion = if count > MOST_TABLES_COMPARED {
            None
        } else {
            nearest::nearest(name, names, nearest::NAME_SIMILARITY)
        };
        Err(SchemaCacheError::NoRelation {
            schema: self.schema.to_owned(),
            relation: name.to_owned(),
            suggestion: suggestion.map(str::to_owned),
        })
    }

    /// A table of the request's schema. Partitions are reached through their parent only.
    pub fn find_table(&self, name: &str) -> Option<&'a Table> {
        self.catalog.table(self.schema, name).filter(|table| !table.is_partition)
    }

    /// The function that shows a domain as JSON.
    pub fn presenter(&self, data_type: &str) -> Option<&'a QualifiedName> {
        self.catalog.representation(data_type, "json")
    }
}
