//! Human-readable forms of API values.

use investor_relations::returns::ReturnReason;
use kernel::money::Money;
use rust_decimal::{Decimal, RoundingStrategy};

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

/// A number rounded half away from zero to `places`, in groups of three: `1,234.50`. Never a negative zero.
fn number(value: Decimal, places: u32) -> String {
    let mut rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(places);
    let text = rounded.abs().to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    if rounded.is_sign_negative() && !rounded.is_zero() {
        grouped.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// A multiple with two decimals, as on the page: `1.50×`.
pub fn multiple(ratio: Option<&str>) -> Option<String> {
    let ratio = Decimal::from_str_exact(ratio?).ok()?;
    Some(format!("{}×", number(ratio, 2)))
}

/// A rate in percent with one decimal, as on the page: `"0.373363"` becomes `37.3%`.
pub fn percent(rate: Option<&str>) -> Option<String> {
    let rate = Decimal::from_str_exact(rate?).ok()?;
    Some(format!("{}%", number(rate * Decimal::ONE_HUNDRED, 1)))
}

/// An exact amount with its currency: `12,000.00 USD`.
pub fn money(amount: Money) -> String {
    format!("{} {}", number(amount.decimal(), amount.decimal().scale()), amount.currency())
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
    fn rates_and_multiples_are_rounded_as_on_the_page() {
        let rates = [
            ("0.373363", "37.3%"),
            ("-0.050000", "-5.0%"),
            ("0.000000", "0.0%"),
            ("-0.000400", "0.0%"),
            ("-1.000000", "-100.0%"),
            ("0.000500", "0.1%"),
            ("12.500000", "1,250.0%"),
        ];
        for (rate, text) in rates {
            assert_eq!(percent(Some(rate)).as_deref(), Some(text));
        }
        for (ratio, text) in [("1.0251", "1.03×"), ("1.3700", "1.37×"), ("0.0049", "0.00×"), ("1.2050", "1.21×")] {
            assert_eq!(multiple(Some(ratio)).as_deref(), Some(text));
        }
        assert_eq!((percent(None), multiple(None)), (None, None));
    }

    #[test]
    fn every_digit_of_an_amount_is_shown_in_groups() {
        let money = |amount: &str, currency: &str| {
            let value = serde_json::json!({"amount": amount, "currency": currency});
            super::money(serde_json::from_value(value).unwrap())
        };
        assert_eq!(money("900719925474099.31", "USD"), "900,719,925,474,099.31 USD");
        assert_eq!(money("1000", "JPY"), "1,000 JPY");
        assert_eq!(money("999.5", "KWD"), "999.500 KWD");
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
