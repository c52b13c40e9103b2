//! Insert, update, upsert and delete, each with what it returns.

use super::condition::{self, Embeds};
use super::select::{self, Reference};
use crate::db::sql::Sql;
use crate::logic::plan::write::{Change, Conflict, Returning, WritePlan, WrittenColumn};
use crate::logic::request::preferences::Resolution;

/// The JSON body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body<'a> {
    /// As sent.
    pub raw: &'a bytes::Bytes,
    /// What it is, by its first character.
    pub shape: BodyShape,
}

/// What a JSON body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyShape {
    /// An object.
    Object,
    /// An array.
    Array,
    /// An array without any element, or no array at all.
    Empty,
}

impl<'a> Body<'a> {
    /// Looks at the first characters only.
    pub fn new(raw: &'a bytes::Bytes) -> Self {
        let mut characters = raw.iter().filter(|byte| !byte.is_ascii_whitespace());
        let shape = match characters.next() {
            Some(b'{') => BodyShape::Object,
            Some(b'[') if characters.next() != Some(&b']') => BodyShape::Array,
            _ => BodyShape::Empty,
        };
        Self { raw, shape }
    }
}

/// Alias of the body's rows.
const BODY: &str = "pgrst_body";
/// Counts rows that were added, less those that were there.
const COUNT_ADDED: &str = "set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true), ''), '0')::bigint";

/// Writes the statement.
pub(super) fn change(sql: &mut Sql, plan: &WritePlan, payload: Option<&Body<'_>>) {
    match &plan.change {
        Change::Insert { columns, missing_default, conflict, .. } => {
            insert(sql, plan, columns, *missing_default, conflict.as_ref(), payload);
        }
        Change::Update { columns, .. } if columns.is_empty() => {
            // nothing to set: nothing happens, and no row is returned
            sql.raw("select ");
            returned(sql, plan);
            sql.raw(" from ").qualified(&plan.table).raw(" where false");
        }
        Change::Update { columns, missing_default } => {
            sql.raw("update ").qualified(&plan.table).raw(" set ");
            sql.join(columns, ", ", |sql, column| {
                sql.ident(&column.name).raw(" = ").raw(BODY).raw(".").ident(&column.name);
            });
            sql.raw(" from (");
            rows(sql, columns, *missing_default, payload);
            sql.raw(" limit 1) ").raw(BODY);
            filters(sql, plan, &Reference::Table(&plan.table));
            returning(sql, plan);
        }
        Change::Delete => {
            sql.raw("delete from ").qualified(&plan.table);
            filters(sql, plan, &Reference::Table(&plan.table));
            returning(sql, plan);
        }
    }
}

fn insert(
    sql: &mut Sql,
    plan: &WritePlan,
    columns: &[WrittenColumn],
    missing_default: bool,
    conflict: Option<&Conflict>,
    payload: Option<&Body<'_>>,
) {
    sql.raw("insert into ").qualified(&plan.table);
    let is_empty = payload.is_none_or(|body| body.shape == BodyShape::Empty);
    if columns.is_empty() && !is_empty {
        sql.raw(" default values");
    } else if columns.is_empty() {
        sql.raw(" select ").qualified(&plan.table).raw(".* from ").qualified(&plan.table).raw(" where false");
    } else {
        sql.raw(" (");
        sql.join(columns, ", ", |sql, column| {
            sql.ident(&column.name);
        });
        sql.raw(") select ");
        sql.join(columns, ", ", |sql, column| {
            sql.raw(BODY).raw(".").ident(&column.name);
        });
        sql.raw(" from (");
        rows(sql, columns, missing_default, payload);
        sql.raw(") ").raw(BODY);
        let mut keyword = " where ";
        if conflict.is_some() {
            sql.raw(keyword).raw(COUNT_ADDED).raw(" + 1)::text, true) is not null");
            keyword = " and ";
        }
        if !plan.conditions.is_empty() {
            sql.raw(keyword);
            condition::all(sql, &Reference::Alias(BODY), Embeds::Joined(&[]), &plan.conditions);
        }
    }
    if let Some(conflict) = conflict {
        on_conflict(sql, columns, conflict);
    }
    returning(sql, plan);
}

fn on_conflict(sql: &mut Sql, columns: &[WrittenColumn], conflict: &Conflict) {
    sql.raw(" on conflict (");
    sql.join(&conflict.columns, ", ", |sql, column| {
        sql.ident(column);
    });
    if conflict.resolution == Resolution::IgnoreDuplicates || columns.is_empty() {
        sql.raw(") do nothing");
        return;
    }
    sql.raw(") do update set ");
    sql.join(columns, ", ", |sql, column| {
        sql.ident(&column.name).raw(" = excluded.").ident(&column.name);
    });
    sql.raw(" where ").raw(COUNT_ADDED).raw(" - 1)::text, true) is not null");
}

/// The body as rows of the written columns.
fn rows(sql: &mut Sql, columns: &[WrittenColumn], missing_default: bool, payload: Option<&Body<'_>>) {
    let Some(body) = payload else {
        sql.raw("select null where false");
        return;
    };
    let is_object = body.shape == BodyShape::Object;
    let defaults: Vec<_> =
        columns.iter().filter(|column| missing_default && column.default.is_some()).collect();
    sql.raw("select ");
    sql.join(columns, ", ", |sql, column| match &column.reader {
        None => {
            sql.raw("r.").ident(&column.name);
        }
        Some(reader) => {
            sql.qualified(reader).raw("(r.").ident(&column.name).raw(") as ").ident(&column.name);
        }
    });
    sql.raw(" from ");
    if defaults.is_empty() {
        sql.raw(if is_object { "json_to_record(" } else { "json_to_recordset(" })
            .bind(body.raw.clone())
            .raw("::json)");
    } else {
        sql.raw(if is_object { "jsonb_array_elements(jsonb_build_array(" } else { "jsonb_array_elements((" });
        sql.bind(body.raw.clone()).raw("::jsonb)) e cross join lateral jsonb_to_record(jsonb_build_object(");
        sql.join(defaults, ", ", |sql, column| {
            sql.bind(&column.name).raw("::text, ");
            if let Some(default) = &column.default {
                sql.printed(default);
            }
        });
        sql.raw(") || e)");
    }
    sql.raw(" as r(");
    sql.join(columns, ", ", |sql, column| {
        sql.ident(&column.name).raw(" ");
        match &column.reader {
            None => {
                sql.printed(&column.data_type);
            }
            Some(_) => {
                sql.raw("json");
            }
        }
    });
    sql.raw(")");
}

fn filters(sql: &mut Sql, plan: &WritePlan, of: &Reference<'_>) {
    if !plan.conditions.is_empty() {
        sql.raw(" where ");
        condition::all(sql, of, Embeds::Joined(&[]), &plan.conditions);
    }
}

fn returning(sql: &mut Sql, plan: &WritePlan) {
    sql.raw(" returning ");
    returned(sql, plan);
}

fn returned(sql: &mut Sql, plan: &WritePlan) {
    let of = Reference::Table(&plan.table);
    match &plan.returning {
        Returning::Nothing => {
            sql.raw("1");
        }
        Returning::All(computed) => {
            of.column(sql, "*");
            for name in computed {
                sql.raw(", ");
                of.column(sql, name);
            }
        }
        Returning::Columns(names) => {
            sql.join(names, ", ", |sql, name| of.column(sql, name));
        }
    }
    select::add_row(sql, &plan.read.plan, &of);
}

/// True for `PUT`, which must change exactly one row.
pub(super) fn is_put(plan: &WritePlan) -> bool {
    matches!(plan.change, Change::Insert { is_put: true, .. })
}

/// The key of the only row, for `Location`.
pub(super) fn key(sql: &mut Sql, plan: &WritePlan) {
    let Some(columns) = shown_key(plan) else {
        sql.raw(", null");
        return;
    };
    sql.raw(", case when count(*) = 1 then json_agg(json_build_array(");
    sql.join(columns, ", ", |sql, name| {
        sql.raw("t.").ident(name).raw("::text");
    });
    sql.raw(")) -> 0 end");
}

/// The key's columns when the answer is to have a `Location`.
pub fn shown_key(plan: &WritePlan) -> Option<&[String]> {
    match (&plan.change, &plan.returning) {
        (Change::Insert { is_put: false, .. }, Returning::Columns(columns))
            if *columns == plan.primary_key && !columns.is_empty() && plan.key_shown =>
        {
            Some(&plan.primary_key)
        }
        _ => None,
    }
}

/// How many rows an upsert added.
pub(super) fn inserted(sql: &mut Sql, plan: &WritePlan) {
    match plan.change {
        Change::Insert { conflict: Some(_), .. } => {
            sql.raw(", nullif(current_setting('pgrst.inserted', true), '')");
        }
        _ => {
            sql.raw(", null");
        }
    }
}
