//! Name similarity: which words of a name count, its phonetic key, and how much two names differ.

use kernel::text::searchable;

/// Words that describe an investor's legal form rather than its identity.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "and",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "kg",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "nv",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "sa",
    "sarl",
    "se",
    "spa",
    "srl",
    "the",
];
/// Only this many characters of a name are compared, to bound the cost of long names.
const MAX_COMPARED: usize = 120;
/// The minimum likeness of two names with the same phonetic key to count as alike: one letter in seven may differ. With one in
/// five, Amcor and Emcor were alike; at this value no two of the 500 companies in the S&P 500 are.
const ALIKE: f64 = 0.85;

/// The identifying words of a name in alphabetical order, so that `Doe, John` equals `John Doe`. A name made up only of legal
/// forms keeps them.
pub(super) fn plain(name: &str) -> String {
    let words = words(name);
    let telling: Vec<String> = words.iter().filter(|word| !LEGAL_FORMS.contains(&word.as_str())).cloned().collect();
    let mut kept = if telling.is_empty() { words } else { telling };
    kept.sort_unstable();
    kept.join(" ")
}

/// Splits a name into words. Consecutive single letters form one word: `L.P.` becomes `lp`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut after_letter = false;
    for word in searchable(name).split(' ') {
        let is_letter = word.chars().count() == 1;
        match words.last_mut() {
            Some(last) if is_letter && after_letter => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
        after_letter = is_letter;
    }
    words
}

/// The phonetic key shared by names that are easily confused: consonants grouped by sound, as in Soundex (US patents 1261167
/// and 1435663), but over whole words and regardless of word order. Digits, Roman numerals and letters of other scripts are kept
/// as they are.
pub(super) fn sound(name: &str) -> String {
    let plain = plain(name);
    let mut words: Vec<String> = plain.split(' ').map(word_sound).collect();
    words.sort_unstable();
    words.join("-")
}

fn word_sound(word: &str) -> String {
    // Roman numerals number funds, and the next fund is a different investor.
    if word.chars().all(|letter| matches!(letter, 'i' | 'v' | 'x')) {
        return word.to_owned();
    }
    let mut code = String::new();
    let mut last = None;
    for (at, letter) in word.chars().enumerate() {
        let kind = match letter {
            'b' | 'f' | 'p' | 'v' => Some('1'),
            'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => Some('2'),
            'd' | 't' => Some('3'),
            'l' => Some('4'),
            'm' | 'n' => Some('5'),
            'r' => Some('6'),
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' => (at == 0).then_some('0'),
            other => Some(other),
        };
        if let Some(kind) = kind
            && last != Some(kind)
        {
            code.push(kind);
        }
        last = kind.or(last);
    }
    code.chars().take(MAX_COMPARED).collect()
}

/// The similarity of two names: 1 if all significant words are equal, and lower the more letters differ.
pub(super) fn likeness(one: &str, other: &str) -> f64 {
    let cut = |name: &str| plain(name).chars().take(MAX_COMPARED).collect::<String>();
    strsim::normalized_damerau_levenshtein(&cut(one), &cut(other))
}

/// Whether names with the same phonetic key are similar enough to be reported.
pub(super) fn alike(likeness: f64) -> bool {
    likeness >= ALIKE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn legal_forms_case_accents_and_word_order_are_ignored() {
        for (one, other) in [
            ("Acme Capital, Inc.", "ACME CAPITAL LTD"),
            ("Doe, John", "John Doe"),
            ("Müller & Söhne AG", "Muller Sohne"),
            ("The Blackstone Group", "Blackstone Group L.P."),
        ] {
            assert_eq!(sound(one), sound(other), "{one} / {other}");
            assert!(alike(likeness(one, other)), "{one} / {other}: {}", likeness(one, other));
        }
        assert_eq!(plain("The Company Ltd"), "company ltd the");
    }

    #[test]
    fn misspelled_names_sound_the_same_and_are_alike() {
        for (one, other) in
            [("Blackstone", "Blakstone"), ("Sequoia Capital", "Sequoya Capitol"), ("Hannelore Meyer", "Hanelore Meier")]
        {
            assert_eq!(sound(one), sound(other), "{one} / {other}");
            assert!(alike(likeness(one, other)), "{one} / {other}: {}", likeness(one, other));
        }
    }

    #[test]
    fn different_names_are_not_alike() {
        for (one, other) in
            [("Amcor", "Emcor"), ("Fund II", "Fund III"), ("Alpine One", "Alpine Two"), ("Fund 1", "Fund 2")]
        {
            assert!(sound(one) != sound(other) || !alike(likeness(one, other)), "{one} / {other}");
        }
    }

    proptest! {
        #[test]
        fn a_name_matches_itself_in_any_case_and_order(
            words in proptest::collection::vec("[A-Za-zÄÖÜéà]{2,10}[,.&]?|[0-9]{2,4}", 1..6)
        ) {
            let name = words.join(" ");
            let turned: Vec<&str> = name.split(' ').rev().collect();
            let turned = turned.join(" ").to_uppercase();
            prop_assert_eq!(sound(&name), sound(&turned));
            prop_assert!((likeness(&name, &turned) - 1.0).abs() < f64::EPSILON);
        }

        #[test]
        fn the_phonetic_key_has_bounded_length(name in ".{0,400}") {
            prop_assert!(sound(&name).chars().count() <= 400);
        }
    }
}
