//! The whole HTTP API: every function's routes in one router, and the document that describes them.

mod common;
mod example;
mod words;

use axum::Router;
use platform::App;
use platform::http::Routes;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, PathItem, Ref, RefOr, Schema};
use utoipa::{Modify, OpenApi as _};
use utoipa_axum::router::OpenApiRouter;

#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Bearer), info(title = "Steward"))]
struct Document;

/// Declares how requests authenticate.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The functions that serve HTTP, each by its name in `template.yaml` and with its routes.
fn functions<R: Routes<State = App>>() -> [(&'static str, R); 21] {
    [
        ("auth", auth::router()),
        ("users", users::router()),
        ("investors", investors::router()),
        ("activities", activities::router()),
        ("investments", investments::router()),
        ("documents", documents::router()),
        ("products", products::router()),
        ("assets", assets::router()),
        ("requirements", requirements::router()),
        ("tasks", tasks::router()),
        ("milestones", milestones::router()),
        ("product-analytics", product_analytics::router()),
        ("analytics", analytics::router()),
        ("reports", reports::router()),
        ("search", search::router()),
        ("reminders", reminders::router()),
        ("imports", imports::router()),
        ("exports", exports::router()),
        ("audit", audit::router()),
        ("notifications", notifications::router()),
        ("docs", docs::router()),
    ]
}

/// Routes of every function. Panics if two functions claim the same path, so any test that calls it catches that.
pub fn routes() -> Router<App> {
    merged(Router::new())
}

/// The OpenAPI document of the entire API.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut document = merged(OpenApiRouter::with_openapi(Document::openapi())).into_openapi();
    describe_parameters(&mut document);
    common::describe(&mut document);
    words::describe(&mut document);
    example::describe(&mut document);
    document
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = path;
    [get, put, post, patch, delete].into_iter().flatten()
}

/// Gives path parameters the description of their type, so that no route has to repeat what an investor's ID is.
fn describe_parameters(document: &mut OpenApi) {
    let schemas = document.components.as_ref().map(|components| &components.schemas);
    let description = |reference: &Ref| match schemas?.get(reference.ref_location.rsplit('/').next()?)? {
        RefOr::T(Schema::Object(object)) => object.description.clone(),
        _ => None,
    };
    let operations = document.paths.paths.values_mut().flat_map(operations);
    for parameter in operations.filter_map(|operation| operation.parameters.as_mut()).flatten() {
        if let RefOr::T(Parameter { description: silent @ None, schema: Some(RefOr::Ref(reference)), .. }) = parameter {
            *silent = description(reference);
        }
    }
}

fn merged<R: Routes<State = App>>(routes: R) -> R {
    functions().into_iter().fold(routes, |all, (_, routes)| all.merge(routes))
}

/// The paths that each function serves, such as `/api/users/{user_id}`, by the function's name.
#[must_use]
pub fn paths() -> Vec<(&'static str, Vec<String>)> {
    let paths = |routes: OpenApiRouter<App>| routes.into_openapi().paths.paths.into_keys().collect();
    functions().map(|(function, routes)| (function, paths(routes))).into()
}
