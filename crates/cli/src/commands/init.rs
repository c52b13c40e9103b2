//! `ferrobase init`: makes a project: an empty `supabase/` folder, or that of a foundation.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use include_dir::{Dir, DirEntry};

use crate::project::Foundation;

/// What an empty project is configured with: the defaults, explained.
const CONFIG: &str = include_str!("init/config.toml");
const SEED: &str = "-- Data for development and tests: put in after the migrations, at the first start and at `ferrobase db reset`.\n";
const IGNORED: &str = "# made by tools\n.branches\n.temp\n\n# secrets\n.env.keys\n.env.local\n.env.*.local\n";

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase init                                   an empty project in this folder\n  \
    ferrobase init --foundation saas --project shop  a ready one in the folder shop")]
pub(crate) struct Options {
    /// Begin with this foundation: its migrations, policies, tests and seed
    #[arg(long, value_name = "NAME")]
    foundation: Option<String>,
    /// Replace files that are there already
    #[arg(long)]
    force: bool,
    /// The project's folder; `supabase/` is made in it
    #[arg(long, value_name = "DIR", default_value = ".", env = "FERROBASE_PROJECT")]
    project: PathBuf,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let foundation = options.foundation.as_deref().map(Foundation::find).transpose()?;
    let folder = options.project.join("supabase");
    if !options.force && folder.join("config.toml").exists() {
        bail!("{} is a project already; --force writes its files anew", options.project.display());
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("can't create {}", folder.display()))?;
    let files = match foundation {
        Some(foundation) => {
            copy(&foundation.supabase, &folder)? + write_new(&folder.join("README.md"), foundation.readme)?
        }
        None => empty(&folder, &project_id(&options.project)?)?,
    };
    write_new(&folder.join(".gitignore"), IGNORED)?;
    eprintln!("  ✓ {} ({files} files)", folder.display());
    eprintln!("Next: `ferrobase start`, then `ferrobase migration new NAME` for what you add.");
    Ok(())
}

/// Files that are there already are what a person wrote: only the configuration is replaced (with --force).
fn empty(folder: &Path, id: &str) -> anyhow::Result<usize> {
    for kind in ["migrations", "tests"] {
        std::fs::create_dir_all(folder.join(kind))?;
    }
    std::fs::write(folder.join("config.toml"), CONFIG.replace("{project_id}", id))?;
    Ok(1 + write_new(&folder.join("seed.sql"), SEED)?)
}

fn copy(from: &Dir<'_>, to: &Path) -> anyhow::Result<usize> {
    let mut files = 0;
    for entry in from.entries() {
        let name = entry.path().file_name().context("an entry of a folder has a name")?;
        let path = to.join(name);
        match entry {
            DirEntry::Dir(dir) => {
                std::fs::create_dir_all(&path)?;
                files += copy(dir, &path)?;
            }
            DirEntry::File(file) => {
                std::fs::write(&path, file.contents())
                    .with_context(|| format!("can't write {}", path.display()))?;
                files += 1;
            }
        }
    }
    Ok(files)
}

fn write_new(path: &Path, text: &str) -> anyhow::Result<usize> {
    if path.exists() || text.is_empty() {
        return Ok(0);
    }
    std::fs::write(path, text).with_context(|| format!("can't write {}", path.display()))?;
    Ok(1)
}

/// The folder's name, as the official CLI does.
fn project_id(project: &Path) -> anyhow::Result<String> {
    let name = std::path::absolute(project)?
        .components()
        .next_back()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let id: String = name.unwrap_or_default().chars().map(plain).collect();
    Ok(if id.trim_matches('-').is_empty() { "project".to_owned() } else { id })
}
