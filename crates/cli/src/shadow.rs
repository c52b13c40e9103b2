//! What a project's migrations make, to compare a database with: a scratch database in the project's cluster, or what
//! a database is.

use anyhow::{Context as _, bail};
use base::{migrate, template};
use pg::{Client, ConnectConfig};
use schema::{Change, Id, Kind, Options, Scope, Snapshot};

use crate::reset;
use crate::target::{self, Target, TargetOptions};

/// Schemas that the platform makes and keeps.
pub(crate) const MANAGED: &[&str] = &[
    "_analytics",
    "_realtime",
    "_supavisor",
    "auth",
    "cron",
    "extensions",
    "ferrobase",
    "graphql",
    "graphql_public",
    "net",
    "pgbouncer",
    "pgmq",
    "pgmq_public",
    "pgsodium",
    "pgsodium_masks",
    "pgtle",
    "realtime",
    "repack",
    "storage",
    "supabase_functions",
    "supabase_migrations",
    "tiger",
    "tiger_data",
    "topology",
    "vault",
];

/// Platform schemas in which a project's policies, triggers and default privileges may be.
const GUESTS: &[&str] = &["auth", "storage", "realtime", "extensions"];

/// Publications that the platform makes; what is in them is the project's.
const PLATFORM_PUBLICATIONS: &[&str] = &["supabase_realtime", "supabase_realtime_messages_publication"];

/// Roles of the platform that have to find their way through `public` here; elsewhere they may do without.
const ROOM_ROLES: &[&str] = &["supabase_auth_admin", "supabase_storage_admin", "supabase_realtime_admin"];

/// The role that migrations run as.
const MIGRATOR: &str = "postgres";

/// Which part of a database belongs to the project: these schemas, or all that are not the platform's.
pub(crate) fn scope(schemas: &[String]) -> Scope {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    if schemas.is_empty() {
        return Scope { only: None, except: list(MANAGED), guests: list(GUESTS) };
    }
    Scope { only: Some(schemas.to_vec()), ..Scope::default() }
}

/// A database's schema, as far as it is the project's.
pub(crate) async fn read(client: &mut Client, scope: &Scope) -> anyhow::Result<Snapshot> {
    let snapshot = schema::snapshot::load(client, scope).await.context("the schema can't be read")?;
    if let Some(only) = &scope.only {
        for name in only.iter().filter(|name| !snapshot.schemas.contains(name)) {
            eprintln!("warning: there is no schema {name} in database {}", database(client).await);
        }
    }
    Ok(snapshot.filtered(is_ours))
}

async fn database(client: &mut Client) -> String {
    let rows = client.query("select current_database()", &[]).await;
    rows.ok().and_then(|rows| rows.first()?.get(0).ok()).unwrap_or_default()
}

/// What these migrations make, read from a database that exists for this moment.
pub(crate) async fn of_migrations(
    local: &Target,
    wanted: &migrate::Project,
    scope: &Scope,
) -> anyhow::Result<Snapshot> {
    let Some(templates) = local.templates() else {
        bail!(
            "the migrations are tried out in a database of their own, for which the project's own cluster is needed; \
             unset DATABASE_URL and name the other database with --db-url"
        )
    };
    let wanted = migrate::Project { seeds: Vec::new(), ..wanted.clone() };
    let template = reset::template(&templates, &wanted).await?;
    let name = format!("ferrobase_shadow_{}", std::process::id());
    let mut admin = Client::connect(&templates.admin).await.context("the cluster can't be reached")?;
    template::drop_database(&mut admin, &name).await.map_err(reset::plain)?;
    template::clone(&mut admin, &template, &name, None).await.map_err(reset::plain)?;
    let connect = templates.admin.clone().with_database(&name).with_user(MIGRATOR);
    let snapshot = read_whole(&connect, scope).await;
    if let Err(error) = template::drop_database(&mut admin, &name).await {
        tracing::warn!(%error, database = name, "a database that was needed for a moment was not dropped");
    }
    snapshot
}

/// As [`read`], on a connection of its own; a schema that is not there is the other side's to report.
async fn read_whole(connect: &ConnectConfig, scope: &Scope) -> anyhow::Result<Snapshot> {
    let mut client = Client::connect(connect).await?;
    let snapshot = schema::snapshot::load(&mut client, scope).await.context("the schema can't be read")?;
    Ok(snapshot.filtered(is_ours))
}

/// Default privileges of the platform's own roles are not the project's.
fn is_ours(id: &Id, _: &schema::snapshot::Entry) -> bool {
    id.kind != Kind::DefaultPrivileges || id.name == MIGRATOR
}

/// What the migrations make, and what the database is.
pub(crate) fn both(options: &TargetOptions, scope: &Scope) -> anyhow::Result<(Snapshot, Snapshot)> {
    if !options.is_elsewhere() {
        return target::with(options, async |target| {
            let wanted = of_migrations(target, &target.files()?, scope).await?;
            Ok((wanted, read(&mut target.postgres().await?, scope).await?))
        });
    }
    // whether the other one can be reached is known before a cluster is started
    let live = target::with(options, async |target| read(&mut target.postgres().await?, scope).await)?;
    let wanted = target::with(&TargetOptions::of(options.project.clone()), async |local| {
        of_migrations(local, &local.files()?, scope).await
    })?;
    Ok((wanted, live))
}

/// The statements from one to the other, and what to know about them on standard error.
pub(crate) fn difference(from: &Snapshot, to: &Snapshot) -> String {
    let changes = schema::diff(from, to, &Options { role: MIGRATOR.to_owned(), ..Options::default() });
    warn(&changes);
    unsupported(from, to);
    schema::print::script(&changes)
}

fn warn(changes: &[Change]) {
    let dropped: Vec<&Id> =
        changes.iter().filter(|change| change.is_destructive()).map(|change| &change.id).collect();
    let made: Vec<&Id> = changes
        .iter()
        .filter(|change| change.action == schema::Action::Create)
        .map(|change| &change.id)
        .collect();
    let gone: Vec<String> =
        dropped.iter().filter(|id| !made.contains(id)).map(|id| format!("  {id}")).collect();
    if !gone.is_empty() {
        eprintln!("Found drops. Please check that they are meant:\n{}", gone.join("\n"));
    }
    for hazard in changes.iter().flat_map(|change| &change.hazards) {
        eprintln!("warning: {hazard}");
    }
}

/// Names what only one side has and no statement can be written for.
fn unsupported(from: &Snapshot, to: &Snapshot) {
    for what in to.unsupported.iter().filter(|what| !from.unsupported.contains(what)) {
        eprintln!("warning: {what} is left out: ferrobase can't compare or print such an object");
    }
    for what in from.unsupported.iter().filter(|what| !to.unsupported.contains(what)) {
        eprintln!("warning: {what} is in the migrations only, and ferrobase can't compare such an object");
    }
}

/// A whole schema as SQL, for a database that has what every Supabase project has.
pub(crate) fn dump(snapshot: &Snapshot) -> String {
    let mut base = Snapshot { version: snapshot.version, ..Snapshot::default() };
    let api = ["postgres", "anon", "authenticated", "service_role"];
    base.open_by_default(MIGRATOR, "public", &api);
    base.with_public(snapshot, &api, ROOM_ROLES);
    for name in PLATFORM_PUBLICATIONS {
        let id = Id::new(Kind::Publication, "", *name);
        if let Some(entry) = snapshot.entries.get(&id) {
            base.entries.insert(id, entry.clone());
        }
    }
    unsupported(&base, snapshot);
    schema::print::dump(&base, snapshot, &Options { role: MIGRATOR.to_owned(), ..Options::default() })
}
