//! PostgREST's options: their names, their defaults, and who may set them.

/// How an option's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Texts with commas between them.
    List,
    Number,
    Flag,
}

/// One option.
#[derive(Debug)]
pub(crate) struct OptionSpec {
    pub(crate) name: &'static str,
    /// What it was called before.
    pub(crate) alias: Option<&'static str>,
    pub(crate) default: &'static str,
    pub(crate) kind: Kind,
    /// It may also be set in the database (`alter role authenticator set pgrst.…`).
    pub(crate) in_database: bool,
    /// What it is for, in one line.
    pub(crate) purpose: &'static str,
}

impl OptionSpec {
    const fn alias(self, alias: &'static str) -> Self {
        Self { alias: Some(alias), ..self }
    }

    const fn in_database(self) -> Self {
        Self { in_database: true, ..self }
    }

    /// The name in the database, after `pgrst.`, and in lower case after `PGRST_`.
    pub(crate) fn underscored(&self) -> String {
        self.name.replace('-', "_")
    }
}

const fn option(name: &'static str, kind: Kind, default: &'static str, purpose: &'static str) -> OptionSpec {
    OptionSpec { name, alias: None, default, kind, in_database: false, purpose }
}

const fn text(name: &'static str, default: &'static str, purpose: &'static str) -> OptionSpec {
    option(name, Kind::Text, default, purpose)
}

const fn list(name: &'static str, default: &'static str, purpose: &'static str) -> OptionSpec {
    option(name, Kind::List, default, purpose)
}

const fn number(name: &'static str, default: &'static str, purpose: &'static str) -> OptionSpec {
    option(name, Kind::Number, default, purpose)
}

const fn flag(name: &'static str, default: &'static str, purpose: &'static str) -> OptionSpec {
    option(name, Kind::Flag, default, purpose)
}

/// All of them, by name.
pub(crate) const OPTIONS: &[OptionSpec] = &[
    text("admin-server-host", "!4", "Where the admin server listens; if not set, like the server")
        .alias("server-host"),
    number("admin-server-port", "", "Port of the admin server (/live, /ready, /metrics …); empty: none"),
    text("admin-server-unix-socket", "", "The admin server's Unix socket, instead of a port"),
    text("admin-server-unix-socket-mode", "660", "Permissions of that socket"),
    text("client-error-verbosity", "verbose", "Errors with details (verbose) or without (minimal)")
        .in_database(),
    flag("db-aggregates-enabled", "false", "Aggregate functions in select").in_database(),
    text("db-anon-role", "", "The role of requests without a token; empty: they are refused").in_database(),
    text("db-channel", "pgrst", "Channel of the notifications that reload"),
    flag("db-channel-enabled", "true", "Listen for them; not possible behind a transaction pooler"),
    flag("db-config", "true", "Read options from the database, too"),
    list("db-extra-search-path", "public", "Further schemas where functions and types are found")
        .in_database(),
    list(
        "db-hoisted-tx-settings",
        "statement_timeout,plan_filter.statement_cost_limit,default_transaction_isolation",
        "Settings of functions that count for the whole transaction",
    )
    .in_database(),
    number("db-max-rows", "", "Most rows of an answer; empty: no limit").alias("max-rows").in_database(),
    flag("db-plan-enabled", "false", "Execution plans for who asks for them").in_database(),
    number("db-pool", "10", "Most connections to the database"),
    number("db-pool-acquisition-timeout", "10", "Seconds a request waits for a connection"),
    flag("db-pool-automatic-recovery", "true", "Accepted; lost connections are always made again"),
    number("db-pool-max-idletime", "30", "Seconds until an unused connection is closed")
        .alias("db-pool-timeout"),
    number("db-pool-max-lifetime", "1800", "Seconds until a connection is replaced"),
    text("db-pre-config", "", "A function that sets options").in_database(),
    text("db-pre-request", "", "A function called before every request's statement")
        .alias("pre-request")
        .in_database(),
    flag("db-prepared-statements", "true", "Prepared statements; off behind a transaction pooler")
        .in_database(),
    text("db-root-spec", "", "A function that answers for the root").alias("root-spec").in_database(),
    list("db-schemas", "public", "The exposed schemas, the default one first")
        .alias("db-schema")
        .in_database(),
    text("db-tx-end", "commit", "commit or rollback, each also with -allow-override").in_database(),
    text("db-uri", "postgresql://", "The database, as URI or name=value pairs; @file reads it from a file"),
    text("jwt-aud", "", "The audience that tokens must be for").in_database(),
    number("jwt-cache-max-entries", "1000", "Verified tokens that are remembered; 0: none"),
    text("jwt-role-claim-key", "$.role", "Where in a token the role stands")
        .alias("role-claim-key")
        .in_database(),
    text("jwt-secret", "", "A secret, a JWK or a set of JWKs; @file reads it from a file").in_database(),
    flag("jwt-secret-is-base64", "false", "The secret has to be decoded first")
        .alias("secret-is-base64")
        .in_database(),
    text("log-level", "error", "crit, error, warn, info or debug"),
    flag("log-query", "false", "Accepted; Postgres logs statements (log_statement)"),
    text("openapi-mode", "follow-privileges", "follow-privileges, ignore-privileges or disabled")
        .in_database(),
    flag("openapi-security-active", "false", "Say in the description that tokens are used").in_database(),
    text("openapi-server-proxy-uri", "", "The address in the description").in_database(),
    list("server-cors-allowed-origins", "", "Origins that browsers may call from; empty: all").in_database(),
    text("server-host", "!4", "Address or name to listen on; * and !4 mean all"),
    number("server-port", "3000", "Port to listen on"),
    flag("server-reuseport", "false", "Several processes may listen on the port"),
    flag("server-timing-enabled", "false", "The Server-Timing header").in_database(),
    text("server-trace-header", "", "A request header that is repeated in the answer").in_database(),
    text("server-unix-socket", "", "A Unix socket to listen on, instead of the port"),
    text("server-unix-socket-mode", "660", "Permissions of that socket"),
    flag("url-use-legacy-target-names", "true", "Filters may name an aliased embedding's target")
        .in_database(),
];

/// The options that may be set in the database, as it names them.
pub(crate) fn names_in_database() -> Vec<String> {
    OPTIONS.iter().filter(|option| option.in_database).map(OptionSpec::underscored).collect()
}

/// It may be empty, which says something else than its absence.
pub(super) const MAY_BE_EMPTY: &str = "db-extra-search-path";

/// What counts when the database sets an option, by its name there, to this value: for nothing, the default.
pub(crate) fn in_force<'a>(underscored: &str, value: &'a str) -> &'a str {
    match OPTIONS.iter().find(|option| option.underscored() == underscored) {
        Some(option) if value.is_empty() && option.name != MAY_BE_EMPTY => option.default,
        _ => value,
    }
}
