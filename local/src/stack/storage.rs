//! What a stack stores: its tables with their stream, and its journal.

use std::sync::Arc;

use platform::schema;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::clients::Clients;
use super::error::StartError;
use super::names::{KEYS_TABLE, TABLE};
use crate::emulator::{self, Emulator, EmulatorError};
use crate::folder::Folder;
use crate::journal::Journal;
use crate::stream::Stream;

/// The open storage.
pub(super) struct Storage {
    pub(super) emulator: Arc<Emulator>,
    /// A client of the emulator without customization.
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) stream: Arc<Stream>,
    pub(super) journal: Arc<Journal>,
}

impl Storage {
    /// Opens the storage in `folder`, creating missing tables; `runtime` serves the embedded DynamoDB until `stop`.
    pub(super) async fn open(
        folder: &Folder,
        clients: &Clients,
        runtime: &Handle,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, StartError> {
        let emulator = Emulator::start(folder, runtime, stop).await.map_err(StartError::Emulator)?;
        let dynamodb = aws_sdk_dynamodb::Client::from_conf(clients.dynamodb(emulator.endpoint()).build());
        ensure_tables(&dynamodb, folder).await?;
        let stream = Stream::open(emulator.database().clone(), &folder.database(), TABLE)?;
        let journal = Journal::open(&folder.journal())?;
        Ok(Self { emulator: Arc::new(emulator), dynamodb, stream: Arc::new(stream), journal: Arc::new(journal) })
    }
}

impl Storage {
    /// Whether a table has no items.
    pub(super) async fn is_empty(&self, table: &str) -> Result<bool, StartError> {
        let some = self.dynamodb.scan().table_name(table).limit(1).send().await;
        let some = some.map_err(|error| StartError::Emulator(EmulatorError::table(error)))?;
        Ok(some.items().is_empty())
    }
}

async fn ensure_tables(client: &aws_sdk_dynamodb::Client, folder: &Folder) -> Result<(), StartError> {
    let failed = |error| match error {
        EmulatorError::OtherIndexes => StartError::FolderOfAnotherVersion { folder: folder.path().to_owned() },
        error => StartError::Emulator(error),
    };
    let main = schema::main_table(TABLE).map_err(StartError::TableDefinition)?;
    emulator::ensure_table(client, TABLE, main, true).await.map_err(failed)?;
    let keys = schema::keys_table(KEYS_TABLE).map_err(StartError::TableDefinition)?;
    emulator::ensure_table(client, KEYS_TABLE, keys, false).await.map_err(failed)
}
