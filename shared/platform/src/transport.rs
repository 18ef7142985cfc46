//! The HTTP client used by all SDK clients: HTTP/1.1, over TLS to AWS and unencrypted to an emulator.
//!
//! The SDK's own client links HTTP/2, proxies and the system's certificate store into every function, and no function uses
//! them (`docs/decisions/0022-cold-starts.md`). This one wraps hyper's pooled client and rustls, which the SDK's client is also
//! built on, in the SDK's interface.

#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::Uri;
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{CaptureConnection, HttpConnector as TcpConnector, capture_connection};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::timeout::Timeout;
use tower::timeout::error::Elapsed;
use tower::util::BoxCloneSyncService;

/// The root certificates that AWS services chain to (<https://www.amazontrust.com/repository/>).
const AMAZON_ROOTS: &[u8] = include_bytes!("../certificates/amazon-roots.pem");
/// Time limit for opening a connection, TLS included; the SDK's default.
const CONNECT: Duration = Duration::from_millis(3_100);
/// How long a connection may sit idle. If the service closes it earlier, no request fails.
const IDLE: Duration = Duration::from_secs(50);

type Connector = BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, BoxError>;
type Pool = Client<Connector, SdkBody>;

/// Creates a client that trusts only Amazon's root certificates: reading the system's store of some 140 took half of a cold
/// start, and Steward contacts no other servers. Fails if the root certificates cannot be read.
pub fn client() -> Result<SharedHttpClient, BoxError> {
    Ok(SharedHttpClient::new(transport(AMAZON_ROOTS)?))
}

fn transport(trusted: &[u8]) -> Result<Transport, BoxError> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(trusted) {
        roots.add(root?)?;
    }
    let tls = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut tcp = TcpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
    let connector = BoxCloneSyncService::new(Timeout::new(https, CONNECT));
    let pool =
        Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).build(connector);
    Ok(Transport { pool, answer: None })
}

/// The connection pool and the response time limit.
#[derive(Debug, Clone)]
struct Transport {
    pool: Pool,
    answer: Option<Duration>,
}

impl HttpClient for Transport {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Self { pool: self.pool.clone(), answer: settings.read_timeout() })
    }
}

impl HttpConnector for Transport {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let used = capture_connection(&mut request);
        if let Some(asked) = request.extensions().get::<CaptureSmithyConnection>() {
            asked.set_connection_retriever(move || Some(connection(&used)));
        }
        let (call, answer) = (self.pool.request(request), self.answer);
        HttpConnectorFuture::new(async move {
            let answer = match answer {
                Some(limit) => timeout(limit, call).await.map_err(|late| ConnectorError::timeout(late.into()))?,
                None => call.await,
            };
            let answer = answer.map_err(failure)?.map(SdkBody::from_body_1_x);
            HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// The connection used by a request, so that the SDK can prevent its reuse after a server error.
fn connection(used: &CaptureConnection) -> ConnectionMetadata {
    let used = used.clone();
    let poison = move || {
        if let Some(connection) = used.connection_metadata().as_ref() {
            connection.poison();
        }
    };
    ConnectionMetadata::builder().proxied(false).poison_fn(poison).build()
}

/// Classifies a failure for the SDK: what to retry and what not.
fn failure(error: ClientError) -> ConnectorError {
    let hyper = source::<hyper::Error>(&error);
    if hyper.is_some_and(hyper::Error::is_user) {
        return ConnectorError::user(error.into());
    }
    if source::<Elapsed>(&error).is_some() {
        return ConnectorError::timeout(error.into());
    }
    let closed = hyper.is_some_and(|hyper| hyper.is_closed() || hyper.is_canceled());
    if closed || error.is_connect() || source::<std::io::Error>(&error).is_some() {
        return ConnectorError::io(error.into());
    }
    // The server closed the connection in the middle of a response.
    let incomplete = hyper.is_some_and(hyper::Error::is_incomplete_message);
    ConnectorError::other(error.into(), incomplete.then_some(ErrorKind::TransientError))
}

/// The first error of type `E` in a chain of causes.
fn source<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}
