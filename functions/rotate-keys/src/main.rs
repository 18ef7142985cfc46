//! The `rotate-keys` function on Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use platform::rotation::Limits;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::lambda::log();
    let app = &platform::lambda::app(&[])?;
    run(service_fn(async |event: LambdaEvent<_>| {
        // Boxed: the compiler cannot lay out a future that nests as deeply as the calls down to the connection.
        Box::pin(rotate_keys::handle(app, event.payload, &Limits::default())).await.map_err(Error::from)
    }))
    .await
}
