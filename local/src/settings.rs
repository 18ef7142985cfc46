//! The variables that `make run` understands: HOST, PORT, DATA and DEMO.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use crate::problem::Problem;

/// What the environment asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Address to listen on (`HOST`, 127.0.0.1).
    pub host: IpAddr,
    /// Port to listen on (`PORT`, 8080); 0 takes any free one.
    pub port: u16,
    /// Folder for everything that is kept (`DATA`, `.steward`).
    pub data: PathBuf,
    /// Whether a demo company is loaded on first start (`DEMO`, 1).
    pub demo: bool,
}

impl Settings {
    /// Reads the settings through `variable`; one that is unset or empty takes its default.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Problem> {
        let given = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let host = given("HOST").map_or(Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)), |value| match value.as_str() {
            "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            other => other.parse().map_err(|_| wrong("HOST", &value, "give an IP address such as 127.0.0.1")),
        })?;
        let port = given("PORT").map_or(Ok(8080), |value| {
            value.trim().parse().map_err(|_| wrong("PORT", &value, "give a number from 0 to 65535"))
        })?;
        let demo = given("DEMO").map_or(Ok(true), |value| match value.as_str() {
            "1" => Ok(true),
            "0" => Ok(false),
            _ => Err(wrong("DEMO", &value, "give 1 for a demo company on first start or 0 to start empty")),
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
    fn nothing_set_means_loopback_8080_with_a_demo() {
        let settings = read(&[("PORT", "")]).unwrap();
        assert_eq!(settings.host.to_string(), "127.0.0.1");
        assert_eq!((settings.port, settings.demo), (8080, true));
        assert_eq!(settings.data, PathBuf::from(".steward"));
    }

    #[test]
    fn every_variable_is_heard() {
        let settings = read(&[("HOST", "::1"), ("PORT", "9000"), ("DATA", "/srv/s"), ("DEMO", "0")]).unwrap();
        assert_eq!((settings.host.to_string().as_str(), settings.port, settings.demo), ("::1", 9000, false));
        assert_eq!(settings.data, PathBuf::from("/srv/s"));
    }

    #[test]
    fn a_value_that_cannot_be_used_is_named_with_what_to_do() {
        for (name, value) in [("PORT", "abc"), ("PORT", "70000"), ("HOST", "nowhere"), ("DEMO", "yes")] {
            let line = read(&[(name, value)]).unwrap_err().to_string();
            assert!(line.starts_with(&format!("{name}={value} is invalid: ")), "{line}");
            assert!(!line.contains('\n'));
        }
    }

    #[test]
    fn a_demo_is_never_opened_to_the_network() {
        assert!(read(&[("HOST", "0.0.0.0")]).is_err());
        assert!(read(&[("HOST", "0.0.0.0"), ("DEMO", "0")]).is_ok());
    }
}
