//! `ferrobase gen signing-key`: a private key for access tokens.

use anyhow::{Context as _, bail};
use base::identity::SigningKey;
use serde_json::Value;

use crate::project::{Project, ProjectOptions};
use crate::server::signing_keys_file;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase gen signing-key > key.json\n  \
    ferrobase gen signing-key --algorithm RS256      for clients that know no elliptic curves\n  \
    ferrobase gen signing-key --append               into the file that config.toml names\n\n\
    The file is a list of keys, `[ … ]`, that config.toml names:\n  \
    [auth]\n  signing_keys_path = \"./signing_keys.json\"\n\n\
    The first key of the list signs; tokens of the others are good as long as these stay in it.")]
pub(crate) struct Options {
    /// The algorithm
    #[arg(long, value_enum, default_value = "es256", ignore_case = true)]
    algorithm: Algorithm,
    /// Put it behind the keys of `[auth] signing_keys_path` in config.toml instead of printing it
    #[arg(long)]
    append: bool,
    #[command(flatten)]
    project: ProjectOptions,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Algorithm {
    /// ECDSA with P-256 and SHA-256
    Es256,
    /// RSA with 2,048 bits and SHA-256
    Rs256,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let kid = uuid::Uuid::new_v4().to_string();
    let key = match options.algorithm {
        Algorithm::Es256 => SigningKey::generate_es256(&kid),
        Algorithm::Rs256 => SigningKey::generate_rs256(&kid),
    };
    let key = key.context("no key could be made")?;
    if options.append { append(&options.project, key) } else { crate::output::print(&format!("{key}\n")) }
}

fn append(project: &ProjectOptions, key: Value) -> anyhow::Result<()> {
    let project = Project::open(project, None, None)?;
    let Some(path) = signing_keys_file(&project)? else {
        bail!(
            "config.toml names no file for the key; put this into it:\n  \
             [auth]\n  signing_keys_path = \"./signing_keys.json\""
        )
    };
    let mut keys: Vec<Value> = match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)
            .with_context(|| format!("{} is not a list of JWKs", path.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(|| format!("can't read {}", path.display())),
    };
    keys.push(key);
    write_secret(&path, &serde_json::to_string_pretty(&keys)?)
        .with_context(|| format!("can't write {}", path.display()))?;
    eprintln!("{} has {} now; keep it out of git", path.display(), crate::output::count(keys.len(), "key"));
    Ok(())
}

/// Replaces a file that only its owner may read.
fn write_secret(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let partial = path.with_extension("partial");
    let _left_over = std::fs::remove_file(&partial);
    let mut file = std::fs::File::options().write(true).create_new(true).mode(0o600).open(&partial)?;
    writeln!(file, "{text}")?;
    std::fs::rename(partial, path)
}
