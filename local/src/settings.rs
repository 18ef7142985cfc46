//! The environment variables of `make run`: HOST, PORT, DATA and DEMO.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

/// An environment variable with an invalid value.
#[derive(Debug, thiserror::Error)]
#[error("{name}={value} is invalid: {need}")]
pub struct InvalidSetting {
    /// Variable name.
    name: &'static str,
    /// Current value.
    value: String,
    /// What the value must be.
    need: &'static str,
}

impl InvalidSetting {
    fn new(name: &'static str, value: impl Into<String>, need: &'static str) -> Self {
        Self { name, value: value.into(), need }
    }

    /// The demo company would be exposed to the network by listening on `host`.
    #[must_use]
    pub fn demo_in_public(host: IpAddr) -> Self {
        let need = "the demo company's password is public, so set DEMO=0 and use a DATA folder without the demo";
        Self::new("HOST", host.to_string(), need)
    }
}

/// Settings from the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Address to listen on (`HOST`, 127.0.0.1).
    pub host: IpAddr,
    /// Port to listen on (`PORT`, 8080); 0 picks any free port.
    pub port: u16,
    /// Data folder (`DATA`, `.steward`).
    pub data: PathBuf,
    /// Whether to load a demo company on first start (`DEMO`, 1).
    pub demo: bool,
}

impl Settings {
    /// Reads the settings through `variable`; an unset or empty variable takes its default.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidSetting> {
        let given = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let host = given("HOST").map_or(Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)), |value| match value.as_str() {
            "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            other => {
                other.parse().map_err(|_| InvalidSetting::new("HOST", &value, "use an IP address such as 127.0.0.1"))
            }
        })?;
        let port = given("PORT").map_or(Ok(8080), |value| {
            value.trim().parse().map_err(|_| InvalidSetting::new("PORT", &value, "use a number from 0 to 65535"))
        })?;
        let demo = given("DEMO").map_or(Ok(true), |value| match value.as_str() {
            "1" => Ok(true),
            "0" => Ok(false),
            _ => Err(InvalidSetting::new(
                "DEMO",
                &value,
                "use 1 to load a demo company on first start, or 0 to start empty",
            )),
        })?;
        if demo && !host.is_loopback() {
            return Err(InvalidSetting::demo_in_public(host));
        }
        Ok(Self { host, port, data: given("DATA").map_or_else(|| PathBuf::from(".steward"), PathBuf::from), demo })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Settings, InvalidSetting> {
        Settings::read(|name| given.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn defaults_are_loopback_8080_with_a_demo() {
        let settings = read(&[("PORT", "")]).unwrap();
        assert_eq!(settings.host.to_string(), "127.0.0.1");
        assert_eq!((settings.port, settings.demo), (8080, true));
        assert_eq!(settings.data, PathBuf::from(".steward"));
    }

    #[test]
    fn every_variable_is_applied() {
        let settings = read(&[("HOST", "::1"), ("PORT", "9000"), ("DATA", "/srv/s"), ("DEMO", "0")]).unwrap();
        assert_eq!((settings.host.to_string().as_str(), settings.port, settings.demo), ("::1", 9000, false));
        assert_eq!(settings.data, PathBuf::from("/srv/s"));
    }

    #[test]
    fn an_invalid_value_is_reported_with_a_fix() {
        for (name, value) in [("PORT", "abc"), ("PORT", "70000"), ("HOST", "nowhere"), ("DEMO", "yes")] {
            let line = read(&[(name, value)]).unwrap_err().to_string();
            assert!(line.starts_with(&format!("{name}={value} is invalid: ")), "{line}");
            assert!(!line.contains('\n'));
        }
    }

    #[test]
    fn the_demo_is_never_exposed_to_the_network() {
        assert!(read(&[("HOST", "0.0.0.0")]).is_err());
        assert!(read(&[("HOST", "0.0.0.0"), ("DEMO", "0")]).is_ok());
    }
}
