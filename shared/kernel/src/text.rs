//! Text types of the domain: each holds a value that has been trimmed, normalised to NFC and validated once.

mod fold;
mod schema;
#[cfg(test)]
mod tests;

pub use fold::{fold, has_words, position, searchable, unaccented, word_beginnings};

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// What a text may be. The check and the API document both follow from it.
struct Form {
    /// Fewest characters, without spaces at the ends.
    least: usize,
    /// Most characters.
    most: usize,
    /// Whether the text may span several lines.
    lines: bool,
    /// Pattern (ECMA-262) of what is accepted; built only for the API document.
    pattern: fn() -> String,
    /// Format in the API document.
    format: Option<&'static str>,
}

impl Form {
    /// Text on a single line.
    const fn line(least: usize, most: usize) -> Self {
        Self { least, most, lines: false, pattern: || schema::LINE.to_owned(), format: None }
    }

    /// Text that may span several lines.
    const fn lines(most: usize) -> Self {
        Self { lines: true, pattern: || schema::LINES.to_owned(), ..Self::line(1, most) }
    }

    /// Text of which only some is accepted.
    const fn like(self, pattern: fn() -> String) -> Self {
        Self { pattern, ..self }
    }

    /// Trims, normalises to NFC, and checks the length (in characters) and control characters.
    fn parse(&self, given: &str) -> Result<String, String> {
        let text = given.trim();
        // Text read back from the table was normalised when it was written.
        let normalised = is_nfc_quick(text.chars()) == IsNormalized::Yes;
        let text: String = if normalised { text.into() } else { text.nfc().collect() };
        let length = text.chars().count();
        if length < self.least {
            return Err(if self.least == 1 {
                "must not be empty".into()
            } else {
                format!("must be at least {} characters long", self.least)
            });
        }
        if length > self.most || given.chars().count() > self.most {
            return Err(format!("must be at most {} characters long", self.most));
        }
        let refused = |c: char| {
            (c.is_control() && !(self.lines && matches!(c, '\n' | '\r' | '\t'))) || is_bidirectional_override(c)
        };
        if given.chars().any(refused) {
            return Err("must not contain control characters".into());
        }
        if !text.chars().any(is_visible) {
            return Err("must have a visible character".into());
        }
        Ok(text)
    }
}

/// Whether a character leaves a mark on its own. Soft hyphens, joiners, tags, fillers and combining marks shape or label other characters,
/// so they are welcome among them (in Persian words, or in the flag of Wales), but a name of nothing else looks like no name at all.
fn is_visible(c: char) -> bool {
    /// The only blank that Unicode counts as a symbol.
    const BRAILLE_BLANK: char = '\u{2800}';
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    // Formats, unassigned characters, private use, and marks (also enclosing ones) on nothing.
    let shapeless = GeneralCategoryGroup::Other.union(GeneralCategoryGroup::Mark);
    let shapeless = shapeless.contains(CodePointMapData::<GeneralCategory>::new().get(c));
    !c.is_whitespace() && !shapeless && !ignorable.contains(c) && c != BRAILLE_BLANK
}

/// Characters that change the reading order of the text after them and can therefore disguise a name.
#[must_use]
pub fn is_bidirectional_override(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

macro_rules! text_type {
    ($(#[doc = $doc:literal])+ $name:ident, $form:expr) => {
        text_type!($(#[doc = $doc])+ $name, $form, Ok);
    };
    ($(#[doc = $doc:literal])+ $name:ident, $form:expr, $check:expr) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                schema::of(&$name::FORM, &[$($doc),+])
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl $name {
            const FORM: Form = $form;

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                let check: fn(String) -> Result<String, String> = $check;
                check(Self::FORM.parse(&text)?).map(Self)
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
    Form::line(1, 200)
);
text_type!(
    /// A one-line summary: 1 to 300 characters.
    Summary,
    Form::line(1, 300)
);
text_type!(
    /// Multi-line text: 1 to 10,000 characters.
    LongText,
    Form::lines(10_000)
);
text_type!(
    /// A reminder's message: 1 to 2,000 characters, may span several lines.
    Message,
    Form::lines(2_000)
);
text_type!(
    /// An acceptance criterion of a requirement: 1 to 500 characters, may span several lines.
    Criterion,
    Form::lines(500)
);
text_type!(
    /// A postal address: 1 to 500 characters, may span several lines.
    Address,
    Form::lines(500)
);
text_type!(
    /// A tag: 1 to 50 characters.
    Tag,
    Form::line(1, 50)
);
text_type!(
    /// An entity's key in another system: 1 to 100 characters.
    ExternalKey,
    Form::line(1, 100)
);
text_type!(
    /// A phone number: 3 to 40 characters, using digits, spaces and `+ ( ) - . / x #`.
    Phone,
    Form::line(3, 40).like(|| schema::PHONE.to_owned()),
    |text| {
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
    Form { format: Some("idn-email"), ..Form::line(3, 254).like(|| schema::EMAIL.to_owned()) },
    checked_email
);
text_type!(
    /// A country code (ISO 3166-1 alpha-2) in upper case.
    Country,
    Form::line(2, 2).like(schema::country),
    |text| {
        let text = text.to_ascii_uppercase();
        if COUNTRIES.split(' ').any(|code| code == text) { Ok(text) } else { Err("must be an ISO 3166 country code such as US".into()) }
    }
);
text_type!(
    /// A username: 3 to 40 of `a-z 0-9 . _ -`, lower case, starting and ending with a letter or digit.
    Username,
    Form::line(3, 40).like(|| schema::USERNAME.to_owned()),
    |text| {
        let text = text.to_ascii_lowercase();
        let ends = [text.chars().next(), text.chars().next_back()];
        let ends = ends.into_iter().flatten().all(|c| c.is_ascii_alphanumeric());
        let rest = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
        if ends && rest {
            Ok(text)
        } else {
            Err("must be 3 to 40 characters from a-z, 0-9, '.', '_' and '-', and start and end with a letter or digit".into())
        }
    }
);
text_type!(
    /// An IANA time zone such as `Europe/Berlin`, spelt exactly as in the bundled time zone database.
    TimeZone,
    Form::line(1, 64).like(schema::time_zone),
    |text| {
        let known = jiff::tz::TimeZone::get(&text).is_ok_and(|zone| zone.iana_name() == Some(text.as_str()));
        known.then_some(text).ok_or_else(|| "must be an IANA time zone such as Europe/Berlin".into())
    }
);

impl TimeZone {
    /// The zone's rules; UTC if a later version of the database no longer has the zone.
    #[must_use]
    pub fn rules(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(self.as_str()).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

impl Email {
    /// The mailbox that the address leads to, in the form in which mailboxes compare: folded, without a tag after `+`, the domain in its
    /// ASCII form (IDNA, UTS 46), and for Gmail without dots and under its present domain. Mail servers decide what an address means, so two
    /// addresses with one mailbox are probably, but not certainly, the same.
    #[must_use]
    pub fn mailbox(&self) -> String {
        let folded = fold(&self.0);
        let Some((name, domain)) = folded.rsplit_once('@') else { return folded };
        let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned());
        let name = name.split('+').next().filter(|name| !name.is_empty()).unwrap_or(name);
        match domain.as_str() {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", name.replace('.', "")),
            _ => format!("{name}@{domain}"),
        }
    }
}

fn checked_email(text: String) -> Result<String, String> {
    let wrong = || "must be an email address such as ann@example.com".to_owned();
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let local_ok = (1..=64).contains(&local.chars().count())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let label_ok = |label: &str| {
        (1..=63).contains(&label.chars().count())
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
