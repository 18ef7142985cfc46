//! The standing of a signed-in caller: whether what their access token says still holds.
//!
//! A token is valid for minutes, and in that time its user may be disabled or get other roles, or its session may end. So each signed-in
//! request reads the caller's user and session, both in one strongly consistent call that runs while the handler does its own reads.
//! Nothing is written, presigned or answered before that call has confirmed the standing (`docs/decisions/0026-standing.md`).

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::future::FutureExt as _;
use lru::LruCache;
use serde::Deserialize;

use crate::table::gate::{self, Verdict};
use crate::table::{self, Condition, Item, Key, Table, Transaction};
use kernel::Error;
use kernel::error;
use kernel::id::{SessionId, UserId};
use kernel::policy::Roles;
use kernel::time::Timestamp;

/// How long a process may answer reads from a good standing that it has seen. Writes, and reads that carry data away, never rely on it.
const REMEMBERED_FOR: Duration = Duration::from_secs(30);
/// Maximum number of good standings that a process remembers.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(256).unwrap();
/// What `card.status` of a user who can sign in says.
const ACTIVE: &str = "active";

/// Primary key of a user.
#[must_use]
pub fn user_key(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "USER")
}

/// Primary key of a session.
#[must_use]
pub fn session_key(user: UserId, session: SessionId) -> Key {
    Key::new(format!("USER#{user}"), format!("SESSION#{session}"))
}

/// The part of a user's card that decides what they may do.
#[derive(Deserialize)]
struct Card {
    status: String,
    roles: Roles,
}

/// The roles in a user's item; `None` if the user cannot sign in.
fn roles_in(item: &Item) -> Option<Roles> {
    let card: Card = table::read(item, "card").ok()?;
    (card.status == ACTIVE).then_some(card.roles)
}

/// Whether the session in an item has not expired. DynamoDB deletes expired items hours late.
fn is_open(item: &Item) -> bool {
    table::read::<i64>(item, "expires_at").is_ok_and(|expires_at| expires_at > Timestamp::now().as_second())
}

/// The present roles of a user; `None` if they cannot sign in or do not exist. One round trip.
pub async fn present_roles(table: &Table, user: UserId) -> Result<Option<Roles>, Error> {
    Ok(read(table, vec![user_key(user)]).await?.iter().find_map(roles_in))
}

/// The present roles of a user while their session has not ended; `None` if it has, or if they cannot sign in. One round trip.
pub async fn present_roles_in(table: &Table, user: UserId, session: SessionId) -> Result<Option<Roles>, Error> {
    let items = read(table, vec![user_key(user), session_key(user, session)]).await?;
    Ok(items.iter().find_map(roles_in).filter(|_| items.iter().any(is_open)))
}

/// Reads of these items only what decides, so that the policies of the functions need to allow no more.
async fn read(table: &Table, keys: Vec<Key>) -> Result<Vec<Item>, Error> {
    let wanted = KeysAndAttributes::builder()
        .set_keys(Some(keys.into_iter().map(Key::into_map).collect()))
        .projection_expression("pk, sk, card, expires_at")
        .consistent_read(true)
        .build()
        .map_err(Error::defect)?;
    let answer = table.client().batch_get_item().request_items(table.name(), wanted).send().await;
    let answer = answer.map_err(table::failure)?;
    if answer.unprocessed_keys.is_some_and(|unread| !unread.is_empty()) {
        return Err(Error::Unavailable("a read was throttled".into()));
    }
    Ok(answer.responses.unwrap_or_default().remove(table.name()).unwrap_or_default())
}

/// What an access token says of its caller.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// The user.
    pub user: UserId,
    /// The session that the token belongs to.
    pub session: SessionId,
    /// All roles of the user.
    pub roles: Roles,
}

impl Claim {
    /// Whether the claim holds at this moment.
    async fn holds(&self, table: &Table) -> Result<bool, Error> {
        let present = present_roles_in(table, self.user, self.session).await?;
        Ok(present.as_ref() == Some(&self.roles))
    }

    /// Makes a transaction depend on the claim: that the user is active with at least these roles, and that the session exists.
    fn require_in(&self, transaction: &mut Transaction) {
        let active = Condition::is("card.status", ACTIVE);
        let condition = self
            .roles
            .iter()
            .fold(active, |condition, role| condition.and(Condition::contains("card.roles", role.as_str())));
        let roles = self.roles.clone();
        transaction.require_of(user_key(self.user), condition, move |item| {
            item.and_then(roles_in).is_some_and(|present| present.is_superset(&roles))
        });
        let lasts = Condition::greater("expires_at", Timestamp::now().as_second());
        transaction.require_of(session_key(self.user, self.session), lasts, |item| item.is_some_and(is_open));
    }
}

/// The good standings that a process has seen: the session, the roles that the token claimed, and when.
pub(crate) struct Standings(Mutex<LruCache<SessionId, (Roles, Instant)>>);

impl Default for Standings {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED)))
    }
}

impl Standings {
    fn remembers(&self, claim: &Claim, now: Instant) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.get(&claim.session);
        known.is_some_and(|(had, at)| *had == claim.roles && now.saturating_duration_since(*at) < REMEMBERED_FOR)
    }

    fn remember(&self, claim: &Claim, at: Instant) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.put(claim.session, (claim.roles.clone(), at));
    }

    fn forget(&self, session: SessionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(&session);
    }
}

tokio::task_local! {
    /// Whether a remembered standing is not enough for the current request.
    static AFRESH: bool;
}

/// Runs the handling of a request. Returns what `work` returns only if its caller's standing is good, or if it has no caller. With
/// `afresh`, a standing that this process remembers is not enough.
pub(crate) async fn scope<F: Future>(afresh: bool, work: F) -> Result<F::Output, Error> {
    AFRESH.scope(afresh, gate::scope(work)).await
}

/// Starts the check of the current request's caller.
pub(crate) fn begin(table: &Table, standings: &Arc<Standings>, claim: Claim) -> Result<(), Error> {
    let bound = claim.clone();
    let check = || {
        let afresh = AFRESH.try_with(|afresh| *afresh).unwrap_or(true);
        if !afresh && standings.remembers(&claim, Instant::now()) {
            return std::future::ready(Verdict::Open).boxed().shared();
        }
        check(table.clone(), Arc::clone(standings), claim).boxed().shared()
    };
    let set = gate::set_up(check, || move |transaction: &mut Transaction| bound.require_in(transaction));
    if set { Ok(()) } else { Err(Error::internal("a caller outside of a request")) }
}

async fn check(table: Table, standings: Arc<Standings>, claim: Claim) -> Verdict {
    let started = Instant::now();
    match claim.holds(&table).await {
        Ok(true) => {
            standings.remember(&claim, started);
            Verdict::Open
        }
        Ok(false) => {
            standings.forget(claim.session);
            let Claim { user, session, .. } = claim;
            tracing::info!(%user, %session, "the session has ended, or the user is disabled or has other roles");
            Verdict::Refused
        }
        Err(error) => Verdict::Unknown { message: error::chain(&error).into(), retryable: error.retryable() },
    }
}

/// Waits until the standing of the current request's caller is known to be good. Called before an effect outside of the table.
pub(crate) async fn confirmed() -> Result<(), Error> {
    gate::passed().await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::policy::Role;

    #[test]
    fn a_good_standing_is_remembered_for_30_seconds() {
        let (standings, at) = (Standings::default(), Instant::now());
        let roles = Roles::from([Role::Analyst]);
        let claim = Claim { user: UserId::new(), session: SessionId::new(), roles };
        standings.remember(&claim, at);
        assert!(standings.remembers(&claim, at + Duration::from_millis(29_999)));
        assert!(!standings.remembers(&claim, at + Duration::from_secs(30)));
        let promoted = Claim { roles: Roles::from([Role::Admin]), ..claim.clone() };
        assert!(!standings.remembers(&promoted, at), "a token with other roles");
        assert!(!standings.remembers(&Claim { session: SessionId::new(), ..claim.clone() }, at));
        standings.forget(claim.session);
        assert!(!standings.remembers(&claim, at));
    }
}
