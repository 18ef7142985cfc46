//! Invitations: an admin creates a user, who sets a password of their own with a link that works once.
//!
//! A link belongs to one invitation: inviting the user again voids it, and however late it is sent, it ends 72 hours after the user was
//! invited.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::limit::{self, Attempt};
use crate::link::{self, Purpose, SentLink};
use crate::outbox::{self, Matter};
use crate::user::{self, NewUser, Password, Status, User};
use kernel::Operation;
use kernel::error::Error;
use kernel::id::UserId;
use kernel::policy::Action;
use kernel::text::Username;
use kernel::time::Timestamp;
use platform::Work;
use platform::app::App;
use platform::caller::{Caller, Origin};
use platform::hash::sha256;
use platform::idempotency::StoredAnswer;

/// A user who has just been created.
#[derive(Serialize, ToSchema)]
pub struct InvitedUser {
    /// The user, who can sign in once they have accepted the invitation.
    #[serde(flatten)]
    pub user: User,
    /// The link of the invitation, to be passed on to the user. `null` where Steward sends it by email.
    #[schema(required)]
    pub invitation_link: Option<String>,
}

/// A password, with the token from the invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Token from the link.
    #[schema(max_length = 200)]
    pub token: String,
    /// Password to sign in with.
    pub password: Password,
}

/// A user who has accepted their invitation.
#[derive(Serialize, ToSchema)]
pub struct Accepted {
    /// Username to sign in with.
    pub username: Username,
}

/// Creates a user and invites them; for admins.
pub async fn create(app: &App, caller: &Caller, new: NewUser) -> Result<StoredAnswer, Error> {
    caller.allow(Action::UserCreate)?;
    caller.recently_authenticated()?;
    let mut work = Work::new(app, caller, Operation::UserCreate);
    let user = user::stage_new(&mut work, UserId::new(), new, None).await?;
    let invitation_link = stage(&mut work, &user)?;
    let (location, version) = (format!("/api/users/{}", user.id), user.version);
    let answer = StoredAnswer::created(location, version, &InvitedUser { user, invitation_link })?;
    work.answer(answer).await
}

/// Invites a user again, which voids the previous link; for admins.
pub async fn send(app: &App, caller: &Caller, id: UserId) -> Result<SentLink, Error> {
    caller.allow(Action::UserUpdate)?;
    caller.recently_authenticated()?;
    let before = user::load(app, id).await?;
    if before.user.status != Status::Invited {
        return Err(Error::state("Only a user who has not accepted their invitation yet can be invited again."));
    }
    let after = User { invited_at: Some(Timestamp::now()), ..before.user.clone() };
    let mut work = Work::new(app, caller, Operation::UserInvite);
    let link = stage(&mut work, &after)?;
    user::save(work, &before, after, None).await?;
    Ok(SentLink { link })
}

/// Adds the message with the link or, where Steward sends no mail, the link itself, which is returned.
fn stage(work: &mut Work<'_>, user: &User) -> Result<Option<String>, Error> {
    if work.app.sends_mail() {
        work.put(outbox::draft(user.id, kernel::id::new(), Timestamp::now(), Matter::Invitation)?);
        return Ok(None);
    }
    let (token, write) = link::new(Purpose::Invitation, user.id, mark(user), since(user))?;
    work.push(write, |_| Error::internal("a new link already exists"));
    Ok(Some(Purpose::Invitation.url(work.app, &token)))
}

fn since(user: &User) -> Timestamp {
    user.invited_at.unwrap_or(Timestamp::EPOCH)
}

/// When the user's invitation ends.
pub(crate) fn ends(user: &User) -> Timestamp {
    since(user).plus_seconds(Purpose::Invitation.seconds())
}

/// Whether the user's invitation has ended.
pub(crate) fn has_ended(user: &User, now: Timestamp) -> bool {
    ends(user) <= now
}

/// What a link is bound to: this invitation, to this address.
fn mark(user: &User) -> String {
    sha256(format!("{}\0{}", since(user), user.email).as_bytes())
}

/// Creates a token for the user. Called when the message is sent.
pub(crate) async fn issue_token(app: &App, user: &User) -> Result<String, Error> {
    link::issue(app, Purpose::Invitation, user.id, mark(user), since(user)).await
}

/// Sets the user's password using the token from the link, which can't be used again, and lifts the locks that strangers have set on the
/// username. The user can sign in from now on, and the browser is known for them.
pub async fn accept(app: &App, origin: &Origin, acceptance: Acceptance) -> Result<Accepted, Error> {
    let ticket = limit::attempt(app, origin, Attempt::Link).await?;
    let user = apply(app, origin, acceptance).await?;
    tokio::try_join!(ticket.succeeded(app), limit::forgive(app, origin, &user.username))?;
    Ok(Accepted { username: user.username })
}

async fn apply(app: &App, origin: &Origin, acceptance: Acceptance) -> Result<User, Error> {
    let refusal = || Purpose::Invitation.refusal();
    let followed = link::follow(app, Purpose::Invitation, &acceptance.token).await?;
    let before = match user::load(app, followed.user).await {
        Ok(before) if before.user.status == Status::Invited && followed.mark == mark(&before.user) => before,
        Ok(_) | Err(Error::NotFound { .. }) => return Err(refusal()),
        Err(other) => return Err(other),
    };
    acceptance.password.refuse_words_about("password", &before.user)?;
    let actor = before.user.actor(origin);
    let mut work = Work::of(app, &actor, Operation::InvitationAccept);
    work.push(followed.spend(), move |_| refusal());
    let after = User { status: Status::Active, invited_at: None, ..before.user.clone() };
    match user::save(work, &before, after, Some(acceptance.password)).await {
        // The link was used, or the user changed, at the same moment.
        Err(Error::StaleVersion) => Err(refusal()),
        other => other,
    }
}
