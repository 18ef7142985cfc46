//! Known browsers: a mark in a browser that a user signed in there, so that failed tries elsewhere cannot lock it out.
//!
//! The mark is no credential. All it gives is a counter of its own for wrong passwords, so it need not be revoked, and a password reset
//! leaves it valid.

use aws_lc_rs::constant_time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use kernel::error::Error;
use kernel::text::fold;
use kernel::time::Timestamp;
use platform::app::App;
use platform::keys::Roots;
use platform::secret;

/// How long a browser stays known after the last sign-in, in seconds: a year.
pub const BROWSER_SECONDS: i64 = 365 * 24 * 3600;
/// Maximum number of users that a browser is known for; the ones who signed in longest ago are forgotten.
const MAX_USERS: usize = 12;

/// Identifies a browser for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser(String);

impl Browser {
    /// The ID as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user's mark as it stands in the cookie: `<id>.<seconds>.<tag>`. The tag covers the user's name, which is not in it.
#[derive(Debug, Clone, Copy)]
struct Mark<'a> {
    id: &'a str,
    since: i64,
    tag: &'a str,
}

impl<'a> Mark<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (id, rest) = text.split_once('.')?;
        let (since, tag) = rest.split_once('.')?;
        Some(Self { id, since: since.parse().ok()?, tag })
    }

    /// Whether the mark is of the user with this folded name.
    fn is_of(&self, root: &Roots, name: &str) -> bool {
        let expected = tag(root, name, self.id, self.since);
        constant_time::verify_slices_are_equal(expected.as_bytes(), self.tag.as_bytes()).is_ok()
    }
}

fn tag(root: &Roots, name: &str, id: &str, since: i64) -> String {
    root.lookup("known browser", &format!("{name}\0{id}\0{since}"))
}

/// The marks in a cookie that have not expired.
fn marks(cookie: &str) -> impl Iterator<Item = (&str, Mark<'_>)> {
    let oldest = Timestamp::now().as_second() - BROWSER_SECONDS;
    let marks = cookie.split('~').take(MAX_USERS).filter_map(|text| Some((text, Mark::parse(text)?)));
    marks.filter(move |(_, mark)| mark.since > oldest)
}

/// The browser with this cookie, if `name` signed in there before.
pub async fn known(app: &App, cookie: Option<&str>, name: &str) -> Result<Option<Browser>, Error> {
    let Some(cookie) = cookie else { return Ok(None) };
    let root = app.keys().root().await?;
    let name = fold(name);
    let mine = marks(cookie).find(|(_, mark)| mark.is_of(&root, &name));
    Ok(mine.map(|(_, mark)| Browser(mark.id.to_owned())))
}

/// The value of the cookie after `name` signed in: its own mark, and those of the other users of the browser.
pub async fn remember(app: &App, cookie: Option<&str>, name: &str) -> Result<String, Error> {
    let root = app.keys().root().await?;
    let name = fold(name);
    let (mut id, mut others) = (None, Vec::new());
    for (text, mark) in marks(cookie.unwrap_or_default()) {
        if mark.is_of(&root, &name) {
            id = id.or(Some(mark.id.to_owned()));
        } else {
            others.push(text);
        }
    }
    let id = match id {
        Some(id) => id,
        None => URL_SAFE_NO_PAD.encode(secret::bytes::<16>()?),
    };
    let since = Timestamp::now().as_second();
    let mine = format!("{id}.{since}.{}", tag(&root, &name, &id, since));
    let all = std::iter::once(mine.as_str()).chain(others).take(MAX_USERS).collect::<Vec<_>>();
    Ok(all.join("~"))
}
