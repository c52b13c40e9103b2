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
    ferrobase status -o env > .env.local\n  \
    ferrobase status -o env --override-name api.url=NEXT_PUBLIC_SUPABASE_URL")]
pub(crate) struct Options {
    #[command(flatten)]
    project: ProjectOptions,
    /// How to print it
    #[arg(short, long, value_enum, default_value = "pretty")]
    output: Format,
    /// Another name for a value: api.url, api.rest_url, api.auth_url, db.url, auth.publishable_key, auth.secret_key,
    /// auth.jwt_secret, auth.anon_key, auth.service_role_key
    #[arg(long, value_name = "WHICH=NAME", value_delimiter = ',', value_parser = renamed)]
    override_name: Vec<(&'static str, String)>,
}

/// The values, as the official command line's `--override-name` calls them.
const CALLED: &[(&str, &str)] = &[
    ("api.url", "API_URL"),
    ("api.rest_url", "REST_URL"),
    ("api.auth_url", "AUTH_URL"),
    ("db.url", "DB_URL"),
    ("auth.publishable_key", "PUBLISHABLE_KEY"),
    ("auth.secret_key", "SECRET_KEY"),
    ("auth.jwt_secret", "JWT_SECRET"),
    ("auth.anon_key", "ANON_KEY"),
    ("auth.service_role_key", "SERVICE_ROLE_KEY"),
];

/// `api.url=NAME` as the usual name and the one that is wanted.
fn renamed(text: &str) -> Result<(&'static str, String), String> {
    let (which, name) = text.split_once('=').ok_or("write it as api.url=NAME")?;
    let (_, usual) = CALLED.iter().find(|(called, _)| *called == which).ok_or_else(|| {
        let known: Vec<&str> = CALLED.iter().map(|(called, _)| *called).collect();
        format!("there is no {which}; there are: {}", known.join(", "))
    })?;
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    if !is_name(name) {
        return Err(format!("{name:?} can't be the name of a variable"));
    }
    Ok((usual, name.to_owned()))
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let state = StateDir::of(&options.project)?;
    let (true, Some(card)) = (RunLock::is_held(&state), state.card()) else {
        bail!("no server is running for {}; start it with `ferrobase start`", state.path().display());
    };
    let keys = project_keys(&Project::open(&options.project, None, None)?, &SystemClock)?;
    let renamed = variables(&card, &keys).into_iter().map(|(usual, value)| {
        let other = options.override_name.iter().find(|(renamed, _)| *renamed == usual);
        (other.map_or_else(|| usual.to_owned(), |(_, name)| name.clone()), value)
    });
    print(&text(&renamed.collect::<Vec<_>>(), options.output))
}

/// Name and value of everything a client may want, in the official CLI's words and order.
pub(crate) fn variables(card: &ServerCard, keys: &ProjectKeys) -> Vec<(&'static str, String)> {
    vec![
        ("API_URL", card.api_url.clone()),
        ("REST_URL", format!("{}/rest/v1", card.api_url)),
        ("AUTH_URL", format!("{}/auth/v1", card.api_url)),
        ("STORAGE_URL", format!("{}/storage/v1", card.api_url)),
        ("DB_URL", card.db_url.clone()),
        ("PUBLISHABLE_KEY", keys.publishable_key.clone()),
        ("SECRET_KEY", keys.secret_key.clone()),
        ("JWT_SECRET", keys.jwt_secret.clone()),
        ("ANON_KEY", keys.anon_key.clone()),
        ("SERVICE_ROLE_KEY", keys.service_role_key.clone()),
    ]
}

fn text(variables: &[(String, String)], format: Format) -> String {
    let line = |(name, value): &(String, String)| match format {
        Format::Env => format!("{name}=\"{value}\"\n"),
        Format::Pretty | Format::Json => format!("{name:>18}  {value}\n"),
    };
    if format != Format::Json {
        return variables.iter().map(line).collect();
    }
    let object: serde_json::Map<_, _> =
        variables.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    format!("{:#}\n", serde_json::Value::Object(object))
}
