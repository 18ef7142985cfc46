//! Data that enters and leaves Steward as files: imports, exports, reports.

pub mod cell;
pub mod export;
pub mod import;
pub mod report;
