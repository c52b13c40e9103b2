//! `POST /object/list/{bucket}`: what lies right below a folder, case ignored, pages counted.

use axum::body::Body;
use http::Response;

use super::{Asked, check_bucket, json_text};
use crate::db::listing::{self, Search};
use crate::error::Error;
use crate::request;

const COLUMNS: &[&str] = &["name", "updated_at", "created_at", "last_accessed_at"];

pub(super) async fn answer(asked: Asked<'_>, bucket: &str, body: Body) -> Result<Response<Body>, Error> {
    let fields = request::json(asked.headers(), body).await?;
    let mut prefix = fields.required_text("prefix")?;
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    let sort = fields.object("sortBy")?;
    let (column, order) = match &sort {
        None => (None, None),
        Some(sort) => {
            sort.required_text("column")?;
            (sort.word("column", COLUMNS)?, sort.word("order", &["asc", "desc"])?)
        }
    };
    let search = Search {
        prefix,
        text: fields.text("search")?.unwrap_or_default(),
        limit: most_rows(fields.integer("limit", 1)?.unwrap_or(100)),
        offset: most_rows(fields.integer("offset", 0)?.unwrap_or_default()),
        column: column.unwrap_or("name"),
        order: order.unwrap_or("asc"),
    };
    check_bucket(bucket)?;
    listing::search(&asked.ctx.pool, asked.scope(), bucket, &search).await.map(json_text)
}

/// The database counts with 32 bits.
fn most_rows(count: i64) -> i64 {
    count.min(i64::from(i32::MAX) / 2)
}
