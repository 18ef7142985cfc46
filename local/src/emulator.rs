//! The embedded DynamoDB: dynoxide on a `SQLite` file, served on its own loopback port.

use std::collections::BTreeSet;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::{Projection, TableDescription, TimeToLiveSpecification, TimeToLiveStatus};
use dynoxide::{Database, DynoxideError};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

use crate::folder::Folder;

/// The attribute that holds an item's expiry time.
const EXPIRES: &str = "expires_at";

/// Why the embedded DynamoDB cannot do something.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DynoxideError),
    /// No loopback port could be opened.
    #[error("cannot listen on loopback")]
    Listen(#[source] io::Error),
    /// A table could not be described, created or changed.
    #[error("cannot prepare the table")]
    Table(#[source] Box<aws_sdk_dynamodb::Error>),
    /// A table exists with other indexes than the requested ones.
    #[error("the table has other indexes")]
    OtherIndexes,
    /// The stack was stopped in the meantime.
    #[error("the stack was stopped")]
    Stopped(#[from] JoinError),
}

impl EmulatorError {
    pub(crate) fn table(error: impl Into<aws_sdk_dynamodb::Error>) -> Self {
        Self::Table(Box::new(error.into()))
    }
}

/// A running emulator.
pub(crate) struct Emulator {
    database: Database,
    endpoint: String,
    served: Mutex<Option<JoinHandle<Result<(), String>>>>,
}

impl Emulator {
    /// Opens the database in `folder` and serves it on `runtime` until `stop`.
    pub(crate) async fn start(
        folder: &Folder,
        runtime: &Handle,
        mut stop: watch::Receiver<bool>,
    ) -> Result<Self, EmulatorError> {
        let database = Database::new(&folder.database().to_string_lossy())?;
        if folder.is_temporary() {
            // This data is temporary, so it need not be flushed to disk.
            database.enable_bulk_loading()?;
        }
        let listener = listen().await.map_err(EmulatorError::Listen)?;
        let address = listener.local_addr().map_err(EmulatorError::Listen)?;
        let stopped = async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        let served = runtime.spawn(dynoxide::server::serve_with_shutdown(listener, database.clone(), stopped));
        Ok(Self { database, endpoint: format!("http://{address}"), served: Mutex::new(Some(served)) })
    }

    /// URL of the endpoint.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Deletes expired items and returns how many were deleted.
    pub(crate) async fn delete_expired(&self) -> Result<usize, EmulatorError> {
        let database = self.database.clone();
        Ok(tokio::task::spawn_blocking(move || database.sweep_ttl()).await??)
    }

    /// Waits until the last request has been answered after a stop.
    pub(crate) async fn stopped(&self) {
        let served = self.served.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(served) = served else { return };
        if let Ok(Err(cause)) = served.await {
            tracing::warn!(cause, "the embedded DynamoDB did not stop cleanly");
        }
    }
}

/// Listens on a random address in 127.0.0.0/8, or on 127.0.0.1 if the system has no others. The emulator allows cross-origin requests from
/// every web page and verifies no signatures, so no page must be able to find it: there are 16 million addresses with 28,000 ports each.
async fn listen() -> io::Result<TcpListener> {
    let [a, b, c, ..] = *uuid::Uuid::new_v4().as_bytes();
    let hidden = Ipv4Addr::new(127, a, b, c.clamp(1, 254));
    match TcpListener::bind((hidden, 0)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
    }
}

/// Creates a table if it is missing, and enables the expiry of its items if `expires`; fails if it exists with other indexes.
pub(crate) async fn ensure_table(
    client: &Client,
    name: &str,
    wanted: CreateTableInputBuilder,
    expires: bool,
) -> Result<(), EmulatorError> {
    match client.describe_table().table_name(name).send().await {
        Ok(answer) => {
            if answer.table().is_none_or(|table| existing_indexes(table) != wanted_indexes(&wanted)) {
                return Err(EmulatorError::OtherIndexes);
            }
        }
        Err(SdkError::ServiceError(refused)) if refused.err().is_resource_not_found_exception() => {
            wanted.send_with(client).await.map_err(EmulatorError::table)?;
        }
        Err(error) => return Err(EmulatorError::table(error)),
    }
    if expires {
        enable_expiry(client, name).await.map_err(EmulatorError::table)?;
    }
    Ok(())
}

async fn enable_expiry(client: &Client, table: &str) -> Result<(), aws_sdk_dynamodb::Error> {
    let described = client.describe_time_to_live().table_name(table).send().await?;
    let status = described.time_to_live_description().and_then(|description| description.time_to_live_status());
    if status == Some(&TimeToLiveStatus::Enabled) {
        return Ok(());
    }
    let on = TimeToLiveSpecification::builder().enabled(true).attribute_name(EXPIRES).build()?;
    client.update_time_to_live().table_name(table).time_to_live_specification(on).send().await?;
    Ok(())
}

/// Name, keys and projection of every index: what opening the table with a newer build cannot change.
type Indexes = BTreeSet<(String, Vec<String>, BTreeSet<String>)>;

fn projected_attributes(projection: Option<&Projection>) -> BTreeSet<String> {
    projection.map(|p| p.non_key_attributes().iter().cloned().collect()).unwrap_or_default()
}

fn existing_indexes(table: &TableDescription) -> Indexes {
    let index = |i: &aws_sdk_dynamodb::types::GlobalSecondaryIndexDescription| {
        let keys = i.key_schema().iter().map(|k| k.attribute_name().to_owned()).collect();
        (i.index_name().unwrap_or_default().to_owned(), keys, projected_attributes(i.projection()))
    };
    table.global_secondary_indexes().iter().map(index).collect()
}

fn wanted_indexes(table: &CreateTableInputBuilder) -> Indexes {
    let index = |i: &aws_sdk_dynamodb::types::GlobalSecondaryIndex| {
        let keys = i.key_schema().iter().map(|k| k.attribute_name().to_owned()).collect();
        (i.index_name().to_owned(), keys, projected_attributes(i.projection()))
    };
    table.get_global_secondary_indexes().iter().flatten().map(index).collect()
}
