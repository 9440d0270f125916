//! From where a request really comes: behind a reverse proxy every connection is the proxy's own.

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

/// The header in which a reverse proxy names the client, appended by each proxy on the way.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// A range of addresses: `127.0.0.1`, `10.0.0.0/8`, `::1`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

/// A text that is no range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address and no range of addresses; write for instance 127.0.0.1 or 10.0.0.0/8")]
pub struct NetworkError(String);

impl Network {
    /// Whether the address lies in the range.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }

    /// The machine itself. Who connects from there runs on it, so this is whom we believe unless told otherwise.
    pub fn loopback() -> Vec<Self> {
        vec![
            Self { address: Ipv4Addr::new(127, 0, 0, 0).into(), prefix: 8 },
            Self { address: Ipv6Addr::LOCALHOST.into(), prefix: 128 },
        ]
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let error = || NetworkError(text.chars().take(80).collect());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().map_err(|_| error())?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| error())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        if prefix <= longest { Ok(Self { address, prefix }) } else { Err(error()) }
    }
}

/// Whom to slow down for a wrong code: an IPv4 address, or the /64 that one IPv6 customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The last address on the way in that is not a proxy of ours. What stands before it the client can write itself.
    fn find(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        let mut found = peer.to_canonical();
        let named = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = named.flat_map(|value| value.split(',')).collect();
        for text in named.into_iter().rev() {
            if !is_trusted(found) {
                break;
            }
            let Some(address) = read_address(text.trim()) else { break };
            found = address.to_canonical();
        }
        Self(match found {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
            address @ IpAddr::V4(_) => address,
        })
    }
}

/// An address, with or without the port that some proxies add.
fn read_address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// Reverse proxies whose word about the client's address is believed.
#[derive(Debug, Clone)]
pub struct TrustedProxies(pub Arc<[Network]>);

impl<S: Sync> FromRequestParts<S> for ClientAddress
where
    TrustedProxies: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |ConnectInfo(peer)| peer.ip());
        Ok(Self::find(peer, &parts.headers, &TrustedProxies::from_ref(state).0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, header: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in header {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        ClientAddress::find(peer.parse().unwrap(), &headers, &trusted).0.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_may_name_the_client() {
        let proxy = ["127.0.0.1", "10.0.0.0/8"];
        for (peer, header, client) in [
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["1.2.3.4", "198.51.100.1, 10.1.2.3"], "198.51.100.1"),
            ("::ffff:127.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("127.0.0.1", &["1.2.3.4, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        ] {
            assert_eq!(found(peer, header, &proxy), client, "{peer} {header:?}");
        }
        assert_eq!(found("127.0.0.1", &["198.51.100.1"], &[]), "127.0.0.1");
    }

    #[test]
    fn a_range_is_read_or_refused() {
        for bad in ["", "ten", "10.0.0.0/33", "::1/129", "10.0.0.0/x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad:?}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("198.51.100.1".parse().unwrap()) && !all.contains("::1".parse().unwrap()));
        assert!(Network::loopback().iter().any(|own| own.contains("127.9.9.9".parse().unwrap())));
    }
}
