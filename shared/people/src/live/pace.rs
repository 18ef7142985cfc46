//! How fast a client may send messages over its connection.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use kernel::time::Timestamp;

/// Length of the time window, in seconds.
const WINDOW_SECONDS: i64 = 10;
/// Maximum number of messages per connection in a window; a well-behaved client sends a few when it connects and then one every
/// [`super::HEARTBEAT_SECONDS`].
const MAX_IN_WINDOW: u32 = 10;

/// The messages of the present window, by connection.
struct Window {
    /// In Unix seconds.
    ends: i64,
    messages: Option<HashMap<String, u32>>,
}

/// Kept by each process and not in the table, where a flood of messages would become a flood of writes. A connection is cut off by the
/// first process that sees too many.
static WINDOW: Mutex<Window> = Mutex::new(Window { ends: 0, messages: None });

/// Counts a message of the connection `id`, and returns whether it is within the limit.
pub(super) fn within(id: &str) -> bool {
    WINDOW.lock().unwrap_or_else(PoisonError::into_inner).count(id, Timestamp::now().as_second()) <= MAX_IN_WINDOW
}

impl Window {
    fn count(&mut self, id: &str, now: i64) -> u32 {
        if now >= self.ends || now < self.ends - WINDOW_SECONDS {
            *self = Self { ends: now + WINDOW_SECONDS, messages: None };
        }
        let count = self.messages.get_or_insert_default().entry(id.to_owned()).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_is_counted_anew_in_each_window() {
        let mut window = Window { ends: 0, messages: None };
        assert_eq!([window.count("a", 100), window.count("a", 109), window.count("b", 109)], [1, 2, 1]);
        assert_eq!(window.count("a", 110), 1);
        // The clock was set back.
        assert_eq!(window.count("a", 50), 1);
    }
}
