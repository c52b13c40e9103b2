//! Functions and procedures, as the catalog describes them.

use serde::Deserialize;

use super::{Printed, QualifiedName};

/// Whether a routine may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Volatility {
    /// Always the same result; no reads.
    #[serde(rename = "i")]
    Immutable,
    /// Reads only.
    #[serde(rename = "s")]
    Stable,
    /// May write.
    #[serde(rename = "v")]
    Volatile,
}

/// One overload of a function or procedure.
#[derive(Clone, Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its own name")]
pub struct Routine {
    /// Where it is.
    #[serde(flatten)]
    pub name: QualifiedName,
    /// The comment on the routine.
    pub comment: Option<String>,
    /// `f` function, `p` procedure.
    pub kind: char,
    /// Input parameters in their declared order.
    pub parameters: Vec<Parameter>,
    /// Columns it returns through `out`, `inout` or `returns table`.
    pub outputs: Vec<OutputColumn>,
    pub(crate) single_argument_type: Option<i64>,
    /// What it returns.
    pub return_type: ReturnType,
    /// True when a result row has named columns.
    pub is_composite: bool,
    /// `returns setof` or `returns table`.
    pub returns_set: bool,
    /// `returns void`.
    pub returns_void: bool,
    /// The planner's estimate of rows (`rows n`); 0 when it returns no set.
    pub expected_rows: f64,
    /// Whether it may write.
    pub volatility: Volatility,
    /// True when the last parameter is variadic.
    pub has_variadic: bool,
    /// `set name to value` clauses.
    pub settings: Vec<(String, String)>,
}

impl Routine {
    /// True when it yields at most one row: no set, or a set declared with `rows 1`.
    pub fn returns_single_row(&self) -> bool {
        !self.returns_set || (self.expected_rows - 1.0).abs() < f64::EPSILON
    }

    /// Types that a single unnamed parameter may have to receive a whole request body.
    pub fn single_unnamed_parameter(&self) -> Option<&Parameter> {
        match self.parameters.as_slice() {
            [only] if only.name.is_empty() => Some(only),
            _ => None,
        }
    }

    /// True when it can be called by parameter names, or with one unnamed body parameter.
    pub fn is_callable(&self) -> bool {
        match self.single_unnamed_parameter() {
            Some(only) => matches!(only.data_type.as_str(), "json" | "jsonb" | "text" | "bytea" | "xml"),
            None => self.parameters.iter().all(|parameter| !parameter.name.is_empty()),
        }
    }

    /// The order in which overloads are told: fewer parameters first, then by names and types.
    pub(super) fn compare(&self, other: &Self) -> std::cmp::Ordering {
        let parameters = |routine: &Self| -> Vec<(String, String)> {
            let pairs = routine.parameters.iter();
            pairs.map(|one| (one.name.clone(), one.data_type.as_str().to_owned())).collect()
        };
        let key = |routine: &Self| (routine.parameters.len(), routine.comment.clone(), parameters(routine));
        key(self).cmp(&key(other))
    }

    /// The value of a `set` clause.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }
}

/// An input parameter of a [`Routine`].
#[derive(Clone, Debug, Deserialize)]
pub struct Parameter {
    /// The name; empty when unnamed.
    pub name: String,
    /// The type without modifiers.
    pub data_type: Printed,
    /// False when it has a default.
    pub is_required: bool,
    /// True for `variadic`.
    pub is_variadic: bool,
}

/// A column that a routine returns through an output parameter.
#[derive(Clone, Debug, Deserialize)]
pub struct OutputColumn {
    /// The name; may be empty.
    pub name: String,
    /// The type without modifiers.
    pub data_type: Printed,
}

/// The type that a [`Routine`] returns.
#[derive(Clone, Debug, Deserialize)]
pub struct ReturnType {
    /// Schema of the type.
    pub schema: String,
    /// Name of the type; for a domain, the domain's.
    pub name: String,
    /// How Postgres spells the type.
    pub data_type: Printed,
    /// True for a domain.
    pub is_domain: bool,
    /// True for `bytea` and domains of it.
    pub is_binary: bool,
    pub(crate) relation: Option<i64>,
    pub(crate) relation_schema: Option<String>,
    pub(crate) relation_name: Option<String>,
}

impl ReturnType {
    /// The table, view or composite type whose rows are returned.
    pub fn relation(&self) -> Option<QualifiedName> {
        match (&self.relation_schema, &self.relation_name) {
            (Some(schema), Some(name)) => Some(QualifiedName::new(schema.clone(), name.clone())),
            _ => None,
        }
    }
}
