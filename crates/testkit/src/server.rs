//! The one cluster of all tests.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pg::cluster::{self, Cluster, ClusterConfig, Shutdown};
use pg::{Client, ConnectConfig};

/// Where the shared cluster and the files about it lie.
fn folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from)
        .join(match std::env::var("FERROBASE_POSTGRES_BIN") {
            // another PostgreSQL has a cluster of its own
            Ok(binaries) if !binaries.is_empty() => format!("testkit{}", binaries.replace('/', "-")),
            _ => "testkit".to_owned(),
        })
}

fn config() -> ClusterConfig {
    ClusterConfig::new(folder().join("cluster"))
        .not_durable()
        .with_extensions(base::surfaces::EXTENSIONS)
        .with_setting("max_connections", "500")
        // a worker that looks at a template would be in the way of a clone
        .with_setting("autovacuum", "off")
        .with_setting("checkpoint_timeout", "1h")
        .with_setting("log_min_messages", "fatal")
}

/// Held by the process that changes something all share: starts the cluster, makes a template.
pub(crate) async fn lock() -> Result<File> {
    let folder = folder();
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let file = File::create(folder.join("lock"))?;
    // the holder may be another task of this thread, which has to go on meanwhile
    tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await?.context("cannot lock")
}

/// A connection to the shared cluster as its superuser; starts the cluster if nobody did.
pub(crate) async fn admin() -> Result<(Client, ConnectConfig)> {
    // whoever comes with other extensions brings them into the cluster that runs
    let surfaces = base::surfaces::fingerprint();
    let address = folder().join(format!("address-{}", surfaces.get(..16).unwrap_or_default()));
    if let Some(found) = connect_to(&address).await {
        return Ok(found);
    }
    let _lock = lock().await?;
    // somebody else may have been quicker
    if let Some(found) = connect_to(&address).await {
        return Ok(found);
    }
    let cluster = Cluster::start(config()).await?;
    let connect = cluster.connect_config(cluster::SUPERUSER, "postgres");
    let pg::Host::Unix(socket) = connect.host() else { anyhow::bail!("the cluster has no socket") };
    fs::write(&address, format!("{}\n{}", socket.display(), connect.port()))?;
    let mut client = Client::connect(&connect).await?;
    sweep(&mut client).await?;
    // dropping the cluster leaves its server running, for all test processes to come
    Ok((client, connect))
}

async fn connect_to(address: &Path) -> Option<(Client, ConnectConfig)> {
    let text = fs::read_to_string(address).ok()?;
    let (socket, port) = text.split_once('\n')?;
    let connect = ConnectConfig::new(pg::Host::Unix(socket.into()), cluster::SUPERUSER)
        .with_port(port.trim().parse().ok()?)
        .with_database("postgres");
    let client = Client::connect(&connect).await.ok()?;
    Some((client, connect))
}

/// Drops what killed tests left behind, and the oldest templates.
pub(crate) async fn sweep(client: &mut Client) -> Result<()> {
    for row in client.query(include_str!("../sql/stale_databases.sql"), &[]).await? {
        let name: String = row.get(0)?;
        let owner = name.split('_').nth(1).and_then(|process| process.parse::<u32>().ok());
        if name.starts_with("test_") && owner.is_some_and(is_alive) {
            continue;
        }
        // another process may be doing the same
        let _ = base::template::drop_database(client, &name).await;
    }
    Ok(())
}

fn is_alive(process: u32) -> bool {
    if cfg!(target_os = "linux") {
        return Path::new("/proc").join(process.to_string()).exists();
    }
    std::process::Command::new("kill")
        .args(["-0", &process.to_string()])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Stops the shared cluster. `false` when it does not run.
pub async fn stop() -> Result<bool> {
    let _lock = lock().await?;
    Ok(cluster::stop_left_behind(&folder().join("cluster"), Shutdown::Fast).await?)
}
