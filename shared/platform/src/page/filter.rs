//! What the items of a list must be like.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

/// A condition on one attribute.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The attribute, such as `card.tier`.
    pub(super) path: String,
    /// What it is compared with.
    pub(super) value: String,
    /// How.
    pub(super) test: Test,
}

/// How an attribute is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    /// It is the value.
    Equals,
    /// It is not the value.
    Differs,
    /// It is a list that has the value in it, or a text that does.
    Contains,
    /// It is a text that sorts before the value.
    Before,
    /// It is null; the value is DynamoDB's name of that type.
    IsNull,
}

impl Test {
    /// The comparison as DynamoDB writes it, and as cursors are bound to it.
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
    /// The condition as cursors are bound to it.
    pub(super) fn place(&self) -> String {
        self.test.expression(&self.path, &self.value)
    }
}

/// The query, for items that meet all filters.
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
