//! Recovery codes: ten codes that each replace the second factor once.
//!
//! A code has 120 random bits, so a plain hash of it cannot be reversed. The hashes are bound to the user.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use totp_rs::Secret;

use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::time::Timestamp;
use platform::app::App;
use platform::hash::sha256;
use platform::secret;
use platform::table::{self, Condition, Draft, Item, Key, Transaction, Write};

/// Number of codes in a set.
pub const CODES: usize = 10;
/// Random bytes of a code, which make 24 characters in base32.
const BYTES: usize = 15;
/// Characters between two hyphens.
const GROUP: usize = 6;

#[derive(Serialize, Deserialize)]
struct StoredCodes {
    created_at: Timestamp,
}

pub(super) fn key(user: UserId) -> Key {
    Key::new(format!("USER#{user}"), "FACTOR#RECOVERY")
}

fn hash(user: UserId, code: &str) -> String {
    sha256(format!("recovery code\0{user}\0{code}").as_bytes())
}

/// The code as it is hashed: without hyphens and spaces, in lower case.
fn folded(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_lowercase()).collect()
}

/// Stages a new set of codes, which replaces the one before, and returns it.
pub(super) fn renew(transaction: &mut Transaction, user: UserId) -> Result<Vec<String>, Error> {
    let mut codes = Vec::with_capacity(CODES);
    let mut hashes = BTreeMap::new();
    for _ in 0..CODES {
        let random = secret::bytes::<BYTES>()?;
        let code = Secret::from(random).to_base32().to_ascii_lowercase();
        hashes.insert(hash(user, &code), 1);
        let groups: Vec<String> =
            code.chars().collect::<Vec<_>>().chunks(GROUP).map(|group| group.iter().collect()).collect();
        codes.push(groups.join("-"));
    }
    let stored = StoredCodes { created_at: Timestamp::now() };
    transaction.put(Draft::new(key(user), ItemType::RecoveryCodes, &stored)?.object("codes", &hashes)?);
    Ok(codes)
}

/// Number of unused codes.
pub(super) fn left(item: &Item) -> Result<usize, Error> {
    table::read::<BTreeMap<String, u32>>(item, "codes").map(|codes| codes.len())
}

/// Stages the use of a code. Returns false if it is wrong or was used.
pub(super) async fn check(app: &App, transaction: &mut Transaction, user: UserId, code: &str) -> Result<bool, Error> {
    let hash = hash(user, &folded(code));
    let Some(item) = app.table().get(key(user)).await? else { return Ok(false) };
    let codes: BTreeMap<String, u32> = table::read(&item, "codes")?;
    if !codes.contains_key(&hash) {
        return Ok(false);
    }
    let path = format!("codes.{hash}");
    transaction.push(Write::update(key(user)).remove(&path).when(Condition::exists(&path)), |_| super::wrong_code());
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_with_or_without_hyphens() {
        assert_eq!(folded(" ABCDEF-ghijkl "), "abcdefghijkl");
    }

    #[test]
    fn a_set_has_ten_different_codes() {
        let codes = renew(&mut Transaction::new(), UserId::new()).unwrap();
        let different: std::collections::BTreeSet<&String> = codes.iter().collect();
        assert_eq!(different.len(), CODES);
        assert!(codes.iter().all(|code| code.len() == 27 && code.matches('-').count() == 3), "{codes:?}");
    }
}
