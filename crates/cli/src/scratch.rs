//! Databases that live as long as a command: the project's migrations and seed, and nothing of its data.

use anyhow::{Context as _, bail};
use base::migrate;
use base::platform::{self, PlatformInput};
use pg::{Client, ConnectConfig};

use crate::progress::Step;
use crate::server::ROOMS;
use crate::target::Target;

/// A database of its own, in the project's cluster.
#[derive(Debug)]
pub(crate) struct Scratch {
    admin: ConnectConfig,
    name: String,
}

impl Scratch {
    /// Makes one from the project's migrations and seeds.
    pub(crate) async fn make(target: &Target) -> anyhow::Result<Self> {
        let Some(admin) = target.superuser() else {
            bail!(
                "a database of its own can only be made in the project's own cluster, not on a server that is given by URL"
            )
        };
        let files = target.files()?;
        let step = Step::begin("Making a database from the migrations");
        let name = format!("ferrobase_scratch_{}", std::process::id());
        let mut client = Client::connect(&admin).await.context("the cluster can't be reached")?;
        client.script(&format!("drop database if exists {name} with (force)")).await?;
        client.script(&format!("create database {name}")).await?;
        let this = Self { admin, name };
        if let Err(error) = this.fill(&files).await {
            this.remove().await;
            return Err(error);
        }
        step.done_as(&format!("{} migrations, {} seeds", files.migrations.len(), files.seeds.len()));
        Ok(this)
    }

    async fn fill(&self, files: &migrate::Project) -> anyhow::Result<()> {
        let mut admin = Client::connect(&self.connect_as(pg::cluster::SUPERUSER)).await?;
        platform::apply(&mut admin, &PlatformInput { passwords: &[], rooms: ROOMS }).await?;
        let mut postgres = Client::connect(&self.connect_as("postgres")).await?;
        migrate::up(&mut postgres, files, false, &mut |_| ()).await?;
        migrate::seed(&mut postgres, files, &mut |_| ()).await?;
        Ok(())
    }

    /// How to connect to it.
    pub(crate) fn connect_as(&self, role: &str) -> ConnectConfig {
        self.admin.clone().with_database(&self.name).with_user(role)
    }

    /// Drops it. What cannot be dropped now is in nobody's way.
    pub(crate) async fn remove(self) {
        let dropped = async {
            let mut client = Client::connect(&self.admin).await?;
            client.script(&format!("drop database if exists {} with (force)", self.name)).await
        };
        if let Err(error) = dropped.await {
            tracing::warn!(%error, database = self.name, "a database that was needed for a moment was not dropped");
        }
    }
}
