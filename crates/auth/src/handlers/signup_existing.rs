//! `POST /signup` with an address that is taken. Without autoconfirm the answer must not tell that it is.

use axum::Json;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::signup::{self, Registration};
use crate::Ctx;
use crate::db::{Work, records, users};
use crate::error::{Error, Step};
use crate::logic::audit::{Action, Actor};
use crate::logic::identity_data::Provider;
use crate::logic::timestamp::Timestamp;
use crate::logic::user::User;
use crate::request::Origin;
use crate::tokens::NewSession;

pub(super) async fn signup_existing(
    ctx: &Ctx,
    origin: &Origin,
    registration: &Registration,
    user: User,
) -> Result<Response, Error> {
    let is_confirmed = match registration.provider {
        Provider::Email => user.email_confirmed_at.is_some(),
        Provider::Phone => user.phone_confirmed_at.is_some(),
    };
    if is_confirmed {
        repeated(ctx, registration, user).await
    } else if signup::confirms_at_once(&ctx.config, registration.provider) {
        claim(ctx, origin, registration, user).await
    } else {
        ask_again(ctx, registration, user).await
    }
}

/// Someone else's address, or one's own that was forgotten.
async fn repeated(ctx: &Ctx, registration: &Registration, user: User) -> Result<Response, Error> {
    let now = ctx.clock.now();
    let traits = json!({ "provider": registration.provider.name() });
    let entry =
        records::insert_audit_entry(&Actor::from(&user), Action::UserRepeatedSignUp, Some(traits), now);
    Work::ask(Step::Audit, entry).run(&ctx.pool).await?;
    if ctx.config.mailer_autoconfirm() || ctx.config.sms_autoconfirm() {
        return Err(Error::UserAlreadyExists);
    }
    let made_up = made_up(user, registration, now)?;
    Ok(Json(made_up.shown()).into_response())
}

/// A user that looks newly signed up and exists nowhere.
fn made_up(mut user: User, registration: &Registration, now: DateTime<Utc>) -> Result<User, Error> {
    let provider = registration.provider.name();
    let app_metadata = json!({ "provider": provider, "providers": [provider] });
    user.id = Uuid::new_v4();
    user.aud = Some(registration.audience.clone());
    user.role = None;
    user.raw_app_meta_data = Some(serde_json::value::to_raw_value(&app_metadata).map_err(Error::Row)?);
    user.raw_user_meta_data = Some(serde_json::value::to_raw_value(&registration.data).map_err(Error::Row)?);
    let now = Some(Timestamp(now));
    (user.created_at, user.updated_at, user.confirmation_sent_at) = (now, now, now);
    match registration.provider {
        Provider::Email => user.phone = None,
        Provider::Phone => user.email = None,
    }
    (user.email_change, user.phone_change) = (None, None);
    user.identities.clear();
    user.factors.clear();
    for time in [
        &mut user.email_confirmed_at,
        &mut user.phone_confirmed_at,
        &mut user.confirmed_at,
        &mut user.invited_at,
        &mut user.recovery_sent_at,
        &mut user.email_change_sent_at,
        &mut user.phone_change_sent_at,
        &mut user.reauthentication_sent_at,
        &mut user.last_sign_in_at,
        &mut user.banned_until,
        &mut user.deleted_at,
    ] {
        *time = None;
    }
    Ok(user)
}

/// With autoconfirm an unconfirmed user can only come from an administrator or from before the setting was changed. Upstream
/// signs in whoever names the address; here only who knows the password.
async fn claim(
    ctx: &Ctx,
    origin: &Origin,
    registration: &Registration,
    user: User,
) -> Result<Response, Error> {
    let now = ctx.clock.now();
    let hash = user.password_hash().map(str::to_owned);
    let knows_password = ctx.passwords.verify(registration.password.clone(), hash).await?;
    if !knows_password || user.is_banned(now) {
        return Err(Error::UserAlreadyExists);
    }
    let actor = Actor::from(&user);
    let session = NewSession::by("password", now);
    let mut work = Work::transaction();
    signup::push_confirmation(&mut work, &actor, registration, user.id, now);
    signup::push_session(&mut work, &session, &actor, registration, user.id, origin, now);
    let stored = work.push(Step::FindUser, users::find_by_id(user.id));
    let user = work.run(&ctx.pool).await?.user(stored)?.ok_or(Error::UserNotFound)?;
    session.answer(ctx, &user, None)
}

/// The first mail may have got lost. The password of this request is not stored: it may be anyone's.
async fn ask_again(ctx: &Ctx, registration: &Registration, user: User) -> Result<Response, Error> {
    let now = ctx.clock.now();
    match registration.provider {
        Provider::Email => {
            let wait = seconds_to_wait(user.confirmation_sent_at, ctx.config.email.max_frequency, now);
            wait.map_or(Ok(()), |seconds| Err(Error::MailTooSoon(seconds)))?;
        }
        Provider::Phone => {
            let wait = seconds_to_wait(user.confirmation_sent_at, ctx.config.sms.max_frequency, now);
            wait.map_or(Ok(()), |seconds| Err(Error::SmsTooSoon(seconds)))?;
        }
    }
    let mut work = Work::transaction();
    signup::push_confirmation_request(&mut work, ctx, &Actor::from(&user), registration, user.id, now)?;
    let stored = work.push(Step::FindUser, users::find_by_id(user.id));
    let mut user = work.run(&ctx.pool).await?.user(stored)?.ok_or(Error::UserNotFound)?;
    if user.invited_at.is_some() {
        // what the inviter wrote is for the invited, who has not shown to be this caller
        user.raw_user_meta_data = None;
        user.identities.clear();
    }
    Ok(Json(user.shown()).into_response())
}

/// How long until something may be sent again; `None` when it may be now.
pub(super) fn seconds_to_wait(
    sent_at: Option<Timestamp>,
    frequency: std::time::Duration,
    now: DateTime<Utc>,
) -> Option<i64> {
    let frequency = chrono::Duration::from_std(frequency).unwrap_or(chrono::Duration::MAX);
    let left = sent_at?.0.checked_add_signed(frequency)? - now;
    (left > chrono::Duration::zero()).then(|| left.num_seconds())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn waiting() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let cases = [
            (None, 60, 100, None),
            (Some(100), 60, 100, Some(60)),
            (Some(100), 60, 159, Some(1)),
            (Some(100), 60, 160, None),
        ];
        for (sent_at, frequency, now, expected) in cases {
            let sent_at = sent_at.map(|seconds| Timestamp(at(seconds)));
            assert_eq!(seconds_to_wait(sent_at, Duration::from_secs(frequency), at(now)), expected);
        }
    }
}
