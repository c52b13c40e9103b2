//! `GET /settings`: what is switched on, for login pages.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::Ctx;

/// Providers this room does not have yet, and clients ask about.
const ABSENT_PROVIDERS: [&str; 23] = [
    "apple",
    "azure",
    "bitbucket",
    "discord",
    "facebook",
    "snapchat",
    "figma",
    "fly",
    "github",
    "gitlab",
    "google",
    "keycloak",
    "kakao",
    "linkedin",
    "linkedin_oidc",
    "notion",
    "spotify",
    "slack",
    "slack_oidc",
    "workos",
    "twitch",
    "twitter",
    "zoom",
];

/// Public: no token needed.
pub(crate) async fn settings(State(ctx): State<Arc<Ctx>>) -> Json<Value> {
    let config = &ctx.config;
    let mut external: Map<String, Value> =
        ABSENT_PROVIDERS.iter().map(|name| ((*name).to_owned(), Value::Bool(false))).collect();
    external.insert("anonymous_users".to_owned(), config.enable_anonymous_sign_ins.into());
    external.insert("email".to_owned(), config.email.enable_signup.into());
    external.insert("phone".to_owned(), config.sms.enable_signup.into());
    Json(json!({
        "external": external,
        "disable_signup": !config.enable_signup,
        "mailer_autoconfirm": config.mailer_autoconfirm(),
        "phone_autoconfirm": config.sms_autoconfirm(),
        "sms_provider": "",
        "saml_enabled": false,
        "saml_private_key_next_configured": false,
        "passkeys_enabled": false,
    }))
}
