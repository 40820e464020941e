//! Passwords (Argon2id, off the async threads, a few at a time) and random tokens.

use std::sync::OnceLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::error::{Error, ErrorKind, Result};

/// Each hash takes 19 MiB; so many run at the same time.
const AT_ONCE: usize = 2;
/// The shortest password.
const SHORTEST: usize = 10;
/// Longer ones are refused before hashing, so that nobody makes us hash megabytes.
const LONGEST: usize = 200;

/// Refuses passwords that are too short or too long; `field` is where it was given.
pub fn check_new(field: &str, password: &str) -> Result<()> {
    let length = password.chars().count();
    if (SHORTEST..=LONGEST).contains(&length) {
        return Ok(());
    }
    Err(Error::invalid(
        field,
        format!("must have {SHORTEST} to {LONGEST} characters"),
    ))
}

/// Hashes a new password.
pub async fn hash(password: String) -> Result<String> {
    off_thread(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| {
                Error::new(
                    ErrorKind::Internal,
                    format!("a password could not be hashed: {error}"),
                )
            })
    })
    .await?
}

/// Whether the password is right. Without a hash (nobody has that address) it takes as long and says no.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    if password.chars().count() > LONGEST {
        return Ok(false);
    }
    off_thread(move || {
        static NOBODY: OnceLock<String> = OnceLock::new();
        let nobody = || {
            NOBODY.get_or_init(|| {
                Argon2::default()
                    .hash_password(b"nobody")
                    .map(|hash| hash.to_string())
                    .unwrap_or_default()
            })
        };
        let is_somebody = hash.is_some();
        let hash = hash.unwrap_or_else(|| nobody().clone());
        PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        }) && is_somebody
    })
    .await
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
    let _turn = TURNS
        .acquire()
        .await
        .map_err(|error| Error::internal("passwords cannot be checked", error))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::internal("a password check ended", error))
}

/// A new secret of 256 random bits, as text.
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What we keep of a token. It has 256 random bits, so a plain hash is enough.
pub fn hash_token(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
