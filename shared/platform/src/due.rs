//! Delivery of due items: found in a sparse, sharded index, claimed, sent, recorded.
//!
//! A due item has a position in `gsi2`: its shard's partition, and in `gsi2sk` the time from which it should be processed. Claiming
//! an item moves that time forward by a lease, on condition that it has not changed since it was read: only one of several
//! senders succeeds, and if that sender dies, the item becomes due again when the lease ends. Recording the result removes the
//! item from the index or moves it to its next due time.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt as _};

use crate::app::App;
use crate::page::{List, Order, Source};
use crate::table::{self, Attribute, Condition, Item, Key, Updated, Write};
use kernel::error::{self, Error};
use kernel::time::Timestamp;

/// Number of partitions that due items are spread across; each handles 1,000 writes per second.
pub const SHARDS: u8 = 8;
/// Lease in seconds: how long a claimed item stays with its sender before it becomes due again; longer than any run.
const LEASE: i64 = 300;
/// Number of attempts before sending is considered failed. Including the delays, that is about 16 hours.
pub const MAX_ATTEMPTS: u32 = 12;
/// Delay after the first failed attempt, in seconds; doubles with each further attempt, up to the maximum.
const FIRST_PAUSE: i64 = 60;
const LONGEST_PAUSE: i64 = 4 * 3600;
/// Number of items read from a shard at once.
const PAGE: usize = 100;

/// Limits of a single run.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The current time for this run: everything due by then is processed.
    pub now: Timestamp,
    /// After this long, no new item is started; the rest waits for the next run.
    pub budget: Duration,
    /// Number of items sent concurrently.
    pub at_once: usize,
}

impl Default for Limits {
    /// Suits a function that runs every minute with a time-out of 60 seconds.
    fn default() -> Self {
        Self { now: Timestamp::now(), budget: Duration::from_secs(45), at_once: 10 }
    }
}

/// Result of processing a due item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Sent and recorded.
    Sent,
    /// Sending failed; it will be retried.
    PutOff,
    /// The last attempt failed, or the item must not be sent at all.
    GivenUp,
    /// Another sender claimed it.
    Passed,
}

/// Summary of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Number of items sent.
    pub sent: usize,
    /// Number of items that will be retried.
    pub put_off: usize,
    /// Number of items given up on.
    pub given_up: usize,
    /// Number of items claimed by another sender.
    pub passed: usize,
    /// Number of items that failed because of a bug or because the table did not respond; they become due again.
    pub broken: usize,
    /// Whether time ran out before every due item was processed.
    pub left: bool,
}

/// Partition of the shard for due items of the kind `kind` (`REMINDER`, `MAIL`).
#[must_use]
pub fn shard(kind: &str, id: uuid::Uuid) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, id.as_bytes());
    partition(kind, hash.as_ref()[0] % SHARDS)
}

fn partition(kind: &str, shard: u8) -> String {
    format!("DUE#{kind}#{shard}")
}

/// Index position of an item that is due at `at`.
#[must_use]
pub fn place(at: Timestamp, id: impl std::fmt::Display) -> String {
    format!("{at}#{id}")
}

/// Whether an item moved to `place` may currently be leased by a sender: a lease moves it forward by at most the lease duration.
/// An item waiting longer than that for a retry is not leased.
#[must_use]
pub fn may_be_leased(place: &str, now: Timestamp) -> bool {
    let at = place.split_once('#').and_then(|(at, _)| at.parse::<Timestamp>().ok());
    at.is_some_and(|at| at > now && at <= now.plus_seconds(LEASE))
}

/// Passes each due item to `send` until the time budget is used up.
pub async fn run<F, Work>(app: &App, kind: &str, limits: &Limits, send: F) -> Result<Report, Error>
where
    F: Fn(Claim) -> Work,
    Work: Future<Output = Result<Outcome, Error>>,
{
    let started = Instant::now();
    let mut report = Report::default();
    let mut open: Vec<(u8, Option<String>)> = (0..SHARDS).map(|shard| (shard, None)).collect();
    while !open.is_empty() && !report.left {
        let reads = open.iter().map(|(shard, after)| due_page(app, kind, *shard, after.as_deref(), limits.now));
        let pages = try_join_all(reads).await?;
        let mut claims = Vec::new();
        let mut more = Vec::new();
        for ((shard, _), (items, next)) in open.iter().zip(pages) {
            claims.extend(items.iter().filter_map(|item| Claim::read(item, limits.now)));
            more.extend(next.map(|next| (*shard, Some(next))));
        }
        open = more;
        claims.sort_by(|a, b| a.seen.cmp(&b.seen));
        let within =
            |claim: Claim| async { if started.elapsed() < limits.budget { Some(send(claim).await) } else { None } };
        let work: Vec<_> = claims.into_iter().map(within).collect();
        let mut outcomes = stream::iter(work).buffer_unordered(limits.at_once);
        while let Some(outcome) = outcomes.next().await {
            report.count(outcome);
        }
    }
    tracing::info!(kind, ?report, "delivery run finished");
    Ok(report)
}

impl Report {
    fn count(&mut self, outcome: Option<Result<Outcome, Error>>) {
        match outcome {
            None => self.left = true,
            Some(Ok(Outcome::Sent)) => self.sent += 1,
            Some(Ok(Outcome::PutOff)) => self.put_off += 1,
            Some(Ok(Outcome::GivenUp)) => self.given_up += 1,
            Some(Ok(Outcome::Passed)) => self.passed += 1,
            Some(Err(error)) => {
                tracing::error!(error = %error::chain(&error), "could not send a due item");
                self.broken += 1;
            }
        }
    }
}

/// Reads one page of a shard's items that are due by `now`, and the position to continue from.
pub async fn due_page(
    app: &App,
    kind: &str,
    shard: u8,
    after: Option<&str>,
    now: Timestamp,
) -> Result<(Vec<Item>, Option<String>), Error> {
    let source = Source::index("gsi2", partition(kind, shard));
    let mut list = List::new("due", source, Order::Ascending);
    // Positions at exactly this instant start with it, followed by `#`, which sorts before `~`.
    list.to = Some(format!("{now}~"));
    list.read(app, after, PAGE).await
}

/// A due item as read; not claimed yet.
#[derive(Debug, Clone)]
pub struct Claim {
    key: Key,
    seen: String,
    id: String,
    now: Timestamp,
}

/// A due item that this sender holds until the lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The item's current state; attempts are counted in `card.attempts`.
    pub item: Item,
    key: Key,
    lease: String,
    id: String,
    now: Timestamp,
}

impl Claim {
    /// Reads an item that has a due position.
    #[must_use]
    pub fn read(item: &Item, now: Timestamp) -> Option<Self> {
        let key = Key::new(table::text(item, "pk")?, table::text(item, "sk")?);
        let seen = table::text(item, "gsi2sk")?.to_owned();
        let id = seen.split_once('#')?.1.to_owned();
        Some(Self { key, seen, id, now })
    }

    /// Claims the item unless another sender has claimed it. Counts the attempt.
    pub async fn take(self, app: &App) -> Result<Option<Claimed>, Error> {
        let lease = place(self.now.plus_seconds(LEASE), &self.id);
        let update = Write::update(self.key.clone()).set("gsi2sk", lease.as_str()).increase("card.attempts", 1);
        let taken = app.table().update_and_get(update.when(Condition::is("gsi2sk", self.seen))).await?;
        let Updated::Done(item) = taken else { return Ok(None) };
        Ok(Some(Claimed { item, key: self.key, lease, id: self.id, now: self.now }))
    }
}

impl Claimed {
    /// The current time for this run.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Number of attempts, including this one.
    pub fn attempts(&self) -> Result<u32, Error> {
        #[derive(serde::Deserialize)]
        struct Card {
            attempts: u32,
        }
        table::read::<Card>(&self.item, "card").map(|card| card.attempts)
    }

    /// Reschedules the item after a failed attempt, with a longer delay each time, and stores the reason for display. If the item was
    /// changed in the meantime, that change takes precedence.
    pub async fn put_off(&self, app: &App, reason: &str) -> Result<(), Error> {
        let pause = LONGEST_PAUSE.min(FIRST_PAUSE << (self.attempts()?.max(1) - 1).min(16));
        let next = place(self.now.plus_seconds(pause), &self.id);
        let update = Write::update(self.key.clone()).set("gsi2sk", next).set("card.last_error", reason);
        app.table().update(update.when(Condition::is("gsi2sk", self.lease.as_str()))).await.map(drop)
    }

    /// Removes the item from the due index for good, with the state `sent` or `failed`. For items that contain only what is to be sent;
    /// entities are changed by their own modules.
    pub async fn finish(&self, app: &App, state: &str, reason: Option<&str>) -> Result<(), Error> {
        let reason = reason.map_or_else(Attribute::null, Attribute::from);
        let update = Write::update(self.key.clone()).set("state", state).set("card.last_error", reason);
        let update = update.remove("gsi2pk").remove("gsi2sk");
        app.table().update(update.when(Condition::is("gsi2sk", self.lease.as_str()))).await.map(drop)
    }
}
