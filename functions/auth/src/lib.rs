//! `/api/setup`, `/api/auth` and `/api/me`: the first admin, signing in and out, and one's own account.

mod account;
mod cookie;
mod password_reset;
mod sign_in;

use shared::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The function's routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::setup_get, sign_in::setup_create))
        .routes(routes!(sign_in::login))
        .routes(routes!(sign_in::token_refresh))
        .routes(routes!(sign_in::logout))
        .routes(routes!(account::me_get, account::me_update))
        .routes(routes!(account::password_change))
        .routes(routes!(account::preferences_get, account::preferences_update))
        .routes(routes!(password_reset::password_reset_request))
        .routes(routes!(password_reset::password_reset_confirm))
        .routes(routes!(account::session_list, account::session_revoke_all))
        .routes(routes!(account::session_revoke))
}
