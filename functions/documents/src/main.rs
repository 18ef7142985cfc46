//! The `documents` function on Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::lambda::serve(documents::router(), &[platform::lambda::objects]).await
}
