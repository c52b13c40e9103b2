//! Several servers of one database: lists of hosts and ports as libpq writes them, and which of them will do.

use super::{ConnectConfig, Host, TargetSession, host, invalid, port};
use crate::error::Error;

impl ConnectConfig {
    /// `host` or a list of them.
    pub(super) fn set_hosts(&mut self, text: &str) -> Result<(), Error> {
        let mut hosts = text.split(',').map(|name| host(name.to_owned()));
        self.host = hosts.next().unwrap_or(Host::Tcp(String::new()));
        self.other_hosts = hosts.collect();
        if self.other_hosts.is_empty() || !text.split(',').any(str::is_empty) {
            Ok(())
        } else {
            Err(invalid("one of several hosts is empty"))
        }
    }

    /// `port` or a list of them; among several, an empty one is 5432.
    pub(super) fn set_ports(&mut self, text: &str) -> Result<(), Error> {
        let several = text.contains(',');
        let read = |text: &str| if several && text.is_empty() { Ok(5432) } else { port(text) };
        let mut ports = text.split(',').map(read);
        self.port = ports.next().transpose()?.unwrap_or(5432);
        self.other_ports = ports.collect::<Result<_, _>>()?;
        Ok(())
    }

    /// One port is that of all hosts; else each has its own.
    pub(super) fn check_hosts(&self) -> Result<(), Error> {
        let (hosts, ports) = (self.other_hosts.len() + 1, self.other_ports.len() + 1);
        if ports == 1 || ports == hosts {
            return Ok(());
        }
        Err(invalid(format!("{ports} ports do not fit {hosts} hosts")))
    }

    /// The same for one host each, but the first.
    pub(crate) fn others(&self) -> impl Iterator<Item = Self> {
        let one = |(at, host): (usize, &Host)| Self {
            host: host.clone(),
            port: self.other_ports.get(at).copied().unwrap_or(self.port),
            other_hosts: Vec::new(),
            other_ports: Vec::new(),
            ..self.clone()
        };
        self.other_hosts.iter().enumerate().map(one)
    }
}

impl TargetSession {
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        Ok(match text {
            "any" => Self::Any,
            "read-write" => Self::ReadWrite,
            "read-only" => Self::ReadOnly,
            "primary" => Self::Primary,
            "standby" => Self::Standby,
            "prefer-standby" => Self::PreferStandby,
            _ => return Err(invalid(format!("{text:?} is not one of the target_session_attrs"))),
        })
    }

    /// Whether a session on a standby, or one that begins read-only, will do.
    pub(crate) fn accepts(self, standby: bool, read_only: bool) -> bool {
        match self {
            Self::Any => true,
            Self::ReadWrite => !standby && !read_only,
            Self::ReadOnly => standby || read_only,
            Self::Primary => !standby,
            Self::Standby | Self::PreferStandby => standby,
        }
    }

    /// Its name in connection strings.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::ReadWrite => "read-write",
            Self::ReadOnly => "read-only",
            Self::Primary => "primary",
            Self::Standby => "standby",
            Self::PreferStandby => "prefer-standby",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ConnectConfig, TargetSession};

    fn targets(text: &str) -> Result<Vec<String>, String> {
        let config =
            ConnectConfig::from_libpq(text, "me", |_name| None).map_err(|error| error.to_string())?;
        Ok([config.target()].into_iter().chain(config.others().map(|other| other.target())).collect())
    }

    #[test]
    fn lists_of_hosts_and_ports_are_read_like_libpq_does() {
        let cases: [(&str, Result<&[&str], &str>); 10] = [
            ("host=a,b", Ok(&["a:5432", "b:5432"])),
            ("host=a,b port=1", Ok(&["a:1", "b:1"])),
            ("host=a,/run/pg port=1,2", Ok(&["a:1", "/run/pg/.s.PGSQL.2"])),
            ("port=,2 host=a,b", Ok(&["a:5432", "b:2"])),
            ("postgres://a:1,b/d", Ok(&["a:1", "b:5432"])),
            ("postgres://a,b/d?port=7", Ok(&["a:7", "b:7"])),
            ("postgres://u:p@[::1]:1,%2Frun%2Fpg:2", Ok(&["[::1]:1", "/run/pg/.s.PGSQL.2"])),
            ("host=a,b port=1,2,3", Err("3 ports do not fit 2 hosts")),
            ("host=a,,b", Err("one of several hosts is empty")),
            ("host=a,b port=1,x", Err("\"x\" is not a port")),
        ];
        for (text, expected) in cases {
            match (targets(text), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
                (Err(found), Err(expected)) => assert!(found.contains(expected), "{text}: {found}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn what_sessions_will_do() {
        let servers = [(false, false), (false, true), (true, false)];
        for (name, expected) in [
            ("any", [true, true, true]),
            ("read-write", [true, false, false]),
            ("read-only", [false, true, true]),
            ("primary", [true, true, false]),
            ("standby", [false, false, true]),
            ("prefer-standby", [false, false, true]),
        ] {
            let target = TargetSession::parse(name).unwrap();
            assert_eq!(target.name(), name);
            assert_eq!(
                servers.map(|(standby, read_only)| target.accepts(standby, read_only)),
                expected,
                "{name}"
            );
        }
        assert!(TargetSession::parse("master").is_err());
    }
}
