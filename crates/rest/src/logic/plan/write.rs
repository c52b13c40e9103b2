//! Insert, update, upsert and delete.

use pg::catalog::{Cardinality, Printed, QualifiedName, Table};

use super::Context;
use super::filter::{self, Condition};
use super::read::{self, Origin, PlannedRead, ReadPlan, Shape};
use crate::error::{Error, RequestError, SchemaCacheError};
use crate::logic::request::ApiRequest;
use crate::logic::request::ast::{
    Filter, Located, LogicTree, Mutation, Operation, QuantifiedOperator, Query, RowRange,
};
use crate::logic::request::preferences::{Missing, Representation, Resolution};

/// A change of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct WritePlan {
    /// The table.
    pub table: QualifiedName,
    /// What happens to it.
    pub change: Change,
    /// Which rows it happens to; for `PUT`, which row the body must be.
    pub conditions: Vec<Condition>,
    /// What is read of the changed rows by the answer.
    pub returning: Returning,
    /// The primary key.
    pub primary_key: Vec<String>,
    /// The answer is to tell where a new row is.
    pub key_shown: bool,
    /// How the changed rows are shown.
    pub read: PlannedRead,
}

/// The kinds of change.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Rows are added.
    Insert {
        /// The columns of the body.
        columns: Vec<WrittenColumn>,
        /// A missing value is the column's default, not null.
        missing_default: bool,
        /// What happens to rows that exist.
        conflict: Option<Conflict>,
        /// `PUT`
        is_put: bool,
    },
    /// Rows are changed.
    Update {
        /// The columns of the body; none: nothing happens.
        columns: Vec<WrittenColumn>,
        /// A missing value is the column's default, not null.
        missing_default: bool,
    },
    /// Rows are removed.
    Delete,
}

/// What happens to rows that exist.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// What happens.
    pub resolution: Resolution,
    /// The columns that make a row the same row.
    pub columns: Vec<String>,
}

/// A column of the body.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: Printed,
    /// Its default.
    pub default: Option<Printed>,
    /// The function that reads its domain from JSON.
    pub reader: Option<QualifiedName>,
}

/// Columns of the changed rows that the answer needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returning {
    /// None.
    Nothing,
    /// All of the table, and these computed ones.
    All(Vec<String>),
    /// These.
    Columns(Vec<String>),
}

/// Makes the plan of a change.
pub fn write(
    context: &Context<'_>,
    request: &ApiRequest,
    relation: &str,
    mutation: Mutation,
) -> Result<WritePlan, Error> {
    let table = context.table(relation)?;
    // the filters pick the rows to change; what is below is for the answer only
    let (own, embedded): (Vec<_>, Vec<_>) =
        request.query.filters.iter().cloned().partition(|one| one.path.is_empty());
    let (own_logic, embedded_logic) =
        request.query.logic.iter().cloned().partition(|one| one.path.is_empty());
    let shown = Query { filters: embedded, logic: embedded_logic, ..request.query.clone() };
    let mut read = read::read(context, Origin::Source, Some(table), &shown, RowRange::default(), None)?;
    let mut conditions = Vec::new();
    for located in &own {
        conditions.push(filter::filter(context, Some(table), &[], &located.value)?);
    }
    for located in &own_logic {
        let tree: &LogicTree = &located.value;
        conditions.push(filter::tree(context, Some(table), &[], tree)?);
    }
    let missing_default = request.preferences.missing == Some(Missing::Default);
    let columns = || columns(context, table, request);
    let change = match mutation {
        Mutation::Create => {
            let resolution = request.preferences.resolution;
            Change::Insert {
                columns: columns()?,
                missing_default,
                conflict: conflict(table, request, resolution),
                is_put: false,
            }
        }
        Mutation::SingleUpsert => {
            check_put(table, request)?;
            let columns = columns()?;
            let conflict =
                Conflict { resolution: Resolution::MergeDuplicates, columns: table.primary_key.clone() };
            Change::Insert { columns, missing_default, conflict: Some(conflict), is_put: true }
        }
        Mutation::Update => Change::Update { columns: columns()?, missing_default },
        Mutation::Delete => Change::Delete,
    };
    let returning = returning(table, request, &read.plan);
    if read.plan.needs_whole_rows() || !read.plan.columns_beyond(table).is_empty() {
        read.plan.name_columns(table);
    }
    Ok(WritePlan {
        table: table.name.clone(),
        change,
        conditions,
        returning,
        primary_key: table.primary_key.clone(),
        key_shown: request.preferences.representation == Some(Representation::HeadersOnly),
        read,
    })
}

fn conflict(table: &Table, request: &ApiRequest, resolution: Option<Resolution>) -> Option<Conflict> {
    let columns = request.query.on_conflict.clone().unwrap_or_else(|| table.primary_key.clone());
    // without anything to conflict on there is nothing to resolve
    (!columns.is_empty()).then_some(Conflict { resolution: resolution?, columns })
}

/// The filters must name the primary key, all of it and nothing else, also of no embedded resource.
fn check_put(table: &Table, request: &ApiRequest) -> Result<(), RequestError> {
    if request.range != RowRange::default() {
        return Err(RequestError::PutRange);
    }
    let is_key = |Located { path, value: filter }: &Located<Filter>| {
        let equal = matches!(
            filter.operation,
            Operation::Quantified { operator: QuantifiedOperator::Equal, quantifier: None, .. }
        );
        path.is_empty()
            && equal
            && !filter.negated
            && filter.field.json_path.is_empty()
            && table.primary_key.contains(&filter.field.name)
    };
    let filters = &request.query.filters;
    let is_named = |column: &String| filters.iter().any(|located| located.value.field.name == *column);
    let fits = request.query.logic.is_empty()
        && !table.primary_key.is_empty()
        && filters.iter().all(is_key)
        && table.primary_key.iter().all(is_named);
    if fits { Ok(()) } else { Err(RequestError::PutFilters) }
}

fn columns(context: &Context<'_>, table: &Table, request: &ApiRequest) -> Result<Vec<WrittenColumn>, Error> {
    let keys = request.payload.as_ref().map_or(&[][..], |payload| payload.keys(&request.query));
    keys.iter()
        .map(|key| {
            let missing =
                || SchemaCacheError::NoColumn { relation: table.name.name.clone(), column: key.clone() };
            let column = table.column(key).ok_or_else(missing)?;
            let reader = context.catalog.representation("json", column.type_name.as_str());
            Ok(WrittenColumn {
                name: column.name.clone(),
                data_type: column.data_type.clone(),
                default: column.default.clone(),
                reader: reader.cloned(),
            })
        })
        .collect()
}

fn returning(table: &Table, request: &ApiRequest, read: &ReadPlan) -> Returning {
    match request.preferences.representation {
        Some(Representation::Full) => {}
        Some(Representation::HeadersOnly) if !table.primary_key.is_empty() => {
            return Returning::Columns(table.primary_key.clone());
        }
        _ => return Returning::Nothing,
    }
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    for column in read.select.iter().filter(|column| column.field.name != "*") {
        add(&column.field.name);
    }
    for order in read.order.iter().filter(|order| order.embed.is_none()) {
        add(&order.field.name);
    }
    let mut needs_row = false;
    for embed in &read.embeds {
        match &embed.relationship.cardinality {
            Cardinality::ManyToOne(key) | Cardinality::OneToMany(key) | Cardinality::OneToOne { key, .. } => {
                key.columns.iter().for_each(|(own, _)| add(own));
            }
            Cardinality::ManyToMany(junction) => junction.source.columns.iter().for_each(|(own, _)| add(own)),
            Cardinality::Computed { .. } => needs_row = true,
        }
    }
    let star = read.select.iter().any(|column| column.field.name == "*" && column.aggregate.is_none());
    if star || needs_row {
        names.retain(|name| table.column(name).is_none());
        return Returning::All(names);
    }
    let shows_nothing = names.is_empty() && read.embeds.iter().all(|embed| embed.shape == Shape::Hidden);
    if shows_nothing { Returning::Nothing } else { Returning::Columns(names) }
}
