//! The project's own migrations and seeds at a start, with what a person sees of them.

use anyhow::Context as _;
use base::identity::ProjectKeys;
use base::migrate::{self, Event, How};
use pg::Client;

use super::database::OpenDatabase;
use crate::output;
use crate::progress::Step;
use crate::project::Project;

/// Applies what is pending, as `postgres`.
pub(super) async fn apply(
    project: &Project,
    database: &OpenDatabase,
    keys: &ProjectKeys,
) -> anyhow::Result<()> {
    let files = project.files()?;
    let postgres = database.connect_as("postgres", keys);
    let mut client = Client::connect(&postgres).await.context("can't connect as postgres")?;
    if migrate::is_up_to_date(&mut client, &files).await? {
        // nothing that could ask for an answer
        run(&mut client, &files).await
    } else {
        database.answering(run(&mut client, &files)).await
    }
}

async fn run(client: &mut Client, files: &migrate::Project) -> anyhow::Result<()> {
    let step = Step::begin("Applying migrations");
    let how = How { with_roles: true, ..How::default() };
    let applied = migrate::up_with(client, files, how, &mut |event| show(&step, &event)).await?;
    step.done_as(&match applied.len() {
        0 => format!("Migrations are up to date ({})", files.migrations.len()),
        count => format!("{} applied", output::count(count, "migration")),
    });

    if !files.seeds.is_empty() {
        let step = Step::begin("Seeding");
        let seeded = migrate::seed(client, files, &mut |event| show(&step, &event)).await?;
        step.done_as(&match seeded.len() {
            0 => "Seeds are up to date".to_owned(),
            _ => format!("Seeded from {}", seeded.join(", ")),
        });
    }
    Ok(())
}

pub(crate) fn show(step: &Step, event: &Event<'_>) {
    match event {
        Event::Applying { file, number, total } => step.detail(&format!("{file} ({number} of {total})")),
        Event::Seeding { file } => step.detail(file),
        Event::Edited { file } => step.warn(&format!(
            "{file} was changed after it was applied; the database still has its old form. Put the change in a new migration"
        )),
        Event::SeedChanged { file } => {
            step.warn(&format!("{file} was changed after it was applied; seeds are put in once, so only its hash was recorded"));
        }
    }
}
