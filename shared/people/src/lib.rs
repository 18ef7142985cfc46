//! Users, their sessions, and what reaches them: notifications, live events, mail. This crate knows nothing of investors or products.

pub mod browser;
pub mod channels;
pub mod delivery;
pub mod limit;
pub mod live;
pub mod notification;
pub mod outbox;
pub mod password_reset;
pub mod refresh;
pub mod session;
pub mod sign_in;
pub mod user;
