//! The service as a worker, a webhook and an API use it, against the real server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod types;

use fenta::factories::{JobFactory, OrgFactory, RenderFactory, StripeEventFactory};
use fenta::{DatabaseService, Error, LogLevel, NewJob, Org, Outcome, Plan, Role, Usage};
use foundation::served::{Account, Server};
use reqwest::Method;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

struct Studio {
    server: Server,
    db: DatabaseService,
    ada: Account,
    org: Org,
}

/// Ada, and an organisation that she founded herself.
async fn start() -> Studio {
    let server = Server::start("fenta").await;
    let db = DatabaseService::new(server.http.clone(), &server.url, &server.keys.service_role_key).unwrap();
    let ada = server.sign_up("Ada").await;
    let row = json!({"name": "Studio", "slug": "studio", "owner_id": ada.id});
    let (status, answer) = server.rest(&ada, Method::POST, "orgs", &row).await;
    assert_eq!(status, 201, "{answer}");
    let org = db.get_org(answer[0]["id"].as_str().unwrap().parse().unwrap()).await.unwrap().unwrap();
    Studio { server, db, ada, org }
}

impl Studio {
    async fn ask(&self, function: &str, arguments: &Value) -> Value {
        let path = format!("rpc/{function}");
        let (status, answer) = self.server.rest(&self.ada, Method::POST, &path, arguments).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }
}

fn code(error: &Error) -> &str {
    match error {
        Error::Refused { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

const fn tokens(tokens: i32) -> Usage {
    Usage { tokens, kai_credits: 0, render_seconds: 0 }
}

#[tokio::test]
async fn an_organisation_has_its_founder_and_its_limits() {
    let studio = start().await;
    let members = studio.db.members(studio.org.id).await.unwrap();
    assert_eq!(
        members.iter().map(|member| (member.user_id, member.role)).collect::<Vec<_>>(),
        [(studio.ada.id, Role::Owner)]
    );
    assert_eq!(studio.org.plan, Plan::Free);
    let quota = studio.db.get_quota(studio.org.id).await.unwrap().unwrap();
    assert_eq!((quota.tokens_limit, quota.tokens_used), (Some(100_000), 0));
    let other = studio.db.create_org(&OrgFactory::create(studio.ada.id)).await.unwrap();
    assert_eq!(studio.db.members(other.id).await.unwrap().len(), 1);
    let nobodys = OrgFactory::create(Uuid::new_v4());
    assert_eq!(code(&studio.db.create_org(&nobodys).await.unwrap_err()), "23503");
    let id = studio.db.prefixed_id("org", studio.org.id).await.unwrap();
    assert_eq!(studio.db.parse_prefixed_id("org", &id).await.unwrap(), Some(studio.org.id));
    assert_eq!(code(&studio.db.parse_prefixed_id("job", &id).await.unwrap_err()), "22023");
    assert_eq!(studio.db.get_profile(studio.ada.id).await.unwrap().unwrap().name.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn quota_is_counted_once_and_packs_come_after_the_plan() {
    let Studio { db, org, server: _server, .. } = start().await;
    assert!(db.consume_quota(org.id, tokens(60_000), None, Some("call")).await.unwrap());
    assert!(db.consume_quota(org.id, tokens(60_000), None, Some("call")).await.unwrap());
    assert!(!db.check_quota(org.id, tokens(40_001)).await.unwrap());
    assert!(!db.consume_quota(org.id, tokens(40_001), None, None).await.unwrap());
    assert_eq!(db.usage(org.id, 10).await.unwrap().len(), 1);
    assert_eq!(code(&db.consume_quota(org.id, tokens(-1), None, None).await.unwrap_err()), "22023");

    let pack = db.add_credit_pack(org.id, "small", 5, Decimal::new(499, 2), "pi_1").await.unwrap();
    assert_eq!(db.add_credit_pack(org.id, "small", 5, Decimal::new(499, 2), "pi_1").await.unwrap(), pack);
    let credits = Usage { kai_credits: 103, ..Usage::default() };
    assert!(db.consume_quota(org.id, credits, None, None).await.unwrap());
    assert!(!db.consume_quota(org.id, credits, None, None).await.unwrap());
    let packs = db.credit_packs(org.id).await.unwrap();
    assert_eq!(
        packs.iter().map(|pack| (pack.credits_remaining, pack.price_usd)).collect::<Vec<_>>(),
        [(2, Some(Decimal::new(499, 2)))]
    );
    db.reset_quota(org.id).await.unwrap();
    assert_eq!(db.get_quota(org.id).await.unwrap().unwrap().tokens_used, 0);
    assert_eq!(code(&db.reset_quota(Uuid::new_v4()).await.unwrap_err()), "PT404");
}

#[tokio::test]
async fn a_job_is_claimed_once_worked_and_told_of() {
    let studio = start().await;
    let (db, org) = (&studio.db, studio.org.id);
    let hook = studio
        .ask(
            "create_webhook",
            &json!({"p_org_id": org, "p_url": "https://example.com/hook", "p_events": ["*"]}),
        )
        .await;
    let job = db.create_job(&JobFactory::create(org)).await.unwrap();
    let [claimed] = db.claim_jobs(5).await.unwrap().try_into().unwrap();
    assert_eq!(claimed.id, job.id);
    assert!(db.claim_jobs(5).await.unwrap().is_empty());
    assert_eq!(db.set_progress(job.id, 40).await.unwrap().unwrap().progress, 40);
    let line = db.log(job.id, LogLevel::Warn, "slow").await.unwrap();
    assert_eq!((line.org_id, line.level), (org, LogLevel::Warn));
    let render = db.add_render(&RenderFactory::create(job.id, org)).await.unwrap();
    assert_eq!((render.job_id, render.org_id), (job.id, org));

    let ended =
        db.finish_job(job.id, Outcome::Completed(json!({"render": render.id}))).await.unwrap().unwrap();
    assert_eq!((ended.progress, ended.completed_at.is_some()), (100, true));
    let failed = Outcome::Failed { code: "late".into(), message: "too late".into() };
    assert_eq!(code(&db.finish_job(job.id, failed.clone()).await.unwrap_err()), "PT409");
    assert_eq!(db.finish_job(Uuid::new_v4(), failed).await.unwrap(), None);
    assert_eq!(db.get_job(job.id).await.unwrap(), Some(ended));

    let [delivery] = db.claim_webhook_deliveries(5).await.unwrap().try_into().unwrap();
    assert_eq!(delivery.event.as_deref(), Some("job.completed"));
    assert_eq!(json!(delivery.secret), hook[0]["secret"]);
    let id = delivery.id.unwrap();
    assert_eq!(db.finish_webhook_delivery(id, 200, "ok").await.unwrap().as_deref(), Some("success"));
    assert_eq!(db.finish_webhook_delivery(id, 500, "no").await.unwrap(), None);

    let elsewhere = NewJob { workflow_id: Some(Uuid::new_v4()), ..JobFactory::create(org) };
    assert_eq!(code(&db.create_job(&elsewhere).await.unwrap_err()), "23503");
}

#[tokio::test]
async fn keys_and_credentials_reach_the_backend_only() {
    let studio = start().await;
    let (db, org) = (&studio.db, studio.org.id);
    let key = studio
        .ask("create_api_key", &json!({"p_org_id": org, "p_name": "ci", "p_scopes": ["read", "admin"]}))
        .await;
    let caller = db.verify_api_key(key[0]["key"].as_str().unwrap()).await.unwrap().unwrap();
    assert_eq!((caller.user_id, caller.org_id), (Some(studio.ada.id), Some(org)));
    assert_eq!(caller.scopes, Some(json!(["read", "admin"])));
    assert_eq!(db.verify_api_key("fenta_wrong").await.unwrap(), None);
    studio.ask("revoke_api_key", &json!({"p_key_id": key[0]["id"]})).await;
    assert_eq!(db.verify_api_key(key[0]["key"].as_str().unwrap()).await.unwrap(), None);

    let secret = json!({"token": "sk-1"});
    let arguments = json!({"p_org_id": org, "p_provider": "openai", "p_credentials": secret});
    let id: Uuid = studio.ask("set_integration", &arguments).await.as_str().unwrap().parse().unwrap();
    assert_eq!(db.integration_credentials(id).await.unwrap(), Some(secret));
    assert_eq!(db.integration_credentials(Uuid::new_v4()).await.unwrap(), None);
}

#[tokio::test]
async fn a_webhook_may_come_twice_and_in_any_order() {
    let Studio { db, org, server: _server, .. } = start().await;
    let event = StripeEventFactory::subscription(org.id, 9, "active", "pro");
    assert_eq!(db.apply_stripe_event(&event).await.unwrap(), "applied");
    assert_eq!(db.apply_stripe_event(&event).await.unwrap(), "duplicate");
    let late = StripeEventFactory::subscription(org.id, 1, "active", "starter");
    assert_eq!(db.apply_stripe_event(&late).await.unwrap(), "stale");
    assert_eq!(db.get_org(org.id).await.unwrap().unwrap().plan, Plan::Pro);
    assert_eq!(db.apply_stripe_event(&StripeEventFactory::pack(org.id, 50)).await.unwrap(), "applied");
    assert_eq!(db.credit_packs(org.id).await.unwrap()[0].credits_remaining, 50);
    assert!(db.invoices(org.id).await.unwrap().is_empty());
    let unknown = StripeEventFactory::subscription(org.id, 10, "zombie", "pro");
    assert_eq!(code(&db.apply_stripe_event(&unknown).await.unwrap_err()), "22023");
}
