//! Lambda entry point of the `imports` function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::serve(imports::router(), &[shared::lambda::objects]).await
}
