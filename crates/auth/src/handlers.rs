//! One endpoint, one file.

pub(crate) mod admin;
pub(crate) mod health;
pub(crate) mod jwks;
pub(crate) mod logout;
pub(crate) mod openid_configuration;
pub(crate) mod settings;
pub(crate) mod signup;
mod signup_anonymous;
mod signup_existing;
pub(crate) mod switched_off;
pub(crate) mod token;
mod token_password;
mod token_refresh;
pub(crate) mod user_get;
pub(crate) mod user_update;
