//! The stack's SDK clients: the same as on AWS, pointed at loopback.

use aws_sdk_apigatewaymanagement as connections;
use aws_sdk_dynamodb as dynamodb;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3 as s3;
use aws_sdk_ses as ses;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::names::REGION;
use crate::{gateway, mail};

/// Configuration shared by all clients.
pub(super) struct Clients {
    http: SharedHttpClient,
    /// Random, and known only to this process.
    pub(super) access_key_id: String,
    pub(super) secret_access_key: String,
}

impl Clients {
    pub(super) fn new(http: SharedHttpClient) -> Self {
        let random = || uuid::Uuid::new_v4().simple().to_string();
        Self { http, access_key_id: random(), secret_access_key: format!("{}{}", random(), random()) }
    }

    fn credentials(&self) -> Credentials {
        Credentials::new(&self.access_key_id, &self.secret_access_key, None, None, "local")
    }

    pub(super) fn dynamodb(&self, endpoint: &str) -> dynamodb::config::Builder {
        dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(self.credentials())
            .http_client(self.http.clone())
            .endpoint_url(endpoint)
    }

    pub(super) fn s3(&self, base_url: &str) -> s3::Client {
        let config = s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(self.credentials())
            .http_client(self.http.clone())
            .endpoint_url(base_url)
            .force_path_style(true);
        s3::Client::from_conf(config.build())
    }

    pub(super) fn mail(&self, base_url: &str) -> ses::Client {
        let config = ses::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(self.credentials())
            .http_client(self.http.clone())
            .endpoint_url(format!("{base_url}{}", mail::BASE));
        ses::Client::from_conf(config.build())
    }

    pub(super) fn connections(&self, base_url: &str) -> connections::Client {
        let config = connections::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(self.credentials())
            .http_client(self.http.clone())
            .endpoint_url(format!("{base_url}{}", gateway::BASE));
        connections::Client::from_conf(config.build())
    }
}
