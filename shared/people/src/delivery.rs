//! Delivers the outbox: every due message by email.

use kernel::text::Email;
use kernel::time::Timestamp;
use kernel::{Error, ItemType};
use platform::app::App;
use platform::due::{self, Claim, Claimed, Limits, MAX_ATTEMPTS, Outcome, Report};
use platform::mail::Letter;
use platform::table::{self, Item};

use crate::email_change;
use crate::invitation;
use crate::letters;
use crate::link::Purpose;
use crate::outbox::{self, DUE, Matter, Outgoing};
use crate::password_reset::{self, RESET_SECONDS};
use crate::user::{self, LoadedUser, Status};

/// Sends all due messages in the outbox, as far as time allows.
pub async fn send_due(app: &App, limits: &Limits) -> Result<Report, Error> {
    due::run(app, DUE, limits, |claim| send(app, claim)).await
}

/// Sends a new message from its stream record. Failing to send is not an error: the message is retried when it is due.
pub async fn send_new(app: &App, image: &Item) -> Result<(), Error> {
    if table::item_type(image) != Some(ItemType::OutgoingMail) {
        return Ok(());
    }
    match Claim::read(image, Timestamp::now()) {
        Some(claim) => send(app, claim).await.map(drop),
        None => Ok(()),
    }
}

async fn send(app: &App, claim: Claim) -> Result<Outcome, Error> {
    let Some(claimed) = claim.take(app).await? else { return Ok(Outcome::Passed) };
    let outgoing: Outgoing = table::read(&claimed.item, "data")?;
    let user = match user::load(app, outgoing.user_id).await {
        Ok(user) => user,
        Err(Error::NotFound { .. }) => return give_up(app, &claimed, "recipient_not_active").await,
        Err(other) => return Err(other),
    };
    let reset = outgoing.matter == Matter::PasswordReset;
    let Some(matter) = matter_for(user.user.status, outgoing.matter.clone()) else {
        return give_up(app, &claimed, "recipient_not_active").await;
    };
    let too_late = (reset && outgoing.created_at.plus_seconds(RESET_SECONDS) < claimed.now())
        || (matter == Matter::Invitation && invitation::has_ended(&user.user, claimed.now()));
    if too_late {
        return give_up(app, &claimed, "too_late").await;
    }
    let Some(to) = recipient(&user, &outgoing)? else { return give_up(app, &claimed, "nothing_to_confirm").await };
    let letter = letter(app, &user, matter, &to).await?;
    match app.mailer()?.send(&to, &letter.set()).await {
        Ok(()) => claimed.finish(app, "sent", None).await.map(|()| Outcome::Sent),
        Err(refused) if claimed.attempts()? >= MAX_ATTEMPTS => give_up(app, &claimed, &refused.code).await,
        Err(refused) => claimed.put_off(app, &refused.code).await.map(|()| Outcome::PutOff),
    }
}

async fn give_up(app: &App, claimed: &Claimed, reason: &str) -> Result<Outcome, Error> {
    tracing::warn!(reason, "gave up on sending a message");
    claimed.finish(app, "failed", Some(reason)).await.map(|()| Outcome::GivenUp)
}

/// What a message to a user with this status is about; `None` if they may not get it. A password reset link is of no use before the
/// invitation is accepted: until then, a request for one sends the invitation again.
fn matter_for(status: Status, matter: Matter) -> Option<Matter> {
    match (status, matter) {
        (Status::Invited, Matter::Invitation | Matter::PasswordReset) => Some(Matter::Invitation),
        (Status::Invited | Status::Disabled, _) | (Status::Active, Matter::Invitation) => None,
        (Status::Active, matter) => Some(matter),
    }
}

/// The address a message goes to; `None` if the address it was to confirm waits no longer.
fn recipient(user: &LoadedUser, outgoing: &Outgoing) -> Result<Option<Email>, Error> {
    match (&outgoing.to, &outgoing.matter) {
        (Some(to), _) => {
            let place = outbox::recipient_place(outgoing.user_id, outgoing.created_at);
            Email::try_from(user.cipher.open_text(&place, to)?).map(Some).map_err(Error::internal)
        }
        (None, Matter::EmailConfirmation) => Ok(user.user.pending_email.clone()),
        (None, _) => Ok(Some(user.user.email.clone())),
    }
}

async fn letter(app: &App, user: &LoadedUser, matter: Matter, to: &Email) -> Result<Letter, Error> {
    let web = app.web_url();
    Ok(match matter {
        Matter::Notification { title, body, link } => letters::notification(web, &title, body, &link),
        Matter::Invitation => {
            let token = invitation::issue_token(app, &user.user).await?;
            let ends = invitation::ends(&user.user).in_words(&user.user.time_zone);
            letters::invitation(Purpose::Invitation.url(app, &token), user.user.username.as_str(), &ends)
        }
        Matter::PasswordReset => {
            let token = password_reset::issue_token(app, user).await?;
            letters::password_reset(Purpose::PasswordReset.url(app, &token))
        }
        Matter::Factors { change } => letters::factors_changed(web, change),
        Matter::PasswordChanged => letters::password_changed(web),
        Matter::EmailConfirmation => {
            let token = email_change::issue_token(app, user, to).await?;
            letters::email_confirmation(Purpose::EmailConfirmation.url(app, &token))
        }
        Matter::EmailChangeRequested => letters::email_change_requested(web),
        Matter::EmailChanged => letters::email_changed(),
    })
}
