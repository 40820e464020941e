//! Who the two sides are: the platform's keys and certificates, and those of the application as its console has them. All of
//! them protect nothing; `certificates/make.sh` made them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::super::{certificate, content_key::ContentKey, sign::PrivateKey};

/// A key pair that protects nothing: the platform's, and the demo application's.
const KEY: &str = include_str!("key.pem");
/// Its public half, as the console shows it.
pub const PUBLIC_KEY: &str = include_str!("public_key.txt");
const STRANGER_KEY: &str = include_str!("certificates/stranger_key.pem");
/// The application's certificate.
pub const APP: &str = include_str!("certificates/app.pem");
const ROOTS: &str = include_str!("certificates/roots.pem");
/// The key of encrypted contents.
pub const AES_KEY: &str = "c2ltdWxhdGVkLWFlc2tleQ==";

/// The platform's own, in the order in which it changes to them, and two that are not its own.
const SIGNERS: [(&str, &str); 4] = [
    (KEY, include_str!("certificates/alipay.pem")),
    (
        include_str!("certificates/next_key.pem"),
        include_str!("certificates/next.pem"),
    ),
    (STRANGER_KEY, include_str!("certificates/stranger.pem")),
    (STRANGER_KEY, include_str!("certificates/forged.pem")),
];
/// How many of the signers are the platform's own.
pub const OWN: usize = 2;
/// Whose certificate bears the platform's name and comes from other roots.
pub const STRANGER: usize = 2;
/// Whose certificate bears the platform's name and was issued by an application.
pub const FORGED: usize = 3;

/// A key with its certificate.
pub struct Signer {
    pub key: PrivateKey,
    pub certificate: &'static str,
    pub sn: String,
}

/// Everybody who may sign an answer.
pub fn signers() -> Vec<Signer> {
    let read = |(key, certificate): (&str, &'static str)| {
        Some(Signer {
            key: PrivateKey::read(key)?,
            certificate,
            sn: certificate::read(certificate)?.first()?.sn.clone(),
        })
    };
    SIGNERS.into_iter().filter_map(read).collect()
}

/// The number of the roots.
pub fn root_sn() -> String {
    certificate::read(ROOTS).map_or_else(String::new, |roots| certificate::root_sn(&roots))
}

/// A certificate as it is fetched, by its number.
pub fn find_certificate(sn: &str) -> Option<String> {
    let mut signers = signers().into_iter();
    let found = signers.find(|signer| signer.sn == sn)?;
    Some(STANDARD.encode(found.certificate))
}

/// A key of contents that is nobody's.
pub fn strange_content_key() -> Option<ContentKey> {
    ContentKey::read("bm90IHRoZSByaWdodCBrZQ==")
}

/// What the console hands out, with the platform's present certificate.
pub fn console(present: usize) -> Value {
    json!({
        "app_private_key": KEY,
        "alipay_public_key": PUBLIC_KEY,
        "app_certificate": APP,
        "alipay_certificate": SIGNERS.get(present).map(|(_, certificate)| certificate),
        "alipay_root_certificate": ROOTS,
        "aes_key": AES_KEY,
    })
}
