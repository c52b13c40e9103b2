//! Where and how to connect: the settings, and reading them from a connection URL.
//!
//! Never shows a password, neither in `Debug` nor in an error.

mod hosts;
mod libpq;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::error::Error;

/// How much TLS a connection asks for; the meaning is that of libpq.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SslMode {
    /// Never.
    Disable,
    /// Only if the server refuses without.
    Allow,
    /// If the server has it.
    #[default]
    Prefer,
    /// Always; the certificate is not checked (unless `sslrootcert` is given: then as [`Self::VerifyCa`]).
    Require,
    /// Always; the certificate must come from a trusted authority.
    VerifyCa,
    /// Always; the certificate must come from a trusted authority and name the host.
    VerifyFull,
}

/// Whether SCRAM is bound to the TLS channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// If the server offers it.
    #[default]
    Prefer,
    /// Always; the connection fails without.
    Require,
}

/// Which of several servers will do, by what sessions on it may do; the meaning is that of libpq's `target_session_attrs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetSession {
    /// Whichever answers first.
    #[default]
    Any,
    /// One that takes writes by default.
    ReadWrite,
    /// One that does not.
    ReadOnly,
    /// One that is no standby.
    Primary,
    /// A standby.
    Standby,
    /// A standby, or any if there is none.
    PreferStandby,
}

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Host name or address.
    Tcp(String),
    /// Directory of the Unix socket.
    Unix(PathBuf),
}

/// A secret that does not show.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(pub(crate) String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Everything needed to open a connection. Made by parsing a `postgres://` URL or from
/// [`ConnectConfig::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectConfig {
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// Tried in turn when that one does not answer, or will not do.
    other_hosts: Vec<Host>,
    /// Theirs; none if all have the same.
    other_ports: Vec<u16>,
    pub(crate) target_session: TargetSession,
    pub(crate) user: String,
    pub(crate) password: Option<Password>,
    pub(crate) database: Option<String>,
    pub(crate) ssl_mode: SslMode,
    pub(crate) ssl_root_cert: Option<PathBuf>,
    pub(crate) channel_binding: ChannelBinding,
    pub(crate) application_name: String,
    pub(crate) connect_timeout: Duration,
    pub(crate) options: Option<String>,
}

impl ConnectConfig {
    /// A connection to this host as this user, port 5432, the database named like the user.
    pub fn new(host: Host, user: impl Into<String>) -> Self {
        Self {
            host,
            port: 5432,
            other_hosts: Vec::new(),
            other_ports: Vec::new(),
            target_session: TargetSession::default(),
            user: user.into(),
            password: None,
            database: None,
            ssl_mode: SslMode::default(),
            ssl_root_cert: None,
            channel_binding: ChannelBinding::default(),
            application_name: "ferrobase".to_owned(),
            connect_timeout: Duration::from_secs(10),
            options: None,
        }
    }

    /// As another role.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        // without a database name the old user's would silently become the new user's
        self.database = Some(self.database().to_owned());
        self.user = user.into();
        self
    }

    /// With this password; `None` for none.
    #[must_use]
    pub fn with_password(mut self, password: Option<String>) -> Self {
        self.password = password.map(Password);
        self
    }

    /// To another database.
    #[must_use]
    pub fn with_database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// On another port.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// With another TLS mode.
    #[must_use]
    pub fn with_ssl_mode(mut self, mode: SslMode) -> Self {
        self.ssl_mode = mode;
        self
    }

    /// Trusting the authorities in this PEM file instead of the system's.
    #[must_use]
    pub fn with_ssl_root_cert(mut self, file: impl Into<PathBuf>) -> Self {
        self.ssl_root_cert = Some(file.into());
        self
    }

    /// Binding SCRAM to the TLS channel.
    #[must_use]
    pub fn with_channel_binding(mut self, binding: ChannelBinding) -> Self {
        self.channel_binding = binding;
        self
    }

    /// Under this name in `pg_stat_activity`.
    #[must_use]
    pub fn with_application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = name.into();
        self
    }

    /// On a server whose sessions may do this.
    #[must_use]
    pub fn with_target_session(mut self, target: TargetSession) -> Self {
        self.target_session = target;
        self
    }

    /// Giving up after this long.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// With command-line options for the server process, as `-c name=value`.
    #[must_use]
    pub fn with_options(mut self, options: impl Into<String>) -> Self {
        self.options = Some(options.into());
        self
    }

    /// Where the server listens.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Port, also part of the Unix socket's file name.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Role to connect as.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Database to connect to.
    pub fn database(&self) -> &str {
        self.database.as_deref().unwrap_or(&self.user)
    }

    /// The address for messages: no user, no password.
    pub(crate) fn target(&self) -> String {
        match &self.host {
            Host::Tcp(host) if host.contains(':') => format!("[{host}]:{}", self.port),
            Host::Tcp(host) => format!("{host}:{}", self.port),
            Host::Unix(_) => self.socket_path().display().to_string(),
        }
    }

    /// The socket file below a Unix socket directory.
    pub(crate) fn socket_path(&self) -> PathBuf {
        match &self.host {
            Host::Unix(directory) => directory.join(format!(".s.PGSQL.{}", self.port)),
            Host::Tcp(_) => PathBuf::new(),
        }
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), Error> {
        match name {
            "host" => self.set_hosts(&value)?,
            "port" => self.set_ports(&value)?,
            "target_session_attrs" => self.target_session = TargetSession::parse(&value)?,
            "user" => self.user = value,
            "password" => self.password = Some(Password(value)),
            "dbname" => self.database = Some(value),
            "sslmode" => self.ssl_mode = ssl_mode(&value)?,
            // as in libpq, "system" means the system's authorities
            "sslrootcert" if value == "system" => self.ssl_root_cert = None,
            "sslrootcert" => self.ssl_root_cert = Some(PathBuf::from(value)),
            "channel_binding" => self.channel_binding = channel_binding(&value)?,
            "application_name" => self.application_name = value,
            "connect_timeout" => self.connect_timeout = connect_timeout(&value)?,
            "options" => self.options = Some(value),
            _ if IGNORED.contains(&name) => {}
            _ => return Err(invalid(format!("unknown connection parameter {name:?}"))),
        }
        Ok(())
    }
}

/// Reads `postgres://[user[:password]@][host][:port][/database][?name=value&…]`. A host that begins with `/`
/// (percent-encoded, or as parameter `host`) is the directory of a Unix socket.
impl FromStr for ConnectConfig {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self, Error> {
        let mut config = Self::new(Host::Tcp("localhost".to_owned()), "postgres");
        config.read_url(url)?;
        config.check()?;
        Ok(config)
    }
}

impl ConnectConfig {
    /// Takes over what a connection URL says.
    fn read_url(&mut self, url: &str) -> Result<(), Error> {
        let rest = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))
            .ok_or_else(|| invalid("a connection URL begins with postgres:// or postgresql://"))?;
        let (rest, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (credentials, address) = match authority.rsplit_once('@') {
            Some((credentials, address)) => (Some(credentials), address),
            None => (None, authority),
        };
        read_address(self, address)?;
        if let Some(credentials) = credentials {
            let (user, password) = match credentials.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (credentials, None),
            };
            self.user = decode(user)?;
            if let Some(password) = password {
                self.password = Some(Password(decode(password)?));
            }
        }
        if !database.is_empty() {
            self.database = Some(decode(database)?);
        }
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter
                .split_once('=')
                .ok_or_else(|| invalid("a connection parameter has the form name=value"))?;
            self.set(&decode(name)?, decode(value)?)?;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Error> {
        if self.user.is_empty() {
            return Err(invalid("the user is empty"));
        }
        self.check_hosts()?;
        let texts = [
            Some(&self.user),
            self.database.as_ref(),
            Some(&self.application_name),
            self.options.as_ref(),
            self.password.as_ref().map(|password| &password.0),
        ];
        if texts.into_iter().flatten().any(|text| text.contains('\0')) {
            return Err(invalid("a connection setting contains a NUL byte"));
        }
        Ok(())
    }
}

/// Parameters of libpq that change nothing here: how a socket is kept alive, and what is always so.
const IGNORED: [&str; 8] = [
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "tcp_user_timeout",
];

/// `host[:port]`, or several of them: then those without a port have the usual one, unless none has one.
fn read_address(config: &mut ConnectConfig, address: &str) -> Result<(), Error> {
    let addresses = address.split(',').map(host_and_port).collect::<Result<Vec<_>, _>>()?;
    let (hosts, ports): (Vec<String>, Vec<&str>) = addresses.into_iter().unzip();
    if hosts.iter().any(|host| !host.is_empty()) {
        config.set_hosts(&hosts.join(","))?;
    }
    if ports.iter().any(|port| !port.is_empty()) {
        config.set_ports(&ports.join(","))?;
    }
    Ok(())
}

fn host_and_port(address: &str) -> Result<(String, &str), Error> {
    let (name, number) = if let Some(rest) = address.strip_prefix('[') {
        let (name, after) =
            rest.split_once(']').ok_or_else(|| invalid("the IPv6 address lacks its closing bracket"))?;
        match after.strip_prefix(':') {
            Some(number) => (name, number),
            None if after.is_empty() => (name, ""),
            None => return Err(invalid("only a port may follow the IPv6 address")),
        }
    } else {
        address.split_once(':').unwrap_or((address, ""))
    };
    Ok((decode(name)?, number))
}

fn host(text: String) -> Host {
    if text.starts_with('/') { Host::Unix(PathBuf::from(text)) } else { Host::Tcp(text) }
}

fn port(text: &str) -> Result<u16, Error> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(invalid(format!("{text:?} is not a port"))),
    }
}

fn ssl_mode(text: &str) -> Result<SslMode, Error> {
    Ok(match text {
        "disable" => SslMode::Disable,
        "allow" => SslMode::Allow,
        "prefer" => SslMode::Prefer,
        "require" => SslMode::Require,
        "verify-ca" => SslMode::VerifyCa,
        "verify-full" => SslMode::VerifyFull,
        _ => return Err(invalid(format!("{text:?} is not an sslmode"))),
    })
}

fn channel_binding(text: &str) -> Result<ChannelBinding, Error> {
    Ok(match text {
        "disable" => ChannelBinding::Disable,
        "prefer" => ChannelBinding::Prefer,
        "require" => ChannelBinding::Require,
        _ => return Err(invalid(format!("{text:?} is not a channel_binding"))),
    })
}

/// Seconds; 0 means wait for long, which here is an hour.
fn connect_timeout(text: &str) -> Result<Duration, Error> {
    match text.parse::<u32>() {
        Ok(0) => Ok(Duration::from_hours(1)),
        Ok(seconds) => Ok(Duration::from_secs(u64::from(seconds))),
        Err(_) => Err(invalid(format!("{text:?} is not a number of seconds"))),
    }
}

fn decode(text: &str) -> Result<String, Error> {
    percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_not_utf8| invalid("a percent-encoded part is not UTF-8"))
}

fn invalid(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::Config(what.into())
}

#[cfg(test)]
mod tests {
    use super::{ConnectConfig, Host, SslMode};
    use proptest::prelude::*;

    fn parse(url: &str) -> ConnectConfig {
        url.parse().unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    #[test]
    fn a_full_url() {
        let config = parse(
            "postgresql://ann%40x:p%3Aw%2F@db.example:6543/app?sslmode=verify-full&sslrootcert=/ca.pem\
             &application_name=a%20b&connect_timeout=3&options=-c%20work_mem%3D8MB",
        );
        assert_eq!(config.user(), "ann@x");
        assert_eq!(config.password.as_ref().map(|password| password.0.as_str()), Some("p:w/"));
        assert_eq!(config.host(), &Host::Tcp("db.example".to_owned()));
        assert_eq!((config.port(), config.database()), (6543, "app"));
        assert_eq!(config.ssl_mode, SslMode::VerifyFull);
        assert_eq!(config.options.as_deref(), Some("-c work_mem=8MB"));
        assert_eq!(config.connect_timeout.as_secs(), 3);
    }

    #[test]
    fn unix_sockets_and_defaults() {
        for url in ["postgres://u@%2Frun%2Fpg:5433/d", "postgres://u@/d?host=/run/pg&port=5433"] {
            assert_eq!(parse(url).target(), "/run/pg/.s.PGSQL.5433");
        }
        let config = parse("postgres://");
        assert_eq!(
            (config.target().as_str(), config.user(), config.database()),
            ("localhost:5432", "postgres", "postgres")
        );
        assert_eq!(parse("postgres://[::1]:99").target(), "[::1]:99");
    }

    #[test]
    fn the_database_stays_when_the_user_changes() {
        assert_eq!(parse("postgres://ann@h").with_user("bob").database(), "ann");
    }

    #[test]
    fn wrong_urls_say_what_is_wrong() {
        for (url, part) in [
            ("mysql://x", "postgres://"),
            ("postgres://h:0", "port"),
            ("postgres://h:70000", "port"),
            ("postgres://[::1", "bracket"),
            ("postgres://a,", "one of several hosts is empty"),
            ("postgres://h?target_session_attrs=best", "target_session_attrs"),
            ("postgres://h?sslmode=maybe", "sslmode"),
            ("postgres://h?nonsense=1", "nonsense"),
            ("postgres://h?sslmode", "name=value"),
            ("postgres://%ff@h", "UTF-8"),
            ("postgres://a%00@h", "NUL"),
            ("postgres://:secret@h", "user"),
        ] {
            let error = url.parse::<ConnectConfig>().expect_err(url).to_string();
            assert!(error.contains(part) && !error.contains("secret"), "{url}: {error}");
        }
    }

    #[test]
    fn the_password_does_not_show() {
        let shown = format!("{:?}", parse("postgres://ann:hunter2@h"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    proptest! {
        #[test]
        fn no_url_panics(rest in ".{0,60}") {
            let _ = rest.parse::<ConnectConfig>();
            let _ = format!("postgres://{rest}").parse::<ConnectConfig>();
            let _ = format!("postgres://u:p@h/d?{rest}").parse::<ConnectConfig>();
        }

        #[test]
        fn any_credentials_travel_percent_encoded(user in "[^\0]{1,12}", password in "[^\0]{0,12}") {
            use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode as encode};
            let url = format!("postgres://{}:{}@h", encode(&user, NON_ALPHANUMERIC), encode(&password, NON_ALPHANUMERIC));
            let config = parse(&url);
            prop_assert_eq!(config.user(), user);
            prop_assert_eq!(config.password.map(|password| password.0), Some(password));
        }
    }
}
