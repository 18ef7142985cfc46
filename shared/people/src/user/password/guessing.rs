//! How many guesses a password withstands, in the manner of zxcvbn: it is split into the parts that a guesser would try (common
//! passwords, repeats, sequences, rows of the keyboard, years and dates), and the split that takes the fewest guesses counts.
//!
//! The crate `zxcvbn` itself would make the functions that need this a third larger (`docs/decisions/0033-accounts.md`).

use std::collections::HashMap;
use std::sync::LazyLock;

/// Common and breached passwords: about 25,000 of any length, the most common first, of zxcvbn-ts (MIT) and of Django (BSD); then the
/// 3,200 most common ones that the other rules would accept, of Mark Burnett's ten million passwords (public domain).
const COMMON: &str = include_str!("common.txt");
/// Longest entry of the list that is looked up, in characters.
const LONGEST: usize = 40;
/// What one character costs that belongs to nothing known: a guesser tries about ten for each.
const BITS_PER_CHARACTER: f64 = 3.32;
/// What naming a row of the keyboard and a place on it costs.
const KEYBOARD_BITS: f64 = 6.0;
const YEAR_BITS: f64 = 6.0;
const DATE_BITS: f64 = 15.0;
/// Keys in the order in which fingers walk over them.
const ROWS: [&str; 12] = [
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
];

static RANKS: LazyLock<HashMap<&str, f64>> = LazyLock::new(|| {
    let ranked = (1_u32..).zip(COMMON.lines());
    ranked.map(|(rank, word)| (word, f64::from(rank).log2())).collect()
});

/// The binary logarithm of the number of guesses that `password` withstands.
pub(super) fn bits(password: &str) -> f64 {
    let text: Vec<char> = password.chars().collect();
    Guesser::default().bits(&text)
}

/// Remembers what it has found, because repeats come up again and again.
#[derive(Default)]
struct Guesser<'a> {
    wholes: HashMap<&'a [char], f64>,
    parts: HashMap<&'a [char], Option<f64>>,
}

impl<'a> Guesser<'a> {
    /// The cheapest way to put `text` together.
    fn bits(&mut self, text: &'a [char]) -> f64 {
        if let Some(known) = self.wholes.get(text) {
            return *known;
        }
        // `least[n]` is the cost of the first n characters.
        let mut least = vec![0.0; text.len() + 1];
        for end in 1..=text.len() {
            least[end] = least[end - 1] + BITS_PER_CHARACTER;
            for start in (end.saturating_sub(LONGEST)..end).filter(|start| end - start >= 3) {
                let part = &text[start..end];
                if let Some(bits) = *self.parts.entry(part).or_insert_with(|| known_part(part)) {
                    least[end] = f64::min(least[end], least[start] + bits);
                }
            }
            for (start, unit, times) in repeats(text, end) {
                let bits = self.bits(unit) + f64::from(times).log2();
                least[end] = f64::min(least[end], least[start] + bits);
            }
        }
        let found = least[text.len()];
        self.wholes.insert(text, found);
        found
    }
}

/// The repeats that end before `end`: where each begins, what is repeated, and how often. Repeats of a repeat are left out.
fn repeats(text: &[char], end: usize) -> impl Iterator<Item = (usize, &[char], u32)> {
    (1..=end / 2).filter_map(move |length| {
        let unit = &text[end - length..end];
        let times = text[..end].rchunks_exact(length).take_while(|chunk| *chunk == unit).count();
        (times > 1).then(|| (end - times * length, unit, u32::try_from(times).unwrap_or(u32::MAX)))
    })
}

/// What it costs to guess a part as a whole; `None` if it is nothing known.
fn known_part(part: &[char]) -> Option<f64> {
    let lower: String = part.iter().flat_map(|c| c.to_lowercase()).collect();
    let capitals = f64::from(u32::try_from(part.iter().filter(|c| c.is_uppercase()).count()).unwrap_or(u32::MAX));
    [word(&lower).map(|bits| bits + capitals.min(3.0)), keyboard(&lower), sequence(part), year_or_date(&lower)]
        .into_iter()
        .flatten()
        .min_by(f64::total_cmp)
}

/// A common password, also reversed or with digits and signs in place of letters.
fn word(lower: &str) -> Option<f64> {
    if let Some(bits) = RANKS.get(lower) {
        return Some(bits + 1.0);
    }
    let reversed: String = lower.chars().rev().collect();
    let disguised = ['i', 'l'].map(|one| lower.chars().map(|c| plain_letter(c, one)).collect::<String>());
    [(reversed, 2.0), (disguised[0].clone(), 3.0), (disguised[1].clone(), 3.0)]
        .into_iter()
        .filter_map(|(text, more)| RANKS.get(text.as_str()).map(|bits| bits + more))
        .min_by(f64::total_cmp)
}

/// The letter that a digit or sign often stands for; `one` for 1, which stands for two.
pub(super) fn plain_letter(c: char, one: char) -> char {
    match c {
        '4' | '@' => 'a',
        '8' => 'b',
        '(' => 'c',
        '3' => 'e',
        '6' | '9' => 'g',
        '1' | '!' | '|' => one,
        '0' => 'o',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '%' => 'x',
        '2' => 'z',
        other => other,
    }
}

fn keyboard(lower: &str) -> Option<f64> {
    let reversed: String = lower.chars().rev().collect();
    let along = ROWS.iter().any(|row| row.contains(lower) || row.contains(&reversed));
    along.then(|| KEYBOARD_BITS + length_bits(lower.len()))
}

/// Characters that follow each other, such as `abcd` or `9753`.
fn sequence(part: &[char]) -> Option<f64> {
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let first = step(part);
    let even = (1..=5).contains(&first.abs()) && part.windows(2).all(|pair| step(pair) == first);
    let begins = if part[0].is_ascii_digit() { 3.4 } else { 4.7 };
    even.then(|| begins + length_bits(part.len()))
}

fn year_or_date(text: &str) -> Option<f64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let is_year = |text: &str| text.starts_with("19") || text.starts_with("20");
    match text.len() {
        4 if is_year(text) => Some(YEAR_BITS),
        6 => Some(DATE_BITS),
        8 if is_year(text) || is_year(&text[4..]) => Some(DATE_BITS),
        _ => None,
    }
}

fn length_bits(length: usize) -> f64 {
    f64::from(u32::try_from(length).unwrap_or(u32::MAX)).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_three_thousand_long_breached_passwords_are_refused() {
        let long: Vec<_> = COMMON.lines().filter(|word| word.chars().count() >= 12).collect();
        assert!(long.len() > 3000, "{}", long.len());
        assert!(long.iter().all(|word| super::super::Password::try_from((*word).to_owned()).is_err()));
    }

    #[test]
    fn the_list_holds_only_what_is_looked_up() {
        for word in COMMON.lines() {
            let length = word.chars().count();
            assert!((4..=LONGEST).contains(&length) && word == word.to_lowercase(), "{word}");
        }
        assert_eq!(RANKS.len(), COMMON.lines().count(), "an entry is in the list twice");
    }

    #[test]
    fn the_longest_password_is_judged_quickly() {
        let begun = std::time::Instant::now();
        for text in ["a".repeat(128), "ab".repeat(64), "passwordp".repeat(14), "1qaz2wsx".repeat(16)] {
            bits(&text);
        }
        assert!(begun.elapsed().as_secs() < 4, "{:?}", begun.elapsed());
    }
}
