//! Rows and events for tests with sensible defaults; any field can be given instead. Every id is new.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{AssetType, NewAsset};

/// Makes files.
#[derive(Debug)]
pub struct AssetFactory;

impl AssetFactory {
    /// A page of a kilobyte in the owner's folder.
    pub fn create(owner_id: Uuid) -> NewAsset {
        NewAsset::new(owner_id, AssetType::Page, format!("{owner_id}/{}.png", Uuid::new_v4()), 1024)
    }
}

/// Makes events as Stripe posts them.
#[derive(Debug)]
pub struct StripeEventFactory;

impl StripeEventFactory {
    /// That a pack was paid in a new checkout session.
    pub fn pack(user_id: Uuid, blots: i32) -> Value {
        json!({
            "id": format!("evt_{}", Uuid::new_v4()), "type": "checkout.session.completed", "created": 1_750_000_000,
            "data": {"object": {
                "id": format!("cs_{}", Uuid::new_v4()), "payment_status": "paid",
                "metadata": {"user_id": user_id, "pack_id": "topup", "blots": blots.to_string()}
            }}
        })
    }
}
