//! The client's address behind the CDN.
//!
//! The gateway sees the CDN's edge as the client of every request that came through it. The CDN therefore names its viewer in a header.
//! Anyone can send such a header, so it counts only beside the secret that the CDN adds to requests for this stack.

use std::net::IpAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::{HeaderMap, HeaderName};

/// Header in which the CDN proves that the request came through it, as in `template.yaml`.
const SECRET: HeaderName = HeaderName::from_static("steward-edge-secret");
/// Header in which the CDN names its viewer: an IPv4 or IPv6 address without a port.
const VIEWER: HeaderName = HeaderName::from_static("steward-viewer");

/// Removes the CDN's headers from a request and returns the address of its viewer. `None` unless the request proves with `secret` that it
/// came through the CDN, and names exactly one valid address.
pub(super) fn take(headers: &mut HeaderMap, secret: Option<&str>) -> Option<IpAddr> {
    let proof = only(headers, &SECRET);
    let viewer = only(headers, &VIEWER);
    headers.remove(SECRET);
    headers.remove(VIEWER);
    let secret = secret.filter(|secret| !secret.is_empty())?;
    verify_slices_are_equal(proof?.as_bytes(), secret.as_bytes()).ok()?;
    let address = viewer.and_then(|text| text.parse::<IpAddr>().ok());
    if address.is_none() {
        tracing::warn!("the CDN named no valid address of its viewer");
    }
    address.map(|address| address.to_canonical())
}

/// The header's value, if it was sent exactly once.
fn only(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.to_owned();
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const KEY: Option<&str> = Some("a secret");

    fn taken(given: &[(&HeaderName, &str)], secret: Option<&str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, HeaderValue::try_from(*value).unwrap());
        }
        let address = take(&mut headers, secret);
        assert!(headers.is_empty(), "the CDN's headers go no further");
        address.map(|address| address.to_string())
    }

    #[test]
    fn the_viewer_counts_only_beside_the_secret() {
        let viewer = (&VIEWER, "203.0.113.7");
        assert_eq!(taken(&[viewer, (&SECRET, "a secret")], KEY).as_deref(), Some("203.0.113.7"));
        for proof in ["", "a secre", "a secret!", "A secret", "a secret, a secret"] {
            assert_eq!(taken(&[viewer, (&SECRET, proof)], KEY), None, "{proof}");
        }
        assert_eq!(taken(&[viewer], KEY), None);
        assert_eq!(taken(&[viewer, (&SECRET, "a secret"), (&SECRET, "a secret")], KEY), None);
        assert_eq!(taken(&[viewer, (&SECRET, "a secret")], None), None, "no CDN");
        assert_eq!(taken(&[viewer, (&SECRET, "")], Some("")), None, "no CDN");
    }

    #[test]
    fn the_viewer_is_one_address_and_nothing_else() {
        for (text, address) in [
            ("203.0.113.7", Some("203.0.113.7")),
            ("2001:db8::7", Some("2001:db8::7")),
            ("2001:0DB8:0000:0000:0000:0000:0000:0007", Some("2001:db8::7")),
            ("::ffff:203.0.113.7", Some("203.0.113.7")),
            ("203.0.113.7:443", None),
            ("[2001:db8::7]:443", None),
            ("[2001:db8::7]", None),
            ("203.0.113.7, 203.0.113.8", None),
            ("203.0.113", None),
            ("203.0.113.07", None),
            ("fe80::1%eth0", None),
            ("viewer.example", None),
            ("", None),
        ] {
            assert_eq!(taken(&[(&VIEWER, text), (&SECRET, "a secret")], KEY).as_deref(), address, "{text}");
        }
        let two = [(&VIEWER, "203.0.113.7"), (&VIEWER, "203.0.113.8"), (&SECRET, "a secret")];
        assert_eq!(taken(&two, KEY), None);
        assert_eq!(taken(&[(&SECRET, "a secret")], KEY), None);
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(viewer: Vec<u8>, proof: Vec<u8>) {
            let mut headers = HeaderMap::new();
            for (name, value) in [(VIEWER, viewer), (SECRET, proof)] {
                if let Ok(value) = HeaderValue::from_bytes(&value) {
                    headers.append(name, value);
                }
            }
            prop_assert_eq!(take(&mut headers, KEY), None);
        }
    }
}
