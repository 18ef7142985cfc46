//! Text types of the domain: each holds a value that has been trimmed, normalised to NFC and validated once.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Trims, normalises to NFC, and checks the length (in characters) and control characters.
fn parse(text: &str, least: usize, most: usize, lines: bool) -> Result<String, String> {
    let text = text.trim();
    // Text read back from the table was normalised when it was written.
    let normalised = is_nfc_quick(text.chars()) == IsNormalized::Yes;
    let text: String = if normalised { text.into() } else { text.nfc().collect() };
    let length = text.chars().count();
    if length < least {
        return Err(if least == 1 {
            "must not be empty".into()
        } else {
            format!("must be at least {least} characters long")
        });
    }
    if length > most {
        return Err(format!("must be at most {most} characters long"));
    }
    let refused =
        |c: char| (c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'))) || is_bidirectional_override(c);
    if text.chars().any(refused) {
        return Err("must not contain control characters".into());
    }
    if !text.chars().any(is_visible) {
        return Err("must have a visible character".into());
    }
    Ok(text)
}

/// Whether a character leaves a mark on its own. Soft hyphens, joiners, tags and fillers shape or label other characters, so they are
/// welcome among them (in Persian words, or in the flag of Wales), but a name of nothing else looks like no name at all.
fn is_visible(c: char) -> bool {
    /// The only blank that Unicode counts as a symbol.
    const BRAILLE_BLANK: char = '\u{2800}';
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    !c.is_whitespace() && !c.is_control() && !ignorable.contains(c) && c != BRAILLE_BLANK
}

/// Characters that change the reading order of the text after them and can therefore disguise a name.
#[must_use]
pub fn is_bidirectional_override(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A key under which texts that people consider identical compare equal: NFKC, lower case, single spaces.
#[must_use]
pub fn fold(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sort position in a list ordered by name: the folded name without accents, cut to 100 characters to keep index keys short,
/// followed by the ID. The unit separator between them sorts before every letter, so that `Bravo` comes before `Bravo 2`.
#[must_use]
pub fn position(name: &str, id: &impl std::fmt::Display) -> String {
    format!("{}\u{1F}{id}", sort_key(name))
}

fn sort_key(text: &str) -> String {
    let plain: String = fold(text).nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect();
    plain.chars().filter(|c| !c.is_control()).take(100).collect()
}

/// The words of a text in the form that search compares: folded, without accents, only letters and digits, separated by single spaces.
#[must_use]
pub fn searchable(text: &str) -> String {
    let spaced: String = sort_key(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Number of words in a name that can be found by prefix.
const MOST_WORDS: usize = 8;

/// The rest of a name starting at each of its words: `acme capital` and `capital`. Anything typed from the name, in its word
/// order, is a prefix of one of these.
#[must_use]
pub fn word_beginnings(name: &str) -> Vec<String> {
    let text = searchable(name);
    let starts = text.char_indices().filter(|(at, _)| *at == 0 || text.as_bytes()[at - 1] == b' ');
    starts
        .take(MOST_WORDS)
        .map(|(at, _)| text[at..].chars().take(60).collect())
        .filter(|s: &String| !s.is_empty())
        .collect()
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                let check: fn(&str) -> Result<String, String> = $check;
                check(&text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type!(
    /// The name of a person, firm or thing: 1 to 200 characters on a single line.
    Name,
    |text| parse(text, 1, 200, false)
);
text_type!(
    /// A one-line summary: 1 to 300 characters.
    Summary,
    |text| parse(text, 1, 300, false)
);
text_type!(
    /// Multi-line text: 1 to 10,000 characters.
    LongText,
    |text| parse(text, 1, 10_000, true)
);
text_type!(
    /// A reminder's message: 1 to 2,000 characters, may span several lines.
    Message,
    |text| parse(text, 1, 2_000, true)
);
text_type!(
    /// An acceptance criterion of a requirement: 1 to 500 characters, may span several lines.
    Criterion,
    |text| parse(text, 1, 500, true)
);
text_type!(
    /// A postal address: 1 to 500 characters, may span several lines.
    Address,
    |text| parse(text, 1, 500, true)
);
text_type!(
    /// A tag: 1 to 50 characters.
    Tag,
    |text| parse(text, 1, 50, false)
);
text_type!(
    /// An entity's key in another system: 1 to 100 characters.
    ExternalKey,
    |text| parse(text, 1, 100, false)
);
text_type!(
    /// A phone number: 3 to 40 characters, using digits, spaces and `+ ( ) - . / x #`.
    Phone,
    |text| {
        let text = parse(text, 3, 40, false)?;
        let digits = text.chars().filter(char::is_ascii_digit).count();
        if digits >= 3 && text.chars().all(|c| c.is_ascii_digit() || " +()-./x#".contains(c)) {
            Ok(text)
        } else {
            Err("must be a phone number such as +1 212 555 0100".into())
        }
    }
);
text_type!(
    /// An email address: one `@`, a domain with a dot, at most 254 characters (RFC 5321). Compared case-insensitively.
    Email,
    parse_email
);
text_type!(
    /// A country code (ISO 3166-1 alpha-2) in upper case.
    Country,
    |text| {
        let text = text.trim().to_ascii_uppercase();
        if COUNTRIES.split(' ').any(|code| code == text) { Ok(text) } else { Err("must be an ISO 3166 country code such as US".into()) }
    }
);
text_type!(
    /// A username: 3 to 40 of `a-z 0-9 . _ -`, lower case, starting and ending with a letter or digit.
    Username,
    |text| {
        let text = text.trim().to_ascii_lowercase();
        let ends = [text.chars().next(), text.chars().next_back()];
        let ends = ends.into_iter().flatten().all(|c| c.is_ascii_alphanumeric());
        let rest = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
        if (3..=40).contains(&text.len()) && ends && rest {
            Ok(text)
        } else {
            Err("must be 3 to 40 characters from a-z, 0-9, '.', '_' and '-', and start and end with a letter or digit".into())
        }
    }
);
text_type!(
    /// An IANA time zone such as `Europe/Berlin`, spelt exactly as in the bundled time zone database.
    TimeZone,
    |text| {
        let known = (1..=64).contains(&text.len()).then(|| jiff::tz::TimeZone::get(text).ok()).flatten();
        let name = known.as_ref().and_then(jiff::tz::TimeZone::iana_name);
        name.map(str::to_owned).ok_or_else(|| "must be an IANA time zone such as Europe/Berlin".into())
    }
);

impl TimeZone {
    /// The zone's rules; UTC if a later version of the database no longer has the zone.
    #[must_use]
    pub fn rules(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(self.as_str()).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

fn parse_email(text: &str) -> Result<String, String> {
    let wrong = || "must be an email address such as ann@example.com".to_owned();
    let text = parse(text, 3, 254, false)?;
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let local_ok = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    if local_ok && domain.contains('.') && domain.split('.').all(label_ok) { Ok(text) } else { Err(wrong()) }
}

/// The officially assigned ISO 3166-1 alpha-2 codes.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR \
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG \
KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX \
MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG \
VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_email_needs_a_name_and_a_dotted_domain() {
        for good in ["a@b.co", "ann.lee+x@example.com", "Ünï@exämple.de"] {
            assert!(Email::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in
            ["", "a", "a@b", "@b.co", "a@@b.co", "a b@c.de", "a@b..c", "a.@b.co", "a@-b.co", "a@b.co\r\nBcc: x@y.z"]
        {
            assert!(Email::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn reading_order_marks_and_control_characters_are_refused() {
        for bad in ["a\u{202E}b", "a\u{0}b", "a\nb", "\u{2066}x"] {
            assert!(Name::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
        assert!(LongText::try_from("two\nlines".to_owned()).is_ok());
    }

    #[test]
    fn invisible_characters_alone_are_no_name() {
        for c in "\u{200B}\u{AD}\u{FEFF}\u{2060}\u{115F}\u{1160}\u{3164}\u{FFA0}\u{E0041}\u{34F}\u{200D}\u{FE0F}\u{2800}".chars() {
            for text in [c.to_string(), format!("{c}{c} {c}"), format!(" {c}")] {
                assert!(Name::try_from(text.clone()).is_err(), "{text:?}");
                assert!(LongText::try_from(format!("{text}\n{text}")).is_err(), "{text:?}");
            }
            assert!(Name::try_from(format!("a{c}")).is_ok(), "{c:?}");
        }
        for good in ["می\u{200C}خواهم", "\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}", "☎", "1"] {
            assert!(Name::try_from(good.to_owned()).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_username_starts_and_ends_with_a_letter_or_digit() {
        for good in ["ann", "a.b", "a-1", "0_0", " Ann "] {
            assert!(Username::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["an", "ann.", "ann-", "ann_", ".ann", "-ann", "_ann", "...", "a b", "änn"] {
            assert!(Username::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_found_by_any_of_its_words() {
        assert_eq!(word_beginnings("Crédit-Agricole S.A."), ["credit agricole s a", "agricole s a", "s a", "a"]);
        assert!(word_beginnings("—").is_empty());
    }

    proptest! {
        #[test]
        fn each_word_of_a_name_starts_a_word_beginning(name in "\\PC{0,80}") {
            let (text, found) = (searchable(&name), word_beginnings(&name));
            for word in text.split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS) {
                prop_assert!(found.iter().any(|beginning| beginning.starts_with(&word.chars().take(60).collect::<String>())));
            }
            prop_assert_eq!(searchable(&text), text);
        }

        #[test]
        fn parsing_is_idempotent(text in "\\PC{0,250}") {
            if let Ok(name) = Name::try_from(text.clone()) {
                prop_assert_eq!(name.as_str(), text.trim().nfc().collect::<String>());
                prop_assert_eq!(Name::try_from(name.as_str().to_owned()).unwrap(), name);
            }
        }

        #[test]
        fn a_text_with_a_letter_is_a_name_whatever_surrounds_it(before in "\\p{Cf}{0,3}", after in "\\p{Cf}{0,3}") {
            let text = format!("{before}a{after}");
            prop_assert_eq!(Name::try_from(text.clone()).is_err(), text.chars().any(is_bidirectional_override));
        }

        #[test]
        fn list_positions_are_unique_and_follow_folded_names(a in "[a-zA-Z0-9 #!]{1,8}", b in "[a-zA-Z0-9 #!]{1,8}") {
            let (x, y) = (position(&a, &1), position(&b, &2));
            prop_assert_ne!(&x, &y);
            if fold(&a) != fold(&b) {
                prop_assert_eq!(x.cmp(&y), fold(&a).cmp(&fold(&b)));
            }
        }

        #[test]
        fn folding_is_idempotent(text in ".{0,80}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
