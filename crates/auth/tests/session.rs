//! Signing in with a password, signing out, and what a bearer token is worth.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{PASSWORD, Room};

#[tokio::test]
async fn a_right_password_makes_another_session() {
    let room = Room::new().await;
    let first = room.sign_up("ada@example.com").await;
    let second = room.sign_in("Ada@EXAMPLE.com", PASSWORD).await;
    assert_eq!(second.status, 200);
    assert_eq!(second.user_id(), first.user_id());
    assert_ne!(second.refresh_token(), first.refresh_token());
    assert_eq!(room.value("select count(*) from auth.sessions").await, "2");
}

#[tokio::test]
async fn whatever_is_wrong_is_told_no_more_precisely_than_that() {
    let room = Room::new().await;
    room.sign_up("ada@example.com").await;
    room.post("/signup", json!({})).await;
    let nobody = room.sign_in("nobody@example.com", PASSWORD).await;
    assert_snapshot!(nobody.shown(), @r#"
    400
    x-sb-error-code: invalid_credentials
    {
      "code": "invalid_credentials",
      "message": "Invalid login credentials"
    }
    "#);
    let older = room.call("POST", "/token?grant_type=password").older();
    let older = older.json(&json!({ "email": "nobody@example.com", "password": "x" })).send().await;
    assert_snapshot!(older.shown(), @r#"
    400
    x-sb-error-code: invalid_credentials
    {
      "code": 400,
      "error_code": "invalid_credentials",
      "msg": "Invalid login credentials"
    }
    "#);
    for password in ["", "wrong", "Correct horse", "correct horse ", &"x".repeat(10_000)] {
        let wrong = room.sign_in("ada@example.com", password).await;
        assert_eq!((&wrong.body, wrong.status), (&nobody.body, nobody.status), "{password}");
    }
    let missing = room.post("/token?grant_type=password", json!({ "email": "ada@example.com" })).await;
    assert_eq!(missing.body, nobody.body);
}

#[tokio::test]
async fn a_grant_must_be_known_and_name_someone() {
    let room = Room::new().await;
    let answer = room.post("/token?grant_type=magic", json!({})).await;
    answer.expect(400, "invalid_credentials");
    assert_eq!(answer.text("/message"), "unsupported_grant_type");
    room.post("/token", json!({})).await.expect(400, "invalid_credentials");
    let nobody = room.post("/token?grant_type=password", json!({ "password": PASSWORD })).await;
    nobody.expect(400, "validation_failed");
    let both = json!({ "email": "a@b.c", "phone": "4912345", "password": PASSWORD });
    room.post("/token?grant_type=password", both).await.expect(400, "validation_failed");
}

/// Seeds of real projects write `auth.users` themselves: token columns NULL, passwords by pgcrypto.
#[tokio::test]
async fn a_user_of_a_seed_signs_in() {
    let room = Room::new().await;
    room.client("postgres")
        .await
        .script(
            "insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at)
             values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated',
               'seed@example.com', extensions.crypt('correct horse', extensions.gen_salt('bf')), now())",
        )
        .await
        .unwrap();
    let answer = room.sign_in("seed@example.com", PASSWORD).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["user"]["identities"], json!([]));
    assert_eq!(room.refresh(answer.refresh_token()).await.status, 200);
    room.sign_in("seed@example.com", "wrong").await.expect(400, "invalid_credentials");
}

#[tokio::test]
async fn a_password_that_became_weak_signs_in_with_a_warning() {
    let room = Room::with(|config| config.minimum_password_length = 20).await;
    let user = json!({ "email": "ada@example.com", "password": PASSWORD, "email_confirm": true });
    room.admin("POST", "/admin/users").json(&user).send().await;
    let answer = room.sign_in("ada@example.com", PASSWORD).await;
    assert_eq!(answer.body["weak_password"]["reasons"], json!(["length"]));
}

#[tokio::test]
async fn a_banned_user_is_out_at_once_and_back_when_the_ban_ends() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let path = format!("/admin/users/{}", session.user_id());
    let ban = room.admin("PUT", &path).json(&json!({ "ban_duration": "1h" })).send().await;
    assert_eq!(ban.body["banned_until"], "2026-11-21T13:00:00.000000Z");
    room.call("GET", "/user").bearer(session.access_token()).send().await.expect(403, "user_banned");
    room.refresh(session.refresh_token()).await.expect(400, "user_banned");
    room.sign_in("ada@example.com", PASSWORD).await.expect(400, "user_banned");
    room.advance(3600);
    assert_eq!(room.sign_in("ada@example.com", PASSWORD).await.status, 200);
    room.admin("PUT", &path).json(&json!({ "ban_duration": "24h" })).send().await;
    let lifted = room.admin("PUT", &path).json(&json!({ "ban_duration": "none" })).send().await;
    assert!(lifted.body.get("banned_until").is_none());
    assert_eq!(room.sign_in("ada@example.com", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn signing_out_ends_the_sessions_of_its_scope() {
    for (scope, left) in
        [("", vec![]), ("?scope=global", vec![]), ("?scope=local", vec![1]), ("?scope=others", vec![0])]
    {
        let room = Room::new().await;
        let sessions =
            [room.sign_up("ada@example.com").await, room.sign_in("ada@example.com", PASSWORD).await];
        let bystander = room.sign_up("bob@example.com").await;
        let answer =
            room.call("POST", &format!("/logout{scope}")).bearer(sessions[0].access_token()).send().await;
        assert_eq!(answer.status, 204, "{scope} {answer:?}");
        for (index, session) in sessions.iter().enumerate() {
            let alive = left.contains(&index);
            let user = room.call("GET", "/user").bearer(session.access_token()).send().await;
            let refreshed = room.refresh(session.refresh_token()).await;
            if alive {
                assert_eq!((user.status.as_u16(), refreshed.status.as_u16()), (200, 200), "{scope} {index}");
            } else {
                user.expect(403, "session_not_found");
                refreshed.expect(400, "refresh_token_not_found");
            }
        }
        assert_eq!(room.refresh(bystander.refresh_token()).await.status, 200);
    }
}

#[tokio::test]
async fn an_unknown_scope_signs_nobody_out() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let answer = room.call("POST", "/logout?scope=everyone").bearer(session.access_token()).send().await;
    answer.expect(400, "validation_failed");
    assert_eq!(room.refresh(session.refresh_token()).await.status, 200);
}

#[tokio::test]
async fn a_session_ends_by_its_limits() {
    let room = Room::with(|config| {
        config.sessions.timebox = Some(std::time::Duration::from_secs(1000));
        config.sessions.inactivity_timeout = Some(std::time::Duration::from_mins(5));
    })
    .await;
    let idle = room.sign_up("idle@example.com").await;
    let mut token = room.sign_up("busy@example.com").await.refresh_token().to_owned();
    room.advance(301);
    let answer = room.refresh(idle.refresh_token()).await;
    answer.expect(400, "session_expired");
    assert_eq!(answer.text("/message"), "Invalid Refresh Token: Session Expired (Inactivity)");
    room.refresh(&token).await.expect(400, "session_expired");
    token = room.sign_in("busy@example.com", PASSWORD).await.refresh_token().to_owned();
    for _ in 0..4 {
        room.advance(250);
        let answer = room.refresh(&token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        token = answer.refresh_token().to_owned();
    }
    room.advance(1);
    let answer = room.refresh(&token).await;
    answer.expect(400, "session_expired");
    assert_eq!(answer.text("/message"), "Invalid Refresh Token: Session Expired");
}
