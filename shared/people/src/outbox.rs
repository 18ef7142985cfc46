//! Mail triggered by something else: a notification that its user also wants by email, or a password reset link.
//!
//! Such a message is an item of its own, written in the same transaction as its cause. The stream passes it to `send-mail`
//! immediately; anything that could not be sent then is found in the due index, which is checked every minute.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::user::{self, Status};
use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::time::Timestamp;
use platform::app::App;
use platform::due::{self, Claim, Claimed, Limits, MOST_ATTEMPTS, Outcome, Report};
use platform::mail::{Letter, Line};
use platform::table::{self, Draft, Item, Key};

/// Item type of outbox items.
pub const TYPE: &str = "outgoing_mail";
/// Kind of due items.
const DUE: &str = "MAIL";
/// How long an outbox item is kept, in seconds: 30 days, so that sent messages can be looked up.
const KEPT_SECONDS: i64 = 30 * 24 * 3600;

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// A notification. Like the notification itself, it holds no personal data.
    Notification {
        /// Title of the notification.
        title: String,
        /// Body of the notification.
        body: Option<String>,
        /// Path in the web app.
        link: String,
    },
    /// A password reset link. Its token is created when the message is sent, and only a hash is stored.
    PasswordReset,
}

/// An outgoing message.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Outgoing {
    user_id: UserId,
    created_at: Timestamp,
    matter: Matter,
}

/// The fields projected into the index.
#[derive(Serialize)]
struct Card {
    attempts: u32,
    last_error: Option<String>,
}

/// Creates the outbox item for a message to `user`, to be written together with its cause. `id` is derived from the cause too, so
/// that the message is written only once.
pub fn draft(user_id: UserId, id: Uuid, created_at: Timestamp, matter: Matter) -> Result<Draft, Error> {
    let outgoing = Outgoing { user_id, created_at, matter };
    let now = Timestamp::now();
    Ok(Draft::new(Key::new(format!("OUTBOX#{user_id}"), format!("MAIL#{id}")), TYPE, &outgoing)?
        .card(&Card { attempts: 0, last_error: None })?
        .text("state", "due")
        .index("gsi2", due::shard(DUE, id), due::place(now, id))
        .number("expires_at", now.as_second() + KEPT_SECONDS))
}

/// Creates an item similar to a message, but for nobody: written when no message may be sent, so that the response time reveals
/// nothing.
pub fn decoy() -> Result<Draft, Error> {
    let id = kernel::id::new();
    let now = Timestamp::now();
    Ok(Draft::new(Key::new("OUTBOX#nobody", format!("MAIL#{id}")), ItemType::OutgoingNothing, &())?
        .card(&Card { attempts: 0, last_error: None })?
        .number("expires_at", now.as_second()))
}

/// Sends all due messages in the outbox, as far as time allows.
pub async fn send_due(app: &App, limits: &Limits) -> Result<Report, Error> {
    due::run(app, DUE, limits, |claim| send(app, claim)).await
}

/// Sends a new message from its stream record. Failing to send is not an error: the message is retried when it is due.
pub async fn send_new(app: &App, image: &Item) -> Result<(), Error> {
    if table::item_type(image) != Some(TYPE) {
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
        Matter::Notification { title, body, link } => notification(app, &title, body, &link),
        Matter::PasswordReset => {
            if outgoing.created_at.plus_seconds(user::RESET_SECONDS) < claimed.now() {
                return give_up(app, &claimed, "too_late").await;
            }
            password_reset(app, &user::issue_reset_token(app, &user).await?)
        }
    };
    match app.mailer()?.send(&user.user.email, &letter.set()).await {
        Ok(()) => claimed.finish(app, "sent", None).await.map(|()| Outcome::Sent),
        Err(refused) if claimed.attempts()? >= MOST_ATTEMPTS => give_up(app, &claimed, &refused.code).await,
        Err(refused) => claimed.put_off(app, &refused.code).await.map(|()| Outcome::PutOff),
    }
}

async fn give_up(app: &App, claimed: &Claimed, reason: &str) -> Result<Outcome, Error> {
    tracing::warn!(reason, "gave up on sending a message");
    claimed.finish(app, "failed", Some(reason)).await.map(|()| Outcome::GivenUp)
}

fn notification(app: &App, title: &str, body: Option<String>, link: &str) -> Letter {
    Letter {
        subject: Line::new(title),
        paragraphs: body.into_iter().collect(),
        quote: None,
        link: Some(("Open in Steward".into(), format!("{}{link}", app.web_url()))),
        footer: format!("You chose to receive this by email. You can change this at {}/settings.", app.web_url()),
    }
}

fn password_reset(app: &App, token: &str) -> Letter {
    let minutes = user::RESET_SECONDS / 60;
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
