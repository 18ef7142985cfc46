//! One counter: an item with a count, the end of its window, and the end of its lock.

use super::rule::{Rule, Success};
use kernel::ItemType;
use kernel::error::Error;
use kernel::time::Timestamp;
use platform::app::App;
use platform::keys::Roots;
use platform::table::{self, Condition, Item, Key, Updated, Write};

/// How often a counter is tried again whose window ended, and which another try began anew at the same moment.
const ROUNDS: u32 = 4;

/// A counter.
#[derive(Debug)]
pub(super) struct Counter {
    rule: &'static Rule,
    key: Key,
}

/// Whether a try may be made.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It may, and was counted.
    Open(Taken),
    /// It may not before `until`; `first` if it is the first one that this lock refuses.
    Locked { rule: &'static Rule, until: i64, first: bool },
}

/// A counted try.
#[derive(Debug)]
pub(super) struct Taken {
    counter: Counter,
    /// The end of the lock that the try set, if it set one.
    locked_until: Option<i64>,
}

impl Counter {
    /// The counter of `what` under `rule`. Its key is a keyed hash, because people type passwords into the field for the name.
    pub fn new(root: &Roots, rule: &'static Rule, what: &str) -> Self {
        let hash = root.lookup("limit", &format!("{}\0{what}", rule.name));
        Self { rule, key: Key::new(format!("LIMIT#{hash}"), "LIMIT") }
    }

    /// Forgets all tries.
    pub async fn clear(self, app: &App) -> Result<(), Error> {
        app.table().delete(self.key).await
    }

    /// Counts a try. One conditional update; a second one if the try uses up what is free, or is the first in a new window.
    pub async fn count(self, app: &App) -> Result<Outcome, Error> {
        for _ in 0..ROUNDS {
            let now = Timestamp::now().as_second();
            let count = Write::update(self.key.clone()).add("count", 1).set("type", ItemType::Limit.as_str());
            let count = if self.rule.sliding {
                count.set("expires_at", now + self.rule.window)
            } else {
                count.set_if_absent("expires_at", now + self.rule.window)
            };
            let live = Condition::absent("expires_at").or(Condition::greater("expires_at", now));
            let open = Condition::absent("locked_until").or(Condition::at_most("locked_until", now));
            let item = match app.table().update_and_get(count.when(live).when(open)).await? {
                Updated::Done(item) => return self.lock(app, now, &item).await,
                Updated::Refused(item) => item.unwrap_or_default(),
            };
            let ends: i64 = number(&item, "expires_at")?;
            if ends > now {
                return self.refused(app, &item).await;
            }
            // DynamoDB deletes expired items late.
            let anew = Write::update(self.key.clone())
                .set("count", 1)
                .set("expires_at", now + self.rule.window)
                .remove("locked_until")
                .remove("refused_until")
                .when(Condition::is("expires_at", ends));
            if app.table().update(anew).await? {
                return Ok(Outcome::Open(Taken { counter: self, locked_until: None }));
            }
        }
        Err(Error::Unavailable("too much contention on a limit".into()))
    }

    /// Sets the next lock if the free tries are used up. The try must win the right to set it: of those that come at once, one goes on.
    async fn lock(self, app: &App, now: i64, item: &Item) -> Result<Outcome, Error> {
        let count = number(item, "count")?;
        let Some(until) = self.rule.lock(count, now, number(item, "expires_at")?) else {
            return Ok(Outcome::Open(Taken { counter: self, locked_until: None }));
        };
        let lock = Write::update(self.key.clone()).set("locked_until", until).when(Condition::is("count", count));
        if app.table().update(lock).await? {
            return Ok(Outcome::Open(Taken { counter: self, locked_until: Some(until) }));
        }
        Ok(Outcome::Locked { rule: self.rule, until, first: false })
    }

    /// The lock that refused a try, marked if this is the first one.
    async fn refused(self, app: &App, item: &Item) -> Result<Outcome, Error> {
        let until = number(item, "locked_until")?;
        let unmarked = Condition::absent("refused_until").or(Condition::less("refused_until", until));
        let mark = Write::update(self.key).set("refused_until", until).when(Condition::is("locked_until", until));
        let first = number(item, "refused_until")? < until && app.table().update(mark.when(unmarked)).await?;
        Ok(Outcome::Locked { rule: self.rule, until, first })
    }
}

/// A number of a counter; 0 if it has none.
fn number(item: &Item, name: &str) -> Result<i64, Error> {
    if item.contains_key(name) { table::read(item, name) } else { Ok(0) }
}

impl Taken {
    /// Uncounts a try that succeeded.
    pub async fn succeeded(self, app: &App) -> Result<(), Error> {
        let Counter { rule, key } = self.counter;
        match rule.success {
            Success::Counts => Ok(()),
            Success::Clears => app.table().delete(key).await,
            Success::Refunds => {
                let refund = Write::update(key).add("count", -1);
                let refund = match self.locked_until {
                    Some(until) => refund.remove("locked_until").when(Condition::is("locked_until", until)),
                    None => refund.when(Condition::exists("pk")),
                };
                // If the counter began anew in the meantime, there is nothing to take back.
                app.table().update(refund).await.map(drop)
            }
        }
    }
}
