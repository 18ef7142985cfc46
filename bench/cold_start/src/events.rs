//! HTTP API events (payload 2.0) and their responses.

use std::io;

use serde_json::{Value, json};

/// Creates an event for `method` and `path` (including its query) as API Gateway sends it.
pub fn event(method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Vec<u8> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut headers = json!({"accept": "application/json", "host": "api.example.com", "user-agent": "bench"});
    if let Some(token) = token {
        headers["authorization"] = format!("Bearer {token}").into();
    }
    if body.is_some() {
        headers["content-type"] = "application/json".into();
    }
    let mut event = json!({
        "version": "2.0",
        "routeKey": format!("ANY {path}"),
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "bench",
            "domainName": "api.example.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "bench"},
            "requestId": "bench",
            "routeKey": format!("ANY {path}"),
            "stage": "$default",
            "time": "21/Nov/2026:03:58:12 +0000",
            "timeEpoch": 1_795_233_492_123_u64,
        },
        "isBase64Encoded": false,
    });
    if let Some(body) = body {
        event["body"] = body.to_string().into();
    }
    event.to_string().into_bytes()
}

/// Returns the body of a function's response if its status is `status`.
pub fn expect(status: u16, answer: &[u8]) -> io::Result<Value> {
    let parsed: Value = serde_json::from_slice(answer)?;
    if parsed["statusCode"] != status {
        return Err(io::Error::other(format!("expected {status}: {}", String::from_utf8_lossy(answer))));
    }
    let body = parsed["body"].as_str().unwrap_or_default();
    if body.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(body)?) }
}
