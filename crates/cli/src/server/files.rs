//! The storage room of a project: its section of the configuration, its folder, its keys.

use std::sync::Arc;

use base::clock::Clock;
use base::identity::{ProjectKeys, Verifier};

use crate::project::Project;

/// The room on `pool`, whose connections are `authenticator`'s.
pub(crate) fn room(
    project: &Project,
    keys: &ProjectKeys,
    pool: pg::Pool,
    verifier: Arc<Verifier>,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<storage::Ctx> {
    let config: storage::Config = project.config.section("storage")?;
    let store = storage::Store::folder(&project.state.files())?;
    Ok(storage::Ctx::new(pool, store, config, verifier, clock, &keys.jwt_secret))
}
