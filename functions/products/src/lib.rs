//! `/api/products`: what the company builds, and the teams that build it.

mod rules;

use axum::extract::State;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{ProductId, UserId};
use lambda_http::http::StatusCode;
use platform::caller::Caller;
use platform::http::{Entity, IfMatch, Json, Path, Query, Routes};
use platform::idempotency::StoredAnswer;
use platform::page::Page;
use platform::{App, routes};
use product_development::product::{self, NewMember, NewProduct, Product, ProductCard, ProductPatch, ProductQuery};
use product_development::product_deletion::{self, Deletion};
use product_development::team::{self, ProductMembers};

/// Returns the function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(product_list, product_create))
        .routes(routes!(product_get, product_update, product_delete))
        .routes(routes!(product_deletion_get))
        .routes(routes!(product_member_list))
        .routes(routes!(product_member_put, product_member_remove))
        .merge(rules::router())
}

/// List the products you own or are a member of, by name. Admins see all products.
#[utoipa::path(
    get, path = "/api/products", operation_id = "product_list", tag = "products", params(ProductQuery),
    responses((status = 200, body = Page<ProductCard>), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ProductQuery>,
) -> Result<Json<Page<ProductCard>>, Error> {
    product::list(&app, &caller, &query).await.map(Json)
}

/// Create a product.
#[utoipa::path(
    post, path = "/api/products", operation_id = "product_create", tag = "products",
    params(("Idempotency-Key" = Option<String>, Header, description = "Retries with the same key return the original response.")),
    request_body = NewProduct,
    responses((status = 201, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewProduct>,
) -> Result<StoredAnswer, Error> {
    product::create(&app, &caller, new).await
}

/// Get a product.
#[utoipa::path(
    get, path = "/api/products/{product_id}", operation_id = "product_get", tag = "products",
    params(("product_id" = ProductId, Path)),
    responses((status = 200, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
) -> Result<Entity<Product>, Error> {
    product::get(&app, &caller, id).await.map(Entity)
}

/// Update a product.
#[utoipa::path(
    patch, path = "/api/products/{product_id}", operation_id = "product_update", tag = "products",
    params(
        ("product_id" = ProductId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    request_body = ProductPatch,
    responses((status = 200, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
    IfMatch(version): IfMatch,
    Json(patch): Json<ProductPatch>,
) -> Result<Entity<Product>, Error> {
    product::update(&app, &caller, id, version, patch).await.map(Entity)
}

/// Delete a product and all of its contents. The product is closed to changes at once; its contents are removed in the background.
#[utoipa::path(
    delete, path = "/api/products/{product_id}", operation_id = "product_delete", tag = "products",
    params(
        ("product_id" = ProductId, Path),
        ("If-Match" = String, Header, description = "The version you read, in quotes."),
    ),
    responses((status = 202, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
    IfMatch(version): IfMatch,
) -> Result<(StatusCode, Entity<Product>), Error> {
    product_deletion::delete(&app, &caller, id, version).await.map(|product| (StatusCode::ACCEPTED, Entity(product)))
}

/// Get the progress of a product's deletion, including after it has finished.
#[utoipa::path(
    get, path = "/api/products/{product_id}/deletion", operation_id = "product_deletion_get", tag = "products",
    params(("product_id" = ProductId, Path)),
    responses((status = 200, body = Deletion), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_deletion_get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
) -> Result<Json<Deletion>, Error> {
    product_deletion::get(&app, &caller, id).await.map(Json)
}

/// List a product's team: the owner first, then the other members by name.
#[utoipa::path(
    get, path = "/api/products/{product_id}/members", operation_id = "product_member_list", tag = "products",
    params(("product_id" = ProductId, Path)),
    responses((status = 200, body = ProductMembers), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_member_list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductMembers>, Error> {
    team::list(&app, &caller, id).await.map(Json)
}

/// Add a user to a product's team, or change their role. The version is the product's.
#[utoipa::path(
    put, path = "/api/products/{product_id}/members/{user_id}", operation_id = "product_member_put", tag = "products",
    params(
        ("product_id" = ProductId, Path), ("user_id" = UserId, Path),
        ("If-Match" = String, Header, description = "The product version you read, in quotes."),
    ),
    request_body = NewMember,
    responses((status = 200, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_member_put(
    State(app): State<App>,
    caller: Caller,
    Path((id, user_id)): Path<(ProductId, UserId)>,
    IfMatch(version): IfMatch,
    Json(new): Json<NewMember>,
) -> Result<Entity<Product>, Error> {
    product::put_member(&app, &caller, id, version, user_id, new).await.map(Entity)
}

/// Remove a user from a product's team. The version is the product's.
#[utoipa::path(
    delete, path = "/api/products/{product_id}/members/{user_id}", operation_id = "product_member_remove",
    tag = "products",
    params(
        ("product_id" = ProductId, Path), ("user_id" = UserId, Path),
        ("If-Match" = String, Header, description = "The product version you read, in quotes."),
    ),
    responses((status = 200, body = Product), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn product_member_remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, user_id)): Path<(ProductId, UserId)>,
    IfMatch(version): IfMatch,
) -> Result<Entity<Product>, Error> {
    product::remove_member(&app, &caller, id, version, user_id).await.map(Entity)
}
