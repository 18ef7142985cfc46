//! `/api/products/{product_id}/rules`: workflow rules that act when something happens to a task.

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{ProductId, RuleId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::Page;
use platform::{App, routes};
use product_development::rule::{self, NewRule, Rule, RulePatch};

/// Returns the routes of rules.
pub(crate) fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(rule_list, rule_create)).routes(routes!(rule_update, rule_delete))
}

/// List a product's workflow rules, oldest first: at most 50, on one page.
#[utoipa::path(
    get, path = "/api/products/{product_id}/rules", operation_id = "rule_list", tag = "products",
    params(("product_id" = ProductId, Path)),
    responses((status = 200, body = Page<Rule>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn rule_list(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
) -> Result<Json<Page<Rule>>, Error> {
    rule::list(&app, &caller, product_id).await.map(Json)
}

/// Create a workflow rule.
#[utoipa::path(
    post, path = "/api/products/{product_id}/rules", operation_id = "rule_create", tag = "products",
    params(
        ("product_id" = ProductId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response."),
    ),
    request_body = NewRule,
    responses((status = 201, body = Rule), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn rule_create(
    State(app): State<App>,
    caller: Caller,
    Path(product_id): Path<ProductId>,
    Json(new): Json<NewRule>,
) -> Result<StoredAnswer, Error> {
    rule::create(&app, &caller, product_id, new).await
}

/// Update a workflow rule. From then on it acts on your behalf.
#[utoipa::path(
    patch, path = "/api/products/{product_id}/rules/{rule_id}", operation_id = "rule_update", tag = "products",
    params(
        ("product_id" = ProductId, Path), ("rule_id" = RuleId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = RulePatch,
    responses((status = 200, body = Rule), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn rule_update(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, RuleId)>,
    IfMatch(version): IfMatch,
    Json(patch): Json<RulePatch>,
) -> Result<Entity<Rule>, Error> {
    rule::update(&app, &caller, product_id, id, version, patch).await.map(Entity)
}

/// Delete a workflow rule.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/rules/{rule_id}", operation_id = "rule_delete", tag = "products",
    params(
        ("product_id" = ProductId, Path), ("rule_id" = RuleId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 204), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn rule_delete(
    State(app): State<App>,
    caller: Caller,
    Path((product_id, id)): Path<(ProductId, RuleId)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Error> {
    rule::delete(&app, &caller, product_id, id, version).await.map(|()| StatusCode::NO_CONTENT)
}
