//! Takes JSON for what it says, at any depth: an object where a struct is meant, a string where a choice is meant.
//!
//! The deserializers that serde derives also read a struct from an array of its fields in order, and a choice from an object with a
//! single key: `["ada", "…"]` would sign in, and `{"fund": null}` would be `"fund"`. The API document allows neither, and whoever checks a
//! request before Steward would see something else in it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};

/// Wraps a deserializer, and everything that is read through it.
pub struct Strict<T>(pub T);

/// Methods that read one value without others inside.
macro_rules! plain {
    ($($method:ident)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        })+
    };
}

/// Methods that read a whole number.
macro_rules! whole {
    ($($method:ident)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Whole(visitor))
        })+
    };
}

/// Methods that read a value which may have others inside.
macro_rules! nested {
    ($($method:ident($($name:ident: $kind:ty),*) as $inner:ident($($given:ident),*);)+) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$inner($($given,)* Strict(visitor))
        })+
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    plain! {
        deserialize_bool deserialize_i128 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_unit deserialize_identifier deserialize_ignored_any
    }

    whole! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    nested! {
        deserialize_any() as deserialize_any();
        deserialize_option() as deserialize_option();
        deserialize_newtype_struct(name: &'static str) as deserialize_newtype_struct(name);
        deserialize_seq() as deserialize_seq();
        deserialize_tuple(length: usize) as deserialize_tuple(length);
        deserialize_tuple_struct(name: &'static str, length: usize) as deserialize_tuple_struct(name, length);
        deserialize_map() as deserialize_map();
        deserialize_struct(_name: &'static str, _fields: &'static [&'static str]) as deserialize_map();
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_str(Choice(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Reads a choice from its name.
struct Choice<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Choice<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<V::Value, E> {
        self.0.visit_enum(name.into_deserializer())
    }
}

/// Visits of values without others inside.
macro_rules! visits {
    ($($method:ident: $kind:ty),+ $(,)?) => {
        $(fn $method<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.0.$method(value)
        })+
    };
}

/// Reads a whole number, also if it is written with a fraction of zero: JSON has only one kind of number, and `2.0` is `2`.
struct Whole<V>(V);

/// The whole numbers that a float holds exactly end here: 2^53.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    visits! { visit_i64: i64, visit_u64: u64 }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<V::Value, E> {
        if number.fract() != 0.0 || number.abs() > MAX_EXACT {
            return self.0.visit_f64(number);
        }
        #[allow(clippy::cast_possible_truncation, reason = "a whole number within the range")]
        let whole = number as i64;
        match u64::try_from(whole) {
            Ok(whole) => self.0.visit_u64(whole),
            Err(_) => self.0.visit_i64(whole),
        }
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<V> {
    type Value = V::Value;

    visits! {
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str, visit_borrowed_str: &'de str,
        visit_string: String,
    }

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(entries))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Strict(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(deserializer))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Fund,
        Company,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        name: String,
        kind: Kind,
    }

    /// A value whose fields are read in every way that serde knows.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Whole {
        part: Part,
        #[serde(default)]
        perhaps: Option<Part>,
        parts: Vec<Part>,
        named: BTreeMap<String, Part>,
        pair: (u8, Part),
        kinds: Vec<Kind>,
        count: i64,
        ratio: f64,
    }

    fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, serde_json::Error> {
        T::deserialize(Strict(&mut serde_json::Deserializer::from_str(json)))
    }

    #[test]
    fn an_object_is_not_read_from_an_array() {
        assert!(read::<Part>(r#"{"name": "a", "kind": "fund"}"#).is_ok());
        for json in [r#"["a", "fund"]"#, "[]", "null", r#""a""#] {
            let error = read::<Part>(json).unwrap_err();
            assert!(error.to_string().contains("expected struct Part"), "{error}");
        }
    }

    #[test]
    fn a_choice_is_only_read_from_its_name() {
        assert_eq!(read::<Kind>(r#""company""#).unwrap(), Kind::Company);
        for json in [r#"{"fund": null}"#, r#"{"fund": []}"#, "0", "null", r#"["fund"]"#, r#""Fund""#] {
            assert!(read::<Kind>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_whole_number_may_have_a_fraction_of_zero() {
        assert_eq!(read::<u64>("2.0").unwrap(), 2);
        assert_eq!(read::<i8>("-2.0e0").unwrap(), -2);
        assert_eq!(read::<u64>("18446744073709551615").unwrap(), u64::MAX);
        for json in ["2.5", "-1.0", "1e300", "18446744073709551616", "true", r#""2""#] {
            assert!(read::<u64>(json).is_err(), "{json}");
        }
    }

    fn part() -> impl Strategy<Value = Part> {
        ("\\PC{0,8}", prop_oneof![Just(Kind::Fund), Just(Kind::Company)]).prop_map(|(name, kind)| Part { name, kind })
    }

    fn whole() -> impl Strategy<Value = Whole> {
        let several = || prop::collection::vec(part(), 0..3);
        let named = prop::collection::btree_map("[a-z]{1,3}", part(), 0..3);
        (part(), prop::option::of(part()), several(), named, part(), any::<i64>()).prop_map(
            |(part, perhaps, parts, named, second, count)| Whole {
                kinds: parts.iter().map(|part| part.kind.clone()).collect(),
                ratio: f64::from(i32::try_from(count % 1000).unwrap()) / 8.0,
                pair: (1, second),
                part,
                perhaps,
                parts,
                named,
                count,
            },
        )
    }

    /// Each value that differs from `json` by one object written as an array, or by one text written as an object, at any depth.
    fn disguises(json: &serde_json::Value) -> Vec<serde_json::Value> {
        use serde_json::{Value, json};
        let mut all = match json {
            Value::Object(fields) => vec![Value::Array(fields.values().cloned().collect())],
            Value::String(text) => vec![json!({ text: null })],
            _ => Vec::new(),
        };
        match json {
            Value::Object(fields) => all.extend(fields.iter().flat_map(|(name, value)| {
                disguises(value).into_iter().map(move |other| {
                    let mut copy = fields.clone();
                    copy.insert(name.clone(), other);
                    Value::Object(copy)
                })
            })),
            Value::Array(values) => all.extend(values.iter().enumerate().flat_map(|(n, value)| {
                disguises(value).into_iter().map(move |other| {
                    let mut copy = values.clone();
                    copy[n] = other;
                    Value::Array(copy)
                })
            })),
            _ => {}
        }
        all
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_no_disguise_of_it(value in whole()) {
            let json = serde_json::to_value(&value).unwrap();
            prop_assert_eq!(read::<Whole>(&json.to_string()).unwrap(), value);
            for disguise in disguises(&json) {
                prop_assert!(read::<Whole>(&disguise.to_string()).is_err(), "{}", disguise);
            }
        }
    }
}
