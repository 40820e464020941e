//! How an application and the platform know each other: by bare keys, or by certificates. An application uses one of the
//! two; which one is seen by what its account was connected with.

use super::{
    error::refused,
    sign::{PrivateKey, PublicKey},
    trust::{self, Certificates},
};
use crate::{channels::Account, clock::Timestamp, error::Result};

/// Alipay's bare key in the connect form.
pub const KEY: &str = "alipay_public_key";

/// How an application and the platform know each other.
#[derive(Debug)]
pub enum Mode {
    /// By the platform's key.
    Key(PublicKey),
    /// By certificates.
    Certificates(Box<Certificates>),
}

impl Mode {
    /// Reads what an account was connected with; `own` is the application's key.
    pub fn of(account: &Account, own: &PrivateKey) -> Result<Self> {
        let given = |name: &str| !account.setting(name, "").trim().is_empty();
        if trust::FIELDS.into_iter().any(given) {
            return Certificates::of(account, own).map(|all| Self::Certificates(Box::new(all)));
        }
        PublicKey::read(account.setting(KEY, ""))
            .map(Self::Key)
            .ok_or_else(|| {
                refused(
                    &format!("settings.{KEY}"),
                    "请填写控制台显示的支付宝公钥；证书模式则填写三份证书",
                    "must be Alipay's public key, as the console shows it; in certificate mode give the three certificates instead",
                )
            })
    }

    /// The keys that messages of the platform may be signed with.
    pub fn keys(&self, now: Timestamp) -> Vec<PublicKey> {
        match self {
            Self::Key(key) => vec![key.clone()],
            Self::Certificates(all) => all.keys(now),
        }
    }
}
