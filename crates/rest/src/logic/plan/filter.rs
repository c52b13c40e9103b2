//! Conditions and sorting, with their columns resolved.

use pg::catalog::{QualifiedName, Table};

use super::Context;
use super::read::Embed;
use crate::error::{Error, RequestError};
use crate::logic::request::ast::{
    Field, Filter, IsValue, JsonStep, LogicOperator, LogicTree, Operation, OrderDirection, OrderNulls,
    OrderTerm,
};

/// A column, resolved as far as the schema cache knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlannedField {
    /// The column.
    pub name: String,
    /// The steps into its value.
    pub json_path: Vec<JsonStep>,
    /// Its value is no JSON and has to become it before the steps.
    pub as_jsonb: bool,
    /// For full text search: its value is no text search vector and has to become one.
    pub as_tsvector: bool,
    /// The function that shows its domain as JSON.
    pub presenter: Option<QualifiedName>,
    /// The function that reads its domain from text.
    pub reader: Option<QualifiedName>,
}

/// Something that rows must fulfil.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A comparison.
    Filter {
        /// What is compared.
        field: PlannedField,
        /// `not.`
        negated: bool,
        /// With what, and how.
        operation: Operation,
    },
    /// Whether an embedded resource has any rows.
    EmbedExists {
        /// Index among the embedded resources of the same level.
        embed: usize,
        /// True: there must be none.
        negated: bool,
    },
    /// Several conditions.
    Group {
        /// `not.`
        negated: bool,
        /// What joins them.
        operator: LogicOperator,
        /// At least one.
        members: Vec<Condition>,
    },
}

impl Condition {
    /// Calls `with` for every field compared.
    pub fn fields(&self, with: &mut impl FnMut(&PlannedField)) {
        match self {
            Self::Filter { field, .. } => with(field),
            Self::EmbedExists { .. } => {}
            Self::Group { members, .. } => members.iter().for_each(|member| member.fields(with)),
        }
    }
}

/// One term of a sort.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedOrder {
    /// Index of the embedded resource whose field it is, if not of the level itself.
    pub embed: Option<usize>,
    /// What is sorted by.
    pub field: PlannedField,
    /// `.asc` or `.desc`
    pub direction: Option<OrderDirection>,
    /// `.nullsfirst` or `.nullslast`
    pub nulls: Option<OrderNulls>,
}

/// Resolves a field against the table it belongs to, which may be unknown.
pub(super) fn field(context: &Context<'_>, table: Option<&Table>, field: &Field) -> PlannedField {
    let mut planned = PlannedField {
        name: field.name.clone(),
        json_path: field.json_path.clone(),
        ..PlannedField::default()
    };
    let Some(table) = table else {
        // whatever it is, as JSON it has members
        planned.as_jsonb = !field.json_path.is_empty();
        return planned;
    };
    let Some(column) = table.column(&field.name) else { return planned };
    planned.as_jsonb = !field.json_path.is_empty() && !matches!(column.base_type.as_str(), "json" | "jsonb");
    planned.as_tsvector = field.json_path.is_empty() && &column.base_type != "tsvector";
    if context.catalog.has_representations() && field.json_path.is_empty() {
        planned.presenter = context.presenter(column.type_name.as_str()).cloned();
        planned.reader = context.catalog.representation("text", column.type_name.as_str()).cloned();
    }
    planned
}

/// A filter of one level; on an embedded resource's name it asks whether there are rows.
pub(super) fn filter(
    context: &Context<'_>,
    table: Option<&Table>,
    embeds: &[Embed],
    filter: &Filter,
) -> Result<Condition, Error> {
    let comparison = || Condition::Filter {
        field: field(context, table, &filter.field),
        negated: filter.negated,
        operation: filter.operation.clone(),
    };
    let named = embeds.iter().position(|embed| embed.name == filter.field.name);
    if let Some(embed) = named.filter(|_| filter.field.json_path.is_empty()) {
        return match filter.operation {
            Operation::Is(IsValue::Null) => Ok(Condition::EmbedExists { embed, negated: !filter.negated }),
            Operation::Is(IsValue::NotNull) => Ok(Condition::EmbedExists { embed, negated: filter.negated }),
            // a column that happens to have the name
            _ if table.is_some_and(|table| table.column(&filter.field.name).is_some()) => Ok(comparison()),
            _ => Err(RequestError::EmbedFilter(filter.field.name.clone()).into()),
        };
    }
    Ok(comparison())
}

/// A logic tree of one level.
pub(super) fn tree(
    context: &Context<'_>,
    table: Option<&Table>,
    embeds: &[Embed],
    tree: &LogicTree,
) -> Result<Condition, Error> {
    match tree {
        LogicTree::Filter(one) => filter(context, table, embeds, one),
        LogicTree::Group { negated, operator, members } => Ok(Condition::Group {
            negated: *negated,
            operator: *operator,
            members: members
                .iter()
                .map(|member| self::tree(context, table, embeds, member))
                .collect::<Result<_, _>>()?,
        }),
    }
}

/// A term of a sort of one level, whose name is `origin`.
pub(super) fn order(
    context: &Context<'_>,
    table: Option<&Table>,
    embeds: &[Embed],
    origin: &str,
    term: &OrderTerm,
) -> Result<PlannedOrder, Error> {
    let planned = |embed, field| PlannedOrder { embed, field, direction: term.direction, nulls: term.nulls };
    let Some(target) = &term.relation else {
        let mut field = field(context, table, &term.field);
        field.presenter = None;
        return Ok(planned(None, field));
    };
    let index = embeds
        .iter()
        .position(|embed| embed.name == *target)
        .ok_or_else(|| RequestError::NotEmbedded { resource: target.clone(), alias: None })?;
    let to_one = embeds.get(index).is_some_and(|embed| embed.relationship.is_to_one());
    if !to_one {
        return Err(RequestError::RelatedOrder { origin: origin.to_owned(), target: target.clone() }.into());
    }
    let related = embeds.get(index).and_then(|embed| embed.plan.table.as_ref());
    let table = related.and_then(|name| context.catalog.table(&name.schema, &name.name));
    let mut field = field(context, table, &term.field);
    field.presenter = None;
    Ok(planned(Some(index), field))
}
