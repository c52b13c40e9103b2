//! A database of its own for a test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result};
use pg::{Client, ConnectConfig};

use crate::server;
use crate::template::{self, Content};

/// A fresh database; dropped when this is.
#[derive(Debug)]
pub struct TestDb {
    name: String,
    admin: ConnectConfig,
}

impl TestDb {
    /// With the platform only: roles, schemas, auth, storage, realtime.
    ///
    /// # Panics
    /// When the cluster or the database cannot be made; this and all other methods are for tests.
    pub async fn platform() -> Self {
        Self::made_of(Content::Platform).await
    }

    /// With a foundation's migrations and seed: `foundations/<name>/supabase`.
    pub async fn foundation(name: &str) -> Self {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../foundations").join(name).join("supabase");
        Self::made_of(Content::Project(&folder)).await
    }

    /// With the migrations and seed of any project: the folder that holds `migrations`.
    pub async fn project(folder: &Path) -> Self {
        Self::made_of(Content::Project(folder)).await
    }

    /// The same with pgTAP, for running the project's tests.
    pub async fn project_with_pgtap(folder: &Path) -> Self {
        Self::made_of(Content::Tests(folder)).await
    }

    async fn made_of(content: Content<'_>) -> Self {
        Self::clone_of(content).await.unwrap_or_else(|error| panic!("no test database: {error:?}"))
    }

    async fn clone_of(content: Content<'_>) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let (mut client, admin) = server::admin().await?;
        let template = template::ensure(&mut client, &admin, content).await?;
        let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        client
            .script(&format!("create database {name} template {template} owner postgres strategy file_copy"))
            .await
            .with_context(|| format!("cannot clone {template}"))?;
        Ok(Self { admin: admin.with_database(&name), name })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How to connect as the superuser `supabase_admin`. No role needs a password.
    pub fn admin(&self) -> ConnectConfig {
        self.admin.clone()
    }

    /// How to connect as this role: `postgres`, `authenticator`, `supabase_auth_admin` …
    pub fn connect(&self, role: &str) -> ConnectConfig {
        self.admin.clone().with_user(role)
    }

    /// A connection as this role.
    pub async fn client(&self, role: &str) -> Client {
        let connect = self.connect(role);
        Client::connect(&connect).await.unwrap_or_else(|error| panic!("cannot connect as {role}: {error}"))
    }

    /// For programs that are not ours (psql, a driver of another language): a connection string as this role.
    pub fn url(&self, role: &str) -> String {
        let (socket, port) = self.socket();
        let socket = socket.to_string_lossy().replace('%', "%25").replace('/', "%2F").replace(' ', "%20");
        format!("postgresql://{role}@{socket}:{port}/{}", self.name)
    }

    fn socket(&self) -> (PathBuf, u16) {
        match self.admin.host() {
            pg::Host::Unix(folder) => (folder.clone(), self.admin.port()),
            pg::Host::Tcp(host) => (host.into(), self.admin.port()),
        }
    }
}

impl Drop for TestDb {
    /// Best effort: what a killed test leaves is swept at a later start.
    fn drop(&mut self) {
        let connect = self.admin.clone().with_database("postgres");
        let name = std::mem::take(&mut self.name);
        let drop_database = async move {
            let mut client = Client::connect(&connect).await?;
            Ok::<_, anyhow::Error>(base::template::drop_database(&mut client, &name).await?)
        };
        // a thread of its own: the test's runtime may be the one that is blocked by this
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(drop_database).map_err(std::io::Error::other)
        })
        .join();
    }
}
