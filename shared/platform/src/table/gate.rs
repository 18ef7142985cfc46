//! The gate before every effect of a request: until it opens, nothing of the request is written. Who opens it is not this module's business;
//! see [`crate::standing`].

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use futures_util::future::{BoxFuture, FutureExt as _, Shared};
use kernel::Error;

use super::transaction::Transaction;

/// What decides whether a gate opens.
pub(crate) type Check = Shared<BoxFuture<'static, Verdict>>;

/// Whether a gate opens.
#[derive(Clone)]
pub(crate) enum Verdict {
    /// It does.
    Open,
    /// The caller may not pass.
    Refused,
    /// It could not be found out.
    Unknown {
        /// For the log.
        message: Arc<str>,
        /// Whether it may be found out later.
        retryable: bool,
    },
}

impl Verdict {
    fn result(self) -> Result<(), Error> {
        match self {
            Self::Open => Ok(()),
            Self::Refused => Err(Error::Unauthenticated),
            Self::Unknown { message, retryable: true } => Err(Error::Unavailable(message.to_string().into())),
            Self::Unknown { message, retryable: false } => Err(Error::internal(message.to_string())),
        }
    }
}

/// The gate of one request.
pub(crate) struct Gate {
    check: Check,
    /// Adds the conditions of the gate to a transaction.
    bind: Box<dyn Fn(&mut Transaction) + Send + Sync>,
    /// Whether a transaction with these conditions was written.
    proven: AtomicBool,
}

tokio::task_local! {
    /// The gate of the current request, once it is set up.
    static CURRENT: OnceLock<Arc<Gate>>;
}

fn current() -> Option<Arc<Gate>> {
    CURRENT.try_with(|gate| gate.get().cloned()).ok().flatten()
}

/// Runs the handling of a request, which may set up a gate, and the gate's check beside it. Returns what `work` returns only if the gate
/// opens or there is none.
pub(crate) async fn scope<F: Future>(work: F) -> Result<F::Output, Error> {
    CURRENT.scope(OnceLock::new(), beside_check(work)).await
}

async fn beside_check<F: Future>(work: F) -> Result<F::Output, Error> {
    let mut work = pin!(work);
    let mut check = None;
    let mut checked = false;
    let done = std::future::poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        // Until the first write, nothing but this polls the check.
        if check.is_none() {
            check = current().map(|gate| gate.check.clone());
        }
        let Some(running) = check.as_mut().filter(|_| !checked) else { return Poll::Pending };
        let Poll::Ready(verdict) = running.poll_unpin(context) else { return Poll::Pending };
        checked = true;
        match verdict.result() {
            Ok(()) => Poll::Pending,
            // The work has had no effect and never could, so it is dropped.
            Err(error) => Poll::Ready(Err(error)),
        }
    });
    let output = done.await?;
    passed().await?;
    Ok(output)
}

/// Sets up the gate of the current request, unless it has one. `bind` adds to a transaction the conditions that `check` has checked.
/// Returns false outside of a request.
pub(crate) fn set_up<B>(check: impl FnOnce() -> Check, bind: impl FnOnce() -> B) -> bool
where
    B: Fn(&mut Transaction) + Send + Sync + 'static,
{
    let set = CURRENT.try_with(|gate| {
        gate.get_or_init(|| Arc::new(Gate { check: check(), bind: Box::new(bind()), proven: AtomicBool::new(false) }));
    });
    set.is_ok()
}

/// Waits until the current request's gate opens. Returns at once if there is none: in the background, and in requests without a caller.
/// Called before everything that has an effect.
pub(crate) async fn passed() -> Result<Option<Arc<Gate>>, Error> {
    let Some(gate) = current() else { return Ok(None) };
    gate.check.clone().await.result()?;
    Ok(Some(gate))
}

impl Gate {
    /// Makes a transaction that writes a user or a session, or deletes a key, depend on what the check found: that was read a moment before,
    /// and may have changed since. Returns whether it did.
    ///
    /// Only the first such transaction of a request is bound. What it writes may be the end of the caller's own session or role, and what
    /// follows from it must still happen.
    pub fn bind(&self, transaction: &mut Transaction) -> bool {
        let binds = transaction.concerns_users() && !self.proven.load(Ordering::Relaxed);
        if binds {
            (self.bind)(transaction);
        }
        binds
    }

    /// Notes that a bound transaction was written.
    pub fn prove(&self) {
        self.proven.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shut() -> Check {
        let later = async {
            tokio::task::yield_now().await;
            Verdict::Refused
        };
        later.boxed().shared()
    }

    #[tokio::test]
    async fn without_a_gate_everything_passes() {
        assert!(passed().await.unwrap().is_none());
        assert!(scope(async { passed().await.unwrap().is_none() }).await.unwrap());
        assert!(!set_up(shut, || |_: &mut Transaction| ()), "no request");
    }

    #[tokio::test]
    async fn work_behind_a_shut_gate_is_dropped() {
        let endless = async {
            assert!(set_up(shut, || |_: &mut Transaction| ()));
            std::future::pending::<()>().await;
        };
        assert!(matches!(scope(endless).await, Err(Error::Unauthenticated)));
        let quick = async { set_up(shut, || |_: &mut Transaction| ()) };
        assert!(matches!(scope(quick).await, Err(Error::Unauthenticated)));
    }
}
