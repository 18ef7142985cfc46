//! The scanner that looks for malware in a file before it is released, beside the check of its structure.

use std::fmt;
use std::sync::Arc;

/// What a scanner says about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// It has not finished.
    Pending,
    /// It found nothing.
    Clean,
    /// It found malware.
    Threat,
    /// It could not look into the file, for example because the file has a password.
    Unscannable,
}

/// How a scanner is asked: with the key of the waiting object.
pub type Ask = Arc<dyn Fn(&str) -> Scan + Send + Sync>;

/// The scanner of a stack.
#[derive(Clone, Default)]
pub enum Scanner {
    /// There is none; files are released once their structure is checked.
    #[default]
    Off,
    /// The store has each object scanned, and reports the result in an event of its own, before or after the one for the upload.
    Reported,
    /// Answers when it is asked. The embedded stack has such a one, and tests fill it.
    Asked(Ask),
}

impl Scanner {
    /// The scanner that is named by the environment of a function: `guardduty`, or none.
    #[must_use]
    pub fn named(name: Option<&str>) -> Option<Self> {
        match name {
            None => Some(Self::Off),
            Some("guardduty") => Some(Self::Reported),
            Some(_) => None,
        }
    }

    /// What is known about the object at `key`, of which an event may have `reported` the result.
    #[must_use]
    pub fn scan(&self, key: &str, reported: Option<Scan>) -> Scan {
        match self {
            Self::Off => Scan::Clean,
            Self::Reported => reported.unwrap_or(Scan::Pending),
            Self::Asked(ask) => ask(key),
        }
    }
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "Off",
            Self::Reported => "Reported",
            Self::Asked(_) => "Asked",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_scanner_is_accepted() {
        assert!(matches!(Scanner::named(None), Some(Scanner::Off)));
        assert!(matches!(Scanner::named(Some("guardduty")), Some(Scanner::Reported)));
        assert!(Scanner::named(Some("GuardDuty")).is_none());
    }

    #[test]
    fn nothing_is_clean_until_it_is_reported() {
        assert_eq!(Scanner::Off.scan("a", None), Scan::Clean);
        assert_eq!(Scanner::Reported.scan("a", None), Scan::Pending);
        for scan in [Scan::Clean, Scan::Threat, Scan::Unscannable] {
            assert_eq!(Scanner::Reported.scan("a", Some(scan)), scan);
        }
        let asked = Scanner::Asked(Arc::new(|key| if key == "a" { Scan::Threat } else { Scan::Pending }));
        assert_eq!((asked.scan("a", Some(Scan::Clean)), asked.scan("b", None)), (Scan::Threat, Scan::Pending));
    }
}
