//! Transactions: writes that succeed or fail together.

use kernel::Error;

use super::condition::Condition;
use super::item::{Draft, Item, Key};
use super::write::{Act, Put, Write};

/// Maximum number of writes in a transaction.
pub const MAX_WRITES: usize = 100;

/// What the partition keys of users, of links with which a password is set, and of emails that may hold such a link begin with.
const CONCERN_USERS: [&str; 4] = ["USER#", "INVITATION#", "RESET#", "OUTBOX#"];

/// Returns the error for a failed condition, given the existing item.
pub(super) type OnFail = Box<dyn Fn(Option<&Item>) -> Error + Send + Sync>;

/// Writes that succeed or fail together, each with the error to return if its condition fails.
#[derive(Default)]
pub struct Transaction {
    pub(super) writes: Vec<(Write, OnFail)>,
    /// Index of the write that stores the response for an `Idempotency-Key`.
    pub(super) answer_at: Option<usize>,
}

impl Transaction {
    /// An empty transaction.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of writes so far; DynamoDB accepts up to 100.
    #[must_use]
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether the transaction has no writes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Adds a write; `on_fail` returns the error if its condition fails, given the existing item.
    pub fn push<A>(&mut self, write: Write<A>, on_fail: impl Fn(Option<&Item>) -> Error + Send + Sync + 'static)
    where
        Act: From<A>,
    {
        self.add(write.any(), Box::new(on_fail));
    }

    /// Not generic, so that it exists once.
    fn add(&mut self, write: Write, on_fail: OnFail) {
        self.writes.push((write, on_fail));
    }

    /// Adds a write that fails because the item has changed since it was read.
    fn push_fresh(&mut self, write: Write) {
        self.add(write, Box::new(|_| Error::StaleVersion));
    }

    /// Like [`Transaction::push`], for the write that stores a response.
    pub(crate) fn push_answer(&mut self, write: Write<Put>) {
        self.answer_at = Some(self.writes.len());
        self.push(write, |_| Error::internal("the stored response was not read"));
    }

    /// Creates an item; `on_exists` gives the error if one already exists at its key.
    pub fn create(&mut self, draft: Draft, on_exists: impl Fn(Option<&Item>) -> Error + Send + Sync + 'static) {
        self.add(Write::create(draft).any(), Box::new(on_exists));
    }

    /// Creates or replaces an item.
    pub fn put(&mut self, draft: Draft) {
        self.push_fresh(Write::put(draft).any());
    }

    /// Replaces an item that must still be at `version`.
    pub fn replace(&mut self, draft: Draft, version: u64) {
        self.replace_if(draft, Condition::as_read(version, None, None));
    }

    /// Replaces an item that must still be at `version` and `revision`. The revision counts changes that are not the item's own, such as
    /// those of an investment's cash flows.
    pub fn replace_revision(&mut self, draft: Draft, version: u64, revision: u64) {
        self.replace_if(draft, Condition::as_read(version, Some(revision), None));
    }

    fn replace_if(&mut self, draft: Draft, condition: Condition) {
        self.push_fresh(Write::put(draft).when(condition).any());
    }

    /// Deletes an item, whether or not it exists.
    pub fn delete(&mut self, key: Key) {
        self.push_fresh(Write::delete(key).any());
    }

    /// Deletes an item that must be unchanged since it was read: still at `version`, and at `revision` and `position` in `gsi2` if given.
    pub fn delete_at(&mut self, key: Key, version: u64, revision: Option<u64>, position: Option<&str>) {
        self.push_fresh(Write::delete(key).when(Condition::as_read(version, revision, position)).any());
    }

    /// Requires that the item at `key` meets `condition` when the transaction commits.
    pub fn require(
        &mut self,
        key: Key,
        condition: Condition,
        on_fail: impl Fn(Option<&Item>) -> Error + Send + Sync + 'static,
    ) {
        self.add(Write::check(key, condition).any(), Box::new(on_fail));
    }

    /// Requires that the item at `key` meets `condition` when the transaction commits, also if the transaction itself writes that item: an
    /// item may appear only once. `meets` tells by the existing item whether it was this condition that failed.
    pub(crate) fn require_of(
        &mut self,
        key: Key,
        condition: Condition,
        meets: impl Fn(Option<&Item>) -> bool + Send + Sync + 'static,
    ) {
        let Some(at) = self.writes.iter().position(|(write, _)| write.is_of(&key)) else {
            return self.require(key, condition, |_| Error::Unauthenticated);
        };
        let (write, on_fail) = self.writes.remove(at);
        let on_fail = move |item: Option<&Item>| if meets(item) { on_fail(item) } else { Error::Unauthenticated };
        self.writes.insert(at, (write.when(condition), Box::new(on_fail)));
    }

    /// Whether the transaction writes a user or anything that decides whether and as what they can sign in, or deletes a key.
    pub(crate) fn concerns_users(&self) -> bool {
        self.writes.iter().any(|(write, _)| match (&write.act, &write.table) {
            (Act::Delete(_), Some(_)) => true,
            (Act::Check(_), _) | (_, Some(_)) => false,
            (_, None) => CONCERN_USERS.iter().any(|prefix| write.key().pk.starts_with(prefix)),
        })
    }
}
