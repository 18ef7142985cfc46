//! Running as a Lambda function: state from the environment, logs as JSON, the runtime's loop.

use std::env;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use lambda_http::Error;
use utoipa_axum::router::OpenApiRouter;

use crate::app::{App, AppConfig};
use crate::keys::KeyWrapper;

/// Sends logs to standard output as one JSON object a line; `RUST_LOG` filters, `info` if it is not set.
pub fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_current_span(false).without_time().init();
}

/// The state as the environment describes it. Fails when a variable that this needs is missing.
pub async fn app() -> Result<App, Error> {
    let sdk = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client()?).load().await;
    let required = |name: &str| env::var(name).map_err(|_| format!("the environment variable {name} is not set"));
    let optional = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let wrapper = KeyWrapper::Kms { client: aws_sdk_kms::Client::new(&sdk), key_id: required("KMS_KEY_ID")? };
    let config = AppConfig {
        table_name: required("TABLE_NAME")?,
        keys_table_name: required("KEYS_TABLE_NAME")?,
        bucket_name: optional("BUCKET_NAME").unwrap_or_default(),
        dynamodb: aws_sdk_dynamodb::Client::new(&sdk),
        s3: s3(&sdk),
        live_url: optional("LIVE_URL").unwrap_or_default(),
        connections: optional("LIVE_ENDPOINT").map(|endpoint| connections(&sdk, &endpoint)),
        setup_token: optional("SETUP_TOKEN"),
        secure_cookies: true,
    };
    Ok(App::new(config, wrapper))
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

fn s3(sdk: &SdkConfig) -> aws_sdk_s3::Client {
    // An emulator serves buckets by path; AWS itself by host name.
    let emulated = env::var("AWS_ENDPOINT_URL").is_ok();
    aws_sdk_s3::Client::from_conf(aws_sdk_s3::config::Builder::from(sdk).force_path_style(emulated).build())
}

fn connections(sdk: &SdkConfig, endpoint: &str) -> aws_sdk_apigatewaymanagement::Client {
    let config = aws_sdk_apigatewaymanagement::config::Builder::from(sdk).endpoint_url(endpoint).build();
    aws_sdk_apigatewaymanagement::Client::from_conf(config)
}

/// Serves an HTTP function's routes.
pub async fn serve(routes: OpenApiRouter<App>) -> Result<(), Error> {
    log();
    let (served, _) = routes.split_for_parts();
    lambda_http::run(crate::http::finish(served, app().await?)).await
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
}
