//! The condition for replacing or deleting an item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::Item;

/// The condition that an item is unchanged since it was read, with its placeholders.
pub(super) struct AsRead {
    pub condition: String,
    pub names: HashMap<String, String>,
    pub values: Item,
}

impl AsRead {
    /// Requires the item to be at `version`, and at `revision` and at `position` in `gsi2` if given.
    pub fn new(version: u64, revision: Option<u64>, position: Option<&str>) -> Self {
        let number = |value: u64| AttributeValue::N(value.to_string());
        let wanted = [
            ("version", Some(number(version))),
            ("revision", revision.map(number)),
            ("gsi2sk", position.map(|position| AttributeValue::S(position.into()))),
        ];
        let wanted: Vec<_> = wanted.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        Self {
            condition: wanted.iter().map(|(name, _)| format!("#{name} = :{name}")).collect::<Vec<_>>().join(" AND "),
            names: wanted.iter().map(|(name, _)| (format!("#{name}"), (*name).to_owned())).collect(),
            values: wanted.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect(),
        }
    }
}
