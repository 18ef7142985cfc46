//! What is public says what it means: items of Rust in a doc comment, the API in its document. Fields and variants of Rust need no
//! sentence where their names say it all.

use serde_json::Value;
use syn::{Attribute, ImplItem, Item, Visibility};

use super::Workspace;
use super::source::attributes;

fn is_described(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("doc"))
}

/// The name of a public item that needs a doc comment of its own.
fn public(item: &Item) -> Option<String> {
    let (visibility, name) = match item {
        Item::Const(item) => (&item.vis, &item.ident),
        Item::Enum(item) => (&item.vis, &item.ident),
        Item::Fn(item) => (&item.vis, &item.sig.ident),
        Item::Static(item) => (&item.vis, &item.ident),
        Item::Struct(item) => (&item.vis, &item.ident),
        Item::Trait(item) => (&item.vis, &item.ident),
        Item::Type(item) => (&item.vis, &item.ident),
        Item::Macro(item) if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) => {
            return item.ident.as_ref().map(ToString::to_string);
        }
        _ => return None,
    };
    matches!(visibility, Visibility::Public(_)).then(|| name.to_string())
}

/// The public functions and constants of an `impl` block without a doc comment.
fn silent_members(item: &Item) -> Vec<String> {
    let Item::Impl(block) = item else { return Vec::new() };
    let members = block.items.iter().filter_map(|member| match member {
        ImplItem::Fn(member) => Some((&member.vis, &member.sig.ident, &member.attrs)),
        ImplItem::Const(member) => Some((&member.vis, &member.ident, &member.attrs)),
        _ => None,
    });
    let silent = members
        .filter(|(visibility, _, attributes)| matches!(visibility, Visibility::Public(_)) && !is_described(attributes));
    silent.map(|(_, name, _)| name.to_string()).collect()
}

#[test]
fn public_items_have_doc_comments() {
    let mut silent = Vec::new();
    for tree in Workspace::read().trees().iter().filter(|tree| tree.name != "tests") {
        for module in tree.modules.values() {
            for item in &module.items {
                let mut names = silent_members(item);
                names.extend(public(item).filter(|_| !is_described(attributes(item))));
                silent.extend(names.into_iter().map(|name| format!("{}: {name}", module.file.display())));
            }
        }
    }
    assert!(silent.is_empty(), "{} items without a doc comment:\n{}", silent.len(), silent.join("\n"));
}

/// Whether a schema has a description, by itself or, if it may be null, in the alternative that is not.
fn says(schema: &Value) -> bool {
    let described = |schema: &Value| schema["description"].as_str().is_some_and(|text| !text.is_empty());
    described(schema) || schema["oneOf"].as_array().is_some_and(|alternatives| alternatives.iter().any(described))
}

/// Whether a property has only one value, which tells the alternatives of a schema apart and repeats their names.
fn is_tag(schema: &Value) -> bool {
    schema["enum"].as_array().is_some_and(|values| values.len() == 1)
}

/// Collects the properties without a description anywhere below `schema`, which is called `name`.
fn silent_properties(name: &str, schema: &Value, silent: &mut Vec<String>) {
    for (property, value) in schema["properties"].as_object().into_iter().flatten() {
        if !says(value) && !is_tag(value) {
            silent.push(format!("{name}.{property}"));
        }
    }
    let nested: Vec<&Value> = match schema {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(values) => values.iter().collect(),
        _ => Vec::new(),
    };
    for value in nested {
        silent_properties(name, value, silent);
    }
}

#[test]
fn the_api_document_describes_everything() {
    let document = serde_json::to_value(local::api::openapi()).unwrap();
    let mut silent = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            if operation["summary"].as_str().is_none_or(str::is_empty) {
                silent.push(route.clone());
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|value| !says(value)) {
                silent.push(format!("{route}: {}", parameter["name"]));
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        silent_properties(name, schema, &mut silent);
    }
    assert!(silent.is_empty(), "{} without a description:\n{}", silent.len(), silent.join("\n"));
}

#[test]
fn every_operation_says_what_it_does_and_what_its_answers_mean() {
    let document = serde_json::to_value(local::api::openapi()).unwrap();
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let is_said = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty());
    let mut used = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let route = format!("{method} {path}");
            assert!(is_said(&operation["summary"]) && is_said(&operation["description"]), "{route}");
            assert!(operation["security"].is_array(), "{route} does not say whether a sign-in is needed");
            for tag in operation["tags"].as_array().unwrap() {
                assert!(tags.contains(&tag), "{route}: {tag} is not among the tags");
                used.push(tag);
            }
            for (status, answer) in operation["responses"].as_object().unwrap() {
                assert!(is_said(&answer["description"]), "{route}, {status}");
            }
            let bodies = operation["requestBody"]["content"].as_object();
            for (kind, content) in bodies.into_iter().flatten() {
                assert!(content["example"].is_object(), "{route}, {kind} has no example");
            }
        }
    }
    assert!(tags.iter().all(|tag| used.contains(tag)), "a tag has no operation");
}

#[test]
fn files_are_described_as_bytes_of_their_media_type() {
    let document = serde_json::to_value(local::api::openapi()).unwrap();
    let answer =
        |path: &str, kind: &str| document["paths"][path]["get"]["responses"]["200"]["content"][kind]["schema"].clone();
    let report = answer("/api/products/{product_id}/report", "application/pdf");
    assert_eq!(
        report,
        serde_json::json!({ "type": "string", "format": "binary", "contentMediaType": "application/pdf" })
    );
    let export = answer("/api/exports/products", "text/csv");
    assert_eq!(export, serde_json::json!({ "type": "string", "contentMediaType": "text/csv" }));
}
