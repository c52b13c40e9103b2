//! The service as a worker and a webhook use it, against the real server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod types;

use foundation::served::Server;
use reqwest::Method;
use serde_json::json;
use streamer_studio::{DatabaseService, Error};

#[tokio::test]
async fn usage_is_counted_to_the_limit_and_a_job_is_claimed_once() {
    let server = Server::start("streamer-studio").await;
    let db = DatabaseService::new(server.http.clone(), &server.url, &server.keys.service_role_key).unwrap();
    let ada = server.sign_up("Ada").await;
    let job = json!({"user_id": ada.id, "asset_type": "banner"});
    let (status, answer) = server.rest(&ada, Method::POST, "generation_jobs", &job).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(db.claim_generation_jobs(5).await.unwrap().len(), 1);
    assert!(db.claim_generation_jobs(5).await.unwrap().is_empty());
    for _ in 0..5 {
        db.increment_user_usage(ada.id).await.unwrap();
    }
    let beyond = db.increment_user_usage(ada.id).await.unwrap_err();
    assert!(matches!(&beyond, Error::Refused { status: 402, code, .. } if code == "PT402"), "{beyond:?}");
    assert_eq!(db.get_user(ada.id).await.unwrap().unwrap().assets_generated_this_month, 5);
    db.reset_monthly_usage(ada.id).await.unwrap();
    assert_eq!(db.get_subscription(ada.id).await.unwrap().unwrap().assets_used, 0);
    assert_eq!(
        db.apply_stripe_event(&json!({"id": "e", "type": "x", "created": 1, "data": {"object": {}}}))
            .await
            .unwrap(),
        "ignored"
    );
}
