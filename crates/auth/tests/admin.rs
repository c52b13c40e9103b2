//! Administration of users.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Answer, PASSWORD, Room};

impl Room {
    async fn create(&self, body: Value) -> Answer {
        self.admin("POST", "/admin/users").json(&body).send().await
    }
}

#[tokio::test]
async fn a_user_is_made_as_given() {
    let room = Room::new().await;
    let id = "11111111-2222-4333-8444-555555555555";
    let answer = room
        .create(json!({
            "id": id, "email": "Ada@example.com", "phone": "+4912345", "password": "1", "email_confirm": true,
            "user_metadata": { "name": "Ada" }, "app_metadata": { "tier": "pro", "provider": null }, "ban_duration": "1h",
        }))
        .await;
    assert_snapshot!(answer.shown(), @r#"
    200
    {
      "id": "[uuid]",
      "aud": "authenticated",
      "role": "authenticated",
      "email": "ada@example.com",
      "email_confirmed_at": "2026-11-21T12:00:00.000000Z",
      "phone": "4912345",
      "confirmed_at": "2026-11-21T12:00:00.000000Z",
      "app_metadata": {
        "tier": "pro",
        "providers": [
          "email",
          "phone"
        ]
      },
      "user_metadata": {
        "name": "Ada",
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
            "email_verified": false,
            "phone_verified": false
          },
          "provider": "email",
          "last_sign_in_at": "2026-11-21T12:00:00.000000Z",
          "created_at": "2026-11-21T12:00:00.000000Z",
          "updated_at": "2026-11-21T12:00:00.000000Z",
          "email": "ada@example.com"
        },
        {
          "identity_id": "[uuid]",
          "id": "[uuid]",
          "user_id": "[uuid]",
          "identity_data": {
            "sub": "[uuid]",
            "phone": "4912345",
            "email_verified": false,
            "phone_verified": false
          },
          "provider": "phone",
          "last_sign_in_at": "2026-11-21T12:00:00.000000Z",
          "created_at": "2026-11-21T12:00:00.000000Z",
          "updated_at": "2026-11-21T12:00:00.000000Z"
        }
      ],
      "created_at": "2026-11-21T12:00:00.000000Z",
      "updated_at": "2026-11-21T12:00:00.000000Z",
      "banned_until": "2026-11-21T13:00:00.000000Z",
      "is_anonymous": false
    }
    "#);
    assert_eq!(answer.body["id"], id);
    room.sign_in("ada@example.com", "1").await.expect(400, "user_banned");
    let entry = "select payload::jsonb #- '{traits,user_id}' from auth.audit_log_entries";
    assert_snapshot!(room.value(entry).await, @r#"{"action": "user_signedup", "traits": {"provider": "email", "user_email": "ada@example.com", "user_phone": "4912345"}, "actor_id": "00000000-0000-0000-0000-000000000000", "log_type": "team", "actor_via_sso": false, "actor_username": "service_role"}"#);
}

#[tokio::test]
async fn insert_triggers_do_not_see_app_metadata_that_comes_later() {
    let room = Room::new().await;
    room.script(
        "create table public.seen (app jsonb);
         create function public.see() returns trigger language plpgsql security definer as $$
         begin insert into public.seen values (new.raw_app_meta_data); return new; end $$;
         create trigger see after insert on auth.users for each row execute function public.see();",
    )
    .await;
    room.create(json!({ "email": "ada@example.com", "app_metadata": { "tier": "pro" } })).await;
    assert_eq!(
        room.value("select app from public.seen").await,
        r#"{"provider": "email", "providers": ["email"]}"#
    );
}

#[tokio::test]
async fn imported_hashes_sign_in() {
    let room = Room::new().await;
    let hash = room.value("select extensions.crypt('correct horse', extensions.gen_salt('bf', 8))").await;
    let user = json!({ "email": "ada@example.com", "password_hash": hash, "email_confirm": true });
    assert_eq!(room.create(user).await.status, 200);
    assert_eq!(room.sign_in("ada@example.com", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_user_is_told() {
    let room = Room::new().await;
    room.create(json!({ "email": "ada@example.com", "phone": "4912345", "id": uuid::Uuid::max() })).await;
    let cases = [
        (json!({}), 400, "validation_failed"),
        (json!({ "email": "nonsense" }), 400, "validation_failed"),
        (json!({ "phone": "nonsense" }), 400, "validation_failed"),
        (json!({ "email": "ada@example.com" }), 422, "email_exists"),
        (json!({ "phone": "4912345" }), 422, "phone_exists"),
        (json!({ "email": "new@example.com", "id": uuid::Uuid::max() }), 400, "validation_failed"),
        (json!({ "email": "new@example.com", "id": "1" }), 400, "validation_failed"),
        (json!({ "email": "new@example.com", "id": uuid::Uuid::nil() }), 400, "validation_failed"),
        (json!({ "email": "new@example.com", "password": "a".repeat(73) }), 400, "validation_failed"),
        (
            json!({ "email": "new@example.com", "password": "x", "password_hash": "y" }),
            400,
            "validation_failed",
        ),
        (json!({ "email": "new@example.com", "password_hash": "not a hash" }), 400, "validation_failed"),
        (json!({ "email": "new@example.com", "ban_duration": "soon" }), 400, "validation_failed"),
        (json!({ "email": "new@example.com", "role": "r".repeat(256) }), 400, "validation_failed"),
        (json!({ "email": 7 }), 400, "bad_json"),
        (json!({ "email": "new@example.com", "user_metadata": [] }), 400, "bad_json"),
    ];
    for (body, status, code) in cases {
        let answer = room.create(body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{body} {answer:?}");
    }
    assert_eq!(room.value("select count(*) from auth.users").await, "1");
}

#[tokio::test]
async fn only_what_the_body_names_changes() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let path = format!("/admin/users/{}", session.user_id());
    let change = async |body: Value| room.admin("PUT", &path).json(&body).send().await;
    let answer =
        change(json!({ "user_metadata": { "a": 1 }, "app_metadata": { "tier": "pro" }, "role": " editor " }))
            .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!((answer.text("/role"), &answer.body["user_metadata"]["a"]), ("editor", &json!(1)));
    assert_eq!(
        answer.body["app_metadata"],
        json!({ "provider": "email", "providers": ["email"], "tier": "pro" })
    );
    assert_eq!(room.refresh(session.refresh_token()).await.status, 200);

    let answer =
        change(json!({ "email": "New@example.com", "email_confirm": true, "phone": "4912345" })).await;
    assert_eq!((answer.text("/email"), answer.text("/phone")), ("new@example.com", "4912345"));
    assert_eq!(answer.text("/identities/0/email"), "new@example.com");
    assert_eq!(answer.body["identities"][0]["identity_data"]["email_verified"], true);
    assert_eq!(answer.body["identities"][1]["provider"], "phone");

    change(json!({ "password": "short" })).await.expect(422, "weak_password");
    assert_eq!(change(json!({ "password": "another horse" })).await.status, 200);
    room.refresh(session.refresh_token()).await.expect(400, "refresh_token_not_found");
    assert_eq!(room.sign_in("new@example.com", "another horse").await.status, 200);

    room.sign_up("taken@example.com").await;
    change(json!({ "email": "taken@example.com" })).await.expect(422, "email_exists");
    change(json!({ "email": "nonsense" })).await.expect(400, "validation_failed");
}

#[tokio::test]
async fn users_come_in_pages() {
    let room = Room::new().await;
    for name in ["ada", "bob", "cyd"] {
        room.create(json!({ "email": format!("{name}@example.com"), "user_metadata": { "full_name": name.to_uppercase() } })).await;
        room.advance(1);
    }
    let emails = |answer: &Answer| -> Vec<String> {
        let users = answer.body["users"].as_array().unwrap();
        users.iter().map(|user| user["email"].as_str().unwrap().replace("@example.com", "")).collect()
    };
    let list = async |query: &str| room.admin("GET", &format!("/admin/users{query}")).send().await;
    let all = list("").await;
    assert_eq!(
        (emails(&all), &all.body["aud"]),
        (vec!["cyd".into(), "bob".into(), "ada".into()], &json!("authenticated"))
    );
    assert_eq!(all.headers["link"], "</admin/users?page=1>; rel=\"last\"");
    assert_eq!(all.headers["x-total-count"], "3");
    let first = list("?per_page=1&page=").await;
    assert_eq!(
        first.headers["link"],
        "</admin/users?page=2&per_page=1>; rel=\"next\", </admin/users?page=3&per_page=1>; rel=\"last\""
    );
    assert_eq!(emails(&list("?page=2&per_page=1").await), ["bob"]);
    assert_eq!(emails(&list("?sort=created_at+asc").await), ["ada", "bob", "cyd"]);
    assert_eq!(emails(&list("?filter=ob@").await), ["bob"]);
    assert_eq!(emails(&list("?filter=aDa").await), ["ada"]);
    assert!(emails(&list("?page=9").await).is_empty());
    assert!(emails(&list("?filter=%27%20or%201%3D1%20--").await).is_empty());
    for query in
        ["?page=-1", "?per_page=x", "?per_page=0", "?sort=email", "?sort=created_at%20up", "?filter=%00"]
    {
        list(query).await.expect(400, "validation_failed");
    }
}

#[tokio::test]
async fn deleting_a_user_deletes_what_hangs_on_it() {
    let room = Room::new().await;
    room.script("create table public.notes (owner uuid references auth.users on delete cascade)").await;
    let session = room.sign_up("ada@example.com").await;
    let other = room.sign_up("bob@example.com").await;
    room.script("insert into public.notes select id from auth.users").await;
    let path = format!("/admin/users/{}", session.user_id());
    let answer = room.admin("DELETE", &path).send().await;
    assert_eq!((answer.status.as_u16(), &answer.body), (200, &json!({})));
    for table in [
        "auth.users",
        "auth.identities",
        "auth.sessions",
        "auth.refresh_tokens",
        "auth.mfa_amr_claims",
        "public.notes",
    ] {
        assert_eq!(room.value(&format!("select count(*) from {table}")).await, "1", "{table}");
    }
    room.call("GET", "/user").bearer(session.access_token()).send().await.expect(403, "user_not_found");
    room.admin("DELETE", &path).send().await.expect(404, "user_not_found");
    assert_eq!(room.refresh(other.refresh_token()).await.status, 200);
    assert_eq!(room.sign_up("ada@example.com").await.status, 200);
}

#[tokio::test]
async fn a_softly_deleted_user_leaves_a_row_that_tells_nothing() {
    let room = Room::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "data": { "name": "Ada" } });
    let session = room.post("/signup", body).await;
    let path = format!("/admin/users/{}", session.user_id());
    for _ in 0..2 {
        let answer = room.admin("DELETE", &path).json(&json!({ "should_soft_delete": true })).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let kept = room.admin("GET", &path).send().await;
    assert_eq!(kept.body["deleted_at"], "2026-11-21T12:00:00.000000Z");
    assert_eq!((&kept.body["user_metadata"], &kept.body["app_metadata"]), (&json!({}), &json!({})));
    assert_eq!(kept.body["identities"][0]["identity_data"], json!({}));
    let text = kept.body.to_string();
    assert!(!text.contains("ada@example.com") && !text.contains("Ada"), "{text}");
    room.refresh(session.refresh_token()).await.expect(400, "refresh_token_not_found");
    room.sign_in("ada@example.com", PASSWORD).await.expect(400, "invalid_credentials");
    assert_ne!(room.sign_up("ada@example.com").await.user_id(), session.user_id());
}

#[tokio::test]
async fn a_user_is_addressed_by_a_uuid() {
    let room = Room::new().await;
    for path in ["/admin/users/1", "/admin/users/%27%20or%201=1", "/admin/users/%ff"] {
        for method in ["GET", "PUT", "DELETE"] {
            let answer = room.admin(method, path).json(&json!({})).send().await;
            assert_eq!(
                (answer.status.as_u16(), answer.code()),
                (404, "validation_failed"),
                "{method} {path}"
            );
        }
    }
    let path = format!("/admin/users/{}", uuid::Uuid::max());
    room.admin("GET", &path).send().await.expect(404, "user_not_found");
    room.admin("GET", &format!("{path}/factors")).send().await.expect(404, "user_not_found");
}

#[tokio::test]
async fn factors_are_listed() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let path = format!("/admin/users/{}/factors", session.user_id());
    assert_eq!(room.admin("GET", &path).send().await.body, json!([]));
}

#[tokio::test]
async fn users_and_visitors_are_no_administrators() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let id = session.user_id();
    let routes = [
        ("GET", "/admin/users".to_owned()),
        ("POST", "/admin/users".to_owned()),
        ("GET", format!("/admin/users/{id}")),
        ("PUT", format!("/admin/users/{id}")),
        ("DELETE", format!("/admin/users/{id}")),
        ("GET", format!("/admin/users/{id}/factors")),
    ];
    for (method, path) in &routes {
        room.call(method, path).send().await.expect(401, "no_authorization");
        room.call(method, path).bearer(session.access_token()).send().await.expect(403, "not_admin");
        room.call(method, path).bearer(&room.keys.anon_key).send().await.expect(403, "not_admin");
    }
}
