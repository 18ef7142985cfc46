//! Why the stack cannot start.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use aws_smithy_runtime_api::box_error::BoxError;
use tokio::task::JoinError;

use crate::emulator::EmulatorError;
use crate::folder::FolderError;
use crate::objects::ObjectsError;
use crate::pump::PumpError;
use crate::scheduler::SchedulerError;
use crate::stream::StreamError;
use crate::web::WebError;

/// A reason not to start, as one line that contains its causes and ends with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is in use.
    #[error("port {port} is in use: stop the process using it, or choose another port with PORT=<number>")]
    PortInUse {
        /// Requested port.
        port: u16,
    },
    /// Listening on the address failed for another reason.
    #[error("cannot listen on {address}: {source}; check HOST and PORT")]
    Address {
        /// Requested address.
        address: SocketAddr,
        /// Cause of the failure.
        source: io::Error,
    },
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The tables in the data folder differ from this build's.
    #[error("the data folder {} was written by another version of Steward: move it away, or choose another folder with DATA=<folder>", folder.display())]
    FolderOfAnotherVersion {
        /// Path of the data folder.
        folder: PathBuf,
    },
    /// The tables in the data folder have lost what they held.
    #[error("the data folder {} was set up, but its tables are empty: restore them from a backup, or move the folder away to start from scratch", folder.display())]
    Emptied {
        /// Path of the data folder.
        folder: PathBuf,
    },
    /// The key in the data folder does not open what is stored there.
    #[error("the key file {} is not the one that this data was stored with: restore it from a backup, or move the data folder away to start from scratch ({})", file.display(), one_line(error))]
    WrongKey {
        /// Path of the key file.
        file: PathBuf,
        /// Why the root key cannot be unwrapped.
        error: kernel::Error,
    },
    /// The tables in the data folder cannot be read.
    #[error("the tables in the data folder {} cannot be read: {}; restore them from a backup, or report this", folder.display(), one_line(error))]
    Unreadable {
        /// Path of the data folder.
        folder: PathBuf,
        /// Cause of the failure.
        error: kernel::Error,
    },
    /// The web UI cannot be served.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The system started no threads.
    #[error("{}", part_failed("the runtime", .0))]
    Runtime(#[source] io::Error),
    /// The task that starts the stack panicked or was cancelled.
    #[error("{}", part_failed("the stack", .0))]
    Interrupted(#[from] JoinError),
    /// The HTTP client for the embedded services cannot be created.
    #[error("{}", part_failed("the HTTP client", .0.as_ref()))]
    HttpClient(#[source] BoxError),
    /// The embedded DynamoDB failed.
    #[error("{}", part_failed("the embedded DynamoDB", .0))]
    Emulator(EmulatorError),
    /// The definition of a table is incomplete.
    #[error("{}", part_failed("the table definition", .0))]
    TableDefinition(#[source] kernel::Error),
    /// The table's stream cannot be opened.
    #[error("{}", part_failed("the table's stream", .0))]
    Stream(#[from] StreamError),
    /// The journal cannot be opened or read.
    #[error("{}", part_failed("the journal", .0))]
    Journal(#[from] rusqlite::Error),
    /// The embedded S3 cannot be opened.
    #[error("{}", part_failed("the embedded S3", .0))]
    Objects(#[from] ObjectsError),
    /// The data folder's key cannot be used.
    #[error("{}", part_failed("the key file", .0))]
    Key(#[source] kernel::Error),
    /// The stream pump did not start.
    #[error("{}", part_failed("the stream pump", .0))]
    Pump(#[from] PumpError),
    /// The schedules cannot be read.
    #[error("{}", part_failed("the scheduler", .0))]
    Scheduler(#[from] SchedulerError),
}

/// A part that failed through no fault of the user's.
fn part_failed(part: &str, cause: &(dyn Error + 'static)) -> String {
    let cause = one_line(cause);
    format!("{part} did not start: {cause}; move the data folder away to start from scratch, or report this")
}

/// An error with its causes.
fn one_line(error: &(dyn Error + 'static)) -> String {
    kernel::error::chain(error).replace('\n', " ")
}
