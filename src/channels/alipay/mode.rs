//! How an application and the platform know each other: by bare keys, or by certificates. An application uses one of the
//! two; which one is seen by what its account was connected with.

use std::{fmt::Write as _, time::Duration};

use super::{
    error::refused,
    sign::{PrivateKey, PublicKey},
    trust::{self, Certificates, day},
};
use crate::{channels::Account, clock::Timestamp, error::Result};

/// Alipay's bare key in the connect form.
pub const KEY: &str = "alipay_public_key";

/// So long before a certificate ends people are warned.
const NOTICE: Duration = Duration::from_hours(30 * 24);

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

    /// Which mode it is, and until when it lasts.
    pub fn told(&self, now: Timestamp) -> String {
        match self {
            Self::Key(_) => "密钥模式".to_owned(),
            Self::Certificates(all) => format!(
                "证书模式（应用公钥证书 {} 到期，支付宝公钥证书 {} 到期）",
                day(all.app.ends_at),
                day(all.present(now).ends_at)
            ),
        }
    }

    /// What a person should see to before it hurts.
    pub fn warning(&self, now: Timestamp) -> String {
        let Self::Certificates(all) = self else {
            return String::new();
        };
        let mut warnings = String::new();
        let present = all.present(now);
        if present.sn != all.given().sn {
            warnings.push_str(
                "支付宝已换用新的公钥证书，本次运行已取来核对并采用，请从控制台下载后更新账号设置。",
            );
        }
        for (name, certificate) in [("应用公钥证书", &all.app), ("支付宝公钥证书", &present)]
        {
            let left = certificate.ends_at.since(now);
            if left <= NOTICE {
                let days = left.as_secs() / 86_400;
                let _ = write!(
                    warnings,
                    "注意：{name} {days} 天后到期，请在支付宝后台换新，再更新账号设置。"
                );
            }
        }
        warnings
    }
}
