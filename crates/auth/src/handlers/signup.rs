//! `POST /signup`: a new user by e-mail address, by phone number, or without either.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{signup_anonymous, signup_existing};
use crate::Ctx;
use crate::config::Config;
use crate::db::users::{self, NewUser, OneTimeToken};
use crate::db::{Work, records};
use crate::error::{Error, Step};
use crate::logic::audit::{Action, Actor};
use crate::logic::identity_data::{self, Provider};
use crate::logic::invalid::Invalid;
use crate::logic::metadata::{self, Change};
use crate::logic::pkce::{self, Challenge};
use crate::logic::{email_address, one_time_token, password_rules, phone_number, text};
use crate::request::{JsonBody, Origin, audience_header};
use crate::tokens::NewSession;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignupBody {
    email: Option<String>,
    phone: Option<String>,
    password: Option<String>,
    data: Option<Map<String, Value>>,
    channel: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

/// A sign-up whose every value was checked.
pub(super) struct Registration {
    pub(super) provider: Provider,
    /// The e-mail address or the phone number.
    pub(super) address: String,
    pub(super) password: String,
    pub(super) data: Map<String, Value>,
    pub(super) audience: String,
    pub(super) channel: String,
    pub(super) challenge: Option<Challenge>,
}

/// Three round trips at most, and one transaction that makes all of it or nothing: user, identity, session.
pub(crate) async fn signup(
    State(ctx): State<Arc<Ctx>>,
    headers: HeaderMap,
    origin: Origin,
    JsonBody(body): JsonBody<SignupBody>,
) -> Result<Response, Error> {
    let audience = audience_header(&headers).unwrap_or(&ctx.config.audience).to_owned();
    text::check_column(&audience)?;
    let is_anonymous =
        [&body.email, &body.phone].iter().all(|address| address.as_deref().unwrap_or("").is_empty());
    if is_anonymous {
        return signup_anonymous::signup_anonymous(&ctx, &origin, audience, body.data.unwrap_or_default())
            .await;
    }
    let registration = check(&ctx.config, body, audience)?;
    match find_existing(&ctx, &registration).await? {
        Some(user) => signup_existing::signup_existing(&ctx, &origin, &registration, user).await,
        None => register(&ctx, &origin, &registration).await,
    }
}

/// In upstream's order: a client that does two things wrong reads of the same one.
fn check(config: &Config, body: SignupBody, audience: String) -> Result<Registration, Error> {
    if !config.enable_signup {
        return Err(Error::SignupDisabled);
    }
    let (email, phone) = (body.email.unwrap_or_default(), body.phone.unwrap_or_default());
    let password = body.password.filter(|password| !password.is_empty()).ok_or(Invalid::PasswordMissing)?;
    check_password(config, &password)?;
    if !email.is_empty() && !phone.is_empty() {
        return Err(Invalid::EmailAndPhoneOnSignup.into());
    }
    let channel = body.channel.filter(|channel| !channel.is_empty()).unwrap_or_else(|| "sms".to_owned());
    if !phone.is_empty() && channel != "sms" {
        return Err(Invalid::Channel.into());
    }
    let challenge = body.code_challenge.unwrap_or_default();
    if !phone.is_empty() && !challenge.is_empty() {
        return Err(Invalid::PkceWithPhone.into());
    }
    let challenge = pkce::challenge(challenge, &body.code_challenge_method.unwrap_or_default())?;
    let (provider, address) = if phone.is_empty() {
        if !config.email.enable_signup {
            return Err(Error::EmailSignupDisabled);
        }
        (Provider::Email, email_address::normalise(&email)?)
    } else {
        if !config.sms.enable_signup {
            return Err(Error::PhoneSignupDisabled);
        }
        (Provider::Phone, phone_number::normalise(&phone)?)
    };
    let data = body.data.unwrap_or_default();
    Ok(Registration { provider, address, password, data, audience, channel, challenge })
}

/// Length first: it is not a weakness, the end of the password would be ignored.
pub(super) fn check_password(config: &Config, password: &str) -> Result<(), Error> {
    password_rules::check_length(password)?;
    match password_rules::weakness(password, config.minimum_password_length, config.password_requirements) {
        Some(weakness) => Err(Error::WeakPassword(weakness)),
        None => Ok(()),
    }
}

async fn find_existing(
    ctx: &Ctx,
    registration: &Registration,
) -> Result<Option<crate::logic::user::User>, Error> {
    let Registration { address, audience, .. } = registration;
    let question = match registration.provider {
        Provider::Email => users::find_holding_email(address, audience, None),
        Provider::Phone => users::find_by_phone(address, audience),
    };
    Work::ask(Step::FindUser, question).run(&ctx.pool).await?.user(0)
}

async fn register(ctx: &Ctx, origin: &Origin, registration: &Registration) -> Result<Response, Error> {
    let now = ctx.clock.now();
    let is_confirmed_at_once = confirms_at_once(&ctx.config, registration.provider);
    let encrypted_password = ctx.passwords.hash(registration.password.clone()).await?;
    let user = new_user(registration, encrypted_password);
    let actor = Actor::new_user(user.id, &registration.address, registration.data.get("full_name"));

    let mut work = Work::transaction();
    work.push(Step::SaveNewUser, users::insert(&user, now));
    work.push(Step::UpdateUser, users::set_role(user.id, &ctx.config.default_role, now));
    let extra = identity_data::extra_of_sign_up(registration.provider, &registration.data);
    work.push(
        Step::CreateIdentity,
        users::insert_sign_up_identity(user.id, registration.provider, &extra, now),
    );
    let data = metadata::change(registration.data.clone()).set;
    work.push(Step::UpdateUser, users::set_sign_up_metadata(user.id, registration.provider, &data, now));
    let session = NewSession::by("password", now);
    if is_confirmed_at_once {
        push_confirmation(&mut work, &actor, registration, user.id, now);
        push_session(&mut work, &session, &actor, registration, user.id, origin, now);
    } else {
        push_confirmation_request(&mut work, ctx, &actor, registration, user.id, now)?;
    }
    let stored = work.push(Step::FindUser, users::find_by_id(user.id));
    let answers = work.run(&ctx.pool).await.map_err(|error| match error.violated_constraint() {
        // two sign-ups at once
        Some("users_email_partial_key" | "users_phone_key") => Error::UserAlreadyExists,
        _ => error,
    })?;
    let user = answers.user(stored)?.ok_or(Error::UserNotFound)?;
    if is_confirmed_at_once {
        return session.answer(ctx, &user, None);
    }
    if user.is_confirmed() {
        // by a trigger of the project: it asks for no mail either
        let mut work = Work::transaction();
        push_session(&mut work, &session, &actor, registration, user.id, origin, now);
        work.run(&ctx.pool).await?;
        return session.answer(ctx, &user, None);
    }
    Ok(Json(user.shown()).into_response())
}

fn new_user(registration: &Registration, encrypted_password: String) -> NewUser {
    let address = Some(registration.address.clone());
    let provider = registration.provider.name();
    NewUser {
        id: Uuid::new_v4(),
        aud: registration.audience.clone(),
        email: address.clone().filter(|_| registration.provider == Provider::Email),
        phone: address.filter(|_| registration.provider == Provider::Phone),
        encrypted_password,
        app_metadata: json!({ "provider": provider, "providers": [provider] }),
        user_metadata: Value::Object(registration.data.clone()),
        is_anonymous: false,
    }
}

/// Whether a new address of that kind counts as confirmed.
pub(super) fn confirms_at_once(config: &Config, provider: Provider) -> bool {
    match provider {
        Provider::Email => config.mailer_autoconfirm(),
        Provider::Phone => config.sms_autoconfirm(),
    }
}

/// The user is there and may sign in.
pub(super) fn push_confirmation(
    work: &mut Work,
    actor: &Actor,
    registration: &Registration,
    user_id: Uuid,
    now: chrono::DateTime<chrono::Utc>,
) {
    let (traits, confirm) = match registration.provider {
        Provider::Email => (json!({ "provider": "email" }), users::confirm_email(user_id, now)),
        Provider::Phone => (
            json!({ "provider": "phone", "channel": registration.channel }),
            users::confirm_phone(user_id, now),
        ),
    };
    work.push(Step::Audit, records::insert_audit_entry(actor, Action::UserSignedUp, Some(traits), now));
    work.push(Step::UpdateUser, confirm);
    if registration.provider == Provider::Email {
        work.push(Step::UpdateUser, users::merge_user_metadata(user_id, &email_verified(), now));
    }
    work.push(Step::UpdateUser, users::delete_one_time_tokens(user_id));
}

/// What confirming an address adds to `user_metadata`.
pub(super) fn email_verified() -> Change {
    Change { set: json!({ "email_verified": true }), remove: Vec::new() }
}

/// A session for whoever just signed up.
pub(super) fn push_session(
    work: &mut Work,
    session: &NewSession,
    actor: &Actor,
    registration: &Registration,
    user_id: Uuid,
    origin: &Origin,
    now: chrono::DateTime<chrono::Utc>,
) {
    let traits = json!({ "provider": registration.provider.name() });
    work.push(Step::Audit, records::insert_audit_entry(actor, Action::Login, Some(traits), now));
    session.push(work, user_id, origin);
}

/// The user must show that the address is theirs. The mail itself is sent once the room can; until then the request ends as
/// upstream's does without a mail server: the token is stored and nothing arrives.
pub(super) fn push_confirmation_request(
    work: &mut Work,
    ctx: &Ctx,
    actor: &Actor,
    registration: &Registration,
    user_id: Uuid,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Error> {
    let Registration { provider, address, challenge, .. } = registration;
    let code = match provider {
        Provider::Email => one_time_token::code(ctx.config.email.otp_length, &mut rand::rng()),
        Provider::Phone => ctx.config.sms.test_otp.get(address).cloned().ok_or(Error::SmsNotSent)?,
    };
    let traits = json!({ "provider": provider.name() });
    let entry = records::insert_audit_entry(actor, Action::UserConfirmationRequested, Some(traits), now);
    work.push(Step::Audit, entry);
    if let Some(challenge) = challenge {
        let flow = users::insert_flow_state(user_id, challenge, provider.name(), "email/signup", now);
        work.push(Step::UpdateUser, flow);
    }
    let hash = one_time_token::hash(address, &code, challenge.is_some());
    work.push(Step::UpdateUser, users::set_confirmation_token(user_id, &hash, now));
    let token = users::insert_one_time_token(user_id, OneTimeToken::Confirmation, &hash, address, now);
    work.push(Step::UpdateUser, token);
    Ok(())
}
