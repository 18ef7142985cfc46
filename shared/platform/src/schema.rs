//! The schema of the two tables. `template.yaml` declares the same schema; a test compares them.

use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType,
};

use kernel::error::Error;

/// The overloaded indexes, with keys `<name>pk` and `<name>sk`.
pub const INDEXES: [&str; 2] = ["gsi1", "gsi2"];
/// Attributes that the indexes project besides keys: the list projection, the type and the version.
pub const PROJECTED: [&str; 3] = ["card", "type", "version"];

fn text_attribute(name: &str) -> Result<AttributeDefinition, Error> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
        .map_err(Error::defect)
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, Error> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(Error::defect)
}

/// The main table.
pub fn main_table(name: &str) -> Result<CreateTableInputBuilder, Error> {
    let mut table = aws_sdk_dynamodb::operation::create_table::CreateTableInput::builder()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(text_attribute("pk")?)
        .attribute_definitions(text_attribute("sk")?)
        .key_schema(key("pk", KeyType::Hash)?)
        .key_schema(key("sk", KeyType::Range)?);
    for index in INDEXES {
        let (pk, sk) = (format!("{index}pk"), format!("{index}sk"));
        let projection = Projection::builder()
            .projection_type(ProjectionType::Include)
            .set_non_key_attributes(Some(PROJECTED.iter().map(ToString::to_string).collect()))
            .build();
        let definition = GlobalSecondaryIndex::builder()
            .index_name(index)
            .key_schema(key(&pk, KeyType::Hash)?)
            .key_schema(key(&sk, KeyType::Range)?)
            .projection(projection)
            .build()
            .map_err(Error::defect)?;
        table = table
            .attribute_definitions(text_attribute(&pk)?)
            .attribute_definitions(text_attribute(&sk)?)
            .global_secondary_indexes(definition);
    }
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewAndOldImages);
    Ok(table.stream_specification(stream.build().map_err(Error::defect)?))
}

/// The table for wrapped keys.
pub fn keys_table(name: &str) -> Result<CreateTableInputBuilder, Error> {
    Ok(aws_sdk_dynamodb::operation::create_table::CreateTableInput::builder()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(text_attribute("pk")?)
        .key_schema(key("pk", KeyType::Hash)?))
}
