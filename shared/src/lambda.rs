//! Running as a Lambda function: state from the environment, logs as JSON, the runtime's loop.

use std::env;
use std::pin::Pin;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_types::SdkConfig;
use axum::Router;
use axum::response::Response;
use http::header;
use lambda_http::{Body, Error, IntoResponse};
use tower::ServiceExt;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::app::{App, AppConfig};
use crate::keys::KeyWrapper;
use crate::mail::Mailer;

/// Sends logs to standard output as one JSON object a line; `RUST_LOG` filters by level and target, `info` if it is not set.
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

/// Where a service is when it is not AWS's own: an emulator's variable, the service's or the one for all.
fn endpoint(sdk: &SdkConfig, name: &str) -> Option<String> {
    optional(name).or_else(|| sdk.endpoint_url().map(str::to_owned))
}

/// What a function uses beside the tables and keys. A client that no function's `main` asks for is not linked into it.
pub type Part = fn(&SdkConfig, &mut AppConfig);

/// The object store.
pub fn objects(sdk: &SdkConfig, config: &mut AppConfig) {
    // An emulator serves buckets by path; AWS itself by host name.
    let emulated = sdk.endpoint_url().is_some();
    let s3 = aws_sdk_s3::config::Builder::from(sdk).force_path_style(emulated);
    config.s3 = Some(aws_sdk_s3::Client::from_conf(s3.build()));
    config.bucket_name = optional("BUCKET_NAME").unwrap_or_default();
}

/// Pushing to live connections.
pub fn pushes(sdk: &SdkConfig, config: &mut AppConfig) {
    config.connections = optional("LIVE_ENDPOINT").map(|endpoint| {
        let connections = aws_sdk_apigatewaymanagement::config::Builder::from(sdk).endpoint_url(endpoint);
        aws_sdk_apigatewaymanagement::Client::from_conf(connections.build())
    });
}

/// Sending mail from `MAIL_FROM`, at most `MAIL_PER_SECOND` a second; 1 if that is not set, the rate of SES's sandbox.
pub fn mails(sdk: &SdkConfig, config: &mut AppConfig) {
    let per_second = optional("MAIL_PER_SECOND").and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut ses = aws_sdk_ses::config::Builder::from(sdk);
    ses.set_endpoint_url(endpoint(sdk, "AWS_ENDPOINT_URL_SES"));
    let client = aws_sdk_ses::Client::from_conf(ses.build());
    config.mailer = optional("MAIL_FROM").map(|from| Mailer::new(client, from, per_second));
}

/// The state as the environment describes it, with these parts. Fails when a variable that this needs is missing.
pub fn app(parts: &[Part]) -> Result<App, Error> {
    let sdk = sdk()?;
    let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&sdk);
    dynamodb.set_endpoint_url(endpoint(&sdk, "AWS_ENDPOINT_URL_DYNAMODB"));
    let mut kms = aws_sdk_kms::config::Builder::from(&sdk);
    kms.set_endpoint_url(endpoint(&sdk, "AWS_ENDPOINT_URL_KMS"));
    let kms = aws_sdk_kms::Client::from_conf(kms.build());
    let mut config = AppConfig {
        table_name: required("TABLE_NAME")?,
        keys_table_name: required("KEYS_TABLE_NAME")?,
        bucket_name: String::new(),
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
        s3: None,
        live_url: optional("LIVE_URL").unwrap_or_default(),
        connections: None,
        mailer: None,
        web_url: optional("WEB_ORIGIN").unwrap_or_default(),
        setup_token: optional("SETUP_TOKEN"),
        secure_cookies: true,
    };
    for part in parts {
        part(&sdk, &mut config);
    }
    Ok(App::new(config, KeyWrapper::Kms { client: kms, key_id: required("KMS_KEY_ID")? }))
}

/// What all clients share. Lambda gives region and credentials in the environment, so none of the other places where an SDK
/// would look for them is linked in.
fn sdk() -> Result<SdkConfig, Error> {
    let (id, secret) = (required("AWS_ACCESS_KEY_ID")?, required("AWS_SECRET_ACCESS_KEY")?);
    let credentials = Credentials::new(id, secret, optional("AWS_SESSION_TOKEN"), None, "environment");
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(required("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client()?);
    sdk.set_endpoint_url(optional("AWS_ENDPOINT_URL"));
    Ok(sdk.build())
}

/// The roots that AWS's services chain to (<https://www.amazontrust.com/repository/>).
const AMAZON_ROOTS: &str = include_str!("../certificates/amazon-roots.pem");

/// An HTTPS client that trusts Amazon's own roots alone: reading the system's store of some 140 was half of a cold start,
/// and a function has no business with any other server.
fn http_client() -> Result<SharedHttpClient, Error> {
    let mut store = TrustStore::empty();
    for certificate in AMAZON_ROOTS.split_inclusive("-----END CERTIFICATE-----\n") {
        store = store.with_pem_certificate(certificate);
    }
    let tls = TlsContext::builder().with_trust_store(store).build()?;
    let provider = Provider::Rustls(CryptoMode::AwsLc);
    Ok(aws_smithy_http_client::Builder::new().tls_provider(provider).tls_context(tls).build_https())
}

/// Serves an HTTP function's routes.
pub async fn serve(routes: Router<App>, parts: &[Part]) -> Result<(), Error> {
    log();
    run(crate::http::finish(routes, app(parts)?)).await
}

/// Serves the routes of a function that touches no data. It needs no variable, no client and no key, and none is linked into it:
/// it starts in little more than the time of a function that does nothing.
pub async fn serve_public(routes: Router) -> Result<(), Error> {
    log();
    run(crate::http::finish_public(routes)).await
}

async fn run(service: Router) -> Result<(), Error> {
    lambda_http::run(ServiceExt::<lambda_http::Request>::map_response(service, Answer)).await
}

/// An answer on its way out. CSV leaves as bytes: the runtime decodes text once more and takes the byte order mark at its
/// beginning away.
struct Answer(Response);

impl IntoResponse for Answer {
    fn into_response(self) -> Pin<Box<dyn Future<Output = lambda_http::Response<Body>> + Send>> {
        let kind = self.0.headers().get(header::CONTENT_TYPE);
        if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/csv")) {
            return self.0.into_response();
        }
        Box::pin(async {
            let (parts, body) = self.0.into_parts();
            // The text is all there already, so that reading it cannot fail.
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            lambda_http::Response::from_parts(parts, Body::Binary(bytes.to_vec()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trust_store_holds_the_five_roots_and_makes_a_client() {
        let certificates = AMAZON_ROOTS.split_inclusive("-----END CERTIFICATE-----\n");
        assert_eq!(certificates.filter(|text| text.contains("-----BEGIN CERTIFICATE-----")).count(), 5);
        http_client().unwrap();
    }

    #[tokio::test]
    async fn csv_keeps_its_byte_order_mark_and_json_stays_text() {
        let answer = |kind: &'static str| {
            let body = axum::body::Body::from("\u{FEFF}a");
            Answer(http::Response::builder().header(header::CONTENT_TYPE, kind).body(body).unwrap()).into_response()
        };
        let csv = answer("text/csv; charset=utf-8; header=present").await;
        assert!(matches!(csv.body(), Body::Binary(bytes) if bytes == "\u{FEFF}a".as_bytes()));
        assert!(matches!(answer("application/json").await.body(), Body::Text(_)));
    }
}
