//! What is due to be sent: found in a sparse, sharded index, claimed, sent, recorded.
//!
//! An item that is due has its place in `gsi2`: the partition of its shard, and in `gsi2sk` the time from which on it is to
//! be looked at. Claiming moves that time ahead by a lease, on the condition that it is still what was read: of several
//! senders one gets it, and when that one dies it is looked at again after the lease. Recording removes it from the index,
//! or moves it to its next time.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt as _};

use crate::app::App;
use crate::page::{List, Order, Source};
use crate::table::{self, Item, Key};
use kernel::error::{self, Error};
use kernel::time::Timestamp;

/// Into how many partitions what is due is spread: each takes 1,000 writes a second.
pub const SHARDS: u8 = 8;
/// How long a sender has, in seconds, before what it took is looked at again; longer than any run takes.
const LEASE: i64 = 300;
/// How often sending is tried before it has failed. With the pauses between, that is some 16 hours.
pub const MOST_ATTEMPTS: u32 = 12;
/// The first pause after a failed try, in seconds; each further one is twice as long, up to the longest.
const FIRST_PAUSE: i64 = 60;
const LONGEST_PAUSE: i64 = 4 * 3600;
/// How many are read from a shard at once.
const PAGE: usize = 100;

/// How much one run may do.
#[derive(Debug, Clone)]
pub struct Limits {
    /// What counts as now: what is to be looked at by then is due.
    pub now: Timestamp,
    /// After this long nothing more is begun; what is left waits for the next run.
    pub budget: Duration,
    /// How many are sent at once.
    pub at_once: usize,
}

impl Default for Limits {
    /// Fits a function that runs every minute with a time-out of 60 seconds.
    fn default() -> Self {
        Self { now: Timestamp::now(), budget: Duration::from_secs(45), at_once: 10 }
    }
}

/// What became of one that was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was sent and recorded.
    Sent,
    /// Sending failed; it is tried again later.
    PutOff,
    /// Sending failed for the last time, or it may not be sent at all.
    GivenUp,
    /// Someone else had it.
    Passed,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// How many were sent.
    pub sent: usize,
    /// How many are tried again later.
    pub put_off: usize,
    /// How many were given up.
    pub given_up: usize,
    /// How many someone else had.
    pub passed: usize,
    /// How many failed on the way, by a defect or because the table did not answer; they are looked at again.
    pub broken: usize,
    /// Whether time ran out before all that was due was looked at.
    pub left: bool,
}

/// Partition of a shard of what is due, of the kind `kind` (`REMINDER`, `MAIL`).
#[must_use]
pub fn shard(kind: &str, id: uuid::Uuid) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, id.as_bytes());
    partition(kind, hash.as_ref()[0] % SHARDS)
}

fn partition(kind: &str, shard: u8) -> String {
    format!("DUE#{kind}#{shard}")
}

/// Place of something that is to be looked at from `at` on.
#[must_use]
pub fn place(at: Timestamp, id: impl std::fmt::Display) -> String {
    format!("{at}#{id}")
}

/// Whether something whose place was moved to `place` may be with the one who sends it: then it was moved by a lease's time at
/// most. What waits longer after a failed try is with nobody.
#[must_use]
pub fn may_be_leased(place: &str, now: Timestamp) -> bool {
    let at = place.split_once('#').and_then(|(at, _)| at.parse::<Timestamp>().ok());
    at.is_some_and(|at| at > now && at <= now.plus_seconds(LEASE))
}

/// Gives each that is due to `send` until the time is over.
pub async fn run<F, Work>(app: &App, kind: &str, limits: &Limits, send: F) -> Result<Report, Error>
where
    F: Fn(Claim) -> Work,
    Work: Future<Output = Result<Outcome, Error>>,
{
    let started = Instant::now();
    let mut report = Report::default();
    let mut open: Vec<(u8, Option<String>)> = (0..SHARDS).map(|shard| (shard, None)).collect();
    while !open.is_empty() && !report.left {
        let reads = open.iter().map(|(shard, after)| due(app, kind, *shard, after.as_deref(), limits.now));
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
    tracing::info!(kind, ?report, "a sending run ended");
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
                tracing::error!(error = %error::chain(&error), "one that is due was not sent");
                self.broken += 1;
            }
        }
    }
}

/// One page of what is to be looked at by `now` in a shard, and where to go on.
pub async fn due(
    app: &App,
    kind: &str,
    shard: u8,
    after: Option<&str>,
    now: Timestamp,
) -> Result<(Vec<Item>, Option<String>), Error> {
    let source = Source::index("gsi2", partition(kind, shard));
    let mut list = List::new("due", source, Order::Ascending);
    // Every place of this very moment begins with it and goes on with `#`, which sorts before `~`.
    list.to = Some(format!("{now}~"));
    list.read(app, after, PAGE).await
}

/// Something that is due, as it was seen; nobody has it yet.
#[derive(Debug, Clone)]
pub struct Claim {
    key: Key,
    seen: String,
    id: String,
    now: Timestamp,
}

/// Something that is due and ours until the lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The item as it is now, its tries counted in `card.attempts`.
    pub item: Item,
    key: Key,
    lease: String,
    id: String,
    now: Timestamp,
}

impl Claim {
    /// Reads an item that has a place among what is due.
    #[must_use]
    pub fn read(item: &Item, now: Timestamp) -> Option<Self> {
        let key = Key::new(table::text(item, "pk")?, table::text(item, "sk")?);
        let seen = table::text(item, "gsi2sk")?.to_owned();
        let id = seen.split_once('#')?.1.to_owned();
        Some(Self { key, seen, id, now })
    }

    /// Takes it, unless someone else has. Counts the try.
    pub async fn take(self, app: &App) -> Result<Option<Claimed>, Error> {
        let lease = place(self.now.plus_seconds(LEASE), &self.id);
        let text = |text: &str| AttributeValue::S(text.into());
        let taken = app
            .table()
            .client()
            .update_item()
            .table_name(app.table().name())
            .key("pk", text(&self.key.pk))
            .key("sk", text(&self.key.sk))
            .update_expression("SET gsi2sk = :lease, card.attempts = card.attempts + :one")
            .condition_expression("gsi2sk = :seen")
            .expression_attribute_values(":lease", text(&lease))
            .expression_attribute_values(":seen", text(&self.seen))
            .expression_attribute_values(":one", AttributeValue::N("1".into()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        let Some(answer) = unless_moved(taken)? else { return Ok(None) };
        let item = answer.attributes.unwrap_or_default();
        Ok(Some(Claimed { item, key: self.key, lease, id: self.id, now: self.now }))
    }
}

/// A place that has moved meanwhile is no failure: someone else did it.
fn unless_moved<T>(answer: Result<T, aws_sdk_dynamodb::error::SdkError<UpdateItemError>>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) => {
            Ok(None)
        }
        Err(error) => Err(table::failure(error)),
    }
}

impl Claimed {
    /// What counts as now in this run.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// How often it was tried, this time included.
    pub fn attempts(&self) -> Result<u32, Error> {
        #[derive(serde::Deserialize)]
        struct Card {
            attempts: u32,
        }
        table::read::<Card>(&self.item, "card").map(|card| card.attempts)
    }

    /// Puts it off after a failed try, longer each time, with the reason to show. If it was changed meanwhile, the change
    /// counts.
    pub async fn put_off(&self, app: &App, reason: &str) -> Result<(), Error> {
        let pause = LONGEST_PAUSE.min(FIRST_PAUSE << (self.attempts()?.max(1) - 1).min(16));
        let text = |text: &str| AttributeValue::S(text.into());
        let moved = app
            .table()
            .client()
            .update_item()
            .table_name(app.table().name())
            .key("pk", text(&self.key.pk))
            .key("sk", text(&self.key.sk))
            .update_expression("SET gsi2sk = :next, card.last_error = :reason")
            .condition_expression("gsi2sk = :lease")
            .expression_attribute_values(":next", text(&place(self.now.plus_seconds(pause), &self.id)))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":lease", text(&self.lease))
            .send()
            .await;
        unless_moved(moved).map(drop)
    }
}

impl Claimed {
    /// Takes it out of what is due for good, in the state `sent` or `failed`. For items that hold nothing but what is to be
    /// sent; an entity is changed by its own module instead.
    pub async fn finish(&self, app: &App, state: &str, reason: Option<&str>) -> Result<(), Error> {
        let text = |text: &str| AttributeValue::S(text.into());
        let reason = reason.map_or(AttributeValue::Null(true), text);
        let done = app
            .table()
            .client()
            .update_item()
            .table_name(app.table().name())
            .key("pk", text(&self.key.pk))
            .key("sk", text(&self.key.sk))
            .update_expression("SET #state = :state, card.last_error = :reason REMOVE gsi2pk, gsi2sk")
            .condition_expression("gsi2sk = :lease")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", text(state))
            .expression_attribute_values(":reason", reason)
            .expression_attribute_values(":lease", text(&self.lease))
            .send()
            .await;
        unless_moved(done).map(drop)
    }
}
