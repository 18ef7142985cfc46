//! Whether the tables and the key in a data folder are those it had before. Otherwise whatever is still there could not be read, or the
//! next visitor could become the admin of an emptied Steward.

use platform::cipher::Cipher;
use platform::keys::{KeyWrapper, Keys};
use platform::table::Table;

use super::error::StartError;
use super::names::{KEYS_TABLE, TABLE};
use super::storage::Storage;
use crate::folder::Folder;
use crate::server::SET_UP;

/// Fails if the folder's tables were emptied, or if its key is not theirs. Creates the root key of a new folder, so that the next start can
/// compare.
pub(super) async fn data(folder: &Folder, key: &[u8; 32], storage: &Storage) -> Result<(), StartError> {
    if folder.is_temporary() {
        return Ok(());
    }
    let folder = folder.path().to_owned();
    let unreadable = |error| StartError::Unreadable { folder: folder.clone(), error };
    let set_up = people::user::is_set_up(&Table::new(storage.dynamodb.clone(), TABLE)).await.map_err(unreadable)?;
    if set_up {
        storage.journal.set_fact(SET_UP, "yes")?;
    }
    let known = storage.journal.fact(SET_UP)?.is_some();
    let without_keys = set_up && storage.is_empty(KEYS_TABLE).await?;
    if (known && !set_up) || without_keys {
        return Err(StartError::Emptied { folder });
    }
    let keys = Keys::new(storage.dynamodb.clone(), KEYS_TABLE.to_owned(), wrapper(key)?);
    keys.prepare().await.map_err(|error| match error {
        error @ kernel::Error::Unavailable(_) => StartError::Unreadable { folder, error },
        error => StartError::WrongKey { file: folder.join("local.key"), error },
    })
}

/// The data folder's key in place of KMS.
pub(super) fn wrapper(key: &[u8; 32]) -> Result<KeyWrapper, StartError> {
    Cipher::new(key).map(KeyWrapper::Local).map_err(StartError::Key)
}
