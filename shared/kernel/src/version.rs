//! Versions of entities, for optimistic concurrency.

/// An entity whose version is sent as an `ETag`.
pub trait Versioned {
    /// Version number; starts at 1 and increases with each change.
    fn version(&self) -> u64;
}
