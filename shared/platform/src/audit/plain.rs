//! Audit records for entities without personal data.

use super::{Fields, Subject};
use kernel::Versioned;

/// An entity whose fields are stored in the audit trail as plain text: a product or one of its children.
pub trait Plain: Versioned {
    /// The subject of its records.
    fn subject(&self) -> Subject;
    /// The fields to compare.
    fn fields(&self) -> Fields;
}
