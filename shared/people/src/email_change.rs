//! A change of address: it takes effect once the link sent to the new address is followed, and the old address is told.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::limit::{self, Attempt};
use crate::link::{self, Purpose};
use crate::outbox::{self, Matter};
use crate::user::{self, LoadedUser};
use kernel::Operation;
use kernel::error::Error;
use kernel::text::Email;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::caller::Origin;
use platform::hash::sha256;

/// The token from a link that confirms a new email address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailConfirmation {
    /// Token from the link.
    #[schema(max_length = 200)]
    pub token: String,
}

/// What a link is bound to: the change from the user's address to the one that waits, and the password at that time. A new password
/// voids the link: somebody else may have asked for the change.
fn mark(user: &LoadedUser, pending: &Email) -> String {
    sha256(format!("{}\0{pending}\0{}", user.user.email, user.password_hash).as_bytes())
}

/// Creates a token that confirms `pending`. Called when the message is sent.
pub(crate) async fn issue_token(app: &App, user: &LoadedUser, pending: &Email) -> Result<String, Error> {
    link::issue(app, Purpose::EmailConfirmation, user.user.id, mark(user, pending), Timestamp::now()).await
}

/// Makes the address that waits the user's own. The link can't be used again, and password reset links sent to the old address are
/// void, because they are bound to it.
pub async fn confirm(app: &App, origin: &Origin, confirmation: EmailConfirmation) -> Result<(), Error> {
    let ticket = limit::attempt(app, origin, Attempt::Link).await?;
    apply(app, origin, confirmation).await?;
    ticket.succeeded(app).await
}

async fn apply(app: &App, origin: &Origin, confirmation: EmailConfirmation) -> Result<(), Error> {
    let refusal = || Purpose::EmailConfirmation.refusal();
    let followed = link::follow(app, Purpose::EmailConfirmation, &confirmation.token).await?;
    let before = user::load_active(app, followed.user).await?.ok_or_else(refusal)?;
    let pending = match &before.user.pending_email {
        Some(pending) if followed.mark == mark(&before, pending) => pending.clone(),
        _ => return Err(refusal()),
    };
    let actor = before.user.actor(origin);
    let mut work = Work::of(app, &actor, Operation::EmailConfirm);
    work.push(followed.spend(), move |_| refusal());
    work.put(outbox::draft_to(before.user.id, &before.cipher, &before.user.email, Matter::EmailChanged)?);
    let mut after = before.user.clone();
    after.email = pending;
    after.pending_email = None;
    match user::save(work, &before, after, None).await {
        // The link was used, or the user changed, at the same moment.
        Err(Error::StaleVersion) => Err(refusal()),
        Err(other) => Err(other),
        Ok(_) => Ok(()),
    }
}
