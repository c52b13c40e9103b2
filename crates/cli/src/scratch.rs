//! Databases that live as long as a command: the project's migrations and seed, and nothing of its data.

use anyhow::{Context as _, bail};
use base::template;
use pg::{Client, ConnectConfig};

use crate::reset;
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
        let Some(maintenance) = target.maintenance() else {
            bail!(
                "a database of its own can only be made in the project's own cluster, not on a server that is given by URL"
            )
        };
        let template = reset::template(&maintenance, &target.files()?).await?;
        let name = format!("ferrobase_scratch_{}", std::process::id());
        let mut admin = Client::connect(&maintenance).await.context("the cluster can't be reached")?;
        template::drop_database(&mut admin, &name).await.map_err(reset::plain)?;
        template::clone(&mut admin, &template, &name, None).await.map_err(reset::plain)?;
        Ok(Self { admin: maintenance, name })
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
