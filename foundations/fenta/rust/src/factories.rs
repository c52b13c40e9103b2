//! Rows and events for tests with sensible defaults; any field can be given instead. Every id is new.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{NewJob, NewOrg, NewRender};

/// Makes organisations.
#[derive(Debug)]
pub struct OrgFactory;

impl OrgFactory {
    /// On the free plan, with an address of its own.
    pub fn create(owner_id: Uuid) -> NewOrg {
        let slug = format!("org-{}", Uuid::new_v4());
        NewOrg { owner_id: Some(owner_id), ..NewOrg::new("Studio".to_owned(), slug) }
    }
}

/// Makes jobs.
#[derive(Debug)]
pub struct JobFactory;

impl JobFactory {
    /// To be worked, without workflow or template.
    pub fn create(org_id: Uuid) -> NewJob {
        NewJob { config: Some(json!({"aspect": "9:16"})), ..NewJob::new(org_id) }
    }
}

/// Makes what jobs make.
#[derive(Debug)]
pub struct RenderFactory;

impl RenderFactory {
    /// A video of fifteen seconds. Its organisation is the job's whatever is given.
    pub fn create(job_id: Uuid, org_id: Uuid) -> NewRender {
        NewRender {
            video_storage_path: Some(format!("{org_id}/{job_id}.mp4")),
            duration_seconds: Some(15.into()),
            resolution: Some("1080x1920".to_owned()),
            ..NewRender::new(job_id, org_id)
        }
    }
}

/// Makes events as Stripe posts them.
#[derive(Debug)]
pub struct StripeEventFactory;

impl StripeEventFactory {
    /// That a subscription of an organisation is in this state (Stripe's word) at a time, with a price for this plan.
    pub fn subscription(org_id: Uuid, at: u32, status: &str, plan: &str) -> Value {
        Self::event(
            "customer.subscription.updated",
            at,
            &json!({
                "id": format!("sub_{org_id}"), "customer": format!("cus_{org_id}"), "created": 1_750_000_000,
                "status": status, "metadata": {"org_id": org_id},
                "items": {"data": [{"price": {"id": format!("price_{plan}"), "metadata": {"plan": plan}}}]}
            }),
        )
    }

    /// That credits were paid in a new checkout session.
    pub fn pack(org_id: Uuid, credits: i32) -> Value {
        Self::event(
            "checkout.session.completed",
            0,
            &json!({
                "id": format!("cs_{}", Uuid::new_v4()), "payment_status": "paid", "amount_total": 499,
                "metadata": {"org_id": org_id, "pack_type": "small", "credits": credits.to_string()}
            }),
        )
    }

    fn event(kind: &str, at: u32, object: &Value) -> Value {
        json!({
            "id": format!("evt_{}", Uuid::new_v4()), "type": kind, "created": 1_750_000_000 + at,
            "data": {"object": object}
        })
    }
}
