//! `/api/setup`, `/api/auth` and `/api/me`: first-run setup, signing in and out, and the caller's own account.

mod account;
mod cookie;
mod known_browser;
mod password_reset;
mod sign_in;

use platform::App;
use platform::http::Routes;

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new().merge(sign_in::router()).merge(password_reset::router()).merge(account::router())
}
