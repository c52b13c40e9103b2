//! `PUT /user`: a user changes their own password, address, number or metadata.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::signup::{self, check_password};
use super::signup_existing::seconds_to_wait;
use crate::Ctx;
use crate::caller::Caller;
use crate::config::Config;
use crate::db::users::{self, OneTimeToken};
use crate::db::{Work, records, sessions};
use crate::error::{Error, PhoneTaken, Step};
use crate::logic::audit::{Action, Actor};
use crate::logic::identity_data::Provider;
use crate::logic::invalid::Invalid;
use crate::logic::pkce::{self, Challenge};
use crate::logic::user::User;
use crate::logic::{email_address, metadata, one_time_token, phone_number};
use crate::request::JsonBody;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UserUpdateBody {
    email: Option<String>,
    phone: Option<String>,
    password: Option<String>,
    nonce: Option<String>,
    data: Option<Map<String, Value>>,
    app_metadata: Option<Map<String, Value>>,
    channel: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

/// What is to change, every value checked; an address equal to the present one is no change.
struct Wish {
    email: Option<String>,
    phone: Option<String>,
    password: Option<String>,
    nonce: String,
    data: Option<Map<String, Value>>,
    challenge: Option<Challenge>,
}

/// The caller's user with everything that changed, or what still waits for a confirmation.
pub(crate) async fn user_update(
    State(ctx): State<Arc<Ctx>>,
    caller: Caller,
    headers: HeaderMap,
    JsonBody(body): JsonBody<UserUpdateBody>,
) -> Result<Response, Error> {
    let now = ctx.clock.now();
    let audience = caller.request_audience(&ctx, &headers).to_owned();
    let wish = check(&ctx.config, &caller.user, body)?;
    allow(&caller, &wish)?;
    check_addresses_are_free(&ctx, &caller.user, &wish, &audience).await?;
    let hash = match &wish.password {
        Some(password) => Some(new_password_hash(&ctx, &caller, password, &wish.nonce, now).await?),
        None => None,
    };

    let mut work = Work::transaction();
    push_password(&mut work, &caller, hash.as_deref(), now);
    if let Some(data) = wish.data {
        let change = metadata::change(data);
        work.push(Step::UpdateUser, users::merge_user_metadata(caller.user.id, &change, now));
    }
    if let Some(email) = &wish.email {
        push_email(&mut work, &ctx, &caller.user, email, wish.challenge.as_ref(), now)?;
    }
    if let Some(phone) = &wish.phone {
        push_phone(&mut work, &ctx, &caller.user, phone, now)?;
    }
    let entry = records::insert_audit_entry(&Actor::from(&caller.user), Action::UserModified, None, now);
    work.push(Step::Audit, entry);
    let stored = work.push(Step::FindUser, users::find_by_id(caller.user.id));
    let answers = work.run(&ctx.pool).await.map_err(|error| match error.violated_constraint() {
        Some("users_email_partial_key") => Error::EmailExists,
        Some("users_phone_key") => Error::PhoneExists(PhoneTaken::OnUpdate),
        _ => error,
    })?;
    let user = answers.user(stored)?.ok_or(Error::TokenUserNotFound)?;
    Ok(Json(user.shown()).into_response())
}

fn check(config: &Config, user: &User, body: UserUpdateBody) -> Result<Wish, Error> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let email = given(body.email).map(|email| email_address::normalise(&email)).transpose()?;
    let phone = given(body.phone).map(|phone| phone_number::normalise(&phone)).transpose()?;
    if phone.is_some() && given(body.channel).is_some_and(|channel| channel != "sms") {
        return Err(Invalid::Channel.into());
    }
    if let Some(password) = &body.password {
        check_password(config, password)?;
    }
    if body.app_metadata.is_some() {
        return Err(Error::AppMetadataNotAllowed);
    }
    let challenge = pkce::challenge(
        body.code_challenge.unwrap_or_default(),
        &body.code_challenge_method.unwrap_or_default(),
    )?;
    if user.is_anonymous && body.password.is_some() && email.is_none() && phone.is_none() {
        return Err(Error::AnonymousPassword);
    }
    Ok(Wish {
        email: email.filter(|email| email != user.email()),
        phone: phone.filter(|phone| phone != user.phone()),
        password: body.password,
        nonce: body.nonce.unwrap_or_default(),
        data: body.data,
        challenge,
    })
}

fn allow(caller: &Caller, wish: &Wish) -> Result<(), Error> {
    let is_sensitive = wish.password.is_some() || wish.email.is_some() || wish.phone.is_some();
    let is_aal2 = caller.session.as_ref().is_some_and(crate::logic::session::Session::is_aal2);
    if is_sensitive && caller.user.has_verified_factor() && !is_aal2 {
        return Err(Error::InsufficientAal);
    }
    if caller.user.is_sso_user && (is_sensitive || !wish.nonce.is_empty()) {
        return Err(Error::SsoManaged);
    }
    Ok(())
}

async fn check_addresses_are_free(ctx: &Ctx, user: &User, wish: &Wish, audience: &str) -> Result<(), Error> {
    let mut work = Work::questions();
    let email = wish
        .email
        .as_ref()
        .map(|email| work.push(Step::FindUser, users::find_holding_email(email, audience, Some(user.id))));
    let phone =
        wish.phone.as_ref().map(|phone| work.push(Step::FindUser, users::find_by_phone(phone, audience)));
    if work.is_empty() {
        return Ok(());
    }
    let answers = work.run(&ctx.pool).await?;
    let is_taken = |question: Option<usize>| question.is_some_and(|index| !answers.rows(index).is_empty());
    if is_taken(email) {
        return Err(Error::EmailExists);
    }
    if is_taken(phone) {
        return Err(Error::PhoneExists(PhoneTaken::OnUpdate));
    }
    Ok(())
}

async fn new_password_hash(
    ctx: &Ctx,
    caller: &Caller,
    password: &str,
    nonce: &str,
    now: DateTime<Utc>,
) -> Result<String, Error> {
    if ctx.config.email.secure_password_change && !signed_in_within_a_day(caller, now) {
        check_nonce(&ctx.config, &caller.user, nonce, now)?;
    }
    if let Some(hash) = caller.user.password_hash() {
        let is_same = ctx.passwords.verify(password.to_owned(), Some(hash.to_owned())).await?;
        if is_same {
            return Err(Error::SamePassword);
        }
    }
    ctx.passwords.hash(password.to_owned()).await
}

fn signed_in_within_a_day(caller: &Caller, now: DateTime<Utc>) -> bool {
    let signed_in = caller.session.as_ref().and_then(|session| session.created_at);
    signed_in.is_some_and(|at| now.signed_duration_since(at.0) <= chrono::Duration::hours(24))
}

/// The nonce that `/reauthenticate` mailed.
fn check_nonce(config: &Config, user: &User, nonce: &str, now: DateTime<Utc>) -> Result<(), Error> {
    if nonce.is_empty() {
        return Err(Error::ReauthenticationNeeded);
    }
    let address = if user.email().is_empty() { user.phone() } else { user.email() };
    let expected = user.reauthentication_token.as_deref().unwrap_or_default();
    let lifetime = chrono::Duration::seconds(i64::from(config.email.otp_expiry));
    let is_fresh =
        user.reauthentication_sent_at.is_some_and(|at| now.signed_duration_since(at.0) <= lifetime);
    let is_valid = is_fresh && expected == one_time_token::hash(address, nonce, false);
    if is_valid { Ok(()) } else { Err(Error::ReauthenticationNotValid) }
}

/// A new password signs out every other session.
fn push_password(work: &mut Work, caller: &Caller, hash: Option<&str>, now: DateTime<Utc>) {
    let Some(hash) = hash else { return };
    let user = &caller.user;
    work.push(Step::StorePassword, users::set_password(user.id, Some(hash), now));
    work.push(Step::StorePassword, users::delete_one_time_tokens(user.id));
    let sign_out = match &caller.session {
        Some(session) => sessions::delete_others(user.id, session.id),
        None => sessions::delete_all(user.id),
    };
    work.push(Step::StorePassword, sign_out);
    let entry = records::insert_audit_entry(&Actor::from(user), Action::UserUpdatedPassword, None, now);
    work.push(Step::Audit, entry);
}

/// An anonymous user takes an address at once where addresses need no confirmation; everyone else must confirm the new one,
/// and by default the old one too.
fn push_email(
    work: &mut Work,
    ctx: &Ctx,
    user: &User,
    email: &str,
    challenge: Option<&Challenge>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if user.is_anonymous && ctx.config.mailer_autoconfirm() {
        work.push(Step::UpdateUser, users::upsert_identity(user.id, Provider::Email, email, true, now));
        work.push(Step::UpdateUser, users::end_anonymity(user.id, now));
        work.push(Step::UpdateUser, users::set_confirmed_email(user.id, email, now));
        work.push(Step::UpdateUser, users::merge_user_metadata(user.id, &signup::email_verified(), now));
        work.push(Step::UpdateUser, users::delete_one_time_tokens(user.id));
        return Ok(());
    }
    if let Some(seconds) = seconds_to_wait(user.email_change_sent_at, ctx.config.email.max_frequency, now) {
        return Err(Error::MailTooSoon(seconds));
    }
    if let Some(challenge) = challenge {
        let flow = users::insert_flow_state(user.id, challenge, "email_change", "email_change", now);
        work.push(Step::UpdateUser, flow);
    }
    let hash = |address: &str| {
        let code = one_time_token::code(ctx.config.email.otp_length, &mut rand::rng());
        one_time_token::hash(address, &code, challenge.is_some())
    };
    let new_hash = hash(email);
    let asks_old_address = ctx.config.email.double_confirm_changes && !user.email().is_empty();
    let current_hash = if asks_old_address { hash(user.email()) } else { String::new() };
    work.push(Step::UpdateUser, users::set_email_change(user.id, email, &new_hash, &current_hash, now));
    if asks_old_address {
        let kind = OneTimeToken::EmailChangeCurrent;
        let token = users::insert_one_time_token(user.id, kind, &current_hash, user.email(), now);
        work.push(Step::UpdateUser, token);
    }
    let token = users::insert_one_time_token(user.id, OneTimeToken::EmailChangeNew, &new_hash, email, now);
    work.push(Step::UpdateUser, token);
    Ok(())
}

fn push_phone(work: &mut Work, ctx: &Ctx, user: &User, phone: &str, now: DateTime<Utc>) -> Result<(), Error> {
    if ctx.config.sms_autoconfirm() {
        work.push(Step::UpdateUser, users::upsert_identity(user.id, Provider::Phone, phone, true, now));
        work.push(Step::UpdateUser, users::set_confirmed_phone(user.id, phone, now));
        work.push(Step::UpdateUser, users::delete_one_time_tokens(user.id));
        work.push(Step::UpdateUser, users::end_anonymity(user.id, now));
        return Ok(());
    }
    if let Some(seconds) = seconds_to_wait(user.phone_change_sent_at, ctx.config.sms.max_frequency, now) {
        return Err(Error::SmsTooSoon(seconds));
    }
    let code = ctx.config.sms.test_otp.get(phone).ok_or(Error::SmsNotSent)?;
    let hash = one_time_token::hash(phone, code, false);
    work.push(Step::UpdateUser, users::set_phone_change(user.id, phone, &hash, now));
    let token = users::insert_one_time_token(user.id, OneTimeToken::PhoneChange, &hash, phone, now);
    work.push(Step::UpdateUser, token);
    Ok(())
}
