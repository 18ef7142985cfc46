//! How alike two names are: what of a name counts, how it sounds, and how much two differ.

use kernel::text::searchable;

/// Words that say what an investor is in law and not who it is.
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
/// Names are compared by at most so many characters, so that a long one costs no more.
const MOST_COMPARED: usize = 120;
/// From this on two names with the same sound are alike: one letter of seven may differ. With one of five Amcor and Emcor were
/// alike; at this none of the 500 companies of the S&P 500 is like another.
const ALIKE: f64 = 0.85;

/// The words of a name that say who it is, in alphabetical order, so that `Doe, John` is `John Doe`. A name of nothing but
/// legal forms keeps them.
pub(super) fn plain(name: &str) -> String {
    let words = words(name);
    let telling: Vec<String> = words.iter().filter(|word| !LEGAL_FORMS.contains(&word.as_str())).cloned().collect();
    let mut kept = if telling.is_empty() { words } else { telling };
    kept.sort_unstable();
    kept.join(" ")
}

/// The words of a name; letters that stand alone in a row are one: `L.P.` is `lp`.
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

/// What names that are easily taken for each other have in common: the consonants by kind of sound, as in Soundex (US patents
/// 1261167 and 1435663) but over whole words and without their order. Digits, Roman numerals and letters of other scripts
/// stand for themselves.
pub(super) fn sound(name: &str) -> String {
    let plain = plain(name);
    let mut words: Vec<String> = plain.split(' ').map(word_sound).collect();
    words.sort_unstable();
    words.join("-")
}

fn word_sound(word: &str) -> String {
    // Funds are numbered by them, and the next one is another.
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
    code.chars().take(MOST_COMPARED).collect()
}

/// How alike two names are: 1 when all that counts is the same, less the more letters differ.
pub(super) fn likeness(one: &str, other: &str) -> f64 {
    let cut = |name: &str| plain(name).chars().take(MOST_COMPARED).collect::<String>();
    strsim::normalized_damerau_levenshtein(&cut(one), &cut(other))
}

/// Whether names of the same sound are alike enough to be told.
pub(super) fn alike(likeness: f64) -> bool {
    likeness >= ALIKE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn legal_forms_punctuation_case_accents_and_order_do_not_count() {
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
    fn slips_of_the_pen_sound_the_same_and_are_alike() {
        for (one, other) in
            [("Blackstone", "Blakstone"), ("Sequoia Capital", "Sequoya Capitol"), ("Hannelore Meyer", "Hanelore Meier")]
        {
            assert_eq!(sound(one), sound(other), "{one} / {other}");
            assert!(alike(likeness(one, other)), "{one} / {other}: {}", likeness(one, other));
        }
    }

    #[test]
    fn different_names_are_told_apart() {
        for (one, other) in
            [("Amcor", "Emcor"), ("Fund II", "Fund III"), ("Alpine One", "Alpine Two"), ("Fund 1", "Fund 2")]
        {
            assert!(sound(one) != sound(other) || !alike(likeness(one, other)), "{one} / {other}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_like_itself_in_any_case_and_any_order(
            words in proptest::collection::vec("[A-Za-zÄÖÜéà]{2,10}[,.&]?|[0-9]{2,4}", 1..6)
        ) {
            let name = words.join(" ");
            let turned: Vec<&str> = name.split(' ').rev().collect();
            let turned = turned.join(" ").to_uppercase();
            prop_assert_eq!(sound(&name), sound(&turned));
            prop_assert!((likeness(&name, &turned) - 1.0).abs() < f64::EPSILON);
        }

        #[test]
        fn any_text_has_a_sound_of_bounded_length(name in ".{0,400}") {
            prop_assert!(sound(&name).chars().count() <= 400);
        }
    }
}
