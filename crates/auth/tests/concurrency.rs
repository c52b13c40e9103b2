//! Many requests about one thing at once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{PASSWORD, Room};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refreshes_of_one_token_all_succeed_and_leave_one_active_token() {
    let room = Room::new().await;
    let token = room.sign_up("ada@example.com").await.refresh_token().to_owned();
    let answers = join_all((0..50).map(|_| room.refresh(&token))).await;
    let given: BTreeSet<&str> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.refresh_token()
        })
        .collect();
    assert_eq!(given.len(), 1, "everyone gets the same token: {given:?}");
    let active = room.column("select token from auth.refresh_tokens where not revoked", &[]).await;
    assert_eq!(active, given.into_iter().collect::<Vec<_>>());
    for answer in &answers {
        let user = room.call("GET", "/user").bearer(answer.access_token()).send().await;
        assert_eq!(user.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_sign_ups_with_an_address_wins() {
    let room = Room::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let answers = join_all((0..8).map(|_| room.post("/signup", body.clone()))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1, "{answers:?}");
    for answer in lost {
        answer.expect(422, "user_already_exists");
    }
    assert_eq!(room.value("select count(*) from auth.identities").await, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_to_metadata_at_once_all_survive() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let change = |n: u32| {
        let call = room.call("PUT", "/user").bearer(session.access_token());
        call.json(&json!({ "data": { format!("k{n}"): n } })).send()
    };
    for answer in join_all((0..20).map(change)).await {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let keys =
        "select count(*) from auth.users, jsonb_object_keys(raw_user_meta_data) k where k ~ '^k[0-9]+$'";
    assert_eq!(room.value(keys).await, "20");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refreshing_and_signing_out_at_once_ends_signed_out() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let refreshes = join_all((0..10).map(|_| room.refresh(session.refresh_token())));
    let logout = room.call("POST", "/logout").bearer(session.access_token()).send();
    let (refreshed, logged_out) = tokio::join!(refreshes, logout);
    assert_eq!(logged_out.status, 204);
    for answer in &refreshed {
        assert!([200, 400].contains(&answer.status.as_u16()), "{answer:?}");
    }
    assert_eq!(room.value("select count(*) from auth.refresh_tokens").await, "0");
}
