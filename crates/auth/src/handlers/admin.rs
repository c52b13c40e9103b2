//! `/admin`: for tokens of an administrator's role only (the extractor [`crate::caller::Admin`] sees to that).

pub(crate) mod user_create;
pub(crate) mod user_delete;
pub(crate) mod user_factors;
pub(crate) mod user_get;
pub(crate) mod user_update;
pub(crate) mod users_list;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::Ctx;
use crate::db::{Work, users};
use crate::error::{Error, Step};
use crate::logic::audit::Actor;
use crate::logic::go_duration::{self, DurationError};
use crate::logic::invalid::Invalid;
use crate::logic::user::User;

/// The segment of a path that should be a user's id.
type UserId = Result<Path<String>, PathRejection>;

/// What an administrator may say about a user, new or existing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AdminUserBody {
    id: Option<String>,
    aud: Option<String>,
    role: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    password: Option<String>,
    password_hash: Option<String>,
    email_confirm: Option<bool>,
    phone_confirm: Option<bool>,
    user_metadata: Option<Map<String, Value>>,
    app_metadata: Option<Map<String, Value>>,
    ban_duration: Option<String>,
}

async fn find_user(ctx: &Ctx, id: UserId) -> Result<User, Error> {
    let id = id.map_err(|_rejection| Error::UserIdNotUuid)?;
    let id = Uuid::try_parse(&id).map_err(|_error| Error::UserIdNotUuid)?;
    let answers = Work::ask(Step::LoadUser, users::find_by_id(id)).run(&ctx.pool).await?;
    answers.user(0)?.ok_or(Error::UserNotFound)
}

/// A text that was given and is not empty.
fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// What an administrator may do about a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ban {
    Until(DateTime<Utc>),
    Lifted,
}

impl Ban {
    /// Reads `ban_duration`: `none` or a duration from now; `None` when the body says nothing of it.
    fn read(duration: Option<&str>, now: DateTime<Utc>) -> Result<Option<Self>, Invalid> {
        let text = match duration {
            None | Some("") => return Ok(None),
            Some("none") => return Ok(Some(Self::Lifted)),
            Some(text) => text,
        };
        let duration = go_duration::parse(text).map_err(Invalid::BanDuration)?;
        let until = now.checked_add_signed(duration).ok_or(Invalid::BanDuration(DurationError::TooLong))?;
        Ok(Some(if duration.is_zero() { Self::Lifted } else { Self::Until(until) }))
    }

    /// The column `banned_until`.
    fn until(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Until(until) => Some(until),
            Self::Lifted => None,
        }
    }
}

/// What the audit log remembers of the user an administrator acted on.
fn traits(user_id: Uuid, email: &str, phone: &str) -> Value {
    json!({ "user_id": user_id, "user_email": email, "user_phone": phone })
}

fn actor(admin: &crate::caller::Admin) -> Actor {
    Actor::administrator(&admin.role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bans() {
        let now = DateTime::from_timestamp(1000, 0).unwrap();
        let after = |seconds: i64| Some(Ban::Until(DateTime::from_timestamp(1000 + seconds, 0).unwrap()));
        let cases = [
            (None, Ok(None)),
            (Some(""), Ok(None)),
            (Some("none"), Ok(Some(Ban::Lifted))),
            (Some("0"), Ok(Some(Ban::Lifted))),
            (Some("0s"), Ok(Some(Ban::Lifted))),
            (Some("24h"), Ok(after(86_400))),
            (Some("-1s"), Ok(after(-1))),
            (Some("forever"), Err(Invalid::BanDuration(DurationError::Number))),
        ];
        for (text, expected) in cases {
            assert_eq!(Ban::read(text, now), expected, "{text:?}");
        }
    }
}
