//! The service as a worker and a webhook use it, against the real server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod types;

use coloring_book::factories::{AssetFactory, StripeEventFactory};
use coloring_book::{DatabaseService, Error, JobStatus, NewAsset, Plan};
use foundation::served::Server;
use reqwest::Method;
use serde_json::json;

async fn start() -> (Server, DatabaseService) {
    let server = Server::start("coloring-book").await;
    let service =
        DatabaseService::new(server.http.clone(), &server.url, &server.keys.service_role_key).unwrap();
    (server, service)
}

fn code(error: &Error) -> &str {
    match error {
        Error::Refused { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_job_is_claimed_ended_and_given_back() {
    let (server, db) = start().await;
    let ada = server.sign_up("Ada").await;
    let (status, job) =
        server.rest(&ada, Method::POST, "rpc/create_job", &json!({"p_type": "hero_creation"})).await;
    assert_eq!(status, 200, "{job}");
    let [job] = db.claim_jobs(5).await.unwrap().try_into().unwrap();
    assert_eq!((job.owner_id, job.blots_reserved), (Some(ada.id), 15));
    assert!(db.claim_jobs(5).await.unwrap().is_empty());
    db.refund_blots(ada.id, 5, job.id, "one view less").await.unwrap();
    let ended = db.finish_job(job.id, JobStatus::Failed, Some(4)).await.unwrap();
    assert_eq!((ended.blots_spent, ended.blots_refunded), (4, 11));
    assert_eq!(code(&db.refund_blots(ada.id, 1, job.id, "again").await.unwrap_err()), "PT409");
    assert_eq!(db.get_job(job.id).await.unwrap(), Some(ended));
    assert_eq!(db.available_blots(ada.id).await.unwrap(), 71);
    let ledger = db.transactions(ada.id).await.unwrap();
    assert_eq!(ledger.iter().map(|line| line.subscription_delta).collect::<Vec<_>>(), [75, -15, 5, 6]);
}

#[tokio::test]
async fn blots_are_bought_once_and_spent() {
    let (server, db) = start().await;
    let id = server.user("Ada").await;
    let event = StripeEventFactory::pack(id, 100);
    assert_eq!(db.apply_stripe_event(&event).await.unwrap(), "applied");
    assert_eq!(db.apply_stripe_event(&event).await.unwrap(), "duplicate");
    db.add_pack_blots(id, 20, "boost", "cs_1").await.unwrap();
    db.add_pack_blots(id, 20, "boost", "cs_1").await.unwrap();
    assert!(db.deduct_blots(id, 80, "edit").await.unwrap());
    assert!(!db.deduct_blots(id, 116, "edit").await.unwrap());
    let profile = db.get_profile(id).await.unwrap().unwrap();
    assert_eq!((profile.plan, profile.blots, profile.pack_blots), (Plan::Free, 0, 115));
    assert_eq!(code(&db.deduct_blots(id, -1, "edit").await.unwrap_err()), "22023");
}

#[tokio::test]
async fn files_stay_within_the_limit_and_go_with_the_account() {
    let (server, db) = start().await;
    let id = server.user("Ada").await;
    let file = AssetFactory::create(id);
    assert_eq!(db.add_asset(&file).await.unwrap().r2_key, file.r2_key);
    assert_eq!(db.get_profile(id).await.unwrap().unwrap().storage_used_bytes, 1024);
    let huge = NewAsset { size_bytes: i64::MAX / 2, ..AssetFactory::create(id) };
    assert_eq!(code(&db.add_asset(&huge).await.unwrap_err()), "PT402");
    server.delete_account(id).await;
    assert_eq!(db.get_profile(id).await.unwrap(), None);
    assert_eq!(db.take_storage_purges(10).await.unwrap(), [file.r2_key]);
}
