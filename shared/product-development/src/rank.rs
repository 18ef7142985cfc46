//! Ranks: positions in a manually arranged order, stored as text; there is always room for another rank between any two.
//!
//! "Fractional indexing" as published by David Greenspan (<https://observablehq.com/@dgreensp/implementing-fractional-indexing>)
//! and maintained by rocicorp: a rank is an integer, whose first letter encodes its length, followed by a fraction in base-62
//! digits. Ranks compare byte by byte. At either end of a list, a rank grows by one character only after 62, 3,844, …
//! insertions; between two neighbours, by one character for about every six insertions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A position in a manual order. Compared as text, byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "a0V")]
pub struct Rank(String);

impl Rank {
    /// The rank of the first item in an empty list.
    #[must_use]
    pub fn first() -> Self {
        Self("a0".into())
    }

    /// A rank strictly between two others; a missing `low` or `high` means the start or end of the list. Returns `None` if `low`
    /// does not sort before `high`, or if either is not a valid rank.
    #[must_use]
    pub fn between(low: Option<&Self>, high: Option<&Self>) -> Option<Self> {
        let low = low.map(|rank| split(&rank.0)).map_or(Ok(None), |parts| parts.map(Some).ok_or(())).ok()?;
        let high = high.map(|rank| split(&rank.0)).map_or(Ok(None), |parts| parts.map(Some).ok_or(())).ok()?;
        match (low, high) {
            (None, None) => Some(Self::first()),
            (None, Some((integer, fraction))) => before(integer, fraction),
            (Some((integer, fraction)), None) => {
                Some(Self(incremented(integer).unwrap_or_else(|| format!("{integer}{}", middle(fraction, None)))))
            }
            (Some(low), Some(high)) => within(low, high),
        }
    }

    /// `count` consecutive ranks, all after `low`.
    #[must_use]
    pub fn following(low: Option<&Self>, count: usize) -> Vec<Self> {
        let mut ranks: Vec<Self> = Vec::with_capacity(count);
        for _ in 0..count {
            let Some(next) = Self::between(ranks.last().or(low), None) else { break };
            ranks.push(next);
        }
        ranks
    }

    /// The rank as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A rank from stored text; the text is validated only when the rank is used.
    #[must_use]
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Number of characters.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.len()
    }
}

fn before(integer: &str, fraction: &str) -> Option<Rank> {
    if !fraction.is_empty() {
        // The bare integer sorts before the integer with a fraction; the smallest integer is not a valid rank without one.
        return Some(Rank(if is_least(integer) {
            format!("{integer}{}", middle("", Some(fraction)))
        } else {
            integer.to_owned()
        }));
    }
    let less = decremented(integer)?;
    Some(Rank(if is_least(&less) { format!("{less}{}", middle("", None)) } else { less }))
}

fn within(low: (&str, &str), high: (&str, &str)) -> Option<Rank> {
    if low.0 == high.0 {
        return (low.1 < high.1).then(|| Rank(format!("{}{}", low.0, middle(low.1, Some(high.1)))));
    }
    if low.0 > high.0 {
        return None;
    }
    let next = incremented(low.0)?;
    let comes_before = next.as_str() < high.0 || (next == high.0 && !high.1.is_empty());
    Some(Rank(if comes_before { next } else { format!("{}{}", low.0, middle(low.1, None)) }))
}

/// Length of an integer with this first letter, including the letter.
fn integer_length(head: u8) -> Option<usize> {
    match head {
        b'a'..=b'z' => Some(usize::from(head - b'a') + 2),
        b'A'..=b'Z' => Some(usize::from(b'Z' - head) + 2),
        _ => None,
    }
}

fn is_least(integer: &str) -> bool {
    integer.starts_with('A') && integer.bytes().skip(1).all(|digit| digit == b'0')
}

/// Splits a well-formed rank into integer and fraction; a fraction never ends in zero.
fn split(rank: &str) -> Option<(&str, &str)> {
    let length = integer_length(*rank.as_bytes().first()?)?;
    if !rank.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let (integer, fraction) = rank.split_at_checked(length)?;
    let refused = fraction.ends_with('0') || (fraction.is_empty() && is_least(integer));
    (!refused).then_some((integer, fraction))
}

fn value(digit: u8) -> usize {
    DIGITS.iter().position(|known| *known == digit).unwrap_or(0)
}

fn digit(value: usize) -> char {
    char::from(DIGITS[value.min(61)])
}

/// The next integer; `None` after the largest.
fn incremented(integer: &str) -> Option<String> {
    let (head, digits) = integer.split_at_checked(1)?;
    let mut digits: Vec<u8> = digits.bytes().collect();
    for place in digits.iter_mut().rev() {
        if *place != b'z' {
            *place = DIGITS[value(*place) + 1];
            return Some(format!("{head}{}", String::from_utf8(digits).ok()?));
        }
        *place = b'0';
    }
    match head.bytes().next()? {
        b'Z' => Some("a0".into()),
        b'z' => None,
        head => {
            let head = head + 1;
            let length = integer_length(head)? - 1;
            Some(format!("{}{}", char::from(head), "0".repeat(length)))
        }
    }
}

/// The previous integer; `None` before the smallest.
fn decremented(integer: &str) -> Option<String> {
    let (head, digits) = integer.split_at_checked(1)?;
    let mut digits: Vec<u8> = digits.bytes().collect();
    for place in digits.iter_mut().rev() {
        if *place != b'0' {
            *place = DIGITS[value(*place) - 1];
            return Some(format!("{head}{}", String::from_utf8(digits).ok()?));
        }
        *place = b'z';
    }
    match head.bytes().next()? {
        b'a' => Some("Zz".into()),
        b'A' => None,
        head => {
            let head = head - 1;
            let length = integer_length(head)? - 1;
            Some(format!("{}{}", char::from(head), "z".repeat(length)))
        }
    }
}

/// The digits of a fraction between `low` and `high`, where `low` sorts first; without `high`, between `low` and one.
fn middle(low: &str, high: Option<&str>) -> String {
    let mut low = low.bytes();
    let mut high = high.map(str::bytes);
    let mut found = String::new();
    loop {
        let from = low.next().map_or(0, value);
        let to = high.as_mut().map_or(62, |digits| digits.next().map_or(0, value));
        if high.is_some() && from == to {
            found.push(digit(from));
            continue;
        }
        if to.saturating_sub(from) > 1 {
            found.push(digit((from + to).div_ceil(2)));
            return found;
        }
        if high.as_ref().is_some_and(|rest| rest.len() > 0) {
            // The first digit of `high` sorts before it, because `high` has more digits.
            found.push(digit(to));
            return found;
        }
        found.push(digit(from));
        high = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rank(text: &str) -> Rank {
        Rank::stored(text)
    }

    fn between(low: &str, high: &str) -> Option<String> {
        let side = |text: &str| (!text.is_empty()).then(|| rank(text));
        Rank::between(side(low).as_ref(), side(high).as_ref()).map(|rank| rank.0)
    }

    /// Examples from the published scheme.
    #[test]
    fn ranks_match_the_published_examples() {
        for (low, high, expected) in [
            ("", "", "a0"),
            ("", "a0", "Zz"),
            ("", "Zz", "Zy"),
            ("a0", "", "a1"),
            ("a1", "", "a2"),
            ("a0", "a1", "a0V"),
            ("a1", "a2", "a1V"),
            ("a0V", "a1", "a0l"),
            ("Zz", "a0", "ZzV"),
            ("Zz", "a1", "a0"),
            ("", "Y00", "Xzzz"),
            ("bzz", "", "c000"),
            ("a0", "a0V", "a0G"),
            ("a0", "a0G", "a08"),
            ("b125", "b129", "b127"),
            ("a0", "a1V", "a1"),
            ("Zz", "a01", "a0"),
            ("", "a0V", "a0"),
            ("", "b999", "b99"),
            ("", "A000000000000000000000000001", "A000000000000000000000000000V"),
            ("zzzzzzzzzzzzzzzzzzzzzzzzzzy", "", "zzzzzzzzzzzzzzzzzzzzzzzzzzz"),
            ("zzzzzzzzzzzzzzzzzzzzzzzzzzz", "", "zzzzzzzzzzzzzzzzzzzzzzzzzzzV"),
        ] {
            assert_eq!(between(low, high).as_deref(), Some(expected), "{low:?} {high:?}");
        }
        for (low, high) in [("a1", "a0"), ("a0", "a0"), ("a00", "a1"), ("0", "a1"), ("a", ""), ("a1#", "a2")] {
            assert_eq!(between(low, high), None, "{low:?} {high:?}");
        }
    }

    #[test]
    fn insertions_at_one_place_stay_ordered_and_short() {
        for after in [true, false] {
            let (mut low, mut high) = (rank("a0"), rank("a1"));
            for _ in 0..1000 {
                let next = Rank::between(Some(&low), Some(&high)).unwrap();
                assert!(low < next && next < high);
                if after { low = next } else { high = next }
            }
            assert!(low.length().max(high.length()) < 210, "{low:?} {high:?}");
        }
    }

    #[test]
    fn many_additions_at_the_end_stay_short() {
        let ranks = Rank::following(None, 100_000);
        assert!(ranks.is_sorted() && ranks.len() == 100_000);
        assert!(ranks.last().unwrap().length() <= 4);
    }

    proptest! {
        #[test]
        fn a_rank_sorts_strictly_between_its_neighbours(places in prop::collection::vec(any::<prop::sample::Index>(), 1..300)) {
            let mut list: Vec<Rank> = Vec::new();
            for place in places {
                let at = place.index(list.len() + 1);
                let (low, high) = (at.checked_sub(1).and_then(|at| list.get(at)), list.get(at));
                let new = Rank::between(low, high);
                prop_assert!(new.is_some(), "{:?} {:?}", low, high);
                list.insert(at, new.unwrap());
                prop_assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }

        #[test]
        fn any_text_as_a_rank_is_rejected_or_respected(low in "[0-9A-Za-z#]{0,6}", high in "[0-9A-Za-z#]{0,6}") {
            if let Some(found) = between(&low, &high) {
                prop_assert!(low.is_empty() || low < found);
                prop_assert!(high.is_empty() || found < high);
            }
        }
    }
}
