//! Messages to WebSocket connections, through API Gateway.

use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use kernel::Error;

use crate::app::App;

fn client(app: &App) -> Result<&aws_sdk_apigatewaymanagement::Client, Error> {
    app.connections().ok_or_else(|| Error::internal("this function cannot push events"))
}

/// Sends a message to a connection. Returns whether it was delivered; if not, the connection is gone.
pub async fn post(app: &App, connection_id: &str, message: &[u8]) -> Result<bool, Error> {
    match client(app)?.post_to_connection().connection_id(connection_id).data(Blob::new(message)).send().await {
        Ok(_) => Ok(true),
        Err(e) if e.as_service_error().is_some_and(PostToConnectionError::is_gone_exception) => Ok(false),
        Err(e) => Err(Error::Unavailable(Box::new(e))),
    }
}

/// Closes a connection, unless it is gone already.
pub async fn close(app: &App, connection_id: &str) -> Result<(), Error> {
    match client(app)?.delete_connection().connection_id(connection_id).send().await {
        Ok(_) => Ok(()),
        Err(e) if e.as_service_error().is_some_and(DeleteConnectionError::is_gone_exception) => Ok(()),
        Err(e) => Err(Error::Unavailable(Box::new(e))),
    }
}
