//! Starting and stopping the whole stack.

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

/// How long a start waits for the data folder and the port of a process that is going away.
const GRACE: Duration = Duration::from_millis(500);

/// Changes the configuration of the DynamoDB client, for instance to add an interceptor that injects faults.
pub type Customize = Arc<dyn Fn(aws_sdk_dynamodb::config::Builder) -> aws_sdk_dynamodb::config::Builder + Send + Sync>;

/// How a stack is started. The default suits tests: everything temporary, on a free port of loopback, without web UI.
#[derive(Clone)]
pub struct StackOptions {
    /// Where data is kept.
    pub data: Data,
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes any free one.
    pub port: u16,
    /// Folder of the built web UI; none serves the API alone.
    pub web: Option<PathBuf>,
    /// Whether functions run when their schedules say so; they can be run by hand either way.
    pub schedules: bool,
    /// Changes the DynamoDB client that the functions get.
    pub dynamodb: Option<Customize>,
}

impl Default for StackOptions {
    fn default() -> Self {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { data: Data::Temporary, host, port: 0, web: None, schedules: false, dynamodb: None }
    }
}

/// A running stack. It has threads of its own, so any runtime may use it; dropping it ends it at once, [`Stack::stop`]
/// ends it in order.
pub struct Stack {
    running: Arc<Running>,
    runtimes: Runtimes,
    /// After the runtimes: a temporary folder is removed when nothing uses it any more.
    folder: Arc<Folder>,
}

/// The stack's own threads: the embedded DynamoDB blocks the ones it runs on, so it has some to itself.
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
        // A runtime may be dropped inside another one only like this.
        for runtime in [self.main.take(), self.store.take()].into_iter().flatten() {
            runtime.shutdown_background();
        }
    }
}

/// Tries to take what a process that was just killed may still hold for a moment.
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
    /// Starts everything; when this returns, requests are answered and the stream is pumped.
    pub async fn start(options: StackOptions) -> Result<Self, Problem> {
        let runtimes = Runtimes::new()?;
        let folder = Arc::new(shortly(|| async { Folder::open(&options.data) }).await?);
        let store = runtimes.store()?.handle().clone();
        let start = Running::start(options, Arc::clone(&folder), store);
        let running = runtimes.main()?.spawn(start).await.map_err(|e| Problem::part("the stack", e))??;
        Ok(Self { running: Arc::new(running), runtimes, folder })
    }

    /// The state that the functions get.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.running.app
    }

    /// The whole server as a router, for requests that need no socket.
    pub fn router(&self) -> Router {
        self.running.router.clone()
    }

    /// Where the server listens, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.running.base_url
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// The set-up token that first-run set-up asks for; none on loopback.
    #[must_use]
    pub fn setup_token(&self) -> Option<&str> {
        self.running.app.setup_token()
    }

    /// A client of the embedded DynamoDB without any customization.
    #[must_use]
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.running.dynamodb
    }

    /// Where the embedded DynamoDB listens: a random loopback address. It takes any credentials.
    #[must_use]
    pub fn dynamodb_endpoint(&self) -> &str {
        self.running.emulator.endpoint()
    }

    /// Resolves when every file uploaded so far was judged, and everything written so far was handled by every stream function, and what they wrote as well. Fails
    /// when the stack is stopped meanwhile.
    pub async fn drained(&self) -> Result<(), String> {
        self.running.uploads.drained().await;
        self.running.pump.drained().await
    }

    /// Removes what has expired and answers how many items went.
    pub async fn expire(&self) -> Result<usize, String> {
        let running = Arc::clone(&self.running);
        let main = self.runtimes.main().map_err(|e| e.to_string())?;
        main.spawn(async move { running.emulator.sweep().await }).await.map_err(|e| e.to_string())?
    }

    /// Runs a schedule's function now, and gives back what it answered.
    pub async fn run_schedule(&self, name: &str) -> Result<serde_json::Value, String> {
        self.running.scheduler.run_now(name).await
    }

    /// The newest mails that were sent, newest first, at most 1,000.
    pub fn mails(&self) -> Result<Vec<CaughtMail>, String> {
        self.running.journal.mails(1_000).map_err(|e| e.to_string())
    }

    /// Has SES refuse the next `times` requests, tries of the SDK included.
    pub fn refuse_mail(&self, fault: MailFault, times: u32) {
        self.running.mail.refuse(fault, times);
    }

    /// A fact that was recorded about the data folder.
    pub(crate) fn fact(&self, name: &str) -> Result<Option<String>, Problem> {
        self.running.journal.fact(name).map_err(|e| Problem::part("the journal", e))
    }

    /// Records a fact about the data folder.
    pub(crate) fn set_fact(&self, name: &str, value: &str) -> Result<(), Problem> {
        self.running.journal.set_fact(name, value).map_err(|e| Problem::part("the journal", e))
    }

    /// Stops in order: no new requests, live connections closed and their function told, the stream functions finished,
    /// then the store.
    pub async fn stop(self) {
        let running = Arc::clone(&self.running);
        if let Ok(main) = self.runtimes.main() {
            let _ = main.spawn(async move { running.stop().await }).await;
        }
    }
}

#[cfg(test)]
mod tests;
