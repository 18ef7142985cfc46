//! Mails that follow from something else: a notification that its user wants by e-mail too, a link to set a new password.
//!
//! Such a mail is an item of its own, written in the same transaction as what it follows from. The stream brings it to
//! `send-mail` at once; what could not be sent then is found in the index of what is due, every minute.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::user::{self, Status};
use kernel::error::Error;
use kernel::id::UserId;
use kernel::time::Timestamp;
use platform::app::App;
use platform::due::{self, Claim, Claimed, Limits, MOST_ATTEMPTS, Outcome, Report};
use platform::mail::{Letter, Line};
use platform::table::{self, Draft, Item, Key};

/// The type of an item of the outbox.
pub const TYPE: &str = "outgoing_mail";
/// The kind of what is due.
const DUE: &str = "MAIL";
/// An item of the outbox is kept this long, in seconds: 30 days, for looking up what was sent.
const KEPT_SECONDS: i64 = 30 * 24 * 3600;

/// What a mail is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// A notification. Like the notification it holds no personal data.
    Notification {
        /// Its first line.
        title: String,
        /// Its second line.
        body: Option<String>,
        /// Where the web app shows it: a path.
        link: String,
    },
    /// A link to set a new password. The token in it is made when it is sent and stored as a hash only.
    PasswordReset,
}

/// A mail that is to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Outgoing {
    user_id: UserId,
    created_at: Timestamp,
    matter: Matter,
}

/// What the index shows of it.
#[derive(Serialize)]
struct Card {
    attempts: u32,
    last_error: Option<String>,
}

/// The item of a mail to `user`, to be written with what it follows from. `id` follows from that too, so that it is written
/// once.
pub fn draft(user_id: UserId, id: Uuid, created_at: Timestamp, matter: Matter) -> Result<Draft, Error> {
    let outgoing = Outgoing { user_id, created_at, matter };
    let now = Timestamp::now();
    Ok(Draft::new(Key::new(format!("OUTBOX#{user_id}"), format!("MAIL#{id}")), TYPE, &outgoing)?
        .card(&Card { attempts: 0, last_error: None })?
        .text("state", "due")
        .index("gsi2", due::shard(DUE, id), due::place(now, id))
        .number("expires_at", now.as_second() + KEPT_SECONDS))
}

/// An item like that of a mail, but to nobody: written in its place when there must be no mail, so that nobody can tell by
/// the time that an answer takes.
pub fn decoy() -> Result<Draft, Error> {
    let id = kernel::id::new();
    let now = Timestamp::now();
    Ok(Draft::new(Key::new("OUTBOX#nobody", format!("MAIL#{id}")), "outgoing_nothing", &())?
        .card(&Card { attempts: 0, last_error: None })?
        .number("expires_at", now.as_second()))
}

/// Sends everything in the outbox that is due, as far as the time goes.
pub async fn send_due(app: &App, limits: &Limits) -> Result<Report, Error> {
    due::run(app, DUE, limits, |claim| send(app, claim)).await
}

/// Sends a mail that was just written, as its stream record shows it. That it could not be sent is no failure: it is tried
/// again when it is due.
pub async fn send_new(app: &App, image: &Item) -> Result<(), Error> {
    if table::text(image, "type") != Some(TYPE) {
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
    tracing::warn!(reason, "a mail was given up");
    claimed.finish(app, "failed", Some(reason)).await.map(|()| Outcome::GivenUp)
}

fn notification(app: &App, title: &str, body: Option<String>, link: &str) -> Letter {
    Letter {
        subject: Line::new(title),
        paragraphs: body.into_iter().collect(),
        quote: None,
        link: Some(("Open in Steward".into(), format!("{}{link}", app.web_url()))),
        footer: format!("You chose to get this by e-mail. Change that at {}/settings.", app.web_url()),
    }
}

fn password_reset(app: &App, token: &str) -> Letter {
    let minutes = user::RESET_SECONDS / 60;
    Letter {
        subject: Line::new("Set a new password for Steward"),
        paragraphs: vec![
            "Somebody, probably you, asked for a link to set a new password for your account.".into(),
            format!("The link works once, within {minutes} minutes. Setting a new password signs you out everywhere."),
        ],
        quote: None,
        // In the fragment, which browsers send to no server and write into no log.
        link: Some(("Set a new password".into(), format!("{}/reset-password#token={token}", app.web_url()))),
        footer: "If it was not you, do nothing: your password stays as it is.".into(),
    }
}
