//! Connection strings as libpq reads them: a URL or `name = value` pairs, completed by the `PG…` variables.
//!
//! Knows neither the environment nor the system's users: both are asked for by the caller.

use std::path::Path;

use super::{ConnectConfig, Host, invalid};
use crate::error::Error;

/// Variables, and the parameters they stand for.
const VARIABLES: [(&str, &str); 11] = [
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGDATABASE", "dbname"),
    ("PGHOST", "host"),
    ("PGPORT", "port"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGAPPNAME", "application_name"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
];

/// Where distributions put the server's socket.
const SOCKET_DIRECTORIES: [&str; 2] = ["/var/run/postgresql", "/tmp"];

impl ConnectConfig {
    /// Reads a connection string like libpq: `postgres://…` or `host=… dbname=…`, also an empty one. What it
    /// does not say comes from the variables that `variable` tells, then from libpq's defaults: the user
    /// `system_user`, the database of that name, the local Unix socket.
    pub fn from_libpq(
        text: &str,
        system_user: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let mut config = Self::new(Host::Tcp(String::new()), system_user);
        for (name, parameter) in VARIABLES {
            if let Some(value) = variable(name).filter(|value| !value.is_empty()) {
                config.set(parameter, value)?;
            }
        }
        config.options = variable("PGOPTIONS").or(config.options);
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            config.read_url(text)?;
        } else {
            for (name, value) in pairs(text)? {
                config.set(&name, value)?;
            }
        }
        if config.host == Host::Tcp(String::new()) {
            config.host = local_host(config.port);
        }
        config.check()?;
        Ok(config)
    }
}

/// The directory that has a socket for this port, else TCP to this machine.
fn local_host(port: u16) -> Host {
    let socket = format!(".s.PGSQL.{port}");
    let found = SOCKET_DIRECTORIES.into_iter().find(|directory| Path::new(directory).join(&socket).exists());
    found.map_or_else(|| Host::Tcp("localhost".to_owned()), |directory| Host::Unix(directory.into()))
}

/// `name = value` pairs; a value may stand in single quotes, and a backslash takes the next character as it is.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Error> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest
            .split_once('=')
            .ok_or_else(|| invalid("a connection string is a URL or consists of name=value pairs"))?;
        let (value, after) = value(after.trim_start())?;
        pairs.push((name.trim().to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

fn value(text: &str) -> Result<(String, &str), Error> {
    let (quoted, text) = match text.strip_prefix('\'') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((position, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, &text[position + 1..])),
            blank if !quoted && blank.is_whitespace() => return Ok((value, &text[position..])),
            other => value.push(other),
        }
    }
    if quoted {
        Err(invalid("a quoted value of the connection string does not end"))
    } else {
        Ok((value, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnectConfig, pairs};
    use crate::config::{Host, SslMode};

    fn parse(text: &str, variables: &[(&str, &str)]) -> Result<ConnectConfig, crate::error::Error> {
        ConnectConfig::from_libpq(text, "me", |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn pairs_are_read_like_libpq_does() {
        type Pairs = &'static [(&'static str, &'static str)];
        let cases: [(&str, Option<Pairs>); 8] = [
            ("", Some(&[])),
            ("host=a port = 1", Some(&[("host", "a"), ("port", "1")])),
            (r"password='it\'s \\ here' user=x", Some(&[("password", r"it's \ here"), ("user", "x")])),
            (r"password=a\ b", Some(&[("password", "a b")])),
            ("host='' user=é", Some(&[("host", ""), ("user", "é")])),
            ("options='-c a=b'", Some(&[("options", "-c a=b")])),
            ("host", None),
            ("host='a", None),
        ];
        for (text, expected) in cases {
            let read = pairs(text).ok();
            let read: Option<Vec<(&str, &str)>> = read
                .as_ref()
                .map(|read| read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_said_comes_from_variables_then_from_defaults() {
        let variables =
            [("PGHOST", "/run/pg"), ("PGPORT", "5433"), ("PGUSER", "ann"), ("PGSSLMODE", "disable")];
        let config = parse("", &variables).unwrap();
        assert_eq!((config.host(), config.port()), (&Host::Unix("/run/pg".into()), 5433));
        assert_eq!((config.user(), config.database(), config.ssl_mode), ("ann", "ann", SslMode::Disable));
        let config = parse("postgresql://bob@db/shop?keepalives=1", &variables).unwrap();
        assert_eq!((config.host(), config.port()), (&Host::Tcp("db".to_owned()), 5433));
        assert_eq!((config.user(), config.database()), ("bob", "shop"));
        let config = parse("dbname=shop host=db", &[]).unwrap();
        assert_eq!((config.user(), config.database(), config.port()), ("me", "shop", 5432));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _read_or_refused = parse(&text, &[]);
        }
    }
}
