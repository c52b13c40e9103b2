//! A served project: configuration → Postgres → platform and migrations → rooms → gateway, and back again at the end.

pub(crate) mod control;
pub(crate) mod database;
pub(crate) mod files;
pub(crate) mod lock;
pub(crate) mod migrations;
pub(crate) mod notify;
mod summary;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use base::clock::{Clock, SystemClock};
use base::identity::{ApiKeys, ProjectKeys, public_half};
use base::jobs::Jobs;
use gateway::{Gate, Gateway, Limits};
use serde::Deserialize;
use tokio::net::TcpListener;

pub(crate) use database::{Database, OpenDatabase};

use crate::buckets::{self, Made};
use crate::output;
use crate::progress::Step;
use crate::project::{Project, ProjectOptions, ServerCard, Source, StateDir, exposed};
use summary::Again;

/// Everything that runs for one project.
#[derive(Debug)]
pub(crate) struct Server {
    state: StateDir,
    card: ServerCard,
    keys: ProjectKeys,
    database: OpenDatabase,
    gateway: Arc<Gateway>,
    listener: TcpListener,
    pools: [pg::Pool; 3],
    jobs: Jobs,
    sweeps: Option<storage::Sweeps>,
    control: control::Control,
    /// What was new this time: decides what the summary recommends.
    first_start: bool,
}

/// The keys a project may fix in its own `config.toml` instead of the generated ones.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FixedKeys {
    jwt_secret: Option<String>,
    anon_key: Option<String>,
    service_role_key: Option<String>,
    publishable_key: Option<String>,
    secret_key: Option<String>,
    signing_keys_path: Option<std::path::PathBuf>,
}

/// `[api]` of `config.toml`, with the official CLI's defaults.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct ApiSection {
    schemas: Vec<String>,
    extra_search_path: Vec<String>,
    max_rows: i64,
}

impl Default for ApiSection {
    fn default() -> Self {
        Self {
            schemas: vec!["public".to_owned(), "graphql_public".to_owned()],
            extra_search_path: vec!["public".to_owned(), "extensions".to_owned()],
            max_rows: 1000,
        }
    }
}

impl From<ApiSection> for rest::Config {
    fn from(section: ApiSection) -> Self {
        Self {
            schemas: exposed(section.schemas),
            extra_search_path: section.extra_search_path,
            max_rows: Some(section.max_rows),
            anon_role: Some("anon".to_owned()),
            database_config: true,
            ..Self::default()
        }
    }
}

impl Server {
    /// Brings everything up. When it returns, requests that arrive are answered as soon as [`Server::run`] is polled.
    pub(crate) async fn start(project: &Project, database: Database) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let first_start = !project.state.keys().exists();
        let keys = project_keys(project, clock.as_ref())?;
        // the port first: a taken one is said before anything was created
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, project.ports.api));
        let listener = gateway::bind(address).await?;
        if let Source::Foundation(name, _) = &project.source {
            project.state.remember_foundation(name)?;
        }
        let database = OpenDatabase::open(project, database, &keys).await?;
        let control = control::Control::listen(&project.state).context("no socket for commands")?;
        let card = ServerCard {
            control: Some(control.path().to_owned()),
            pid: std::process::id(),
            api_url: format!("http://{}", listener.local_addr()?),
            db_url: database.url(&keys),
            cluster_dir: database.cluster_dir(),
        };
        let step = Step::begin("Opening the rooms");
        let rooms = Rooms::open(project, &database, &keys, &card, &clock).await?;
        step.done_as(&format!("Serving on {}", card.api_url));
        if let Some(room) = &rooms.storage {
            make_buckets(project, &database, &keys, room).await?;
        }
        // on a given server other projects may have rows for the same files
        let sweeps = rooms.storage.as_ref().filter(|_| database.is_managed()).map(storage::Sweeps::new);
        let gateway = Arc::new(Gateway {
            rest: rooms.rest,
            auth: rooms.auth,
            storage: rooms.storage,
            pool: rooms.pools[0].clone(),
            api_keys: ApiKeys::new(&keys, Arc::new(keys.verifier()?)),
            clock,
            limits: Limits::default(),
            gate: Gate::default(),
        });
        let jobs = Jobs::start(database.jobs(&keys, Arc::clone(&gateway.clock))?);
        project.state.write_card(&card)?;
        Ok(Self {
            state: project.state.clone(),
            card,
            keys,
            database,
            gateway,
            listener,
            pools: rooms.pools,
            jobs,
            sweeps,
            control,
            first_start,
        })
    }

    /// Serves until `stop`, then ends in order: requests, connections, database.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let rest = Arc::clone(&self.gateway.rest);
        let control =
            tokio::spawn(self.control.serve(Arc::clone(&self.gateway), self.database.maintenance()));
        let sweeping = self.sweeps.map(|sweeps| tokio::spawn(sweeps.run()));
        gateway::serve(self.gateway, self.listener, stop).await;
        control.abort();
        if let Some(sweeping) = sweeping {
            sweeping.abort();
        }
        rest.close();
        self.jobs.stop().await;
        for pool in &self.pools {
            pool.close().await;
        }
        self.database.close().await?;
        self.state.remove_card();
        Ok(())
    }

    /// What a person wants to know now.
    pub(crate) fn summary(&self, options: &ProjectOptions, colours: bool) -> String {
        summary::text(&self.card, &self.keys, &self.state, &Again::new(options), self.first_start, colours)
    }
}

/// Brings the buckets of config.toml up to date, and puts files into those that were not there.
async fn make_buckets(
    project: &Project,
    database: &OpenDatabase,
    keys: &ProjectKeys,
    room: &storage::Ctx,
) -> anyhow::Result<()> {
    let postgres = async { Ok(pg::Client::connect(&database.connect_as("postgres", keys)).await?) };
    let made = buckets::make(project, postgres).await?;
    let new: Vec<&Made> = made.iter().filter(|bucket| bucket.new).collect();
    if new.is_empty() {
        return Ok(());
    }
    let step = Step::begin("Making buckets");
    match buckets::fill(project, room, keys, &new, &step).await {
        Ok(files) => step.done_as(&format!(
            "{} made, {} put in",
            output::count(new.len(), "bucket"),
            output::count(files, "file")
        )),
        // the rows are there: `seed buckets` tries again
        Err(error) => step.warn(&format!("{error:#}; then run `ferrobase seed buckets`")),
    }
    Ok(())
}

/// The generated keys, with what `[auth]` of `config.toml` fixes: those that are served, and those that `status` prints.
pub(crate) fn project_keys(project: &Project, clock: &dyn Clock) -> anyhow::Result<ProjectKeys> {
    let mut keys = ProjectKeys::load_or_generate(&project.state.keys(), clock.now())?;
    if project.state.branch().is_some() {
        // roles, and so their passwords, belong to the cluster; what a copied database holds was encrypted by its key
        let main = ProjectKeys::load_or_generate(&project.state.main().keys(), clock.now())?;
        keys = ProjectKeys {
            postgres_password: main.postgres_password,
            admin_password: main.admin_password,
            root_key: main.root_key,
            ..keys
        };
    }
    let fixed: FixedKeys = project.config.section("auth")?;
    if let Some(secret) = fixed.jwt_secret.filter(|secret| *secret != keys.jwt_secret) {
        keys = keys.with_jwt_secret(&secret, clock.now())?;
        keys.save(&project.state.keys())?;
    }
    for (fixed, key) in [
        (fixed.anon_key, &mut keys.anon_key),
        (fixed.service_role_key, &mut keys.service_role_key),
        (fixed.publishable_key, &mut keys.publishable_key),
        (fixed.secret_key, &mut keys.secret_key),
    ] {
        if let Some(fixed) = fixed {
            *key = fixed;
        }
    }
    if let Some(path) = signing_keys_file(project)? {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
        let listed: Vec<serde_json::Value> = serde_json::from_str(&text)
            .with_context(|| format!("{} is not a list of JWKs", path.display()))?;
        let mut listed = listed.into_iter();
        keys.signing_key = listed.next().with_context(|| format!("{} lists no key", path.display()))?;
        keys.other_keys = listed.collect();
        keys.verifying_keys().with_context(|| format!("a key of {}", path.display()))?;
    }
    Ok(keys)
}

/// The file of `[auth] signing_keys_path`; a project that lies inside the binary has none.
pub(crate) fn signing_keys_file(project: &Project) -> anyhow::Result<Option<std::path::PathBuf>> {
    let fixed: FixedKeys = project.config.section("auth")?;
    Ok(match (fixed.signing_keys_path, &project.source) {
        (Some(path), Source::Folder(folder)) => Some(folder.join(path)),
        _ => None,
    })
}

struct Rooms {
    rest: Arc<rest::Rest>,
    auth: axum::Router,
    storage: Option<storage::Ctx>,
    pools: [pg::Pool; 3],
}

impl Rooms {
    async fn open(
        project: &Project,
        database: &OpenDatabase,
        keys: &ProjectKeys,
        card: &ServerCard,
        clock: &Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        // a token that names another audience was made for somebody else; API keys name none
        let audience = || Some("authenticated".to_owned());
        let verifier = Arc::new(keys.verifier()?.with_audience(audience()));
        let authenticator = database.connect_as("authenticator", keys);
        let rest_pool = pg::Pool::new(authenticator.clone(), rest_limits());
        let rest_config: ApiSection = project.config.section("api")?;
        let rest =
            rest::Rest::open(rest_config.into(), rest_pool.clone(), authenticator, Arc::clone(&verifier))
                .await
                .context("the schema can't be read")?;
        let auth_pool = pg::Pool::new(database.connect_as("supabase_auth_admin", keys), auth_limits());
        let config: auth::Config = project.config.section("auth")?;
        let config = auth::Config { issuer: format!("{}/auth/v1", card.api_url), ..config };
        let signer = Arc::new(keys.signer()?);
        // upstream gives no leeway to expired user tokens here, unlike PostgREST
        let strict = Arc::new(keys.verifier()?.with_audience(audience()).with_leeway(0));
        let further_keys = keys.other_keys.iter().filter_map(public_half).collect();
        let auth = auth::Ctx::new(auth_pool.clone(), config, signer, strict, Arc::clone(clock));
        let auth = auth::routes(auth.with_further_keys(further_keys));
        let storage_pool = pg::Pool::new(database.connect_as("authenticator", keys), storage_limits());
        let storage = files::room(project, keys, storage_pool.clone(), verifier, Arc::clone(clock))?;
        let storage = Some(storage).filter(|storage| storage.config.enabled);
        Ok(Self { rest, auth, storage, pools: [rest_pool, auth_pool, storage_pool] })
    }
}

/// More than PostgREST's ten: commits that wait for the disk together are written together.
fn rest_limits() -> pg::PoolConfig {
    pg::PoolConfig { max_connections: 24, ..pg::PoolConfig::default() }
}

/// The room gives up on a request after ten seconds; a full pool has to say so well before.
fn auth_limits() -> pg::PoolConfig {
    pg::PoolConfig { acquire_timeout: std::time::Duration::from_secs(3), ..pg::PoolConfig::default() }
}

/// A flight is short beside the bytes that come before or after it.
fn storage_limits() -> pg::PoolConfig {
    pg::PoolConfig { max_connections: 10, ..pg::PoolConfig::default() }
}
