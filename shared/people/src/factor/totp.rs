//! Codes of an authenticator app (TOTP, RFC 6238): six digits, 30 seconds, SHA-1, which every app understands.

use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret, Totp};

use crate::user::LoadedUser;
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::text::Username;
use kernel::time::Timestamp;
use platform::app::App;
use platform::cipher::{Cipher, Sealed};
use platform::secret;
use platform::table::{self, Attribute, Condition, Draft, Item, Key, Transaction, Write};

/// How long a new secret waits for its first code, in seconds.
const PENDING_SECONDS: i64 = 3600;

const PENDING: &str = "pending";
const ACTIVE: &str = "active";

#[derive(Serialize, Deserialize)]
struct StoredTotp {
    created_at: Timestamp,
    secret: Sealed,
}

pub(super) fn key(user: UserId) -> Key {
    Key::new(format!("USER#{user}"), "FACTOR#TOTP")
}

fn place(user: UserId) -> String {
    format!("user/{user}/totp")
}

fn generator(secret: Secret) -> Result<Totp, Error> {
    // The builder's defaults: SHA-1, six digits, 30 seconds, one step of tolerance in both directions.
    Builder::new().with_secret(secret).build().map_err(|error| Error::internal(error.to_string()))
}

/// The step of a right code: the number of half minutes since 1970.
fn step(item: &Item, user: UserId, cipher: &Cipher, code: &str) -> Result<Option<u64>, Error> {
    let stored: StoredTotp = table::read(item, "data")?;
    let secret = cipher.open(&place(user), &stored.secret)?;
    let now = u64::try_from(Timestamp::now().as_second()).unwrap_or(0);
    Ok(generator(Secret::from(secret))?.check(code, now))
}

/// Stores a new secret that waits for its first code; returns it in base32 and as a URI for a QR code.
pub(super) async fn create(
    app: &App,
    user: UserId,
    name: &Username,
    cipher: &Cipher,
) -> Result<(String, String), Error> {
    let random = secret::bytes::<20>()?;
    let stored = StoredTotp { created_at: Timestamp::now(), secret: cipher.seal(&place(user), &random)? };
    let draft = Draft::new(key(user), ItemType::Totp, &stored)?
        .text("state", PENDING)
        .number("expires_at", Timestamp::now().as_second() + PENDING_SECONDS);
    let free = Condition::absent("pk").or(Condition::is("state", PENDING));
    if !app.table().put(Write::put(draft).when(free)).await? {
        return Err(exists());
    }
    let secret = Secret::from(random).to_base32();
    // Usernames need no escaping in a URI.
    let uri = format!("otpauth://totp/Steward:{name}?secret={secret}&issuer=Steward&algorithm=SHA1&digits=6&period=30");
    Ok((secret, uri))
}

fn exists() -> Error {
    Error::state("You already have an authenticator app. Remove it before you add another one.")
}

/// Stages the confirmation of a waiting secret by its first code. Returns false if the code is wrong.
pub(super) async fn confirm(
    app: &App,
    transaction: &mut Transaction,
    user: &LoadedUser,
    code: &str,
) -> Result<bool, Error> {
    let id = user.user.id;
    let now = Timestamp::now().as_second();
    let Some(item) = app.table().get(key(id)).await? else { return Err(nothing_waits()) };
    if table::text(&item, "state") != Some(PENDING) || table::read::<i64>(&item, "expires_at")? <= now {
        return Err(nothing_waits());
    }
    let Some(step) = step(&item, id, &user.cipher, code)? else { return Ok(false) };
    let stored: StoredTotp = table::read(&item, "data")?;
    let same = Condition::is("state", PENDING).and(Condition::is("data.secret", Attribute::of(&stored.secret)?));
    let confirm = Write::update(key(id)).set("state", ACTIVE).set("last_step", step).remove("expires_at");
    transaction.push(confirm.when(same), |_| nothing_waits());
    Ok(true)
}

fn nothing_waits() -> Error {
    Error::state("No new authenticator app is waiting for its first code. Start again.")
}

/// Stages the use of a code. Returns false if it is wrong or was used: a step is accepted only after the last accepted one.
pub(super) async fn check(
    app: &App,
    transaction: &mut Transaction,
    user: &LoadedUser,
    code: &str,
) -> Result<bool, Error> {
    let id = user.user.id;
    let Some(item) = app.table().get(key(id)).await? else { return Ok(false) };
    if table::text(&item, "state") != Some(ACTIVE) {
        return Ok(false);
    }
    let Some(step) = step(&item, id, &user.cipher, code)? else { return Ok(false) };
    if table::read::<u64>(&item, "last_step")? >= step {
        return Ok(false);
    }
    let later = Condition::is("state", ACTIVE).and(Condition::less("last_step", step));
    let now = Timestamp::now().to_string();
    let update = Write::update(key(id)).set("last_step", step).set("last_used_at", now);
    transaction.push(update.when(later), |_| super::wrong_code());
    Ok(true)
}

/// When the authenticator app was added and last used; `None` while it waits for its first code.
pub(super) fn times(item: &Item) -> Result<Option<(Timestamp, Option<Timestamp>)>, Error> {
    if table::text(item, "state") != Some(ACTIVE) {
        return Ok(None);
    }
    let stored: StoredTotp = table::read(item, "data")?;
    Ok(Some((stored.created_at, super::last_used(item)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let totp = generator(Secret::from(*b"12345678901234567890")).unwrap();
        // The last six of the eight digits in appendix B.
        assert_eq!(totp.check("287082", 59), Some(1));
        assert_eq!(totp.check("081804", 1_111_111_109), Some(37_037_036));
        assert_eq!(totp.check("287082", 59 + 30), Some(1));
        assert_eq!(totp.check("287082", 59 + 61), None);
    }
}
