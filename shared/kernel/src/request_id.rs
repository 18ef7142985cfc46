//! The id of the request or event being served, which its logs, audit records and error answers carry.

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request or event that this task serves; empty outside of one.
#[must_use]
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Runs `work` as part of the request or event `id`.
pub async fn scope<F: Future>(id: String, work: F) -> F::Output {
    CURRENT.scope(id, work).await
}
