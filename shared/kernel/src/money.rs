//! Money: an exact decimal amount in an ISO 4217 currency. Never a binary floating-point number.

mod currency;

pub use currency::Currency;

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::error::Error;

/// Largest amount accepted as input, in whole units of the currency: 10^15.
const MOST: i64 = 1_000_000_000_000_000;

/// An exact amount as a JSON string such as `"1250000.00"`. JSON numbers are rejected, because JSON parsers round them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(
    value_type = String, example = "1250000.00", max_length = 29,
    pattern = r"^(?:[0-9]{1,15}(?:\.[0-9]{1,12})?|10{15}(?:\.0{1,12})?)$"
)]
pub struct Amount(Decimal);

impl Amount {
    /// The amount as a decimal number.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        self.0
    }
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "must be a decimal number as a string, such as \"1250000.00\"".to_owned();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if text.starts_with('-') {
            return Err("must not be negative".into());
        }
        if !digits(whole, 16) || !digits(fraction, 12) {
            return Err(wrong());
        }
        let number = Decimal::from_str_exact(text).map_err(|_| wrong())?;
        if number > Decimal::from(MOST) { Err("must be at most 10^15".into()) } else { Ok(Self(number)) }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A non-negative amount in a currency, with exactly the number of decimals that the currency has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "RawMoney", deny_unknown_fields)]
pub struct Money {
    /// The amount.
    amount: Amount,
    /// Its currency.
    currency: Currency,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMoney {
    amount: Amount,
    currency: Currency,
}

impl TryFrom<RawMoney> for Money {
    type Error = String;

    fn try_from(raw: RawMoney) -> Result<Self, String> {
        let digits = raw.currency.minor_units();
        let mut amount = raw.amount.0;
        if amount.normalize().scale() > digits {
            return Err(format!("must have at most {digits} decimal places in {}", raw.currency));
        }
        amount.rescale(digits);
        Ok(Self { amount: Amount(amount), currency: raw.currency })
    }
}

impl Money {
    /// Zero in this currency.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self::of(Decimal::ZERO, currency)
    }

    /// A sum computed from amounts in `currency`; may exceed the input limit.
    #[must_use]
    pub fn of(mut amount: Decimal, currency: Currency) -> Self {
        amount.rescale(currency.minor_units());
        Self { amount: Amount(amount), currency }
    }

    /// The amount in whole units of the currency.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        self.amount.0
    }

    /// The currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Whether the amount is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.amount.0.is_zero()
    }

    /// The exact sum. Fails if the currencies differ or the sum exceeds 28 digits.
    pub fn plus(self, other: Self) -> Result<Self, Error> {
        self.same(other)?;
        let sum = self.decimal().checked_add(other.decimal());
        sum.map(|sum| Self::of(sum, self.currency))
            .ok_or_else(|| Error::field("amount", "would make the total too large"))
    }

    /// The amount minus `other`, but never below zero.
    pub fn less(self, other: Self) -> Result<Self, Error> {
        self.same(other)?;
        let rest = self.decimal().checked_sub(other.decimal()).unwrap_or_default();
        Ok(Self::of(rest.max(Decimal::ZERO), self.currency))
    }

    fn same(self, other: Self) -> Result<(), Error> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(Error::field("amount.currency", format!("must be {}", self.currency)))
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(amount: &str, currency: &str) -> Result<Money, serde_json::Error> {
        serde_json::from_value(serde_json::json!({"amount": amount, "currency": currency}))
    }

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        assert_eq!(money("12.5", "USD").unwrap().to_string(), "12.50 USD");
        assert_eq!(money("12.0", "JPY").unwrap().to_string(), "12 JPY");
        assert_eq!(money("0.001", "KWD").unwrap().to_string(), "0.001 KWD");
        for (amount, currency) in [("1.5", "JPY"), ("0.001", "USD"), ("0.0001", "KWD"), ("1", "XXX"), ("1", "usd")] {
            assert!(money(amount, currency).is_err(), "{amount} {currency}");
        }
    }

    #[test]
    fn only_plain_numbers_within_the_limit_are_accepted() {
        for amount in ["", ".", "-1", "+1", "1e3", "NaN", "1,000", " 1", "1_000", "1000000000000000.01", "1.2.3"] {
            assert!(money(amount, "USD").is_err(), "{amount}");
        }
        assert!(money("1000000000000000", "USD").is_ok());
        assert!(serde_json::from_str::<Money>(r#"{"amount": 1.5, "currency": "USD"}"#).is_err());
    }

    #[test]
    fn different_currencies_cannot_be_added() {
        assert!(money("1", "USD").unwrap().plus(money("1", "EUR").unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn cents_add_exactly(a in 0_i64..100_000_000_000_000_000, b in 0_i64..100_000_000_000_000_000) {
            let text = |n: i64| format!("{}.{:02}", n / 100, n % 100);
            let sum = money(&text(a), "USD").unwrap().plus(money(&text(b), "USD").unwrap()).unwrap();
            prop_assert_eq!(sum.to_string(), format!("{} USD", text(a + b)));
        }

        #[test]
        fn parsing_any_text_never_panics(text in ".{0,60}") {
            let _ = text.parse::<Amount>();
        }
    }
}
