//! Name similarity: which words of a name count, its phonetic key, and how much two names differ.

use kernel::text::searchable;

/// Words that describe an investor's legal form rather than its identity, and words for `and`.
const LEGAL_FORMS: &str = "ab ag and aps as asa bhd bv bvba co company corp corporation cv doo dooel ehf eg et ev gbr gk gmbh godo hf inc \
    incorporated jsc kabushiki kaisha kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv ohg ooo oy oyj pao plc pt pte pty pvt sa sab sapi \
    sarl sas sca scs sdn se sl slu spa spolka srl sro tbk the ug und vof zoo zrt";
/// Titles before a person's name.
const TITLES: &str = "dame dipl dr frau herr ing lord mag med miss mr mrs ms mx prof professor sir";
/// Only this many characters of a name are compared, to bound the cost of long names.
const MAX_COMPARED: usize = 120;
/// The minimum likeness of two names with the same phonetic key to count as alike: one letter in seven may differ. With one in
/// five, Amcor and Emcor were alike; at this value no two of the 500 companies in the S&P 500 are.
const ALIKE: f64 = 0.85;

/// The identifying words of a name in alphabetical order, so that `Doe, John` equals `John Doe`. Legal forms, titles and middle initials
/// do not count, and Roman numerals equal digits beside another word. A name made up only of legal forms keeps them.
pub(super) fn plain(name: &str) -> String {
    let words = words(&in_order(name));
    let telling: Vec<String> = words.iter().filter(|word| !is_in(LEGAL_FORMS, word)).cloned().collect();
    let mut kept = if telling.is_empty() { words } else { without_courtesy(telling) };
    if kept.len() > 1 {
        kept = kept.into_iter().map(|word| roman(&word).map_or(word, |number| number.to_string())).collect();
    }
    kept.sort_unstable();
    kept.join(" ")
}

fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

/// `John Q. Doe` for `Doe, John Q.`; what follows the comma of a firm is its legal form.
fn in_order(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) if !first.contains(',') && !words(first).iter().all(|word| is_in(LEGAL_FORMS, word)) => {
            format!("{first} {last}")
        }
        _ => name.to_owned(),
    }
}

/// The words without titles in front and without initials between the first and the last word.
fn without_courtesy(mut words: Vec<String>) -> Vec<String> {
    let titles = words.iter().take_while(|word| is_in(TITLES, word)).count();
    words.drain(..titles.min(words.len() - 1));
    let last = words.len() - 1;
    let mut at = 0;
    words.retain(|word| {
        let inner = at > 0 && at < last;
        at += 1;
        !(inner && word.chars().count() == 1 && word.chars().all(char::is_alphabetic))
    });
    words
}

/// The value of a Roman numeral up to 39, as funds are numbered.
fn roman(word: &str) -> Option<u32> {
    const UNITS: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let units = word.trim_start_matches('x');
    let tens = word.len() - units.len();
    let unit = UNITS.iter().position(|unit| *unit == units).filter(|unit| tens <= 3 && tens + unit > 0)?;
    u32::try_from(10 * tens + unit).ok()
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
/// and 1435663), but over whole words and regardless of word order. Digits and letters of other scripts are kept as they are: the next
/// fund is a different investor.
pub(super) fn sound(name: &str) -> String {
    let plain = plain(name);
    let mut words: Vec<String> = plain.split(' ').map(word_sound).collect();
    words.sort_unstable();
    words.join("-")
}

fn word_sound(word: &str) -> String {
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

    /// Pairs that are the same name by design.
    const SAME: [(&str, &str); 27] = [
        ("Acme Capital, Inc.", "ACME CAPITAL LTD"),
        ("Doe, John", "John Doe"),
        ("Doe, John Q.", "John Doe"),
        ("John Q. Doe", "John Doe"),
        ("Dr. Jane Roe", "Jane Roe"),
        ("Prof. Dr. Jane Roe", "Roe, Jane"),
        ("Müller & Söhne AG", "Muller Sohne"),
        ("Müller und Söhne", "Müller & Söhne GmbH & Co. KG"),
        ("The Blackstone Group", "Blackstone Group L.P."),
        ("Growth Fund II", "Growth Fund 2"),
        ("Growth Fund XIV", "Growth Fund 14"),
        ("IV Growth", "Growth, 4"),
        ("Macquarie Pty Ltd", "Macquarie"),
        ("Łódź Invest Sp. z o.o.", "Lodz Invest Sp. z o.o."),
        ("Straßenbau AG", "Strassenbau"),
        ("Søren Ærø", "Soren Aero"),
        ("O'Brien Partners", "OBrien Partners"),
        ("O’Brien Partners", "O'Brien Partners LLC"),
        ("J.P. Morgan", "JP Morgan"),
        ("Škoda s.r.o.", "Skoda"),
        ("Petrobras S.A.", "Petrobras"),
        ("Novo A/S", "Novo"),
        ("Toyota Kabushiki Kaisha", "Toyota K.K."),
        ("Petronas Sdn. Bhd.", "Petronas"),
        ("Tata Pvt. Ltd.", "TATA LIMITED"),
        ("Şahin Yıldız", "Sahin Yildiz"),
        ("Crédit-Agricole", "Credit Agricole SA"),
    ];

    #[test]
    fn spellings_of_one_name_are_the_same() {
        for (one, other) in SAME {
            assert_eq!(plain(one), plain(other), "{one} / {other}");
            assert_eq!(sound(one), sound(other), "{one} / {other}");
        }
        assert_eq!(plain("The Company Ltd"), "company ltd the");
        assert_eq!(plain("Dr."), "dr");
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
        for (one, other) in [
            ("Amcor", "Emcor"),
            ("Fund II", "Fund III"),
            ("Alpine One", "Alpine Two"),
            ("Fund 1", "Fund 2"),
            ("Fund 2", "Fund III"),
            ("Growth Fund A", "Growth Fund B"),
            ("Fund", "Fund I"),
        ] {
            assert!(sound(one) != sound(other) || !alike(likeness(one, other)), "{one} / {other}");
        }
    }

    proptest! {
        #[test]
        fn a_name_matches_itself_in_any_case_and_order(
            words in proptest::collection::vec("[A-Za-zÄÖÜéà]{2,10}[,.&]?|[0-9]{2,4}", 1..6)
        ) {
            let name = words.join(" ");
            prop_assert_eq!(plain(&name), plain(&name.to_uppercase()));
            // A title counts as a word unless it comes first, so order matters for it.
            prop_assume!(!words.iter().any(|word| is_in(TITLES, &searchable(word))));
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
