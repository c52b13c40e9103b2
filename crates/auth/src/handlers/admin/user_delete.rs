//! `DELETE /admin/users/{user_id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{UserId, actor, find_user, traits};
use crate::Ctx;
use crate::caller::Admin;
use crate::db::{Work, records, sessions, users};
use crate::error::{Error, Step};
use crate::logic::audit::Action;
use crate::request::OptionalJsonBody;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeleteBody {
    should_soft_delete: Option<bool>,
}

/// Deletes the row and all that hangs on it, or softly: the row stays, but says nothing any more.
pub(crate) async fn user_delete(
    State(ctx): State<Arc<Ctx>>,
    admin: Admin,
    id: UserId,
    OptionalJsonBody(body): OptionalJsonBody<DeleteBody>,
) -> Result<Json<Value>, Error> {
    let user = find_user(&ctx, id).await?;
    let now = ctx.clock.now();
    let mut work = Work::transaction();
    let traits = traits(user.id, user.email(), user.phone());
    let entry = records::insert_audit_entry(&actor(&admin), Action::UserDeleted, Some(traits), now);
    work.push(Step::Audit, entry);
    if !body.should_soft_delete.unwrap_or_default() {
        work.push(Step::DeleteUser, users::delete(user.id));
    } else if user.deleted_at.is_none() {
        work.push(Step::SoftDeleteUser, users::soft_delete(&user, now));
        work.push(Step::SoftDeleteUser, users::delete_one_time_tokens(user.id));
        for identity in &user.identities {
            work.push(Step::SoftDeleteUser, users::soft_delete_identity(identity, now));
        }
        work.push(Step::SoftDeleteUser, users::delete_factors(user.id));
        work.push(Step::SoftDeleteUser, users::delete_passkeys(user.id));
        work.push(Step::SoftDeleteUser, sessions::delete_all(user.id));
    }
    work.run(&ctx.pool).await?;
    Ok(Json(json!({})))
}
