//! The limits themselves.

use kernel::error::Error;

/// How many tries are free, and what follows.
#[derive(Debug)]
pub(super) struct Rule {
    /// Name of the rule, in the keys of its counters and in the audit trail.
    pub name: &'static str,
    /// Number of tries before the first lock.
    pub free: i64,
    /// How long tries are remembered, in seconds.
    pub window: i64,
    /// Where the window begins: with the last try, or else with the first one.
    pub sliding: bool,
    /// How long a lock lasts.
    pub pause: Pause,
    /// What a successful try does to the counter.
    pub success: Success,
    /// The error for a refused try.
    pub refusal: Refusal,
    /// Whether a lock is recorded in the audit trail.
    pub recorded: bool,
}

/// How long a lock lasts.
#[derive(Debug)]
pub(super) enum Pause {
    /// This many seconds, twice as long after each further try, up to a maximum. One try is free after each lock.
    Doubling { first: i64, longest: i64 },
    /// Until the window ends.
    Window,
}

/// What a successful try does to its counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Success {
    /// Deletes it: the earlier tries were made by the same person.
    Clears,
    /// Takes back its own count.
    Refunds,
    /// Nothing.
    Counts,
}

/// The error for a refused try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    LockedOut,
    RateLimited,
}

impl Rule {
    /// The error for a try that is refused for `seconds` more.
    pub fn refusal(&self, seconds: i64) -> Error {
        let retry_after = u64::try_from(seconds).unwrap_or(0).max(1);
        match self.refusal {
            Refusal::LockedOut => Error::LockedOut { retry_after },
            Refusal::RateLimited => Error::RateLimited { retry_after },
        }
    }

    /// When the lock ends that try number `count` sets, if it sets one.
    pub fn lock(&self, count: i64, now: i64, window_ends: i64) -> Option<i64> {
        let beyond = count - self.free;
        if beyond < 0 {
            return None;
        }
        Some(match self.pause {
            Pause::Doubling { first, longest } => now + longest.min(first << beyond.min(10)),
            Pause::Window => window_ends,
        })
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Wrong guesses at something of one person's: five, then one after 15 s, 30 s … 15 min.
const GUESSES: Rule = Rule {
    name: "",
    free: 5,
    window: 24 * HOUR,
    sliding: true,
    pause: Pause::Doubling { first: 15, longest: 15 * MINUTE },
    success: Success::Clears,
    refusal: Refusal::LockedOut,
    recorded: true,
};

/// Everything of a kind in a fixed window.
const WINDOWED: Rule = Rule {
    name: "",
    free: 60,
    window: 10 * MINUTE,
    sliding: false,
    pause: Pause::Window,
    success: Success::Refunds,
    refusal: Refusal::RateLimited,
    recorded: true,
};

/// Sign-ins with a name from an origin.
pub(super) static LOGIN_ORIGIN: Rule = Rule { name: "login_origin", ..GUESSES };

/// Sign-ins with a name in a browser where it signed in before.
pub(super) static LOGIN_BROWSER: Rule = Rule { name: "login_browser", ..GUESSES };

/// Failed sign-ins with a name, from all origins and unknown browsers together: beyond a hundred in an hour, one a minute.
pub(super) static LOGIN_NAME: Rule = Rule {
    name: "login_name",
    free: 100,
    window: HOUR,
    pause: Pause::Doubling { first: MINUTE, longest: MINUTE },
    refusal: Refusal::LockedOut,
    ..WINDOWED
};

/// A user's codes. They can be entered only after a password, or in a session, which has a counter of its own: a stranger cannot lock them.
pub(super) static CODE: Rule = Rule { name: "code", ..GUESSES };

/// A signed-in user's own password, in a session.
pub(super) static PASSWORD: Rule = Rule { name: "password", free: 10, window: HOUR, ..WINDOWED };

/// All failed tries of strangers from an origin.
pub(super) static FAILURES: Rule = Rule { name: "origin_failures", ..WINDOWED };

/// Requests of strangers from an origin. Two hundred people behind one address who all sign in within ten minutes stay far below.
pub(super) static REQUESTS: Rule = Rule { name: "origin_requests", free: 3000, success: Success::Counts, ..WINDOWED };

/// Changes of one's own address: each sends an email to an address that nobody has confirmed.
pub(super) static ADDRESS: Rule =
    Rule { name: "address", free: 10, window: HOUR, success: Success::Counts, ..WINDOWED };

/// Emails to a user that a stranger asks for. The request itself is recorded each time.
pub(super) static MAIL: Rule =
    Rule { name: "mail", free: 3, window: HOUR, success: Success::Counts, recorded: false, ..WINDOWED };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double_up_to_a_quarter_of_an_hour() {
        let locks: Vec<_> = (4..14).map(|count| LOGIN_ORIGIN.lock(count, 0, 0)).collect();
        let expected =
            [None, Some(15), Some(30), Some(60), Some(120), Some(240), Some(480), Some(900), Some(900), Some(900)];
        assert_eq!(locks, expected);
    }

    #[test]
    fn a_windowed_lock_ends_with_its_window() {
        assert_eq!(FAILURES.lock(59, 100, 700), None);
        assert_eq!(FAILURES.lock(60, 100, 700), Some(700));
        assert_eq!(LOGIN_NAME.lock(1000, 100, 110), Some(160));
    }
}
