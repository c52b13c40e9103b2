//! How rows become the body: one aggregate over `t`.

use super::super::sql::Sql;
use crate::logic::plan::call::CallResult;
use crate::logic::plan::media::Handler;

/// What a row of `t` is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Rows with columns.
    Composite,
    /// One row with columns, shown without its array.
    OneComposite,
    /// A set of values.
    Scalars,
    /// One value.
    OneScalar,
}

/// The column that holds a function's value when it yields no columns.
pub(super) const SCALAR: &str = "pgrst_scalar";

impl Rows {
    pub(super) fn of_call(result: CallResult) -> Self {
        match (result.is_composite, result.is_set) {
            (true, true) => Self::Composite,
            (true, false) => Self::OneComposite,
            (false, true) => Self::Scalars,
            (false, false) => Self::OneScalar,
        }
    }

    fn item(self) -> &'static str {
        match self {
            Self::Composite | Self::OneComposite => "t.*",
            Self::Scalars | Self::OneScalar => "t.pgrst_scalar",
        }
    }
}

/// Writes the expression.
pub(super) fn body(sql: &mut Sql, handler: &Handler, rows: Rows) {
    match handler {
        Handler::Nothing => {
            sql.raw("null");
        }
        Handler::Json { nulls_stripped } => match rows {
            Rows::Composite | Rows::Scalars => {
                sql.raw("coalesce(");
                array(sql, rows, *nulls_stripped);
                sql.raw(", '[]')");
            }
            Rows::OneComposite | Rows::OneScalar => {
                sql.raw("coalesce(");
                array(sql, rows, *nulls_stripped);
                sql.raw(" -> 0, 'null')");
            }
        },
        Handler::Object { nulls_stripped } => {
            sql.raw("coalesce(");
            array(sql, rows, *nulls_stripped);
            sql.raw(" -> 0, 'null')");
        }
        Handler::Csv => csv(sql),
        Handler::GeoJson => {
            sql.raw("json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(ST_AsGeoJSON(t.*)::json), '[]'))");
        }
        Handler::Aggregate { function, relation, is_jsonb, .. } => {
            if *is_jsonb {
                // PostgREST's clients get the version byte that jsonb's binary form begins with
                sql.raw("E'\\x01' || ");
            }
            sql.qualified(function).raw("((t.*)");
            if let Some(relation) = relation {
                sql.raw("::").qualified(relation);
            }
            sql.raw(")");
            if *is_jsonb {
                sql.raw("::text");
            }
        }
        Handler::Scalar { .. } => {
            sql.raw("min(t.pgrst_scalar::text)");
        }
    }
}

fn array(sql: &mut Sql, rows: Rows, nulls_stripped: bool) {
    if nulls_stripped {
        sql.raw("json_agg(json_strip_nulls(to_json(").raw(rows.item()).raw(")))");
    } else {
        sql.raw("json_agg(").raw(rows.item()).raw(")");
    }
}

/// Keys of the first row, then every row as Postgres writes it, without its parentheses.
fn csv(sql: &mut Sql) {
    sql.raw(
        "coalesce((select string_agg(k, ',') from json_object_keys(json_agg(t.*) -> 0) k), '') || E'\\n' \
         || coalesce(string_agg(substr((t.*)::text, 2, length((t.*)::text) - 2), E'\\n'), '')",
    );
}
