//! `PUT /admin/users/{user_id}`: an administrator changes a user. Only what the body names changes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AdminUserBody, Ban, UserId, actor, find_user, given, traits};
use crate::Ctx;
use crate::caller::Admin;
use crate::db::{Work, records, sessions, users};
use crate::error::{Error, PhoneTaken, Step};
use crate::handlers::signup::{check_password, email_verified};
use crate::logic::audit::Action;
use crate::logic::identity_data::Provider;
use crate::logic::{email_address, metadata, phone_number, text};
use crate::request::JsonBody;

/// 200 with the user as it is now. A new password signs out all sessions.
pub(crate) async fn user_update(
    State(ctx): State<Arc<Ctx>>,
    admin: Admin,
    id: UserId,
    JsonBody(body): JsonBody<AdminUserBody>,
) -> Result<Response, Error> {
    let user = find_user(&ctx, id).await?;
    let now = ctx.clock.now();
    let email = given(body.email).map(|email| email_address::normalise(&email)).transpose()?;
    let phone = given(body.phone).map(|phone| phone_number::normalise(&phone)).transpose()?;
    let role = given(body.role);
    text::check_column(role.as_deref().unwrap_or_default())?;
    let ban = Ban::read(body.ban_duration.as_deref(), now)?;
    let hash = match body.password {
        None => None,
        Some(password) => {
            check_password(&ctx.config, &password)?;
            Some(ctx.passwords.hash(password).await?)
        }
    };
    let (confirm_email, confirm_phone) =
        (body.email_confirm.unwrap_or_default(), body.phone_confirm.unwrap_or_default());

    let mut work = Work::transaction();
    let step = Step::AdminUpdateUser;
    if let Some(role) = role {
        work.push(step, users::set_role(user.id, &role, now));
    }
    push_confirmations(&mut work, user.id, confirm_email, confirm_phone, now);
    if let Some(hash) = hash {
        work.push(step, users::set_password(user.id, Some(&hash), now));
        work.push(step, users::delete_one_time_tokens(user.id));
        work.push(step, sessions::delete_all(user.id));
    }
    if let Some(email) = &email {
        push_address(&mut work, user.id, Provider::Email, email, confirm_email, now);
    }
    if let Some(phone) = &phone {
        push_address(&mut work, user.id, Provider::Phone, phone, confirm_phone, now);
    }
    if let Some(members) = body.app_metadata {
        work.push(step, users::merge_app_metadata(user.id, &metadata::change(members), now));
    }
    if let Some(members) = body.user_metadata {
        work.push(step, users::merge_user_metadata(user.id, &metadata::change(members), now));
    }
    if let Some(ban) = ban {
        work.push(step, users::set_banned_until(user.id, ban.until(), now));
    }
    let traits = traits(
        user.id,
        email.as_deref().unwrap_or_else(|| user.email()),
        phone.as_deref().unwrap_or_else(|| user.phone()),
    );
    work.push(step, records::insert_audit_entry(&actor(&admin), Action::UserModified, Some(traits), now));
    let stored = work.push(step, users::find_by_id(user.id));
    let answers = work.run(&ctx.pool).await.map_err(|error| match error.violated_constraint() {
        Some("users_email_partial_key") => Error::EmailExists,
        Some("users_phone_key") => Error::PhoneExists(PhoneTaken::OnUpdate),
        // deleted since it was found
        Some("identities_user_id_fkey") => Error::UserNotFound,
        _ => error,
    })?;
    let user = answers.user(stored)?.ok_or(Error::UserNotFound)?;
    Ok(Json(user.shown()).into_response())
}

fn push_confirmations(work: &mut Work, user_id: Uuid, email: bool, phone: bool, now: DateTime<Utc>) {
    let step = Step::AdminUpdateUser;
    if email {
        work.push(step, users::confirm_email(user_id, now));
        work.push(step, users::merge_user_metadata(user_id, &email_verified(), now));
    }
    if phone {
        work.push(step, users::confirm_phone(user_id, now));
    }
    if email || phone {
        work.push(step, users::delete_one_time_tokens(user_id));
    }
}

/// The identity first, then the row, as upstream: a user who had no such identity gets one.
fn push_address(
    work: &mut Work,
    user_id: Uuid,
    provider: Provider,
    address: &str,
    is_confirmed: bool,
    now: DateTime<Utc>,
) {
    let step = Step::AdminUpdateUser;
    work.push(step, users::upsert_identity(user_id, provider, address, is_confirmed, now));
    if is_confirmed {
        work.push(step, users::end_anonymity(user_id, now));
    }
    let set = match provider {
        Provider::Email => users::set_email(user_id, address, now),
        Provider::Phone => users::set_phone(user_id, address, now),
    };
    work.push(step, set);
}
