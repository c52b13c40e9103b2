//! What a refresh token is worth: once, a little longer, or never again.

use serde_json::json;

use crate::harness::{Answer, PASSWORD, Room};

async fn good(room: &Room, token: &str) -> Answer {
    let answer = room.refresh(token).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

#[tokio::test]
async fn a_refresh_keeps_the_session_and_how_it_was_made() {
    let room = Room::new().await;
    let first = room.sign_up("ada@example.com").await;
    room.advance(100);
    let second = good(&room, first.refresh_token()).await;
    let (before, after) = (room.claims(first.access_token()).await, room.claims(second.access_token()).await);
    assert_eq!(before["session_id"], after["session_id"]);
    assert_eq!(before["amr"], after["amr"]);
    assert_eq!(after["iat"].as_i64().unwrap() - before["iat"].as_i64().unwrap(), 100);
    assert_eq!(room.value("select refreshed_at from auth.sessions").await, "2026-11-21 12:01:40");
    let row = "select concat_ws(' ', revoked, parent) from auth.refresh_tokens order by id desc";
    assert_eq!(room.value(row).await, format!("f {}", first.refresh_token()));
    let actions = "select payload ->> 'action' from auth.audit_log_entries where payload ->> 'log_type' = 'token' order by 1";
    assert_eq!(room.column(actions, &[]).await, ["token_refreshed", "token_revoked"]);
}

#[tokio::test]
async fn the_parent_of_the_active_token_yields_that_token_at_any_age() {
    let room = Room::new().await;
    let parent = room.sign_up("ada@example.com").await.refresh_token().to_owned();
    let active = good(&room, &parent).await.refresh_token().to_owned();
    for seconds in [0, 5, 3600, 1_000_000] {
        room.advance(seconds);
        assert_eq!(good(&room, &parent).await.refresh_token(), active, "after {seconds} s");
    }
    assert_eq!(room.value("select count(*) from auth.refresh_tokens where not revoked").await, "1");
    assert_ne!(good(&room, &active).await.refresh_token(), active);
}

#[tokio::test]
async fn an_older_token_is_good_within_the_reuse_interval_and_fatal_after_it() {
    let room = Room::new().await;
    let bystander = room.sign_in_elsewhere().await;
    let one = room.sign_up("ada@example.com").await.refresh_token().to_owned();
    let two = good(&room, &one).await.refresh_token().to_owned();
    let three = good(&room, &two).await.refresh_token().to_owned();
    room.advance(10);
    let branch = good(&room, &one).await.refresh_token().to_owned();
    assert!(![&one, &two, &three].contains(&&branch));
    room.advance(11);
    // `one` is the parent of the active token again; `two` is nobody's any more
    let reuse = room.refresh(&two).await;
    reuse.expect(400, "refresh_token_already_used");
    assert_eq!(reuse.text("/message"), "Invalid Refresh Token: Already Used");
    // the error was an answer, not a rollback: the whole family is gone
    for token in [&one, &two, &three, &branch] {
        room.refresh(token).await.expect(400, "refresh_token_already_used");
    }
    assert_eq!(good(&room, &bystander).await.status, 200);
}

#[tokio::test]
async fn without_rotation_a_reused_token_harms_only_itself() {
    let room = Room::with(|config| config.enable_refresh_token_rotation = false).await;
    let one = room.sign_up("ada@example.com").await.refresh_token().to_owned();
    let two = good(&room, &one).await.refresh_token().to_owned();
    let three = good(&room, &two).await.refresh_token().to_owned();
    room.advance(11);
    room.refresh(&one).await.expect(400, "refresh_token_already_used");
    assert_eq!(good(&room, &three).await.status, 200);
}

#[tokio::test]
async fn what_is_no_refresh_token() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    for token in ["", "short", "TOOSHOUTY123", "' or 1=1; --", session.access_token()] {
        let answer = room.refresh(token).await;
        answer.expect(400, "validation_failed");
        assert_eq!(answer.text("/message"), "Refresh token is not valid");
    }
    room.post("/token?grant_type=refresh_token", json!({})).await.expect(400, "validation_failed");
    room.refresh("abcdefghijkl").await.expect(400, "refresh_token_not_found");
}

#[tokio::test]
async fn a_deleted_user_has_no_tokens() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    room.script("delete from auth.users").await;
    room.refresh(session.refresh_token()).await.expect(400, "refresh_token_not_found");
    room.call("GET", "/user").bearer(session.access_token()).send().await.expect(403, "user_not_found");
}

#[tokio::test]
async fn a_token_older_than_sessions_is_removed() {
    let room = Room::new().await;
    room.script(
        "insert into auth.refresh_tokens (token, user_id, revoked) values ('abcdefghijkl', 'x', false)",
    )
    .await;
    room.refresh("abcdefghijkl").await.expect(400, "session_not_found");
    room.refresh("abcdefghijkl").await.expect(400, "refresh_token_not_found");
}

#[tokio::test]
async fn a_session_of_an_oauth_client_is_not_refreshed_here() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    room.script(
        "insert into auth.oauth_clients (id, registration_type, redirect_uris, grant_types, token_endpoint_auth_method)
         values ('00000000-0000-0000-0000-000000000001', 'manual', '', '', 'none');
         update auth.sessions set oauth_client_id = '00000000-0000-0000-0000-000000000001'",
    )
    .await;
    let answer = room.refresh(session.refresh_token()).await;
    assert_eq!((answer.status.as_u16(), answer.text("/error")), (400, "invalid_client"));
}

impl Room {
    /// A second user's session, that nothing may touch.
    async fn sign_in_elsewhere(&self) -> String {
        self.sign_up("bystander@example.com").await;
        self.sign_in("bystander@example.com", PASSWORD).await.refresh_token().to_owned()
    }
}
