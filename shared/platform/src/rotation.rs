//! Rotation of the system keys (`docs/decisions/0030-rotation.md`): what the function `rotate-keys` does.
//!
//! A rotation of the root key makes a new version, then wraps every subject's key again with it, as far as one run may go; the next run
//! continues. A week later a second pass finds what a process wrapped that had not heard of the new version yet, and the old versions are
//! removed. A rotation of the signing key is only asked for here: no function but `auth` can unwrap that key.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::keys::{Keys, Progress, Purpose, RootVersions};
use kernel::error::Error;
use kernel::time::Timestamp;

/// How long old versions of the root key are kept, in seconds: as long as a cursor lasts, and longer than a stored response.
const KEPT_SECONDS: i64 = 8 * 24 * 3600;
/// Number of keys read at once.
const PAGE: i32 = 200;

/// The event of the function. A scheduled one is empty: it continues what an earlier one started.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The key to rotate.
    #[serde(default)]
    pub rotate: Option<Purpose>,
}

/// How much one run may do.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The current time for this run.
    pub now: Timestamp,
    /// After this time, no further page of keys is read; the rest waits for the next run.
    pub budget: Duration,
    /// Number of keys read at once.
    pub page: i32,
}

impl Default for Limits {
    /// Suits a function with a timeout of five minutes.
    fn default() -> Self {
        Self { now: Timestamp::now(), budget: Duration::from_mins(4), page: PAGE }
    }
}

/// Summary of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Number of the newest version of the root key; 0 if there is none yet.
    pub version: u32,
    /// Number of subjects' keys wrapped again with it.
    pub wrapped: u64,
    /// Number of subjects' keys in this pass that cannot be unwrapped. As long as there are any, no old version is removed.
    pub broken: u64,
    /// Whether the run ran out of time.
    pub left: bool,
    /// When the old versions can be removed; null if there are none.
    pub old_until: Option<Timestamp>,
}

/// Rotates a key if the request says so, and continues what was started before.
pub async fn handle(app: &App, request: Request, limits: &Limits) -> Result<Report, Error> {
    let started = Instant::now();
    match request.rotate {
        Some(Purpose::Root) => app.keys().new_root().await?,
        Some(Purpose::TokenSigning) => app.keys().ask_for_signing_key().await?,
        None => {}
    }
    let report = match app.keys().root_versions().await? {
        // Boxed because the type of its future exceeds the compiler's recursion limit.
        Some(versions) => Box::pin(proceed(app.keys(), versions, limits, started)).await?,
        None => Report::default(),
    };
    tracing::info!(?report, "rotated keys");
    if report.broken > 0 && !report.left {
        return Err(Error::internal(format!("{} keys cannot be unwrapped", report.broken)));
    }
    Ok(report)
}

async fn proceed(keys: &Keys, versions: RootVersions, limits: &Limits, started: Instant) -> Result<Report, Error> {
    let mut report = Report { version: versions.newest, ..Report::default() };
    if versions.count < 2 {
        return Ok(report);
    }
    let old_until = versions.rotated_at + KEPT_SECONDS;
    report.old_until = Some(Timestamp::from_millisecond(old_until * 1_000));
    let now = limits.now.as_second();
    let progress = keys.progress().await?.filter(|progress| progress.version == versions.newest);
    // The last pass is one that starts when every process has heard of the newest version.
    let mut progress = match progress {
        Some(progress) if progress.done && now >= old_until => Progress::start(versions.newest, now),
        Some(progress) if progress.done => return Ok(report),
        Some(progress) => progress,
        None => Progress::start(versions.newest, now),
    };
    let early = versions.seals_from - Timestamp::now().as_second();
    tokio::time::sleep(Duration::from_secs(u64::try_from(early).unwrap_or(0))).await;
    while !progress.done {
        if started.elapsed() >= limits.budget {
            report.left = true;
            break;
        }
        let page = keys.rewrap(progress.after.as_deref(), limits.page).await?;
        report.wrapped += page.wrapped;
        progress.broken += page.broken;
        progress.done = page.next.is_none();
        progress.after = page.next;
        keys.keep_progress(&progress).await?;
    }
    report.broken = progress.broken;
    if progress.done && progress.broken == 0 && progress.started >= old_until {
        keys.drop_old_roots().await?;
        report.old_until = None;
    }
    Ok(report)
}
