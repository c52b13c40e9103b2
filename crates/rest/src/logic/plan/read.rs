//! The tree of what is read: a table or a result, its columns, and the resources embedded in it.

use pg::catalog::{Cardinality, QualifiedName, Relationship, Table};

use super::filter::{self, Condition, PlannedField, PlannedOrder};
use super::{Context, embed};
use crate::error::{Error, RequestError};
use crate::logic::request::ast::{
    Aggregate, Field, JoinType, JsonOperand, Query, RowRange, SelectField, SelectItem, SelectRelation,
};

/// Where rows come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A table or view.
    Table(QualifiedName),
    /// What the statement's own mutation or call yields.
    Source,
    /// A function of the parent's row.
    Function(QualifiedName),
}

/// One level of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadPlan {
    /// Where rows come from.
    pub origin: Origin,
    /// The table whose rows they are, when that is known.
    pub table: Option<QualifiedName>,
    /// The name of the origin within the statement, when it is not the table's own.
    pub alias: Option<String>,
    /// The columns, in order; empty for no column at all.
    pub select: Vec<PlannedColumn>,
    /// What all rows fulfil.
    pub conditions: Vec<Condition>,
    /// How rows are sorted.
    pub order: Vec<PlannedOrder>,
    /// Which of the sorted rows are wanted.
    pub range: RowRange,
    /// The embedded resources.
    pub embeds: Vec<Embed>,
    /// Rows become text as they are, not JSON: what is embedded in them is to look as PostgREST's does.
    pub embeds_as_jsonb: bool,
}

/// A column of the answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlannedColumn {
    /// What is selected; the name `*` stands for all columns.
    pub field: PlannedField,
    /// `.sum()` and its like.
    pub aggregate: Option<Aggregate>,
    /// The cast of the aggregate's result.
    pub aggregate_cast: Option<String>,
    /// The cast of the column.
    pub cast: Option<String>,
    /// The key in the answer, when it is not the column's name.
    pub alias: Option<String>,
}

/// An embedded resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Embed {
    /// What filters call it, and its key in the answer.
    pub name: String,
    /// What `select` calls it without its alias.
    pub target: String,
    /// Number of the embedded resource within the statement.
    pub number: usize,
    /// How it belongs to its parent.
    pub relationship: Relationship,
    /// How it appears in the answer.
    pub shape: Shape,
    /// Parents without it are left out.
    pub inner: bool,
    /// What is read of it.
    pub plan: ReadPlan,
}

/// How an embedded resource appears in the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// As an object or array under its name.
    Nested,
    /// Not at all: it only filters.
    Hidden,
    /// Its columns become the parent's.
    Spread(Vec<SpreadColumn>),
}

/// A column that a spread resource gives to its parent.
#[derive(Clone, Debug, PartialEq)]
pub struct SpreadColumn {
    /// The key, there and in the answer.
    pub name: String,
    /// The key in the answer, when it differs.
    pub alias: Option<String>,
    /// An aggregate to compute in the parent.
    pub aggregate: Option<Aggregate>,
    /// The cast of the aggregate's result.
    pub aggregate_cast: Option<String>,
}

/// A resource that was named by its table although it has an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyName {
    /// The name used.
    pub target: String,
    /// The alias it should have been.
    pub alias: String,
}

/// A tree and what is to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedRead {
    /// The tree.
    pub plan: ReadPlan,
    /// Deprecated uses of names.
    pub legacy_names: Vec<LegacyName>,
}

impl ReadPlan {
    /// True when rows are shown as they are stored: all columns and nothing else.
    pub fn shows_whole_rows(&self) -> bool {
        let is_star = |column: &PlannedColumn| column.field.name == "*" && column.aggregate.is_none();
        self.embeds.is_empty() && matches!(self.select.as_slice(), [only] if is_star(only))
    }

    /// True when an embedded resource is a function of this level's rows.
    pub fn needs_whole_rows(&self) -> bool {
        let is_computed =
            |embed: &Embed| matches!(embed.relationship.cardinality, Cardinality::Computed { .. });
        self.embeds.iter().any(is_computed)
    }

    /// Names the columns that `*` stands for: the rows of a mutation or call may have more than the table's.
    pub fn name_columns(&mut self, table: &Table) {
        let is_star = |column: &PlannedColumn| column.field.name == "*" && column.aggregate.is_none();
        let Some(place) = self.select.iter().position(is_star) else { return };
        let named = table.columns.iter().map(|column| PlannedColumn {
            field: PlannedField { name: column.name.clone(), ..PlannedField::default() },
            ..PlannedColumn::default()
        });
        self.select.splice(place..=place, named);
    }

    /// Names used on this level that are no columns of `table`: functions of its rows.
    pub fn columns_beyond(&self, table: &Table) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut used = |field: &PlannedField| {
            if field.name != "*" && table.column(&field.name).is_none() && !names.contains(&field.name) {
                names.push(field.name.clone());
            }
        };
        self.select.iter().for_each(|column| used(&column.field));
        self.order.iter().filter(|order| order.embed.is_none()).for_each(|order| used(&order.field));
        self.conditions.iter().for_each(|condition| condition.fields(&mut used));
        names
    }

    /// True when rows are grouped.
    pub fn is_aggregated(&self) -> bool {
        self.select.iter().any(|column| column.aggregate.is_some())
            || self.embeds.iter().any(|embed| match &embed.shape {
                Shape::Spread(columns) => columns.iter().any(|column| column.aggregate.is_some()),
                _ => false,
            })
    }
}

/// Makes the tree. `max_rows` caps every level when given.
pub fn read(
    context: &Context<'_>,
    origin: Origin,
    table: Option<&Table>,
    query: &Query,
    range: RowRange,
    max_rows: Option<i64>,
) -> Result<PlannedRead, Error> {
    let mut builder = Builder { context, embeds: 0, depth: 0 };
    let all = [SelectItem::Field(SelectField {
        field: Field { name: "*".to_owned(), json_path: Vec::new() },
        ..SelectField::default()
    })];
    let select = if query.select.is_empty() { &all[..] } else { &query.select };
    let mut plan = builder.level(origin, table, select, false)?;
    plan.range = range;
    let mut legacy_names = Vec::new();
    for located in &query.filters {
        let level = descend(context, &mut plan, &located.path, &mut legacy_names)?;
        let condition = filter::filter(context, table_of(context, level), &level.embeds, &located.value)?;
        level.conditions.push(condition);
    }
    for located in &query.logic {
        let level = descend(context, &mut plan, &located.path, &mut legacy_names)?;
        let condition = filter::tree(context, table_of(context, level), &level.embeds, &located.value)?;
        level.conditions.push(condition);
    }
    for located in &query.order {
        let level = descend(context, &mut plan, &located.path, &mut legacy_names)?;
        let origin = level.table.as_ref().map_or(String::new(), |table| table.name.clone());
        let terms: Result<Vec<_>, _> = located
            .value
            .iter()
            .map(|term| filter::order(context, table_of(context, level), &level.embeds, &origin, term))
            .collect();
        level.order = terms?;
    }
    for located in &query.embedded_ranges {
        let level = descend(context, &mut plan, &located.path, &mut legacy_names)?;
        level.range = located.value;
    }
    if let Some(most) = max_rows {
        cap(&mut plan, most);
    }
    Ok(PlannedRead { plan, legacy_names })
}

fn cap(plan: &mut ReadPlan, most: i64) {
    plan.range.limit = Some(plan.range.limit.map_or(most, |limit| limit.min(most)));
    for embed in &mut plan.embeds {
        if embed.relationship.is_to_one() {
            // one row at most; only what hangs below can be many
            embed.plan.embeds.iter_mut().for_each(|below| cap(&mut below.plan, most));
        } else {
            cap(&mut embed.plan, most);
        }
    }
}

fn table_of<'a>(context: &Context<'a>, level: &ReadPlan) -> Option<&'a Table> {
    level.table.as_ref().and_then(|name| context.catalog.table(&name.schema, &name.name))
}

/// The level that a path of names leads to.
fn descend<'p>(
    context: &Context<'_>,
    mut level: &'p mut ReadPlan,
    path: &[String],
    legacy_names: &mut Vec<LegacyName>,
) -> Result<&'p mut ReadPlan, Error> {
    for step in path {
        let missing = |alias: Option<String>| RequestError::NotEmbedded { resource: step.clone(), alias };
        let by_name = level.embeds.iter().position(|embed| embed.name == *step);
        let by_target = level.embeds.iter().position(|embed| embed.target == *step);
        let index = match (by_name, by_target) {
            (Some(index), _) => index,
            (None, Some(index)) => {
                let alias = level.embeds.get(index).map(|embed| embed.name.clone()).unwrap_or_default();
                if !context.legacy_target_names {
                    return Err(missing(Some(alias)).into());
                }
                legacy_names.push(LegacyName { target: step.clone(), alias });
                index
            }
            (None, None) => return Err(missing(None).into()),
        };
        level = &mut level.embeds.get_mut(index).ok_or_else(|| missing(None))?.plan;
    }
    Ok(level)
}

struct Builder<'a> {
    context: &'a Context<'a>,
    embeds: usize,
    /// Levels above the one that is built.
    depth: usize,
}

impl Builder<'_> {
    fn level(
        &mut self,
        origin: Origin,
        table: Option<&Table>,
        select: &[SelectItem],
        is_spread: bool,
    ) -> Result<ReadPlan, Error> {
        let mut plan = ReadPlan {
            origin,
            table: table.map(|table| table.name.clone()),
            alias: None,
            select: Vec::new(),
            conditions: Vec::new(),
            order: Vec::new(),
            range: RowRange::default(),
            embeds: Vec::new(),
            embeds_as_jsonb: false,
        };
        for item in select {
            match item {
                SelectItem::Field(field) => self.columns(&mut plan, table, field, is_spread)?,
                SelectItem::Relation(relation) => {
                    let embed = self.embed(&plan, relation, false)?;
                    plan.embeds.push(embed);
                }
                SelectItem::Spread(relation) => {
                    let embed = self.embed(&plan, relation, true)?;
                    plan.embeds.push(embed);
                }
            }
        }
        self.refuse_same_names(&plan)?;
        Ok(plan)
    }

    /// Of two resources of one name only one could be shown.
    fn refuse_same_names(&self, plan: &ReadPlan) -> Result<(), RequestError> {
        let mut shown = plan.embeds.iter().filter(|embed| !matches!(embed.shape, Shape::Hidden));
        let twice = shown.find(|embed| {
            plan.embeds.iter().any(|other| other.number < embed.number && other.name == embed.name)
        });
        match twice {
            None => Ok(()),
            Some(embed) => Err(RequestError::SameName(format!(
                "{}_{}_{}",
                embed.relationship.table.name,
                embed.name,
                self.depth + 1
            ))),
        }
    }

    fn columns(
        &self,
        plan: &mut ReadPlan,
        table: Option<&Table>,
        selected: &SelectField,
        is_spread: bool,
    ) -> Result<(), Error> {
        if selected.aggregate.is_some() && !self.context.aggregates {
            return Err(RequestError::Aggregates.into());
        }
        let is_star = selected.field.name == "*" && selected.aggregate.is_none();
        // all columns are named where some are shown in a way of their own, or where a parent names them again
        let presented = self.context.catalog.has_representations()
            && table.is_some_and(|table| {
                table.columns.iter().any(|column| self.context.presenter(column.type_name.as_str()).is_some())
            });
        if let Some(table) = table.filter(|_| is_star && (is_spread || presented)) {
            for column in &table.columns {
                let field = Field { name: column.name.clone(), json_path: Vec::new() };
                let field = filter::field(self.context, Some(table), &field);
                plan.select.push(PlannedColumn { field, ..PlannedColumn::default() });
            }
            return Ok(());
        }
        let mut field = filter::field(self.context, table, &selected.field);
        if selected.aggregate.is_some() {
            field.presenter = None;
        }
        plan.select.push(PlannedColumn {
            alias: selected.alias.clone().or_else(|| path_alias(&selected.field, selected.aggregate)),
            field,
            aggregate: selected.aggregate,
            aggregate_cast: selected.aggregate_cast.clone(),
            cast: selected.cast.clone(),
        });
        Ok(())
    }

    fn embed(
        &mut self,
        parent: &ReadPlan,
        relation: &SelectRelation,
        is_spread: bool,
    ) -> Result<Embed, Error> {
        let unknown = QualifiedName::new(self.context.schema, String::new());
        let from = parent.table.as_ref().unwrap_or(&unknown);
        let relationship = embed::find(self.context, from, relation)?;
        self.embeds += 1;
        let number = self.embeds;
        let target = &relationship.foreign_table;
        let origin = match &relationship.cardinality {
            Cardinality::Computed { function, .. } => Origin::Function(function.clone()),
            _ => Origin::Table(target.clone()),
        };
        let table = self.context.catalog.table(&target.schema, &target.name);
        self.depth += 1;
        let alias = format!("{}_{}", target.name, self.depth);
        let level = self.level(origin, table, &relation.select, is_spread);
        self.depth -= 1;
        let mut plan = ReadPlan { alias: Some(alias), ..level? };
        let shape = if is_spread {
            Shape::Spread(spread_columns(&mut plan, &relationship)?)
        } else if relation.select.is_empty() || is_empty(&plan) {
            Shape::Hidden
        } else {
            Shape::Nested
        };
        Ok(Embed {
            name: relation.alias.clone().unwrap_or_else(|| relation.name.clone()),
            target: relation.name.clone(),
            number,
            relationship,
            shape,
            inner: relation.join == Some(JoinType::Inner),
            plan,
        })
    }
}

/// Nothing is selected, on any level: such a resource filters and does not appear.
fn is_empty(plan: &ReadPlan) -> bool {
    plan.select.is_empty() && plan.embeds.iter().all(|embed| matches!(embed.shape, Shape::Hidden))
}

/// A step into JSON is called after its last key; an aggregate, after the function.
fn path_alias(field: &Field, aggregate: Option<Aggregate>) -> Option<String> {
    if aggregate.is_some() || field.json_path.is_empty() {
        return None;
    }
    let last_key = field.json_path.iter().rev().find_map(|step| match &step.operand {
        JsonOperand::Key(key) => Some(key.clone()),
        JsonOperand::Index(_) => None,
    });
    Some(last_key.unwrap_or_else(|| field.name.clone()))
}

/// What a spread resource gives to its parent. Aggregates move up, for the parent groups.
fn spread_columns(plan: &mut ReadPlan, relationship: &Relationship) -> Result<Vec<SpreadColumn>, Error> {
    let mut columns = Vec::new();
    if !relationship.is_to_one() && plan.is_aggregated() {
        return Err(RequestError::NotImplemented(
            "Aggregates are not implemented for one-to-many or many-to-many spreads.".to_owned(),
        )
        .into());
    }
    for (index, column) in plan.select.iter_mut().enumerate() {
        let name = column.alias.clone().unwrap_or_else(|| column.field.name.clone());
        match column.aggregate.take() {
            None => columns.push(SpreadColumn { name, alias: None, aggregate: None, aggregate_cast: None }),
            Some(aggregate) => {
                let hidden = format!("aggregate_{index}");
                let key = column
                    .alias
                    .replace(hidden.clone())
                    .unwrap_or_else(|| aggregate_name(aggregate).to_owned());
                columns.push(SpreadColumn {
                    name: hidden,
                    alias: Some(key),
                    aggregate: Some(aggregate),
                    aggregate_cast: column.aggregate_cast.take(),
                });
            }
        }
    }
    for embed in &mut plan.embeds {
        match &mut embed.shape {
            Shape::Nested => columns.push(SpreadColumn {
                name: embed.name.clone(),
                alias: None,
                aggregate: None,
                aggregate_cast: None,
            }),
            Shape::Hidden => {}
            Shape::Spread(inner) => {
                for (index, column) in inner.iter_mut().enumerate() {
                    let key = column.alias.clone().unwrap_or_else(|| column.name.clone());
                    let Some(aggregate) = column.aggregate.take() else {
                        columns.push(SpreadColumn {
                            name: key,
                            alias: None,
                            aggregate: None,
                            aggregate_cast: None,
                        });
                        continue;
                    };
                    let hidden = format!("aggregate_{}_{index}", embed.number);
                    column.alias = Some(hidden.clone());
                    columns.push(SpreadColumn {
                        name: hidden,
                        alias: Some(key),
                        aggregate: Some(aggregate),
                        aggregate_cast: column.aggregate_cast.take(),
                    });
                }
            }
        }
    }
    Ok(columns)
}

/// The function's name in SQL, and the key of its result.
pub fn aggregate_name(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Sum => "sum",
        Aggregate::Avg => "avg",
        Aggregate::Max => "max",
        Aggregate::Min => "min",
        Aggregate::Count => "count",
    }
}
