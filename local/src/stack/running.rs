//! The parts of a running stack, and the order in which they start and stop.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use platform::mail::Mailer;
use platform::{App, AppConfig};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::clients::Clients;
use super::environment::{self, Endpoints};
use super::error::StartError;
use super::names::{KEYS_TABLE, MAIL_ADDRESS, TABLE};
use super::storage::Storage;
use super::{StackOptions, check};
use crate::console::{self, Console};
use crate::disk::Space;
use crate::emulator::Emulator;
use crate::folder::Folder;
use crate::gateway::{self, Gateway};
use crate::kms::{self, Kms};
use crate::listen::{self, Patience};
use crate::loopback::{self, WriteSignal};
use crate::mail::{self, MailOffice};
use crate::objects::{BUCKET, Objects};
use crate::pump::Pump;
use crate::scheduler::Scheduler;
use crate::server::{self, Parts};
use crate::uploads::{UploadCount, Uploads};
use crate::web::Web;
use crate::{api, functions};

/// Interval for deleting expired items; on AWS it takes hours.
const EXPIRY_INTERVAL: Duration = Duration::from_mins(1);
/// How long a stop waits for each part.
const STOPPING: Duration = Duration::from_secs(5);

/// All running parts.
pub(super) struct Running {
    pub(super) app: App,
    pub(super) router: Router,
    pub(super) base_url: String,
    pub(super) storage: Storage,
    pub(super) pump: Arc<Pump>,
    pub(super) uploads: Uploads,
    pub(super) mail: Arc<MailOffice>,
    pub(super) scheduler: Arc<Scheduler>,
    gateway: Arc<Gateway>,
    server: Mutex<Option<JoinHandle<()>>>,
    stop: StopSignals,
}

/// Signals the parts to stop, one layer after the other.
#[derive(Default)]
struct StopSignals {
    server: watch::Sender<bool>,
    pump: watch::Sender<bool>,
    store: watch::Sender<bool>,
}

impl Drop for StopSignals {
    /// A stack that is dropped, or that failed to start, leaves nothing running.
    fn drop(&mut self) {
        for part in [&self.server, &self.pump, &self.store] {
            part.send_replace(true);
        }
    }
}

impl Running {
    pub(super) async fn start(options: StackOptions, folder: Arc<Folder>, store: Handle) -> Result<Self, StartError> {
        let listener = super::retry_while_in_use(|| listen(options.host, options.port)).await?;
        let address = SocketAddr::new(options.host, options.port);
        let address = listener.local_addr().map_err(|source| StartError::Address { address, source })?;
        let (base_url, origins) = addresses(address);
        let web = options.web.as_deref().map(|dist| Web::open(dist, &origins)).transpose()?;

        let stop = StopSignals::default();
        let written = WriteSignal::new(0);
        let http = loopback::client(Handle::current(), written.clone()).map_err(StartError::HttpClient)?;
        let clients = Clients::new(http);
        // Before anything is stored that could not be read without it.
        let key = folder.key()?;
        let storage = Storage::open(&folder, &clients, &store, stop.store.subscribe()).await?;
        let uploaded = UploadCount::new(0);
        let (key_id, secret) = (&clients.access_key_id, &clients.secret_access_key);
        let objects = Objects::open(&folder, key_id, secret, &origins, uploaded.clone())?;
        check::data(&folder, &key, &storage).await?;
        let (app, kms) = connect_functions(&options, &folder, &key, &clients, &base_url, storage.emulator.endpoint())?;

        let gateway = Gateway::new(functions::live(&app), Arc::clone(&storage.journal), stop.server.subscribe());
        gateway.drop_stale().await?;
        let (stream, journal) = (Arc::clone(&storage.stream), Arc::clone(&storage.journal));
        let pump = Pump::start(stream, journal, functions::consumers(&app), &written, &stop.pump.subscribe())?;
        tokio::spawn(delete_expired(Arc::clone(&storage.emulator), written, stop.pump.subscribe()));
        let mail = MailOffice::new(Arc::clone(&storage.journal), &clients.access_key_id);
        let scheduler = Scheduler::new(functions::scheduled(&app), &storage.journal)?;
        if options.schedules {
            scheduler.start(&stop.pump.subscribe());
        }

        let console = Console {
            mail: Arc::clone(&mail),
            scheduler: Arc::new(scheduler),
            pump: Arc::new(pump),
            stream: Arc::clone(&storage.stream),
            journal: Arc::clone(&storage.journal),
            emulator: Arc::clone(&storage.emulator),
            gateway: Arc::clone(&gateway),
            origins: origins.into(),
            token: app.setup_token().unwrap_or_default().into(),
        };
        let (scheduler, pump) = (Arc::clone(&console.scheduler), Arc::clone(&console.pump));
        let router = server::router(Parts {
            api: platform::http::finish(api::routes(), app.clone()),
            connections: gateway::router(Arc::clone(&gateway), &clients.access_key_id),
            gateway: Arc::clone(&gateway),
            mail: mail::router(Arc::clone(&mail)),
            kms: kms::router(Arc::new(kms)),
            console: console::router(console),
            objects,
            space: Space::of(folder.path()),
            journal: Arc::clone(&storage.journal),
            web,
        });
        let stopped = stop.server.subscribe();
        let serving = listen::serve(listener, router.clone(), Patience::default(), Objects::owns, stopped);
        let server = Mutex::new(Some(tokio::spawn(serving)));
        let uploads = Uploads::start(app.clone(), functions::on_upload(&app), uploaded, stop.server.subscribe());
        Ok(Self { app, router, base_url, storage, pump, uploads, mail, scheduler, gateway, server, stop })
    }

    pub(super) async fn stop(&self) {
        self.stop.server.send_replace(true);
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(server) = server {
            stop_in_time("the server", server).await;
        }
        self.gateway.stopped().await;
        self.stop.pump.send_replace(true);
        stop_in_time("the stream pump", self.pump.stopped()).await;
        stop_in_time("the scheduler", self.scheduler.stopped()).await;
        self.stop.store.send_replace(true);
        stop_in_time("the embedded DynamoDB", self.storage.emulator.stopped()).await;
    }
}

/// The functions' state, with everything pointed at this stack, and the KMS for functions that run in processes of their own, whose
/// environment is written to the data folder.
fn connect_functions(
    options: &StackOptions,
    folder: &Folder,
    key: &[u8; 32],
    clients: &Clients,
    base_url: &str,
    dynamodb_url: &str,
) -> Result<(App, Kms), StartError> {
    let wrapper = || check::wrapper(key);
    let dynamodb = clients.dynamodb(dynamodb_url);
    let dynamodb = match &options.dynamodb {
        Some(change) => change(dynamodb),
        None => dynamodb,
    };
    let config = AppConfig {
        table_name: TABLE.to_owned(),
        keys_table_name: KEYS_TABLE.to_owned(),
        bucket_name: BUCKET.to_owned(),
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
        s3: Some(clients.s3(base_url)),
        scanner: options.scanner.clone(),
        live_url: format!("{}/live", base_url.replacen("http", "ws", 1)),
        connections: Some(clients.connections(base_url)),
        mailer: Some(Mailer::new(clients.mail(base_url), format!("Steward <{MAIL_ADDRESS}>"), u32::MAX)),
        sends_mail: options.sends_mail,
        web_url: base_url.to_owned(),
        // Whoever does not sit at this machine must not be able to become the admin.
        setup_token: Some(uuid::Uuid::new_v4().simple().to_string()),
        edge_secret: None,
        secure_cookies: false,
    };
    let app = App::new(config, wrapper()?);
    let kms = Kms::new(wrapper()?);
    let endpoints = Endpoints { base_url, live_url: app.live_url(), dynamodb_url, setup_token: app.setup_token() };
    environment::write(folder, clients, &kms, &endpoints)?;
    Ok((app, kms))
}

async fn stop_in_time<T>(part: &str, stopped: impl Future<Output = T>) {
    if tokio::time::timeout(STOPPING, stopped).await.is_err() {
        tracing::warn!(part, "did not stop in time and was aborted");
    }
}

async fn listen(host: IpAddr, port: u16) -> Result<TcpListener, StartError> {
    let failed = |error: io::Error| match error.kind() {
        ErrorKind::AddrInUse => StartError::PortInUse { port },
        _ => StartError::Address { address: SocketAddr::new(host, port), source: error },
    };
    TcpListener::bind((host, port)).await.map_err(failed)
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

/// Periodically deletes expired items.
async fn delete_expired(emulator: Arc<Emulator>, written: WriteSignal, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EXPIRY_INTERVAL) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        match emulator.delete_expired().await {
            Ok(0) => {}
            Ok(removed) => {
                tracing::debug!(removed, "deleted expired items");
                loopback::announce_write(&written);
            }
            Err(error) => {
                tracing::warn!(error = %kernel::error::chain(&error), "could not delete expired items");
            }
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
