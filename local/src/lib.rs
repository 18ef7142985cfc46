//! The embedded stack: every Steward function in one process, with an embedded DynamoDB, S3, SES, KMS and WebSocket gateway. It needs no
//! Docker and no AWS account, and calls the same routers and handlers through the same SDK as the deployed stack.

pub mod api;
mod console;
pub mod demo;
mod disk;
mod emulator;
mod folder;
mod functions;
mod gateway;
mod journal;
mod kms;
mod listen;
mod loopback;
mod mail;
mod objects;
mod pump;
pub mod routes;
mod scheduler;
mod server;
pub mod settings;
mod stack;
mod straight;
mod stream;
mod uploads;
pub mod web;

pub use emulator::EmulatorError;
pub use folder::{DataLocation, FolderError};
pub use journal::CaughtMail;
pub use mail::MailFault;
pub use objects::ObjectsError;
pub use pump::PumpError;
pub use scheduler::{ScheduleStatus, SchedulerError};
pub use stack::{Customize, Stack, StackOptions, StartError};
pub use stream::StreamError;
