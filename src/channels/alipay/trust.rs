//! What the certificate mode takes: the application's certificate, the platform's and the roots, and the certificates that
//! the platform changed to since.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    certificate::{self, Certificate},
    error::refused,
    sign::{PrivateKey, PublicKey},
};
use crate::{
    channels::{Account, beijing},
    clock::Timestamp,
    error::Result,
};

/// The application's certificate in the connect form.
pub const APP: &str = "app_certificate";
/// Alipay's certificate, with who issued it.
pub const ALIPAY: &str = "alipay_certificate";
/// The roots.
pub const ROOTS: &str = "alipay_root_certificate";
/// All of them: given together, or not at all.
pub const FIELDS: [&str; 3] = [APP, ALIPAY, ROOTS];

/// Certificates that the platform changed to while this process runs, by account and number, word for word as they were
/// fetched: whoever uses one looks again at who issued it.
static FETCHED: Mutex<BTreeMap<(String, String), String>> = Mutex::new(BTreeMap::new());

/// The certificates of an account.
#[derive(Debug)]
pub struct Certificates {
    account: String,
    /// The application's.
    pub app: Certificate,
    /// The platform's, and behind it who issued it, as far as the file tells.
    alipay: Vec<Certificate>,
    alipay_key: PublicKey,
    roots: Vec<Certificate>,
}

/// The day of an instant as people there write it.
pub fn day(at: Timestamp) -> String {
    beijing(at).format("%Y-%m-%d").to_string()
}

impl Certificates {
    /// Reads what an account was connected with; `own` is the application's key.
    pub fn of(account: &Account, own: &PrivateKey) -> Result<Self> {
        let now = account.clock.now();
        let read = |name: &str| {
            let field = format!("settings.{name}");
            let text = account.setting(name, "");
            if text.trim().is_empty() {
                return Err(refused(
                    &field,
                    "证书模式要三份证书一起填写，这一份还空着",
                    "certificate mode takes all three certificates; this one is missing",
                ));
            }
            certificate::read(text).ok_or_else(|| {
                refused(
                    &field,
                    "证书残缺或不是 PEM 格式：请粘贴从控制台下载的 .crt 文件的全部内容",
                    "is damaged or no PEM: paste the whole .crt file that the console gives",
                )
            })
        };
        let (app, alipay, roots) = (read(APP)?, read(ALIPAY)?, read(ROOTS)?);
        let app = app[0].clone();
        if app.key() != Some(own.public_key()) {
            return Err(refused(
                &format!("settings.{APP}"),
                "这份证书与应用私钥不是一对",
                "does not belong to the application's private key",
            ));
        }
        if alipay[0].sn == app.sn {
            return Err(refused(
                &format!("settings.{ALIPAY}"),
                "这是应用自己的证书，请填写支付宝公钥证书",
                "is the application's own certificate; Alipay's is needed",
            ));
        }
        let Some(alipay_key) = alipay[0].key() else {
            return Err(refused(
                &format!("settings.{ALIPAY}"),
                "这份证书里不是 RSA 密钥，请下载 RSA2 的支付宝公钥证书",
                "holds no RSA key; download Alipay's certificate for RSA2",
            ));
        };
        let all = Self {
            account: account.id.clone(),
            app,
            alipay,
            alipay_key,
            roots,
        };
        all.check_times(now)?;
        Ok(all)
    }

    /// None of them has ended. The platform's own may have, when it is known what the platform changed to.
    fn check_times(&self, now: Timestamp) -> Result<()> {
        let check = |name: &str, certificate: &Certificate| {
            let field = format!("settings.{name}");
            let (from, to) = (day(certificate.starts_at), day(certificate.ends_at));
            match certificate {
                one if one.is_valid(now) => Ok(()),
                one if one.ends_at < now => Err(refused(
                    &field,
                    &format!("证书已于 {to} 到期，请在支付宝后台换新后重新填写"),
                    &format!("ended on {to}; renew it in the console and give the new one"),
                )),
                _ => Err(refused(
                    &field,
                    &format!("证书从 {from} 起才有效，请核对证书与服务器的时钟"),
                    &format!(
                        "begins on {from}; look at the certificate and at this server's clock"
                    ),
                )),
            }
        };
        check(APP, &self.app)?;
        if self.fetched(now).is_empty() {
            check(ALIPAY, &self.alipay[0])?;
        }
        let mut counted = self.roots.iter().filter(|root| root.is_signed_with_rsa());
        let Some(first) = counted.clone().next() else {
            return Err(refused(
                &format!("settings.{ROOTS}"),
                "里面没有 RSA 签名的根证书：请填写 alipayRootCert.crt 的全部内容",
                "holds no root that is signed with RSA: give the whole of alipayRootCert.crt",
            ));
        };
        if counted.any(|root| root.is_valid(now)) {
            return Ok(());
        }
        check(ROOTS, first)
    }

    /// What goes with every request, by name.
    pub fn numbers(&self) -> [(&'static str, String); 2] {
        [
            ("app_cert_sn", self.app.sn.clone()),
            ("alipay_root_cert_sn", certificate::root_sn(&self.roots)),
        ]
    }

    /// The key behind the certificate that a reply names; one that names none was signed with the one given. `None`: it is
    /// not known here.
    pub fn key(&self, named: Option<&str>, now: Timestamp) -> Option<PublicKey> {
        match named {
            Some(sn) if sn != self.given().sn => {
                let fetched = self.fetched(now).into_iter();
                fetched.filter(|one| one.sn == sn).find_map(|one| one.key())
            }
            _ => Some(self.alipay_key.clone()),
        }
    }

    /// The keys that the platform may sign with.
    pub fn keys(&self, now: Timestamp) -> Vec<PublicKey> {
        let fetched = self.fetched(now).into_iter().filter_map(|one| one.key());
        [self.alipay_key.clone()]
            .into_iter()
            .chain(fetched)
            .collect()
    }

    /// The platform's certificate that the account was connected with.
    pub fn given(&self) -> &Certificate {
        &self.alipay[0]
    }

    /// Takes a certificate that the platform says it uses by now, as it was fetched, and keeps it while this process runs.
    pub fn take(
        &self,
        sn: &str,
        content: &str,
        now: Timestamp,
    ) -> Result<Certificate, &'static str> {
        let new = self.trusted(sn, content, now)?;
        let key = (self.account.clone(), sn.to_owned());
        lock().insert(key, content.to_owned());
        tracing::warn!(
            account.id = self.account, certificate.sn = sn, ends = %day(new.ends_at),
            "Alipay has changed its certificate; the new one was fetched, comes from the roots given, and is used until this process ends: give it to the account"
        );
        Ok(new)
    }

    /// A certificate is believed when it is the one that was asked for, is good today, bears the name of the one given (the
    /// same house certifies applications too), and was issued under the roots given.
    fn trusted(
        &self,
        sn: &str,
        content: &str,
        now: Timestamp,
    ) -> Result<Certificate, &'static str> {
        let chain = STANDARD
            .decode(content)
            .ok()
            .and_then(|bytes| match Certificate::of(&bytes) {
                Some(one) => Some(vec![one]),
                None => certificate::read(std::str::from_utf8(&bytes).ok()?),
            })
            .ok_or("新证书读不出来")?;
        let new = &chain[0];
        if new.sn != sn {
            return Err("取到的不是回复里说的那份证书");
        }
        if !new.is_valid(now) {
            return Err("新证书不在有效期内");
        }
        if new.name != self.given().name {
            return Err("新证书的名称与原来的不同");
        }
        let between: Vec<_> = chain[1..].iter().chain(&self.alipay[1..]).collect();
        if !new.is_issued_under(&self.roots, &between, now) {
            return Err("新证书不是账号设置里的根证书签发的");
        }
        Ok(new.clone())
    }

    /// Certificates that were fetched for this account and are good by what it was connected with.
    fn fetched(&self, now: Timestamp) -> Vec<Certificate> {
        let all: Vec<_> = {
            let fetched = lock();
            let ours = fetched
                .iter()
                .filter(|((account, _), _)| *account == self.account);
            ours.map(|((_, sn), content)| (sn.clone(), content.clone()))
                .collect()
        };
        all.iter()
            .filter_map(|(sn, content)| self.trusted(sn, content, now).ok())
            .collect()
    }

    /// The platform's certificate that lasts longest: the present one, as far as is known.
    pub fn present(&self, now: Timestamp) -> Certificate {
        let all = self.fetched(now).into_iter();
        let all = all.chain([self.given().clone()]);
        all.max_by_key(|one| one.ends_at)
            .unwrap_or_else(|| self.given().clone())
    }
}

fn lock() -> MutexGuard<'static, BTreeMap<(String, String), String>> {
    FETCHED.lock().unwrap_or_else(PoisonError::into_inner)
}
