//! What the API document says in words about every operation: tags, who may call it, what its answers mean, how paging, versions and
//! repeated requests work.

use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Content, KnownFormat, OpenApi, RefOr, Response, Schema, Server};

use super::operations;

/// The groups of operations, in the order in which documentation lists them.
const TAGS: [(&str, &str); 24] = [
    ("auth", "Setting up Steward, signing in and out, second steps, and links from emails."),
    ("account", "The signed-in user: profile, preferences, password, second factors and sessions."),
    ("users", "The users of Steward, their roles and their sessions."),
    ("settings", "Settings of the whole company."),
    ("investors", "People and firms that invest or may invest."),
    ("activities", "What was said and done with an investor."),
    ("investments", "Investments, their cash flows and returns."),
    ("documents", "Documents of an investor and their versions."),
    ("reminders", "Reminders about an investor."),
    ("products", "Products, their teams and workflow rules."),
    ("requirements", "Requirements, their versions and baselines."),
    ("assets", "Design assets and their approval, and files attached to tasks."),
    ("tasks", "Tasks, the board, comments and saved views."),
    ("milestones", "Milestones and the roadmap."),
    ("analytics", "Figures about investors."),
    ("product-analytics", "Figures about products."),
    ("reports", "Reports as PDF."),
    ("search", "Finding anything by its name."),
    ("imports", "Importing lists from CSV files."),
    ("exports", "Lists as CSV files."),
    ("audit", "The tamper-evident audit trail."),
    ("notifications", "Notifications of the signed-in user."),
    ("live", "Events in real time."),
    ("docs", "This documentation, and the running build."),
];

const INFO: &str = "Investor relationships and product development in one place.\n\n\
    Sign in with `POST /api/auth/login` and send the access token as `Authorization: Bearer`. An error is a problem document \
    (RFC 9457); its `code` says which. A list returns one page and, if there are more, a `next_cursor`. A change of something that \
    exists names the version it is based on in `If-Match`.";
const VERSIONED: &str =
    "`If-Match` names the version that the change is based on; 412 means that someone else has changed it since.";
const REPEATABLE: &str =
    "Repeating the request with the same `Idempotency-Key` returns the first answer and changes nothing.";
const PAGED: &str = "Returns one page: pass its `next_cursor` as `cursor` to get the next.";
const LINKED: &str = "Returns one page of rows: the `Link` header has the address of the next.";
const HIDDEN: &str = "404 if it does not exist or the caller may not know that it does.";
const PUBLIC: &str = "No sign-in is needed.";
const SIGNED_IN: &str = "Any signed-in user may ask; the answer depends on their roles.";

/// Describes the document and each of its operations.
pub(super) fn describe(document: &mut OpenApi) {
    INFO.clone_into(document.info.description.get_or_insert_default());
    document.servers = Some(vec![Server::new("/")]);
    let tag = |(name, text): (&str, &str)| TagBuilder::new().name(name).description(Some(text)).build();
    document.tags = Some(TAGS.map(tag).into());
    document.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    let schemas = document.components.as_ref().map(|components| components.schemas.clone()).unwrap_or_default();
    let meaning = |name: &str| match schemas.get(name)? {
        RefOr::T(Schema::Object(object)) => object.description.clone(),
        RefOr::T(Schema::OneOf(choice)) => choice.description.clone(),
        RefOr::T(Schema::AllOf(all)) => all.description.clone(),
        _ => None,
    };
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            describe_files(operation);
            describe_answers(operation, &meaning);
            // Last: whether a sign-in is needed is said once the rest is known.
            describe_operation(operation);
        }
    }
}

/// Files are bytes, not lists of numbers.
fn describe_files(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        for (kind, content) in &mut response.content {
            let RefOr::T(content) = content else { continue };
            let text = ObjectBuilder::new().schema_type(Type::String);
            match kind.as_str() {
                "application/pdf" => {
                    let format = Some(SchemaFormat::KnownFormat(KnownFormat::Binary));
                    content.schema = Some(text.format(format).content_media_type(kind.as_str()).into());
                }
                "text/csv" | "text/html" => content.schema = Some(text.content_media_type(kind.as_str()).into()),
                _ => {}
            }
        }
    }
}

/// Says what each answer means, and that any operation may fail.
fn describe_answers(operation: &mut Operation, meaning: &impl Fn(&str) -> Option<String>) {
    let answers = &mut operation.responses.responses;
    if let Some(RefOr::T(refused)) = answers.get("4XX") {
        let failed = refused.clone();
        answers.entry("5XX".to_owned()).or_insert_with(|| failed.into());
    }
    for (status, answer) in answers {
        let RefOr::T(answer) = answer else { continue };
        if answer.description.is_empty() {
            answer.description = said(status, answer, meaning);
        }
    }
}

fn said(status: &str, answer: &Response, meaning: &impl Fn(&str) -> Option<String>) -> String {
    let fixed = match (status, answer.content.keys().next().map(String::as_str)) {
        ("4XX", _) => "The request was refused; `code` says why.",
        ("5XX", _) => "Steward failed, or something that it depends on; a 503 can be repeated after `Retry-After`.",
        ("204", _) => "Done; there is no body.",
        (_, None) => "Accepted; there is no body.",
        (_, Some("text/csv")) => "Rows as CSV in UTF-8, with a header row.",
        (_, Some("application/pdf")) => "The report.",
        (_, Some("text/html")) => "A page for people.",
        _ => "",
    };
    if !fixed.is_empty() {
        return fixed.to_owned();
    }
    let schema = answer.content.values().find_map(|content| match content {
        RefOr::T(Content { schema: Some(RefOr::Ref(reference)), .. }) => reference.ref_location.rsplit('/').next(),
        _ => None,
    });
    schema.and_then(meaning).unwrap_or_else(|| "The answer.".to_owned())
}

/// A summary of one sentence; then what else was said about the operation, and what holds for all of its kind.
fn describe_operation(operation: &mut Operation) {
    let public = operation.security.is_none();
    if public {
        operation.security = Some(Vec::new());
    }
    let mut said: Vec<String> = Vec::new();
    if let Some(summary) = operation.summary.take() {
        let summary = summary.replace('\n', " ");
        let (first, rest) = summary.split_once(". ").unwrap_or((&summary, ""));
        operation.summary = Some(first.trim_end_matches('.').to_owned());
        said.push(rest.to_owned());
    }
    said.extend(operation.description.take());
    let parameters: Vec<&Parameter> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|each| if let RefOr::T(each) = each { Some(each) } else { None })
        .collect();
    let has =
        |place: ParameterIn, name: &str| parameters.iter().any(|each| each.parameter_in == place && each.name == name);
    let linked = operation
        .responses
        .responses
        .values()
        .any(|answer| matches!(answer, RefOr::T(answer) if answer.headers.contains_key("Link")));
    let in_path = parameters.iter().any(|each| each.parameter_in == ParameterIn::Path && each.name.ends_with("_id"));
    let facts = [
        (linked, LINKED),
        (has(ParameterIn::Query, "cursor") && !linked, PAGED),
        (has(ParameterIn::Header, "If-Match"), VERSIONED),
        (has(ParameterIn::Header, "Idempotency-Key"), REPEATABLE),
        (in_path, HIDDEN),
        (public, PUBLIC),
    ];
    said.extend(facts.into_iter().filter(|(holds, _)| *holds).map(|(_, fact)| fact.to_owned()));
    said.retain(|text| !text.is_empty());
    if said.is_empty() {
        said.push(SIGNED_IN.to_owned());
    }
    operation.description = Some(said.join("\n\n"));
}
