//! `POST /token?grant_type=refresh_token`: a refresh token for new tokens of the same session.

use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::Ctx;
use crate::db::sessions::{Rotate, Rotation};
use crate::db::{self, Work, sessions, users};
use crate::error::{Error, Step};
use crate::logic::audit::{self, Action, Actor};
use crate::logic::claims::AmrEntry;
use crate::logic::refresh_token;
use crate::logic::session::Session;
use crate::logic::timestamp::Timestamp;
use crate::logic::user::User;
use crate::request::Origin;
use crate::tokens;

/// SQLSTATE of a lock that was waited for too long.
const LOCK_NOT_AVAILABLE: &str = "55P03";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RefreshGrantBody {
    refresh_token: Option<String>,
}

/// The columns of `auth.refresh_tokens` that matter before the lock.
#[derive(Debug, Deserialize)]
struct PresentedToken {
    updated_at: Option<Timestamp>,
}

/// Two round trips: whose token it is, then, under the session's lock, what it is worth. The database decides the latter
/// (`rotate_refresh_token.sql`), so that fifty refreshes at once see one another's result, not one another's intention.
pub(super) async fn token_refresh(
    ctx: &Ctx,
    origin: &Origin,
    body: RefreshGrantBody,
) -> Result<Response, Error> {
    let presented = body.refresh_token.unwrap_or_default();
    refresh_token::check(&presented)?;
    let now = ctx.clock.now();
    let (user, session) = find(ctx, &presented, now).await?;

    let replacement = refresh_token::generate(&mut rand::rng());
    let actor = Actor::from(&user);
    let mut work = Work::transaction();
    work.push(Step::Refresh, sessions::limit_lock_wait());
    work.push(Step::Refresh, sessions::lock(session.id));
    let rotated = work.push(
        Step::Refresh,
        sessions::rotate_refresh_token(&Rotate {
            presented: &presented,
            replacement: &replacement,
            now,
            reuse_interval: ctx.config.refresh_token_reuse_interval,
            revoke_family: ctx.config.enable_refresh_token_rotation,
            origin,
            refreshed: &audit::payload(&actor, Action::TokenRefreshed, None),
            revoked: &audit::payload(&actor, Action::TokenRevoked, None),
        }),
    );
    let amr = work.push(Step::Refresh, sessions::list_amr_claims(session.id));
    let stored = work.push(Step::Refresh, users::find_by_id(user.id));
    let answers = work.run(&ctx.pool).await.map_err(|error| match error.sqlstate() {
        Some(LOCK_NOT_AVAILABLE) => Error::TooManyRefreshes,
        _ => error,
    })?;

    // no row: signed out between the two round trips
    let outcome: String = answers.value(rotated, 0)?.ok_or(Error::RefreshTokenNotFound)?;
    match Rotation::read(&outcome) {
        Some(Rotation::Rotated | Rotation::Active) => {}
        // what was revoked because of it is committed: only the answer is an error
        Some(Rotation::Reused) | None => return Err(Error::RefreshTokenAlreadyUsed),
    }
    let active: Option<String> = answers.value(rotated, 1)?.ok_or(Error::RefreshTokenNotFound)?;
    let active = active.ok_or(Error::RefreshTokenNotFound)?;
    let user = answers.user(stored)?.ok_or(Error::RefreshTokenNotFound)?;
    let amr = answers.rows(amr).iter().map(read_amr_entry).collect::<Result<_, _>>()?;
    tokens::answer(ctx, &user, session.id, &active, amr, None)
}

/// The user and the session of a token, both fit for a refresh.
async fn find(ctx: &Ctx, presented: &str, now: DateTime<Utc>) -> Result<(User, Session), Error> {
    let answers = Work::ask(Step::Refresh, sessions::find_refresh_token(presented)).run(&ctx.pool).await?;
    let row = answers.rows(0).first().ok_or(Error::RefreshTokenNotFound)?;
    let Some(session) = db::read_session(row, 3)? else {
        Work::ask(Step::Refresh, sessions::delete_refresh_token(presented)).run(&ctx.pool).await?;
        return Err(Error::RefreshTokenSessionNotFound);
    };
    if row.text(0).is_none() {
        return Err(Error::RefreshTokenNotFound);
    }
    let user = db::read_user(row)?;
    if user.is_banned(now) {
        return Err(Error::RefreshTokenUserBanned);
    }
    if session.oauth_client_id.is_some_and(|id| !id.is_nil()) {
        return Err(Error::RefreshTokenOfOauthClient);
    }
    let token: PresentedToken = serde_json::from_str(row.text(4).unwrap_or_default()).map_err(Error::Row)?;
    session.check(&ctx.config.sessions, now, token.updated_at).map_err(Error::RefreshTokenSessionExpired)?;
    Ok((user, session))
}

fn read_amr_entry(row: &pg::Row) -> Result<AmrEntry, Error> {
    let unreadable = |source| Error::database(Step::Refresh, source);
    Ok(AmrEntry { method: row.get(0).map_err(unreadable)?, timestamp: row.get(1).map_err(unreadable)? })
}
