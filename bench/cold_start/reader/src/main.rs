//! A minimal function that reads the store: one `GetItem` per request with the SDK set up as in its guide. The baseline for functions that
//! cannot respond without a read.

use std::env;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_http::{Body, Error, Request, Response, run, service_fn, tracing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let client = &Client::new(&aws_config::load_defaults(BehaviorVersion::latest()).await);
    let table = &env::var("TABLE_NAME")?;
    run(service_fn(move |_: Request| async move {
        let key = AttributeValue::S("bench".into());
        let read = client.get_item().table_name(table).key("pk", key.clone()).key("sk", key).send().await?;
        Response::builder()
            .header("content-type", "application/json")
            .body(Body::from(format!(r#"{{"found":{}}}"#, read.item.is_some())))
            .map_err(Error::from)
    }))
    .await
}
