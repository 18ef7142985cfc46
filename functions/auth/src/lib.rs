//! `/api/setup`, `/api/auth`, `/api/me` and `/api/settings`: first-run setup, signing in and out, the caller's own
//! account and second factors, and the security settings.

mod account;
mod cookie;
mod email;
mod factors;
mod invitation;
mod known_browser;
mod password_reset;
mod second_step;
mod settings;
mod sign_in;

use platform::App;
use platform::http::Routes;

/// The function's routes.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .merge(sign_in::router())
        .merge(second_step::router())
        .merge(password_reset::router())
        .merge(email::router())
        .merge(invitation::router())
        .merge(account::router())
        .merge(factors::router())
        .merge(settings::router())
}
