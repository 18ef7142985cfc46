//! Limits on tries: wrong passwords, codes and links, and requests in bulk, counted per name, browser, account and origin
//! (`docs/decisions/0028-limits.md`).
//!
//! A try is counted before it is checked, so that concurrent tries count too. A successful one is uncounted afterwards.

mod counter;
mod rule;

use std::net::{IpAddr, Ipv6Addr};

use futures_util::future::{join_all, try_join_all};

use crate::browser::Browser;
use crate::user;
use counter::{Counter, Outcome, Taken};
use kernel::error::Error;
use kernel::id::{SessionId, UserId};
use kernel::text::{Username, fold};
use kernel::time::Timestamp;
use kernel::{Entity, Operation};
use platform::app::App;
use platform::audit::{self, FieldChange, Kept, Subject};
use platform::caller::{Actor, Origin};
use rule::Rule;

/// What is tried. It decides which counters the try counts on.
#[derive(Debug, Clone, Copy)]
pub enum Attempt<'a> {
    /// Signing in with a password. In a browser in which this name signed in before, only the browser's own counter counts, so that
    /// nobody elsewhere can lock it out.
    Login {
        /// The name as typed.
        name: &'a str,
        /// The browser, if this name signed in there before.
        browser: Option<&'a Browser>,
    },
    /// A signed-in user's own password. Each session has a counter of its own, so that whoever has stolen one locks no other.
    Password {
        /// The user.
        user: UserId,
        /// The session.
        session: SessionId,
    },
    /// A code of a user whose password has been checked already.
    Code {
        /// The user.
        user: UserId,
    },
    /// A code of a signed-in user. Each session has a counter of its own, as for the password.
    CodeInSession {
        /// The user.
        user: UserId,
        /// The session.
        session: SessionId,
    },
    /// A token from a link, or anything else that a stranger can try.
    Link,
    /// First-run setup.
    Setup,
    /// A request without a secret to guess.
    Request,
    /// A change of one's own address, which sends an email to any address.
    Address {
        /// The user.
        user: UserId,
    },
    /// An email that a stranger makes Steward send.
    Mail {
        /// The user's ID, or what was typed if it matches nobody.
        to: &'a str,
    },
}

impl Attempt<'_> {
    /// The counters of the try, in two stages. Those of the second stage are shared by all origins, so only a try that its own origin may
    /// make counts on them.
    fn stages(&self, origin: &Origin) -> [Vec<(&'static Rule, String)>; 2] {
        let address = network(origin);
        let strange = |address| vec![(&rule::REQUESTS, String::clone(address)), (&rule::FAILURES, address.clone())];
        match self {
            Self::Login { name, browser: Some(browser) } => {
                [vec![(&rule::LOGIN_BROWSER, pair(name, browser.as_str()))], Vec::new()]
            }
            Self::Login { name, browser: None } => {
                let mut own = strange(&address);
                own.push((&rule::LOGIN_ORIGIN, pair(name, &address)));
                [own, vec![(&rule::LOGIN_NAME, fold(name))]]
            }
            Self::Password { session, .. } => [vec![(&rule::PASSWORD, session.to_string())], Vec::new()],
            Self::Code { user } => [vec![(&rule::CODE, user.to_string())], Vec::new()],
            Self::CodeInSession { session, .. } => [vec![(&rule::CODE, session.to_string())], Vec::new()],
            Self::Address { user } => [vec![(&rule::ADDRESS, user.to_string())], Vec::new()],
            Self::Link | Self::Setup => [strange(&address), Vec::new()],
            Self::Request => [vec![(&rule::REQUESTS, address)], Vec::new()],
            Self::Mail { to } => [vec![(&rule::MAIL, fold(to))], Vec::new()],
        }
    }

    /// What the audit trail names when the try is refused.
    async fn subject(&self, app: &App) -> Result<Subject, Error> {
        let user = match self {
            Self::Login { name, .. } => match Username::try_from((*name).to_owned()) {
                Ok(name) => user::find_by_username(app, &name).await?,
                Err(_) => None,
            },
            Self::Password { user, .. }
            | Self::Code { user }
            | Self::CodeInSession { user, .. }
            | Self::Address { user } => Some(*user),
            Self::Link | Self::Setup | Self::Request | Self::Mail { .. } => None,
        };
        Ok(user.map_or_else(strangers, |id| Subject::new(Entity::User, id)))
    }
}

/// Two parts of a counter's name. The length of the first keeps them from running into each other.
fn pair(name: &str, other: &str) -> String {
    let name = fold(name);
    format!("{}:{name}\0{other}", name.len())
}

/// The network that an origin belongs to: its IPv4 address, or the /64 of its IPv6 address, which one household or server has to itself.
fn network(origin: &Origin) -> String {
    let address = origin.ip.as_deref().unwrap_or_default();
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// The subject of audit records about attempts that match no user. One per hour, so that no chain of theirs grows without end.
pub(crate) fn strangers() -> Subject {
    let now = Timestamp::now().to_string();
    Subject::new(Entity::Login, format!("unknown-{}", now.get(..13).unwrap_or_default()))
}

/// A try that may be made.
#[derive(Debug)]
#[must_use = "a successful try must be uncounted with `succeeded`"]
pub struct Ticket {
    taken: Vec<Taken>,
}

impl Ticket {
    /// Uncounts the try. A try that fails needs no call: it stays counted.
    pub async fn succeeded(self, app: &App) -> Result<(), Error> {
        try_join_all(self.taken.into_iter().map(|taken| taken.succeeded(app))).await.map(drop)
    }
}

/// Counts a try before it is checked. Fails with `LockedOut` or `RateLimited` if it must not be made now; the first refusal of each lock
/// is recorded in the audit trail. One write per counter, all of a stage at once.
pub async fn attempt(app: &App, origin: &Origin, attempt: Attempt<'_>) -> Result<Ticket, Error> {
    let root = app.keys().root().await?;
    let mut taken = Vec::new();
    for stage in attempt.stages(origin) {
        let counters = stage.into_iter().map(|(rule, what)| Counter::new(&root, rule, &what));
        let outcomes = join_all(counters.map(|counter| counter.count(app))).await;
        let mut refused: Option<(&Rule, i64)> = None;
        for outcome in outcomes {
            match outcome? {
                Outcome::Open(one) => taken.push(one),
                Outcome::Locked { rule, until, first } => {
                    if first && rule.recorded {
                        record(app, origin, attempt, rule, until).await?;
                    }
                    refused = refused.filter(|(_, longest)| *longest >= until).or(Some((rule, until)));
                }
            }
        }
        if let Some((rule, until)) = refused {
            return Err(rule.refusal(until - Timestamp::now().as_second()));
        }
    }
    Ok(Ticket { taken })
}

/// Records a lock when it refuses its first try.
async fn record(app: &App, origin: &Origin, attempt: Attempt<'_>, rule: &Rule, until: i64) -> Result<(), Error> {
    let actor = Actor::stranger(origin);
    let subject = attempt.subject(app).await?;
    let field =
        |field: &str, text: String| FieldChange { field: field.into(), before: None, after: Some(Kept::Text(text)) };
    let until = Timestamp::from_second(until).to_string();
    let changes = vec![field("limit", rule.name.into()), field("locked_until", until)];
    audit::access(app, &actor, Operation::LoginLocked, subject, changes).await
}

/// Clears what keeps a user from signing in here, after they proved in another way who they are: the counters of their name, and of this
/// origin for their name.
pub async fn forgive(app: &App, origin: &Origin, name: &Username) -> Result<(), Error> {
    let root = app.keys().root().await?;
    let counters =
        [(&rule::LOGIN_NAME, fold(name.as_str())), (&rule::LOGIN_ORIGIN, pair(name.as_str(), &network(origin)))];
    let cleared = counters.map(|(rule, what)| Counter::new(&root, rule, &what).clear(app));
    try_join_all(cleared).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network_of(ip: &str) -> String {
        network(&Origin { ip: Some(ip.into()), ..Origin::default() })
    }

    #[test]
    fn an_ipv6_origin_is_its_64() {
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network_of("2001:db8:1:2::"), network_of("2001:db8:1:2:ffff::1"));
        assert_ne!(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
        assert_eq!(network_of("::ffff:192.0.2.7"), network_of("192.0.2.7"));
    }

    #[test]
    fn the_parts_of_a_counter_stay_apart() {
        assert_ne!(pair("ada\0b", "c"), pair("ada", "b\0c"));
    }
}
