//! Things written down twice must agree: the template and the routers, the document and the code, the events and the handlers.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use aws_lambda_events::event::dynamodb;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::any;
use exchange::import::ImportRun;
use http::Request;
use investor_relations::merge::MergeRun;
use investor_relations::reminder::Limits;
use kernel::Operation;
use local::routes::{self, Route};
use platform::job::Trigger;
use product_development::deadline;
use product_development::product_deletion::DeletionRun;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::support::Steward;

pub fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

pub fn read(path: &str) -> String {
    fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_routes_in_the_template_and_the_manifest_are_up_to_date() {
    let (template, manifest) = (read("template.yaml"), read("Cargo.toml"));
    assert!(routes::in_template(&template).unwrap() == template, "template.yaml is out of date: run make generate");
    assert!(routes::in_manifest(&manifest).unwrap() == manifest, "Cargo.toml is out of date: run make generate");
    for route in routes::all() {
        let folder = format!("CodeUri: target/lambda/{}/\n", route.function);
        assert!(template.contains(&folder), "template.yaml has no function {}", route.function);
    }
}

/// A path that fits one with variables.
fn sample(path: &str) -> String {
    let fill = |part: &str| if part.starts_with('{') { "0193f2a8".to_owned() } else { part.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// Whether a pattern matches `path`. `{name}` matches one segment and `{proxy+}` matches the rest, which is not empty.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some("{proxy+}"), Some(part)) => return !part.is_empty(),
            (Some(wanted), Some(part)) if part == wanted || (wanted.starts_with('{') && !part.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The route that API Gateway chooses for `path`: a full match before a greedy one, then the one with the most literal
/// segments.
fn chosen<'a>(routes: &'a [Route], path: &str) -> &'a Route {
    let rank = |route: &Route| {
        let pattern = route.pattern();
        (!pattern.ends_with("{proxy+}"), pattern.split('/').filter(|part| !part.starts_with('{')).count())
    };
    let mut found: Vec<&Route> = routes.iter().filter(|route| matches(&route.pattern(), path)).collect();
    found.sort_by_key(|route| rank(route));
    let best = found.pop().unwrap_or_else(|| panic!("{path} has no route"));
    assert!(found.last().is_none_or(|next| rank(next) < rank(best)), "{path} has two best routes");
    best
}

/// The route that a gateway finds which decides segment by segment and never goes back: a literal, else a variable, else
/// `{proxy+}`.
fn walked<'a>(routes: &'a [Route], path: &str) -> Option<&'a Route> {
    let split = |route: &'a Route| (route.pattern().split('/').map(str::to_owned).collect::<Vec<_>>(), route);
    let mut left: Vec<_> = routes.iter().map(split).collect();
    for (at, part) in path.split('/').enumerate() {
        let rank = |pattern: &[String]| match pattern.get(at).map(String::as_str) {
            Some(literal) if literal == part => 0,
            Some("{proxy+}") => 2,
            Some(variable) if variable.starts_with('{') => 1,
            _ => 3,
        };
        let best = left.iter().map(|(pattern, _)| rank(pattern)).min()?;
        left.retain(|(pattern, _)| rank(pattern) == best);
        match best {
            2 => return Some(left[0].1),
            3 => return None,
            _ => {}
        }
    }
    left.iter().find(|(pattern, _)| pattern.len() == path.split('/').count()).map(|(_, route)| *route)
}

#[test]
fn every_path_is_routed_to_the_function_that_serves_it() {
    let routes = routes::all();
    for (function, paths) in local::api::paths() {
        for path in paths {
            let path = sample(&path);
            assert_eq!(chosen(&routes, &path).function, function, "{path}");
            assert_eq!(walked(&routes, &path).map(|route| route.function), Some(function), "{path}");
        }
    }
}

#[tokio::test]
async fn cargo_lambda_watch_routes_every_path_to_the_function_that_serves_it() {
    let manifest = read("Cargo.toml");
    let (_, table) = manifest.split_once("[workspace.metadata.lambda.watch.router]\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('"')).map(|row| row.split_once(" = ").unwrap());
    // axum finds routes with the same library as cargo lambda, and refuses a table that contradicts itself.
    let watch: Router = rows.fold(Router::new(), |router, (path, function)| {
        let function = function.trim_matches('"').to_owned();
        router.route(path.trim_matches('"'), any(move || async move { function }))
    });
    for (function, paths) in local::api::paths() {
        for path in paths {
            let request = Request::get(sample(&path)).body(Body::empty()).unwrap();
            let answer = watch.clone().oneshot(request).await.unwrap();
            assert_eq!(to_bytes(answer.into_body(), 100).await.unwrap(), function, "{path}");
        }
    }
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
    let mut functions: BTreeSet<String> = local::api::paths().into_iter().map(|(name, _)| name.to_owned()).collect();
    functions.extend(
        ["check-deadlines", "live", "on-change", "on-upload", "rotate-keys", "run-jobs", "send-mail", "send-reminders"]
            .map(str::to_owned),
    );
    assert_eq!(handled, functions, "left: functions with a sample event, right: all functions");
}

/// Passes an event to its function, which is named by the first part of the file name, and returns the function's name.
async fn handle(steward: &Steward, name: &str, event: Value) -> String {
    let function = [
        "check-deadlines",
        "on-change",
        "on-upload",
        "product-analytics",
        "rotate-keys",
        "run-jobs",
        "send-mail",
        "send-reminders",
    ]
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
            let asks = Trigger::read::<ImportRun>(&image).is_some()
                || Trigger::read::<MergeRun>(&image).is_some()
                || Trigger::read::<DeletionRun>(&image).is_some();
            assert!(asks, "{name} does not trigger a job");
            let answer = run_jobs::handle(steward.app(), event).await;
            assert!(answer.batch_item_failures.is_empty(), "{name}");
        }
        "send-mail" => drop(send_mail::handle(steward.app(), event).await.unwrap()),
        "check-deadlines" => {
            let report = check_deadlines::handle(steward.app(), &deadline::Limits::default()).await.unwrap();
            assert_eq!(report, deadline::Report::default());
        }
        "rotate-keys" => {
            let request = serde_json::from_value(event).unwrap();
            let report =
                rotate_keys::handle(steward.app(), request, &platform::rotation::Limits::default()).await.unwrap();
            assert!(!report.left, "{name}");
        }
        "send-reminders" => drop(send_reminders::handle(steward.app(), &Limits::default()).await.unwrap()),
        "live" => {
            // The page's own origin, which differs with every test's port.
            let mut event = event;
            if let Some(headers) = event["headers"].as_object_mut() {
                headers.retain(|name, _| !name.eq_ignore_ascii_case("origin"));
                headers.insert("Origin".into(), steward.app().web_url().into());
            }
            if let Some(headers) = event["multiValueHeaders"].as_object_mut() {
                headers.retain(|name, _| !name.eq_ignore_ascii_case("origin"));
            }
            let answer = live::handle(steward.app(), serde_json::from_value(event).unwrap()).await;
            assert!([200, 401, 503].contains(&answer.status_code), "{name}: {}", answer.status_code);
        }
        _ => {
            let (method, path) =
                (event["requestContext"]["http"]["method"].as_str().unwrap(), event["rawPath"].as_str().unwrap());
            let routes = routes::all();
            let route = chosen(&routes, path);
            assert_eq!(route.function, function, "{name}: {path}");
            for key in [&event["routeKey"], &event["requestContext"]["routeKey"]] {
                assert_eq!(*key, route.key(), "{name}");
            }
            let serves =
                |operation: &String| operation.split_once(' ').is_some_and(|(m, p)| m == method && matches(p, path));
            assert!(crate::coverage::routes().iter().any(serves), "{name}: {method} {path} is not an operation");
            let answer = steward.request(method, path).send().await;
            assert!(answer.status.as_u16() < 500 && answer.status != 405, "{name}: {}", answer.text);
        }
    }
    function
}

#[test]
fn the_audit_page_has_words_for_every_operation() {
    let words = include_str!("../../web/src/features/audit/words.ts");
    let (_, actions) = words.split_once("const ACTIONS").unwrap();
    let (actions, _) = actions.split_once("\n}").unwrap();
    let named: BTreeSet<&str> = actions.lines().filter_map(|line| Some(line.split_once(": '")?.0.trim())).collect();
    let recorded: BTreeSet<&str> = Operation::ALL.iter().map(|operation| operation.as_str()).collect();
    assert_eq!(named, recorded, "left: the page, right: the operations");
}
