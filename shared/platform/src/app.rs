//! Shared state of a function: table, keys, tokens, object store and configuration.

use std::sync::Arc;

use crate::keys::{KeyWrapper, Keys};
use crate::mail::Mailer;
use crate::scan::Scanner;
use crate::standing::Standings;
use crate::table::Table;
use crate::token::Tokens;
use kernel::error::Error;

/// Configuration of an [`App`]. The embedded stack provides it locally; on Lambda it comes from the environment.
pub struct AppConfig {
    /// Name of the main table.
    pub table_name: String,
    /// Name of the table that holds wrapped keys.
    pub keys_table_name: String,
    /// Name of the upload bucket.
    pub bucket_name: String,
    /// Client for both tables.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Client for the bucket; its presigned URLs must be reachable by browsers. `None` if the function uses no objects.
    pub s3: Option<aws_sdk_s3::Client>,
    /// What looks for malware in uploaded files.
    pub scanner: Scanner,
    /// WebSocket URL (`ws://…` or `wss://…`) that live tickets are issued for.
    pub live_url: String,
    /// Client for pushing to live connections; `None` if the function pushes nothing.
    pub connections: Option<aws_sdk_apigatewaymanagement::Client>,
    /// Mail sender; `None` if the function sends no mail.
    pub mailer: Option<Mailer>,
    /// Whether this stack sends mail. If not, admins are shown the links that they send to users.
    pub sends_mail: bool,
    /// Origin of the web app, such as `https://steward.example.com`, used for links in emails.
    pub web_url: String,
    /// Token required for first-run setup; `None` when running locally.
    pub setup_token: Option<String>,
    /// Secret by which the CDN in front of the API proves that a request came through it; `None` if there is no CDN.
    pub edge_secret: Option<String>,
    /// Whether cookies are marked `Secure`; may be false only for plain HTTP on loopback.
    pub secure_cookies: bool,
}

struct Inner {
    table: Table,
    keys: Arc<Keys>,
    tokens: Tokens,
    standings: Arc<Standings>,
    config: AppConfig,
}

/// State passed to every handler; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

impl App {
    /// Creates the state from `config`, with system keys wrapped by `wrapper`. Makes no calls until they are needed.
    #[must_use]
    pub fn new(config: AppConfig, wrapper: KeyWrapper) -> Self {
        let table = Table::new(config.dynamodb.clone(), &config.table_name);
        let keys = Arc::new(Keys::new(config.dynamodb.clone(), config.keys_table_name.clone(), wrapper));
        let tokens = Tokens::new(Arc::clone(&keys));
        Self(Arc::new(Inner { table, keys, tokens, standings: Arc::default(), config }))
    }

    /// The main table.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.0.table
    }

    /// The key store.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Signs and verifies access tokens.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// The good standings of callers that this process has seen.
    #[must_use]
    pub(crate) fn standings(&self) -> &Arc<Standings> {
        &self.0.standings
    }

    /// The object store client.
    pub fn s3(&self) -> Result<&aws_sdk_s3::Client, Error> {
        self.0.config.s3.as_ref().ok_or_else(|| Error::internal("this function has no object store client"))
    }

    /// Name of the upload bucket.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.0.config.bucket_name
    }

    /// What looks for malware in uploaded files.
    #[must_use]
    pub(crate) fn scanner(&self) -> &Scanner {
        &self.0.config.scanner
    }

    /// WebSocket URL that live tickets are issued for.
    #[must_use]
    pub fn live_url(&self) -> &str {
        &self.0.config.live_url
    }

    /// The client for pushing to live connections.
    #[must_use]
    pub(crate) fn connections(&self) -> Option<&aws_sdk_apigatewaymanagement::Client> {
        self.0.config.connections.as_ref()
    }

    /// The mail sender. Fails if `MAIL_FROM` is not set for this function.
    pub fn mailer(&self) -> Result<&Mailer, Error> {
        self.0.config.mailer.as_ref().ok_or_else(|| Error::internal("MAIL_FROM is not set for this function"))
    }

    /// Whether this stack sends mail. If not, admins are shown the links that they send to users.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.0.config.sends_mail
    }

    /// Origin of the web app, without a trailing slash.
    #[must_use]
    pub fn web_url(&self) -> &str {
        self.0.config.web_url.trim_end_matches('/')
    }

    /// Token required for first-run setup, if any.
    #[must_use]
    pub fn setup_token(&self) -> Option<&str> {
        self.0.config.setup_token.as_deref()
    }

    /// Secret by which the CDN proves that a request came through it, if there is a CDN.
    #[must_use]
    pub(crate) fn edge_secret(&self) -> Option<&str> {
        self.0.config.edge_secret.as_deref()
    }

    /// Whether cookies are marked `Secure`.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        self.0.config.secure_cookies
    }
}
