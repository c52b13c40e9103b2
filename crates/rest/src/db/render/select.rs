//! One level of a read tree, with the levels below as lateral joins.

use pg::catalog::{Cardinality, ForeignKey, QualifiedName};

use super::SOURCE;
use super::condition::{self, Embeds};
use crate::db::sql::Sql;
use crate::logic::plan::filter::PlannedField;
use crate::logic::plan::read::{Embed, Origin, PlannedColumn, ReadPlan, Shape, SpreadColumn, aggregate_name};
use crate::logic::request::ast::Aggregate;

/// What the rows of a level are called within the statement.
pub(super) enum Reference<'a> {
    /// By schema and name.
    Table(&'a QualifiedName),
    /// By an alias.
    Alias(&'a str),
    /// The lateral join of that number.
    Lateral(usize),
}

impl<'a> Reference<'a> {
    pub(super) fn of(plan: &'a ReadPlan) -> Self {
        match (&plan.alias, &plan.origin) {
            (Some(alias), _) => Self::Alias(alias),
            (None, Origin::Table(name) | Origin::Function(name)) => Self::Table(name),
            (None, Origin::Source) => Self::Alias(SOURCE),
        }
    }

    /// A column of it; the name `*` is all of them.
    pub(super) fn column(&self, sql: &mut Sql, name: &str) {
        self.write(sql);
        sql.raw(".");
        if name == "*" {
            sql.raw("*");
        } else {
            sql.ident(name);
        }
    }

    fn write(&self, sql: &mut Sql) {
        match self {
            Self::Table(name) => sql.qualified(name),
            Self::Alias(alias) => sql.ident(alias),
            Self::Lateral(number) => sql.raw("e").position(*number),
        };
    }
}

/// The select statement of a level and all below it.
pub(super) fn level(sql: &mut Sql, plan: &ReadPlan) {
    select(sql, plan, None);
}

/// The rows that a level has without its range; only what decides about them is joined.
pub(super) fn counted(sql: &mut Sql, plan: &ReadPlan, limit: Option<i64>) {
    if plan.is_aggregated() {
        let unlimited = ReadPlan {
            range: crate::logic::request::ast::RowRange::default(),
            order: Vec::new(),
            ..plan.clone()
        };
        return select(sql, &unlimited, None);
    }
    found(sql, plan, None);
    if let Some(limit) = limit {
        sql.limit(limit);
    }
}

/// The rows of a level without what they show; embedded resources are only looked for.
fn found(sql: &mut Sql, plan: &ReadPlan, parent: Option<Parent<'_>>) {
    let of = Reference::of(plan);
    sql.raw("select 1");
    from(sql, plan, parent);
    let mut keyword = wheres(sql, plan, &of, parent, Embeds::Sought(plan));
    for embed in plan.embeds.iter().filter(|embed| embed.inner) {
        sql.raw(keyword);
        lateral::sought(sql, embed, plan, false);
        keyword = " and ";
    }
}

/// How a level hangs on its parent.
#[derive(Clone, Copy)]
struct Parent<'a> {
    plan: &'a ReadPlan,
    embed: &'a Embed,
}

fn select(sql: &mut Sql, plan: &ReadPlan, parent: Option<Parent<'_>>) {
    let of = Reference::of(plan);
    sql.raw("select ");
    let grouped = columns(sql, plan, &of);
    from(sql, plan, parent);
    for embed in &plan.embeds {
        lateral::join(sql, embed, plan);
    }
    wheres(sql, plan, &of, parent, Embeds::Joined(&plan.embeds));
    if plan.is_aggregated() && !grouped.is_empty() {
        sql.raw(" group by ");
        sql.join(grouped, ", ", |sql, column| match column {
            Grouped::Position(position) => {
                sql.position(position);
            }
            Grouped::Field(field) => condition::field(sql, &of, field),
        });
    }
    if !plan.order.is_empty() {
        sql.raw(" order by ");
        condition::order(sql, &of, &plan.embeds, &plan.order);
    }
    if let Some(limit) = plan.range.limit {
        sql.limit(limit);
    }
    if plan.range.offset != 0 {
        sql.raw(" offset ").bind(plan.range.offset);
    }
}

/// What rows are grouped by.
enum Grouped<'a> {
    /// A column of the result.
    Position(usize),
    /// A domain's own value: what it is shown as may have no equality.
    Field(&'a PlannedField),
}

/// Writes the columns; returns those that are no aggregates.
fn columns<'a>(sql: &mut Sql, plan: &'a ReadPlan, of: &Reference<'_>) -> Vec<Grouped<'a>> {
    let mut position = 0;
    let mut grouped = Vec::new();
    let as_jsonb = plan.embeds_as_jsonb || plan.is_aggregated();
    let mut next = |sql: &mut Sql, by: Option<&'a PlannedField>, is_grouped: bool| {
        if position > 0 {
            sql.raw(", ");
        }
        position += 1;
        if is_grouped {
            grouped.push(by.map_or(Grouped::Position(position), Grouped::Field));
        }
    };
    for selected in &plan.select {
        let presented = selected.field.presenter.is_some().then_some(&selected.field);
        next(sql, presented, selected.aggregate.is_none());
        column(sql, of, selected);
    }
    for embed in &plan.embeds {
        match &embed.shape {
            Shape::Hidden => {}
            Shape::Nested => {
                next(sql, None, true);
                lateral::nested(sql, embed, as_jsonb);
            }
            Shape::Spread(columns) => {
                for spread in columns {
                    next(sql, None, spread.aggregate.is_none());
                    lateral::spread(sql, embed, spread);
                }
            }
        }
    }
    grouped
}

fn column(sql: &mut Sql, of: &Reference<'_>, selected: &PlannedColumn) {
    let value = |sql: &mut Sql| match &selected.cast {
        Some(name) => condition::cast(sql, name, |sql| presented(sql, of, &selected.field)),
        None => presented(sql, of, &selected.field),
    };
    let computed = |sql: &mut Sql| match selected.aggregate {
        // what a parent counts of a spread resource is its rows
        None if selected.field.name == "*" && selected.alias.is_some() => {
            sql.raw("1");
        }
        None => value(sql),
        Some(function) => aggregate(sql, function, selected.aggregate_cast.as_deref(), |sql| {
            if selected.field.name == "*" {
                sql.raw("*");
            } else {
                value(sql);
            }
        }),
    };
    computed(sql);
    let default = match selected.aggregate {
        Some(function) => aggregate_name(function),
        None => &selected.field.name,
    };
    let name = selected.alias.as_deref().unwrap_or(default);
    if name != "*" {
        sql.raw(" as ").ident(name);
    }
}

fn presented(sql: &mut Sql, of: &Reference<'_>, field: &PlannedField) {
    match &field.presenter {
        None => condition::field(sql, of, field),
        Some(presenter) => {
            sql.qualified(presenter).raw("(");
            condition::field(sql, of, field);
            sql.raw(")");
        }
    }
}

fn aggregate(sql: &mut Sql, function: Aggregate, cast: Option<&str>, value: impl FnOnce(&mut Sql)) {
    let call = |sql: &mut Sql| {
        sql.raw(aggregate_name(function)).raw("(");
        value(sql);
        sql.raw(")");
    };
    match cast {
        None => call(sql),
        Some(name) => condition::cast(sql, name, call),
    }
}

fn from(sql: &mut Sql, plan: &ReadPlan, parent: Option<Parent<'_>>) {
    sql.raw(" from ");
    match &plan.origin {
        Origin::Table(name) => {
            sql.qualified(name);
        }
        Origin::Source => {
            sql.raw(SOURCE);
        }
        Origin::Function(function) => {
            sql.qualified(function).raw("(");
            if let Some(parent) = parent {
                row(sql, parent.plan);
            }
            sql.raw(")");
        }
    }
    if let Some(alias) = &plan.alias {
        sql.raw(" as ").ident(alias);
    }
    if let Some(Cardinality::ManyToMany(junction)) =
        parent.map(|parent| &parent.embed.relationship.cardinality)
    {
        let number = parent.map_or(0, |parent| parent.embed.number);
        sql.raw(" cross join ").qualified(&junction.table).raw(" as j").position(number);
    }
}

/// What a mutation or call yields besides columns: its whole row, with the table's type.
const ROW: &str = "pgrst_row";

/// Adds the whole row to what a mutation or call yields, if a function of it is embedded.
pub(super) fn add_row(sql: &mut Sql, plan: &ReadPlan, of: &Reference<'_>) {
    if let Some(table) = plan.table.as_ref().filter(|_| plan.needs_whole_rows()) {
        sql.raw(", row(");
        of.column(sql, "*");
        sql.raw(")::").qualified(table).raw(" as ").raw(ROW);
    }
}

/// A whole row of a level, with the type that functions of it expect.
fn row(sql: &mut Sql, plan: &ReadPlan) {
    let of = Reference::of(plan);
    of.write(sql);
    match plan.origin {
        Origin::Source => {
            sql.raw(".").raw(ROW);
        }
        _ if plan.alias.is_some() => {}
        _ => {
            sql.raw(".*");
        }
    }
}

/// Writes the conditions; returns what would go in front of one more.
fn wheres(
    sql: &mut Sql,
    plan: &ReadPlan,
    of: &Reference<'_>,
    parent: Option<Parent<'_>>,
    embeds: Embeds<'_>,
) -> &'static str {
    let mut keyword = " where ";
    if let Some(parent) = parent {
        let above = Reference::of(parent.plan);
        let mut equal = |sql: &mut Sql, own: &dyn Fn(&mut Sql), other: &dyn Fn(&mut Sql)| {
            sql.raw(keyword);
            own(sql);
            sql.raw(" = ");
            other(sql);
            keyword = " and ";
        };
        let mut key = |sql: &mut Sql, key: &ForeignKey| {
            for (parent_column, column) in &key.columns {
                equal(sql, &|sql| of.column(sql, column), &|sql| above.column(sql, parent_column));
            }
        };
        match &parent.embed.relationship.cardinality {
            Cardinality::ManyToOne(columns)
            | Cardinality::OneToMany(columns)
            | Cardinality::OneToOne { key: columns, .. } => {
                key(sql, columns);
            }
            Cardinality::ManyToMany(junction) => {
                let number = parent.embed.number;
                let middle = |sql: &mut Sql, name: &str| {
                    sql.raw("j").position(number).raw(".").ident(name);
                };
                for (own, middle_column) in &junction.target.columns {
                    equal(sql, &|sql| of.column(sql, own), &|sql| middle(sql, middle_column));
                }
                for (parent_column, middle_column) in &junction.source.columns {
                    equal(sql, &|sql| middle(sql, middle_column), &|sql| above.column(sql, parent_column));
                }
            }
            Cardinality::Computed { .. } => {}
        }
    }
    if !plan.conditions.is_empty() {
        sql.raw(keyword);
        condition::all(sql, of, embeds, &plan.conditions);
        keyword = " and ";
    }
    keyword
}

/// Embedded resources: a lateral join, and what is shown of it.
pub(super) mod lateral {
    use super::{Embed, Parent, ReadPlan, Reference, Shape, SpreadColumn, Sql, aggregate, found, select};

    /// Joins the embedded rows: as they are when there is one at most, else in one aggregate.
    pub(in super::super) fn join(sql: &mut Sql, embed: &Embed, parent: &ReadPlan) {
        sql.raw(if embed.inner { " inner join lateral (" } else { " left join lateral (" });
        let below = Some(Parent { plan: parent, embed });
        if embed.relationship.is_to_one() {
            select(sql, &embed.plan, below);
            sql.raw(") e").position(embed.number).raw(" on true");
            return;
        }
        match &embed.shape {
            Shape::Spread(columns) if !columns.is_empty() => {
                sql.raw("select ");
                sql.join(columns, ", ", |sql, column| {
                    sql.raw("json_agg(r.").ident(&column.name).raw(") as ").ident(&column.name);
                });
            }
            _ => {
                sql.raw("select json_agg(r.*) as j");
            }
        }
        sql.raw(" from (");
        select(sql, &embed.plan, below);
        sql.raw(") r) e").position(embed.number).raw(" on ");
        if embed.inner {
            exists(sql, embed, false);
        } else {
            sql.raw("true");
        }
    }

    /// Whether there are embedded rows.
    pub(in super::super) fn exists(sql: &mut Sql, embed: &Embed, negated: bool) {
        sql.raw("(e").position(embed.number);
        if embed.relationship.is_to_one() {
            sql.raw(".*");
        } else {
            match &embed.shape {
                Shape::Spread(columns) if !columns.is_empty() => {
                    sql.raw(".").join(columns.first(), "", |sql, column| {
                        sql.ident(&column.name);
                    });
                }
                _ => {
                    sql.raw(".j");
                }
            }
        }
        // unlike "is null", this does not look into the row
        sql.raw(if negated { ") is not distinct from null" } else { ") is distinct from null" });
    }

    /// Whether there are embedded rows, where they are not joined.
    pub(in super::super) fn sought(sql: &mut Sql, embed: &Embed, parent: &ReadPlan, negated: bool) {
        sql.raw(if negated { "not exists (" } else { "exists (" });
        found(sql, &embed.plan, Some(Parent { plan: parent, embed }));
        sql.raw(")");
    }

    /// The embedded rows under their own key; as `jsonb` they can be compared, and have PostgREST's text form.
    pub(super) fn nested(sql: &mut Sql, embed: &Embed, as_jsonb: bool) {
        let is_to_one = embed.relationship.is_to_one();
        match (is_to_one, as_jsonb) {
            (true, false) => {
                sql.raw("row_to_json(e").position(embed.number).raw(".*)");
            }
            (true, true) => {
                sql.raw("to_jsonb(e").position(embed.number).raw(".*)");
            }
            (false, false) => {
                sql.raw("coalesce(e").position(embed.number).raw(".j, '[]')");
            }
            (false, true) => {
                sql.raw("coalesce(e").position(embed.number).raw(".j, '[]')::jsonb");
            }
        }
        sql.raw(" as ").ident(&embed.name);
    }

    /// One column of the embedded rows under a key of the parent.
    pub(super) fn spread(sql: &mut Sql, embed: &Embed, column: &SpreadColumn) {
        let of = Reference::Lateral(embed.number);
        let value = |sql: &mut Sql| {
            if embed.relationship.is_to_one() {
                of.column(sql, &column.name);
            } else {
                sql.raw("coalesce(");
                of.column(sql, &column.name);
                sql.raw(", '[]')");
            }
        };
        match column.aggregate {
            None => value(sql),
            Some(function) => aggregate(sql, function, column.aggregate_cast.as_deref(), value),
        }
        sql.raw(" as ").ident(column.alias.as_deref().unwrap_or(&column.name));
    }
}
