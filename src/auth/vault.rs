//! Encrypts what must not lie open in the database: credentials and tokens of channel accounts.

use std::{fs, io::Write as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{
    config::SecurityConfig,
    error::{Error, ErrorKind, Result},
};

const NONCE_BYTES: usize = 24;

/// Seals and opens with the server's key (XChaCha20-Poly1305); clones share the key.
#[derive(Clone)]
pub struct Vault {
    key: [u8; 32],
    cipher: XChaCha20Poly1305,
}

impl Vault {
    /// With the key from the configuration, or from the key file, which is made when absent.
    pub fn from_config(config: &SecurityConfig) -> Result<Self> {
        let key = if config.credentials_key.is_empty() {
            key_from_file(&config.credentials_key_file)?
        } else {
            decode(config.credentials_key.expose()).ok_or_else(|| {
                Error::invalid("security.credentials_key", "must be 32 bytes in base64")
            })?
        };
        Ok(Self {
            key,
            cipher: XChaCha20Poly1305::new(&key.into()),
        })
    }

    /// Bytes that follow from the key for a purpose, and tell nothing of it: the same on every node that has the key.
    pub fn derive(&self, purpose: &str) -> Result<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key)
            .map_err(|error| Error::internal("a key could not be used", error))?;
        mac.update(purpose.as_bytes());
        Ok(mac.finalize().into_bytes().into())
    }

    /// Encrypts; `purpose` (table and row) must be the same when it is opened.
    pub fn seal(&self, plain: &[u8], purpose: &str) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload {
            msg: plain,
            aad: purpose.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::new(ErrorKind::Internal, "a secret could not be encrypted"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what was sealed for the same purpose.
    pub fn open(&self, sealed: &[u8], purpose: &str) -> Result<Vec<u8>> {
        let cannot = || {
            Error::precondition(
                "a stored secret cannot be opened: security.credentials_key is not the key it was encrypted with",
            )
        };
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(cannot)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| cannot())?;
        let payload = Payload {
            msg: sealed,
            aad: purpose.as_bytes(),
        };
        self.cipher
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| cannot())
    }
}

fn decode(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

fn key_from_file(path: &Path) -> Result<[u8; 32]> {
    let failed =
        |error| Error::internal(format!("cannot use the key file {}", path.display()), error);
    match fs::read_to_string(path) {
        Ok(text) => decode(&text).ok_or_else(|| {
            Error::invalid(
                "security.credentials_key_file",
                format!("{} does not hold 32 bytes in base64", path.display()),
            )
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(failed)?;
            }
            let key: [u8; 32] = rand::random();
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path).map_err(failed)?;
            file.write_all(STANDARD.encode(key).as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(failed)?;
            Ok(key)
        }
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_secret_opens_only_with_its_key_and_for_its_purpose() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = |name: &str| {
            let file = folder.path().join(name);
            Config::with_overrides(&format!(
                "[security]\ncredentials_key_file = \"{}\"",
                file.display()
            ))
            .expect("valid")
            .security
        };
        let vault = Vault::from_config(&config("a")).expect("a vault");
        let same = Vault::from_config(&config("a")).expect("a vault");
        let other = Vault::from_config(&config("b")).expect("a vault");

        let sealed = vault.seal(b"app-secret", "account/1").expect("sealed");

        assert_eq!(
            same.open(&sealed, "account/1").expect("opened"),
            b"app-secret"
        );
        assert!(same.open(&sealed, "account/2").is_err());
        assert!(other.open(&sealed, "account/1").is_err());
        assert!(!sealed.windows(3).any(|part| part == b"app"));
    }
}
