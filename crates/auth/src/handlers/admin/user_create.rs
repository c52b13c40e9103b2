//! `POST /admin/users`: an administrator makes a user. No mail, no session.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::HeaderMap;
use rand::Rng;
use rand::distr::Alphanumeric;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{AdminUserBody, Ban, actor, given, traits};
use crate::Ctx;
use crate::caller::Admin;
use crate::db::users::{self, NewUser};
use crate::db::{Work, records};
use crate::error::{Error, PhoneTaken, Step};
use crate::handlers::signup::email_verified;
use crate::logic::audit::Action;
use crate::logic::identity_data::Provider;
use crate::logic::invalid::Invalid;
use crate::logic::{email_address, metadata, password_hash, password_rules, phone_number, text};
use crate::request::{JsonBody, audience_header};

/// Length of the password of a user that was given none.
const RANDOM_PASSWORD_LENGTH: usize = 64;

/// A user as checked, and what is only set after the insert.
struct Wish {
    user: NewUser,
    password: Password,
    role: String,
    app_metadata: Option<serde_json::Map<String, Value>>,
    confirm_email: bool,
    confirm_phone: bool,
    ban: Option<Ban>,
}

enum Password {
    Plain(String),
    Hash(String),
}

/// 200 with the new user. Weak passwords are an administrator's own business.
pub(crate) async fn user_create(
    State(ctx): State<Arc<Ctx>>,
    admin: Admin,
    headers: HeaderMap,
    JsonBody(body): JsonBody<AdminUserBody>,
) -> Result<Response, Error> {
    let now = ctx.clock.now();
    let audience = audience_header(&headers).unwrap_or(&ctx.config.audience);
    let Wish { mut user, password, role, app_metadata, confirm_email, confirm_phone, ban } =
        check(&ctx, body, audience, now)?;
    check_addresses_are_free(&ctx, &user).await?;
    user.encrypted_password = match password {
        Password::Hash(hash) => hash,
        Password::Plain(password) => ctx.passwords.hash(password).await?,
    };

    let mut work = Work::transaction();
    let step = Step::SaveAdminUser;
    work.push(step, users::insert(&user, now));
    let addresses = [(Provider::Email, &user.email), (Provider::Phone, &user.phone)];
    for (provider, address) in addresses {
        if let Some(address) = address {
            work.push(step, users::upsert_identity(user.id, provider, address, false, now));
        }
    }
    let (email, phone) =
        (user.email.as_deref().unwrap_or_default(), user.phone.as_deref().unwrap_or_default());
    let mut traits = traits(user.id, email, phone);
    traits["provider"] = user.app_metadata["provider"].clone();
    work.push(step, records::insert_audit_entry(&actor(&admin), Action::UserSignedUp, Some(traits), now));
    work.push(step, users::set_role(user.id, &role, now));
    if let Some(members) = app_metadata {
        work.push(step, users::merge_app_metadata(user.id, &metadata::change(members), now));
    }
    if confirm_email {
        work.push(step, users::confirm_email(user.id, now));
        work.push(step, users::merge_user_metadata(user.id, &email_verified(), now));
    }
    if confirm_phone {
        work.push(step, users::confirm_phone(user.id, now));
    }
    if let Some(ban) = ban {
        work.push(step, users::set_banned_until(user.id, ban.until(), now));
    }
    let stored = work.push(step, users::find_by_id(user.id));
    let answers = work.run(&ctx.pool).await.map_err(|error| match error.violated_constraint() {
        Some("users_email_partial_key") => Error::EmailExists,
        Some("users_phone_key") => Error::PhoneExists(PhoneTaken::OnCreate),
        Some("users_pkey") => Invalid::UserIdTaken.into(),
        _ => error,
    })?;
    let user = answers.user(stored)?.ok_or(Error::UserNotFound)?;
    Ok(Json(user.shown()).into_response())
}

fn check(ctx: &Ctx, body: AdminUserBody, audience: &str, now: DateTime<Utc>) -> Result<Wish, Error> {
    let (email, phone) = (given(body.email), given(body.phone));
    let provider = match (&email, &phone) {
        (Some(_), _) => Provider::Email,
        (None, Some(_)) => Provider::Phone,
        (None, None) => return Err(Invalid::UserWithoutEmailAndPhone.into()),
    };
    let email = email.map(|email| email_address::normalise(&email)).transpose()?;
    let phone = phone.map(|phone| phone_number::normalise(&phone)).transpose()?;
    let password = match (body.password, given(body.password_hash)) {
        (Some(_), Some(_)) => return Err(Invalid::PasswordAndHash.into()),
        (None, Some(hash)) => {
            password_hash::check_importable(&hash)?;
            Password::Hash(hash)
        }
        (Some(password), None) if !password.is_empty() => {
            password_rules::check_length(&password)?;
            Password::Plain(password)
        }
        (_, None) => Password::Plain(random_password()),
    };
    let id = match given(body.id) {
        None => Uuid::new_v4(),
        Some(id) => Uuid::try_parse(&id).map_err(|_error| Invalid::UserId)?,
    };
    if id.is_nil() {
        return Err(Invalid::UserIdNil.into());
    }
    let aud = given(body.aud).unwrap_or_else(|| audience.to_owned());
    let role = given(body.role).unwrap_or_else(|| ctx.config.default_role.clone());
    text::check_column(&aud)?;
    text::check_column(&role)?;
    let providers: Vec<&str> =
        [email.as_ref().map(|_| "email"), phone.as_ref().map(|_| "phone")].into_iter().flatten().collect();
    Ok(Wish {
        user: NewUser {
            id,
            aud,
            email,
            phone,
            encrypted_password: String::new(),
            app_metadata: json!({ "provider": provider.name(), "providers": providers }),
            user_metadata: Value::Object(body.user_metadata.unwrap_or_default()),
            is_anonymous: false,
        },
        password,
        role,
        app_metadata: body.app_metadata,
        confirm_email: body.email_confirm.unwrap_or_default(),
        confirm_phone: body.phone_confirm.unwrap_or_default(),
        ban: Ban::read(body.ban_duration.as_deref(), now)?,
    })
}

fn random_password() -> String {
    rand::rng().sample_iter(Alphanumeric).take(RANDOM_PASSWORD_LENGTH).map(char::from).collect()
}

async fn check_addresses_are_free(ctx: &Ctx, user: &NewUser) -> Result<(), Error> {
    let mut work = Work::questions();
    let email = user
        .email
        .as_ref()
        .map(|email| work.push(Step::FindUser, users::find_holding_email(email, &user.aud, None)));
    let phone =
        user.phone.as_ref().map(|phone| work.push(Step::FindUser, users::find_by_phone(phone, &user.aud)));
    let answers = work.run(&ctx.pool).await?;
    let is_taken = |question: Option<usize>| question.is_some_and(|index| !answers.rows(index).is_empty());
    if is_taken(email) {
        return Err(Error::EmailExists);
    }
    if is_taken(phone) {
        return Err(Error::PhoneExists(PhoneTaken::OnCreate));
    }
    Ok(())
}
