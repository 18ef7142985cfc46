//! The Products workspace: products, requirements, assets, tasks, milestones and their figures.

pub mod asset;
pub mod attachment;
pub mod baseline;
pub mod comment;
pub mod figures;
pub mod milestone;
pub mod priority;
pub mod product;
pub mod rank;
pub mod requirement;
pub mod rule;
pub mod task;
