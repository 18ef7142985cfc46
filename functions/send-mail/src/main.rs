//! The `send-mail` function on Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::lambda::log();
    let app = platform::lambda::app(&[platform::lambda::mails])?;
    run(service_fn(|event: LambdaEvent<_>| async { send_mail::handle(&app, event.payload).await.map_err(Error::from) }))
        .await
}
