//! The room's configuration, with PostgREST's option names and Supabase's defaults.
//!
//! Options come from `[api]` of config.toml, from a PostgREST configuration file, from variables,
//! and from the database (`alter role authenticator set pgrst.…`); all pass [`Config::set`].

mod file;
mod layers;
mod options;

use std::path::PathBuf;

use base::identity::{KeyError, RoleClaim, VerifyingKey};

use crate::error::Verbosity;
use crate::logic::openapi::Location;

pub use layers::{Options, example};
pub(crate) use options::{in_force, names_in_database};

/// How a transaction ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransactionPolicy {
    /// It leaves no trace.
    pub rollback: bool,
    /// Clients may choose with `Prefer: tx=…`.
    pub allow_override: bool,
}

/// What the root answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenApiMode {
    /// What the caller may use.
    #[default]
    FollowPrivileges,
    /// Everything that is exposed.
    IgnorePrivileges,
    /// Nothing.
    Disabled,
}

/// The room's options.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its own name")]
pub struct Config {
    /// `db-schemas`: the exposed schemas, the default one first.
    pub schemas: Vec<String>,
    /// `db-extra-search-path`: where functions and types are found, too.
    pub extra_search_path: Vec<String>,
    /// `db-max-rows`
    pub max_rows: Option<i64>,
    /// `db-anon-role`: without one, every request needs a token.
    pub anon_role: Option<String>,
    /// `db-pre-request`: a function called before every main statement, `schema.name` or `name`.
    pub pre_request: Option<String>,
    /// `db-root-spec`: a function that answers for the root.
    pub root_spec: Option<String>,
    /// `db-aggregates-enabled`
    pub aggregates: bool,
    /// `db-plan-enabled`
    pub plans: bool,
    /// `db-prepared-statements`
    pub prepared_statements: bool,
    /// `db-tx-end`
    pub transaction: TransactionPolicy,
    /// `db-hoisted-tx-settings`: settings of functions that count for the whole transaction.
    pub hoisted_settings: Vec<String>,
    /// `db-channel`
    pub channel: String,
    /// `db-config`: read options from the database.
    pub database_config: bool,
    /// `db-pre-config`: a function called before options are read from the database.
    pub pre_config: Option<String>,
    /// `jwt-secret`: none leaves it to the verifier that the room was given.
    pub jwt_secret: Option<Secret>,
    /// `jwt-secret-is-base64`
    pub jwt_secret_is_base64: bool,
    /// `jwt-aud`: none leaves it to that verifier, too.
    pub jwt_audience: Option<String>,
    /// `jwt-cache-max-entries`: verified tokens that are remembered.
    pub jwt_cache_entries: usize,
    /// `jwt-role-claim-key`
    pub role_claim: RoleClaim,
    /// `app.settings.*`: settings that every transaction sees.
    pub app_settings: Vec<(String, String)>,
    /// `openapi-mode`
    pub openapi_mode: OpenApiMode,
    /// `openapi-security-active`
    pub openapi_security: bool,
    /// `openapi-server-proxy-uri`
    pub openapi_proxy: Option<String>,
    /// `server-timing-enabled`
    pub server_timing: bool,
    /// `server-cors-allowed-origins`; empty: all.
    pub cors_origins: Vec<String>,
    /// `server-trace-header`
    pub trace_header: Option<String>,
    /// `client-error-verbosity`
    pub verbosity: Verbosity,
    /// `url-use-legacy-target-names`
    pub legacy_target_names: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            schemas: vec!["public".to_owned(), "graphql_public".to_owned()],
            extra_search_path: vec!["public".to_owned(), "extensions".to_owned()],
            max_rows: Some(1000),
            anon_role: Some("anon".to_owned()),
            pre_request: None,
            root_spec: None,
            aggregates: false,
            plans: false,
            prepared_statements: true,
            transaction: TransactionPolicy::default(),
            hoisted_settings: [
                "statement_timeout",
                "plan_filter.statement_cost_limit",
                "default_transaction_isolation",
            ]
            .map(str::to_owned)
            .to_vec(),
            channel: "pgrst".to_owned(),
            database_config: true,
            pre_config: None,
            jwt_secret: None,
            jwt_secret_is_base64: false,
            jwt_audience: None,
            jwt_cache_entries: 4096,
            role_claim: RoleClaim::default(),
            app_settings: Vec::new(),
            openapi_mode: OpenApiMode::default(),
            openapi_security: false,
            openapi_proxy: None,
            server_timing: false,
            cors_origins: Vec::new(),
            trace_header: None,
            verbosity: Verbosity::default(),
            legacy_target_names: true,
        }
    }
}

/// A text that does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that the option cannot have.
    #[error("the option {option} cannot be {value:?}")]
    Value {
        /// The option.
        option: String,
        /// The value.
        value: String,
    },
    /// The file is not one of PostgREST's.
    #[error("line {line}: {what}")]
    Syntax {
        /// Counted from one.
        line: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// A file that can't be read.
    #[error("can't read {path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// `jwt-secret` holds no key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// `db-uri` leads nowhere.
    #[error("db-uri: {0}")]
    Database(#[from] pg::Error),
}

impl Config {
    /// Sets an option by PostgREST's name (`db-schemas`, also as `db_schemas`). Returns false when the
    /// room has no such option: it may be another's.
    pub fn set(&mut self, option: &str, value: &str) -> Result<bool, ConfigError> {
        if let Some(name) = option.strip_prefix("app.settings.") {
            let name = format!("app.settings.{name}");
            self.app_settings.retain(|(known, _)| *known != name);
            self.app_settings.push((name, value.to_owned()));
            return Ok(true);
        }
        let wrong = || ConfigError::Value { option: option.to_owned(), value: value.to_owned() };
        let flag = || boolean(value).ok_or_else(wrong);
        match option.replace('_', "-").as_str() {
            "db-schemas" | "db-schema" => {
                let schemas = list(value);
                let system = |name: &String| name == "pg_catalog" || name == "information_schema";
                if schemas.is_empty() || schemas.iter().any(system) {
                    return Err(wrong());
                }
                self.schemas = schemas;
            }
            "db-extra-search-path" => self.extra_search_path = list(value),
            "db-max-rows" | "max-rows" => {
                self.max_rows =
                    optional(value).map(|text| text.parse().map_err(|_nan| wrong())).transpose()?;
            }
            "db-anon-role" => self.anon_role = optional(value),
            "db-pre-request" | "pre-request" => self.pre_request = optional(value),
            "db-root-spec" | "root-spec" => self.root_spec = optional(value),
            "db-aggregates-enabled" => self.aggregates = flag()?,
            "db-plan-enabled" => self.plans = flag()?,
            "db-prepared-statements" => self.prepared_statements = flag()?,
            "db-tx-end" => self.transaction = transaction(value).ok_or_else(wrong)?,
            "db-hoisted-tx-settings" => self.hoisted_settings = list(value),
            "db-channel" => value.clone_into(&mut self.channel),
            "db-config" => self.database_config = flag()?,
            "db-pre-config" => self.pre_config = optional(value),
            "jwt-secret" => self.jwt_secret = optional(value).map(Secret),
            "jwt-secret-is-base64" => self.jwt_secret_is_base64 = flag()?,
            "jwt-aud" => {
                if !audience(value) {
                    return Err(wrong());
                }
                self.jwt_audience = optional(value);
            }
            "jwt-cache-max-entries" => {
                self.jwt_cache_entries = value.parse().map_err(|_nan| wrong())?;
            }
            "jwt-role-claim-key" | "role-claim-key" => {
                self.role_claim = value.parse().map_err(|_no_path| wrong())?;
            }
            "openapi-mode" => {
                self.openapi_mode = match value {
                    "follow-privileges" => OpenApiMode::FollowPrivileges,
                    "ignore-privileges" => OpenApiMode::IgnorePrivileges,
                    "disabled" => OpenApiMode::Disabled,
                    _ => return Err(wrong()),
                }
            }
            "openapi-security-active" => self.openapi_security = flag()?,
            "openapi-server-proxy-uri" | "server-proxy-uri" => {
                if !value.is_empty() && Location::of_proxy(value).is_none() {
                    return Err(wrong());
                }
                self.openapi_proxy = optional(value);
            }
            "server-timing-enabled" => self.server_timing = flag()?,
            "server-cors-allowed-origins" => self.cors_origins = list(value),
            "server-trace-header" => self.trace_header = optional(value),
            "client-error-verbosity" => {
                self.verbosity = match value {
                    "verbose" => Verbosity::Verbose,
                    "minimal" => Verbosity::Minimal,
                    _ => return Err(wrong()),
                }
            }
            "url-use-legacy-target-names" => self.legacy_target_names = flag()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The keys that `jwt-secret` names; none if it is not set.
    pub fn verifying_keys(&self) -> Result<Option<Vec<VerifyingKey>>, KeyError> {
        let parse = |secret: &Secret| VerifyingKey::parse_secret(&secret.0, self.jwt_secret_is_base64);
        self.jwt_secret.as_ref().map(parse).transpose()
    }

    /// The schemas that statements run with: that of the request, then the extra ones.
    pub fn search_path(&self, schema: &str) -> String {
        let names = std::iter::once(schema).chain(self.extra_search_path.iter().map(String::as_str));
        names.map(quoted).collect::<Vec<_>>().join(", ")
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn optional(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

/// A flag as PostgREST reads it: its letters, or a number that is more than zero; also Postgres' other words.
pub(crate) fn boolean(value: &str) -> Option<bool> {
    let letters: String = value.chars().filter(|c| c.is_alphabetic()).collect();
    match letters.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "on" => Some(true),
        "false" | "f" | "no" | "off" => Some(false),
        _ => value.trim().parse::<i64>().ok().map(|number| number > 0),
    }
}

/// A text, which is a URI if it has a colon.
fn audience(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return true };
    let legal = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c);
    let escaped = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    rest.split('%').skip(1).all(escaped)
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && rest.chars().all(legal)
}

fn transaction(value: &str) -> Option<TransactionPolicy> {
    let (end, allow_override) = match value.strip_suffix("-allow-override") {
        Some(end) => (end, true),
        None => (value, false),
    };
    let rollback = match end {
        "commit" => false,
        "rollback" => true,
        _ => return None,
    };
    Some(TransactionPolicy { rollback, allow_override })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_postgrests_names() {
        let mut config = Config::default();
        let cases = [
            ("db-schemas", "a, b", Ok(true)),
            ("db_max_rows", "10", Ok(true)),
            ("db-max-rows", "ten", Err(())),
            ("db-schemas", "", Err(())),
            ("db-tx-end", "rollback-allow-override", Ok(true)),
            ("db-tx-end", "perhaps", Err(())),
            ("db-prepared-statements", "\"False\"", Ok(true)),
            ("db-plan-enabled", "2", Ok(true)),
            ("db-plan-enabled", "-", Err(())),
            ("openapi-server-proxy-uri", "htp:/@@example.com", Err(())),
            ("server-port", "3000", Ok(false)),
            ("db-schemas", "a,pg_catalog", Err(())),
            ("jwt-role-claim-key", "role", Err(())),
            ("jwt-aud", "urn:example:app", Ok(true)),
            ("jwt-aud", "my app: one", Err(())),
            ("app.settings.x", "y", Ok(true)),
        ];
        for (option, value, expected) in cases {
            assert_eq!(config.set(option, value).map_err(drop), expected, "{option}");
        }
        assert_eq!(config.schemas, ["a", "b"]);
        assert!(config.plans && !config.prepared_statements);
        assert_eq!(config.max_rows, Some(10));
        assert_eq!(config.search_path("x\"y"), "\"x\"\"y\", \"public\", \"extensions\"");
    }
}
