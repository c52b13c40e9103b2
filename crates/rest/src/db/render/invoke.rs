//! The call of a function, with its arguments from the body or the query string.

use super::body::SCALAR;
use super::change::{Body, BodyShape};
use super::select::{self, Reference};
use crate::db::sql::Sql;
use crate::logic::plan::call::{ArgumentValue, Arguments, CallPlan, NamedArgument};

/// Writes the select statement that calls.
pub(super) fn invoke(sql: &mut Sql, plan: &CallPlan, payload: Option<&Body<'_>>) {
    let composite = plan.result.is_composite;
    sql.raw("select ");
    if composite {
        let row = Reference::Alias(&plan.function.name);
        row.column(sql, "*");
        for name in &plan.computed {
            sql.raw(", ");
            row.column(sql, name);
        }
        select::add_row(sql, &plan.read.plan, &row);
    } else {
        function(sql, plan, payload);
        sql.raw(" as ").raw(SCALAR);
    }
    if let Arguments::Json(named) = &plan.arguments {
        sql.raw(" from (select * from ");
        arguments_from_json(sql, named, payload);
        sql.raw(" limit 1) pgrst_arguments");
        if composite {
            sql.raw(" cross join lateral ");
            function(sql, plan, payload);
            sql.raw(" as ").ident(&plan.function.name);
        }
    } else if composite {
        sql.raw(" from ");
        function(sql, plan, payload);
        sql.raw(" as ").ident(&plan.function.name);
    }
}

fn function(sql: &mut Sql, plan: &CallPlan, payload: Option<&Body<'_>>) {
    sql.qualified(&plan.function).raw("(");
    match &plan.arguments {
        Arguments::None => {}
        Arguments::Body { data_type } => {
            match payload {
                Some(body) if data_type == "bytea" => {
                    sql.bind(pg::Param::bytea(body.raw));
                }
                Some(body) => {
                    sql.bind(body.raw.clone());
                }
                None => {
                    sql.raw("null");
                }
            }
            sql.raw("::").printed(data_type);
        }
        Arguments::Json(named) => {
            sql.join(named, ", ", |sql, argument| {
                name(sql, argument);
                sql.raw("pgrst_arguments.").ident(&argument.name);
            });
        }
        Arguments::Values(values) => {
            sql.join(values, ", ", |sql, (argument, value)| {
                name(sql, argument);
                match value {
                    ArgumentValue::One(value) => {
                        sql.bind(value);
                    }
                    ArgumentValue::Many(values) => {
                        sql.bind(values);
                    }
                }
                sql.raw("::");
                parameter_type(sql, argument);
            });
        }
    }
    sql.raw(")");
}

fn name(sql: &mut Sql, argument: &NamedArgument) {
    if argument.is_variadic {
        sql.raw("variadic ");
    }
    sql.ident(&argument.name).raw(" := ");
}

/// Without a length, some types mean one character.
fn parameter_type(sql: &mut Sql, argument: &NamedArgument) {
    match argument.data_type.as_str() {
        "character" => sql.raw("character varying"),
        "character[]" => sql.raw("character varying[]"),
        "bit" => sql.raw("bit varying"),
        "bit[]" => sql.raw("bit varying[]"),
        _ => sql.printed(&argument.data_type),
    };
}

fn arguments_from_json(sql: &mut Sql, named: &[NamedArgument], payload: Option<&Body<'_>>) {
    let is_array = payload.is_some_and(|body| body.shape != BodyShape::Object);
    sql.raw(if is_array { "json_to_recordset(" } else { "json_to_record(" });
    match payload {
        Some(body) => {
            sql.bind(body.raw.clone());
        }
        None => {
            sql.raw("'{}'");
        }
    }
    sql.raw("::json) as r(");
    sql.join(named, ", ", |sql, argument| {
        sql.ident(&argument.name).raw(" ");
        parameter_type(sql, argument);
    });
    sql.raw(")");
}
