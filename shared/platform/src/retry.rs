//! Retries after a conflict with a concurrent change, with one backoff and named policies.

use std::time::Duration;

/// How often something is tried, including the first attempt. A person may be waiting for the first three: the pauses of `Stale` add up to
/// at most 0.6 s, those of `Transaction` to 1.3 s, and those of `Contended` to 3.8 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// A transaction that conflicted with another one on the same items.
    Transaction,
    /// A change of an entity that many change at once: a board, a chain of cash flows, the numbers of a product.
    Contended,
    /// A change that is based on a state read a moment before, such as a row of an import.
    Stale,
    /// The record of something that cannot be undone, such as an email that was sent: patient, because losing the record would repeat it.
    Record,
    /// A counter or an audit chain that every change of a kind moves, driven by the stream.
    Counter,
}

impl Policy {
    /// Number of attempts in all.
    #[must_use]
    pub fn attempts(self) -> u32 {
        match self {
            Self::Stale | Self::Record => 5,
            Self::Transaction => 6,
            Self::Contended | Self::Counter => 8,
        }
    }

    /// The pause after the first attempt in milliseconds, which doubles with each further one.
    fn first_pause(self) -> u64 {
        match self {
            Self::Record => 200,
            Self::Stale | Self::Transaction | Self::Contended | Self::Counter => 20,
        }
    }
}

/// The attempts made under a policy.
#[derive(Debug)]
pub struct Retry {
    policy: Policy,
    made: u32,
}

impl Retry {
    /// Before the first attempt.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, made: 0 }
    }

    /// After a failed attempt: waits and returns true, or returns false at once when the attempts are used up.
    ///
    /// Waits 20 ms, 40 ms … 640 ms, plus up to as much again so that two rivals do not collide again; ten times as long for a record.
    pub async fn again(&mut self) -> bool {
        self.made += 1;
        if self.made >= self.policy.attempts() {
            return false;
        }
        tokio::time::sleep(pause(self.policy, self.made)).await;
        true
    }
}

fn pause(policy: Policy, attempt: u32) -> Duration {
    let base = policy.first_pause() << (attempt - 1).min(5);
    let mut random = [0_u8; 2];
    // Without randomness, the delays are just less spread out.
    let _ = aws_lc_rs::rand::fill(&mut random);
    let jitter = u64::from(u16::from_le_bytes(random)) * base / u64::from(u16::MAX);
    Duration::from_millis(base + jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_policy_ends_after_its_attempts() {
        let mut retry = Retry::new(Policy::Stale);
        let mut attempts = 1;
        while retry.again().await {
            attempts += 1;
        }
        assert_eq!(attempts, Policy::Stale.attempts());
    }

    #[test]
    fn pauses_double_up_to_a_limit() {
        for attempt in 1..20 {
            let base = Duration::from_millis(10 << attempt.min(6));
            assert!((base..=base * 2).contains(&pause(Policy::Transaction, attempt)));
            assert!((base * 10..=base * 20).contains(&pause(Policy::Record, attempt)));
        }
    }
}
