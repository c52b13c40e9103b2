//! `ferrobase status`: a running project's URLs and keys, by the official CLI's names.

use anyhow::bail;
use base::clock::SystemClock;
use base::identity::ProjectKeys;

use crate::output::print;
use crate::project::{Project, ProjectOptions, ServerCard, StateDir};
use crate::server::lock::RunLock;
use crate::server::project_keys;

/// How the answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Pretty,
    /// `NAME="value"` lines for a shell or a .env file
    Env,
    /// One JSON object
    Json,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase status\n  \
    ferrobase status -o json | jq -r .API_URL\n  \
    ferrobase status -o env > .env.local")]
pub(crate) struct Options {
    #[command(flatten)]
    project: ProjectOptions,
    /// How to print it
    #[arg(short, long, value_enum, default_value = "pretty")]
    output: Format,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let state = StateDir::of(&options.project)?;
    let (true, Some(card)) = (RunLock::is_held(&state), state.card()) else {
        bail!("no server is running for {}; start it with `ferrobase start`", state.path().display());
    };
    let keys = project_keys(&Project::open(&options.project, None, None)?, &SystemClock)?;
    print(&text(&variables(&card, &keys), options.output))
}

/// Name and value of everything a client may want, in the official CLI's words and order.
pub(crate) fn variables(card: &ServerCard, keys: &ProjectKeys) -> Vec<(&'static str, String)> {
    vec![
        ("API_URL", card.api_url.clone()),
        ("REST_URL", format!("{}/rest/v1", card.api_url)),
        ("AUTH_URL", format!("{}/auth/v1", card.api_url)),
        ("DB_URL", card.db_url.clone()),
        ("PUBLISHABLE_KEY", keys.publishable_key.clone()),
        ("SECRET_KEY", keys.secret_key.clone()),
        ("JWT_SECRET", keys.jwt_secret.clone()),
        ("ANON_KEY", keys.anon_key.clone()),
        ("SERVICE_ROLE_KEY", keys.service_role_key.clone()),
    ]
}

fn text(variables: &[(&'static str, String)], format: Format) -> String {
    let line = |(name, value): &(&'static str, String)| match format {
        Format::Env => format!("{name}=\"{value}\"\n"),
        Format::Pretty | Format::Json => format!("{name:>18}  {value}\n"),
    };
    if format != Format::Json {
        return variables.iter().map(line).collect();
    }
    let object: serde_json::Map<_, _> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
    format!("{:#}\n", serde_json::Value::Object(object))
}
