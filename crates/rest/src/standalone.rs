//! The room on its own, on any database, configured like PostgREST: what such a server needs besides the room.
//!
//! Opens no socket and catches no signal: that is the program's part.

mod admin;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use base::identity::Verifier;
use futures_util::FutureExt as _;
use http::{Request, Response};
use pg::{ConnectConfig, Pool, PoolConfig, TargetSession};
use tokio::sync::watch;

use crate::Rest;
use crate::config::{Config, ConfigError, Options};
use crate::db::schema_cache::{Source, database_options};
use crate::error::{DatabaseError, Reason};

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A TCP port.
    Tcp {
        /// Address or name; none: all of this machine's addresses.
        host: Option<String>,
        /// The port.
        port: u16,
        /// Others may listen there, too.
        shared: bool,
    },
    /// A Unix socket.
    Unix {
        /// Its file.
        path: PathBuf,
        /// The file's permissions.
        mode: u32,
    },
}

/// A room on its own.
#[derive(Debug)]
pub struct Standalone {
    options: Options,
    room: Arc<Rest>,
    pool: Pool,
    log_level: watch::Receiver<String>,
    /// Where requests come in.
    pub server: Address,
    /// Where who runs the server asks how it is.
    pub admin: Option<Address>,
}

impl Standalone {
    /// Makes a room as `options` say; they are read again from `path` at every reload. The room begins to load its
    /// schema cache in the current runtime.
    pub fn start(options: Options, path: Option<PathBuf>) -> Result<Self, ConfigError> {
        let config = checked(&options)?;
        let database = database(&options)?;
        let pool = Pool::new(database.clone(), pool_config(&options)?);
        let (server, admin) = addresses(&options)?;
        let channel = config.channel.clone();
        // no keys: those of the options or none
        let verifier = Arc::new(Verifier::new(Vec::new()));
        // a standby takes no LISTEN
        let primary = database.with_target_session(TargetSession::Primary);
        let listen = flag(&options, "db-channel-enabled")?.then_some((primary, channel));
        let listening = listen.is_some();
        let (level, log_level) = watch::channel(options.value("log-level").to_owned());
        let room = Rest::with_source(reread(config, path, level), pool.clone(), listen, verifier);
        if !listening {
            room.reload_in_background();
        }
        Ok(Self { options, room, pool, log_level, server, admin })
    }

    /// Answers a request, also when handling it panics.
    pub async fn handle(&self, request: Request<Body>) -> Response<Body> {
        let answered = AssertUnwindSafe(self.room.handle(request)).catch_unwind().await;
        answered.unwrap_or_else(|_panic| {
            let error = DatabaseError::Internal(Reason("the handling of the request panicked".to_owned()));
            crate::failed(&error.into(), crate::error::Verbosity::default())
        })
    }

    /// Reads the options and the schema again, in the background.
    pub fn reload(&self) {
        self.room.reload_in_background();
    }

    /// The level of logging in force, which changes with the options.
    pub fn log_level(&self) -> watch::Receiver<String> {
        self.log_level.clone()
    }

    /// Ends the connections to the database.
    pub async fn close(&self) {
        self.room.close();
        self.pool.close().await;
    }
}

/// The options in force as a configuration file, with those that the database sets; second, why these are missing, if the
/// database did not answer.
pub async fn dump(mut options: Options) -> Result<(String, Option<pg::Error>), ConfigError> {
    let config = checked(&options)?;
    let mut missing = None;
    if config.database_config {
        match of_database(&options, &config).await {
            Ok(set) => options.set_from_database(&set),
            Err(error) => missing = Some(error),
        }
    }
    Ok((options.dump(), missing))
}

async fn of_database(options: &Options, config: &Config) -> Result<Vec<(String, String)>, pg::Error> {
    let mut client = pg::Client::connect(&connect_config(options)?).await?;
    database_options(&mut client, config.pre_config.as_deref()).await
}

/// What the schema cache would know, as JSON.
pub async fn dump_schema(options: &Options) -> Result<String, ConfigError> {
    let config = checked(options)?;
    let pool = Pool::new(database(options)?, pool_config(options)?);
    let verifier = Arc::new(Verifier::new(Vec::new()));
    let room = Rest::new(config, pool, verifier);
    room.reload().await?;
    let loaded = room.cache.current();
    Ok(loaded.map_or(serde_json::Value::Null, |loaded| admin::schemas(&loaded)).to_string())
}

/// The room's part of the options, when all of them are right.
fn checked(options: &Options) -> Result<Config, ConfigError> {
    let config = options.room()?;
    pool_config(options)?;
    addresses(options)?;
    for name in ["db-channel-enabled", "db-pool-automatic-recovery", "log-query"] {
        flag(options, name)?;
    }
    if !["crit", "error", "warn", "info", "debug"].contains(&options.value("log-level")) {
        return Err(wrong(options, "log-level"));
    }
    Ok(config)
}

/// Reads the options again; wrong ones are told of, and the last right ones stay.
fn reread(config: Config, path: Option<PathBuf>, log_level: watch::Sender<String>) -> Source {
    let last = Mutex::new((config, true));
    Box::new(move || {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        // at the first load they were read a moment ago, perhaps from a pipe that is empty now
        if std::mem::take(&mut last.1) {
            return last.0.clone();
        }
        match Options::load(path.as_deref()).and_then(|options| Ok((checked(&options)?, options))) {
            Ok((config, options)) => {
                last.0 = config;
                log_level.send_replace(options.value("log-level").to_owned());
            }
            Err(error) => tracing::error!(%error, "the configuration is wrong; the last one stays in force"),
        }
        last.0.clone()
    })
}

fn database(options: &Options) -> Result<ConnectConfig, ConfigError> {
    Ok(connect_config(options)?)
}

fn connect_config(options: &Options) -> Result<ConnectConfig, pg::Error> {
    let variable = |name: &str| std::env::var(name).ok();
    let user = variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "postgres".to_owned());
    ConnectConfig::from_libpq(options.value("db-uri").trim(), &user, variable)
}

fn pool_config(options: &Options) -> Result<PoolConfig, ConfigError> {
    let seconds = |name| Ok::<_, ConfigError>(Duration::from_secs(number(options, name)?));
    Ok(PoolConfig {
        max_connections: number(options, "db-pool")?,
        acquire_timeout: seconds("db-pool-acquisition-timeout")?,
        max_lifetime: seconds("db-pool-max-lifetime")?,
        idle_timeout: seconds("db-pool-max-idletime")?,
        prepared_statements: flag(options, "db-prepared-statements")?,
        ..PoolConfig::default()
    })
}

fn addresses(options: &Options) -> Result<(Address, Option<Address>), ConfigError> {
    let server = match unix_socket(options, "server")? {
        Some(socket) => socket,
        None => tcp(options, "server-host", "server-port")?,
    };
    let admin = match unix_socket(options, "admin-server")? {
        Some(socket) => Some(socket),
        None if options.value("admin-server-port").is_empty() => None,
        None => Some(tcp(options, "admin-server-host", "admin-server-port")?),
    };
    if admin.as_ref() == Some(&server) {
        return Err(wrong(options, "admin-server-port"));
    }
    Ok((server, admin))
}

/// Where the admin server of this configuration listens, if there is one.
pub fn admin_address(options: &Options) -> Result<Option<Address>, ConfigError> {
    Ok(addresses(options)?.1)
}

fn tcp(options: &Options, host: &str, port: &str) -> Result<Address, ConfigError> {
    let host = match options.value(host) {
        "*" | "*4" | "!4" => None,
        "*6" | "!6" => Some("::".to_owned()),
        name => Some(name.to_owned()),
    };
    Ok(Address::Tcp { host, port: number(options, port)?, shared: flag(options, "server-reuseport")? })
}

fn unix_socket(options: &Options, server: &str) -> Result<Option<Address>, ConfigError> {
    let path = options.value(&format!("{server}-unix-socket"));
    let mode_option = format!("{server}-unix-socket-mode");
    let mode = u32::from_str_radix(options.value(&mode_option), 8).ok();
    let mode =
        mode.filter(|mode| (0o600..=0o777).contains(mode)).ok_or_else(|| wrong(options, &mode_option))?;
    Ok((!path.is_empty()).then(|| Address::Unix { path: path.into(), mode }))
}

fn number<N: std::str::FromStr>(options: &Options, name: &str) -> Result<N, ConfigError> {
    options.value(name).parse().map_err(|_not_a_number| wrong(options, name))
}

fn flag(options: &Options, name: &str) -> Result<bool, ConfigError> {
    crate::config::boolean(options.value(name)).ok_or_else(|| wrong(options, name))
}

fn wrong(options: &Options, name: &str) -> ConfigError {
    ConfigError::Value { option: name.to_owned(), value: options.value(name).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Options {
        Options::read(text, &std::collections::BTreeMap::new()).unwrap()
    }

    fn on(host: Option<&str>, port: u16) -> Address {
        Address::Tcp { host: host.map(str::to_owned), port, shared: false }
    }

    #[test]
    fn addresses_are_ports_or_sockets() {
        let socket = Address::Unix { path: "/run/x".into(), mode: 0o600 };
        let cases = [
            ("", Ok((on(None, 3000), None))),
            ("server-host = \"::1\" server-port = 1", Ok((on(Some("::1"), 1), None))),
            ("admin-server-port = 3001", Ok((on(None, 3000), Some(on(None, 3001))))),
            (
                "server-host = \"a\" admin-server-host = \"b\" admin-server-port = 1",
                Ok((on(Some("a"), 3000), Some(on(Some("b"), 1)))),
            ),
            ("server-unix-socket = \"/run/x\" server-unix-socket-mode = \"600\"", Ok((socket, None))),
            ("admin-server-port = 3000", Err("the option admin-server-port cannot be \"3000\"")),
            ("server-port = \"x\"", Err("the option server-port cannot be \"x\"")),
            (
                "server-unix-socket-mode = \"400\"",
                Err("the option server-unix-socket-mode cannot be \"400\""),
            ),
        ];
        for (text, expected) in cases {
            let found = addresses(&read(text)).map_err(|error| error.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn the_pool_is_as_configured() {
        let pool =
            pool_config(&read("db-pool = 3 db-prepared-statements = off db-pool-timeout = 5")).unwrap();
        assert_eq!((pool.max_connections, pool.prepared_statements), (3, false));
        assert_eq!(pool.idle_timeout, Duration::from_secs(5));
        assert!(pool_config(&read("db-pool = \"many\"")).is_err());
    }
}
