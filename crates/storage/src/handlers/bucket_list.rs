//! `GET /bucket`: the buckets that the caller may see.

use axum::body::Body;
use http::{HeaderMap, HeaderName, Response, header};
use serde_json::Value;

use super::{Asked, json_text};
use crate::db::buckets::{self, Listing};
use crate::error::Error;
use crate::logic::fields::Fields;
use crate::request;

pub(super) async fn answer(asked: Asked<'_>) -> Result<Response<Body>, Error> {
    let query = Fields::of_query(asked.query());
    let search = query.text("search")?.unwrap_or_default();
    let listing = Listing {
        sort_column: query.word("sortColumn", &["id", "name", "created_at", "updated_at"])?,
        sort_order: query.word("sortOrder", &["asc", "desc"])?.unwrap_or("asc"),
        search: format!("%{}%", search.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")),
        limit: query.integer("limit", 1)?,
        offset: query.integer("offset", 0)?.unwrap_or_default(),
    };
    let mut listed = buckets::list(&asked.ctx.pool, asked.scope(), &listing).await?;
    if fails_on_types(asked.headers()) {
        let mut buckets: Vec<serde_json::Map<String, Value>> = serde_json::from_str(&listed)?;
        for bucket in &mut buckets {
            bucket.remove("type");
        }
        listed = serde_json::to_string(&buckets)?;
    }
    Ok(json_text(listed))
}

/// Older Python clients give up on a member they don't know.
fn fails_on_types(headers: &HeaderMap) -> bool {
    let client = request::text(headers, HeaderName::from_static("x-client-info")).unwrap_or_default();
    let agent = request::text(headers, header::USER_AGENT).unwrap_or_default();
    is_before(client, "supabase-py/", (2, 18, 0)) || is_before(agent, "supabase-py/storage3 v", (0, 12, 1))
}

fn is_before(text: &str, name: &str, version: (u32, u32, u32)) -> bool {
    let Some(at) = text.find(name) else { return false };
    let given = text.get(at + name.len()..).unwrap_or_default();
    let mut parts = given.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch))) => (major, minor, patch) < version,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert!(is_before("supabase-py/2.17.9", "supabase-py/", (2, 18, 0)));
        assert!(!is_before("supabase-py/2.18.0", "supabase-py/", (2, 18, 0)));
        assert!(is_before("supabase-py/storage3 v0.9.5", "supabase-py/storage3 v", (0, 12, 1)));
        for other in ["supabase-js/1.0.0", "", "supabase-py/x"] {
            assert!(!is_before(other, "supabase-py/", (2, 18, 0)), "{other}");
        }
    }
}
