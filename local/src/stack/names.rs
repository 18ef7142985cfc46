//! Names of the stack's resources.

/// Region used to sign requests.
pub(super) const REGION: &str = "us-east-1";
/// The main table.
pub(super) const TABLE: &str = "steward";
/// The table of wrapped keys.
pub(super) const KEYS_TABLE: &str = "steward-keys";
/// Sender address of all mail.
pub(super) const MAIL_ADDRESS: &str = "steward@localhost";
