//! `/api/search`: search as you type.

use axum::extract::State;
use discovery::search::{self, SearchQuery, SearchResults};
use kernel::Error;
use kernel::error::Problem;
use platform::caller::Caller;
use platform::http::{Json, Query, Routes};
use platform::{App, routes};

/// Routes of the function.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(search_list))
}

/// Find investors, users, products, requirements and tasks by the beginning of any word in their names.
#[utoipa::path(
    get, path = "/api/search", operation_id = "search_list", tag = "search", params(SearchQuery),
    responses((status = 200, body = SearchResults), (status = "4XX", body = Problem)),
    security(("bearer" = []))
)]
async fn search_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SearchQuery>,
) -> Result<Json<SearchResults>, Error> {
    search::list(&app, &caller, &query).await.map(Json)
}
