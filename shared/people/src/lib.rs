//! Users, their sessions, and how they are told things: notifications, live events, mail.

pub mod live;
pub mod notification;
pub mod outbox;
pub mod session;
pub mod user;
