//! The project's database: a managed cluster or a given server, brought up to date before anything is served.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use base::clock::Clock;
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
const ROOMS: &[RoomMigrations] =
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
    Managed { cluster: Cluster, port: u16 },
    External { url: Url, admin: ConnectConfig },
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
            Database::External(url) => {
                let admin = url.as_str().parse().context("DATABASE_URL")?;
                Server::External { url, admin }
            }
        };
        let this = Self { server };
        // a failure from here on must not leave a cluster behind that nobody manages
        match this.bring_up_to_date(project, keys).await {
            Ok(()) => Ok(this),
            Err(error) => {
                this.close().await?;
                Err(error)
            }
        }
    }

    async fn bring_up_to_date(&self, project: &Project, keys: &ProjectKeys) -> anyhow::Result<()> {
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
        super::migrations::apply(project, &self.connect_as("postgres", keys)).await
    }

    /// The administrator's connection.
    fn admin(&self) -> ConnectConfig {
        match &self.server {
            Server::Managed { cluster, .. } => cluster.connect_config(pg::cluster::SUPERUSER, NAME),
            Server::External { admin, .. } => admin.clone(),
        }
    }

    fn is_managed(&self) -> bool {
        matches!(self.server, Server::Managed { .. })
    }

    /// A connection as one of the platform's roles.
    pub(crate) fn connect_as(&self, role: &str, keys: &ProjectKeys) -> ConnectConfig {
        match &self.server {
            Server::Managed { cluster, .. } => cluster.connect_config(role, NAME),
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
    pub(crate) fn jobs(&self, keys: &ProjectKeys, clock: Arc<dyn Clock>) -> jobs::Config {
        let postgres = self.connect_as("postgres", keys);
        let anybody = self.is_managed();
        let admin = self.admin();
        let connect_as = move |role: &str| match role {
            "postgres" => Some(postgres.clone()),
            role if anybody => Some(postgres.clone().with_user(role)),
            _ => None,
        };
        jobs::Config::new(admin, Arc::new(connect_as), clock)
    }

    /// How other programs reach it, as `postgres`.
    pub(crate) fn url(&self, keys: &ProjectKeys) -> String {
        match &self.server {
            Server::Managed { port, .. } => {
                format!("postgresql://postgres:{}@127.0.0.1:{port}/{NAME}", keys.postgres_password)
            }
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
            Server::External { .. } => None,
        }
    }

    /// Stops a managed cluster; leaves a given server alone.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        match self.server {
            Server::Managed { cluster, .. } => Ok(cluster.stop(Shutdown::Fast).await?),
            Server::External { .. } => Ok(()),
        }
    }
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
