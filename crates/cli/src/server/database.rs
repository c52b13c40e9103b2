//! The project's database: a managed cluster or a given server, brought up to date before anything is served.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use base::clock::Clock;
use base::http::Outgoing;
use base::identity::ProjectKeys;
use base::jobs;
use base::platform::{self, PlatformInput, RoomMigrations};
use base::template::{self, Templates};
use pg::cluster::{Cluster, ClusterConfig, ClusterError, Installation, Shutdown, Started};
use pg::{Client, ConnectConfig};
use url::Url;

use super::lock::Using;
use crate::progress::Step;
use crate::project::Project;

/// What the rooms bring into the platform database.
pub(crate) const ROOMS: &[RoomMigrations] =
    &[RoomMigrations { room: "auth", run_as: "supabase_auth_admin", files: &auth::MIGRATIONS }];

/// The database that is connected to while others are exchanged: every cluster has it, and nobody works in it.
const MAINTENANCE: &str = "template1";

/// How often a cluster that is being started or stopped is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Roles that log in: their passwords are the project's. `postgres` has its own, which users see.
const SERVICE_ROLES: &[&str] =
    &["supabase_admin", "authenticator", "supabase_auth_admin", "supabase_storage_admin"];

/// Which database to use.
#[derive(Debug)]
pub(crate) enum Database {
    /// A private cluster of this PostgreSQL, below the project's state.
    Managed(Installation),
    /// That private cluster, which a server of this project looks after.
    Running,
    /// A server somebody else runs: the URL of its administrator.
    External(Url),
}

/// On which port a cluster that has to be started listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    /// The project's: others shall find it there.
    Configured,
    /// The project's or, where another program has that, any: nobody but the command will look for it.
    Any,
}

/// A database that is ready for the rooms.
#[derive(Debug)]
pub(crate) struct OpenDatabase {
    server: Server,
    /// Which database of the server: `postgres`, as every Supabase project's, or that of a branch.
    name: String,
    /// That this process uses the project's cluster; absent for a given server.
    using: Option<Using>,
}

#[derive(Debug)]
enum Server {
    Managed {
        cluster: Cluster,
        port: u16,
    },
    /// The project's cluster, which another process looks after: its server, or that of another branch.
    Running {
        admin: ConnectConfig,
        directory: PathBuf,
    },
    External {
        url: Url,
        admin: ConnectConfig,
    },
}

impl OpenDatabase {
    /// Starts or reaches the database and brings platform, migrations and seed up to date.
    pub(crate) async fn open(
        project: &Project,
        database: Database,
        keys: &ProjectKeys,
    ) -> anyhow::Result<Self> {
        Self::reach(project, database, keys, Port::Configured).await?.prepare(keys, Some(project)).await
    }

    /// The database for a command: that of the running server, or started for as long as the command takes. The
    /// platform in it is up to date, the project's migrations are as they were.
    pub(crate) async fn open_for_command(
        project: &Project,
        database: Database,
        keys: &ProjectKeys,
    ) -> anyhow::Result<Self> {
        let this = Self::reach(project, database, keys, Port::Any).await?;
        match this.server {
            Server::Running { .. } => Ok(this),
            _ => this.prepare(keys, None).await,
        }
    }

    /// A connection to the server, which is started when it is the project's own and nobody else did.
    async fn reach(
        project: &Project,
        database: Database,
        keys: &ProjectKeys,
        port: Port,
    ) -> anyhow::Result<Self> {
        let name = project.state.database().to_owned();
        let installation = match database {
            Database::Managed(installation) => Some(installation),
            Database::Running => None,
            Database::External(_) if project.state.branch().is_some() => {
                bail!(
                    "a branch lives in the project's own cluster, so it can't be on the server of DATABASE_URL"
                )
            }
            Database::External(url) => return Ok(Self { server: external(url)?, name, using: None }),
        };
        project.state.main().create()?;
        let nobody_else = Using::nobody(&project.state)?.is_some();
        let using = Using::begin(&project.state)?;
        let server = join_or_start(project, installation, nobody_else, port).await?;
        let this = Self { server, name, using: Some(using) };
        if project.state.branch().is_some()
            && let Err(error) = this.make_branch(project, keys).await
        {
            this.close().await?;
            return Err(error);
        }
        Ok(this)
    }

    /// The database of a branch that was never used: from the migrations and seeds of this checkout.
    async fn make_branch(&self, project: &Project, keys: &ProjectKeys) -> anyhow::Result<()> {
        let Some(maintenance) = self.maintenance() else { return Ok(()) };
        let mut admin = Client::connect(&maintenance).await?;
        if template::exists(&mut admin, &self.name).await? {
            return Ok(());
        }
        let templates = Templates { admin: maintenance, rooms: ROOMS, root_key: &keys.root_key };
        let template = crate::reset::template(&templates, &project.files()?).await?;
        template::clone(&mut admin, &template, &self.name, None).await.map_err(crate::reset::plain)
    }

    /// Brings the platform up to date, and with a project its migrations and seeds. A failure must not leave a
    /// cluster behind that nobody manages.
    async fn prepare(self, keys: &ProjectKeys, project: Option<&Project>) -> anyhow::Result<Self> {
        let prepared = async {
            self.prepare_platform(keys).await?;
            match project {
                Some(project) => super::migrations::apply(project, &self, keys).await,
                None => Ok(()),
            }
        };
        match prepared.await {
            Ok(()) => Ok(self),
            Err(error) => {
                self.close().await?;
                Err(error)
            }
        }
    }

    async fn prepare_platform(&self, keys: &ProjectKeys) -> anyhow::Result<()> {
        let step = Step::begin("Preparing the platform database");
        if let Some(maintenance) = self.maintenance() {
            template::heal(&mut Client::connect(&maintenance).await?, &self.name).await?;
        }
        let mut admin = Client::connect(&self.admin()).await.context("the database can't be reached")?;
        let own_user = self.admin().user().to_owned();
        let mut passwords: Vec<(&str, &str)> =
            SERVICE_ROLES.iter().map(|role| (*role, keys.admin_password.as_str())).collect();
        passwords.push(("postgres", &keys.postgres_password));
        // the role of a given URL keeps the password that URL has
        passwords.retain(|(role, _)| self.is_managed() || *role != own_user);
        let applied =
            platform::apply(&mut admin, &PlatformInput { passwords: &passwords, rooms: ROOMS }).await?;
        if !platform::keep_root_key(&mut admin, &keys.root_key).await? {
            tracing::warn!(
                "this database has a root key of its own, kept from before: it can read its secrets, and this \
                 project's key file does not have that key"
            );
        }
        match applied.files.len() {
            0 => step.done_as("Platform database is up to date"),
            count => step.done_as(&format!("Platform database: {count} migrations")),
        }
        for skipped in &applied.skipped {
            tracing::warn!(
                statement = skipped.statement,
                reason = skipped.reason,
                "left out of the platform"
            );
        }
        Ok(())
    }

    /// Does some work in the database and answers requests (`http_get`) that it waits for. The workers are started
    /// when everything else is.
    pub(crate) async fn answering<T>(&self, work: impl Future<Output = T>) -> T {
        jobs::exchange::answering(&self.admin(), Outgoing::from_environment, work).await
    }

    /// The administrator's connection.
    pub(crate) fn admin(&self) -> ConnectConfig {
        match &self.server {
            Server::Managed { cluster, .. } => cluster.connect_config(pg::cluster::SUPERUSER, &self.name),
            Server::Running { admin, .. } | Server::External { admin, .. } => admin.clone(),
        }
    }

    /// A connection in which databases of the project's cluster can be made and exchanged; `None` for a given server.
    pub(crate) fn maintenance(&self) -> Option<ConnectConfig> {
        self.is_managed().then(|| self.admin().with_database(MAINTENANCE))
    }

    /// Whether the server belongs to this project: its administrator may do everything.
    pub(crate) fn is_managed(&self) -> bool {
        !matches!(self.server, Server::External { .. })
    }

    /// A connection as one of the platform's roles.
    pub(crate) fn connect_as(&self, role: &str, keys: &ProjectKeys) -> ConnectConfig {
        match &self.server {
            Server::Managed { cluster, .. } => cluster.connect_config(role, &self.name),
            Server::Running { admin, .. } => admin.clone().with_user(role),
            Server::External { admin, .. } if admin.user() == role => admin.clone(),
            Server::External { admin, .. } => {
                let password =
                    if role == "postgres" { &keys.postgres_password } else { &keys.admin_password };
                admin.clone().with_user(role).with_password(Some(password.clone()))
            }
        }
    }

    /// What the workers of `base::jobs` need. A job runs as its owner: on the managed cluster's socket we may be
    /// anybody, on a given server those whose password we know.
    pub(crate) fn jobs(&self, keys: &ProjectKeys, clock: Arc<dyn Clock>) -> anyhow::Result<jobs::Config> {
        let postgres = self.connect_as("postgres", keys);
        let anybody = self.is_managed();
        let admin = self.admin();
        let connect_as = move |role: &str| match role {
            "postgres" => Some(postgres.clone()),
            role if anybody => Some(postgres.clone().with_user(role)),
            _ => None,
        };
        Ok(jobs::Config::new(admin, Arc::new(connect_as), clock, Outgoing::from_environment()?))
    }

    /// How other programs reach it, as `postgres`.
    pub(crate) fn url(&self, keys: &ProjectKeys) -> String {
        match &self.server {
            Server::Managed { port, .. } => local_url(*port, &self.name, keys),
            Server::Running { admin, .. } => local_url(admin.port(), &self.name, keys),
            Server::External { url, .. } if url.username() == "postgres" => url.to_string(),
            Server::External { url, .. } => {
                let mut url = url.clone();
                // a database URL has an authority, so neither can fail
                let _set = url
                    .set_username("postgres")
                    .and_then(|()| url.set_password(Some(&keys.postgres_password)));
                url.to_string()
            }
        }
    }

    /// Where the managed cluster's files are.
    pub(crate) fn cluster_dir(&self) -> Option<PathBuf> {
        match &self.server {
            Server::Managed { cluster, .. } => Some(cluster.directory().to_owned()),
            Server::Running { directory, .. } => Some(directory.clone()),
            Server::External { .. } => None,
        }
    }

    /// Stops a managed cluster that nobody else uses; leaves a given server alone.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        let Some(using) = self.using else { return Ok(()) };
        // as long as this is held nobody can begin to use the cluster
        let Some(_last) = using.end()? else { return Ok(()) };
        match self.server {
            Server::Managed { cluster, .. } => Ok(cluster.stop(Shutdown::Fast).await?),
            Server::Running { directory, .. } => {
                match pg::cluster::stop_left_behind(&directory, Shutdown::Fast).await {
                    // who manages it stops it
                    Ok(_) | Err(ClusterError::Locked { .. }) => Ok(()),
                    Err(error) => Err(error.into()),
                }
            }
            Server::External { .. } => Ok(()),
        }
    }
}

fn local_url(port: u16, database: &str, keys: &ProjectKeys) -> String {
    format!("postgresql://postgres:{}@127.0.0.1:{port}/{database}", keys.postgres_password)
}

fn external(url: Url) -> anyhow::Result<Server> {
    let admin = url.as_str().parse().context("DATABASE_URL")?;
    Ok(Server::External { url, admin })
}

/// The project's cluster: another process's while one looks after it, else started by this one.
async fn join_or_start(
    project: &Project,
    installation: Option<Installation>,
    nobody_else: bool,
    port: Port,
) -> anyhow::Result<Server> {
    let directory = project.state.cluster();
    let join = async || -> anyhow::Result<Option<Server>> {
        let admin = pg::cluster::running(&directory).await?;
        let database = project.state.database();
        Ok(admin.map(|admin| Server::Running {
            admin: admin.with_database(database),
            directory: directory.clone(),
        }))
    };
    // what others use is left on the port it has, even if who started it is gone
    if !nobody_else && let Some(server) = join().await? {
        return Ok(server);
    }
    let installation = installation.map_or_else(|| pg::cluster::find(None), Ok)?;
    loop {
        match start_cluster(project, &installation, port).await {
            Err(ClusterError::Locked { .. }) => {}
            started => return Ok(started?),
        }
        if let Some(server) = join().await? {
            return Ok(server);
        }
        // it is just being started or stopped
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

async fn start_cluster(
    project: &Project,
    installation: &Installation,
    wanted: Port,
) -> Result<Server, ClusterError> {
    let mut port = project.ports.db;
    let config = |port| {
        ClusterConfig::new(project.state.cluster())
            .with_port(port)
            .with_binaries(Some(installation.binaries.clone()))
            .with_extensions(base::surfaces::EXTENSIONS)
    };
    let step = Step::begin(format!("Starting PostgreSQL {}", installation.version));
    let cluster = match Cluster::start(config(port)).await {
        Err(ClusterError::PortTaken { .. }) if wanted == Port::Any => {
            port = pg::cluster::free_port().map_err(|source| ClusterError::Port { port, source })?;
            Cluster::start(config(port)).await?
        }
        started => started?,
    };
    step.done_as(&match cluster.started() {
        Started::Created => {
            format!("PostgreSQL {}: a new cluster in {}", installation.version, cluster.directory().display())
        }
        Started::Started => format!("PostgreSQL {}", installation.version),
        Started::Adopted => format!("PostgreSQL {} was still running", installation.version),
    });
    Ok(Server::Managed { cluster, port })
}
