//! Lambda entry point of the `on-change` function.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::lambda::log();
    let app = shared::lambda::app(&[shared::lambda::pushes])?;
    run(service_fn(|event: LambdaEvent<_>| async { Ok::<_, Error>(on_change::handle(&app, event.payload).await) }))
        .await
}
