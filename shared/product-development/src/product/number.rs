//! Numbers of requirements and tasks: counted within their product, without gaps, never given twice.
//!
//! The last numbers stand in an item of their own beside the product. It is read together with the product, and the
//! transaction that uses the next number takes it only if nobody else has: the loser reads again.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::access::{Belongs, permitted};
use super::item::{self, Loaded};
use kernel::error::Error;
use kernel::id::ProductId;
use kernel::policy::{Action, Scope};
use platform::app::App;
use platform::caller::Caller;
use platform::table::{self, Key, Transaction, pause};

/// How often a number that someone else took is asked for again.
const TRIES: u32 = 8;

/// What is numbered.
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
}

/// What creating something numbered begins with.
pub struct Start {
    /// The product, open to changes.
    pub product: Loaded,
    /// How far the caller may do it.
    pub scope: Scope,
    /// The last number given.
    pub last: u64,
}

fn key(id: ProductId) -> Key {
    Key::new(item::partition(id), "NUMBERS")
}

/// The product, if the caller may `action` there, and the last number of its `kind`. One round trip.
async fn start(app: &App, caller: &Caller, action: Action, id: ProductId, kind: Kind) -> Result<Start, Error> {
    let scope = caller.allow(action)?;
    let found = app.table().get_many(vec![item::item_key(id), key(id)]).await?;
    let of = |sk: &str| found.iter().find(|item| table::text(item, "sk") == Some(sk));
    let product = permitted(caller, action, scope, of("PRODUCT"))?.writable()?;
    let last = match of("NUMBERS") {
        Some(numbers) if numbers.contains_key(kind.attribute()) => table::read(numbers, kind.attribute())?,
        _ => 0,
    };
    Ok(Start { product, scope, last })
}

/// Takes `count` numbers after `last` in the transaction: they are `last + 1` to `last + count`. Somebody else having taken one
/// of them is the conflict `number_taken`.
fn take(
    app: &App,
    transaction: &mut Transaction,
    id: ProductId,
    kind: Kind,
    last: u64,
    count: u64,
) -> Result<(), Error> {
    let name = kind.attribute();
    let update = app
        .table()
        .update_of(key(id))
        .update_expression("SET #type = :type, #kind = :next")
        .condition_expression(if last == 0 { "attribute_not_exists(#kind)" } else { "#kind = :last" })
        .expression_attribute_names("#type", "type")
        .expression_attribute_names("#kind", name)
        .expression_attribute_values(":type", AttributeValue::S("numbers".into()))
        .expression_attribute_values(":next", AttributeValue::N((last + count).to_string()));
    // DynamoDB refuses a value that no expression names.
    let update = if last == 0 {
        update
    } else {
        update.expression_attribute_values(":last", AttributeValue::N(last.to_string()))
    };
    let update = update.build().map_err(Error::defect)?;
    transaction.push(TransactWriteItem::builder().update(update).build(), |_| {
        Error::conflict("number_taken", "Others are adding to this product right now. Try again.")
    });
    Ok(())
}

/// How many numbers of which kind something takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// What is numbered.
    pub kind: Kind,
    /// How many numbers.
    pub count: usize,
    /// Who must own the product or belong to it.
    pub belongs: &'a [Belongs],
}

impl Wanted<'_> {
    /// One number.
    pub fn one(kind: Kind) -> Self {
        Self { kind, count: 1, belongs: &[] }
    }
}

/// Does `work` with a transaction that takes the next number of `kind`, again with a later one when somebody else took it.
/// Two round trips when nobody does. The transaction requires the product as [`super::require`] does.
pub async fn numbered<T, F>(
    app: &App,
    caller: &Caller,
    action: Action,
    id: ProductId,
    kind: Kind,
    work: impl Fn(Loaded, u64, Transaction) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    numbered_with(app, caller, action, id, Wanted::one(kind), work).await
}

/// Like [`numbered`]; the number is the first of as many as are wanted.
pub(crate) async fn numbered_with<T, F>(
    app: &App,
    caller: &Caller,
    action: Action,
    id: ProductId,
    wanted: Wanted<'_>,
    work: impl Fn(Loaded, u64, Transaction) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let Wanted { kind, count, belongs } = wanted;
    let count = u64::try_from(count).map_err(Error::defect)?;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let Start { product, scope, last } = start(app, caller, action, id, kind).await?;
        let mut transaction = Transaction::new();
        take(app, &mut transaction, id, kind, last, count)?;
        super::require_with(app, caller, action, scope, &mut transaction, id, belongs)?;
        match work(product, last + 1, transaction).await {
            Err(Error::Conflict { code: "number_taken", .. }) if attempt < TRIES => pause(attempt).await,
            done => return done,
        }
    }
}
