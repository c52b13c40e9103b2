//! `GET /admin/users?page&per_page&filter&sort`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Serialize;

use crate::Ctx;
use crate::caller::Admin;
use crate::db::{self, Work, users};
use crate::error::{Error, Step};
use crate::logic::invalid::Invalid;
use crate::logic::pagination::Page;
use crate::logic::user::{ShownUser, User};
use crate::request::{Query, audience_header};

const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");

#[derive(Serialize)]
struct UserList<'a> {
    users: Vec<ShownUser<'a>>,
    aud: &'a str,
}

/// A page of the audience's users, newest first.
pub(crate) async fn users_list(
    State(ctx): State<Arc<Ctx>>,
    _admin: Admin,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Error> {
    let audience = audience_header(&headers).unwrap_or(&ctx.config.audience);
    let ascending = is_ascending(&query)?;
    let page = Page::read(query.get("page"), query.get("per_page")).map_err(Invalid::Pagination)?;
    let filter = query.get("filter");

    let mut work = Work::questions();
    let count = work.push(Step::ListUsers, users::count(audience, filter));
    let list = work.push(Step::ListUsers, users::list(audience, filter, ascending, page));
    let answers = work.run(&ctx.pool).await?;
    let total: i64 = answers.value(count, 0)?.unwrap_or_default();
    let found: Vec<User> = answers.rows(list).iter().map(db::read_user).collect::<Result<_, _>>()?;

    let body = UserList { users: found.iter().map(User::shown).collect(), aud: audience };
    let mut response = Json(body).into_response();
    let total = u64::try_from(total).unwrap_or_default();
    let link = page.link("/admin/users", total, &query.others("page"));
    if let Ok(link) = HeaderValue::from_str(&link) {
        response.headers_mut().insert(header::LINK, link);
    }
    response.headers_mut().insert(TOTAL_COUNT, HeaderValue::from(total));
    Ok(response)
}

/// `sort=created_at asc|desc`, descending when it does not say.
fn is_ascending(query: &Query) -> Result<bool, Invalid> {
    let mut ascending = false;
    for (position, sort) in query.all("sort").enumerate() {
        let (field, direction) = sort.split_once(' ').unwrap_or((sort, "desc"));
        let this = match (field, direction.to_ascii_lowercase().as_str()) {
            ("created_at", "asc") => true,
            ("created_at", "desc") => false,
            _ => return Err(Invalid::Sort),
        };
        // a second order of the same column orders nothing
        if position == 0 {
            ascending = this;
        }
    }
    Ok(ascending)
}
