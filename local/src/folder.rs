//! The data folder: one process at a time, everything in it readable by its owner alone.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::problem::Problem;

/// How the names of temporary data folders begin.
const TEMPORARY: &str = "steward-data-";
/// How old a temporary folder without an owner is before it is removed.
const LEFT_BEHIND: Duration = Duration::from_mins(10);

/// Where a stack keeps what it stores.
#[derive(Debug, Clone, Default)]
pub enum Data {
    /// A fresh folder that is removed with the stack.
    #[default]
    Temporary,
    /// This folder, made when it is missing.
    At(PathBuf),
}

/// An open data folder; no other process can open it while this value lives.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    temporary: bool,
    _lock: File,
}

impl Folder {
    /// Makes the folder if needed and takes it for this process.
    pub(crate) fn open(data: &Data) -> Result<Self, Problem> {
        let (path, temporary) = match data {
            Data::Temporary => (fresh_temporary(), true),
            Data::At(path) => (path.clone(), false),
        };
        let unwritable =
            |cause: std::io::Error| Problem::DataUnwritable { folder: path.clone(), cause: cause.to_string() };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(unwritable)?;
        let lock_path = path.join("lock");
        let mut lock = owner_only().truncate(false).open(&lock_path).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let owner = fs::read_to_string(&lock_path).unwrap_or_default().trim().to_owned();
                let owner = if owner.is_empty() { "unknown".to_owned() } else { owner };
                return Err(Problem::DataInUse { folder: path, owner });
            }
            Err(TryLockError::Error(cause)) => return Err(unwritable(cause)),
        }
        lock.set_len(0).map_err(unwritable)?;
        writeln!(lock, "{}", std::process::id()).map_err(unwritable)?;
        fs::create_dir_all(path.join("objects")).map_err(unwritable)?;
        Ok(Self { path, temporary, _lock: lock })
    }

    /// Whether the folder goes when the stack goes.
    pub(crate) fn is_temporary(&self) -> bool {
        self.temporary
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file of the embedded DynamoDB.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("dynamodb.sqlite")
    }

    /// The file in which the stack keeps its own account: stream positions, dead letters, open connections.
    pub(crate) fn journal(&self) -> PathBuf {
        self.path.join("local.sqlite")
    }

    /// The folder of the embedded S3, with a folder in it for each bucket.
    pub(crate) fn objects(&self) -> PathBuf {
        self.path.join("objects")
    }

    /// The 256-bit key that stands in for KMS; made on first use, never half-written.
    pub(crate) fn key(&self) -> Result<[u8; 32], Problem> {
        let path = self.path.join("local.key");
        match fs::read(&path) {
            Ok(bytes) => bytes.try_into().map_err(|_| Problem::part("the key file", "local.key is not 32 bytes long")),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0_u8; 32];
                aws_lc_rs::rand::fill(&mut key).map_err(|e| Problem::part("the key file", e))?;
                self.keep("local.key", &key)?;
                Ok(key)
            }
            Err(cause) => Err(self.unwritable(&cause)),
        }
    }

    /// Writes a file that its owner alone may read, whole or not at all.
    pub(crate) fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), Problem> {
        let (path, partial) = (self.path.join(name), self.path.join(format!("{name}.new")));
        let mut file = owner_only().truncate(true).open(&partial).map_err(|cause| self.unwritable(&cause))?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&partial, &path));
        let kept = written.and_then(|()| File::open(&self.path)).and_then(|folder| folder.sync_all());
        kept.map_err(|cause| self.unwritable(&cause))
    }

    fn unwritable(&self, cause: &std::io::Error) -> Problem {
        Problem::DataUnwritable { folder: self.path.clone(), cause: cause.to_string() }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::debug!(%error, "a temporary data folder is left behind");
        }
    }
}

/// A new name among the system's temporary files; what killed processes left there is removed.
fn fresh_temporary() -> PathBuf {
    let all = std::env::temp_dir();
    for entry in fs::read_dir(&all).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(TEMPORARY));
        let old =
            entry.metadata().and_then(|m| m.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LEFT_BEHIND));
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
    fn a_folder_belongs_to_one_process_and_keeps_its_key() {
        let home = Folder::open(&Data::Temporary).unwrap();
        let data = Data::At(home.path().join("data"));
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
    fn a_temporary_folder_goes_away() {
        let folder = Folder::open(&Data::Temporary).unwrap();
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_in_the_way_is_told_in_one_line() {
        let home = Folder::open(&Data::Temporary).unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let line = Folder::open(&Data::At(file)).unwrap_err().to_string();
        assert!(line.starts_with("cannot write to the data folder") && !line.contains('\n'), "{line}");
    }
}
