//! A database made anew: by exchanging it for the clone of a template where the cluster is ours, by undoing everything
//! in it where it is not.

use anyhow::{Context as _, bail};
use base::migrate;
use base::template::{self, Templates};
use pg::Client;

use crate::output;
use crate::progress::Step;
use crate::project::StateDir;
use crate::server::control::Hold;
use crate::server::lock::RunLock;
use crate::server::migrations::show;
use crate::target::Target;

/// Databases that were replaced and not dropped yet: dropping one makes the cluster flush everything.
const MOST_LEFT_OVER: usize = 3;

/// Makes the database of `target` anew with exactly these migrations and seeds, after asking where that matters.
pub(crate) async fn to(target: &Target, wanted: &migrate::Project) -> anyhow::Result<()> {
    let Some(templates) = target.templates() else {
        target.confirm("Undoing everything in public, auth and storage")?;
        return target.answering(replay(target, wanted)).await;
    };
    exchange(&target.project()?.state, &templates, wanted).await
}

/// The project's migrations up to a version, or without the last few that are applied.
pub(crate) async fn cut(
    target: &Target,
    files: migrate::Project,
    version: Option<&str>,
    last: Option<usize>,
) -> anyhow::Result<migrate::Project> {
    let Some(version) = (match (version, last) {
        (Some(version), _) => Some(version.to_owned()),
        (None, Some(last)) => {
            let applied: Vec<String> =
                migrate::recorded(&mut target.postgres().await?).await?.into_keys().collect();
            if last > applied.len() {
                bail!(
                    "{} has only {}, so {last} can't be taken back",
                    target.name(),
                    output::count(applied.len(), "migration")
                );
            }
            let keep = applied.len() - last;
            match keep.checked_sub(1) {
                Some(newest) => applied.get(newest).cloned(),
                None => return Ok(migrate::Project { seeds: files.seeds.clone(), ..files.first(0) }),
            }
        }
        (None, None) => None,
    }) else {
        return Ok(files);
    };
    if !files.migrations.iter().any(|migration| migration.version == version) {
        bail!(
            "there is no file supabase/migrations/{version}_….sql; `ferrobase migration list` shows the versions"
        );
    }
    Ok(files.until(&version))
}

/// The template with these migrations and seeds; made now if there is none.
pub(crate) async fn template(templates: &Templates<'_>, wanted: &migrate::Project) -> anyhow::Result<String> {
    let step = Step::begin("Preparing the template");
    let mut made = false;
    let template = templates
        .ensure(wanted, &mut |event| {
            made = true;
            show(&step, &event);
        })
        .await
        .map_err(plain)?;
    if made {
        step.done_as("Migrations run, and kept as a template");
    }
    Ok(template)
}

async fn exchange(
    state: &StateDir,
    templates: &Templates<'_>,
    wanted: &migrate::Project,
) -> anyhow::Result<()> {
    let maintenance = &templates.admin;
    let name = state.database();
    let new = format!("building_{name}");
    let template = template(templates, wanted).await?;
    let step = Step::begin("Putting a copy in place");
    let mut admin = Client::connect(maintenance).await?;
    // others wait with their resets and with sweeping up
    template::lock(&mut admin).await.map_err(plain)?;
    template::drop_database(&mut admin, &new).await.map_err(plain)?;
    template::clone(&mut admin, &template, &new, Some(name)).await.map_err(plain)?;
    templates.refresh(&new).await.map_err(plain)?;
    let server = RunLock::is_held(state).then(|| state.card()).flatten();
    let hold = match &server {
        Some(card) => Hold::ask(card).await.context("the running server can't be reached")?,
        None => None,
    };
    template::replace(&mut admin, name, &new).await.map_err(plain)?;
    if let Some(hold) = hold {
        hold.release().await.context("the database is new, but the server was lost meanwhile")?;
    }
    step.done_as(&format!(
        "Database made anew: {}{}",
        output::count(wanted.migrations.len(), "migration"),
        if wanted.seeds.is_empty() { "" } else { ", seeded" }
    ));
    // a server does that when it has nothing better to do
    if server.is_none() && template::count_left_over(&mut admin).await.map_err(plain)? > MOST_LEFT_OVER {
        let step = Step::begin("Dropping what was replaced");
        drop(admin);
        template::drop_left_over(maintenance).await.map_err(plain)?;
        step.done_as("What was replaced is dropped");
    }
    Ok(())
}

/// On a server where databases can't be exchanged.
async fn replay(target: &Target, wanted: &migrate::Project) -> anyhow::Result<()> {
    let mut client = target.postgres().await?;
    let step = Step::begin("Undoing everything");
    migrate::wipe(&mut client).await?;
    step.done_as("Everything of the project is undone");
    let step = Step::begin("Applying migrations");
    let how = migrate::How { roles_may_exist: true, ..migrate::How::default() };
    let applied = migrate::up_with(&mut client, wanted, how, &mut |event| show(&step, &event)).await?;
    step.done_as(&format!("{} applied", output::count(applied.len(), "migration")));
    if !wanted.seeds.is_empty() {
        let step = Step::begin("Seeding");
        let seeded = migrate::seed(&mut client, wanted, &mut |event| show(&step, &event)).await?;
        step.done_as(&format!("Seeded from {}", seeded.join(", ")));
    }
    Ok(())
}

/// A failed migration as itself, so that it is shown with its place.
pub(crate) fn plain(error: template::Error) -> anyhow::Error {
    match error {
        template::Error::Migrate(error) => error.into(),
        other => other.into(),
    }
}
