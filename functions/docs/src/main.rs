//! The `docs` function on Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::lambda::serve_public(docs::router()).await
}
