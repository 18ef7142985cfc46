//! The two text encodings a file can have.

use std::borrow::Cow;

use kernel::choice;

choice!(
    /// Text encoding of the file.
    #[schema(as = ImportEncoding)]
    #[derive(Default)]
    Encoding {
        /// UTF-8, with or without a byte order mark.
        #[default]
        Utf8 = "utf-8",
        /// Windows-1252, written by older spreadsheets for Western languages; a superset of Latin-1.
        Windows1252 = "windows-1252",
    }
);

impl Encoding {
    /// Decodes `bytes`; `None` if they are not valid in this encoding.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Windows1252 if bytes.is_ascii() => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Windows1252 => Some(Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect())),
        }
    }
}

/// Decodes one Windows-1252 byte (WHATWG Encoding: unassigned bytes are control characters).
fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => UPPER.get(usize::from(byte - 0x80)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
        other => char::from(other),
    }
}

/// The bytes 0x80 to 0x9F, where Windows-1252 differs from Latin-1.
const UPPER: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}',
    '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}',
    '\u{17E}', '\u{178}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_bytes_decode_only_as_windows_1252() {
        assert_eq!(Encoding::Utf8.decode(b"M\xFCller"), None);
        assert_eq!(Encoding::Windows1252.decode(b"M\xFCller \x80 \x93x\x94").unwrap(), "Müller € “x”");
        assert_eq!(Encoding::Utf8.decode("Müller".as_bytes()).unwrap(), "Müller");
    }
}
