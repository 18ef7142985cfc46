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
pub fn openapi() -> utoipa::openapi::OpenApi {
    merged(OpenApiRouter::with_openapi(Document::openapi())).into_openapi()
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
