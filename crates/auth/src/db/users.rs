//! Statements about users, their identities and what hangs on them.

use chrono::{DateTime, Utc};
use pg::Statement;
use serde_json::Value;
use uuid::Uuid;

use super::statement;
use crate::logic::identity_data::{self, Provider};
use crate::logic::metadata::Change;
use crate::logic::pagination::Page;
use crate::logic::pkce::Challenge;
use crate::logic::soft_delete;
use crate::logic::user::{Identity, User};

/// A user about to be inserted.
#[derive(Debug, Clone)]
pub(crate) struct NewUser {
    pub(crate) id: Uuid,
    pub(crate) aud: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    /// `""` for an anonymous user.
    pub(crate) encrypted_password: String,
    pub(crate) app_metadata: Value,
    pub(crate) user_metadata: Value,
    pub(crate) is_anonymous: bool,
}

/// The kinds of one-time tokens this room hands out so far: the values of the enum in the database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OneTimeToken {
    Confirmation,
    EmailChangeNew,
    EmailChangeCurrent,
    PhoneChange,
}

pub(crate) fn find_by_id(id: Uuid) -> Statement {
    statement!("find_user_by_id").bind(id)
}

pub(crate) fn find_by_email(email: &str, audience: &str) -> Statement {
    statement!("find_user_by_email").bind(email).bind(audience)
}

pub(crate) fn find_by_phone(phone: &str, audience: &str) -> Statement {
    statement!("find_user_by_phone").bind(phone).bind(audience)
}

/// Whoever an address belongs to, `except` apart.
pub(crate) fn find_holding_email(email: &str, audience: &str, except: Option<Uuid>) -> Statement {
    statement!("find_user_holding_email").bind(email).bind(audience).bind(except)
}

/// A page of users, newest first unless `ascending`.
pub(crate) fn list(audience: &str, filter: Option<&str>, ascending: bool, page: Page) -> Statement {
    let (limit, offset) = page.limit_and_offset();
    statement!("list_users")
        .bind(audience)
        .bind(filter.map(containing))
        .bind(ascending)
        .bind(limit)
        .bind(offset)
}

/// How many users `list` has on all pages.
pub(crate) fn count(audience: &str, filter: Option<&str>) -> Statement {
    statement!("count_users").bind(audience).bind(filter.map(containing))
}

fn containing(text: &str) -> String {
    format!("%{text}%")
}

pub(crate) fn insert(user: &NewUser, now: DateTime<Utc>) -> Statement {
    statement!("insert_user")
        .bind(user.id)
        .bind(&user.aud)
        .bind(user.email.as_deref())
        .bind(user.phone.as_deref())
        .bind(&user.encrypted_password)
        .bind(&user.app_metadata)
        .bind(&user.user_metadata)
        .bind(user.is_anonymous)
        .bind(now)
}

pub(crate) fn set_role(id: Uuid, role: &str, now: DateTime<Utc>) -> Statement {
    statement!("set_role").bind(id).bind(role.trim()).bind(now)
}

/// `extra` is what the caller added to the identity's own data.
pub(crate) fn insert_sign_up_identity(
    id: Uuid,
    provider: Provider,
    extra: &Value,
    now: DateTime<Utc>,
) -> Statement {
    statement!("insert_sign_up_identity")
        .bind(id)
        .bind(Uuid::new_v4())
        .bind(provider.name())
        .bind(extra)
        .bind(now)
}

pub(crate) fn set_sign_up_metadata(
    id: Uuid,
    provider: Provider,
    data: &Value,
    now: DateTime<Utc>,
) -> Statement {
    statement!("set_sign_up_metadata").bind(id).bind(data).bind(provider.name()).bind(now)
}

pub(crate) fn confirm_email(id: Uuid, now: DateTime<Utc>) -> Statement {
    statement!("confirm_email").bind(id).bind(now)
}

pub(crate) fn confirm_phone(id: Uuid, now: DateTime<Utc>) -> Statement {
    statement!("confirm_phone").bind(id).bind(now)
}

pub(crate) fn merge_user_metadata(id: Uuid, change: &Change, now: DateTime<Utc>) -> Statement {
    statement!("merge_user_metadata").bind(id).bind(&change.set).bind(&change.remove).bind(now)
}

pub(crate) fn merge_app_metadata(id: Uuid, change: &Change, now: DateTime<Utc>) -> Statement {
    statement!("merge_app_metadata").bind(id).bind(&change.set).bind(&change.remove).bind(now)
}

pub(crate) fn set_password(id: Uuid, hash: Option<&str>, now: DateTime<Utc>) -> Statement {
    statement!("set_password").bind(id).bind(hash).bind(now)
}

pub(crate) fn set_email(id: Uuid, email: &str, now: DateTime<Utc>) -> Statement {
    statement!("set_email").bind(id).bind(email).bind(now)
}

pub(crate) fn set_phone(id: Uuid, phone: &str, now: DateTime<Utc>) -> Statement {
    statement!("set_phone").bind(id).bind(phone).bind(now)
}

pub(crate) fn set_confirmed_email(id: Uuid, email: &str, now: DateTime<Utc>) -> Statement {
    statement!("set_confirmed_email").bind(id).bind(email).bind(now)
}

pub(crate) fn set_confirmed_phone(id: Uuid, phone: &str, now: DateTime<Utc>) -> Statement {
    statement!("set_confirmed_phone").bind(id).bind(phone).bind(now)
}

pub(crate) fn end_anonymity(id: Uuid, now: DateTime<Utc>) -> Statement {
    statement!("end_anonymity").bind(id).bind(now)
}

pub(crate) fn set_banned_until(id: Uuid, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Statement {
    statement!("set_banned_until").bind(id).bind(until).bind(now)
}

/// The user's identity of `provider` with that address: made, or told the change.
pub(crate) fn upsert_identity(
    user_id: Uuid,
    provider: Provider,
    address: &str,
    verified: bool,
    now: DateTime<Utc>,
) -> Statement {
    statement!("upsert_identity")
        .bind(Uuid::new_v4())
        .bind(user_id)
        .bind(provider.name())
        .bind(identity_data::of_address(provider, user_id, address, verified))
        .bind(identity_data::change_of_address(provider, address, verified))
        .bind(now)
}

pub(crate) fn set_confirmation_token(id: Uuid, hash: &str, now: DateTime<Utc>) -> Statement {
    statement!("set_confirmation_token").bind(id).bind(hash).bind(now)
}

/// `current_hash` is `""` when the old address is not asked.
pub(crate) fn set_email_change(
    id: Uuid,
    email: &str,
    new_hash: &str,
    current_hash: &str,
    now: DateTime<Utc>,
) -> Statement {
    statement!("set_email_change").bind(id).bind(email).bind(new_hash).bind(current_hash).bind(now)
}

pub(crate) fn set_phone_change(id: Uuid, phone: &str, hash: &str, now: DateTime<Utc>) -> Statement {
    statement!("set_phone_change").bind(id).bind(phone).bind(hash).bind(now)
}

pub(crate) fn insert_one_time_token(
    user_id: Uuid,
    kind: OneTimeToken,
    hash: &str,
    address: &str,
    now: DateTime<Utc>,
) -> Statement {
    let kind = match kind {
        OneTimeToken::Confirmation => "confirmation_token",
        OneTimeToken::EmailChangeNew => "email_change_token_new",
        OneTimeToken::EmailChangeCurrent => "email_change_token_current",
        OneTimeToken::PhoneChange => "phone_change_token",
    };
    statement!("insert_one_time_token").bind(user_id).bind(kind).bind(hash).bind(address).bind(now)
}

pub(crate) fn delete_one_time_tokens(user_id: Uuid) -> Statement {
    statement!("delete_one_time_tokens").bind(user_id)
}

/// A PKCE flow that will come back through a mailbox.
pub(crate) fn insert_flow_state(
    user_id: Uuid,
    challenge: &Challenge,
    provider: &'static str,
    method: &'static str,
    now: DateTime<Utc>,
) -> Statement {
    statement!("insert_flow_state")
        .bind(user_id)
        .bind(challenge.method)
        .bind(&challenge.challenge)
        .bind(provider)
        .bind(method)
        .bind(now)
}

pub(crate) fn delete(id: Uuid) -> Statement {
    statement!("delete_user").bind(id)
}

pub(crate) fn soft_delete(user: &User, now: DateTime<Utc>) -> Statement {
    let email_change = user.email_change.as_deref().unwrap_or_default();
    let phone_change = user.phone_change.as_deref().unwrap_or_default();
    statement!("soft_delete_user")
        .bind(user.id)
        .bind(soft_delete::obfuscate(user.id, user.email()))
        .bind(soft_delete::obfuscate_phone(user.id, user.phone()))
        .bind(soft_delete::obfuscate(user.id, email_change))
        .bind(soft_delete::obfuscate_phone(user.id, phone_change))
        .bind(now)
}

pub(crate) fn soft_delete_identity(identity: &Identity, now: DateTime<Utc>) -> Statement {
    let name = format!("{}:{}", identity.provider, identity.provider_id);
    statement!("soft_delete_identity")
        .bind(identity.id)
        .bind(soft_delete::obfuscate(identity.user_id, &name))
        .bind(now)
}

pub(crate) fn delete_factors(user_id: Uuid) -> Statement {
    statement!("delete_factors").bind(user_id)
}

pub(crate) fn delete_passkeys(user_id: Uuid) -> Statement {
    statement!("delete_passkeys").bind(user_id)
}
