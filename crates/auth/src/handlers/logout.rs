//! `POST /logout?scope=global|local|others`: ends sessions. Refresh tokens go with them; access tokens die at their next use here.

use std::sync::Arc;

use axum::extract::State;
use axum::response::NoContent;

use crate::Ctx;
use crate::caller::Caller;
use crate::db::{Work, records, sessions};
use crate::error::{Error, Step};
use crate::logic::audit::{Action, Actor};
use crate::logic::invalid::Invalid;
use crate::request::Query;

/// 204, whether or not there was a session to end.
pub(crate) async fn logout(
    State(ctx): State<Arc<Ctx>>,
    caller: Caller,
    query: Query,
) -> Result<NoContent, Error> {
    let user = &caller.user;
    let delete = match (query.get("scope").unwrap_or("global"), &caller.session) {
        ("local", Some(session)) => sessions::delete(session.id),
        ("others", Some(session)) => sessions::delete_others(user.id, session.id),
        // a token without a session can only mean all of them
        ("global", _) | ("local" | "others", None) => sessions::delete_all(user.id),
        _ => return Err(Invalid::LogoutScope.into()),
    };
    let mut work = Work::transaction();
    let entry = records::insert_audit_entry(&Actor::from(user), Action::Logout, None, ctx.clock.now());
    work.push(Step::LogOut, entry);
    work.push(Step::LogOut, delete);
    work.run(&ctx.pool).await?;
    Ok(NoContent)
}
