//! Forged tokens and hostile input: the protocol's own error, never a 5xx, nothing half done.

use base::identity::SigningKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Answer, PASSWORD, Room, SECRET, foreign_key};

impl Room {
    async fn user(&self, token: &str) -> Answer {
        self.call("GET", "/user").bearer(token).send().await
    }
}

fn unsigned(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(claims))
}

#[tokio::test]
async fn forged_tokens() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let claims = Value::Object(room.claims(session.access_token()).await);
    let public = room.keys.signer().unwrap().public_jwk().unwrap().to_string();
    let mut parts: Vec<&str> = session.access_token().split('.').collect();
    let service =
        URL_SAFE_NO_PAD.encode(json!({ "role": "service_role", "sub": session.user_id() }).to_string());
    parts[1] = &service;
    let forged = [
        unsigned(&claims),
        foreign_key().sign(&claims).unwrap(),
        SigningKey::from_secret(b"another secret of 32 characters!").sign(&claims).unwrap(),
        SigningKey::from_secret(public.as_bytes()).sign(&claims).unwrap(),
        parts.join("."),
        session.access_token().rsplit_once('.').unwrap().0.to_owned(),
        format!("{}x", session.access_token()),
        "garbage".to_owned(),
        "a.b.c".to_owned(),
    ];
    for token in &forged {
        let answer = room.user(token).await;
        answer.expect(403, "bad_jwt");
        assert!(
            answer.text("/message").starts_with("invalid JWT: unable to parse or verify signature"),
            "{answer:?}"
        );
        room.call("GET", "/admin/users").bearer(token).send().await.expect(403, "bad_jwt");
    }
    for header in ["", "Bearer", "Bearer ", "Basic YTpi", session.access_token()] {
        let answer = room.call("GET", "/user").header("authorization", header).send().await;
        answer.expect(401, "no_authorization");
    }
    assert_snapshot!(room.call("GET", "/user").older().send().await.shown(), @r#"
    401
    x-sb-error-code: no_authorization
    {
      "code": 401,
      "error_code": "no_authorization",
      "msg": "This endpoint requires a valid Bearer token"
    }
    "#);
}

#[tokio::test]
async fn well_signed_tokens_that_are_worth_nothing() {
    let room = Room::new().await;
    let ada = room.sign_up("ada@example.com").await;
    let bob = room.sign_up("bob@example.com").await;
    let session = |answer: &Answer| answer.headers["sb-auth-session-id"].to_str().unwrap().to_owned();
    let with = |changes: Value| {
        let mut claims = json!({ "sub": ada.user_id(), "aud": "authenticated", "role": "authenticated", "session_id": session(&ada) });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        room.sign(&claims)
    };
    assert_eq!(room.user(&with(json!({}))).await.status, 200);
    // a token made by the project itself with the shared secret, without a session
    let own = SigningKey::from_secret(SECRET.as_bytes())
        .sign(&json!({ "sub": ada.user_id(), "aud": "authenticated" }))
        .unwrap();
    assert_eq!(room.user(&own).await.status, 200);

    let past = room.now().timestamp() - 3600;
    let cases = [
        (json!({ "exp": past }), 403, "bad_jwt"),
        (json!({ "exp": "soon" }), 403, "bad_jwt"),
        (json!({ "nbf": room.now().timestamp() + 3600 }), 403, "bad_jwt"),
        (json!({ "sub": "" }), 403, "bad_jwt"),
        (json!({ "sub": null }), 403, "bad_jwt"),
        (json!({ "sub": "' or 1=1 --" }), 400, "bad_jwt"),
        (json!({ "session_id": "x" }), 403, "bad_jwt"),
        (json!({ "sub": uuid::Uuid::max() }), 403, "user_not_found"),
        (json!({ "session_id": uuid::Uuid::max() }), 403, "session_not_found"),
        // someone else's session does not carry this user
        (json!({ "session_id": session(&bob) }), 403, "session_not_found"),
    ];
    for (changes, status, code) in cases {
        let answer = room.user(&with(changes.clone())).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{changes} {answer:?}");
    }
    room.user(&room.keys.anon_key).await.expect(403, "bad_jwt");
    room.user(&room.keys.service_role_key).await.expect(403, "bad_jwt");
    room.advance(3600 + 31);
    room.user(ada.access_token()).await.expect(403, "bad_jwt");
}

#[tokio::test]
async fn bodies_that_are_not_what_they_should_be() {
    let room = Room::new().await;
    let session = room.sign_up("ada@example.com").await;
    let big = format!("{{\"data\":\"{}\"}}", "a".repeat(1 << 20));
    let bodies: [(&[u8], u16, &str); 9] = [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"[]", 400, "bad_json"),
        (b"{\"email\":\"\xff\xfe\"}", 400, "bad_json"),
        (b"{\"email\":\"\\ud800\",\"password\":\"xxxxxx\"}", 400, "bad_json"),
        (b"{\"email\":{\"a\":1}}", 400, "bad_json"),
        (b"{\"data\":{\"a\":\"\\u0000\"}}", 400, "validation_failed"),
        (b"{\"data\":{\"a\\u0000\":1}}", 400, "validation_failed"),
        (big.as_bytes(), 413, "request_entity_too_large"),
    ];
    for (body, status, code) in bodies {
        let calls = [
            room.call("POST", "/signup"),
            room.call("POST", "/token?grant_type=password"),
            room.call("POST", "/token?grant_type=refresh_token"),
            room.call("PUT", "/user").bearer(session.access_token()),
            room.admin("POST", "/admin/users"),
        ];
        for call in calls {
            let answer = call.body(body.to_vec()).send().await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]);
            // fields of other endpoints are no concern of this one
            let ignored = answer.status.is_client_error() && status == 400;
            assert!(answer.status == status && answer.code() == code || ignored, "{shown} {answer:?}");
        }
        room.post_raw(body).await.expect(status, code);
    }
    assert_eq!(room.value("select count(*) from auth.users").await, "1");
}

impl Room {
    async fn post_raw(&self, body: &[u8]) -> Answer {
        self.call("POST", "/signup").body(body.to_vec()).send().await
    }
}

#[tokio::test]
async fn sql_is_just_text() {
    let room = Room::new().await;
    let evil = "x'); drop table auth.users cascade; --";
    let data = json!({ evil: evil, "$1": "$2", "\\": "\\'" });
    let body = json!({ "email": "ada@example.com", "password": evil, "data": data });
    let call = room
        .call("POST", "/signup")
        .header("user-agent", evil)
        .header("x-forwarded-for", evil)
        .header("x-jwt-aud", evil);
    let answer = call.json(&body).send().await;
    assert_eq!((answer.status.as_u16(), answer.text("/user/aud")), (200, evil), "{answer:?}");
    assert_eq!(answer.body["user"]["user_metadata"][evil], evil);
    assert_eq!(answer.body["user"]["user_metadata"]["\\"], "\\'");
    let changed = room.change(&answer, json!({ "data": { evil: null, "k": evil } })).await;
    assert_eq!(
        (changed.body["user_metadata"].get(evil), &changed.body["user_metadata"]["k"]),
        (None, &json!(evil))
    );
    assert_eq!(room.value("select user_agent from auth.sessions").await, evil);
    room.sign_in(evil, evil).await.expect(400, "invalid_credentials");
    room.refresh(evil).await.expect(400, "validation_failed");
    let admin =
        json!({ "email": "bob@example.com", "role": evil, "aud": evil, "app_metadata": { evil: evil } });
    let made = room.admin("POST", "/admin/users").json(&admin).send().await;
    assert_eq!((made.text("/role"), &made.body["app_metadata"][evil]), (evil, &json!(evil)));
    assert_eq!(room.value("select count(*) from auth.users").await, "2");
}

#[tokio::test]
async fn unknown_routes_and_methods() {
    let room = Room::new().await;
    assert_snapshot!(room.call("GET", "/nowhere").send().await.shown(), @r#"
    404
    {
      "code": "unknown",
      "message": "No such route"
    }
    "#);
    assert_snapshot!(room.call("DELETE", "/signup").older().send().await.shown(), @r#"
    405
    {
      "code": 405,
      "error_code": "unknown",
      "msg": "Method not allowed"
    }
    "#);
    for (method, path) in
        [("GET", "/"), ("POST", "/admin/users/x/y/z"), ("GET", "/%00"), ("GET", "/user/"), ("PATCH", "/user")]
    {
        let answer = room.call(method, path).send().await;
        assert!([404, 405].contains(&answer.status.as_u16()), "{method} {path} {answer:?}");
        assert!(answer.body["message"].is_string());
    }
}

#[tokio::test]
async fn a_stolen_refresh_token_is_worth_its_own_session_only() {
    let room = Room::new().await;
    let ada = room.sign_up("ada@example.com").await;
    let bob = room.sign_up("bob@example.com").await;
    // whoever is named beside it, a refresh token speaks for its own user
    let call = room.call("POST", "/token?grant_type=refresh_token").bearer(bob.access_token());
    let answer =
        call.json(&json!({ "refresh_token": ada.refresh_token(), "user_id": bob.user_id() })).send().await;
    assert_eq!(answer.user_id(), ada.user_id());
    assert_eq!(room.sign_in("bob@example.com", PASSWORD).await.status, 200);
}
