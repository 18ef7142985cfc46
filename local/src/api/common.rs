//! What all operations have in common, described once: headers, cursors, problems, redirects, and the range of whole numbers.

use std::collections::BTreeMap;

use kernel::time::Date;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
use utoipa::openapi::{
    KnownFormat, Object, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder, Schema, SchemaFormat,
};
use utoipa::{Number, PartialSchema as _};

use super::operations;

const PROBLEM: &str = "application/problem+json";

/// Completes the description of every operation and schema.
pub(super) fn describe(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    describe_parameter(parameter);
                }
            }
            describe_responses(path, operation);
        }
    }
    if let Some(components) = &mut document.components {
        components.schemas.values_mut().for_each(bound);
        describe_totals(&mut components.schemas);
    }
}

/// The schemas whose amounts are sums. These may exceed what a single amount may be.
const SUMS: [&str; 3] = ["Figures", "CapitalPart", "ValuedPart"];

fn describe_totals(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let total = |reference: &mut RefOr<Schema>| {
        if let RefOr::Ref(reference) = reference
            && reference.ref_location.ends_with("/Money")
        {
            reference.ref_location.push_str("Total");
        }
    };
    for name in SUMS {
        let Some(RefOr::T(Schema::Object(sums))) = schemas.get_mut(name) else { continue };
        for property in sums.properties.values_mut() {
            match property {
                RefOr::T(Schema::OneOf(choice)) => choice.items.iter_mut().for_each(total),
                plain => total(plain),
            }
        }
    }
    let amount = ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^[0-9]{1,29}(?:\.[0-9]{1,12})?$"));
    let mut currency = Ref::new("#/components/schemas/Currency");
    "Its currency.".clone_into(&mut currency.description);
    let described = ObjectBuilder::new()
        .description(Some(
            "A sum of amounts in one currency, with exactly the number of decimals that the currency has.",
        ))
        .property("amount", amount.description(Some("The sum.")))
        .property("currency", currency)
        .required("amount")
        .required("currency");
    schemas.insert("MoneyTotal".to_owned(), described.into());
}

/// A text of `least` to `most` characters that match `pattern`.
fn text(least: usize, most: usize, pattern: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern));
    text.min_length(Some(least)).max_length(Some(most)).into()
}

/// Whether a schema is that of any day, whose limits are those of [`Date`].
fn is_day(schema: &RefOr<Schema>) -> bool {
    let day = Some(SchemaFormat::KnownFormat(KnownFormat::Date));
    matches!(schema, RefOr::T(Schema::Object(object)) if object.format == day)
}

/// Describes what extractors read from any request.
fn describe_parameter(parameter: &mut Parameter) {
    let schema = match (&parameter.parameter_in, parameter.name.as_str()) {
        (ParameterIn::Header, "If-Match") => Some(text(3, 17, "^\"[0-9]{1,15}\"$")),
        (ParameterIn::Header, "Idempotency-Key") => {
            parameter.required = Required::False;
            Some(text(1, 128, "^[!-~]+$"))
        }
        // Sealed positions: base64url without padding.
        (ParameterIn::Query, "cursor") => Some(text(1, 4096, "^[A-Za-z0-9_-]+$")),
        _ => None,
    };
    let given = || parameter.schema.take().map(|schema| if is_day(&schema) { Date::schema() } else { schema });
    parameter.schema = schema.or_else(given);
    if let Some(schema) = &mut parameter.schema {
        bound(schema);
    }
}

/// Every refusal is a problem document. The investor in a path may have been merged into another one.
fn describe_responses(path: &str, operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let Some(RefOr::T(Response { content, .. })) = responses.get_mut("4XX") else { return };
    if let Some(problem) = content.swap_remove("application/json") {
        content.insert(PROBLEM.to_owned(), problem);
    }
    let content = content.clone();
    if path.contains("{investor_id}") {
        let mut moved = ResponseBuilder::new()
            .description("The investor was merged into the one in the `Location` header; repeat the request there.")
            .build();
        moved.content = content;
        responses.entry("308".to_owned()).or_insert_with(|| moved.into());
    }
}

/// Gives whole numbers the range of their type, and closes the alternatives of a tagged choice, anywhere in `schema`.
fn bound(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            bound_number(object);
            object.properties.values_mut().for_each(bound);
            if let Some(AdditionalProperties::RefOr(inner)) = object.additional_properties.as_deref_mut() {
                bound(inner);
            }
        }
        Schema::Array(array) => {
            if let utoipa::openapi::schema::ArrayItems::RefOrSchema(items) = &mut array.items {
                bound(items);
            }
        }
        Schema::OneOf(choice) => {
            for alternative in &mut choice.items {
                bound(alternative);
                if let RefOr::T(Schema::Object(object)) = alternative
                    && !object.properties.is_empty()
                {
                    object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
                }
            }
        }
        Schema::AllOf(all) => all.items.iter_mut().for_each(bound),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(bound),
        _ => {}
    }
}

fn bound_number(object: &mut Object) {
    let is_integer = match &object.schema_type {
        utoipa::openapi::schema::SchemaType::Type(kind) => *kind == Type::Integer,
        utoipa::openapi::schema::SchemaType::Array(kinds) => kinds.contains(&Type::Integer),
        utoipa::openapi::schema::SchemaType::AnyValue => false,
    };
    if !is_integer {
        return;
    }
    let short = serde_json::to_value(&object.format).is_ok_and(|format| format == "int32");
    let unsigned = object.minimum.is_some();
    let (least, most) = match (unsigned, short) {
        (true, true) => (Number::UInt(0), Number::UInt(u32::MAX as usize)),
        (true, false) => (Number::UInt(0), Number::UInt(usize::MAX)),
        (false, true) => (Number::Int(i32::MIN as isize), Number::Int(i32::MAX as isize)),
        (false, false) => (Number::Int(isize::MIN), Number::Int(isize::MAX)),
    };
    object.minimum.get_or_insert(least);
    object.maximum.get_or_insert(most);
}
