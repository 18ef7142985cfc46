//! The environment variables of `make run`: HOST, PORT, DATA and DEMO.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use crate::problem::Problem;

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
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Problem> {
        let given = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let host = given("HOST").map_or(Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)), |value| match value.as_str() {
            "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            other => other.parse().map_err(|_| wrong("HOST", &value, "use an IP address such as 127.0.0.1")),
        })?;
        let port = given("PORT").map_or(Ok(8080), |value| {
            value.trim().parse().map_err(|_| wrong("PORT", &value, "use a number from 0 to 65535"))
        })?;
        let demo = given("DEMO").map_or(Ok(true), |value| match value.as_str() {
            "1" => Ok(true),
            "0" => Ok(false),
            _ => Err(wrong("DEMO", &value, "use 1 to load a demo company on first start, or 0 to start empty")),
        })?;
        if demo && !host.is_loopback() {
            return Err(Problem::demo_in_public(host));
        }
        Ok(Self { host, port, data: given("DATA").map_or_else(|| PathBuf::from(".steward"), PathBuf::from), demo })
    }
}

fn wrong(name: &'static str, value: &str, need: &'static str) -> Problem {
    Problem::Setting { name, value: value.to_owned(), need }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Settings, Problem> {
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
