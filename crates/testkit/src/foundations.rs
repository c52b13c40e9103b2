//! The foundations as files: which there are, and keeping what is generated in them up to date.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use pg::Client;

use crate::TestDb;
use crate::parts::{Parts, sql_files};

/// The folder `foundations`.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../foundations")
}

/// The names of all foundations, in order.
///
/// # Errors
/// When the folder cannot be read.
pub fn names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder()).context("cannot read foundations")? {
        let entry = entry?;
        if entry.path().join("supabase/migrations").is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Files that are not what the generator would write: their path and what it would write.
///
/// # Errors
/// When a file cannot be read or a marker in it makes no sense.
pub fn outdated_migrations() -> Result<Vec<(PathBuf, String)>> {
    let parts = Parts::read(&folder().join("common"))?;
    let mut projects: Vec<PathBuf> = names()?.into_iter().map(|name| folder().join(name)).collect();
    projects.push(folder().join("common/example"));
    let mut outdated = Vec::new();
    for project in projects {
        let mut files = sql_files(&project.join("supabase/migrations"))?;
        files.extend(sql_files(&project.join("supabase/tests/database"))?);
        for file in files {
            let present = fs::read_to_string(&file)?;
            let wanted = parts.renew(&present).with_context(|| file.display().to_string())?;
            if wanted != present {
                outdated.push((file, wanted));
            }
        }
    }
    Ok(outdated)
}

/// READMEs whose diagram is not the one of the catalogue: their path and what the generator would write.
///
/// # Errors
/// When a README has no place for the diagram, or the foundation cannot be set up.
pub async fn outdated_diagrams() -> Result<Vec<(PathBuf, String)>> {
    let mut outdated = Vec::new();
    for name in names()? {
        let file = folder().join(&name).join("README.md");
        let present = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let database = TestDb::foundation(&name).await;
        let diagram = diagram(&mut database.client("postgres").await).await?;
        let wanted = place(&present, &diagram).with_context(|| file.display().to_string())?;
        if wanted != present {
            outdated.push((file, wanted));
        }
    }
    Ok(outdated)
}

const DIAGRAM_BEGIN: &str = "<!-- from the catalogue: ferrobase-testkit foundations -->\n";
const DIAGRAM_END: &str = "<!-- end -->\n";

fn place(readme: &str, diagram: &str) -> Result<String> {
    let (before, rest) = readme.split_once(DIAGRAM_BEGIN).context("it has no place for the diagram")?;
    let (_, after) = rest.split_once(DIAGRAM_END).context("the place for the diagram has no end")?;
    Ok(format!("{before}{DIAGRAM_BEGIN}```mermaid\n{diagram}```\n{DIAGRAM_END}{after}"))
}

/// The tables a project made, their columns and keys, as a mermaid `erDiagram`.
async fn diagram(client: &mut Client) -> Result<String> {
    let rows = client.query(include_str!("../sql/diagram.sql"), &[]).await?;
    let mut out = "erDiagram\n".to_owned();
    for row in rows {
        out.push_str(&row.get::<String>(0)?);
        out.push('\n');
    }
    Ok(out)
}
