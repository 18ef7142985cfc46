//! The whole HTTP API: every function's routes in one router, and the document that describes them.

use axum::Router;
use platform::App;
use platform::http::Routes;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _};
use utoipa_axum::router::OpenApiRouter;

#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Bearer), info(title = "Steward", description = "Investor relationships and product development in one place."))]
struct Document;

/// Declares how requests authenticate.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// Routes of every function. Panics if two functions claim the same path, so any test that calls it catches that.
pub fn routes() -> Router<App> {
    merged(Router::new())
}

fn merged<R: Routes<State = App>>(routes: R) -> R {
    routes
        .merge(auth::router())
        .merge(users::router())
        .merge(investors::router())
        .merge(activities::router())
        .merge(investments::router())
        .merge(documents::router())
        .merge(products::router())
        .merge(assets::router())
        .merge(requirements::router())
        .merge(tasks::router())
        .merge(milestones::router())
        .merge(product_analytics::router())
        .merge(analytics::router())
        .merge(reports::router())
        .merge(search::router())
        .merge(reminders::router())
        .merge(imports::router())
        .merge(exports::router())
        .merge(audit::router())
        .merge(notifications::router())
        .merge(docs::router())
}

/// The OpenAPI document of the entire API.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    merged(OpenApiRouter::with_openapi(Document::openapi())).into_openapi()
}
