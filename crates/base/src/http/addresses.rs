//! Which addresses a request that a project's SQL asked for may go to. Pure.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use ipnet::IpNet;

/// Networks that are nobody's on the Internet: this machine, private ones, those of a link (where clouds keep their
/// metadata), of providers' address translation, for documentation and benchmarks, multicast, reserved.
const NOT_PUBLIC: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// The only part of the newer protocol's addresses that is given out, and what of it is special.
const GLOBAL_V6: &str = "2000::/3";
const NOT_PUBLIC_V6: &[&str] = &["2001::/23", "2001:db8::/32", "3fff::/20"];

/// What may be reached beyond the public Internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    everything: bool,
    networks: Vec<IpNet>,
}

/// Not `true`, `false` or a list of networks.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no network; write `true`, or networks such as 10.0.0.0/8, 127.0.0.1 separated by commas")]
pub struct NoNetwork(String);

impl FromStr for Allowed {
    type Err = NoNetwork;

    /// From the value of `FERROBASE_HTTP_ALLOW_PRIVATE`.
    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        match text.trim() {
            "" | "false" | "0" => return Ok(Self::default()),
            "true" | "1" => return Ok(Self::everything()),
            _ => {}
        }
        let networks = text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(|item| {
            let network = item.parse::<IpNet>().ok();
            network
                .or_else(|| item.parse::<IpAddr>().ok().map(IpNet::from))
                .ok_or_else(|| NoNetwork(item.to_owned()))
        });
        Ok(Self { everything: false, networks: networks.collect::<Result<_, _>>()? })
    }
}

impl Allowed {
    /// No address is refused.
    pub fn everything() -> Self {
        Self { everything: true, networks: Vec::new() }
    }

    /// Whether a connection to this address may be made.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = embedded(address);
        self.everything
            || is_public(address)
            || self.networks.iter().any(|network| network.contains(&address))
    }
}

fn is_public(address: IpAddr) -> bool {
    let within = |networks: &[&str]| {
        networks
            .iter()
            .any(|network| network.parse::<IpNet>().is_ok_and(|network| network.contains(&address)))
    };
    match address {
        IpAddr::V4(_) => !within(NOT_PUBLIC),
        IpAddr::V6(_) => within(&[GLOBAL_V6]) && !within(NOT_PUBLIC_V6),
    }
}

/// The older address that a newer one stands for: mapped, translated (64:ff9b::/96), or by 6to4.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let from = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match v6.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => address,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => from(high, low),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_allowed() {
        let none = Allowed::default();
        for (address, allowed) in [
            ("8.8.8.8", true),
            ("172.15.0.1", true),
            ("2606:4700::1111", true),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::808:808", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("127.8.8.8", false),
            ("169.254.169.254", false),
            ("172.31.255.255", false),
            ("192.168.1.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:a9fe:a9fe", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b:1::1", false),
            ("2002:7f00:1::", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(none.allows(address.parse().unwrap()), allowed, "{address}");
        }
    }

    #[test]
    fn a_setting_allows_more() {
        let some: Allowed = " 10.0.0.0/8, 127.0.0.1,::1 ".parse().unwrap();
        for (address, allowed) in [
            ("10.9.9.9", true),
            ("127.0.0.1", true),
            ("127.0.0.2", false),
            ("::1", true),
            ("::ffff:10.0.0.1", true),
            ("169.254.169.254", false),
        ] {
            assert_eq!(some.allows(address.parse().unwrap()), allowed, "{address}");
        }
        assert!("true".parse::<Allowed>().unwrap().allows("127.0.0.1".parse().unwrap()));
        assert_eq!("false".parse(), Ok(Allowed::default()));
        assert!("10.0.0.0/33".parse::<Allowed>().unwrap_err().to_string().contains("10.0.0.0/33"));
    }
}
