//! The room's configuration, with PostgREST's option names and Supabase's defaults.
//!
//! Options come from `[api]` of config.toml, from a PostgREST configuration file, from variables,
//! and from the database (`alter role authenticator set pgrst.…`); all pass [`Config::set`].

use crate::error::Verbosity;

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
    /// `jwt-role-claim-key`
    pub role_claim_key: String,
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
            role_claim_key: ".role".to_owned(),
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

/// Options that a function in the database may set, as it names them.
pub(crate) const OPTIONS: &[&str] = &[
    "db_schemas",
    "db_extra_search_path",
    "db_max_rows",
    "db_anon_role",
    "db_pre_request",
    "db_root_spec",
    "db_aggregates_enabled",
    "db_plan_enabled",
    "db_tx_end",
    "db_hoisted_tx_settings",
    "jwt_role_claim_key",
    "openapi_mode",
    "openapi_security_active",
    "openapi_server_proxy_uri",
    "server_timing_enabled",
    "server_cors_allowed_origins",
    "server_trace_header",
    "client_error_verbosity",
    "url_use_legacy_target_names",
];

/// Why an option is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A value that the option cannot have.
    #[error("the option {option} cannot be {value:?}")]
    Value {
        /// The option.
        option: String,
        /// The value.
        value: String,
    },
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
                if schemas.is_empty() {
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
            "db-tx-end" => self.transaction = transaction(value).ok_or_else(wrong)?,
            "db-hoisted-tx-settings" => self.hoisted_settings = list(value),
            "db-channel" => value.clone_into(&mut self.channel),
            "db-config" => self.database_config = flag()?,
            "db-pre-config" => self.pre_config = optional(value),
            "jwt-role-claim-key" | "role-claim-key" => value.clone_into(&mut self.role_claim_key),
            "openapi-mode" => {
                self.openapi_mode = match value {
                    "follow-privileges" => OpenApiMode::FollowPrivileges,
                    "ignore-privileges" => OpenApiMode::IgnorePrivileges,
                    "disabled" => OpenApiMode::Disabled,
                    _ => return Err(wrong()),
                }
            }
            "openapi-security-active" => self.openapi_security = flag()?,
            "openapi-server-proxy-uri" | "server-proxy-uri" => self.openapi_proxy = optional(value),
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

fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" | "yes" | "on" => Some(true),
        "false" | "f" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
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
            ("server-port", "3000", Ok(false)),
            ("app.settings.x", "y", Ok(true)),
        ];
        for (option, value, expected) in cases {
            assert_eq!(config.set(option, value).map_err(drop), expected, "{option}");
        }
        assert_eq!(config.schemas, ["a", "b"]);
        assert_eq!(config.max_rows, Some(10));
        assert_eq!(config.search_path("x\"y"), "\"x\"\"y\", \"public\", \"extensions\"");
    }
}
