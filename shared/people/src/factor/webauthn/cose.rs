//! Public keys of passkeys, as authenticators write them (COSE, RFC 9053), and the verification of their signatures.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use coset::iana::{Algorithm, Ec2KeyParameter, EllipticCurve, EnumI64, KeyType, OkpKeyParameter, RsaKeyParameter};
use coset::{CborSerializable, CoseKey, Label, RegisteredLabel, RegisteredLabelWithPrivate};

use super::Refused;

/// Accepted algorithms, the most preferred first: ECDSA on P-256, Ed25519, and RSA, which older versions of Windows use.
pub(in crate::factor) const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// A public key that can verify signatures.
pub(super) enum PublicKey {
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
    Rsa(PublicKeyComponents<Vec<u8>>),
}

const BAD_KEY: Refused = "public key";

/// The value of a key parameter.
fn parameter(key: &CoseKey, name: i64) -> Option<&ciborium::Value> {
    key.params.iter().find(|(label, _)| *label == Label::Int(name)).map(|(_, value)| value)
}

fn bytes(key: &CoseKey, name: i64) -> Result<&[u8], Refused> {
    parameter(key, name).and_then(ciborium::Value::as_bytes).map(Vec::as_slice).ok_or(BAD_KEY)
}

fn on_curve(key: &CoseKey, name: i64, curve: EllipticCurve) -> Result<(), Refused> {
    let given = parameter(key, name).and_then(ciborium::Value::as_integer);
    if given == Some(curve.to_i64().into()) { Ok(()) } else { Err(BAD_KEY) }
}

fn sound(algorithm: &'static dyn VerificationAlgorithm, key: Vec<u8>) -> Result<Vec<u8>, Refused> {
    ParsedPublicKey::new(algorithm, &key).map(|_| key).map_err(|_| BAD_KEY)
}

impl PublicKey {
    /// Reads a key of one of the accepted algorithms, and checks that it is a sound one.
    pub fn parse(cose: &[u8]) -> Result<Self, Refused> {
        let key = CoseKey::from_slice(cose).map_err(|_| BAD_KEY)?;
        let Some(RegisteredLabelWithPrivate::Assigned(algorithm)) = key.alg else { return Err(BAD_KEY) };
        let RegisteredLabel::Assigned(kind) = key.kty else { return Err(BAD_KEY) };
        match (kind, algorithm) {
            (KeyType::EC2, Algorithm::ES256) => {
                on_curve(&key, Ec2KeyParameter::Crv.to_i64(), EllipticCurve::P_256)?;
                let (x, y) = (bytes(&key, Ec2KeyParameter::X.to_i64())?, bytes(&key, Ec2KeyParameter::Y.to_i64())?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(BAD_KEY);
                }
                sound(&ECDSA_P256_SHA256_ASN1, [&[4], x, y].concat()).map(Self::P256)
            }
            (KeyType::OKP, Algorithm::EdDSA) => {
                on_curve(&key, OkpKeyParameter::Crv.to_i64(), EllipticCurve::Ed25519)?;
                sound(&ED25519, bytes(&key, OkpKeyParameter::X.to_i64())?.to_vec()).map(Self::Ed25519)
            }
            (KeyType::RSA, Algorithm::RS256) => {
                let (n, e) = (bytes(&key, RsaKeyParameter::N.to_i64())?, bytes(&key, RsaKeyParameter::E.to_i64())?);
                Ok(Self::Rsa(PublicKeyComponents { n: n.to_vec(), e: e.to_vec() }))
            }
            _ => Err(BAD_KEY),
        }
    }

    /// Verifies a signature over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Refused> {
        let verified = match self {
            Self::P256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key).verify(message, signature),
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rsa(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        };
        verified.map_err(|_| "signature")
    }
}
