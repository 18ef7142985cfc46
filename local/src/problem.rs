//! Why the stack cannot run.

use std::net::IpAddr;
use std::path::PathBuf;

/// A reason not to start, told in one line that ends with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Another process listens there.
    #[error("port {port} is in use: stop what listens on it, or choose another one with PORT=<number>")]
    PortInUse {
        /// The wanted port.
        port: u16,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: {cause}; check HOST and PORT")]
    Address {
        /// `host:port`.
        address: String,
        /// What the system says.
        cause: String,
    },
    /// The data folder cannot be made or written.
    #[error("cannot write to the data folder {}: {cause}; make it writable, or choose another one with DATA=<folder>", folder.display())]
    DataUnwritable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// Another Steward has the data folder open.
    #[error("the data folder {} is in use by another Steward (process {owner}): stop that one, or choose another folder with DATA=<folder>", folder.display())]
    DataInUse {
        /// The folder.
        folder: PathBuf,
        /// Id of the process that holds it, as it wrote it down.
        owner: String,
    },
    /// The data folder was written with other tables than this build has.
    #[error("the data folder {} was written by another version of Steward: move it away, or choose another one with DATA=<folder>", folder.display())]
    DataOfAnotherShape {
        /// The folder.
        folder: PathBuf,
    },
    /// The web UI has not been built.
    #[error("the web UI is not built ({} is missing): start with `make run`, which builds it", missing.display())]
    WebNotBuilt {
        /// The file that was looked for.
        missing: PathBuf,
    },
    /// A variable has a value that cannot be used.
    #[error("{name}={value} cannot be used: {need}")]
    Setting {
        /// Name of the environment variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it has to be.
        need: &'static str,
    },
    /// A part of the stack did not come up; not the user's doing.
    #[error("{part} did not start: {cause}; move the data folder away to start afresh, or report this")]
    Part {
        /// Which part.
        part: &'static str,
        /// What it says.
        cause: String,
    },
}

impl Problem {
    /// The demo company was to be opened to the network by listening on `host`.
    #[must_use]
    pub fn demo_in_public(host: IpAddr) -> Self {
        let need = "the demo company's password is public, so set DEMO=0 and take a DATA folder without the demo";
        Self::Setting { name: "HOST", value: host.to_string(), need }
    }

    /// A part of the stack that failed with `cause`.
    pub(crate) fn part(part: &'static str, cause: impl std::fmt::Display) -> Self {
        Self::Part { part, cause: cause.to_string().replace('\n', " ") }
    }
}
