//! `ferrobase db lint`: looks for mistakes in functions, policies and tables.
//!
//! The rules are statements in `sql/lint`; bodies of functions are checked by plpgsql_check where the server has it.

use std::fmt::Write as _;

use anyhow::bail;
use pg::{Client, Param};
use serde::{Deserialize, Serialize};

use crate::output::{Output, OutputOptions};
use crate::target::{self, Target, TargetOptions};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    ferrobase db lint\n  \
    ferrobase db lint --fail-on error -o json      for CI\n  \
    ferrobase db lint --schema public,private --level error")]
pub(crate) struct Options {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    output: OutputOptions,
    /// Look only at these schemas [default: all of the project's]
    #[arg(short, long, value_name = "NAME", value_delimiter = ',')]
    schema: Vec<String>,
    /// Leave out what is less than this
    #[arg(long, value_enum, default_value = "warning")]
    level: Level,
    /// End with exit code 1 when there is anything of this level
    #[arg(long, value_enum, default_value = "none")]
    fail_on: FailOn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// It costs speed, or safety some day
    Warning,
    /// It does not work, or is open to everybody
    Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    None,
    Warning,
    Error,
}

#[derive(Debug, Serialize)]
struct Finding {
    level: Level,
    rule: &'static str,
    object: String,
    message: String,
}

/// A statement whose rows are mistakes: object and message. `$1` are the schemas to look at, `$2` those served.
struct Rule {
    name: &'static str,
    level: Level,
    sql: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        name: "no_row_security",
        level: Level::Error,
        sql: include_str!("../../../sql/lint/no_row_security.sql"),
    },
    Rule {
        name: "function_search_path",
        level: Level::Warning,
        sql: include_str!("../../../sql/lint/function_search_path.sql"),
    },
    Rule {
        name: "view_of_owner",
        level: Level::Warning,
        sql: include_str!("../../../sql/lint/view_of_owner.sql"),
    },
    Rule {
        name: "policy_for_everybody",
        level: Level::Warning,
        sql: include_str!("../../../sql/lint/policy_for_everybody.sql"),
    },
    Rule {
        name: "policy_calls_per_row",
        level: Level::Warning,
        sql: include_str!("../../../sql/lint/policy_calls_per_row.sql"),
    },
    Rule {
        name: "unindexed_foreign_key",
        level: Level::Warning,
        sql: include_str!("../../../sql/lint/unindexed_foreign_key.sql"),
    },
];

/// `[api]` of `config.toml`.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct Api {
    schemas: Vec<String>,
}

impl Default for Api {
    fn default() -> Self {
        Self { schemas: vec!["public".to_owned()] }
    }
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let findings = target::with(&options.target, async |target| find(options, target).await)?;
    options.output.output.print(&findings, |findings: &Vec<Finding>| text(findings))?;
    if options.output.output == Output::Text {
        eprintln!("{}", count(&findings));
    }
    let worst = findings.iter().map(|finding| finding.level).max();
    let fails = match options.fail_on {
        FailOn::None => false,
        FailOn::Warning => worst.is_some(),
        FailOn::Error => worst == Some(Level::Error),
    };
    if fails {
        bail!("there are findings that --fail-on names");
    }
    Ok(())
}

async fn find(options: &Options, target: &Target) -> anyhow::Result<Vec<Finding>> {
    let mut client = target.postgres().await?;
    let schemas = match options.schema.as_slice() {
        [] => {
            let rows = client.query(include_str!("../../../sql/lint/schemas.sql"), &[]).await?;
            rows.iter().map(|row| row.get(0)).collect::<Result<Vec<String>, _>>()?
        }
        named => named.to_vec(),
    };
    let served: Api =
        target.project().ok().map_or(Ok(Api::default()), |project| project.config.section("api"))?;
    let texts = |names: &[String]| Param::from(&names.iter().map(String::as_str).collect::<Vec<_>>()[..]);
    let mut findings = bodies(&mut client, target, &schemas).await?;
    for rule in RULES {
        for row in client.query(rule.sql, &[texts(&schemas), texts(&served.schemas)]).await? {
            let (object, message) = (row.get(0)?, row.get(1)?);
            findings.push(Finding { level: rule.level, rule: rule.name, object, message });
        }
    }
    findings.retain(|finding| finding.level >= options.level);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    Ok(findings)
}

/// What is wrong inside of functions. Whatever is made for it is rolled back.
async fn bodies(client: &mut Client, target: &Target, schemas: &[String]) -> anyhow::Result<Vec<Finding>> {
    let names = schemas.join(",").replace('\'', "''");
    let setting = format!("set local ferrobase.lint_schemas = '{names}';");
    let checks: &[(&str, &str)] = &[
        ("function_body", include_str!("../../../sql/lint/function_body.sql")),
        ("plpgsql_check", include_str!("../../../sql/lint/plpgsql_check.sql")),
    ];
    let has_check = client.query(include_str!("../../../sql/lint/has_plpgsql_check.sql"), &[]).await?;
    // only a superuser may make that extension
    let mut admin = match target.superuser() {
        Some(connect) => Some(Client::connect(&connect).await?),
        None => None,
    };
    let client = admin.as_mut().unwrap_or(client);
    let mut findings = Vec::new();
    for (rule, sql) in checks {
        if *rule == "plpgsql_check" && has_check.is_empty() {
            continue;
        }
        let results = client.script(&format!("begin;{setting}{sql};rollback")).await?;
        let rows = results.iter().filter(|result| result.columns.is_some()).flat_map(|result| &result.rows);
        for row in rows {
            let level = row.text(2).is_none_or(|level| level == "error");
            findings.push(Finding {
                level: if level { Level::Error } else { Level::Warning },
                rule,
                object: row.get(0)?,
                message: format!("fails when it is called: {}", row.get::<String>(1)?),
            });
        }
    }
    Ok(findings)
}

fn text(findings: &[Finding]) -> String {
    findings.iter().fold(String::new(), |mut text, finding| {
        let level = if finding.level == Level::Error { "error" } else { "warning" };
        let _infallible =
            writeln!(text, "{level}: {} {}  [{}]", finding.object, finding.message, finding.rule);
        text
    })
}

fn count(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.level == Level::Error).count();
    match (errors, findings.len() - errors) {
        (0, 0) => "Nothing found.".to_owned(),
        (errors, warnings) => format!("{errors} errors, {warnings} warnings."),
    }
}
