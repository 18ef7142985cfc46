//! Links that work once, sent by email or passed on by an admin: a random token, of which only the hash is stored.
//!
//! A link is bound to a mark: a hash of what it replaces, such as the password. When that changes, the link is void.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use kernel::ItemType;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::time::Timestamp;
use platform::app::App;
use platform::hash::sha256;
use platform::secret;
use platform::table::{self, Condition, Delete, Draft, Key, Put, Write};

/// A link that an admin asked for.
#[derive(Serialize, ToSchema)]
pub struct SentLink {
    /// The link, to be passed on to the user. `null` where Steward sends it by email.
    #[schema(required)]
    pub link: Option<String>,
}

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Replaces a forgotten password.
    PasswordReset,
    /// Confirms a new email address.
    EmailConfirmation,
    /// Accepts an invitation by setting the first password.
    Invitation,
}

impl Purpose {
    /// How long a link works, in seconds.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::PasswordReset => 30 * 60,
            Self::EmailConfirmation => 24 * 3600,
            Self::Invitation => 72 * 3600,
        }
    }

    /// The error for a link that does not work, or no longer.
    pub fn refusal(self) -> Error {
        let (code, detail) = match self {
            Self::PasswordReset => ("invalid_reset_token", "This link is no longer valid. Request a new one."),
            Self::EmailConfirmation => {
                ("invalid_confirmation_token", "This link is no longer valid. Enter the new address again.")
            }
            Self::Invitation => {
                ("invalid_invitation_token", "This invitation is no longer valid. Ask an admin for a new one.")
            }
        };
        Error::BadRequest { code, detail: detail.into(), field: Some("token") }
    }

    /// The address in the web app that a link leads to. The token is in the fragment, which browsers neither send to a server nor write
    /// to a log.
    pub fn url(self, app: &App, token: &str) -> String {
        let page = match self {
            Self::PasswordReset => "reset-password",
            Self::EmailConfirmation => "confirm-email",
            Self::Invitation => "invitation",
        };
        format!("{}/{page}#token={token}", app.web_url())
    }

    fn key(self, token: &str) -> Key {
        let hash = sha256(token.as_bytes());
        match self {
            Self::PasswordReset => Key::new(format!("RESET#{hash}"), "RESET"),
            Self::EmailConfirmation => Key::new(format!("CONFIRM#{hash}"), "CONFIRM"),
            Self::Invitation => Key::new(format!("INVITATION#{hash}"), "INVITATION"),
        }
    }

    fn item_type(self) -> ItemType {
        match self {
            Self::PasswordReset => ItemType::PasswordReset,
            Self::EmailConfirmation => ItemType::EmailConfirmation,
            Self::Invitation => ItemType::Invitation,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct StoredLink {
    user_id: UserId,
    #[serde(alias = "password_mark")]
    mark: String,
    expires_at: i64,
}

/// A new token for `user`, and the write that stores its hash. Its time begins at `since`.
pub(crate) fn new(
    purpose: Purpose,
    user: UserId,
    mark: String,
    since: Timestamp,
) -> Result<(String, Write<Put>), Error> {
    let token = secret::token()?;
    let expires_at = since.as_second() + purpose.seconds();
    let stored = StoredLink { user_id: user, mark, expires_at };
    let draft = Draft::new(purpose.key(&token), purpose.item_type(), &stored)?.number("expires_at", expires_at);
    Ok((token, Write::create(draft)))
}

/// Creates a token for `user` and stores its hash. Called when the message with the link is sent.
pub(crate) async fn issue(
    app: &App,
    purpose: Purpose,
    user: UserId,
    mark: String,
    since: Timestamp,
) -> Result<String, Error> {
    let (token, write) = new(purpose, user, mark, since)?;
    if app.table().put(write).await? { Ok(token) } else { Err(Error::internal("a new link already exists")) }
}

/// A link that somebody followed: stored and not expired.
pub(crate) struct Followed {
    /// The user it was made for.
    pub user: UserId,
    /// The mark it is bound to.
    pub mark: String,
    key: Key,
}

impl Followed {
    /// Uses the link up. The write's condition fails if that has happened already.
    pub fn spend(&self) -> Write<Delete> {
        Write::delete(self.key.clone()).when(Condition::exists("pk"))
    }
}

/// Looks up the link with this token.
pub(crate) async fn follow(app: &App, purpose: Purpose, token: &str) -> Result<Followed, Error> {
    let key = purpose.key(token);
    let found = app.table().get(key.clone()).await?.ok_or_else(|| purpose.refusal())?;
    let stored: StoredLink = table::read(&found, "data")?;
    if stored.expires_at <= Timestamp::now().as_second() {
        return Err(purpose.refusal());
    }
    Ok(Followed { user: stored.user_id, mark: stored.mark, key })
}
