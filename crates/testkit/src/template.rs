//! Templates: databases that are only ever cloned.

use std::path::Path;

use anyhow::{Context as _, Result};
use base::migrate::{self, Project};
use base::platform::{self, PlatformInput, RoomMigrations};
use pg::{Client, ConnectConfig};
use sha2::{Digest as _, Sha256};

use crate::server;

/// The rooms whose schemas every template has.
const ROOMS: &[RoomMigrations] =
    &[RoomMigrations { room: "auth", run_as: "supabase_auth_admin", files: &auth::MIGRATIONS }];

/// All test databases encrypt with this.
const ROOT_KEY: &str = "7465737473206f6e6c79207465737473206f6e6c79207465737473206f6e6c79";

/// What a template holds beyond the platform.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content<'a> {
    /// Nothing.
    Platform,
    /// The migrations and the seed of the project with this `supabase` folder.
    Project(&'a Path),
    /// The same, and pgTAP.
    Tests(&'a Path),
}

/// The name of the template with this content; made now if it does not exist.
pub(crate) async fn ensure(
    admin: &mut Client,
    connect: &ConnectConfig,
    content: Content<'_>,
) -> Result<String> {
    let hash = hash(content)?;
    let name = format!("template_{hash}");
    if exists(admin, &name).await? {
        return Ok(name);
    }
    let _lock = server::lock().await?;
    if exists(admin, &name).await? {
        return Ok(name);
    }
    server::sweep(admin).await?;
    let building = format!("building_{hash}");
    admin.script(&format!("create database {building}")).await?;
    fill(connect.clone().with_database(&building), content)
        .await
        .with_context(|| format!("the template for {content:?} could not be made"))?;
    admin.script(&format!("alter database {building} rename to {name}")).await?;
    Ok(name)
}

async fn exists(admin: &mut Client, name: &str) -> Result<bool> {
    let rows = admin.query(include_str!("../sql/database_exists.sql"), &[pg::Param::from(name)]).await?;
    Ok(!rows.is_empty())
}

fn hash(content: Content<'_>) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(platform::fingerprint(ROOMS)?);
    // partitions of realtime.messages are made by the day
    hash.update(
        (std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() / 86_400)
            .to_le_bytes(),
    );
    match content {
        Content::Platform => {}
        Content::Project(folder) => hash.update(Project::read(folder)?.fingerprint()),
        Content::Tests(folder) => {
            hash.update(Project::read(folder)?.fingerprint());
            hash.update("pgtap");
        }
    }
    Ok(hash.finalize().iter().take(10).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat())
}

async fn fill(connect: ConnectConfig, content: Content<'_>) -> Result<()> {
    let mut admin = Client::connect(&connect).await?;
    platform::apply(&mut admin, &PlatformInput { passwords: &[], rooms: ROOMS }).await?;
    platform::keep_root_key(&mut admin, ROOT_KEY).await?;
    if let Content::Project(folder) | Content::Tests(folder) = content {
        let project = Project::read(folder)?;
        let mut postgres = Client::connect(&connect.with_user("postgres")).await?;
        let how = migrate::How { with_roles: true, ..migrate::How::default() };
        migrate::up_with(&mut postgres, &project, how, &mut |_| ()).await?;
        migrate::seed(&mut postgres, &project, &mut |_| ()).await?;
        if let Content::Tests(_) = content {
            postgres.script("create extension if not exists pgtap with schema extensions").await.context(
                "pgTAP is not installed: apt install postgresql-15-pgtap, or your system's package",
            )?;
        }
    }
    Ok(())
}
