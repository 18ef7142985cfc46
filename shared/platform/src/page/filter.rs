//! Conditions on the items of a list.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

/// A condition on one attribute.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The attribute's path, such as `card.tier`.
    pub(super) path: String,
    /// The value to compare with.
    pub(super) value: String,
    pub(super) test: Test,
}

/// A comparison of an attribute with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    /// The attribute equals the value.
    Equals,
    /// The attribute does not equal the value.
    Differs,
    /// The attribute is a list or text that contains the value.
    Contains,
    /// The attribute is text that sorts before the value.
    Before,
    /// The attribute is null; the value is DynamoDB's name for that type.
    IsNull,
}

impl Test {
    /// The comparison in DynamoDB syntax; cursors are bound to it.
    fn expression(self, name: &str, value: &str) -> String {
        match self {
            Self::Equals => format!("{name} = {value}"),
            Self::Differs => format!("{name} <> {value}"),
            Self::Contains => format!("contains({name}, {value})"),
            Self::Before => format!("{name} < {value}"),
            Self::IsNull => format!("attribute_type({name}, {value})"),
        }
    }
}

impl Filter {
    /// The condition as part of the place that cursors are bound to.
    pub(super) fn place(&self) -> String {
        self.test.expression(&self.path, &self.value)
    }
}

/// Restricts the query to items that match all filters.
pub(super) fn narrowed(mut query: QueryFluentBuilder, filters: &[Filter]) -> QueryFluentBuilder {
    let mut terms = Vec::new();
    for (n, Filter { path, value, test }) in filters.iter().enumerate() {
        let names: Vec<String> = path.split('.').map(|part| format!("#f{n}{part}")).collect();
        for (name, part) in names.iter().zip(path.split('.')) {
            query = query.expression_attribute_names(name, part);
        }
        query = query.expression_attribute_values(format!(":f{n}"), AttributeValue::S(value.clone()));
        terms.push(test.expression(&names.join("."), &format!(":f{n}")));
    }
    if terms.is_empty() { query } else { query.filter_expression(terms.join(" AND ")) }
}
