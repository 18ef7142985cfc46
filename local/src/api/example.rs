//! An example of each request body in the API document. `make conformance` sends them.

use serde_json::{Map, Value, json};
use utoipa::openapi::{OpenApi, Ref, RefOr};

use super::operations;

const ID: &str = "0193f2a8-7c1e-7d3a-9b52-6f1e0c4d8a10";
const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const PASSWORD: &str = "glacier violin quarry 7";

/// Values of fields, by the name of their schema and their own name, or by one of the two.
const WORDS: &[(&str, &str)] = &[
    ("NewInvestor.name", "Acme Ventures"),
    ("InvestorPatch.name", "Acme Ventures"),
    ("DuplicateQuery.name", "ACME Ventures LP"),
    ("NewInvestment.name", "Series A"),
    ("InvestmentPatch.name", "Series A"),
    ("NewProduct.name", "Orbit"),
    ("ProductPatch.name", "Orbit"),
    ("NewAsset.name", "Frame, side view"),
    ("AssetPatch.name", "Frame, side view"),
    ("NewBaseline.name", "Design freeze"),
    ("NewMilestone.name", "First prototype"),
    ("MilestonePatch.name", "First prototype"),
    ("NewRule.name", "Label what is done"),
    ("RulePatch.name", "Label what is done"),
    ("NewView.name", "Mine this week"),
    ("NewPasskey.name", "Work laptop"),
    ("PasskeyName.name", "Work laptop"),
    ("SignInAnswer.name", "Work laptop"),
    ("NewRequirement.title", "The frame holds 5 kN"),
    ("RequirementPatch.title", "The frame holds 5 kN"),
    ("NewTask.title", "Weld the frame"),
    ("TaskPatch.title", "Weld the frame"),
    ("NewComment.text", "The tubes have arrived."),
    ("CommentPatch.text", "The tubes have arrived."),
    ("NewReminder.message", "Send the quarterly report"),
    ("ReminderPatch.message", "Send the quarterly report"),
    ("NewView.query", "status=open&label=frame"),
    ("NewImport.file_name", "contacts.csv"),
    ("NewAttachment.file_name", "Weld test.pdf"),
    ("NewAsset.file_name", "Frame.pdf"),
    ("NewAssetVersion.file_name", "Frame.pdf"),
    ("summary", "Asked about the next round"),
    ("title", "Subscription agreement"),
    ("notes", "Met at the spring conference."),
    ("details", "They want to see the figures of the third quarter."),
    ("description", "As agreed with the workshop."),
    ("note", "Dimensions as in the specification."),
    ("label", "frame"),
    ("round", "Series A"),
    ("participants", "Grace Hopper"),
    ("column", "Company"),
    ("name", "Ada Lovelace"),
    ("username", "ada"),
    ("username_or_email", "ada"),
    ("password", PASSWORD),
    ("new_password", "marble harbor ninety kites"),
    ("current_password", PASSWORD),
    ("code", "492039"),
    ("challenge", "c2VhbGVkIGJ5IHRoZSBzZXJ2ZXI"),
    ("token", "c2VhbGVkIGJ5IHRoZSBzZXJ2ZXI"),
    ("setup_token", "a token from the operator"),
    ("id", ID),
    ("sha256", SHA256),
    ("Address", "1 Main Street, Springfield"),
    ("Base64Url", "c3Rld2FyZA"),
    ("Country", "US"),
    ("Criterion", "The frame carries 5 kN for an hour without a crack."),
    ("Currency", "USD"),
    ("Email", "ada@example.com"),
    ("ExternalKey", "CRM-1024"),
    ("PasskeyTransport", "internal"),
    ("Phone", "+1 212 555 0100"),
    ("ProductKey", "ORB"),
    ("Tag", "climate"),
    ("TimeZone", "Europe/Berlin"),
];

/// Examples as a whole, where the fields depend on each other.
fn whole(schema: &str) -> Option<Value> {
    Some(match schema {
        "NotificationRead" => json!({ "ids": [ID] }),
        "NewImport" => json!({ "kind": "investors", "file_name": "contacts.csv", "size": 48213 }),
        "ImportStart" => json!({
            "mapping": [{ "column": "Company", "field": "name" }, { "column": "Email", "field": "email" }],
            "key": "email", "dry_run": true, "encoding": "utf-8"
        }),
        "TaskMove" => json!({ "status": "in_progress" }),
        "ChecklistEntry" => json!({ "text": "Cut the tubes", "done": false }),
        "NewRequirementLink" => json!({ "requirement_id": ID, "kind": "relates_to" }),
        _ => return None,
    })
}

/// Gives each request body an example.
pub(super) fn describe(document: &mut OpenApi) {
    let schemas = serde_json::to_value(&document.components).unwrap_or_default()["schemas"].take();
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            let Some(RefOr::T(body)) = &mut operation.request_body else { continue };
            for content in body.content.values_mut() {
                let RefOr::T(content) = content else { continue };
                let Some(RefOr::Ref(Ref { ref_location, .. })) = &content.schema else { continue };
                let name = last(ref_location);
                content.example =
                    whole(name).or_else(|| Some(Example { schemas: &schemas }.of(&schemas[name], name, "")));
            }
        }
    }
}

fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

fn word(name: &str) -> Option<Value> {
    WORDS.iter().find(|(field, _)| *field == name).map(|(_, value)| json!(value))
}

struct Example<'a> {
    schemas: &'a Value,
}

impl Example<'_> {
    /// A value of `schema`, the field `field` of the schema `owner`.
    fn of(&self, schema: &Value, owner: &str, field: &str) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = last(reference);
            if let Some(whole) = whole(target) {
                return whole;
            }
            let inner = &self.schemas[target];
            let plain = inner["properties"].is_null() && inner["oneOf"].is_null();
            return if plain {
                self.of(inner, owner, &format!("{target}\n{field}"))
            } else {
                self.of(inner, target, "")
            };
        }
        for keyword in ["oneOf", "anyOf"] {
            let choices = schema[keyword].as_array().into_iter().flatten();
            if let Some(first) = choices.into_iter().find(|choice| choice["type"] != "null") {
                return self.of(first, owner, field);
            }
        }
        if let Some(properties) = schema["properties"].as_object() {
            let filled = properties.iter().map(|(name, value)| (name.clone(), self.of(value, owner, name)));
            return Value::Object(filled.collect::<Map<_, _>>());
        }
        self.plain(schema, owner, field)
    }

    /// A value without fields. `field` is its name, after the name of its type if it has one.
    fn plain(&self, schema: &Value, owner: &str, field: &str) -> Value {
        let (kind, name) = field.split_once('\n').unwrap_or(("", field));
        if let Some(known) = word(&format!("{owner}.{name}")) {
            return known;
        }
        let given =
            [&schema["example"], &schema["examples"][0], &schema["default"], &schema["enum"][0], &schema["const"]];
        if let Some(given) = given.into_iter().find(|given| !given.is_null()) {
            return given.clone();
        }
        let is = |wanted: &str| match &schema["type"] {
            Value::Array(several) => several.iter().any(|one| one == wanted),
            one => one == wanted,
        };
        if is("array") {
            return json!([self.of(&schema["items"], owner, name)]);
        }
        if is("boolean") {
            return json!(true);
        }
        if is("integer") || is("number") {
            return json!(schema["minimum"].as_i64().unwrap_or(1).max(1));
        }
        let formatted = match schema["format"].as_str() {
            Some("uuid") => Some(json!(ID)),
            Some("date") => Some(json!("2026-11-21")),
            Some("date-time") => Some(json!("2026-11-21T09:30:00Z")),
            _ => None,
        };
        formatted.or_else(|| word(kind).filter(|_| kind != name)).or_else(|| word(name)).unwrap_or_default()
    }
}
