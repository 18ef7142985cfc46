//! Things written down twice must agree: the template and the routers, the document and the code, the events and the handlers.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use aws_lambda_events::event::dynamodb;
use exchange::import;
use investor_relations::merge;
use investor_relations::reminder::Limits;
use product_development::product::deletion;
use product_development::task::deadline;
use serde_json::Value;

use crate::support::Steward;

fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

pub fn read(path: &str) -> String {
    fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_template_and_the_routers_have_the_same_routes() {
    let template = read("template.yaml");
    let declared: BTreeSet<String> = template
        .lines()
        .filter_map(|line| line.trim().strip_prefix("RouteKey:"))
        .map(|route| route.trim().trim_matches(['"', '\'']).to_owned())
        .filter(|route| !route.starts_with('$'))
        .collect();
    let served: BTreeSet<String> = crate::coverage::routes().into_iter().collect();
    assert_eq!(declared, served, "left: template.yaml, right: the routers");
}

/// Whether a route pattern of `cargo lambda watch` matches `path`. `{name}` matches one segment and `{*name}` matches the rest.
fn takes(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(part), Some(_)) if part.starts_with("{*") => return true,
            (Some(part), Some(other)) if part == other || (part.starts_with('{') && !other.is_empty()) => {}
            _ => return false,
        }
    }
}

#[test]
fn cargo_lambda_watch_has_every_route() {
    let manifest = read("Cargo.toml");
    let (_, table) = manifest.split_once("[workspace.metadata.lambda.watch.router]").unwrap();
    let rows = table.lines().map(str::trim).skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
    let rows: Vec<(&str, &str)> = rows
        .map(|row| row.split_once(" = ").unwrap())
        .map(|(path, name)| (path.trim_matches('"'), name.trim_matches('"')))
        .collect();
    let template = read("template.yaml");
    let folders: BTreeSet<&str> =
        template.lines().filter_map(|line| line.trim().strip_prefix("CodeUri: target/lambda/")).collect();
    for (_, function) in &rows {
        assert!(folders.contains(format!("{function}/").as_str()), "{function} is not a function");
    }
    let missing: Vec<String> = crate::coverage::routes()
        .into_iter()
        .filter(|route| route.split_once(' ').is_none_or(|(_, path)| !rows.iter().any(|(row, _)| takes(row, path))))
        .collect();
    assert!(missing.is_empty(), "missing from the cargo lambda watch routes in Cargo.toml: {missing:?}");
}

#[test]
fn the_openapi_document_is_up_to_date() {
    let kept: Value = serde_json::from_str(&read("web/openapi.json")).unwrap();
    let generated = serde_json::to_value(local::api::openapi()).unwrap();
    assert!(kept == generated, "web/openapi.json is out of date: run make generate");
    assert!(generated["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn operation_ids_are_unique_and_known_to_the_client() {
    let document = serde_json::to_value(local::api::openapi()).unwrap();
    let mut names = BTreeSet::new();
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(names.insert(name.clone()), "{name} is used twice");
        }
    }
    let types = read("web/src/api/schema.d.ts");
    for name in &names {
        assert!(types.contains(&format!("operations[\"{name}\"]")), "{name} is not in the web client's types");
    }
}

#[test]
fn the_template_and_the_code_have_the_same_indexes() {
    let template = read("template.yaml");
    for index in platform::schema::INDEXES {
        assert!(template.contains(&format!("IndexName: {index}")), "{index}");
        assert!(template.contains(&format!("AttributeName: {index}pk")), "{index}pk");
    }
    let projected = format!("NonKeyAttributes: [{}]", platform::schema::PROJECTED.join(", "));
    assert_eq!(template.matches(&projected).count(), platform::schema::INDEXES.len(), "{projected}");
}

/// The functions that are served over HTTP.
const HTTP: &[&str] = &[
    "activities",
    "analytics",
    "assets",
    "audit",
    "auth",
    "docs",
    "documents",
    "exports",
    "imports",
    "investments",
    "investors",
    "milestones",
    "notifications",
    "product-analytics",
    "products",
    "reminders",
    "reports",
    "requirements",
    "search",
    "tasks",
    "users",
];

#[tokio::test]
async fn every_sample_event_is_handled() {
    let steward = Steward::start().await;
    let mut handled = BTreeSet::new();
    for entry in fs::read_dir(project("events")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let event: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        handled.insert(handle(&steward, &name, event).await);
    }
    let mut functions: BTreeSet<String> = HTTP.iter().map(|name| (*name).to_owned()).collect();
    functions.extend(
        ["check-deadlines", "live", "on-change", "on-upload", "run-jobs", "send-mail", "send-reminders"]
            .map(str::to_owned),
    );
    assert_eq!(handled, functions, "left: functions with a sample event, right: all functions");
}

/// Passes an event to its function, which is named by the first part of the file name, and returns the function's name.
async fn handle(steward: &Steward, name: &str, event: Value) -> String {
    let function =
        ["check-deadlines", "on-change", "on-upload", "product-analytics", "run-jobs", "send-mail", "send-reminders"]
            .into_iter()
            .find(|f| name.starts_with(f))
            .map(str::to_owned);
    let function = function.unwrap_or_else(|| name.split('-').next().unwrap().to_owned());
    match function.as_str() {
        "on-change" => {
            let answer = on_change::handle(steward.app(), serde_json::from_value(event).unwrap()).await;
            assert!(answer.batch_item_failures.is_empty(), "{name}");
        }
        "on-upload" => on_upload::handle(steward.app(), serde_json::from_value(event).unwrap()).await.unwrap(),
        "run-jobs" => {
            let event: dynamodb::Event = serde_json::from_value(event).unwrap();
            let image = event.records[0].change.new_image.clone().into();
            let asks = import::Trigger::read(&image).is_some()
                || merge::Trigger::read(&image).is_some()
                || deletion::Trigger::read(&image).is_some();
            assert!(asks, "{name} does not trigger a job");
            let answer = run_jobs::handle(steward.app(), event).await;
            assert!(answer.batch_item_failures.is_empty(), "{name}");
        }
        "send-mail" => drop(send_mail::handle(steward.app(), event).await.unwrap()),
        "check-deadlines" => {
            let report = check_deadlines::handle(steward.app(), &deadline::Limits::default()).await.unwrap();
            assert_eq!(report, deadline::Report::default());
        }
        "send-reminders" => drop(send_reminders::handle(steward.app(), &Limits::default()).await.unwrap()),
        "live" => {
            let answer = live::handle(steward.app(), serde_json::from_value(event).unwrap()).await;
            assert!([200, 401, 503].contains(&answer.status_code), "{name}: {}", answer.status_code);
        }
        _ => {
            let (method, path) =
                (event["requestContext"]["http"]["method"].as_str().unwrap(), event["rawPath"].as_str().unwrap());
            let route = event["routeKey"].as_str().unwrap();
            assert!(crate::coverage::routes().contains(&route.to_owned()), "{name}: {route} is not a route");
            let answer = steward.request(method, path).send().await;
            assert!(answer.status.as_u16() < 500 && answer.status != 405, "{name}: {}", answer.text);
        }
    }
    function
}
