//! The `send-reminders` function on Lambda.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use shared::reminder::Limits;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    shared::lambda::log();
    let app = shared::lambda::app(&[shared::lambda::mails])?;
    run(service_fn(|_: LambdaEvent<serde_json::Value>| async {
        send_reminders::handle(&app, &Limits::default()).await.map_err(Error::from)
    }))
    .await
}
