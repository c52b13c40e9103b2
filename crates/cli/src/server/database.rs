//! The project's database: a managed cluster or a given server, brought up to date before anything is served.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use base::clock::Clock;
use base::http::{self, Outgoing};
use base::identity::ProjectKeys;
use base::jobs;
use base::platform::{self, PlatformInput, RoomMigrations};
use pg::cluster::{Cluster, ClusterConfig, Installation, Shutdown, Started};
use pg::{Client, ConnectConfig};
use url::Url;

use crate::progress::Step;
use crate::project::Project;

/// The database's name: every Supabase project's is `postgres`.
const NAME: &str = "postgres";

/// What the rooms bring into the platform database.
pub(crate) const ROOMS: &[RoomMigrations] =
    &[RoomMigrations { room: "auth", run_as: "supabase_auth_admin", files: &auth::MIGRATIONS }];

/// Roles that log in: their passwords are the project's. `postgres` has its own, which users see.
const SERVICE_ROLES: &[&str] =
    &["supabase_admin", "authenticator", "supabase_auth_admin", "supabase_storage_admin"];

/// Which database to use.
#[derive(Debug)]
pub(crate) enum Database {
    /// A private cluster of this PostgreSQL, below the project's state.
    Managed(Installation),
    /// A server somebody else runs: the URL of its administrator.
    External(Url),
}

/// A database that is ready for the rooms.
#[derive(Debug)]
pub(crate) struct OpenDatabase {
    server: Server,
}

#[derive(Debug)]
enum Server {
    Managed {
        cluster: Cluster,
        port: u16,
    },
    /// A managed cluster that somebody else looks after: the server of this project.
    Running {
        admin: ConnectConfig,
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
        let server = match database {
            Database::Managed(installation) => start_cluster(project, &installation).await?,
            Database::External(url) => external(url)?,
        };
        Self { server }.prepare(keys, Some(project)).await
    }

    /// The database for a command: that of the running server, or started for as long as the command takes. The
    /// platform in it is up to date, the project's migrations are as they were.
    pub(crate) async fn open_for_command(
        project: &Project,
        database: Database,
        keys: &ProjectKeys,
    ) -> anyhow::Result<Self> {
        let server = match database {
            Database::Managed(installation) => {
                if let Some(admin) = pg::cluster::running(&project.state.cluster()).await? {
                    return Ok(Self { server: Server::Running { admin } });
                }
                start_cluster(project, &installation).await?
            }
            Database::External(url) => external(url)?,
        };
        Self { server }.prepare(keys, None).await
    }

    /// Brings the platform up to date, and with a project its migrations and seeds. A failure must not leave a
    /// cluster behind that nobody manages.
    async fn prepare(self, keys: &ProjectKeys, project: Option<&Project>) -> anyhow::Result<Self> {
        let prepared = async {
            self.prepare_platform(keys).await?;
            match project {
                Some(project) => super::migrations::apply(project, &self.connect_as("postgres", keys)).await,
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

    /// The administrator's connection.
    pub(crate) fn admin(&self) -> ConnectConfig {
        match &self.server {
            Server::Managed { cluster, .. } => cluster.connect_config(pg::cluster::SUPERUSER, NAME),
            Server::Running { admin } | Server::External { admin, .. } => admin.clone(),
        }
    }

    /// Whether the server belongs to this project: its administrator may do everything.
    pub(crate) fn is_managed(&self) -> bool {
        !matches!(self.server, Server::External { .. })
    }

    /// A connection as one of the platform's roles.
    pub(crate) fn connect_as(&self, role: &str, keys: &ProjectKeys) -> ConnectConfig {
        match &self.server {
            Server::Managed { cluster, .. } => cluster.connect_config(role, NAME),
            Server::Running { admin } => admin.clone().with_user(role),
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
        let allowed = std::env::var(http::ALLOW_VARIABLE).unwrap_or_default();
        let outgoing = Outgoing::new(allowed.parse().context(http::ALLOW_VARIABLE)?)?;
        Ok(jobs::Config::new(admin, Arc::new(connect_as), clock, outgoing))
    }

    /// How other programs reach it, as `postgres`.
    pub(crate) fn url(&self, keys: &ProjectKeys) -> String {
        match &self.server {
            Server::Managed { port, .. } => local_url(*port, keys),
            Server::Running { admin } => local_url(admin.port(), keys),
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
            Server::Running { .. } | Server::External { .. } => None,
        }
    }

    /// Stops a managed cluster; leaves a given server alone.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        match self.server {
            Server::Managed { cluster, .. } => Ok(cluster.stop(Shutdown::Fast).await?),
            Server::Running { .. } | Server::External { .. } => Ok(()),
        }
    }
}

fn local_url(port: u16, keys: &ProjectKeys) -> String {
    format!("postgresql://postgres:{}@127.0.0.1:{port}/{NAME}", keys.postgres_password)
}

fn external(url: Url) -> anyhow::Result<Server> {
    let admin = url.as_str().parse().context("DATABASE_URL")?;
    Ok(Server::External { url, admin })
}

async fn start_cluster(project: &Project, installation: &Installation) -> anyhow::Result<Server> {
    let port = project.ports.db;
    let step = Step::begin(format!("Starting PostgreSQL {}", installation.version));
    let config = ClusterConfig::new(project.state.cluster())
        .with_port(port)
        .with_binaries(Some(installation.binaries.clone()))
        .with_extensions(base::surfaces::EXTENSIONS);
    let cluster = Cluster::start(config).await?;
    step.done_as(&match cluster.started() {
        Started::Created => {
            format!("PostgreSQL {}: a new cluster in {}", installation.version, cluster.directory().display())
        }
        Started::Started => format!("PostgreSQL {}", installation.version),
        Started::Adopted => format!("PostgreSQL {} was still running", installation.version),
    });
    Ok(Server::Managed { cluster, port })
}
