//! Lambda entry point of the `search` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::lambda::serve(search::router(), &[]).await
}
