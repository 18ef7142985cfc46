//! Values of attributes, as updates and conditions take them.

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::Error;
use rust_decimal::Decimal;
use serde::Serialize;

/// A value of an attribute, in an update or a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute(pub(super) AttributeValue);

impl Attribute {
    /// DynamoDB's null, which is not the same as an absent attribute.
    #[must_use]
    pub fn null() -> Self {
        Self(AttributeValue::Null(true))
    }

    /// A whole value, stored as serde writes it.
    pub fn of(value: &impl Serialize) -> Result<Self, Error> {
        serde_dynamo::to_attribute_value(value).map(Self).map_err(Error::defect)
    }

    /// The value as the SDK has it.
    pub(crate) fn into_value(self) -> AttributeValue {
        self.0
    }
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self(AttributeValue::S(text.into()))
    }
}

impl From<String> for Attribute {
    fn from(text: String) -> Self {
        Self(AttributeValue::S(text))
    }
}

impl From<Decimal> for Attribute {
    fn from(number: Decimal) -> Self {
        Self(AttributeValue::N(number.normalize().to_string()))
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl From<$number> for Attribute {
            fn from(number: $number) -> Self {
                Self(AttributeValue::N(number.to_string()))
            }
        })+
    };
}
numbers!(i32, i64, u16, u32, u64, usize);
