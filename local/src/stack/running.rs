//! The parts of a running stack, and the order in which they start and stop.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use platform::cipher::Cipher;
use platform::keys::KeyWrapper;
use platform::mail::Mailer;
use platform::{App, AppConfig, schema};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::StackOptions;
use super::apart::{self, Places};
use super::clients::Clients;
use crate::console::{self, Console};
use crate::emulator::{self, Emulator};
use crate::folder::Folder;
use crate::gateway::{self, Gateway};
use crate::journal::Journal;
use crate::kms::{self, Kms};
use crate::mail::{self, MailOffice};
use crate::objects::{BUCKET, Objects};
use crate::problem::Problem;
use crate::pump::Pump;
use crate::scheduler::Scheduler;
use crate::server::{self, Parts};
use crate::stream::Stream;
use crate::uploads::{Put, Uploads};
use crate::web::Web;
use crate::wire::{self, Written};
use crate::{api, functions};

pub(super) const TABLE: &str = "steward";
pub(super) const KEYS_TABLE: &str = "steward-keys";
/// Sender address of all mail.
pub(super) const MAIL_ADDRESS: &str = "steward@localhost";
/// Interval for deleting expired items; on AWS it takes hours.
const SWEEP: Duration = Duration::from_mins(1);
/// How long a stop waits for each part.
const PATIENCE: Duration = Duration::from_secs(5);

/// All running parts.
pub(super) struct Running {
    pub(super) app: App,
    pub(super) router: Router,
    pub(super) base_url: String,
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) emulator: Arc<Emulator>,
    pub(super) pump: Arc<Pump>,
    pub(super) journal: Arc<Journal>,
    pub(super) uploads: Uploads,
    pub(super) mail: Arc<MailOffice>,
    pub(super) scheduler: Arc<Scheduler>,
    gateway: Arc<Gateway>,
    server: Mutex<Option<JoinHandle<()>>>,
    stop: Stops,
}

/// Signals the parts to stop, one layer after the other.
#[derive(Default)]
struct Stops {
    server: watch::Sender<bool>,
    pump: watch::Sender<bool>,
    store: watch::Sender<bool>,
}

impl Drop for Stops {
    /// A stack that is dropped, or that failed to start, leaves nothing running.
    fn drop(&mut self) {
        for part in [&self.server, &self.pump, &self.store] {
            part.send_replace(true);
        }
    }
}

impl Running {
    pub(super) async fn start(options: StackOptions, folder: Arc<Folder>, store: Handle) -> Result<Self, Problem> {
        let listener = super::shortly(|| listen(options.host, options.port)).await?;
        let address = listener.local_addr().map_err(|e| Problem::part("the server", e))?;
        let (base_url, origins) = addresses(address);
        let web = options.web.as_deref().map(|dist| Web::open(dist, &origins)).transpose()?;

        let stop = Stops::default();
        let written: Written = watch::Sender::new(0);
        let http = wire::client(Handle::current(), written.clone());
        let clients = Clients::new(http.map_err(|e| Problem::part("the HTTP client", e))?);
        let emulator = Arc::new(Emulator::start(&folder, &store, stop.store.subscribe()).await?);
        let config = clients.dynamodb(emulator.endpoint());
        let dynamodb = aws_sdk_dynamodb::Client::from_conf(config.clone().build());
        ensure_tables(&dynamodb, &folder).await?;
        let stream = Arc::new(Stream::open(emulator.database().clone(), &folder.database(), TABLE)?);
        let journal = Journal::open(&folder.journal()).map_err(|e| Problem::part("the journal", e))?;
        let journal = Arc::new(journal);
        let put = Put::new(0);
        let (key_id, secret) = (&clients.access_key_id, &clients.secret_access_key);
        let objects = Objects::open(&folder, key_id, secret, &origins, put.clone())?;

        let config = match &options.dynamodb {
            Some(change) => change(config),
            None => config,
        };
        let key = folder.key()?;
        let wrapper = || Cipher::new(&key).map(KeyWrapper::Local).map_err(|e| Problem::part("the key file", e));
        let app = app(&clients, config, &base_url, options.host, wrapper()?);
        let kms = Arc::new(Kms::new(wrapper()?));
        let places = Places {
            base_url: &base_url,
            live_url: app.live_url(),
            dynamodb: emulator.endpoint(),
            setup_token: app.setup_token(),
        };
        apart::write(&folder, &clients, &kms, &places)?;

        let gateway = Gateway::new(functions::live(&app), Arc::clone(&journal), stop.server.subscribe());
        gateway.drop_stale().await.map_err(|e| Problem::part("the live gateway", e))?;
        let consumers = functions::consumers(&app);
        let pump = Pump::start(Arc::clone(&stream), Arc::clone(&journal), consumers, &written, &stop.pump.subscribe());
        let pump = Arc::new(pump.map_err(|e| Problem::part("the stream pump", e))?);
        tokio::spawn(sweep(Arc::clone(&emulator), written, stop.pump.subscribe()));

        let mail = MailOffice::new(Arc::clone(&journal), &clients.access_key_id);
        let scheduler = Scheduler::new(functions::scheduled(&app), &journal);
        let scheduler = Arc::new(scheduler.map_err(|e| Problem::part("the scheduler", e))?);
        if options.schedules {
            scheduler.start(&stop.pump.subscribe());
        }

        let console = Console {
            mail: Arc::clone(&mail),
            scheduler: Arc::clone(&scheduler),
            pump: Arc::clone(&pump),
            stream,
            journal: Arc::clone(&journal),
            emulator: Arc::clone(&emulator),
            gateway: Arc::clone(&gateway),
            origins: origins.into(),
        };
        let router = server::router(Parts {
            api: platform::http::finish(api::routes(), app.clone()),
            connections: gateway::router(Arc::clone(&gateway), &clients.access_key_id),
            gateway: Arc::clone(&gateway),
            mail: mail::router(Arc::clone(&mail)),
            kms: kms::router(kms),
            console: console::router(console),
            objects,
            web,
        });
        let server = tokio::spawn(serve(listener, router.clone(), stop.server.subscribe()));
        let server = Mutex::new(Some(server));
        let uploads = Uploads::start(app.clone(), functions::on_upload(&app), put, stop.server.subscribe());
        Ok(Self {
            app,
            router,
            base_url,
            dynamodb,
            emulator,
            pump,
            journal,
            uploads,
            mail,
            scheduler,
            gateway,
            server,
            stop,
        })
    }

    pub(super) async fn stop(&self) {
        self.stop.server.send_replace(true);
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(server) = server {
            patiently("the server", server).await;
        }
        self.gateway.stopped().await;
        self.stop.pump.send_replace(true);
        patiently("the stream pump", self.pump.stopped()).await;
        patiently("the scheduler", self.scheduler.stopped()).await;
        self.stop.store.send_replace(true);
        patiently("the embedded DynamoDB", self.emulator.stopped()).await;
    }
}

async fn ensure_tables(client: &aws_sdk_dynamodb::Client, folder: &Folder) -> Result<(), Problem> {
    let shape = |built: Result<_, kernel::Error>| built.map_err(|e| Problem::part("the table definition", e));
    emulator::ensure_table(client, TABLE, shape(schema::main_table(TABLE))?, true, folder).await?;
    emulator::ensure_table(client, KEYS_TABLE, shape(schema::keys_table(KEYS_TABLE))?, false, folder).await
}

/// The functions' state, with everything pointed at this stack.
fn app(
    clients: &Clients,
    dynamodb: aws_sdk_dynamodb::config::Builder,
    base_url: &str,
    host: IpAddr,
    wrapper: KeyWrapper,
) -> App {
    let config = AppConfig {
        table_name: TABLE.to_owned(),
        keys_table_name: KEYS_TABLE.to_owned(),
        bucket_name: BUCKET.to_owned(),
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
        s3: Some(clients.s3(base_url)),
        live_url: format!("{}/live", base_url.replacen("http", "ws", 1)),
        connections: Some(clients.connections(base_url)),
        mailer: Some(Mailer::new(clients.mail(base_url), format!("Steward <{MAIL_ADDRESS}>"), u32::MAX)),
        web_url: base_url.to_owned(),
        // If reachable from other machines, the first visitor must not be able to become the admin.
        setup_token: (!host.is_loopback()).then(|| uuid::Uuid::new_v4().simple().to_string()),
        secure_cookies: false,
    };
    App::new(config, wrapper)
}

async fn patiently<T>(part: &str, stopped: impl Future<Output = T>) {
    if tokio::time::timeout(PATIENCE, stopped).await.is_err() {
        tracing::warn!(part, "did not stop in time and was aborted");
    }
}

async fn listen(host: IpAddr, port: u16) -> Result<TcpListener, Problem> {
    TcpListener::bind((host, port)).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Problem::PortInUse { port },
        _ => Problem::Address { address: SocketAddr::new(host, port).to_string(), cause: error.to_string() },
    })
}

/// The server's own URL, and every spelling of it that a browser on this machine may use.
fn addresses(listening: SocketAddr) -> (String, Vec<String>) {
    let mut address = listening;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let base_url = format!("http://{address}");
    let mut origins = vec![base_url.clone()];
    if address.ip().is_loopback() {
        origins.push(format!("http://localhost:{}", address.port()));
    }
    (base_url, origins)
}

async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the server stopped");
    }
}

/// Periodically deletes expired items.
async fn sweep(emulator: Arc<Emulator>, written: Written, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        match emulator.sweep().await {
            Ok(0) => {}
            Ok(removed) => {
                tracing::debug!(removed, "deleted expired items");
                wire::announce(&written);
            }
            Err(reason) => tracing::warn!(reason, "could not delete expired items"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn loopback_addresses_include_every_spelling() {
        let (base, origins) = addresses(([127, 0, 0, 1], 8080).into());
        assert_eq!(base, "http://127.0.0.1:8080");
        assert_eq!(origins, ["http://127.0.0.1:8080", "http://localhost:8080"]);
        let (base, _) = addresses(([0, 0, 0, 0], 9).into());
        assert_eq!(base, "http://127.0.0.1:9");
        let (_, origins) = addresses(([192, 168, 1, 5], 9).into());
        assert_eq!(origins, ["http://192.168.1.5:9"]);
    }
}
