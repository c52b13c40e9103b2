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
    sql.raw(", case");
    let before = sql.text().len();
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
    if sql.text().len() == before {
        sql.raw(" when false then 0");
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
