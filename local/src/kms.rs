//! The embedded KMS for functions running in a separate process: the two calls they make, backed by the data folder's key. What one side
//! wraps, the other can unwrap.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, StatusCode};
use platform::keys::{KeyWrapper, Purpose};
use serde::Deserialize;
use serde_json::json;

/// Path of KMS on the server.
pub(crate) const BASE: &str = "/_aws/kms";

/// The key, and the random last part of the path. Key ids of requests appear in presigned URLs, so knowing one proves nothing.
pub(crate) struct Kms {
    wrapper: KeyWrapper,
    secret: String,
}

/// Common input of both calls, as far as it is used.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyRequest {
    encryption_context: BTreeMap<String, String>,
    ciphertext_blob: Option<String>,
}

impl Kms {
    /// Creates a KMS whose only key is that of `wrapper`.
    pub(crate) fn new(wrapper: KeyWrapper) -> Self {
        Self { wrapper, secret: uuid::Uuid::new_v4().simple().to_string() }
    }

    /// Secret path of this KMS.
    pub(crate) fn path(&self) -> String {
        format!("{BASE}/{}", self.secret)
    }

    /// The plaintext and wrapped key; `None` if the call is invalid or the wrapped key was not made with this key.
    async fn answer(&self, target: &str, request: &KeyRequest) -> Option<([u8; 32], Vec<u8>)> {
        let purpose = Purpose::read(request.encryption_context.get("purpose")?)?;
        match target {
            "TrentService.GenerateDataKey" => self.wrapper.generate(purpose).await.ok(),
            "TrentService.Decrypt" => {
                let wrapped = BASE64.decode(request.ciphertext_blob.as_ref()?).ok()?;
                Some((self.wrapper.unwrap_key(purpose, &wrapped).await.ok()?, wrapped))
            }
            _ => None,
        }
    }
}

/// The routes below [`BASE`].
pub(crate) fn router(kms: Arc<Kms>) -> Router {
    let path = kms.path();
    Router::new().route(&path, post(call_kms)).route(&format!("{path}/"), post(call_kms)).with_state(kms)
}

async fn call_kms(State(kms): State<Arc<Kms>>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let request: Option<KeyRequest> = serde_json::from_slice(&body).ok();
    let answer = match &request {
        Some(request) => kms.answer(target, request).await,
        None => None,
    };
    match answer {
        Some((plain, wrapped)) => {
            let (plain, wrapped) = (BASE64.encode(plain), BASE64.encode(wrapped));
            Json(json!({"KeyId": "local", "Plaintext": plain, "CiphertextBlob": wrapped})).into_response()
        }
        None => (StatusCode::BAD_REQUEST, Json(json!({"__type": "InvalidCiphertextException"}))).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use http::Request;
    use platform::cipher::Cipher;
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    async fn call(kms: &Arc<Kms>, path: &str, target: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::post(path).header("x-amz-target", target).body(Body::from(body.to_string())).unwrap();
        let (parts, body) = router(Arc::clone(kms)).oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    #[tokio::test]
    async fn unwrapping_requires_the_purpose_and_the_path() {
        let kms = Arc::new(Kms::new(KeyWrapper::Local(Cipher::new(&[7; 32]).unwrap())));
        let path = kms.path();
        let context = |purpose: &str| json!({"purpose": purpose});
        let asked = json!({"KeyId": "local", "NumberOfBytes": 32, "EncryptionContext": context("root")});
        let (status, made) = call(&kms, &path, "TrentService.GenerateDataKey", asked.clone()).await;
        assert_eq!((status, BASE64.decode(made["Plaintext"].as_str().unwrap()).unwrap().len()), (StatusCode::OK, 32));
        let open =
            |purpose: &str| json!({"CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": context(purpose)});
        let (_, opened) = call(&kms, &format!("{path}/"), "TrentService.Decrypt", open("root")).await;
        assert_eq!(opened["Plaintext"], made["Plaintext"]);
        for (target, body) in [
            ("TrentService.Decrypt", open("token-signing")),
            ("TrentService.Decrypt", asked.clone()),
            ("TrentService.ScheduleKeyDeletion", asked.clone()),
            ("TrentService.GenerateDataKey", json!({"EncryptionContext": {}})),
        ] {
            let (status, refused) = call(&kms, &path, target, body).await;
            assert_eq!((status, &refused["__type"]), (StatusCode::BAD_REQUEST, &json!("InvalidCiphertextException")));
        }
        let (status, _) = call(&kms, &format!("{BASE}/guessed"), "TrentService.GenerateDataKey", asked).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}
