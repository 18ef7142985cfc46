//! Delivers the outbox: every due message by email.

use kernel::time::Timestamp;
use kernel::{Error, ItemType};
use platform::app::App;
use platform::due::{self, Claim, Claimed, Limits, MAX_ATTEMPTS, Outcome, Report};
use platform::mail::{Letter, Line};
use platform::table::{self, Item};

use crate::factor;
use crate::outbox::{DUE, Matter, Outgoing};
use crate::password_reset::{self, RESET_SECONDS};
use crate::user::{self, Status};

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
        Ok(user) if user.user.status == Status::Active => user,
        Ok(_) | Err(Error::NotFound { .. }) => return give_up(app, &claimed, "recipient_not_active").await,
        Err(other) => return Err(other),
    };
    let letter = match outgoing.matter {
        Matter::Notification { title, body, link } => notification_letter(app, &title, body, &link),
        Matter::Factors { change } => factor::letter(app, change),
        Matter::PasswordReset => {
            if outgoing.created_at.plus_seconds(RESET_SECONDS) < claimed.now() {
                return give_up(app, &claimed, "too_late").await;
            }
            reset_letter(app, &password_reset::issue_token(app, &user).await?)
        }
    };
    match app.mailer()?.send(&user.user.email, &letter.set()).await {
        Ok(()) => claimed.finish(app, "sent", None).await.map(|()| Outcome::Sent),
        Err(refused) if claimed.attempts()? >= MAX_ATTEMPTS => give_up(app, &claimed, &refused.code).await,
        Err(refused) => claimed.put_off(app, &refused.code).await.map(|()| Outcome::PutOff),
    }
}

async fn give_up(app: &App, claimed: &Claimed, reason: &str) -> Result<Outcome, Error> {
    tracing::warn!(reason, "gave up on sending a message");
    claimed.finish(app, "failed", Some(reason)).await.map(|()| Outcome::GivenUp)
}

fn notification_letter(app: &App, title: &str, body: Option<String>, link: &str) -> Letter {
    Letter {
        subject: Line::new(title),
        paragraphs: body.into_iter().collect(),
        quote: None,
        link: Some(("Open in Steward".into(), format!("{}{link}", app.web_url()))),
        footer: format!("You chose to receive this by email. You can change this at {}/settings.", app.web_url()),
    }
}

fn reset_letter(app: &App, token: &str) -> Letter {
    let minutes = RESET_SECONDS / 60;
    Letter {
        subject: Line::new("Reset your Steward password"),
        paragraphs: vec![
            "Someone, probably you, requested a link to reset the password for your account.".into(),
            format!("The link works once and expires in {minutes} minutes. A new password signs you out everywhere."),
        ],
        quote: None,
        // The token is in the fragment, which browsers neither send to a server nor write to a log.
        link: Some(("Set a new password".into(), format!("{}/reset-password#token={token}", app.web_url()))),
        footer: "If this wasn't you, ignore this email. Your password stays the same.".into(),
    }
}
