//! Why the stack cannot run.

use std::net::IpAddr;
use std::path::PathBuf;

/// A reason not to start, as one line that ends with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The port is in use.
    #[error("port {port} is in use: stop the process using it, or choose another port with PORT=<number>")]
    PortInUse {
        /// Requested port.
        port: u16,
    },
    /// Listening on the address failed for another reason.
    #[error("cannot listen on {address}: {cause}; check HOST and PORT")]
    Address {
        /// `host:port`.
        address: String,
        /// Cause of the failure.
        cause: String,
    },
    /// The data folder cannot be created or written.
    #[error("cannot write to the data folder {}: {cause}; make it writable, or choose another folder with DATA=<folder>", folder.display())]
    DataUnwritable {
        /// Path of the data folder.
        folder: PathBuf,
        /// Cause of the failure.
        cause: String,
    },
    /// Another Steward is using the data folder.
    #[error("the data folder {} is in use by another Steward (process {owner}): stop that one, or choose another folder with DATA=<folder>", folder.display())]
    DataInUse {
        /// Path of the data folder.
        folder: PathBuf,
        /// Id of the process that holds it, as recorded in the folder.
        owner: String,
    },
    /// The tables in the data folder differ from this build's.
    #[error("the data folder {} was written by another version of Steward: move it away, or choose another folder with DATA=<folder>", folder.display())]
    DataOfAnotherShape {
        /// Path of the data folder.
        folder: PathBuf,
    },
    /// The web UI has not been built.
    #[error("the web UI is not built ({} is missing): start with `make run`, which builds it", missing.display())]
    WebNotBuilt {
        /// The file that is missing.
        missing: PathBuf,
    },
    /// An environment variable has an invalid value.
    #[error("{name}={value} is invalid: {need}")]
    Setting {
        /// Variable name.
        name: &'static str,
        /// Current value.
        value: String,
        /// What the value must be.
        need: &'static str,
    },
    /// A part of the stack failed to start; not the user's fault.
    #[error("{part} did not start: {cause}; move the data folder away to start from scratch, or report this")]
    Part {
        /// Name of the part.
        part: &'static str,
        /// Cause of the failure.
        cause: String,
    },
}

impl Problem {
    /// The demo company would be exposed to the network by listening on `host`.
    #[must_use]
    pub fn demo_in_public(host: IpAddr) -> Self {
        let need = "the demo company's password is public, so set DEMO=0 and use a DATA folder without the demo";
        Self::Setting { name: "HOST", value: host.to_string(), need }
    }

    /// A part of the stack that failed with `cause`.
    pub(crate) fn part(part: &'static str, cause: impl std::fmt::Display) -> Self {
        Self::Part { part, cause: cause.to_string().replace('\n', " ") }
    }
}
