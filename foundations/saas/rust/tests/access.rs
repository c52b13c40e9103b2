//! What somebody who is signed in may do; the service only looks on.

use reqwest::Method;
use saas::{NewJob, Tier};
use serde_json::json;

use crate::start;

#[tokio::test]
async fn nobody_raises_their_own_tier() {
    let (server, service) = start().await;
    let ada = server.sign_up("Ada").await;
    let own = format!("users?id=eq.{}", ada.id);
    for change in [
        json!({"subscription_tier": "enterprise"}),
        json!({"subscription_status": "active"}),
        json!({"monthly_usage": 0}),
        json!({"name": "Grace", "subscription_tier": "pro"}),
    ] {
        let (status, answer) = server.rest(&ada, Method::PATCH, &own, &change).await;
        assert_eq!((status, &answer["code"]), (403, &json!("42501")), "{change}: {answer}");
    }
    let user = service.get_user(ada.id).await.unwrap().unwrap();
    assert_eq!((user.subscription_tier, user.name.as_deref()), (Tier::Free, Some("Ada")));

    let (status, renamed) = server.rest(&ada, Method::PATCH, &own, &json!({"name": "Grace"})).await;
    assert_eq!((status, &renamed[0]["name"]), (200, &json!("Grace")));
}

#[tokio::test]
async fn everybody_sees_only_their_own_rows() {
    let (server, service) = start().await;
    let (ada, grace) = (server.sign_up("Ada").await, server.sign_up("Grace").await);
    let new = |user_id| NewJob::new(user_id, "generation".into());
    let job = service.create_job(&new(ada.id)).await.unwrap();
    service.create_job(&new(grace.id)).await.unwrap();

    let (_, users) = server.rest(&ada, Method::GET, "users?select=id", &json!(null)).await;
    assert_eq!(users, json!([{"id": ada.id}]));
    let (_, jobs) = server.rest(&ada, Method::GET, "jobs?select=id", &json!(null)).await;
    assert_eq!(jobs, json!([{"id": job.id}]));

    let of_grace = format!("users?id=eq.{}", grace.id);
    let (status, changed) = server.rest(&ada, Method::PATCH, &of_grace, &json!({"name": "Mallory"})).await;
    assert_eq!((status, changed), (200, json!([])));
    let forged = json!({"user_id": grace.id, "job_type": "generation"});
    let (status, answer) = server.rest(&ada, Method::POST, "jobs", &forged).await;
    assert_eq!((status, &answer["code"]), (403, &json!("42501")), "{answer}");
    let grace = service.get_user(grace.id).await.unwrap().unwrap();
    assert_eq!((grace.name.as_deref(), grace.monthly_usage), (Some("Grace"), 1));
}
