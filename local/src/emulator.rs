//! The embedded DynamoDB: dynoxide on a `SQLite` file, served on its own loopback port.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::{Projection, TableDescription, TimeToLiveSpecification, TimeToLiveStatus};
use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::folder::Folder;
use crate::problem::Problem;

/// The attribute that holds an item's expiry time.
const EXPIRES: &str = "expires_at";

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
    ) -> Result<Self, Problem> {
        let failed = |cause: String| Problem::part("the embedded DynamoDB", cause);
        let database = Database::new(&folder.database().to_string_lossy()).map_err(|e| failed(e.to_string()))?;
        if folder.is_temporary() {
            // This data is temporary, so it need not be flushed to disk.
            database.enable_bulk_loading().map_err(|e| failed(e.to_string()))?;
        }
        let listener = listen().await.map_err(|e| failed(e.to_string()))?;
        let address = listener.local_addr().map_err(|e| failed(e.to_string()))?;
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
    pub(crate) async fn sweep(&self) -> Result<usize, String> {
        let database = self.database.clone();
        let swept = tokio::task::spawn_blocking(move || database.sweep_ttl()).await;
        swept.map_err(|e| e.to_string())?.map_err(|e| e.to_string())
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
async fn listen() -> std::io::Result<TcpListener> {
    let [a, b, c, ..] = *uuid::Uuid::new_v4().as_bytes();
    let hidden = Ipv4Addr::new(127, a, b, c.clamp(1, 254));
    match TcpListener::bind((hidden, 0)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
    }
}

/// Creates missing tables and enables expiry; fails if a table has a different shape.
pub(crate) async fn ensure_table(
    client: &Client,
    name: &str,
    wanted: CreateTableInputBuilder,
    expires: bool,
    folder: &Folder,
) -> Result<(), Problem> {
    let failed = |cause: String| Problem::part("the embedded DynamoDB", cause);
    match client.describe_table().table_name(name).send().await {
        Ok(answer) => {
            if answer.table().is_none_or(|found| shape_of(found) != shape_wanted(&wanted)) {
                return Err(Problem::DataOfAnotherShape { folder: PathBuf::from(folder.path()) });
            }
        }
        Err(SdkError::ServiceError(refused)) if refused.err().is_resource_not_found_exception() => {
            wanted.send_with(client).await.map_err(|e| failed(chain(&e)))?;
        }
        Err(error) => return Err(failed(chain(&error))),
    }
    if expires {
        expire(client, name).await.map_err(failed)?;
    }
    Ok(())
}

async fn expire(client: &Client, table: &str) -> Result<(), String> {
    let told = client.describe_time_to_live().table_name(table).send().await.map_err(|e| chain(&e))?;
    let status = told.time_to_live_description().and_then(|description| description.time_to_live_status());
    if status == Some(&TimeToLiveStatus::Enabled) {
        return Ok(());
    }
    let on = TimeToLiveSpecification::builder().enabled(true).attribute_name(EXPIRES).build().map_err(|e| chain(&e))?;
    client
        .update_time_to_live()
        .table_name(table)
        .time_to_live_specification(on)
        .send()
        .await
        .map_err(|e| chain(&e))?;
    Ok(())
}

/// Name, keys and projection of every index: what opening the table with a newer build cannot change.
type Shape = BTreeSet<(String, Vec<String>, BTreeSet<String>)>;

fn projected(projection: Option<&Projection>) -> BTreeSet<String> {
    projection.map(|p| p.non_key_attributes().iter().cloned().collect()).unwrap_or_default()
}

fn shape_of(table: &TableDescription) -> Shape {
    let index = |i: &aws_sdk_dynamodb::types::GlobalSecondaryIndexDescription| {
        let keys = i.key_schema().iter().map(|k| k.attribute_name().to_owned()).collect();
        (i.index_name().unwrap_or_default().to_owned(), keys, projected(i.projection()))
    };
    table.global_secondary_indexes().iter().map(index).collect()
}

fn shape_wanted(table: &CreateTableInputBuilder) -> Shape {
    let index = |i: &aws_sdk_dynamodb::types::GlobalSecondaryIndex| {
        let keys = i.key_schema().iter().map(|k| k.attribute_name().to_owned()).collect();
        (i.index_name().to_owned(), keys, projected(i.projection()))
    };
    table.get_global_secondary_indexes().iter().flatten().map(index).collect()
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    kernel::error::chain(error)
}
