//! The Products workspace: products, requirements, assets, tasks, milestones and their figures.

pub mod asset;
pub mod attachment;
pub mod baseline;
pub mod comment;
pub mod deadline;
pub mod figures;
pub mod milestone;
pub mod priority;
pub mod product;
pub mod product_deletion;
pub mod rank;
pub mod requirement;
pub mod rule;
pub mod task;
pub mod task_status;
pub mod team;
