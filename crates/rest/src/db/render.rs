//! The third stage: a plan becomes SQL. The only dynamic SQL of the product.
//!
//! Nothing is decided here. All results have the columns of [`Column`], so that they are read
//! in one way.

mod body;
mod change;
mod condition;
mod invoke;
mod select;
mod type_name;

use super::sql::Sql;
use crate::logic::plan::call::CallPlan;
use crate::logic::plan::media::Handler;
use crate::logic::plan::read::ReadPlan;
use crate::logic::plan::write::WritePlan;
use crate::logic::request::ast::RowRange;
use crate::logic::request::media_type::{PlanFormat, PlanMediaType, PlanOption};
use crate::logic::request::preferences::Count;

/// The columns of every main statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Column {
    /// How many rows there are without limit and offset; null when not asked for.
    Total = 0,
    /// How many rows the body shows, or how many were changed.
    Rows = 1,
    /// The body.
    Body = 2,
    /// The setting `response.headers`.
    Headers = 3,
    /// The setting `response.status`.
    Status = 4,
    /// Fails on purpose when the outcome is not acceptable; else null.
    Check = 5,
    /// Primary key of the one row that was inserted, as a JSON array of texts.
    Key = 6,
    /// How many rows an upsert added rather than changed.
    Inserted = 7,
}

/// Name of the common table expression that holds what a mutation or call yields.
const SOURCE: &str = "pgrst_source";

/// What the whole statement has to bring besides rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted<'a> {
    /// How the body is made.
    pub handler: &'a Handler,
    /// How rows are counted.
    pub count: Option<Count>,
    /// `db-max-rows`
    pub max_rows: Option<i64>,
    /// Refuse another number of rows than one.
    pub singular: bool,
    /// Refuse more rows than this.
    pub max_affected: Option<i64>,
}

/// What a purposeful failure means: the text in front of the number of rows.
pub(super) const NOT_SINGULAR: &str = "pgrst.rows.singular:";
/// See [`NOT_SINGULAR`].
pub(super) const TOO_MANY_AFFECTED: &str = "pgrst.rows.max_affected:";
/// See [`NOT_SINGULAR`].
pub(super) const PUT_MISMATCH: &str = "pgrst.rows.put:";

/// The statement that reads.
pub fn read(plan: &ReadPlan, wanted: &Wanted<'_>) -> Sql {
    let mut sql = Sql::new();
    sql.raw("select ");
    total(&mut sql, plan, wanted);
    sql.raw(", count(*), ");
    body::body(&mut sql, wanted.handler, body::Rows::Composite);
    response_settings(&mut sql);
    check(&mut sql, wanted, false);
    sql.raw(" from (");
    select::level(&mut sql, plan);
    sql.raw(") t");
    sql
}

/// The statement that changes.
pub fn write(plan: &WritePlan, payload: Option<&change::Body<'_>>, wanted: &Wanted<'_>) -> Sql {
    let mut sql = Sql::new();
    sql.raw("with ").raw(SOURCE).raw(" as (");
    change::change(&mut sql, plan, payload);
    sql.raw(") select ");
    let shows_rows = *wanted.handler != Handler::Nothing;
    sql.raw(if wanted.count.is_some() { "count(*)" } else { "null" });
    sql.raw(", count(*), ");
    body::body(&mut sql, wanted.handler, body::Rows::Composite);
    response_settings(&mut sql);
    check(&mut sql, wanted, change::is_put(plan));
    change::key(&mut sql, plan);
    change::inserted(&mut sql, plan);
    if shows_rows {
        sql.raw(" from (");
        select::level(&mut sql, &plan.read.plan);
        sql.raw(") t");
    } else {
        sql.raw(" from ").raw(SOURCE).raw(" t");
    }
    sql
}

/// The statement that calls a function.
pub fn call(plan: &CallPlan, payload: Option<&change::Body<'_>>, wanted: &Wanted<'_>) -> Sql {
    let mut sql = Sql::new();
    sql.raw("with ").raw(SOURCE).raw(" as (");
    invoke::invoke(&mut sql, plan, payload);
    sql.raw(") select ");
    total(&mut sql, &plan.read.plan, wanted);
    sql.raw(", count(*), ");
    body::body(&mut sql, wanted.handler, body::Rows::of_call(plan.result));
    response_settings(&mut sql);
    check(&mut sql, wanted, false);
    sql.raw(" from (");
    select::level(&mut sql, &plan.read.plan);
    sql.raw(") t");
    sql
}

pub use change::{Body, shown_key};

/// The statement whose plan estimates how many rows there are.
pub fn estimate(plan: &ReadPlan) -> Sql {
    let mut sql = Sql::new();
    sql.raw("explain (format json) ");
    select::counted(&mut sql, plan, None);
    sql
}

/// The same statement, explained instead of run.
pub fn explain(statement: &Sql, how: &PlanMediaType) -> Sql {
    let mut sql = Sql::new();
    sql.raw(match how.format {
        PlanFormat::Json => "explain (format json",
        PlanFormat::Text => "explain (format text",
    });
    for option in &how.options {
        sql.raw(match option {
            PlanOption::Analyze => ", analyze",
            PlanOption::Verbose => ", verbose",
            PlanOption::Settings => ", settings",
            PlanOption::Buffers => ", buffers",
            PlanOption::Wal => ", wal",
        });
    }
    sql.raw(") ");
    sql.append(statement);
    sql
}

fn total(sql: &mut Sql, plan: &ReadPlan, wanted: &Wanted<'_>) {
    let limit = match wanted.count {
        None | Some(Count::Planned) => {
            sql.raw("null::bigint");
            return;
        }
        // without a range, the rows that are shown are all there are
        Some(_) if plan.range == RowRange::default() => {
            sql.raw("count(*)");
            return;
        }
        Some(Count::Exact) => None,
        // one more row than are ever sent tells that there are more
        Some(Count::Estimated) => wanted.max_rows.map(|most| most.saturating_add(1)),
    };
    sql.raw("(select count(*) from (");
    select::counted(sql, plan, limit);
    sql.raw(") c)");
}

fn response_settings(sql: &mut Sql) {
    sql.raw(", nullif(current_setting('response.headers', true), ''), nullif(current_setting('response.status', true), '')");
}

/// A cast that fails with a text of ours, so that an unacceptable outcome rolls back by itself.
fn check(sql: &mut Sql, wanted: &Wanted<'_>, is_put: bool) {
    if !wanted.singular && !is_put && wanted.max_affected.is_none() {
        sql.raw(", null");
        return;
    }
    sql.raw(", case");
    if wanted.singular {
        sql.raw(" when count(*) <> 1 then ('").raw(NOT_SINGULAR).raw("' || count(*))::integer");
    }
    if is_put {
        sql.raw(" when count(*) <> 1 then ('").raw(PUT_MISMATCH).raw("' || count(*))::integer");
    }
    if let Some(most) = wanted.max_affected {
        sql.raw(" when count(*) > ")
            .bind(most)
            .raw(" then ('")
            .raw(TOO_MANY_AFFECTED)
            .raw("' || count(*))::integer");
    }
    sql.raw(" end");
}

/// The statement whose plan estimates how many rows a call yields.
pub fn estimate_call(plan: &CallPlan, payload: Option<&change::Body<'_>>) -> Sql {
    let mut sql = Sql::new();
    sql.raw("explain (format json) with ").raw(SOURCE).raw(" as (");
    invoke::invoke(&mut sql, plan, payload);
    sql.raw(") ");
    select::counted(&mut sql, &plan.read.plan, None);
    sql
}

#[cfg(test)]
mod tests {
    use pg::catalog::{Cardinality, ForeignKey, QualifiedName, Relationship};

    use super::*;
    use crate::logic::plan::filter::{Condition, PlannedField, PlannedOrder};
    use crate::logic::plan::read::{Embed, Origin, PlannedColumn, Shape};
    use crate::logic::request::ast::{Operation, OrderDirection, QuantifiedOperator};

    fn field(name: &str) -> PlannedField {
        PlannedField { name: name.to_owned(), ..PlannedField::default() }
    }

    fn level(table: &str, columns: &[&str]) -> ReadPlan {
        let name = QualifiedName::new("api", table);
        let select =
            columns.iter().map(|name| PlannedColumn { field: field(name), ..PlannedColumn::default() });
        ReadPlan {
            origin: Origin::Table(name.clone()),
            table: Some(name),
            alias: None,
            select: select.collect(),
            conditions: Vec::new(),
            order: Vec::new(),
            range: RowRange::default(),
            embeds: Vec::new(),
            embeds_as_jsonb: false,
        }
    }

    fn embed(cardinality: fn(ForeignKey) -> Cardinality, inner: bool) -> Embed {
        let key =
            ForeignKey { constraint: "fk".to_owned(), columns: vec![("own".to_owned(), "other".to_owned())] };
        Embed {
            name: "below".to_owned(),
            target: "b".to_owned(),
            number: 1,
            relationship: Relationship {
                table: QualifiedName::new("api", "a"),
                foreign_table: QualifiedName::new("api", "b"),
                cardinality: cardinality(key),
                table_is_view: false,
                foreign_table_is_view: false,
            },
            shape: Shape::Nested,
            inner,
            plan: level("b", &["y"]),
        }
    }

    /// What is between the statement's own columns and its end.
    fn rows_of(plan: &ReadPlan) -> String {
        let handler = Handler::Json { nulls_stripped: false };
        let wanted =
            Wanted { handler: &handler, count: None, max_rows: None, singular: false, max_affected: None };
        let sql = read(plan, &wanted);
        let (_, rows) = sql.text().split_once(" from (").expect("rows come from a subquery");
        rows.strip_suffix(") t").expect("the subquery is t").to_owned()
    }

    #[test]
    fn values_become_parameters_in_order() {
        let mut plan = level("a", &["x"]);
        plan.conditions.push(Condition::Filter {
            field: field("x"),
            negated: true,
            operation: Operation::Quantified {
                operator: QuantifiedOperator::Like,
                quantifier: None,
                value: "a*'".to_owned(),
            },
        });
        plan.order.push(PlannedOrder {
            embed: None,
            field: field("x"),
            direction: Some(OrderDirection::Descending),
            nulls: None,
        });
        plan.range = RowRange { offset: 5, limit: Some(2) };
        assert_eq!(
            rows_of(&plan),
            r#"select "api"."a"."x" as "x" from "api"."a" where not "api"."a"."x" like $1 order by "api"."a"."x" desc limit 2 offset $2"#
        );
    }

    #[test]
    fn embedded_rows_are_lateral_joins() {
        let cases: [(Embed, &str); 3] = [
            (
                embed(Cardinality::ManyToOne, false),
                r#"select "api"."a"."x" as "x", row_to_json(e1.*) as "below" from "api"."a" left join lateral (select "api"."b"."y" as "y" from "api"."b" where "api"."b"."other" = "api"."a"."own") e1 on true"#,
            ),
            (
                embed(Cardinality::OneToMany, false),
                r#"select "api"."a"."x" as "x", coalesce(e1.j, '[]') as "below" from "api"."a" left join lateral (select json_agg(r.*) as j from (select "api"."b"."y" as "y" from "api"."b" where "api"."b"."other" = "api"."a"."own") r) e1 on true"#,
            ),
            (
                embed(Cardinality::OneToMany, true),
                r#"select "api"."a"."x" as "x", coalesce(e1.j, '[]') as "below" from "api"."a" inner join lateral (select json_agg(r.*) as j from (select "api"."b"."y" as "y" from "api"."b" where "api"."b"."other" = "api"."a"."own") r) e1 on (e1.j) is distinct from null"#,
            ),
        ];
        for (embed, expected) in cases {
            let plan = ReadPlan { embeds: vec![embed], ..level("a", &["x"]) };
            assert_eq!(rows_of(&plan), expected);
        }
    }

    #[test]
    fn counting_looks_for_embedded_rows_and_shows_none() {
        let plan = ReadPlan { embeds: vec![embed(Cardinality::OneToMany, true)], ..level("a", &["x"]) };
        assert_eq!(
            estimate(&plan).text(),
            r#"explain (format json) select 1 from "api"."a" where exists (select 1 from "api"."b" where "api"."b"."other" = "api"."a"."own")"#
        );
    }
}
