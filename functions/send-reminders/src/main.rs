//! The `send-reminders` function on Lambda.

use investor_relations::reminder::Limits;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::lambda::log();
    let app = platform::lambda::app(&[platform::lambda::mails])?;
    run(service_fn(|_: LambdaEvent<serde_json::Value>| async {
        send_reminders::handle(&app, &Limits::default()).await.map_err(Error::from)
    }))
    .await
}
