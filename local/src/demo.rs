//! The demo company, loaded through the API on first start, so that audit trail and notifications exist as in real use.
//!
//! Loading survives a kill at any moment: every request carries an idempotency key, and the next start goes on.

mod company;
mod loader;

use jiff::Timestamp;

use crate::problem::Problem;
use crate::stack::Stack;
use loader::Loader;

/// Under which name the journal knows how far the demo is.
const FACT: &str = "demo";
const LOADED: &str = "loaded";

/// How to sign in to the demo company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignIn {
    /// The admin's name.
    pub username: &'static str,
    /// The other users' names: two relationship managers and an analyst.
    pub others: [&'static str; 3],
    /// Everyone's password, as loaded.
    pub password: &'static str,
}

/// The sign-in details of the demo.
pub const SIGN_IN: SignIn = SignIn {
    username: company::ADMIN.username,
    others: [company::PEOPLE[0].username, company::PEOPLE[1].username, company::PEOPLE[2].username],
    password: "welcome-to-steward",
};

/// Whether the stack holds the demo company, whose password is public.
pub fn is_loaded(stack: &Stack) -> Result<bool, Problem> {
    Ok(stack.fact(FACT)?.is_some())
}

/// Loads the demo company into a stack that nobody set up yet, or goes on where a killed process stopped. Answers how to
/// sign in if the stack holds the demo, none if it holds something else.
pub async fn load(stack: &Stack) -> Result<Option<SignIn>, Problem> {
    let begun = match stack.fact(FACT)?.as_deref() {
        Some(LOADED) => return Ok(Some(SIGN_IN)),
        Some(at) => at.parse().unwrap_or_else(|_| Timestamp::now()),
        None if Loader::is_set_up(stack).await? => return Ok(None),
        None => {
            let now = Timestamp::now();
            stack.set_fact(FACT, &now.to_string())?;
            now
        }
    };
    Loader::new(stack, begun).load().await?;
    stack.set_fact(FACT, LOADED)?;
    Ok(Some(SIGN_IN))
}
