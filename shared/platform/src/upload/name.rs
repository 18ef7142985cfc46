//! File names, as chosen by people and as saved by browsers.

use std::fmt::Write as _;

use super::FileType;
use kernel::text::{Name, is_bidirectional_override};

/// Characters not allowed in file names: path separators and characters that some operating systems reject.
const FORBIDDEN: &str = "/\\:*?\"<>|";
/// Maximum length of a file name in characters, that of any name.
const MAX_CHARACTERS: usize = 200;
/// Maximum length in bytes of a saved file name; file systems allow no more.
const MAX_SAVED: usize = 200;

/// A file name: 1 to 200 characters on a single line, without path separators, control characters or marks that change the reading
/// order; must not start or end with a dot.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String, example = "Subscription agreement.pdf", min_length = 1, max_length = 200,
    pattern = r#"^(?=.*[^\p{Z}\p{DI}\u2800])\p{Z}*[^.\p{Z}\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069/\\:*?"<>|\u200B\u200E\u200F\u061C\u2028\u2029\uFEFF](?:[^\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069/\\:*?"<>|\u200B\u200E\u200F\u061C\u2028\u2029\uFEFF]*[^.\p{Z}\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069/\\:*?"<>|\u200B\u200E\u200F\u061C\u2028\u2029\uFEFF])?\p{Z}*$"#
)]
pub struct FileName(Name);

impl FileName {
    /// A name for a generated file, such as a report: `text` without disallowed characters, cut to 120 characters, then a space and
    /// `ending`, which must itself be a valid name. Uses `Untitled` if nothing of the text remains.
    pub fn made_of(text: &str, ending: &str) -> Result<Self, String> {
        let kept =
            |c: char| !(FORBIDDEN.contains(c) || c.is_control() || is_invisible(c) || is_bidirectional_override(c));
        let safe: String = text.chars().map(|c| if kept(c) { c } else { ' ' }).take(120).collect();
        let words: Vec<&str> = safe.split_whitespace().collect();
        let joined = words.join(" ");
        let stem = joined.trim_matches(['.', ' ']);
        Self::try_from(format!("{} {ending}", if stem.is_empty() { "Untitled" } else { stem }))
    }

    /// The file name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The part after the last dot, in lower case; empty if there is no dot.
    #[must_use]
    pub fn extension(&self) -> String {
        self.as_str().rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
    }

    /// The name without its extension, or the whole name if nothing else would remain.
    #[must_use]
    pub fn stem(&self) -> &str {
        match self.as_str().rsplit_once('.') {
            Some((stem, _)) if !stem.trim().is_empty() => stem.trim(),
            _ => self.as_str(),
        }
    }

    /// The name with the extension of `kind`, for a file that is of that type but is named as if it were of another.
    #[must_use]
    pub fn of_type(self, kind: FileType) -> Self {
        if kind.extensions().contains(&self.extension().as_str()) {
            return self;
        }
        let ending = kind.extensions().first().copied().unwrap_or_default();
        // A stem of the maximum length has no room for a longer extension.
        let stem: String = self.stem().chars().take(MAX_CHARACTERS - 1 - ending.len()).collect();
        Self::try_from(format!("{}.{ending}", stem.trim_end())).unwrap_or(self)
    }

    /// A `Content-Disposition` header with this name (RFC 6266): an ASCII form for old clients and the full name in UTF-8
    /// (RFC 8187), cut to a length that every file system accepts.
    #[must_use]
    pub fn disposition(&self, inline: bool) -> String {
        let saved = self.saved();
        let ascii: String =
            saved.chars().map(|c| if c == ' ' || (c.is_ascii_graphic() && c != '%') { c } else { '_' }).collect();
        let mut header = format!("{}; filename=\"{ascii}\"", if inline { "inline" } else { "attachment" });
        if ascii != saved {
            header.push_str("; filename*=UTF-8''");
            for byte in saved.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    header.push(char::from(byte));
                } else {
                    // Writing to a string cannot fail.
                    let _ = write!(header, "%{byte:02X}");
                }
            }
        }
        header
    }

    /// The name, cut to [`MAX_SAVED`] bytes of UTF-8 before its extension.
    fn saved(&self) -> String {
        let text = self.as_str();
        if text.len() <= MAX_SAVED {
            return text.to_owned();
        }
        let ending = text.rsplit_once('.').map_or("", |(_, ending)| ending);
        let ending = if ending.len() <= 10 { ending } else { "" };
        let mut stem = String::new();
        for c in self.stem().chars() {
            if stem.len() + c.len_utf8() + ending.len() + 1 > MAX_SAVED {
                break;
            }
            stem.push(c);
        }
        if ending.is_empty() { stem } else { format!("{}.{ending}", stem.trim_end()) }
    }
}

/// Zero-width marks that change the reading order or hide in a name.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

impl TryFrom<String> for FileName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let name = Name::try_from(text)?;
        let text = name.as_str();
        if text.chars().any(|c| FORBIDDEN.contains(c)) {
            return Err(format!("must be a file name without a path and without {FORBIDDEN}"));
        }
        if text.chars().any(is_invisible) {
            return Err("must not contain invisible characters".into());
        }
        if text.starts_with('.') || text.ends_with('.') {
            return Err("must not start or end with a dot".into());
        }
        Ok(Self(name))
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0.into()
    }
}

impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> Result<FileName, String> {
        FileName::try_from(text.to_owned())
    }

    #[test]
    fn paths_and_invisible_characters_are_refused() {
        for bad in [
            "",
            " ",
            ".",
            "..",
            "../a.pdf",
            "a/b.pdf",
            "a\\b.pdf",
            "C:a.pdf",
            "a\u{0}.pdf",
            "a\r\nX: y.pdf",
            "invoice\u{202E}fdp.exe",
            "a\u{200F}.pdf",
            "a\u{2066}.pdf",
            "a\u{200B}.pdf",
            ".pdf",
            "a.pdf.",
            "a\".pdf",
        ] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
        assert!(name(&format!("{}.pdf", "ä".repeat(196))).is_ok());
        assert!(name(&format!("{}.pdf", "ä".repeat(197))).is_err());
    }

    #[test]
    fn a_disposition_follows_rfc_6266() {
        assert_eq!(name("a b.pdf").unwrap().disposition(false), "attachment; filename=\"a b.pdf\"");
        let rates = name("€ rates.csv").unwrap().disposition(true);
        assert_eq!(rates, "inline; filename=\"_ rates.csv\"; filename*=UTF-8''%E2%82%AC%20rates.csv");
        assert_eq!(name("100%.pdf").unwrap().disposition(false).matches("filename").count(), 2);
    }

    #[test]
    fn a_generated_name_keeps_only_allowed_characters() {
        let made = |text: &str| FileName::made_of(text, "2026-11-21.pdf").unwrap().to_string();
        assert_eq!(made("Acme Ventures"), "Acme Ventures 2026-11-21.pdf");
        assert_eq!(made("../../etc: \"x\"\r\nSet-Cookie: a=b"), "etc x Set-Cookie a=b 2026-11-21.pdf");
        assert_eq!(made("<b>\u{202E}fdp.exe\u{200F}"), "b fdp.exe 2026-11-21.pdf");
        assert_eq!(made("..."), "Untitled 2026-11-21.pdf");
    }

    #[test]
    fn a_name_gets_the_extension_of_its_files_type() {
        let mended = |text: &str, kind| name(text).unwrap().of_type(kind).to_string();
        assert_eq!(mended("Logo.jpg", FileType::Png), "Logo.png");
        assert_eq!(mended("Logo.JPEG", FileType::Webp), "Logo.webp");
        assert_eq!(mended("Logo.JPEG", FileType::Jpeg), "Logo.JPEG");
        assert_eq!(mended("a.b.png", FileType::Gif), "a.b.gif");
        let long = format!("{}.png", "x".repeat(196));
        assert_eq!(mended(&long, FileType::Webp), format!("{}.webp", "x".repeat(195)));
    }

    proptest! {
        #[test]
        fn any_text_makes_a_name(text in ".{0,300}") {
            prop_assert!(FileName::made_of(&text, "x.pdf").is_ok());
        }

        #[test]
        fn a_disposition_never_breaks_out_of_its_header(text in "\\PC{1,200}") {
            if let Ok(name) = name(&text) {
                let header = name.disposition(false);
                prop_assert!(header.bytes().all(|byte| (b' '..0x7F).contains(&byte)), "{}", header);
                prop_assert_eq!(header.matches('"').count(), 2);
                prop_assert!(name.saved().len() <= MAX_SAVED);
            }
        }

        #[test]
        fn a_long_name_keeps_its_extension(stem in "[ä€x]{150,195}") {
            let name = name(&format!("{stem}.pdf")).unwrap();
            prop_assert!(name.saved().strip_suffix(".pdf").is_some());
        }
    }
}
