//! Databases that live as long as a command, in a cluster of their own: the project's migrations and seed, and nothing
//! of its data.
//!
//! The cluster lies below the project's state and flushes nothing to disk, so that a database costs some twenty
//! milliseconds and the project's own is neither needed nor disturbed. What is lost in a crash is made again.

use std::fs::File;

use anyhow::Context as _;
use base::clock::SystemClock;
use base::http::Outgoing;
use base::platform::{self, PlatformInput};
use base::template::{self, Templates};
use base::{jobs, migrate};
use pg::cluster::{self, Cluster, ClusterConfig, ClusterError, Shutdown};
use pg::{Client, ConnectConfig};

use crate::commands::setup;
use crate::progress::Step;
use crate::project::Project;
use crate::reset;
use crate::server::database::ROOMS;
use crate::server::project_keys;

/// What the names of its databases begin with.
const PREFIX: &str = "scratch_";

/// What the vault of these databases encrypts with: there is nothing to keep in them.
const ROOT_KEY: &str = "7363726174636820736372617463682073637261746368207363726174636820";

/// A cluster that one command at a time uses.
#[derive(Debug)]
pub(crate) struct ScratchCluster {
    cluster: Cluster,
    admin: ConnectConfig,
    root_key: String,
    /// Keeps other commands waiting.
    _lock: File,
}

impl ScratchCluster {
    /// Does the work in a database made from the project's migrations and seeds, and stops the cluster.
    pub(crate) async fn with<T>(
        project: &Project,
        work: impl AsyncFnOnce(&Scratch) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let files = project.files()?;
        let this = Self::start(project).await?;
        let result = async {
            let scratch = this.database(&files).await?;
            work(&scratch).await
        };
        let result = result.await;
        // quick: there is nothing to keep but the templates, and they are complete
        this.cluster.stop(Shutdown::Fast).await?;
        result
    }

    async fn start(project: &Project) -> anyhow::Result<Self> {
        project.state.create()?;
        let folder = project.state.tests();
        let lock = lock(&folder)?;
        let installation = setup::find_or_install(None)?;
        let config = || {
            ClusterConfig::new(folder.join("cluster"))
                .with_binaries(Some(installation.binaries.clone()))
                .with_extensions(base::surfaces::EXTENSIONS)
                .not_durable()
                // a worker that looks at a template would be in the way of a clone
                .with_setting("autovacuum", "off")
                .with_setting("log_min_messages", "fatal")
        };
        let step = Step::begin(format!("Starting PostgreSQL {} for tests", installation.version));
        let cluster = match Cluster::start(config()).await {
            // made by another major version: there is nothing in it that could not be made again
            Err(ClusterError::VersionMissing { .. }) => {
                std::fs::remove_dir_all(folder.join("cluster")).context("an older cluster is in the way")?;
                Cluster::start(config()).await?
            }
            started => started?,
        };
        step.done_as(&format!("PostgreSQL {} for tests", installation.version));
        let admin = cluster.connect_config(cluster::SUPERUSER, "postgres");
        let root_key = project_keys(project, &SystemClock)?.root_key;
        let this = Self { cluster, admin, root_key, _lock: lock };
        this.prepare().await?;
        Ok(this)
    }

    /// Makes the roles that own databases, and drops what a command that was killed left behind.
    async fn prepare(&self) -> anyhow::Result<()> {
        let mut admin = Client::connect(&self.admin).await.context("the cluster can't be reached")?;
        if admin.query(include_str!("../sql/scratch_owner.sql"), &[]).await?.is_empty() {
            platform::apply(&mut admin, &PlatformInput { passwords: &[], rooms: ROOMS }).await?;
        }
        platform::keep_root_key(&mut admin, ROOT_KEY).await?;
        let left = admin.query(include_str!("../sql/scratch_databases.sql"), &[PREFIX.into()]).await?;
        for row in left {
            template::drop_database(&mut admin, row.text(0).unwrap_or_default())
                .await
                .map_err(reset::plain)?;
        }
        Ok(())
    }

    async fn database(&self, files: &migrate::Project) -> anyhow::Result<Scratch> {
        let templates = Templates { admin: self.admin.clone(), rooms: ROOMS, root_key: &self.root_key };
        let template = reset::template(&templates, files).await?;
        let mut admin = Client::connect(&self.admin).await.context("the cluster can't be reached")?;
        Scratch::clone_of(&mut admin, &template, self.admin.clone(), format!("{PREFIX}0")).await
    }
}

/// Waits while another command uses the cluster.
fn lock(folder: &std::path::Path) -> anyhow::Result<File> {
    std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    let path = folder.join("lock");
    let file = File::create(&path).with_context(|| format!("can't write {}", path.display()))?;
    if file.try_lock().is_err() {
        let step = Step::begin("Waiting for another command that tests this project");
        file.lock()?;
        step.done_as("The other command is done");
    }
    Ok(file)
}

/// A database of its own.
#[derive(Debug, Clone)]
pub(crate) struct Scratch {
    admin: ConnectConfig,
    name: String,
}

impl Scratch {
    async fn clone_of(
        client: &mut Client,
        template: &str,
        admin: ConnectConfig,
        name: String,
    ) -> anyhow::Result<Self> {
        template::clone(client, template, &name, None).await.map_err(reset::plain)?;
        Ok(Self { admin, name })
    }

    /// How to connect to it.
    pub(crate) fn connect_as(&self, role: &str) -> ConnectConfig {
        self.admin.clone().with_database(&self.name).with_user(role)
    }

    /// Does some work in it and answers requests (`http_get`) that it waits for.
    pub(crate) async fn answering<T>(&self, work: impl Future<Output = T>) -> T {
        let admin = self.admin.clone().with_database(&self.name);
        jobs::exchange::answering(&admin, Outgoing::from_environment, work).await
    }

    /// What makes others like it. Nobody may be connected to this one while it does.
    pub(crate) async fn copier(&self) -> anyhow::Result<Copier<'_>> {
        let admin = Client::connect(&self.admin).await.context("the cluster can't be reached")?;
        Ok(Copier { source: self, admin })
    }
}

/// Makes and drops copies over one connection: a new one for each would cost as much as half a copy.
#[derive(Debug)]
pub(crate) struct Copier<'a> {
    source: &'a Scratch,
    admin: Client,
}

impl Copier<'_> {
    pub(crate) async fn copy(&mut self, number: usize) -> anyhow::Result<Scratch> {
        let Scratch { admin, name } = self.source;
        Scratch::clone_of(&mut self.admin, name, admin.clone(), format!("{name}_{number}")).await
    }

    /// What cannot be dropped now is swept by the next command.
    pub(crate) async fn drop(&mut self, copy: Scratch) {
        if let Err(error) = template::drop_database(&mut self.admin, &copy.name).await {
            tracing::warn!(%error, database = copy.name, "a database that was needed for a moment was not dropped");
        }
    }
}
