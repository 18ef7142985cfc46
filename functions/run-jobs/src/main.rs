//! Lambda entry point of the `run-jobs` function.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::lambda::log();
    let app = platform::lambda::app(&[platform::lambda::objects])?;
    run(service_fn(|event: LambdaEvent<_>| async { Ok::<_, Error>(run_jobs::handle(&app, event.payload).await) })).await
}
