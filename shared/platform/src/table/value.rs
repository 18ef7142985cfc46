//! Lets serde read attribute values in place.
//!
//! `serde_dynamo` writes stored data and could read it too, but it first copies every SDK map into a map of its own, which took
//! three fifths of the time to read a card (`docs/decisions/0021-reading-items.md`).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::value::{BorrowedStrDeserializer, Error, MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// A value to deserialise from.
pub(super) struct Value<'de>(pub(super) &'de AttributeValue);

impl<'de> IntoDeserializer<'de, Error> for Value<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The entries of a map.
fn entries(
    values: &HashMap<String, AttributeValue>,
) -> impl Iterator<Item = (BorrowedStrDeserializer<'_, Error>, Value<'_>)> {
    values.iter().map(|(name, value)| (BorrowedStrDeserializer::new(name), Value(value)))
}

/// Visits a DynamoDB number as the smallest serde number type that can hold it.
fn number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Error> {
    if let Ok(number) = text.parse::<u64>() {
        visitor.visit_u64(number)
    } else if let Ok(number) = text.parse::<i64>() {
        visitor.visit_i64(number)
    } else {
        visitor.visit_f64(text.parse().map_err(Error::custom)?)
    }
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::S(text) => visitor.visit_borrowed_str(text),
            AttributeValue::N(text) => number(text, visitor),
            AttributeValue::Bool(value) => visitor.visit_bool(*value),
            AttributeValue::B(bytes) => visitor.visit_borrowed_bytes(bytes.as_ref()),
            AttributeValue::Null(_) => visitor.visit_unit(),
            AttributeValue::L(values) => visitor.visit_seq(SeqDeserializer::new(values.iter().map(Value))),
            AttributeValue::M(values) => visitor.visit_map(MapDeserializer::new(entries(values))),
            // Sets: Steward stores none.
            _ => Err(Error::custom("unsupported attribute type")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::Null(_) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::S(text) => BorrowedStrDeserializer::new(text).deserialize_enum(name, variants, visitor),
            AttributeValue::M(values) => {
                let values = MapAccessDeserializer::new(MapDeserializer::new(entries(values)));
                values.deserialize_enum(name, variants, visitor)
            }
            _ => Err(Error::custom(format!("not a variant of {name}"))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::{btree_map, vec};
    use proptest::option;
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::cipher::Sealed;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Wrapped(u8),
        Pair(i64, String),
        Named { at: u64 },
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type")]
    enum Tagged {
        A { n: i32 },
        B { text: Option<String> },
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Inner {
        share: f64,
        sealed: Sealed,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Outer {
        text: String,
        least: i64,
        most: u64,
        yes: bool,
        none: Option<u16>,
        kinds: Vec<Kind>,
        tagged: Tagged,
        map: BTreeMap<String, Vec<u32>>,
        pair: (u8, String),
        #[serde(flatten)]
        inner: Inner,
    }

    fn kind() -> impl Strategy<Value = Kind> {
        prop_oneof![
            Just(Kind::Plain),
            any::<u8>().prop_map(Kind::Wrapped),
            (any::<i64>(), ".{0,5}").prop_map(|(a, b)| Kind::Pair(a, b)),
            any::<u64>().prop_map(|at| Kind::Named { at }),
        ]
    }

    fn tagged() -> impl Strategy<Value = Tagged> {
        prop_oneof![
            any::<i32>().prop_map(|n| Tagged::A { n }),
            option::of(".{0,5}").prop_map(|text| Tagged::B { text }),
        ]
    }

    prop_compose! {
        fn outer()(
            (text, least, most, yes, none) in (".{0,20}", any::<i64>(), any::<u64>(), any::<bool>(), option::of(any::<u16>())),
            (kinds, tagged, map) in (vec(kind(), 0..4), tagged(), btree_map(".{0,5}", vec(any::<u32>(), 0..3), 0..3)),
            pair in (any::<u8>(), ".{0,5}"),
            (share, bytes) in (-1e9_f64..1e9, vec(any::<u8>(), 0..40)),
        ) -> Outer {
            let inner = Inner { share, sealed: Sealed(bytes) };
            Outer { text, least, most, yes, none, kinds, tagged, map, pair, inner }
        }
    }

    proptest! {
        #[test]
        fn stored_values_read_back_unchanged(outer in outer()) {
            let stored: AttributeValue = serde_dynamo::to_attribute_value(&outer).unwrap();
            prop_assert_eq!(Outer::deserialize(Value(&stored)).unwrap(), outer);
        }
    }

    #[test]
    fn values_of_another_type_or_size_are_refused() {
        let number = AttributeValue::N("256".into());
        assert!(u8::deserialize(Value(&number)).is_err());
        assert!(u16::deserialize(Value(&number)).is_ok());
        assert!(String::deserialize(Value(&number)).is_err());
        assert!(Kind::deserialize(Value(&AttributeValue::S("other".into()))).is_err());
        assert!(Kind::deserialize(Value(&AttributeValue::Ss(vec!["plain".into()]))).is_err());
        assert!(Vec::<String>::deserialize(Value(&AttributeValue::Ss(vec!["a".into()]))).is_err());
    }
}
