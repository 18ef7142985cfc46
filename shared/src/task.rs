//! Tasks: what is to be done for a product.

mod status;

pub use status::Status;
