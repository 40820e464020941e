//! Encryption of contents (接口内容加密): AES-128 in CBC from a block of zeros. It hides what is said and nothing more: who
//! said it is proven by the signature, which is made over what was encrypted.

use aes::{
    Aes128,
    cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _, block_padding::Pkcs7},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Bytes that are filled up and encrypted at a time.
const BLOCK: usize = 16;
const START: [u8; BLOCK] = [0; BLOCK];

/// The key of an application's contents. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct ContentKey([u8; BLOCK]);

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContentKey")
    }
}

impl ContentKey {
    /// Reads a key as the console shows it, in Base64.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// Encrypts a text.
    pub fn seal(&self, text: &str) -> String {
        let cipher = cbc::Encryptor::<Aes128>::new(&self.0.into(), &START.into());
        STANDARD.encode(cipher.encrypt_padded_vec_mut::<Pkcs7>(text.as_bytes()))
    }

    /// Decrypts a text; nothing when it is damaged or was encrypted with another key.
    pub fn open(&self, sealed: &str) -> Option<String> {
        let mut bytes = STANDARD.decode(sealed).ok()?;
        let cipher = cbc::Decryptor::<Aes128>::new(&self.0.into(), &START.into());
        let text = cipher.decrypt_padded_mut::<Pkcs7>(&mut bytes).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract's vector V7.
    const KEY: &str = "AAECAwQFBgcICQoLDA0ODw==";
    const TEXT: &str = r#"{"content_id":"1"}"#;
    const SEALED: &str = "Hv6D+qjTnJoj+kqbR9leoWsEY0OfA23em5CsdfICelg=";

    #[test]
    fn a_text_is_sealed_as_the_platform_seals_it_and_opened_again() {
        let key = ContentKey::read(KEY).expect("a key");

        assert_eq!(key.seal(TEXT), SEALED);
        assert_eq!(key.open(SEALED).as_deref(), Some(TEXT));
        for text in ["", "十五个字节的一段", "0123456789abcdef"] {
            assert_eq!(key.open(&key.seal(text)).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_another_key_sealed_or_what_is_damaged_stays_closed() {
        let key = ContentKey::read(KEY).expect("a key");
        let other = ContentKey::read("Dw4NDAsKCQgHBgUEAwIBAA==").expect("a key");

        assert_eq!(other.open(SEALED), None);
        assert_eq!(key.open(&SEALED[4..]), None);
        assert_eq!(key.open("no Base64"), None);
        assert_eq!(key.open(""), None);
    }

    #[test]
    fn a_key_has_sixteen_bytes() {
        assert!(ContentKey::read(&format!(" {KEY}\n")).is_some());
        for wrong in [
            "",
            "AAECAwQ=",
            "AAECAwQFBgcICQoLDA0ODxA=",
            "0123456789abcdef",
        ] {
            assert!(ContentKey::read(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{:?}", ContentKey::read(KEY)), "Some(ContentKey)");
    }
}
