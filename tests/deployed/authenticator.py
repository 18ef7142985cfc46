"""An authenticator in software, with one passkey."""

import base64
import hashlib
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def cbor(value: object) -> bytes:
    """The few kinds of CBOR that an attestation has."""

    def head(major: int, size: int) -> bytes:
        if size < 24:
            return bytes([major << 5 | size])
        return bytes([major << 5 | 24, size]) if size < 256 else bytes([major << 5 | 25, *size.to_bytes(2, "big")])

    match value:
        case int():
            return head(0, value) if value >= 0 else head(1, -1 - value)
        case bytes():
            return head(2, len(value)) + value
        case str():
            return head(3, len(value)) + value.encode()
        case dict():
            return head(5, len(value)) + b"".join(cbor(part) for pair in value.items() for part in pair)
    raise TypeError(value)


class Authenticator:
    """Answers a page at `origin` like a browser with an ES256 passkey."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = secrets.token_bytes(16)
        self._handle = ""

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self._origin}).encode()

    def create(self, options: dict) -> dict:
        """A new passkey for creation options."""
        self._handle = options["user"]["id"]
        point = self._key.public_key().public_numbers()
        key = cbor({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        data = hashlib.sha256(options["rp"]["id"].encode()).digest() + b"\x45" + bytes(4)
        data += bytes(16) + len(self._id).to_bytes(2, "big") + self._id + key
        attestation = cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"])
        return {"response": {"clientDataJSON": encoded(client_data), "attestationObject": encoded(attestation)}}

    def get(self, options: dict) -> dict:
        """The answer to request options."""
        data = hashlib.sha256(options["rpId"].encode()).digest() + b"\x05" + bytes(4)
        client_data = self._client_data("webauthn.get", options["challenge"])
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": self._handle,
        }
        return {"rawId": encoded(self._id), "response": response}
