//! The events that API Gateway creates for a WebSocket connection.

use std::collections::HashMap;
use std::net::IpAddr;

use aws_lambda_events::event::apigw::ApiGatewayWebsocketProxyRequest;
use axum::extract::Query;
use http::header;
use serde_json::{Map, Value, json};

use super::now;

/// Stage name, as in the template.
const STAGE: &str = "live";

/// The client of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Peer {
    pub(super) connection_id: String,
    /// Milliseconds since the Unix epoch.
    pub(super) connected_at: i64,
    pub(super) address: String,
    pub(super) user_agent: String,
    /// The requested host.
    pub(super) host: String,
}

impl Peer {
    /// The client that sent an upgrade request.
    pub(super) fn new(request: &http::request::Parts, address: IpAddr, connection_id: String) -> Self {
        let text = |name| request.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        Self {
            connection_id,
            connected_at: now(),
            address: address.to_string(),
            user_agent: text(header::USER_AGENT),
            host: text(header::HOST),
        }
    }

    pub(super) fn connect_event(
        &self,
        request: &http::request::Parts,
    ) -> serde_json::Result<ApiGatewayWebsocketProxyRequest> {
        let mut event = self.event("$connect", "CONNECT");
        let (mut single, mut multiple) = (Map::new(), Map::new());
        for name in request.headers.keys() {
            let values: Vec<&str> = request.headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).collect();
            if let Some(last) = values.last() {
                single.insert(name.to_string(), Value::from(*last));
                multiple.insert(name.to_string(), Value::from(values));
            }
        }
        event["headers"] = Value::Object(single);
        event["multiValueHeaders"] = Value::Object(multiple);
        let query = Query::<HashMap<String, String>>::try_from_uri(&request.uri).map(|q| q.0).unwrap_or_default();
        if !query.is_empty() {
            let multiple: HashMap<&String, [&String; 1]> = query.iter().map(|(name, value)| (name, [value])).collect();
            event["multiValueQueryStringParameters"] = json!(multiple);
            event["queryStringParameters"] = json!(query);
        }
        serde_json::from_value(event)
    }

    pub(super) fn message_event(&self, body: &str) -> serde_json::Result<ApiGatewayWebsocketProxyRequest> {
        let mut event = self.event("$default", "MESSAGE");
        event["requestContext"]["messageId"] = Value::from(uuid::Uuid::new_v4().to_string());
        event["body"] = Value::from(body);
        serde_json::from_value(event)
    }

    pub(super) fn disconnect_event(
        &self,
        code: u16,
        reason: &str,
    ) -> serde_json::Result<ApiGatewayWebsocketProxyRequest> {
        let mut event = self.event("$disconnect", "DISCONNECT");
        event["requestContext"]["disconnectStatusCode"] = Value::from(code);
        event["requestContext"]["disconnectReason"] = Value::from(reason);
        serde_json::from_value(event)
    }

    fn event(&self, route: &str, kind: &str) -> Value {
        let at = jiff::Timestamp::now();
        json!({
            "requestContext": {
                "routeKey": route,
                "eventType": kind,
                "messageDirection": "IN",
                "stage": STAGE,
                "apiId": "local",
                "domainName": self.host,
                "connectionId": self.connection_id,
                "connectedAt": self.connected_at,
                "requestId": uuid::Uuid::new_v4().to_string(),
                "extendedRequestId": uuid::Uuid::new_v4().to_string(),
                "requestTime": at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
                "requestTimeEpoch": at.as_millisecond(),
                "identity": { "sourceIp": self.address, "userAgent": self.user_agent },
            },
            "isBase64Encoded": false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str) -> http::request::Parts {
        http::Request::get(uri)
            .header("Host", "127.0.0.1:8080")
            .header("User-Agent", "test")
            .header("Origin", "http://a")
            .body(())
            .unwrap()
            .into_parts()
            .0
    }

    #[test]
    fn connections_become_api_gateway_events() {
        let request = request("/live?ticket=a%2Bb%3D");
        let peer = Peer::new(&request, IpAddr::from([127, 0, 0, 1]), "id==".to_owned());
        let connect = peer.connect_event(&request).unwrap();
        assert_eq!(connect.query_string_parameters.first("ticket"), Some("a+b="));
        assert_eq!(connect.headers.get("origin").unwrap(), "http://a");
        let context = &connect.request_context;
        assert_eq!(context.route_key.as_deref(), Some("$connect"));
        assert_eq!(context.event_type.as_deref(), Some("CONNECT"));
        assert_eq!(context.connection_id.as_deref(), Some("id=="));
        assert_eq!(context.identity.source_ip.as_deref(), Some("127.0.0.1"));

        let message = peer.message_event("{\"type\":\"ping\"}").unwrap();
        assert_eq!(message.request_context.route_key.as_deref(), Some("$default"));
        assert_eq!(message.body.as_deref(), Some("{\"type\":\"ping\"}"));

        let disconnect = peer.disconnect_event(1001, "Going away").unwrap();
        assert_eq!(disconnect.request_context.route_key.as_deref(), Some("$disconnect"));
        assert_eq!(disconnect.request_context.disconnect_status_code, Some(1001));
        assert_eq!(disconnect.request_context.connected_at, peer.connected_at);
    }
}
