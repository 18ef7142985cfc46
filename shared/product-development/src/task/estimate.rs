//! Estimated effort of a task.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Maximum number of hours per task.
const MOST: u32 = 10_000;

/// Exact hours of work: 0 to 10,000 with at most two decimal places. Serialized as a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String, example = "7.5", max_length = 10,
    pattern = r"^(?:0?[0-9]{1,4}(?:\.[0-9]{1,2}0{0,2})?|10000(?:\.0{1,4})?)$"
)]
pub struct Hours(Decimal);

impl Hours {
    /// Returns the number of hours.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        self.0
    }
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || "must be hours with at most two decimal places, such as 7.5".to_owned();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
        let digits = |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let plain = digits(whole, 5) && digits(fraction, 4);
        let number = if plain { Decimal::from_str_exact(&text).ok() } else { None }.ok_or_else(wrong)?.normalize();
        if number.scale() > 2 {
            return Err(wrong());
        }
        if number > Decimal::from(MOST) { Err("must be at most 10,000 hours".into()) } else { Ok(Self(number)) }
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.0.to_string()
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_have_limited_precision_and_range() {
        for (text, shown) in [("0", "0"), ("7.50", "7.5"), ("10000", "10000"), ("0.25", "0.25"), ("3.000", "3")] {
            assert_eq!(Hours::try_from(text.to_owned()).unwrap().to_string(), shown);
        }
        for wrong in ["", ".", "-1", "+1", "1e3", "10000.01", "0.125", "1,5", " 1", "1_0"] {
            assert!(Hours::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn parsing_any_text_never_panics(text in ".{0,40}") {
            let _ = Hours::try_from(text);
        }
    }
}
