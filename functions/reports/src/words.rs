//! Human-readable forms of API values.

use investor_relations::returns::{InternalRate, ReturnReason};
use kernel::money::Money;

/// Placeholder for a missing value.
pub const NONE: &str = "–";

/// Human-readable form of an API name: `family_office` becomes `Family office`.
pub fn word(name: &str) -> String {
    match name {
        "email" => return "Email".into(),
        "safe" => return "SAFE".into(),
        "nav" => return "Net asset value".into(),
        _ => {}
    }
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).map(|c| if c == '_' { ' ' } else { c }).collect()
}

/// Explains why a figure is undefined: `Not defined: one sign`.
pub fn undefined(reason: Option<ReturnReason>) -> String {
    reason.map_or_else(|| "Not defined".into(), |reason| format!("Not defined: {}", reason.as_str().replace('_', " ")))
}

/// A multiple: `1.5000×`.
pub fn multiple(ratio: Option<&str>) -> Option<String> {
    ratio.map(|ratio| format!("{ratio}×"))
}

/// A rate in percent with all its decimals: `"0.373363"` becomes `37.3363 %`.
pub fn percent(rate: &InternalRate) -> Option<String> {
    let rate = rate.rate.as_deref()?;
    let (sign, digits) = rate.strip_prefix('-').map_or(("", rate), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // Moves the decimal point two places without arithmetic, so the rate stays exactly as in the API.
    let fraction = format!("{fraction:0<2}");
    let (hundredths, rest) = fraction.split_at(2);
    let moved = format!("{whole}{hundredths}");
    let whole = moved.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if rest.is_empty() { format!("{sign}{whole} %") } else { format!("{sign}{whole}.{rest} %") })
}

/// An amount exactly as in the API, with its currency.
pub fn money(amount: Option<Money>) -> String {
    amount.map_or_else(|| NONE.into(), |amount| amount.to_string())
}

/// A file size: `1.4 MB`.
pub fn size(bytes: u64) -> String {
    let tenths = |unit: u64| (bytes * 10 + unit / 2) / unit;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", tenths(1_000_000) / 10, tenths(1_000_000) % 10),
    }
}

/// A duration with one decimal in a readable unit: `45 min`, `7.5 h`, `3.2 d`; days from two days on.
pub fn duration(minutes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = (minutes * 10 + unit / 2) / unit;
        if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    match minutes {
        0..60 => format!("{minutes} min"),
        60..2_880 => format!("{} h", tenths(60)),
        _ => format!("{} d", tenths(1_440)),
    }
}

/// A count with its noun: `1 entry`, `2 entries`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_keeps_every_decimal() {
        let percent = |rate: &str| super::percent(&InternalRate { rate: Some(rate.into()), reason: None }).unwrap();
        assert_eq!(percent("0.373363"), "37.3363 %");
        assert_eq!(percent("-0.050000"), "-5.0000 %");
        assert_eq!(percent("0.000000"), "0.0000 %");
        assert_eq!(percent("0.001234"), "0.1234 %");
        assert_eq!(percent("12.500000"), "1250.0000 %");
        assert_eq!(super::percent(&InternalRate { rate: None, reason: Some(ReturnReason::OneDay) }), None);
    }

    #[test]
    fn names_and_sizes_are_human_readable() {
        assert_eq!((word("family_office").as_str(), word("email").as_str()), ("Family office", "Email"));
        assert_eq!(undefined(Some(ReturnReason::NoValuation)), "Not defined: no valuation");
        assert_eq!(
            (size(999).as_str(), size(1_500).as_str(), size(104_857_600).as_str()),
            ("999 B", "2 kB", "104.9 MB")
        );
        assert_eq!(count(1, "entry", "entries"), "1 entry");
        let said = [59, 60, 450, 2_879, 2_880, 4_608].map(duration);
        assert_eq!(said, ["59 min", "1 h", "7.5 h", "48 h", "2 d", "3.2 d"]);
    }
}
