//! The attacks of S1 and Sx through the front door, with the token of somebody who signed up.

use foundation::served::{Account, Server};
use reqwest::Method;
use serde_json::{Value, json};

use crate::start;

async fn refused(server: &Server, account: &Account, method: Method, path: &str, body: &Value) {
    let (status, answer) = server.rest(account, method.clone(), path, body).await;
    assert_eq!((status, &answer["code"]), (403, &json!("42501")), "{method} {path} {body}: {answer}");
}

#[tokio::test]
async fn nobody_gives_themselves_anything() {
    let (server, db) = start().await;
    let (ada, grace) = (server.sign_up("Ada").await, server.sign_up("Grace").await);
    let entry = db.increment_usage(ada.id, "api_calls", 5, None).await.unwrap().entry;
    db.increment_usage(grace.id, "api_calls", 7, None).await.unwrap();

    let own = format!("?user_id=eq.{}", ada.id);
    for (method, path, body) in [
        (Method::PATCH, format!("users?id=eq.{}", ada.id), json!({"email": "victim@test.com"})),
        (Method::PATCH, format!("users?id=eq.{}", ada.id), json!({"created_at": "1999-01-01"})),
        (Method::PATCH, format!("subscriptions{own}"), json!({"plan": "pro", "status": "active"})),
        (
            Method::POST,
            "subscriptions".into(),
            json!({"user_id": ada.id, "plan": "free", "status": "active"}),
        ),
        (Method::PATCH, format!("usage_counters{own}"), json!({"count": 0})),
        (Method::DELETE, format!("usage_counters{own}"), json!(null)),
        (Method::POST, "usage_ledger".into(), json!({"user_id": ada.id, "metric": "api_calls", "delta": -5})),
        (Method::PATCH, "plan_limits?plan=eq.free".into(), json!({"max_count": null})),
        (Method::POST, "lemon_squeezy_variants".into(), json!({"variant_id": "1", "plan": "pro"})),
        (Method::GET, "storage_purges".into(), json!(null)),
    ] {
        refused(&server, &ada, method, &path, &body).await;
    }
    for (function, arguments) in [
        ("increment_usage", json!({"user_id": grace.id, "metric": "api_calls", "amount": 90})),
        ("refund_usage", json!({"user_id": ada.id, "entry": entry})),
        ("reset_usage", json!({"user_id": ada.id, "metric": "api_calls"})),
        ("correct_usage", json!({"user_id": ada.id, "metric": "api_calls", "change": -5})),
        ("apply_lemon_squeezy_event", json!({"event": {}})),
        ("files_to_purge", json!({})),
        ("expire_subscriptions", json!({})),
        ("seed_usage", json!({"test_user_id": ada.id})),
    ] {
        refused(&server, &ada, Method::POST, &format!("rpc/{function}"), &arguments).await;
    }
    let (_, usage) = server.rest(&ada, Method::GET, "usage_counters?select=count", &json!(null)).await;
    assert_eq!(usage, json!([{"count": 5}]));
}

#[tokio::test]
async fn everybody_sees_only_their_own() {
    let (server, db) = start().await;
    let (ada, grace) = (server.sign_up("Ada").await, server.sign_up("Grace").await);
    for account in [&ada, &grace] {
        db.increment_usage(account.id, "api_calls", 1, None).await.unwrap();
    }
    for table in ["subscriptions", "usage_counters", "usage_ledger"] {
        let path = format!("{table}?select=user_id");
        let (_, rows) = server.rest(&ada, Method::GET, &path, &json!(null)).await;
        assert_eq!(rows, json!([{"user_id": ada.id}]), "{table}");
    }
    let (_, users) = server.rest(&ada, Method::GET, "users?select=id", &json!(null)).await;
    assert_eq!(users, json!([{"id": ada.id}]));
    let path = "current_usage?select=user_id,used&metric=eq.api_calls";
    let (_, usage) = server.rest(&ada, Method::GET, path, &json!(null)).await;
    assert_eq!(usage, json!([{"user_id": ada.id, "used": 1}]));
    let path = "subscriptions?select=plan,entitled_plan";
    let (_, plan) = server.rest(&ada, Method::GET, path, &json!(null)).await;
    assert_eq!(plan, json!([{"plan": "free", "entitled_plan": "free"}]));

    let key = &server.keys.publishable_key;
    for table in ["users", "subscriptions", "usage_counters", "usage_ledger", "current_usage"] {
        let path = format!("/rest/v1/{table}");
        let (status, answer) = server.send(Method::GET, &path, key, key, &json!(null)).await;
        assert_eq!((status, &answer["code"]), (401, &json!("42501")), "{table}: {answer}");
    }
}
