//! Forms of a text that compare equal when people consider the texts equal: for uniqueness, for lists in order of name, and for search.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A key under which texts that people consider identical compare equal: NFKC, lower case, single spaces.
#[must_use]
pub fn fold(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sort position in a list ordered by name: the folded name without accents, cut to 100 characters to keep index keys short,
/// followed by the ID. The unit separator between them sorts before every letter, so that `Bravo` comes before `Bravo 2`.
///
/// Stored keys follow from it, so another form would leave the old ones behind.
#[must_use]
pub fn position(name: &str, id: &impl std::fmt::Display) -> String {
    let plain: String = fold(name).nfd().filter(|c| !is_combining_mark(*c)).collect();
    let plain: String = plain.chars().filter(|c| !c.is_control()).take(100).collect();
    format!("{plain}\u{1F}{id}")
}

/// Marks above, below or through a letter that people leave out when they type: those of Latin, Greek and Cyrillic letters, and the
/// vowel points of Hebrew and Arabic. The vowel signs of other scripts are parts of the word.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}')
        && is_combining_mark(c)
}

/// How people write a letter without its own key, where Unicode does not decompose it into a letter and a mark.
fn spelt_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'ŋ' => "n",
        'ə' => "e",
        _ => return None,
    })
}

/// The folded text as it is typed without accents and special letters: `strasse` for `Straße`, `lodz` for `Łódź`.
#[must_use]
pub fn unaccented(text: &str) -> String {
    bare(&fold(text))
}

fn bare(folded: &str) -> String {
    let plain: String = folded.nfd().filter(|c| !is_accent(*c)).nfc().collect();
    let mut spelt = String::with_capacity(plain.len());
    for c in plain.chars() {
        match spelt_out(c) {
            Some(letters) => spelt.push_str(letters),
            None => spelt.push(c),
        }
    }
    spelt
}

/// Apostrophes, which people leave out inside a word: `O'Brien`, `O’Brien` and `OBrien`.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{2BC}' | '`' | '\u{B4}')
}

/// Hyphens that join two words or parts of one.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{AD}')
}

/// The words of a text in the form that search compares: without accents and apostrophes, only letters and digits, separated by single
/// spaces.
#[must_use]
pub fn searchable(text: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || is_combining_mark(c) { c } else { ' ' };
    // After the folding, which may turn other characters into apostrophes, and before the marks beside them are put in order.
    let joined: String = fold(text).chars().filter(|c| !is_apostrophe(*c)).collect();
    let spaced: String = bare(&joined).chars().map(kept).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with hyphens between letters taken out, if it has any: `Jeanluc` for `Jean-Luc`.
fn joined(text: &str) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    let letter = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|c| c.is_alphabetic());
    let joins = |at: usize| is_hyphen(characters[at]) && letter(at.checked_sub(1)) && letter(Some(at + 1));
    let kept: String = (0..characters.len()).filter(|at| !joins(*at)).map(|at| characters[at]).collect();
    (kept.len() < text.len()).then_some(kept)
}

/// Letters of scripts that are written without spaces between words, so that a word may begin at each of them.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Where a searchable text can be entered: at each word, and at each letter of a script without spaces. True for the beginnings of words.
fn starts(text: &str) -> impl Iterator<Item = (usize, bool)> {
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let begins = before == ' ';
        let inner = is_unspaced(before) && is_unspaced(c);
        before = c;
        (begins || inner).then_some((at, begins))
    })
}

/// The searchable forms of a text: as it is written, and with its hyphens taken out.
fn forms(text: &str) -> impl Iterator<Item = String> {
    std::iter::once(searchable(text)).chain(joined(text).map(|joined| searchable(&joined)))
}

/// Number of words in a name that can be found by prefix.
pub(super) const MAX_WORDS: usize = 8;
/// Number of places inside the words of a name that can be found, in a script without spaces.
const MAX_INNER: usize = 12;

/// The rest of a name starting at each of its words: `acme capital` and `capital`. Anything typed from the name, in its word
/// order, is a prefix of one of these.
#[must_use]
pub fn word_beginnings(name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in forms(name) {
        let (mut words, mut inner) = (0, 0);
        for (at, begins) in starts(&text) {
            let (count, most) = if begins { (&mut words, MAX_WORDS) } else { (&mut inner, MAX_INNER) };
            if *count < most {
                *count += 1;
                found.insert(text[at..].chars().take(60).collect());
            }
        }
    }
    found
}

/// Whether each word of `phrase`, which is searchable, begins a word of `text`.
#[must_use]
pub fn has_words(text: &str, phrase: &str) -> bool {
    let forms: Vec<String> = forms(text).collect();
    let has = |word: &str| forms.iter().any(|form| starts(form).any(|(at, _)| form[at..].starts_with(word)));
    phrase.split(' ').all(has)
}
