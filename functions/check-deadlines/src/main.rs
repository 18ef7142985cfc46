//! The `check-deadlines` function on Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use product_development::deadline::Limits;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::lambda::log();
    let app = platform::lambda::app(&[])?;
    run(service_fn(|_: LambdaEvent<serde_json::Value>| async {
        check_deadlines::handle(&app, &Limits::default()).await.map_err(Error::from)
    }))
    .await
}
