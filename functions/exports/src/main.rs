//! Lambda entry point of the `exports` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::lambda::serve(exports::router(), &[]).await
}
