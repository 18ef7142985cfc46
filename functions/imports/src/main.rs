//! Lambda entry point of the `imports` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::lambda::serve(imports::router(), &[platform::lambda::objects]).await
}
