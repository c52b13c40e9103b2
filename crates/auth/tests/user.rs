//! A user reads and changes themselves.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Answer, PASSWORD, Room};

impl Room {
    pub(crate) async fn change(&self, session: &Answer, body: Value) -> Answer {
        self.call("PUT", "/user").bearer(session.access_token()).json(&body).send().await
    }
}

#[tokio::test]
async fn metadata_is_merged_key_by_key() {
    let room = Room::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "data": { "a": 1, "b": { "x": 1 }, "c": 3 } });
    let session = room.post("/signup", body).await;
    let answer = room.change(&session, json!({ "data": { "a": null, "b": { "y": 2 }, "d": [1] } })).await;
    assert_eq!(answer.status, 200);
    let metadata = &answer.body["user_metadata"];
    assert_eq!(
        (metadata.get("a"), &metadata["b"], &metadata["c"], &metadata["d"]),
        (None, &json!({ "y": 2 }), &json!(3), &json!([1]))
    );
    assert_eq!(room.call("GET", "/user").bearer(session.access_token()).send().await.body, answer.body);
}

#[tokio::test]
async fn a_new_password_signs_the_other_sessions_out() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let other = room.sign_in("ada@example.com", PASSWORD).await;
    room.change(&session, json!({ "password": PASSWORD })).await.expect(422, "same_password");
    room.change(&session, json!({ "password": "short" })).await.expect(422, "weak_password");
    room.change(&session, json!({ "password": "a".repeat(73) })).await.expect(400, "validation_failed");
    let answer = room.change(&session, json!({ "password": "another horse" })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    room.refresh(other.refresh_token()).await.expect(400, "refresh_token_not_found");
    assert_eq!(room.refresh(session.refresh_token()).await.status, 200);
    room.sign_in("ada@example.com", PASSWORD).await.expect(400, "invalid_credentials");
    assert_eq!(room.sign_in("ada@example.com", "another horse").await.status, 200);
}

#[tokio::test]
async fn a_new_address_waits_for_its_confirmation() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    room.sign_up("bob@example.com").await;
    room.change(&session, json!({ "email": "Bob@example.com" })).await.expect(422, "email_exists");
    room.change(&session, json!({ "email": "nonsense" })).await.expect(400, "validation_failed");
    let answer = room.change(&session, json!({ "email": "lovelace@example.com" })).await;
    assert_eq!(
        (answer.text("/email"), answer.text("/new_email")),
        ("ada@example.com", "lovelace@example.com")
    );
    let tokens = "select token_type || ' ' || relates_to from auth.one_time_tokens order by 1";
    assert_eq!(
        room.column(tokens, &[]).await,
        ["email_change_token_current ada@example.com", "email_change_token_new lovelace@example.com"]
    );
    room.change(&session, json!({ "email": "third@example.com" }))
        .await
        .expect(429, "over_email_send_rate_limit");
    // the present address is no change
    assert_eq!(room.change(&session, json!({ "email": "ada@example.com" })).await.status, 200);
}

#[tokio::test]
async fn an_anonymous_user_becomes_permanent_by_an_address() {
    let room = Room::new().await;
    let session = room.post("/signup", json!({})).await;
    room.change(&session, json!({ "password": PASSWORD })).await.expect(422, "validation_failed");
    let answer = room.change(&session, json!({ "email": "ada@example.com", "password": PASSWORD })).await;
    assert_snapshot!(answer.shown(), @r#"
    200
    {
      "id": "[uuid]",
      "aud": "authenticated",
      "role": "authenticated",
      "email": "ada@example.com",
      "email_confirmed_at": "2026-11-21T12:00:00.000000Z",
      "phone": "",
      "confirmed_at": "2026-11-21T12:00:00.000000Z",
      "last_sign_in_at": "2026-11-21T12:00:00.000000Z",
      "app_metadata": {},
      "user_metadata": {
        "email_verified": true
      },
      "identities": [
        {
          "identity_id": "[uuid]",
          "id": "[uuid]",
          "user_id": "[uuid]",
          "identity_data": {
            "sub": "[uuid]",
            "email": "ada@example.com",
            "email_verified": true,
            "phone_verified": false
          },
          "provider": "email",
          "last_sign_in_at": "2026-11-21T12:00:00.000000Z",
          "created_at": "2026-11-21T12:00:00.000000Z",
          "updated_at": "2026-11-21T12:00:00.000000Z",
          "email": "ada@example.com"
        }
      ],
      "created_at": "2026-11-21T12:00:00.000000Z",
      "updated_at": "2026-11-21T12:00:00.000000Z",
      "is_anonymous": false
    }
    "#);
    assert_eq!(answer.body["id"], session.user_id());
    assert_eq!(room.sign_in("ada@example.com", PASSWORD).await.user_id(), session.user_id());
}

#[tokio::test]
async fn a_new_number_is_taken_at_once_where_numbers_need_no_confirmation() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let answer = room.change(&session, json!({ "phone": "+4912345" })).await;
    assert_eq!(answer.text("/phone"), "4912345");
    assert_eq!(answer.body["identities"][1]["identity_data"]["phone_verified"], true);
    let other = room.sign_up("bob@example.com").await;
    room.change(&other, json!({ "phone": "4912345" })).await.expect(422, "phone_exists");
}

#[tokio::test]
async fn what_is_not_the_users_to_change() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let answer = room.change(&session, json!({ "app_metadata": { "tier": "enterprise" } })).await;
    answer.expect(403, "not_admin");
    // unknown fields, however tempting, are ignored
    let body = json!({ "role": "service_role", "id": uuid::Uuid::nil(), "is_super_admin": true, "aud": "x", "data": {} });
    let answer = room.change(&session, body).await;
    assert_eq!((answer.text("/role"), answer.text("/id")), ("authenticated", session.user_id()));
    room.script("update auth.users set is_sso_user = true").await;
    room.change(&session, json!({ "email": "new@example.com" })).await.expect(422, "user_sso_managed");
    assert_eq!(room.change(&session, json!({ "data": { "a": 1 } })).await.status, 200);
}

#[tokio::test]
async fn a_second_factor_guards_password_and_address() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    room.script(
        "insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at, secret)
         select gen_random_uuid(), id, 'phone', 'totp', 'verified', now(), now(), 'SECRET' from auth.users",
    )
    .await;
    let user = room.call("GET", "/user").bearer(session.access_token()).send().await;
    assert_eq!(user.text("/factors/0/friendly_name"), "phone");
    assert!(!user.body.to_string().contains("SECRET"));
    for body in [json!({ "password": "another horse" }), json!({ "email": "new@example.com" })] {
        room.change(&session, body).await.expect(401, "insufficient_aal");
    }
    assert_eq!(room.change(&session, json!({ "data": {} })).await.status, 200);
    room.script("update auth.sessions set aal = 'aal2'").await;
    assert_eq!(room.change(&session, json!({ "password": "another horse" })).await.status, 200);
}

#[tokio::test]
async fn an_old_session_changes_a_password_only_with_the_mailed_nonce() {
    let room = Room::with(|config| config.email.secure_password_change = true).await;
    let session = room.sign_up("ada@example.com").await;
    assert_eq!(room.change(&session, json!({ "password": "another horse" })).await.status, 200);
    room.advance(24 * 3600 + 1);
    let session = room.refresh(session.refresh_token()).await;
    let body = json!({ "password": "a third horse" });
    room.change(&session, body.clone()).await.expect(400, "reauthentication_needed");
    let body = json!({ "password": "a third horse", "nonce": "123456" });
    room.change(&session, body.clone()).await.expect(422, "reauthentication_not_valid");
    room.script(
        "update auth.users set reauthentication_token = encode(sha224(convert_to(email || '123456', 'utf8')), 'hex'),
         reauthentication_sent_at = '2026-11-22 12:00:00+00'",
    )
    .await;
    assert_eq!(room.change(&session, body).await.status, 200);
}
