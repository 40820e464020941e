//! Secrets and signatures as Standard Webhooks has them, so that receivers check them with any of its libraries:
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{clock::Timestamp, id::WebhookEventId};

/// Bytes of a secret; the specification takes 24 to 64.
const SECRET_BYTES: usize = 32;

/// What requests to a webhook are signed with. It does not print.
pub struct Secret(Vec<u8>);

impl Secret {
    /// A new one.
    pub fn generate() -> Self {
        Self(rand::random::<[u8; SECRET_BYTES]>().to_vec())
    }

    /// From the bytes that were sealed.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people paste it into their receiver; shown once.
    pub fn text(&self) -> String {
        format!("whsec_{}", STANDARD.encode(&self.0))
    }
}

/// The header `webhook-signature`: one signature for each secret that is in force.
pub fn sign(secrets: &[Secret], id: WebhookEventId, at: Timestamp, body: &str) -> String {
    let signed = format!("{id}.{}.{body}", at.unix_seconds());
    let signatures = secrets.iter().filter_map(|secret| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).ok()?;
        mac.update(signed.as_bytes());
        Some(format!(
            "v1,{}",
            STANDARD.encode(mac.finalize().into_bytes())
        ))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key and message were signed with Python's `hmac` module.
    #[test]
    fn a_signature_is_what_other_libraries_make_of_the_same_bytes() {
        let secret = || Secret::from_bytes((0..32).collect());
        let id = "0190a5c4-7e2b-7c3d-8f10-112233445566"
            .parse()
            .expect("an id");
        let at = Timestamp::from_unix_seconds(1_772_524_800);

        let signed = sign(&[secret()], id, at, r#"{"type":"webhook.ping"}"#);

        assert_eq!(signed, "v1,PlvAOPQsEkiVRhpcySnn2ZCAFkDN1/51RleIVuIoDC8=");
        let both = sign(&[secret(), Secret::generate()], id, at, "{}");
        assert_eq!(both.split(' ').count(), 2);
        assert!(secret().text().starts_with("whsec_AAEC"));
    }
}
