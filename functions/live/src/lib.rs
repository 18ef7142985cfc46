//! The WebSocket API's `$connect`, `$disconnect` and `$default` routes.

use aws_lambda_events::event::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use kernel::Error;
use people::live;
use platform::{App, browser};

/// Handles a WebSocket API event. The status returned for `$connect` decides whether the connection opens.
pub async fn handle(app: &App, request: ApiGatewayWebsocketProxyRequest) -> ApiGatewayProxyResponse {
    let context = &request.request_context;
    let id = context.connection_id.as_deref().unwrap_or_default();
    let request_id = context.request_id.clone().unwrap_or_default();
    let result = kernel::request_id::scope(request_id, route(app, id, &request)).await;
    let status_code = match result {
        Ok(()) => 200,
        Err(error) => {
            tracing::warn!(error = %kernel::error::chain(&error), "rejected a WebSocket event");
            i64::from(error.status().as_u16())
        }
    };
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = status_code;
    response
}

async fn route(app: &App, id: &str, request: &ApiGatewayWebsocketProxyRequest) -> Result<(), Error> {
    match request.request_context.route_key.as_deref() {
        Some("$connect") => {
            browser::check_live(app, &request.headers)?;
            let ticket = request.query_string_parameters.first("ticket").ok_or(Error::Unauthenticated)?;
            live::connect(app, id, ticket).await
        }
        Some("$disconnect") => live::disconnect(app, id).await,
        _ => live::reply(app, id, request.body.as_deref().unwrap_or_default()).await,
    }
}
