//! Signing up: what is answered, what is stored, and what triggers see of it.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{PASSWORD, Room};

#[tokio::test]
async fn an_email_address_and_a_password_make_a_session() {
    let room = Room::new().await;
    let body = json!({ "email": "Ada@Example.com", "password": PASSWORD, "data": { "full_name": "Ada", "gone": null } });
    let answer = room.post("/signup", body).await;
    assert_snapshot!(answer.shown(), @"");
    let id = answer.user_id();
    assert_eq!(answer.headers["sb-auth-user-id"], id);

    let claims = room.claims(answer.access_token()).await;
    assert_eq!(claims["sub"], id);
    assert_eq!(claims["session_id"].as_str().unwrap(), answer.headers["sb-auth-session-id"]);
    let rest: serde_json::Map<_, _> = claims
        .into_iter()
        .filter(|(name, _)| !["sub", "session_id", "user_metadata"].contains(&name.as_str()))
        .collect();
    assert_snapshot!(serde_json::to_string_pretty(&rest).unwrap(), @"");
}
