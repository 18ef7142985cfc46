//! The API document says what a request may hold: the length or pattern of every text, the number of items of every list, and the range of
//! every number. Whoever generates requests from it, a fuzzer for example, then agrees with the server about what is valid.

use std::collections::BTreeSet;

use serde_json::Value;

/// What a schema leaves open, as the keyword to add.
fn open(schema: &Value) -> Vec<&'static str> {
    let is = |kind: &str| match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(several) => several.iter().any(|one| one == kind),
        _ => false,
    };
    let says = |keyword: &str| schema.get(keyword).is_some();
    let mut missing = Vec::new();
    if is("string") && !["maxLength", "pattern", "enum", "const", "format"].into_iter().any(says) {
        missing.push("a text without max_length, pattern, format or an enum");
    }
    if is("string") && schema["format"] == "password" && !says("maxLength") {
        missing.push("a password without max_length");
    }
    if is("array") && !says("maxItems") {
        missing.push("a list without max_items");
    }
    if (is("integer") || is("number")) && !(says("minimum") && says("maximum")) {
        missing.push("a number without minimum and maximum");
    }
    if is("object") && says("properties") && schema["additionalProperties"] != Value::Bool(false) {
        missing.push("an object that takes unknown fields (add #[serde(deny_unknown_fields)])");
    }
    missing
}

/// What a browser's `credential.toJSON()` returns: browsers may add members, which Steward ignores. This list may only shrink.
const MADE_BY_BROWSERS: [&str; 4] =
    ["PasskeyAssertion", "PasskeyAssertionResponse", "PasskeyAttestation", "PasskeyAttestationResponse"];

/// The schemas that requests reach, each followed once.
struct Requests<'a> {
    schemas: &'a Value,
    seen: BTreeSet<&'a str>,
    open: BTreeSet<String>,
}

impl<'a> Requests<'a> {
    fn follow(&mut self, name: &str, schema: &'a Value) {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = reference.rsplit('/').next().unwrap();
            if self.seen.insert(target) {
                let found = &self.schemas[target];
                assert!(found.is_object(), "{name} refers to {target}, which the document does not have");
                self.follow(target, found);
            }
            return;
        }
        let made_by_browsers = MADE_BY_BROWSERS.contains(&name);
        let missing = open(schema).into_iter().filter(|what| !(made_by_browsers && what.starts_with("an object")));
        self.open.extend(missing.map(|what| format!("{name}: {what}")));
        for (property, value) in schema["properties"].as_object().into_iter().flatten() {
            self.follow(&format!("{name}.{property}"), value);
        }
        for keyword in ["items", "additionalProperties", "propertyNames"] {
            if schema[keyword].is_object() {
                self.follow(&format!("{name}[]"), &schema[keyword]);
            }
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            for value in schema[keyword].as_array().into_iter().flatten() {
                self.follow(name, value);
            }
        }
    }
}

#[test]
fn every_request_field_has_its_limits() {
    let document = serde_json::to_value(local::api::openapi()).unwrap();
    let schemas = &document["components"]["schemas"];
    let mut requests = Requests { schemas, seen: BTreeSet::new(), open: BTreeSet::new() };
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                requests.follow(&format!("{route}, parameter {}", parameter["name"]), &parameter["schema"]);
            }
            for content in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                requests.follow(&format!("{route}, body"), &content.1["schema"]);
            }
        }
    }
    let open: Vec<String> = requests.open.into_iter().collect();
    assert!(
        open.is_empty(),
        "the API document does not say what these may hold. Use a type of the domain (Name, Summary, Tag …), or say it with \
         #[schema(max_length = …, pattern = …, max_items = …, minimum = …, maximum = …)] (#[param(…)] for a query):\n{}",
        open.join("\n")
    );
}

#[test]
fn every_refusal_is_a_problem_document() {
    let document = serde_json::to_value(local::api::openapi()).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let content = operation["responses"]["4XX"]["content"].as_object();
            let kinds: Vec<&String> = content.into_iter().flatten().map(|(kind, _)| kind).collect();
            assert!(kinds.iter().all(|kind| *kind == "application/problem+json"), "{method} {path}: {kinds:?}");
        }
    }
}
