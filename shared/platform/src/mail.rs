//! Mail: renders messages as HTML and plain text, and sends them through Amazon SES.
//!
//! Senders follow claim, send, record ([`crate::due`]): a message is never lost, and is sent twice only if the process dies between
//! sending and recording (`docs/decisions/0008-due.md`).

mod letter;

pub use letter::{Letter, Line, Mail};

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_ses::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_ses::types::{Body, Content, Destination, Message};

use kernel::error::{self, Error};
use kernel::text::Email;

/// How long sending stops after SES reports throttling.
const REST: Duration = Duration::from_secs(2);

/// Sends mail within the allowed rate.
pub struct Mailer {
    client: aws_sdk_ses::Client,
    from: String,
    /// Interval between two messages.
    every: Duration,
    next: Mutex<Instant>,
}

/// SES did not accept a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSent {
    /// Reason in `snake_case`: the SES error code, or `unreachable`. Contains no address and none of the message's text.
    pub code: String,
}

impl Mailer {
    /// Creates a mailer that sends through `client` from the address `from`, at most `per_second` messages per second (the SES rate limit).
    #[must_use]
    pub fn new(client: aws_sdk_ses::Client, from: impl Into<String>, per_second: u32) -> Self {
        let every = Duration::from_secs(1) / per_second.max(1);
        Self { client, from: from.into(), every, next: Mutex::new(Instant::now()) }
    }

    /// Waits for this message's turn.
    async fn turn(&self) {
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = (*next).max(Instant::now());
            *next = at + self.every;
            at
        };
        tokio::time::sleep_until(at.into()).await;
    }

    fn rest(&self) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + REST);
    }

    /// Hands `mail` to SES for one recipient; when this returns successfully, SES has accepted it.
    pub async fn send(&self, to: &Email, mail: &Mail) -> Result<(), NotSent> {
        self.turn().await;
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build();
        let built = content(mail.subject.as_str()).and_then(|subject| {
            let body = Body::builder().html(content(&mail.html)?).text(content(&mail.text)?).build();
            Ok(Message::builder().subject(subject).body(body).build())
        });
        let message = built.map_err(|_| NotSent { code: "not_rendered".into() })?;
        let to = Destination::builder().to_addresses(to.as_str()).build();
        let sent = self.client.send_email().source(&self.from).destination(to).message(message).send().await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(&error)),
        }
    }

    fn refused<E>(&self, error: &SdkError<E>) -> NotSent
    where
        E: aws_sdk_ses::error::ProvideErrorMetadata + std::error::Error + 'static,
    {
        let code = error.code().unwrap_or("Unreachable");
        // The SES error message may name the recipient, so only the code is logged and stored.
        tracing::warn!(code, "SES did not accept a message");
        if code.starts_with("Throttling") {
            self.rest();
        }
        NotSent { code: snake_case(code) }
    }
}

/// Converts `MessageRejected` to `message_rejected`, cut to 60 characters.
fn snake_case(code: &str) -> String {
    let mut snake = String::new();
    for c in code.chars().filter(char::is_ascii_alphanumeric).take(60) {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

impl From<NotSent> for Error {
    fn from(refused: NotSent) -> Self {
        Self::Unavailable(error::Source::from(format!("could not send mail: {}", refused.code)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_code_becomes_snake_case() {
        assert_eq!(snake_case("MessageRejected"), "message_rejected");
        assert_eq!(snake_case("Throttling"), "throttling");
        assert_eq!(snake_case("a\r\nb: c"), "abc");
    }
}
