//! The one cookie of the desk: the session. A script cannot read it, another site cannot have it sent with a form, and it goes over
//! https alone, unless the desk is on this very machine.

use crate::server::office::people::Secret;
use axum::http::{HeaderMap, HeaderValue, header};

const NAME: &str = "biaochi-desk";

/// The session that a browser shows.
pub(super) fn session(headers: &HeaderMap) -> Option<Secret> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| if name == NAME { Secret::read(value) } else { None })
}

/// Has the browser show this from now on; it forgets it when it is closed.
pub(super) fn keep(secret: &Secret, headers: &HeaderMap) -> (header::HeaderName, HeaderValue) {
    set(secret.as_str(), "", headers)
}

/// Has the browser forget it.
pub(super) fn forget(headers: &HeaderMap) -> (header::HeaderName, HeaderValue) {
    set("", "; Max-Age=0", headers)
}

/// Whether the browser keeps what [`keep`] gives it: not over plain http, but on its own machine.
pub(super) fn is_kept(headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    !origin.starts_with("http://") || is_on_this_machine(headers)
}

fn set(value: &str, age: &str, headers: &HeaderMap) -> (header::HeaderName, HeaderValue) {
    let secure = if is_on_this_machine(headers) { "" } else { "; Secure" };
    let text = format!("{NAME}={value}; Path=/desk; HttpOnly; SameSite=Lax{age}{secure}");
    // Hexadecimal digits and fixed words are always a header value.
    (header::SET_COOKIE, HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("")))
}

/// Whether the browser reached this by a name that never leaves its machine.
pub(super) fn is_on_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() };
    let name = name.unwrap_or_default();
    let is_loopback = name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    is_loopback || name == "localhost" || name == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn it_goes_over_https_alone_but_on_this_machine() {
        for (host, is_secure) in [
            ("biaochi.example.cn", true),
            ("10.1.2.3:8080", true),
            ("localhost.example.cn", true),
            ("127.0.0.1.example.cn", true),
            ("", true),
            ("localhost:8080", false),
            ("127.0.0.1:8080", false),
            ("[::1]:8080", false),
        ] {
            let (_, cookie) = forget(&with(header::HOST, host));
            assert_eq!(cookie.to_str().unwrap().contains("; Secure"), is_secure, "{host}");
        }
    }

    #[test]
    fn over_plain_http_it_would_be_lost() {
        for (origin, host, is_kept_there) in [
            ("http://10.1.2.3:8080", "10.1.2.3:8080", false),
            ("https://10.1.2.3:8080", "10.1.2.3:8080", true),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", true),
        ] {
            let mut headers = with(header::HOST, host);
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            assert_eq!(is_kept(&headers), is_kept_there, "{origin}");
        }
    }

    #[test]
    fn it_is_found_among_others_and_only_as_ours_looks() {
        let secret = "0123456789abcdef".repeat(3);
        let found =
            |line: &str| session(&with(header::COOKIE, line)).map(|secret| secret.as_str().to_owned());
        assert_eq!(found(&format!("a=b; {NAME}={secret}")), Some(secret.clone()));
        assert_eq!(found(&format!("{NAME}=; {NAME}={secret}")), Some(secret.clone()));
        assert_eq!(found(&format!("x{NAME}={secret}; {NAME}=../../x; b")), None);
    }
}
