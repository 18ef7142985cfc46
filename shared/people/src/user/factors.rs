//! Which second factors a user has set up. The factors themselves are items of their own; see [`crate::factor`].

use serde::{Deserialize, Serialize, Serializer};

/// The second factors of a user, stored with the user so that a sign-in knows them without another read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    /// Whether the user has an authenticator app.
    pub totp: bool,
    /// Number of passkeys.
    pub passkeys: u32,
}

impl Factors {
    /// Whether there is any.
    #[must_use]
    pub fn any(self) -> bool {
        self.totp || self.passkeys > 0
    }

    /// The factors for the audit trail.
    #[must_use]
    pub(super) fn lines(self) -> Vec<String> {
        let totp = self.totp.then(|| "authenticator app".to_owned());
        let passkeys = (self.passkeys > 0).then(|| format!("passkeys: {}", self.passkeys));
        totp.into_iter().chain(passkeys).collect()
    }
}

/// Serializes only whether there is any.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
pub(super) fn any<S: Serializer>(factors: &Factors, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(factors.any())
}
