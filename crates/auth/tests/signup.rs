//! Signing up: what is answered, what is stored, and what triggers see of it.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Room};

#[tokio::test]
async fn an_email_address_and_a_password_make_a_session() {
    let room = Room::new().await;
    let body = json!({ "email": "Ada@Example.com", "password": PASSWORD, "data": { "full_name": "Ada", "gone": null } });
    let answer = room.post("/signup", body).await;
    assert_snapshot!(answer.shown(), @r#"
    200
    {
      "access_token": "[jwt]",
      "token_type": "bearer",
      "expires_in": 3600,
      "expires_at": 1795266000,
      "refresh_token": "[token]",
      "user": {
        "id": "[uuid]",
        "aud": "authenticated",
        "role": "authenticated",
        "email": "ada@example.com",
        "email_confirmed_at": "2026-11-21T12:00:00.000000Z",
        "phone": "",
        "confirmed_at": "2026-11-21T12:00:00.000000Z",
        "last_sign_in_at": "2026-11-21T12:00:00.000000Z",
        "app_metadata": {
          "provider": "email",
          "providers": [
            "email"
          ]
        },
        "user_metadata": {
          "sub": "[uuid]",
          "email": "ada@example.com",
          "full_name": "Ada",
          "email_verified": true,
          "phone_verified": false
        },
        "identities": [
          {
            "identity_id": "[uuid]",
            "id": "[uuid]",
            "user_id": "[uuid]",
            "identity_data": {
              "sub": "[uuid]",
              "gone": null,
              "email": "ada@example.com",
              "full_name": "Ada",
              "email_verified": false,
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
    }
    "#);
    assert_eq!(answer.headers["sb-auth-user-id"], answer.user_id());
}

#[tokio::test]
async fn the_token_says_what_upstreams_says() {
    let room = Room::new().await;
    let answer = room.sign_up("ada@example.com").await;
    let id = answer.user_id();
    let mut claims = room.claims(answer.access_token()).await;
    assert_eq!(claims["sub"], id);
    assert_eq!(claims["user_metadata"]["sub"], id);
    assert_eq!(claims["session_id"].as_str().unwrap(), answer.headers["sb-auth-session-id"]);
    for differing in ["sub", "session_id", "user_metadata"] {
        claims.remove(differing);
    }
    assert_snapshot!(serde_json::to_string_pretty(&claims).unwrap(), @r#"
    {
      "iss": "http://127.0.0.1:54321/auth/v1",
      "is_anonymous": false,
      "aud": "authenticated",
      "exp": 1795266000,
      "iat": 1795262400,
      "email": "ada@example.com",
      "phone": "",
      "app_metadata": {
        "provider": "email",
        "providers": [
          "email"
        ]
      },
      "amr": [
        {
          "method": "password",
          "timestamp": 1795262400
        }
      ],
      "role": "authenticated",
      "aal": "aal1"
    }
    "#);
}

#[tokio::test]
async fn everything_about_a_sign_up_is_stored() {
    let room = Room::new().await;
    let call = room
        .call("POST", "/signup")
        .header("user-agent", "test/1")
        .header("x-forwarded-for", "203.0.113.7, 10.0.0.1");
    let answer = call.json(&json!({ "email": "ada@example.com", "password": PASSWORD })).send().await;
    let session = answer.headers["sb-auth-session-id"].to_str().unwrap();

    let user =
        "select concat_ws(' ', instance_id, aud, role, left(encrypted_password, 7), confirmation_token = '',
        recovery_token = '', is_anonymous, last_sign_in_at is not null) from auth.users";
    assert_eq!(
        room.value(user).await,
        "00000000-0000-0000-0000-000000000000 authenticated authenticated $2a$10$ t t f t"
    );
    assert_eq!(
        room.value("select concat_ws(' ', id, aal, user_agent, host(ip)) from auth.sessions").await,
        format!("{session} aal1 test/1 203.0.113.7")
    );
    let token = "select concat_ws(' ', token, revoked, parent = '', session_id) from auth.refresh_tokens";
    assert_eq!(room.value(token).await, format!("{} f t {session}", answer.refresh_token()));
    assert_eq!(room.value("select authentication_method from auth.mfa_amr_claims").await, "password");
    let entries = room
        .column(
            "select payload::jsonb - 'actor_id' from auth.audit_log_entries order by payload ->> 'action'",
            &[],
        )
        .await;
    assert_snapshot!(entries.join("\n"), @r#"
    {"action": "login", "traits": {"provider": "email"}, "log_type": "account", "actor_via_sso": false, "actor_username": "ada@example.com"}
    {"action": "user_signedup", "traits": {"provider": "email"}, "log_type": "team", "actor_via_sso": false, "actor_username": "ada@example.com"}
    "#);
}

/// What §"order of writes" of upstream promises to triggers that fill `public.profiles` and the like.
#[tokio::test]
async fn triggers_see_the_writes_in_upstreams_order() {
    let room = Room::new().await;
    room.script(
        "create table public.seen (n serial, what text);
         create function public.see() returns trigger language plpgsql security definer as $$
         begin
           if tg_table_name = 'users' then
             insert into public.seen (what) select concat_ws(' ', tg_op, tg_table_name, 'role=' || new.role,
               'confirmed=' || (new.email_confirmed_at is not null), 'signed_in=' || (new.last_sign_in_at is not null),
               'app=', new.raw_app_meta_data, 'user=', new.raw_user_meta_data - 'sub');
           else
             insert into public.seen (what) select concat_ws(' ', tg_op, tg_table_name, new.identity_data - 'sub');
           end if;
           return new;
         end $$;
         create trigger see after insert or update on auth.users for each row execute function public.see();
         create trigger see after insert or update on auth.identities for each row execute function public.see();",
    )
    .await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "data": { "plan": "pro" } });
    assert_eq!(room.post("/signup", body).await.status, 200);
    let seen = room.column("select what from public.seen order by n", &[]).await;
    assert_snapshot!(seen.join("\n"), @r#"
    INSERT users role= confirmed=false signed_in=false app= {"provider": "email", "providers": ["email"]} user= {"plan": "pro"}
    UPDATE users role=authenticated confirmed=false signed_in=false app= {"provider": "email", "providers": ["email"]} user= {"plan": "pro"}
    INSERT identities {"plan": "pro", "email": "ada@example.com", "email_verified": false, "phone_verified": false}
    UPDATE users role=authenticated confirmed=false signed_in=false app= {"provider": "email", "providers": ["email"]} user= {"plan": "pro", "email": "ada@example.com", "email_verified": false, "phone_verified": false}
    UPDATE users role=authenticated confirmed=true signed_in=false app= {"provider": "email", "providers": ["email"]} user= {"plan": "pro", "email": "ada@example.com", "email_verified": false, "phone_verified": false}
    UPDATE users role=authenticated confirmed=true signed_in=false app= {"provider": "email", "providers": ["email"]} user= {"plan": "pro", "email": "ada@example.com", "email_verified": true, "phone_verified": false}
    UPDATE users role=authenticated confirmed=true signed_in=true app= {"provider": "email", "providers": ["email"]} user= {"plan": "pro", "email": "ada@example.com", "email_verified": true, "phone_verified": false}
    "#);
}

#[tokio::test]
async fn a_failing_trigger_leaves_nothing_behind() {
    let room = Room::new().await;
    room.script(
        "create function public.refuse() returns trigger language plpgsql as $$
         begin raise exception 'no more seats' using hint = 'ask sales'; end $$;
         create trigger refuse after insert on auth.users for each row execute function public.refuse();",
    )
    .await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    assert_snapshot!(room.post("/signup", body.clone()).await.shown(), @r#"
    500
    x-sb-error-code: unexpected_failure
    {
      "code": "unexpected_failure",
      "message": "Database error saving new user"
    }
    "#);
    let older = room.call("POST", "/signup").older().json(&body).send().await;
    assert_snapshot!(older.shown(), @r#"
    500
    x-sb-error-code: unexpected_failure
    {
      "code": "P0001",
      "message": "no more seats",
      "hint": "ask sales"
    }
    "#);
    assert_eq!(room.post("/signup", json!({})).await.status, 500);
    let rest = "select (select count(*) from auth.users) + (select count(*) from auth.audit_log_entries)";
    assert_eq!(room.value(rest).await, "0");
}

#[tokio::test]
async fn anonymous_users_have_no_identity_and_their_data_unchanged() {
    let room = Room::new().await;
    let answer = room.post("/signup", json!({ "data": { "plan": "trial" } })).await;
    assert_snapshot!(answer.shown(), @r#"
    200
    {
      "access_token": "[jwt]",
      "token_type": "bearer",
      "expires_in": 3600,
      "expires_at": 1795266000,
      "refresh_token": "[token]",
      "user": {
        "id": "[uuid]",
        "aud": "authenticated",
        "role": "authenticated",
        "email": "",
        "phone": "",
        "last_sign_in_at": "2026-11-21T12:00:00.000000Z",
        "app_metadata": {},
        "user_metadata": {
          "plan": "trial"
        },
        "identities": [],
        "created_at": "2026-11-21T12:00:00.000000Z",
        "updated_at": "2026-11-21T12:00:00.000000Z",
        "is_anonymous": true
      }
    }
    "#);
    let claims = room.claims(answer.access_token()).await;
    assert_eq!((&claims["is_anonymous"], &claims["amr"][0]["method"]), (&json!(true), &json!("anonymous")));
}

#[tokio::test]
async fn a_phone_number_signs_up_where_numbers_need_no_confirmation() {
    let room = Room::new().await;
    let data = json!({ "email": "victim@example.com" });
    let body = json!({ "phone": "+1 415 555 2671", "password": PASSWORD, "data": data });
    let answer = room.post("/signup", body).await;
    assert_eq!((answer.status.as_u16(), answer.text("/user/phone")), (200, "14155552671"), "{answer:?}");
    assert_eq!(answer.body["user"]["app_metadata"], json!({ "provider": "phone", "providers": ["phone"] }));
    assert_eq!(answer.text("/user/user_metadata/email"), "victim@example.com");
    // the address still belongs to whoever can show it
    assert_eq!(room.sign_up("victim@example.com").await.status, 200);
    let body = json!({ "phone": "14155552671", "password": PASSWORD });
    assert_eq!(room.post("/token?grant_type=password", body.clone()).await.status, 200);
    room.post("/signup", body).await.expect(422, "user_already_exists");
}

#[tokio::test]
async fn what_is_switched_off_is_refused() {
    let email = json!({ "email": "ada@example.com", "password": PASSWORD });
    let room = Room::with(|config| config.enable_signup = false).await;
    let answer = room.post("/signup", email.clone()).await;
    answer.expect(422, "signup_disabled");
    assert_eq!(answer.text("/message"), "Signups not allowed for this instance");
    room.post("/signup", json!({})).await.expect(422, "signup_disabled");

    let room = Room::with(|config| {
        config.email.enable_signup = false;
        config.sms.enable_signup = false;
        config.enable_anonymous_sign_ins = false;
    })
    .await;
    room.post("/signup", email).await.expect(400, "email_provider_disabled");
    room.post("/signup", json!({ "phone": "4912345", "password": PASSWORD }))
        .await
        .expect(400, "phone_provider_disabled");
    let answer = room.post("/signup", json!({})).await;
    answer.expect(422, "anonymous_provider_disabled");
    assert_eq!(answer.text("/message"), "Anonymous sign-ins are disabled");
    room.sign_in("ada@example.com", PASSWORD).await.expect(422, "email_provider_disabled");
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_up_is_told() {
    let room = Room::new().await;
    let long = "a".repeat(73);
    let challenge = "c".repeat(43);
    let cases = [
        (json!({ "email": "ada@example.com" }), 400, "validation_failed", "Signup requires a valid password"),
        (
            json!({ "email": "ada@example.com", "password": "12345" }),
            422,
            "weak_password",
            "Password should be at least 6 characters.",
        ),
        (
            json!({ "email": "ada@example.com", "password": long }),
            400,
            "validation_failed",
            "Password cannot be longer than 72 characters",
        ),
        (
            json!({ "email": "ada", "password": PASSWORD }),
            400,
            "validation_failed",
            "Unable to validate email address: invalid format",
        ),
        (
            json!({ "phone": "invalid", "password": PASSWORD }),
            400,
            "validation_failed",
            "Invalid phone number format (E.164 required)",
        ),
        (
            json!({ "email": "a@b.c", "phone": "4912345", "password": PASSWORD }),
            400,
            "validation_failed",
            "Only an email address or phone number should be provided on signup.",
        ),
        (
            json!({ "email": "a@b.c", "password": PASSWORD, "code_challenge": challenge }),
            400,
            "validation_failed",
            "PKCE flow requires code_challenge_method and code_challenge",
        ),
        (
            json!({ "phone": "4912345", "password": PASSWORD, "code_challenge": challenge, "code_challenge_method": "s256" }),
            400,
            "validation_failed",
            "PKCE not supported for phone signups",
        ),
    ];
    for (body, status, code, message) in cases {
        let answer = room.post("/signup", body).await;
        answer.expect(status, code);
        assert_eq!(answer.text("/message"), message);
    }
    assert_eq!(room.value("select count(*) from auth.users").await, "0");
}

#[tokio::test]
async fn an_address_signs_up_once() {
    let room = Room::new().await;
    room.sign_up("ada@example.com").await;
    let answer = room.post("/signup", json!({ "email": "ADA@example.com", "password": "another one" })).await;
    answer.expect(422, "user_already_exists");
    assert_eq!(answer.text("/message"), "User already registered");
    assert_eq!(room.sign_in("ada@example.com", PASSWORD).await.status, 200);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "most of them are the two answers that must look alike")]
async fn with_confirmations_the_answer_does_not_tell_who_is_registered() {
    let room = Room::with(|config| {
        config.email.enable_confirmations = true;
        config.sms.enable_confirmations = true;
    })
    .await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "data": { "plan": "pro" } });
    let fresh = room.post("/signup", body.clone()).await;
    assert_snapshot!(fresh.shown(), @r#"
    200
    {
      "id": "[uuid]",
      "aud": "authenticated",
      "role": "authenticated",
      "email": "ada@example.com",
      "phone": "",
      "confirmation_sent_at": "2026-11-21T12:00:00.000000Z",
      "app_metadata": {
        "provider": "email",
        "providers": [
          "email"
        ]
      },
      "user_metadata": {
        "sub": "[uuid]",
        "plan": "pro",
        "email": "ada@example.com",
        "email_verified": false,
        "phone_verified": false
      },
      "identities": [
        {
          "identity_id": "[uuid]",
          "id": "[uuid]",
          "user_id": "[uuid]",
          "identity_data": {
            "sub": "[uuid]",
            "plan": "pro",
            "email": "ada@example.com",
            "email_verified": false,
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
    room.sign_in("ada@example.com", PASSWORD).await.expect(400, "email_not_confirmed");
    room.sign_in("ada@example.com", "wrong").await.expect(400, "invalid_credentials");
    room.post("/signup", body.clone()).await.expect(429, "over_email_send_rate_limit");

    // asked again later: the same user, a new token, the old password
    room.advance(2);
    let token = "select confirmation_token from auth.users";
    let before = room.value(token).await;
    let again = room.post("/signup", json!({ "email": "ada@example.com", "password": "another one" })).await;
    assert_eq!(again.body["id"], fresh.body["id"]);
    assert_ne!(room.value(token).await, before);
    assert_eq!(room.value("select token_hash from auth.one_time_tokens").await, room.value(token).await);

    room.script("update auth.users set email_confirmed_at = now()").await;
    assert_eq!(room.sign_in("ada@example.com", PASSWORD).await.status, 200);
    let made_up = room.post("/signup", body).await;
    assert_ne!(made_up.body["id"], fresh.body["id"]);
    assert_snapshot!(made_up.shown(), @r#"
    200
    {
      "id": "[uuid]",
      "aud": "authenticated",
      "role": "",
      "email": "ada@example.com",
      "phone": "",
      "confirmation_sent_at": "2026-11-21T12:00:02.000000Z",
      "app_metadata": {
        "provider": "email",
        "providers": [
          "email"
        ]
      },
      "user_metadata": {
        "plan": "pro"
      },
      "identities": [],
      "created_at": "2026-11-21T12:00:02.000000Z",
      "updated_at": "2026-11-21T12:00:02.000000Z",
      "is_anonymous": false
    }
    "#);
    let tables = "select concat(count(*), ' ', (select count(*) from auth.sessions)) from auth.users";
    assert_eq!(room.value(tables).await, "1 1");
}

#[tokio::test]
async fn a_trigger_may_confirm_a_user_and_the_session_comes_at_once() {
    let room = Room::with(|config| config.email.enable_confirmations = true).await;
    room.script(
        "create function public.confirm() returns trigger language plpgsql as $$
         begin new.email_confirmed_at = now(); return new; end $$;
         create trigger confirm before insert on auth.users for each row execute function public.confirm();",
    )
    .await;
    let answer = room.sign_up("ada@example.com").await;
    assert!(answer.body["access_token"].is_string());
    assert_eq!(room.refresh(answer.refresh_token()).await.status, 200);
}

#[tokio::test]
async fn an_unconfirmed_user_is_claimed_only_with_its_password() {
    let room = Room::new().await;
    let made = room
        .admin("POST", "/admin/users")
        .json(&json!({ "email": "ada@example.com", "password": PASSWORD }))
        .send()
        .await;
    assert_eq!(made.status, 200);
    let thief = json!({ "email": "ada@example.com", "password": "not hers at all" });
    room.post("/signup", thief).await.expect(422, "user_already_exists");
    let owner = room.sign_up("ada@example.com").await;
    assert_eq!(owner.user_id(), made.body["id"]);
}

#[tokio::test]
async fn a_test_number_takes_its_code_and_others_need_a_provider() {
    let room = Room::with(|config| {
        config.sms.enable_confirmations = true;
        config.sms.test_otp.insert("4152127777".to_owned(), "123456".to_owned());
    })
    .await;
    let body = |phone: &str| json!({ "phone": phone, "password": PASSWORD });
    assert_eq!(room.post("/signup", body("4152127777")).await.status, 200);
    room.post("/signup", body("4912345")).await.expect(422, "sms_send_failed");
    assert_eq!(room.column("select phone from auth.users", &[]).await, ["4152127777"]);
    let hash = "select confirmation_token = encode(sha224('4152127777123456'), 'hex') from auth.users";
    assert_eq!(room.value(hash).await, "t");
}

#[tokio::test]
async fn a_pkce_sign_up_is_remembered_for_its_return() {
    let room = Room::with(|config| config.email.enable_confirmations = true).await;
    let challenge = "c".repeat(43);
    let body = json!({
        "email": "ada@example.com", "password": PASSWORD, "code_challenge": challenge, "code_challenge_method": "S256",
    });
    assert_eq!(room.post("/signup", body).await.status, 200);
    let flow = "select concat_ws(' ', code_challenge, code_challenge_method, provider_type, authentication_method) from auth.flow_state";
    assert_eq!(room.value(flow).await, format!("{challenge} s256 email email/signup"));
    assert_eq!(room.value("select left(confirmation_token, 5) from auth.users").await, "pkce_");
}

#[tokio::test]
async fn the_audience_header_separates_users() {
    let room = Room::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let answer = room.call("POST", "/signup").header("x-jwt-aud", "other").json(&body).send().await;
    assert_eq!(answer.text("/user/aud"), "other");
    assert_eq!(room.claims(answer.access_token()).await["aud"], "other");
    room.sign_in("ada@example.com", PASSWORD).await.expect(400, "invalid_credentials");
    let wrong =
        room.call("GET", "/user").bearer(answer.access_token()).header("x-jwt-aud", "third").send().await;
    wrong.expect(400, "validation_failed");
    let right = room.call("GET", "/user").bearer(answer.access_token()).send().await;
    assert_eq!((right.status.as_u16(), &right.body["aud"]), (200, &Value::from("other")));
}
