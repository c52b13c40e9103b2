#![doc = include_str!("../README.md")]

pub mod factories;
mod service;
#[rustfmt::skip]
pub mod types;

pub use ferrobase_client::Error;
pub use foundation::{Settings, SettingsError};
pub use service::DatabaseService;
pub use types::public::{
    AssetsInsert as NewAsset, AssetsRow as Asset, AssetsType as AssetType,
    BlotTransactionsRow as BlotTransaction, JobStatus, JobType, JobsRow as Job, ProfilesPlan as Plan,
    ProfilesRow as Profile,
};
