//! Finding things in both workspaces: search, and the audit trail of any entity.

pub mod search;
pub mod trail;
