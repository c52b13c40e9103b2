//! `ferrobase gen bearer-jwt`: an access token for the project's API, for trying things out.

use std::time::Duration;

use anyhow::{Context as _, bail};
use base::clock::{Clock as _, SystemClock};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::project::{Project, ProjectOptions};
use crate::server::project_keys;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase gen bearer-jwt --role service_role\n  \
    ferrobase gen bearer-jwt --role authenticated --sub 4ee2… --valid-for 1h\n  \
    ferrobase gen bearer-jwt --role authenticated --payload '{\"app_metadata\": {\"plan\": \"pro\"}}'")]
pub(crate) struct Options {
    /// The Postgres role that requests run as
    #[arg(long)]
    role: String,
    /// The user it speaks for
    #[arg(long, value_name = "UUID")]
    sub: Option<Uuid>,
    /// When it ends, as RFC 3339 has it: 2030-01-31T00:00:00Z
    #[arg(long, conflicts_with = "valid_for")]
    exp: Option<DateTime<Utc>>,
    /// How long it is valid: 90s, 30m, 12h, 7d
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = parse_duration)]
    valid_for: Duration,
    /// More claims, as a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}")]
    payload: String,
    #[command(flatten)]
    project: ProjectOptions,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut claims: Map<String, Value> =
        serde_json::from_str(&options.payload).context("--payload is not a JSON object")?;
    let project = Project::open(&options.project, None, None)?;
    project.state.create()?;
    let now = SystemClock.now();
    let ends = options.exp.unwrap_or(now + options.valid_for);
    claims.insert("role".to_owned(), options.role.clone().into());
    claims.insert("iat".to_owned(), now.timestamp().into());
    claims.insert("exp".to_owned(), ends.timestamp().into());
    if let Some(sub) = options.sub {
        claims.insert("sub".to_owned(), sub.to_string().into());
    }
    let token = project_keys(&project, &SystemClock)?.signer()?.sign(&claims)?;
    crate::output::print(&format!("{token}\n"))
}

fn parse_duration(text: &str) -> anyhow::Result<Duration> {
    let unit = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let number: u64 =
        text.strip_suffix(unit).unwrap_or_default().parse().context("a number and a unit: 30m")?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => bail!("a unit is missing: s, m, h or d"),
    };
    number.checked_mul(seconds).map(Duration::from_secs).context("too long")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("1h", 3600), ("7d", 604_800)] {
            assert_eq!(parse_duration(text).unwrap(), Duration::from_secs(seconds), "{text}");
        }
        for text in ["", "m", "5", "-1m", "1y", "1h30m", "99999999999999999999d", "9999999999999999999d"] {
            parse_duration(text).unwrap_err();
        }
    }
}
