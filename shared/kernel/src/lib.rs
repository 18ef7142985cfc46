//! Values and rules that stand alone: text, time, money, ids, roles and what they allow, errors, and the names of all entities, item types
//! and operations. Nothing here reads or writes anything.

mod choice;
pub mod entity;
pub mod error;
pub mod id;
pub mod interval;
pub mod item_type;
pub mod money;
pub mod operation;
pub mod policy;
pub mod request_id;
pub mod text;
pub mod time;
mod version;

pub use choice::UnknownName;
pub use entity::Entity;
pub use error::Error;
pub use item_type::ItemType;
pub use operation::Operation;
pub use version::Versioned;
