//! Messages that a platform seals for an application: signatures over a token, and AES with a key of 43 characters. WeChat
//! and Baidu do it alike.

use aes::{
    Aes256,
    cipher::{
        BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _, block_padding::NoPadding,
    },
};
use base64::{
    Engine as _,
    alphabet::STANDARD as ALPHABET,
    engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use sha1::{Digest as _, Sha1};

/// Keys are 43 random characters, whose last holds two bits too many: a strict reader refuses most of them.
const KEYS: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);
/// Messages are filled up to whole blocks of this size.
const BLOCK: usize = 32;
/// Random bytes before a message, and its length.
const HEAD: usize = 20;

/// What proves that the other end knows the token: over its parts in the order of their bytes.
pub fn signature(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    hex::encode(Sha1::digest(parts.concat()))
}

/// The key behind the 43 characters of one.
pub fn key(encoded: &str) -> Option<[u8; 32]> {
    let bytes = KEYS.decode(format!("{encoded}=")).ok()?;
    bytes.try_into().ok()
}

/// Seals a message for its owner, an application.
pub fn seal(key: &[u8; 32], random: &[u8; 16], message: &str, owner: &str) -> String {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let mut text = [
        &random[..],
        &length.to_be_bytes(),
        message.as_bytes(),
        owner.as_bytes(),
    ]
    .concat();
    let pad = BLOCK - text.len() % BLOCK;
    text.resize(text.len() + pad, u8::try_from(pad).unwrap_or_default());
    let cipher = cbc::Encryptor::<Aes256>::new(key.into(), key[..16].into());
    let length = text.len();
    // Filled up to whole blocks, it fits where it stands.
    let _ = cipher.encrypt_padded_mut::<NoPadding>(&mut text, length);
    STANDARD.encode(text)
}

/// Opens a sealed message; nothing when it is damaged, or meant for another application.
pub fn open(key: &[u8; 32], sealed: &str, owner: &str) -> Option<String> {
    let mut text = STANDARD.decode(sealed).ok()?;
    let cipher = cbc::Decryptor::<Aes256>::new(key.into(), key[..16].into());
    let text = cipher.decrypt_padded_mut::<NoPadding>(&mut text).ok()?;
    let pad = usize::from(*text.last()?);
    if !(1..=BLOCK).contains(&pad) {
        return None;
    }
    let text = text.get(HEAD - 4..text.len().checked_sub(pad)?)?;
    let (length, rest) = text.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (message, tail) = (rest.get(..length)?, rest.get(length..)?);
    (tail == owner.as_bytes()).then(|| String::from_utf8(message.to_vec()).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    const APP: &str = "wx0123456789abcdef";
    const MESSAGE: &str = "<xml><ToUserName><![CDATA[gh_sim]]></ToUserName><Event><![CDATA[PUBLISHJOBFINISH]]></Event></xml>";
    const SEALED: &str = "t3HMtzjTyzLUlMuBGlmNFzqqvCKu8Sf+5mYgTBlDYFkxZ4iD2Fo3GRsupt2/9t+f0midc72f9LNECYP3MI6aLlwll4DGjLyG58+Xju7FL5rMZn1nh5Opct/QWcvmq6WS6O9eENXKjz9FNlfm1tBwhkdTY5JURTw9M3jeyLcnF3d/Xm/8gYpLXYRQuSemiFsvGHa82ZBUaDK+5IYOFNPkIA==";

    #[test]
    fn signatures_are_those_of_the_contracts_examples() {
        assert_eq!(
            signature(&["AAAAA", "1714036504", "1514711492"]),
            "f464b24fc39322e44b38aa78f5edd27bd1441696"
        );
        assert_eq!(
            signature(&["simtoken", "1760000000", "1234567890"]),
            "8508806391e3d8314422464fa5fcf602fd50b38f"
        );
        assert_eq!(
            signature(&["simtoken", "1760000000", "1234567890", SEALED]),
            "3fbcf778ce2a1666e991321183a2e8c73816d38f"
        );
    }

    #[test]
    fn messages_are_sealed_and_opened_as_the_contracts_vector_has_it() {
        let key = key(KEY).expect("a key whose last character has bits too many");

        assert_eq!(seal(&key, b"0123456789ABCDEF", MESSAGE, APP), SEALED);
        assert_eq!(open(&key, SEALED, APP).as_deref(), Some(MESSAGE));
    }

    #[test]
    fn a_message_for_another_application_or_with_wrong_padding_stays_shut() {
        let key = key(KEY).expect("a key");
        assert_eq!(open(&key, SEALED, "wx0000000000000000"), None);

        for pad in [0_u8, 33, 255] {
            let mut text = vec![pad; 64];
            let cipher = cbc::Encryptor::<Aes256>::new((&key).into(), key[..16].into());
            cipher
                .encrypt_padded_mut::<NoPadding>(&mut text, 64)
                .expect("whole blocks");
            assert_eq!(
                open(&key, &STANDARD.encode(text), APP),
                None,
                "pad byte {pad}"
            );
        }
        assert_eq!(open(&key, "", APP), None);
    }
}
