//! Lambda entry point of the `search` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::serve(search::router(), &[]).await
}
