//! The Investors workspace: investors, activities, investments, documents, reminders and their figures.

pub mod activity;
pub mod analytics;
pub mod cash_flow;
pub mod document;
pub mod holdings;
pub mod investment;
pub mod investor;
pub mod merge;
pub mod reminder;
pub mod returns;
pub mod timeline;
