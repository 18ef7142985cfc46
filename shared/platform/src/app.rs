//! The state of a function: its table, keys, tokens, object store and configuration.

use std::sync::Arc;

use crate::keys::{KeyWrapper, Keys};
use crate::mail::Mailer;
use crate::table::Table;
use crate::token::Tokens;
use kernel::error::Error;

/// What an [`App`] is built from. Locally the embedded stack fills it in; on Lambda it comes from the environment.
pub struct AppConfig {
    /// Name of the table.
    pub table_name: String,
    /// Name of the table of wrapped keys.
    pub keys_table_name: String,
    /// Name of the bucket for uploads.
    pub bucket_name: String,
    /// Client for both tables.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Client for the bucket, whose presigned URLs must be reachable by browsers; none where no objects are used.
    pub s3: Option<aws_sdk_s3::Client>,
    /// `ws://…` or `wss://…` address that a live ticket is good for.
    pub live_url: String,
    /// Client for pushing to live connections; none where nothing is pushed.
    pub connections: Option<aws_sdk_apigatewaymanagement::Client>,
    /// What sends mail; none where no mail is sent.
    pub mailer: Option<Mailer>,
    /// Origin of the web app, such as `https://steward.example.com`, for links in mails.
    pub web_url: String,
    /// The set-up token that first-run set-up asks for; none on one's own machine.
    pub setup_token: Option<String>,
    /// Whether cookies are marked `Secure`; only plain HTTP on loopback may do without.
    pub secure_cookies: bool,
}

struct Inner {
    table: Table,
    keys: Arc<Keys>,
    tokens: Tokens,
    config: AppConfig,
}

/// The state that every handler gets; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

impl App {
    /// The state described by `config`, with system keys wrapped by `wrapper`. Nothing is called until it is needed.
    #[must_use]
    pub fn new(config: AppConfig, wrapper: KeyWrapper) -> Self {
        let table = Table::new(config.dynamodb.clone(), &config.table_name);
        let keys = Arc::new(Keys::new(config.dynamodb.clone(), config.keys_table_name.clone(), wrapper));
        let tokens = Tokens::new(Arc::clone(&keys));
        Self(Arc::new(Inner { table, keys, tokens, config }))
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.0.table
    }

    /// The key store.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Signing and verifying access tokens.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// The client of the object store.
    pub fn s3(&self) -> Result<&aws_sdk_s3::Client, Error> {
        self.0.config.s3.as_ref().ok_or_else(|| Error::internal("this function has no object store"))
    }

    /// Name of the bucket for uploads.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.0.config.bucket_name
    }

    /// The address that a live ticket is good for.
    #[must_use]
    pub fn live_url(&self) -> &str {
        &self.0.config.live_url
    }

    /// The client for pushing to live connections.
    #[must_use]
    pub fn connections(&self) -> Option<&aws_sdk_apigatewaymanagement::Client> {
        self.0.config.connections.as_ref()
    }

    /// What sends mail. Fails in a function that was not given an address to send from.
    pub fn mailer(&self) -> Result<&Mailer, Error> {
        self.0.config.mailer.as_ref().ok_or_else(|| Error::internal("this function was not given MAIL_FROM"))
    }

    /// Origin of the web app, without a slash at its end.
    #[must_use]
    pub fn web_url(&self) -> &str {
        self.0.config.web_url.trim_end_matches('/')
    }

    /// The set-up token, if one is asked for.
    #[must_use]
    pub fn setup_token(&self) -> Option<&str> {
        self.0.config.setup_token.as_deref()
    }

    /// Whether cookies are marked `Secure`.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        self.0.config.secure_cookies
    }
}
