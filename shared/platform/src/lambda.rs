//! Running as a Lambda function: state from the environment, JSON logs, and the runtime loop.

use std::env;
use std::pin::Pin;
use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_types::SdkConfig;
use axum::Router;
use axum::response::Response;
use futures_util::future::join;
use lambda_http::{Body, Error, IntoResponse};
use tokio::time::timeout;
use tower::ServiceExt;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::app::{App, AppConfig};
use crate::keys::KeyWrapper;
use crate::mail::Mailer;
use crate::scan::Scanner;
use crate::transport;

/// How long preloading keys may delay a function's first event.
const AHEAD: Duration = Duration::from_secs(3);

/// Writes logs to standard output, one JSON object per line. `RUST_LOG` filters by level and target and defaults to `info`; release
/// builds contain nothing below `info`, whatever it says.
pub fn log() {
    let filter = env::var("RUST_LOG").ok().and_then(|filter| filter.parse().ok());
    let filter: Targets = filter.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer().json().with_current_span(false).without_time();
    tracing_subscriber::registry().with(filter).with(lines).init();
}

fn required(name: &str) -> Result<String, Error> {
    Ok(env::var(name).map_err(|_| format!("the environment variable {name} is not set"))?)
}

fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The endpoint of a service other than AWS's own: the emulator's variable for this service, or the one for all services.
fn endpoint(sdk: &SdkConfig, name: &str) -> Option<String> {
    optional(name).or_else(|| sdk.endpoint_url().map(str::to_owned))
}

/// An optional dependency of a function besides the tables and keys. Clients that a function's `main` doesn't list are not linked.
pub type Part = fn(&SdkConfig, &mut AppConfig);

/// The object store.
pub fn objects(sdk: &SdkConfig, config: &mut AppConfig) {
    // Emulators address buckets by path; AWS by host name.
    let emulated = sdk.endpoint_url().is_some();
    let s3 = aws_sdk_s3::config::Builder::from(sdk).force_path_style(emulated);
    config.s3 = Some(aws_sdk_s3::Client::from_conf(s3.build()));
    config.bucket_name = optional("BUCKET_NAME").unwrap_or_default();
}

/// The client that pushes to live connections.
pub fn pushes(sdk: &SdkConfig, config: &mut AppConfig) {
    config.connections = optional("LIVE_ENDPOINT").map(|endpoint| {
        let connections = aws_sdk_apigatewaymanagement::config::Builder::from(sdk).endpoint_url(endpoint);
        aws_sdk_apigatewaymanagement::Client::from_conf(connections.build())
    });
}

/// The mail sender. Sends from `MAIL_FROM`, at most `MAIL_PER_SECOND` per second; defaults to 1, the rate of the SES sandbox.
pub fn mails(sdk: &SdkConfig, config: &mut AppConfig) {
    let per_second = optional("MAIL_PER_SECOND").and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut ses = aws_sdk_ses::config::Builder::from(sdk);
    ses.set_endpoint_url(endpoint(sdk, "AWS_ENDPOINT_URL_SES"));
    let client = aws_sdk_ses::Client::from_conf(ses.build());
    config.mailer = optional("MAIL_FROM").map(|from| Mailer::new(client, from, per_second));
}

/// Creates the state from the environment, with these parts. Fails if a required variable is missing.
pub fn app(parts: &[Part]) -> Result<App, Error> {
    let sdk = sdk()?;
    let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&sdk);
    dynamodb.set_endpoint_url(endpoint(&sdk, "AWS_ENDPOINT_URL_DYNAMODB"));
    let mut config = AppConfig {
        table_name: required("TABLE_NAME")?,
        keys_table_name: required("KEYS_TABLE_NAME")?,
        bucket_name: String::new(),
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
        s3: None,
        scanner: scanner()?,
        live_url: optional("LIVE_URL").unwrap_or_default(),
        connections: None,
        mailer: None,
        sends_mail: optional("SENDS_MAIL").is_none_or(|answer| answer != "no"),
        web_url: optional("WEB_ORIGIN").unwrap_or_default(),
        setup_token: optional("SETUP_TOKEN"),
        edge_secret: optional("EDGE_SECRET"),
        secure_cookies: true,
    };
    for part in parts {
        part(&sdk, &mut config);
    }
    Ok(App::new(config, wrapper(&sdk)?))
}

/// The scanner named by `SCANNER`. A name that is not known must not mean that files are released unscanned.
fn scanner() -> Result<Scanner, Error> {
    let name = optional("SCANNER");
    Scanner::named(name.as_deref())
        .ok_or_else(|| format!("SCANNER={} is not a scanner", name.unwrap_or_default()).into())
}

/// The wrapper for system keys: the KMS key named by `KMS_KEY_ID`, or none if that variable is empty.
fn wrapper(sdk: &SdkConfig) -> Result<KeyWrapper, Error> {
    let key_id = required("KMS_KEY_ID")?;
    if key_id.is_empty() {
        return Ok(KeyWrapper::None);
    }
    let mut kms = aws_sdk_kms::config::Builder::from(sdk);
    kms.set_endpoint_url(endpoint(sdk, "AWS_ENDPOINT_URL_KMS"));
    Ok(KeyWrapper::Kms { client: aws_sdk_kms::Client::from_conf(kms.build()), key_id })
}

/// Configuration shared by all clients. Lambda provides the region and credentials in the environment, so the SDK's other sources
/// for them are not linked.
fn sdk() -> Result<SdkConfig, Error> {
    let (id, secret) = (required("AWS_ACCESS_KEY_ID")?, required("AWS_SECRET_ACCESS_KEY")?);
    let credentials = Credentials::new(id, secret, optional("AWS_SESSION_TOKEN"), None, "environment");
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(required("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(transport::client()?);
    sdk.set_endpoint_url(optional("AWS_ENDPOINT_URL"));
    Ok(sdk.build())
}

/// Serves an HTTP function's routes.
pub async fn serve(routes: Router<App>, parts: &[Part]) -> Result<(), Error> {
    log();
    let app = app(parts)?;
    prepare(&app).await;
    run(crate::http::finish(routes, app)).await
}

/// Preloads, concurrently, the two keys that nearly every request needs before the function asks for its first event: Lambda may freeze
/// a function that has asked, and a call in flight may then never complete. A request reads whatever is still missing by itself.
async fn prepare(app: &App) {
    let keys = async {
        let (root, token) = join(app.keys().prepare(), app.tokens().prepare()).await;
        root.and(token)
    };
    match timeout(AHEAD, keys).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "could not preload the keys"),
        Err(late) => tracing::warn!(error = %late, "could not preload the keys"),
    }
}

/// Serves the routes of a function that accesses no data. It needs no variables, clients or keys, and none are linked into it: it
/// starts in little more time than a function that does nothing.
pub async fn serve_public(routes: Router) -> Result<(), Error> {
    log();
    run(crate::http::finish_public(routes)).await
}

async fn run(service: Router) -> Result<(), Error> {
    lambda_http::run(ServiceExt::<lambda_http::Request>::map_response(service, Answer)).await
}

/// A response on its way out. `lambda_http` would decode its text again using the declared charset, with the tables for every
/// existing encoding; ours is UTF-8 and is sent unchanged. Anything that is not text is sent as base64.
struct Answer(Response);

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = lambda_http::Response<Body>> + Send>> {
        Box::pin(async {
            let (parts, body) = self.0.into_parts();
            // The whole body is already in memory, so reading it cannot fail.
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            let body = match String::from_utf8(bytes.into()) {
                Ok(text) => Body::Text(text),
                Err(other) => Body::Binary(other.into_bytes()),
            };
            lambda_http::Response::from_parts(parts, body)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn text_is_sent_unchanged_and_bytes_as_base64() {
        let answer = |body: &'static [u8]| Answer(Response::new(axum::body::Body::from(body))).into_response();
        let csv = answer("\u{FEFF}a".as_bytes()).await;
        assert!(matches!(csv.body(), Body::Text(text) if text == "\u{FEFF}a"));
        let pdf = answer(b"%PDF-1.7\n%\xE2\xE3").await;
        assert!(matches!(pdf.body(), Body::Binary(bytes) if bytes == b"%PDF-1.7\n%\xE2\xE3"));
    }
}
