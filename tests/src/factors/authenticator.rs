//! An authenticator in software: one ES256 credential, and the flags and counter that a test wants it to report.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde_json::{Value, json};

pub struct Authenticator {
    keys: EcdsaKeyPair,
    pub credential_id: Vec<u8>,
    /// The user handle that it was given.
    handle: String,
    pub counter: u32,
    /// Whether it verifies the user.
    pub verifies: bool,
    /// The origin that the browser reports; `None` for the right one.
    pub origin: Option<&'static str>,
}

impl Authenticator {
    pub fn new() -> Self {
        let keys = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let credential_id = digest(&SHA256, keys.public_key().as_ref()).as_ref().to_vec();
        Self { keys, credential_id, handle: String::new(), counter: 0, verifies: true, origin: None }
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let origin = self.origin.unwrap_or("http://localhost:8080");
        json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false}).to_string().into_bytes()
    }

    fn data(&self, site: &str, flags: u8) -> Vec<u8> {
        let flags = flags | if self.verifies { 0x05 } else { 0x01 };
        [digest(&SHA256, site.as_bytes()).as_ref(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    fn public_key(&self) -> Vec<u8> {
        let point = self.keys.public_key().as_ref();
        let int = |number: i64| Cbor::Integer(number.into());
        let key = Cbor::Map(vec![
            (int(1), int(2)),
            (int(3), int(-7)),
            (int(-1), int(1)),
            (int(-2), Cbor::Bytes(point[1..33].to_vec())),
            (int(-3), Cbor::Bytes(point[33..].to_vec())),
        ]);
        written(&key)
    }

    /// Answers creation options like `navigator.credentials.create()`.
    pub fn create(&mut self, options: &Value) -> Value {
        options["user"]["id"].as_str().unwrap().clone_into(&mut self.handle);
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), 0x40);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&self.credential_id);
        data.extend_from_slice(&self.public_key());
        let text = |text: &str| Cbor::Text(text.into());
        let object = Cbor::Map(vec![
            (text("fmt"), text("none")),
            (text("attStmt"), Cbor::Map(Vec::new())),
            (text("authData"), Cbor::Bytes(data)),
        ]);
        let id = encoded(&self.credential_id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(&self.client_data("webauthn.create", &options["challenge"])),
                "attestationObject": encoded(&written(&object)),
                "transports": ["internal"],
            },
        })
    }

    /// Answers request options like `navigator.credentials.get()`.
    pub fn get(&mut self, options: &Value) -> Value {
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.keys.sign(&SystemRandom::new(), &signed).unwrap();
        let id = encoded(&self.credential_id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(&client_data), "authenticatorData": encoded(&data),
                "signature": encoded(signature.as_ref()), "userHandle": self.handle,
            },
        })
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn written(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}
