//! Whether a request comes straight from this machine, rather than through a proxy on it.
//!
//! A proxy connects from loopback too, and may send any `Host`. It is recognized by what proxies add to a request, and by HTTP/1.0, which
//! they speak unless told otherwise. A proxy that adds nothing and speaks HTTP/1.1 cannot be recognized (`docs/OPERATIONS.md`).

use std::net::IpAddr;

use axum::extract::Request;
use http::uri::Authority;
use http::{Version, header};

/// Headers that proxies add, besides those that start with `x-forwarded-`.
const OF_PROXIES: [&str; 6] = ["cf-connecting-ip", "forwarded", "forwarded-for", "true-client-ip", "via", "x-real-ip"];

/// Whether a request from `peer` was sent on this machine, under one of this machine's own names: a web page that lets another name
/// point to this machine is not meant either.
pub(crate) fn is_straight(peer: IpAddr, request: &Request) -> bool {
    let forwarded = |name: &str| name.starts_with("x-forwarded-") || OF_PROXIES.contains(&name);
    let own_host = request.headers().get(header::HOST).is_none_or(|host| host.to_str().is_ok_and(is_loopback_name));
    peer.is_loopback()
        && own_host
        && request.version() == Version::HTTP_11
        && !request.headers().keys().any(|name| forwarded(name.as_str()))
}

/// Whether a `Host` can only ever mean this machine.
fn is_loopback_name(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn straight(peer: &str, version: Version, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::get("/").version(version);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_straight(peer.parse().unwrap(), &request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_a_direct_request_from_this_machine_is_straight() {
        let v11 = Version::HTTP_11;
        for host in ["127.0.0.1:8080", "localhost", "LOCALHOST:3000", "[::1]:8080", "127.1.2.3"] {
            assert!(straight("127.0.0.1", v11, &[("host", host)]), "{host}");
            assert!(straight("::1", v11, &[("host", host)]), "{host}");
            assert!(!straight("192.168.1.9", v11, &[("host", host)]), "{host}");
            assert!(!straight("127.0.0.1", Version::HTTP_10, &[("host", host)]), "{host}");
        }
        for host in ["steward.example", "localhost.example", "192.168.1.9", "0.0.0.0", "", "localhost:x@y", "[::2]"] {
            assert!(!straight("127.0.0.1", v11, &[("host", host)]), "{host}");
        }
    }

    #[test]
    fn what_a_proxy_adds_gives_it_away() {
        for name in
            ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Anything", "Forwarded", "Via"]
        {
            assert!(!straight("127.0.0.1", Version::HTTP_11, &[("host", "localhost"), (name, "")]), "{name}");
        }
    }
}
