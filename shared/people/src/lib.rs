//! Users, their sessions, and what reaches them: notifications, live events, mail. This crate knows nothing of investors or products.

pub mod browser;
pub mod channels;
pub mod delivery;
pub mod email_change;
pub mod factor;
pub mod invitation;
mod letters;
pub mod limit;
pub mod link;
pub mod live;
pub mod notification;
pub mod outbox;
pub mod password_reset;
pub mod reauthentication;
pub mod refresh;
pub mod second_step;
pub mod security;
pub mod session;
pub mod sign_in;
pub mod user;
