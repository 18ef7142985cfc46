//! What is derived from the root key.

use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::cipher::{Cipher, Sealed};
use kernel::error::Error;
use kernel::time::Timestamp;

/// First byte of a value sealed with a key of one day. After it come the day, as the number of days since 1970 (two bytes), and the
/// value as [`Cipher`] seals it.
const FORMAT: u8 = 2;
const HEAD: usize = 1 + 2;
const SECONDS_PER_DAY: i64 = 24 * 3600;

/// What is sealed for a short time, with a key of its own for each day: random nonces under one key for ever would run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShortLived {
    /// Cursors of lists.
    Cursor,
    /// Stored responses of idempotent requests.
    Answer,
}

impl ShortLived {
    /// Names the keys in their derivation.
    fn name(self) -> &'static str {
        match self {
            Self::Cursor => "cursors",
            Self::Answer => "stored answers",
        }
    }

    /// For how many days after its own a value can be opened. `None` if the item that holds it expires instead.
    fn days(self) -> Option<u16> {
        match self {
            Self::Cursor => Some(7),
            Self::Answer => None,
        }
    }
}

/// Keys derived from the root key.
pub struct Root {
    prk: hkdf::Prk,
    /// Wraps subjects' data keys.
    pub(super) subjects: Cipher,
    lookup: hmac::Key,
}

impl Root {
    pub(crate) fn derive(root: &[u8; 32]) -> Result<Self, Error> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"steward").extract(root);
        let subjects = Cipher::new(&expand(&prk, &["subject keys"])?)?;
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, &expand(&prk, &["look-up hashes"])?);
        Ok(Self { prk, subjects, lookup })
    }

    /// A keyed hash of `value`, so that equal values can be found without being readable. `kind` separates hashes of different kinds
    /// of values.
    #[must_use]
    pub fn lookup(&self, kind: &str, value: impl AsRef<[u8]>) -> String {
        let mut tag = hmac::Context::with_key(&self.lookup);
        tag.update(kind.as_bytes());
        tag.update(b"\0");
        tag.update(value.as_ref());
        URL_SAFE_NO_PAD.encode(&tag.sign().as_ref()[..24])
    }

    /// Seals a short-lived value with today's key.
    pub fn seal(&self, kind: ShortLived, place: &str, plain: &[u8]) -> Result<Sealed, Error> {
        self.seal_on(today(), kind, place, plain)
    }

    /// Opens a short-lived value. `None` if it was not sealed here for `place`, or is too old.
    #[must_use]
    pub fn open(&self, kind: ShortLived, place: &str, sealed: &Sealed) -> Option<Vec<u8>> {
        self.open_on(today(), kind, place, sealed)
    }

    fn seal_on(&self, today: u16, kind: ShortLived, place: &str, plain: &[u8]) -> Result<Sealed, Error> {
        let sealed = self.of_day(kind, today)?.seal(place, plain)?;
        let mut bytes = Vec::with_capacity(HEAD + sealed.0.len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(&today.to_be_bytes());
        bytes.extend_from_slice(&sealed.0);
        Ok(Sealed(bytes))
    }

    fn open_on(&self, today: u16, kind: ShortLived, place: &str, sealed: &Sealed) -> Option<Vec<u8>> {
        let (head, rest) = sealed.0.split_at_checked(HEAD)?;
        let [FORMAT, day @ ..] = head else { return None };
        let day = u16::from_be_bytes(day.try_into().ok()?);
        // Two functions' clocks may disagree about midnight.
        let timely =
            kind.days().is_none_or(|days| (today.saturating_sub(days)..=today.saturating_add(1)).contains(&day));
        if !timely {
            return None;
        }
        self.of_day(kind, day).ok()?.open(place, &Sealed(rest.to_vec())).ok()
    }

    /// The key for one kind of value on one day.
    fn of_day(&self, kind: ShortLived, day: u16) -> Result<Cipher, Error> {
        Cipher::new(&expand(&self.prk, &[kind.name(), "/", &day.to_string()])?)
    }
}

fn expand(prk: &hkdf::Prk, info: &[&str]) -> Result<[u8; 32], Error> {
    let info: Vec<&[u8]> = info.iter().map(|part| part.as_bytes()).collect();
    let mut out = [0_u8; 32];
    prk.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut out)).map_err(Error::defect)?;
    Ok(out)
}

/// Days since 1970.
fn today() -> u16 {
    u16::try_from(Timestamp::now().as_second() / SECONDS_PER_DAY).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_opens_on_its_day_and_the_seven_after(day in 1_u16..40_000, later in -9_i32..40, position in ".{0,60}") {
            let root = Root::derive(&[7; 32]).unwrap();
            let cursor = root.seal_on(day, ShortLived::Cursor, "list", position.as_bytes()).unwrap();
            let today = u16::try_from(i32::from(day) + later).unwrap_or(0);
            let opened = root.open_on(today, ShortLived::Cursor, "list", &cursor);
            let timely = (-1..=7).contains(&(i32::from(today) - i32::from(day)));
            prop_assert_eq!(opened, timely.then(|| position.clone().into_bytes()));
        }

        #[test]
        fn each_day_and_kind_has_a_key_of_its_own(day in 0_u16..40_000, other in 0_u16..40_000, flip in 0_usize..200) {
            let root = Root::derive(&[7; 32]).unwrap();
            let cursor = root.seal_on(day, ShortLived::Cursor, "list", b"position").unwrap();
            prop_assert!(root.open_on(day, ShortLived::Cursor, "elsewhere", &cursor).is_none());
            prop_assert!(root.open_on(day, ShortLived::Answer, "list", &cursor).is_none());
            prop_assert!(Root::derive(&[8; 32]).unwrap().open_on(day, ShortLived::Cursor, "list", &cursor).is_none());
            let mut broken = cursor.clone();
            let at = flip % broken.0.len();
            broken.0[at] ^= 1;
            prop_assert!(root.open_on(day, ShortLived::Cursor, "list", &broken).is_none());
            // A cursor that claims to be of another day is not opened with that day's key.
            let mut moved = cursor;
            moved.0[1..HEAD].copy_from_slice(&other.to_be_bytes());
            prop_assert_eq!(root.open_on(other, ShortLived::Cursor, "list", &moved).is_some(), other == day);
        }

        #[test]
        fn any_bytes_are_no_cursor(bytes: Vec<u8>) {
            let root = Root::derive(&[7; 32]).unwrap();
            prop_assert!(root.open_on(20_000, ShortLived::Cursor, "list", &Sealed(bytes)).is_none());
        }
    }
}
