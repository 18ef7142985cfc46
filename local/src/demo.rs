//! The demo company, loaded through the API on first start, so that the audit trail and notifications exist as in real use.
//!
//! People and investors are loaded before the sign-in details are printed; two years of history load while the demo is in use. Activities
//! with investors carry their historical dates; the audit trail shows that they were recorded today. Loading survives a kill at any
//! moment: every request carries an idempotency key or a version, and the next start continues.

mod client;
mod company;
mod deals;
mod designs;
mod documents;
mod error;
mod files;
mod history;
mod loader;
mod plans;
mod products;
mod reminders;
mod talks;

use jiff::Timestamp;

use crate::stack::Stack;
pub use error::DemoError;
use loader::{Company, Loader};

/// Journal fact that stores the demo's progress.
const FACT: &str = "demo";
const LOADED: &str = "loaded";

/// A pseudo-random number that is the same at every start.
fn pseudo_random(index: usize, about: usize) -> usize {
    let mixed = (index + 1).wrapping_mul(0x9E37_79B1) ^ (about + 1).wrapping_mul(0x85EB_CA6B);
    (mixed ^ mixed >> 15).wrapping_mul(0x2C1B_3C6D) >> 12 & 0xFFFF
}

/// How to sign in to the demo company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignIn {
    /// The admin's username.
    pub username: &'static str,
    /// The other users' usernames: four relationship managers and an analyst, two managers and five team members.
    pub others: [&'static str; 12],
    /// The initial password of all users.
    pub password: &'static str,
}

/// Sign-in details of the demo company.
pub const SIGN_IN: SignIn = SignIn {
    username: company::ADMIN.username,
    others: [
        company::PEOPLE[0].username,
        company::PEOPLE[1].username,
        company::PEOPLE[2].username,
        company::PEOPLE[3].username,
        company::PEOPLE[4].username,
        plans::PRODUCT_PEOPLE[0].username,
        plans::PRODUCT_PEOPLE[1].username,
        plans::PRODUCT_PEOPLE[2].username,
        plans::PRODUCT_PEOPLE[3].username,
        plans::PRODUCT_PEOPLE[4].username,
        plans::PRODUCT_PEOPLE[5].username,
        plans::PRODUCT_PEOPLE[6].username,
    ],
    password: "quiet robots lift crates",
};

/// Whether the stack contains the demo company, whose password is public.
pub fn is_loaded(stack: &Stack) -> Result<bool, DemoError> {
    Ok(stack.fact(FACT)?.is_some())
}

/// A stack that contains the demo company.
pub struct Demo<'a> {
    /// How to sign in.
    pub sign_in: SignIn,
    /// The history still to be loaded.
    rest: Option<(Loader<'a>, Company)>,
    stack: &'a Stack,
}

impl Demo<'_> {
    /// Whether history is still to be loaded.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.rest.is_some()
    }

    /// Loads the history, if it is not loaded yet.
    pub async fn finish(self) -> Result<(), DemoError> {
        let Some((loader, company)) = self.rest else { return Ok(()) };
        loader.load_history(&company).await?;
        Ok(self.stack.set_fact(FACT, LOADED)?)
    }
}

/// Loads the demo company's people and investors into a stack that has not been set up yet, or continues where a killed process stopped.
/// Their history follows with [`Demo::finish`], while the demo is in use. `None` if the stack contains something else.
pub async fn load(stack: &Stack) -> Result<Option<Demo<'_>>, DemoError> {
    let begun = match stack.fact(FACT)?.as_deref() {
        Some(LOADED) => return Ok(Some(Demo { sign_in: SIGN_IN, rest: None, stack })),
        Some(at) => at.parse().unwrap_or_else(|_| Timestamp::now()),
        None if Loader::is_set_up(stack).await? => return Ok(None),
        None => {
            let now = Timestamp::now();
            stack.set_fact(FACT, &now.to_string())?;
            now
        }
    };
    let loader = Loader::new(stack, begun);
    let company = loader.load_company().await?;
    Ok(Some(Demo { sign_in: SIGN_IN, rest: Some((loader, company)), stack }))
}
