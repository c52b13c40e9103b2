//! `POST /signup` without an address: a user of whom nothing is known but the session.

use axum::response::Response;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::Ctx;
use crate::db::Work;
use crate::db::users::{self, NewUser};
use crate::error::{Error, Step};
use crate::request::Origin;
use crate::tokens::NewSession;

/// No identity, and metadata exactly as given.
pub(super) async fn signup_anonymous(
    ctx: &Ctx,
    origin: &Origin,
    audience: String,
    data: Map<String, Value>,
) -> Result<Response, Error> {
    if !ctx.config.enable_anonymous_sign_ins {
        return Err(Error::AnonymousDisabled);
    }
    if !ctx.config.enable_signup {
        return Err(Error::SignupDisabled);
    }
    let now = ctx.clock.now();
    let user = NewUser {
        id: Uuid::new_v4(),
        aud: audience,
        email: None,
        phone: None,
        encrypted_password: String::new(),
        app_metadata: json!({}),
        user_metadata: Value::Object(data),
        is_anonymous: true,
    };
    let session = NewSession::by("anonymous", now);
    let mut work = Work::transaction();
    work.push(Step::SaveAnonymousUser, users::insert(&user, now));
    work.push(Step::SaveAnonymousUser, users::set_role(user.id, &ctx.config.default_role, now));
    session.push(&mut work, user.id, origin);
    let stored = work.push(Step::SaveAnonymousUser, users::find_by_id(user.id));
    let user = work.run(&ctx.pool).await?.user(stored)?.ok_or(Error::UserNotFound)?;
    session.answer(ctx, &user, None)
}
