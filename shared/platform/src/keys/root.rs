//! What is derived from one version of the root key.

use aws_lc_rs::hkdf;

use super::key_bytes;
use crate::cipher::{self, Cipher, Sealed};
use kernel::error::Error;

/// First byte of a key wrapped with a later version of the root key than the first. After it come the version (four bytes) and the key as
/// [`Cipher`] seals it. The first version's keys have no such head: they begin with the format of [`Cipher`].
const WRAPPED: u8 = 2;
/// First byte of a value sealed with a key of one day. After it come the version (four bytes), the day, as the number of days since 1970
/// (two bytes), and the value as [`Cipher`] seals it.
const DATED: u8 = 3;
/// Length of what [`WRAPPED`] adds.
const WRAPPED_HEAD: usize = 1 + 4;
/// Length of what [`DATED`] adds.
const DATED_HEAD: usize = WRAPPED_HEAD + 2;
/// The version that every installation starts with.
pub(super) const FIRST: u32 = 1;

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

/// Keys derived from one version of the root key.
pub(super) struct Root {
    version: u32,
    prk: hkdf::Prk,
    subjects: Cipher,
}

/// The version of the root key that a value was sealed with. `None` if it cannot tell.
pub(super) fn version_of(sealed: &Sealed) -> Option<u32> {
    match *sealed.0.first()? {
        cipher::FORMAT => Some(FIRST),
        WRAPPED | DATED => Some(u32::from_be_bytes(sealed.0.get(1..WRAPPED_HEAD)?.try_into().ok()?)),
        _ => None,
    }
}

impl Root {
    pub(super) fn derive(version: u32, root: &[u8; 32]) -> Result<Self, Error> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"steward").extract(root);
        let subjects = Cipher::new(&expand(&prk, &["subject keys"])?)?;
        Ok(Self { version, prk, subjects })
    }

    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// The key for lookup hashes that comes with this version if it is the first. Later versions keep it.
    pub(super) fn lookup_key(&self) -> Result<[u8; 32], Error> {
        expand(&self.prk, &["look-up hashes"])
    }

    /// Wraps a key, bound to `place`.
    pub(super) fn wrap(&self, place: &str, key: &[u8; 32]) -> Result<Sealed, Error> {
        let sealed = self.subjects.seal(place, key)?;
        if self.version == FIRST {
            return Ok(sealed);
        }
        Ok(Sealed([&[WRAPPED], self.version.to_be_bytes().as_slice(), &sealed.0].concat()))
    }

    /// Unwraps a key that this version wrapped for the same `place`.
    pub(super) fn unwrap_key(&self, place: &str, wrapped: &Sealed) -> Result<[u8; 32], Error> {
        let plain = match wrapped.0.split_at_checked(WRAPPED_HEAD) {
            Some(([WRAPPED, ..], sealed)) => self.subjects.open(place, &Sealed(sealed.to_vec())),
            _ => self.subjects.open(place, wrapped),
        };
        key_bytes(&plain?)
    }

    /// Seals a short-lived value with the key of `today`, in days since 1970.
    pub(super) fn seal(&self, today: u16, kind: ShortLived, place: &str, plain: &[u8]) -> Result<Sealed, Error> {
        let sealed = self.of_day(kind, today)?.seal(place, plain)?;
        Ok(Sealed([&[DATED], self.version.to_be_bytes().as_slice(), &today.to_be_bytes(), &sealed.0].concat()))
    }

    /// Opens a short-lived value. `None` if it was not sealed with this version for `place`, or is too old.
    pub(super) fn open(&self, today: u16, kind: ShortLived, place: &str, sealed: &Sealed) -> Option<Vec<u8>> {
        let (head, rest) = sealed.0.split_at_checked(DATED_HEAD)?;
        let [DATED, _, _, _, _, day @ ..] = head else { return None };
        let day = u16::from_be_bytes(day.try_into().ok()?);
        let recent = |days| (today.saturating_sub(days)..=today.saturating_add(1)).contains(&day);
        // A day ahead is fine: two functions' clocks may disagree about midnight.
        if !kind.days().is_none_or(recent) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn root(version: u32, byte: u8) -> Root {
        Root::derive(version, &[byte; 32]).unwrap()
    }

    #[test]
    fn what_the_first_version_wraps_has_the_format_from_before_there_were_versions() {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"steward").extract(&[7; 32]);
        let before = Cipher::new(&expand(&prk, &["subject keys"]).unwrap()).unwrap();
        let stored = before.seal("SUBJECT#user#1", &[3; 32]).unwrap();
        assert_eq!(version_of(&stored), Some(FIRST));
        assert_eq!(root(FIRST, 7).unwrap_key("SUBJECT#user#1", &stored).unwrap(), [3; 32]);
        let stored = root(FIRST, 7).wrap("SUBJECT#user#1", &[4; 32]).unwrap();
        assert_eq!(before.open("SUBJECT#user#1", &stored).unwrap(), [4; 32]);
    }

    proptest! {
        #[test]
        fn a_wrapped_key_names_its_version_and_opens_only_with_it(version in 1_u32.., key: [u8; 32], flip in 0_usize..200) {
            let (this, other) = (root(version, 7), root(version, 8));
            let wrapped = this.wrap("SUBJECT#user#1", &key).unwrap();
            prop_assert_eq!(version_of(&wrapped), Some(version));
            prop_assert_eq!(this.unwrap_key("SUBJECT#user#1", &wrapped).unwrap(), key);
            prop_assert!(this.unwrap_key("SUBJECT#user#2", &wrapped).is_err());
            prop_assert!(other.unwrap_key("SUBJECT#user#1", &wrapped).is_err());
            let mut broken = wrapped.clone();
            let at = flip % broken.0.len();
            broken.0[at] ^= 1;
            let opened = this.unwrap_key("SUBJECT#user#1", &broken);
            prop_assert!(version_of(&broken) != Some(version) || opened.is_err());
        }

        #[test]
        fn a_cursor_opens_on_its_day_and_the_seven_after(day in 9_u16..40_000, later in -9_i32..40, position in ".{0,60}") {
            let root = root(2, 7);
            let cursor = root.seal(day, ShortLived::Cursor, "list", position.as_bytes()).unwrap();
            let today = u16::try_from(i32::from(day) + later).unwrap();
            let opened = root.open(today, ShortLived::Cursor, "list", &cursor);
            prop_assert_eq!(opened, (-1..=7).contains(&later).then(|| position.into_bytes()));
        }

        #[test]
        fn each_day_and_each_kind_has_a_key_of_its_own(day in 0_u16..40_000, other in 0_u16..40_000, flip in DATED_HEAD..200) {
            let sealing = root(2, 7);
            let cursor = sealing.seal(day, ShortLived::Cursor, "list", b"position").unwrap();
            prop_assert_eq!(version_of(&cursor), Some(2));
            prop_assert!(sealing.open(day, ShortLived::Cursor, "elsewhere", &cursor).is_none());
            prop_assert!(sealing.open(day, ShortLived::Answer, "list", &cursor).is_none());
            prop_assert!(root(2, 8).open(day, ShortLived::Cursor, "list", &cursor).is_none());
            let mut broken = cursor.clone();
            let at = DATED_HEAD + flip % (broken.0.len() - DATED_HEAD);
            broken.0[at] ^= 1;
            prop_assert!(sealing.open(day, ShortLived::Cursor, "list", &broken).is_none());
            // A cursor that claims to be of another day does not open with that day's key.
            let mut moved = cursor;
            moved.0[WRAPPED_HEAD..DATED_HEAD].copy_from_slice(&other.to_be_bytes());
            prop_assert_eq!(sealing.open(other, ShortLived::Cursor, "list", &moved).is_some(), other == day);
        }

        #[test]
        fn any_bytes_are_no_cursor(bytes: Vec<u8>) {
            prop_assert!(root(2, 7).open(20_000, ShortLived::Cursor, "list", &Sealed(bytes)).is_none());
        }
    }
}
