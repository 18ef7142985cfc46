//! Lambda entry point of the `reports` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::lambda::serve(reports::router(), &[]).await
}
