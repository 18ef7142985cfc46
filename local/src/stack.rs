//! Starting and stopping the entire stack.

mod check;
mod clients;
mod environment;
mod error;
mod names;
mod running;
mod storage;

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use platform::App;
use platform::cipher::Cipher;
use platform::keys::KeyWrapper;
use platform::upload::Scanner;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::emulator::EmulatorError;
use crate::folder::{DataLocation, Folder, FolderError};
use crate::journal::CaughtMail;
use crate::mail::MailFault;
use crate::pump::PumpError;
use crate::scheduler::SchedulerError;
pub use error::StartError;
use running::Running;

/// How long a start waits for an exiting process to release the data folder and the port.
const GRACE: Duration = Duration::from_millis(500);

/// Changes the configuration of the DynamoDB client, for example to add an interceptor that injects faults.
pub type Customize = Arc<dyn Fn(aws_sdk_dynamodb::config::Builder) -> aws_sdk_dynamodb::config::Builder + Send + Sync>;

/// Options of a stack. The default suits tests: everything temporary, on a free loopback port, without the web UI.
#[derive(Clone)]
pub struct StackOptions {
    /// Where data is stored.
    pub data: DataLocation,
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 picks any free port.
    pub port: u16,
    /// Folder of the built web UI; `None` serves only the API.
    pub web: Option<PathBuf>,
    /// Whether functions run on schedule; they can be run manually either way.
    pub schedules: bool,
    /// Whether mail is set up. If not, admins are shown the links that they send to users.
    pub sends_mail: bool,
    /// Changes the functions' DynamoDB client.
    pub dynamodb: Option<Customize>,
    /// Looks for malware in uploaded files; asked again every few seconds while it says that it has not finished.
    pub scanner: Scanner,
}

impl Default for StackOptions {
    fn default() -> Self {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self {
            data: DataLocation::Temporary,
            host,
            port: 0,
            web: None,
            schedules: false,
            sends_mail: true,
            dynamodb: None,
            scanner: Scanner::Off,
        }
    }
}

/// A running stack. It has its own threads, so any runtime can use it. Dropping it stops it immediately; [`Stack::stop`] shuts it down in
/// order.
pub struct Stack {
    running: Arc<Running>,
    main: Threads,
    /// Held only to keep the embedded DynamoDB running.
    _store: Threads,
    /// After the threads: a temporary folder is deleted once nothing uses it any more.
    folder: Arc<Folder>,
}

/// Threads of the stack's own. The embedded DynamoDB blocks the threads it runs on, so it does not share the others'.
struct Threads {
    handle: Handle,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl Threads {
    fn start(name: &str) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name(name).enable_all().build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // The only way to drop a runtime inside another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Retries taking something that a process that was just killed may still hold for a moment.
async fn retry_while_in_use<T, F: Future<Output = Result<T, StartError>>>(
    take: impl Fn() -> F,
) -> Result<T, StartError> {
    let started = Instant::now();
    loop {
        match take().await {
            Err(StartError::Folder(FolderError::InUse { .. }) | StartError::PortInUse { .. })
                if started.elapsed() < GRACE =>
            {
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            result => return result,
        }
    }
}

impl Stack {
    /// Starts everything; once this returns, requests are answered and the stream is pumped.
    pub async fn start(options: StackOptions) -> Result<Self, StartError> {
        let main = Threads::start("steward").map_err(StartError::Runtime)?;
        let store = Threads::start("steward-store").map_err(StartError::Runtime)?;
        let folder = Arc::new(retry_while_in_use(|| async { Ok(Folder::open(&options.data)?) }).await?);
        let start = Running::start(options, Arc::clone(&folder), store.handle.clone());
        let running = main.handle.spawn(start).await??;
        Ok(Self { running: Arc::new(running), main, _store: store, folder })
    }

    /// The functions' state.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.running.app
    }

    /// The entire server as a router, for requests that need no socket.
    pub fn router(&self) -> Router {
        self.running.router.clone()
    }

    /// Base URL of the server, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.running.base_url
    }

    /// Path of the data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// The token for first-run setup and for `/_local`, required of whoever does not ask straight from this machine.
    #[must_use]
    pub fn token(&self) -> &str {
        self.running.app.setup_token().unwrap_or_default()
    }

    /// A client of the embedded DynamoDB without customization.
    #[must_use]
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.running.storage.dynamodb
    }

    /// Endpoint of the embedded DynamoDB: a random loopback address. It accepts any credentials.
    #[must_use]
    pub fn dynamodb_endpoint(&self) -> &str {
        self.running.storage.emulator.endpoint()
    }

    /// Resolves once every file uploaded so far has been checked, and every stream function has processed everything written so far,
    /// including what they wrote themselves. Fails if the stack is stopped in the meantime.
    pub async fn drained(&self) -> Result<(), PumpError> {
        self.running.uploads.drained().await;
        self.running.pump.drained().await
    }

    /// Deletes expired items and returns how many were deleted.
    pub async fn expire(&self) -> Result<usize, EmulatorError> {
        let emulator = Arc::clone(&self.running.storage.emulator);
        self.main.handle.spawn(async move { emulator.delete_expired().await }).await?
    }

    /// Runs a scheduled function now and returns its result.
    pub async fn run_schedule(&self, name: &str) -> Result<serde_json::Value, SchedulerError> {
        self.running.scheduler.run_now(name).await
    }

    /// The newest sent messages, newest first, at most 1,000.
    pub fn mails(&self) -> rusqlite::Result<Vec<CaughtMail>> {
        self.running.storage.journal.mails(1_000)
    }

    /// Makes SES fail the next `times` requests, including SDK retries.
    pub fn refuse_mail(&self, fault: MailFault, times: u32) {
        self.running.mail.refuse(fault, times);
    }

    /// A fact recorded about the data folder.
    pub(crate) fn fact(&self, name: &str) -> rusqlite::Result<Option<String>> {
        self.running.storage.journal.fact(name)
    }

    /// Records a fact about the data folder.
    pub(crate) fn set_fact(&self, name: &str, value: &str) -> rusqlite::Result<()> {
        self.running.storage.journal.set_fact(name, value)
    }

    /// Replaces the data folder's key, which stands in for KMS, and stops: what runs knows only the old one.
    pub async fn change_local_key(self) -> Result<(), StartError> {
        let key = self.folder.next_key()?;
        let next = Cipher::new(&key).map(KeyWrapper::Local).map_err(StartError::Key)?;
        self.running.app.keys().change_wrapper(&next).await.map_err(StartError::Key)?;
        self.folder.take_next_key()?;
        self.stop().await;
        Ok(())
    }

    /// Shuts down in order: stops accepting requests, closes live connections and notifies their function, finishes the stream functions,
    /// then stops the store.
    pub async fn stop(self) {
        let running = Arc::clone(&self.running);
        let _ = self.main.handle.spawn(async move { running.stop().await }).await;
    }
}

#[cfg(test)]
mod tests;
