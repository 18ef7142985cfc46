//! The data folder: used by one process at a time, readable only by its owner.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::disk::{self, Space};

/// Name prefix of temporary data folders.
const TEMPORARY: &str = "steward-data-";
/// Age at which an abandoned temporary folder is deleted.
const ABANDONED: Duration = Duration::from_mins(10);

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It cannot be created, read or written.
    #[error("cannot write to the data folder {}: {source}; make it writable, or choose another folder with DATA=<folder>", folder.display())]
    Unwritable {
        /// Path of the data folder.
        folder: PathBuf,
        /// Cause of the failure.
        source: io::Error,
    },
    /// Its disk is full.
    #[error("the disk of the data folder {} is full: free some space, or choose another folder with DATA=<folder>", folder.display())]
    Full {
        /// Path of the data folder.
        folder: PathBuf,
    },
    /// Another Steward is using it.
    #[error("the data folder {} is in use by another Steward (process {owner}): stop that one, or choose another folder with DATA=<folder>", folder.display())]
    InUse {
        /// Path of the data folder.
        folder: PathBuf,
        /// Id of the process that holds it, as recorded in the folder.
        owner: String,
    },
    /// Its key file is damaged.
    #[error("the key file {} is not 32 bytes long: restore it from a backup, or move the data folder away to start from scratch", file.display())]
    KeyDamaged {
        /// Path of the key file.
        file: PathBuf,
    },
    /// Its key file is missing, and what it holds cannot be read without it.
    #[error("the key file {} is missing, and the data beside it cannot be read without it: restore it from a backup, or move the data folder away to start from scratch", file.display())]
    KeyMissing {
        /// Path of the key file.
        file: PathBuf,
    },
    /// The system returned no random bytes for a new key.
    #[error("cannot create a key for the data folder: {0}; try again, or report this")]
    KeyNotCreated(#[from] aws_lc_rs::error::Unspecified),
}

/// Where a stack stores its data.
#[derive(Debug, Clone, Default)]
pub enum DataLocation {
    /// A new folder that is deleted with the stack.
    #[default]
    Temporary,
    /// This folder, created if missing.
    At(PathBuf),
}

/// An open data folder; no other process can open it while this value exists.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    temporary: bool,
    _lock: File,
}

impl Folder {
    /// Creates the folder if needed and locks it for this process.
    pub(crate) fn open(location: &DataLocation) -> Result<Self, FolderError> {
        let (path, temporary) = match location {
            DataLocation::Temporary => (new_temporary_path(), true),
            DataLocation::At(path) => (path.clone(), false),
        };
        let unwritable = |source| unwritable(&path, source);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(unwritable)?;
        let lock_path = path.join("lock");
        let mut lock = owner_only().truncate(false).open(&lock_path).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let owner = fs::read_to_string(&lock_path).unwrap_or_default().trim().to_owned();
                let owner = if owner.is_empty() { "unknown".to_owned() } else { owner };
                return Err(FolderError::InUse { folder: path, owner });
            }
            Err(TryLockError::Error(error)) => return Err(unwritable(error)),
        }
        lock.set_len(0).map_err(unwritable)?;
        writeln!(lock, "{}", std::process::id()).map_err(unwritable)?;
        fs::create_dir_all(path.join("objects")).map_err(unwritable)?;
        Space::of(&path).check().map_err(unwritable)?;
        Ok(Self { path, temporary, _lock: lock })
    }

    /// Whether the folder is deleted with the stack.
    pub(crate) fn is_temporary(&self) -> bool {
        self.temporary
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// File of the embedded DynamoDB.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("dynamodb.sqlite")
    }

    /// File with the stack's own records: stream positions, dead letters, open connections.
    pub(crate) fn journal(&self) -> PathBuf {
        self.path.join("local.sqlite")
    }

    /// Folder of the embedded S3, with a subfolder for each bucket.
    pub(crate) fn objects(&self) -> PathBuf {
        self.path.join("objects")
    }

    /// The 256-bit key that stands in for KMS; created atomically before anything else is stored.
    pub(crate) fn key(&self) -> Result<[u8; 32], FolderError> {
        let path = self.path.join("local.key");
        match fs::read(&path) {
            Ok(bytes) => bytes.try_into().map_err(|_| FolderError::KeyDamaged { file: path }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                if self.database().exists() || self.journal().exists() {
                    return Err(FolderError::KeyMissing { file: path });
                }
                self.new_key("local.key")
            }
            Err(error) => Err(self.unwritable(error)),
        }
    }

    /// Creates a key that is to replace the present one; [`Folder::take_next_key`] does so.
    pub(crate) fn next_key(&self) -> Result<[u8; 32], FolderError> {
        self.new_key("local.key.next")
    }

    /// Replaces the key by the next one, atomically.
    pub(crate) fn take_next_key(&self) -> Result<(), FolderError> {
        let renamed = fs::rename(self.path.join("local.key.next"), self.path.join("local.key"));
        let synced = renamed.and_then(|()| File::open(&self.path)).and_then(|folder| folder.sync_all());
        synced.map_err(|error| self.unwritable(error))
    }

    fn new_key(&self, name: &str) -> Result<[u8; 32], FolderError> {
        let mut key = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut key)?;
        self.write_file(name, &key)?;
        Ok(key)
    }

    /// Writes a file atomically, readable only by its owner.
    pub(crate) fn write_file(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let (path, partial) = (self.path.join(name), self.path.join(format!("{name}.new")));
        let mut file = owner_only().truncate(true).open(&partial).map_err(|error| self.unwritable(error))?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&partial, &path));
        let synced = written.and_then(|()| File::open(&self.path)).and_then(|folder| folder.sync_all());
        synced.map_err(|error| self.unwritable(error))
    }

    fn unwritable(&self, source: io::Error) -> FolderError {
        unwritable(&self.path, source)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::debug!(%error, "could not delete a temporary data folder");
        }
    }
}

/// Why `folder` cannot be written.
fn unwritable(folder: &Path, source: io::Error) -> FolderError {
    let folder = folder.to_owned();
    if disk::is_full(&source) { FolderError::Full { folder } } else { FolderError::Unwritable { folder, source } }
}

/// A new name in the system's temporary folder; leftovers of killed processes are deleted.
fn new_temporary_path() -> PathBuf {
    let all = std::env::temp_dir();
    for entry in fs::read_dir(&all).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(TEMPORARY));
        let old =
            entry.metadata().and_then(|m| m.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED));
        if ours && old && File::open(entry.path().join("lock")).is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    all.join(format!("{TEMPORARY}{}", uuid::Uuid::now_v7()))
}

fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(0o600);
    options
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn one_process_holds_a_folder_and_its_key_persists() {
        let home = Folder::open(&DataLocation::Temporary).unwrap();
        let data = DataLocation::At(home.path().join("data"));
        let first = Folder::open(&data).unwrap();
        let key = first.key().unwrap();
        let line = Folder::open(&data).unwrap_err().to_string();
        assert!(line.contains(&format!("process {}", std::process::id())), "{line}");
        drop(first);
        let again = Folder::open(&data).unwrap();
        assert_eq!(again.key().unwrap(), key);
        let mode = fs::metadata(again.path().join("local.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_missing_key_beside_data_is_not_replaced() {
        let home = Folder::open(&DataLocation::Temporary).unwrap();
        let folder = Folder::open(&DataLocation::At(home.path().join("data"))).unwrap();
        let key = folder.key().unwrap();
        fs::write(folder.database(), "tables").unwrap();
        assert_eq!(folder.key().unwrap(), key);
        fs::remove_file(folder.path().join("local.key")).unwrap();
        let line = folder.key().unwrap_err().to_string();
        assert!(line.contains("local.key is missing") && !line.contains('\n'), "{line}");
        assert!(!folder.path().join("local.key").exists());
    }

    #[test]
    fn a_full_disk_is_named() {
        let home = Folder::open(&DataLocation::Temporary).unwrap();
        let data = home.path().join("data");
        fs::create_dir(&data).unwrap();
        std::os::unix::fs::symlink("/dev/full", data.join("space")).unwrap();
        let line = Folder::open(&DataLocation::At(data)).unwrap_err().to_string();
        assert!(line.starts_with("the disk of the data folder") && line.contains("is full: free"), "{line}");
    }

    #[test]
    fn a_temporary_folder_is_deleted() {
        let folder = Folder::open(&DataLocation::Temporary).unwrap();
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_reported() {
        let home = Folder::open(&DataLocation::Temporary).unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let line = Folder::open(&DataLocation::At(file)).unwrap_err().to_string();
        assert!(line.starts_with("cannot write to the data folder") && !line.contains('\n'), "{line}");
    }
}
