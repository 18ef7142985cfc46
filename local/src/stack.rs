//! Starting and stopping the entire stack.

mod apart;
mod clients;
mod running;

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use platform::App;
use tokio::runtime::{Builder, Runtime};

use crate::folder::{Data, Folder};
use crate::mail::{CaughtMail, MailFault};
use crate::problem::Problem;
use running::Running;

/// How long a start waits for an exiting process to release the data folder and the port.
const GRACE: Duration = Duration::from_millis(500);

/// Changes the configuration of the DynamoDB client, for example to add an interceptor that injects faults.
pub type Customize = Arc<dyn Fn(aws_sdk_dynamodb::config::Builder) -> aws_sdk_dynamodb::config::Builder + Send + Sync>;

/// Options of a stack. The default suits tests: everything temporary, on a free loopback port, without the web UI.
#[derive(Clone)]
pub struct StackOptions {
    /// Where data is stored.
    pub data: Data,
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 picks any free port.
    pub port: u16,
    /// Folder of the built web UI; `None` serves only the API.
    pub web: Option<PathBuf>,
    /// Whether functions run on schedule; they can be run manually either way.
    pub schedules: bool,
    /// Changes the functions' DynamoDB client.
    pub dynamodb: Option<Customize>,
}

impl Default for StackOptions {
    fn default() -> Self {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { data: Data::Temporary, host, port: 0, web: None, schedules: false, dynamodb: None }
    }
}

/// A running stack. It has its own threads, so any runtime can use it. Dropping it stops it immediately; [`Stack::stop`] shuts it down in
/// order.
pub struct Stack {
    running: Arc<Running>,
    runtimes: Runtimes,
    /// After the runtimes: a temporary folder is deleted once nothing uses it any more.
    folder: Arc<Folder>,
}

/// The stack's own threads: the embedded DynamoDB blocks the threads it runs on, so it has its own.
struct Runtimes {
    main: Option<Runtime>,
    store: Option<Runtime>,
}

impl Runtimes {
    fn new() -> Result<Self, Problem> {
        let runtime = |name: &str, workers| {
            Builder::new_multi_thread().worker_threads(workers).thread_name(name).enable_all().build()
        };
        let failed = |e| Problem::part("the runtime", e);
        let main = runtime("steward", 2).map_err(failed)?;
        let store = runtime("steward-store", 2).map_err(failed)?;
        Ok(Self { main: Some(main), store: Some(store) })
    }

    fn main(&self) -> Result<&Runtime, Problem> {
        self.main.as_ref().ok_or_else(|| Problem::part("the runtime", "it was shut down"))
    }

    fn store(&self) -> Result<&Runtime, Problem> {
        self.store.as_ref().ok_or_else(|| Problem::part("the runtime", "it was shut down"))
    }
}

impl Drop for Runtimes {
    fn drop(&mut self) {
        // The only way to drop a runtime inside another one.
        for runtime in [self.main.take(), self.store.take()].into_iter().flatten() {
            runtime.shutdown_background();
        }
    }
}

/// Retries taking something that a process that was just killed may still hold for a moment.
async fn shortly<T, F: Future<Output = Result<T, Problem>>>(take: impl Fn() -> F) -> Result<T, Problem> {
    let started = Instant::now();
    loop {
        match take().await {
            Err(Problem::DataInUse { .. } | Problem::PortInUse { .. }) if started.elapsed() < GRACE => {
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            result => return result,
        }
    }
}

impl Stack {
    /// Starts everything; once this returns, requests are answered and the stream is pumped.
    pub async fn start(options: StackOptions) -> Result<Self, Problem> {
        let runtimes = Runtimes::new()?;
        let folder = Arc::new(shortly(|| async { Folder::open(&options.data) }).await?);
        let store = runtimes.store()?.handle().clone();
        let start = Running::start(options, Arc::clone(&folder), store);
        let running = runtimes.main()?.spawn(start).await.map_err(|e| Problem::part("the stack", e))??;
        Ok(Self { running: Arc::new(running), runtimes, folder })
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

    /// The set-up token required for first-run set-up; `None` on loopback.
    #[must_use]
    pub fn setup_token(&self) -> Option<&str> {
        self.running.app.setup_token()
    }

    /// A client of the embedded DynamoDB without customization.
    #[must_use]
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.running.dynamodb
    }

    /// Endpoint of the embedded DynamoDB: a random loopback address. It accepts any credentials.
    #[must_use]
    pub fn dynamodb_endpoint(&self) -> &str {
        self.running.emulator.endpoint()
    }

    /// Resolves once every file uploaded so far has been checked, and every stream function has processed everything written so far,
    /// including what they wrote themselves. Fails if the stack is stopped in the meantime.
    pub async fn drained(&self) -> Result<(), String> {
        self.running.uploads.drained().await;
        self.running.pump.drained().await
    }

    /// Deletes expired items and returns how many were deleted.
    pub async fn expire(&self) -> Result<usize, String> {
        let running = Arc::clone(&self.running);
        let main = self.runtimes.main().map_err(|e| e.to_string())?;
        main.spawn(async move { running.emulator.sweep().await }).await.map_err(|e| e.to_string())?
    }

    /// Runs a scheduled function now and returns its result.
    pub async fn run_schedule(&self, name: &str) -> Result<serde_json::Value, String> {
        self.running.scheduler.run_now(name).await
    }

    /// The newest sent messages, newest first, at most 1,000.
    pub fn mails(&self) -> Result<Vec<CaughtMail>, String> {
        self.running.journal.mails(1_000).map_err(|e| e.to_string())
    }

    /// Makes SES fail the next `times` requests, including SDK retries.
    pub fn refuse_mail(&self, fault: MailFault, times: u32) {
        self.running.mail.refuse(fault, times);
    }

    /// A fact recorded about the data folder.
    pub(crate) fn fact(&self, name: &str) -> Result<Option<String>, Problem> {
        self.running.journal.fact(name).map_err(|e| Problem::part("the journal", e))
    }

    /// Records a fact about the data folder.
    pub(crate) fn set_fact(&self, name: &str, value: &str) -> Result<(), Problem> {
        self.running.journal.set_fact(name, value).map_err(|e| Problem::part("the journal", e))
    }

    /// Shuts down in order: stops accepting requests, closes live connections and notifies their function, finishes the stream functions,
    /// then stops the store.
    pub async fn stop(self) {
        let running = Arc::clone(&self.running);
        if let Ok(main) = self.runtimes.main() {
            let _ = main.spawn(async move { running.stop().await }).await;
        }
    }
}

#[cfg(test)]
mod tests;
