//! Sequential numbers for requirements and tasks: unique within a product, without gaps, never reused.
//!
//! The last numbers used are stored in a separate item beside the product and are read together with it. The transaction that uses the next
//! number is conditional on nobody else having taken it; on a conflict, the caller reads the counter again and retries.

use super::access::{Belongs, permitted};
use super::item::{self, LoadedProduct};
use kernel::error::Error;
use kernel::id::ProductId;
use kernel::policy::{Action, Scope};
use kernel::{ItemType, Operation};
use platform::Work;
use platform::app::App;
use platform::caller::Caller;
use platform::retry::{Policy, Retry};
use platform::table::{self, Condition, Key, Transaction, Write};

/// The entity being numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Requirements: `ORB-R12`.
    Requirement,
    /// Tasks: `ORB-12`.
    Task,
}

impl Kind {
    fn attribute(self) -> &'static str {
        match self {
            Self::Requirement => "requirements",
            Self::Task => "tasks",
        }
    }

    /// The operation that takes numbers of this kind.
    fn operation(self) -> Operation {
        match self {
            Self::Requirement => Operation::RequirementCreate,
            Self::Task => Operation::TaskCreate,
        }
    }
}

/// The state that creating a numbered entity starts from.
pub struct Start {
    /// The product, which is open to changes.
    pub product: LoadedProduct,
    /// The scope in which the caller is permitted to act.
    pub scope: Scope,
    /// The last number used.
    pub last: u64,
}

fn key(id: ProductId) -> Key {
    Key::new(item::partition(id), "NUMBERS")
}

/// Loads the product, if the caller is permitted to `action` there, and the last number of its `kind`. One round trip.
async fn start(app: &App, caller: &Caller, action: Action, id: ProductId, kind: Kind) -> Result<Start, Error> {
    let scope = caller.allow(action)?;
    let (product, numbers) = (item::item_key(id), key(id));
    let found = app.table().get_many(vec![product.clone(), numbers.clone()]).await?;
    let at = |key: &Key| found.iter().find(|item| table::text(item, "sk") == Some(key.sk.as_str()));
    let product = permitted(caller, action, scope, at(&product))?.writable()?;
    let last = match at(&numbers) {
        Some(numbers) if numbers.contains_key(kind.attribute()) => table::read(numbers, kind.attribute())?,
        _ => 0,
    };
    Ok(Start { product, scope, last })
}

/// Adds a conditional write that claims the `count` numbers after `last`, from `last + 1` to `last + count`. Fails with the conflict
/// `number_taken` if another request has claimed any of them.
fn take(transaction: &mut Transaction, id: ProductId, kind: Kind, last: u64, count: u64) {
    let name = kind.attribute();
    let untaken = if last == 0 { Condition::absent(name) } else { Condition::is(name, last) };
    let update = Write::update(key(id)).set("type", ItemType::Numbers.as_str()).set(name, last + count);
    transaction.push(update.when(untaken), |_| {
        Error::conflict("number_taken", "Other people are adding to this product right now. Try again.")
    });
}

/// A request for numbers of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub kind: Kind,
    /// How many numbers to claim.
    pub count: usize,
    /// Users who must own the product or be members of it.
    pub belongs: &'a [Belongs],
}

impl Wanted<'_> {
    /// Requests a single number.
    pub fn one(kind: Kind) -> Self {
        Self { kind, count: 1, belongs: &[] }
    }
}

/// Runs `run` with a unit of work that claims the next number of `kind`, retrying with a later number if another request takes it first.
/// Two round trips without a conflict. The work requires the product as [`super::require`] does.
pub async fn numbered<'a, T, F>(
    app: &'a App,
    caller: &'a Caller,
    action: Action,
    id: ProductId,
    kind: Kind,
    run: impl Fn(LoadedProduct, u64, Work<'a>) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    numbered_with(app, caller, action, id, Wanted::one(kind), run).await
}

/// Like [`numbered`], but claims as many numbers as wanted and passes the first one to `run`.
pub(crate) async fn numbered_with<'a, T, F>(
    app: &'a App,
    caller: &'a Caller,
    action: Action,
    id: ProductId,
    wanted: Wanted<'_>,
    run: impl Fn(LoadedProduct, u64, Work<'a>) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let Wanted { kind, count, belongs } = wanted;
    let count = u64::try_from(count).map_err(Error::defect)?;
    let mut retry = Retry::new(Policy::Contended);
    loop {
        let Start { product, scope, last } = start(app, caller, action, id, kind).await?;
        let mut work = Work::new(app, caller, kind.operation());
        take(&mut work, id, kind, last, count);
        super::require_with(&mut work, caller, action, scope, id, belongs);
        match run(product, last + 1, work).await {
            Err(Error::Conflict { code: "number_taken", .. }) if retry.again().await => {}
            done => return done,
        }
    }
}
