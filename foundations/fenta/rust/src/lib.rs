#![doc = include_str!("../README.md")]

pub mod factories;
mod service;
#[rustfmt::skip]
pub mod types;

pub use ferrobase_client::Error;
pub use foundation::{Settings, SettingsError};
pub use service::{ApiCaller, DatabaseService, Outcome, Usage, WebhookDelivery};
pub use types::public::{
    CreditPacksRow as CreditPack, InvoicesRow as Invoice, JobLogsLevel as LogLevel, JobLogsRow as JobLog,
    JobsInsert as NewJob, JobsRow as Job, OrgMembersRole as Role, OrgMembersRow as Member,
    OrgsInsert as NewOrg, OrgsPlan as Plan, OrgsRow as Org, ProfilesRow as Profile,
    QuotaLimitsRow as QuotaLimits, RendersInsert as NewRender, RendersRow as Render,
    UsageRecordsRow as UsageRecord,
};
