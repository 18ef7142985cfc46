//! The `send-mail` function on Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::lambda::log();
    let app = shared::lambda::app(&[shared::lambda::mails])?;
    run(service_fn(|event: LambdaEvent<_>| async { send_mail::handle(&app, event.payload).await.map_err(Error::from) }))
        .await
}
