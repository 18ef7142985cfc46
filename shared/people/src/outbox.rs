//! Mail triggered by something else: a notification that its user also wants by email, an invitation, a link or a notice
//! about an account.
//!
//! Such a message is an item of its own, written in the same transaction as its cause. The stream passes it to `send-mail`
//! immediately; anything that could not be sent then is found in the due index, which is checked every minute.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::text::Email;
use kernel::time::Timestamp;
use platform::cipher::{Cipher, Sealed};
use platform::due;
use platform::table::{Draft, Key};

/// Kind of due items.
pub(crate) const DUE: &str = "MAIL";
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
    /// An invitation. Its token is created when the message is sent, and only a hash is stored.
    Invitation,
    /// A password reset link. Its token is created when the message is sent, and only a hash is stored.
    PasswordReset,
    /// A change of the user's second factors.
    Factors {
        /// What happened.
        change: FactorChange,
    },
    /// The password has changed.
    PasswordChanged,
    /// A link that confirms a new address, sent to it. Its token is created when the message is sent, and only a hash is stored.
    EmailConfirmation,
    /// Somebody wants to change the address; sent to the present one.
    EmailChangeRequested,
    /// The address has changed; sent to the old one.
    EmailChanged,
}

/// A change of second factors that its user is told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorChange {
    /// An authenticator app was added.
    TotpAdded,
    /// The authenticator app was removed.
    TotpRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// New recovery codes replaced the old ones.
    CodesReplaced,
    /// A recovery code was used.
    CodeUsed,
    /// An admin removed all factors.
    Reset,
}

/// An outgoing message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Outgoing {
    pub user_id: UserId,
    pub created_at: Timestamp,
    pub matter: Matter,
    /// The recipient, sealed with the user's key, if it is another address than the user's own when the message is sent.
    #[serde(default)]
    pub to: Option<Sealed>,
}

/// What a message's recipient is sealed for.
pub(crate) fn recipient_place(user_id: UserId, created_at: Timestamp) -> String {
    format!("outbox/{user_id}/{created_at}/to")
}

/// The fields projected into the index.
#[derive(Serialize)]
struct OutgoingCard {
    attempts: u32,
    last_error: Option<String>,
}

/// Creates the outbox item for a message to `user`, to be written together with its cause. `id` is derived from the cause too, so
/// that the message is written only once.
pub fn draft(user_id: UserId, id: Uuid, created_at: Timestamp, matter: Matter) -> Result<Draft, Error> {
    item(id, &Outgoing { user_id, created_at, matter, to: None })
}

/// Like [`draft`], for a message that goes to `address`, whatever the user's address is when it is sent.
pub(crate) fn draft_to(user_id: UserId, cipher: &Cipher, address: &Email, matter: Matter) -> Result<Draft, Error> {
    let created_at = Timestamp::now();
    let to = cipher.seal_text(&recipient_place(user_id, created_at), address.as_str())?;
    item(kernel::id::new(), &Outgoing { user_id, created_at, matter, to: Some(to) })
}

fn item(id: Uuid, outgoing: &Outgoing) -> Result<Draft, Error> {
    let user_id = outgoing.user_id;
    let now = Timestamp::now();
    Ok(Draft::new(Key::new(format!("OUTBOX#{user_id}"), format!("MAIL#{id}")), ItemType::OutgoingMail, outgoing)?
        .card(&OutgoingCard { attempts: 0, last_error: None })?
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
        .card(&OutgoingCard { attempts: 0, last_error: None })?
        .number("expires_at", now.as_second()))
}
