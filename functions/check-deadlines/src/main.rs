//! The `check-deadlines` function on Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use shared::task::deadline::Limits;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::lambda::log();
    let app = shared::lambda::app(&[])?;
    run(service_fn(|_: LambdaEvent<serde_json::Value>| async {
        check_deadlines::handle(&app, &Limits::default()).await.map_err(Error::from)
    }))
    .await
}
