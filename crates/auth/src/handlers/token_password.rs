//! `POST /token?grant_type=password`: an address and a password for a session.

use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;

use crate::Ctx;
use crate::db::{Work, records, users};
use crate::error::{Error, Step};
use crate::logic::audit::{Action, Actor};
use crate::logic::identity_data::Provider;
use crate::logic::invalid::Invalid;
use crate::logic::user::User;
use crate::logic::{password_rules, phone_number};
use crate::request::{Origin, audience_header};
use crate::tokens::NewSession;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PasswordGrantBody {
    email: Option<String>,
    phone: Option<String>,
    password: Option<String>,
}

/// Two round trips: who is it, and the session. Between them the password, which costs the same for users that do not exist.
pub(super) async fn token_password(
    ctx: &Ctx,
    headers: &HeaderMap,
    origin: &Origin,
    body: PasswordGrantBody,
) -> Result<Response, Error> {
    let config = &ctx.config;
    let (email, phone) = (body.email.unwrap_or_default(), body.phone.unwrap_or_default());
    let audience = audience_header(headers).unwrap_or(&config.audience);
    let (provider, question) = match (email.is_empty(), phone.is_empty()) {
        (false, false) => return Err(Invalid::EmailAndPhoneOnLogin.into()),
        (true, true) => return Err(Invalid::EmailOrPhoneMissing.into()),
        (false, true) if !config.email.enable_signup => return Err(Error::EmailLoginDisabled),
        (true, false) if !config.sms.enable_signup => return Err(Error::PhoneLoginDisabled),
        (false, true) => (Provider::Email, users::find_by_email(&email.to_lowercase(), audience)),
        (true, false) => (Provider::Phone, users::find_by_phone(&phone_number::strip(&phone), audience)),
    };
    let found = Work::ask(Step::QuerySchema, question).run(&ctx.pool).await?.user(0)?;

    let password = body.password.unwrap_or_default();
    let hash = found.as_ref().and_then(User::password_hash).map(str::to_owned);
    let is_right = ctx.passwords.verify(password.clone(), hash).await?;
    let user = admit(found, is_right, provider, ctx.clock.now())?;

    let now = ctx.clock.now();
    let mut work = Work::transaction();
    let traits = json!({ "provider": provider.name() });
    work.push(
        Step::Audit,
        records::insert_audit_entry(&Actor::from(&user), Action::Login, Some(traits), now),
    );
    let session = NewSession::by("password", now);
    session.push(&mut work, user.id, origin);
    let stored = work.push(Step::FindUser, users::find_by_id(user.id));
    let answers = work.run(&ctx.pool).await.map_err(|error| match error.violated_constraint() {
        // deleted since the question
        Some("sessions_user_id_fkey") => Error::InvalidCredentials,
        _ => error,
    })?;
    let user = answers.user(stored)?.ok_or(Error::InvalidCredentials)?;
    // rules may have become stricter since the password was chosen: it still signs in, with a warning
    let weakness =
        password_rules::weakness(&password, config.minimum_password_length, config.password_requirements);
    session.answer(ctx, &user, weakness)
}

/// Whether the user may come in. Nothing but a ban is told to who does not know the password.
fn admit(
    found: Option<User>,
    password_is_right: bool,
    provider: Provider,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<User, Error> {
    let user = found.filter(|user| user.password_hash().is_some()).ok_or(Error::InvalidCredentials)?;
    if user.is_banned(now) {
        return Err(Error::UserBanned);
    }
    if !password_is_right {
        return Err(Error::InvalidCredentials);
    }
    match provider {
        Provider::Email if user.email_confirmed_at.is_none() => Err(Error::EmailNotConfirmed),
        Provider::Phone if user.phone_confirmed_at.is_none() => Err(Error::PhoneNotConfirmed),
        _ => Ok(user),
    }
}
