//! A platform that changes its certificate: a reply names one that is not known here, so it is fetched and looked at before
//! the reply is.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    client::{Client, PATIENCE},
    error,
    mode::Mode,
    sign::PublicKey,
    trust::Certificates,
};
use crate::channels::{
    ChannelError, StepHost,
    http::{self, Answer},
};

/// Fetches a certificate of the platform's by its number.
const DOWNLOAD: &str = "alipay.open.app.alipaycert.download";

/// The part of a reply beside its content that says by which certificate it was signed.
#[derive(Default, Deserialize)]
struct Named {
    alipay_cert_sn: Option<String>,
}

impl Client {
    /// Reads an answer to a method.
    pub async fn read(
        &self,
        host: &dyn StepHost,
        answer: &Answer,
        method: &str,
        commit: bool,
    ) -> Result<Value, ChannelError> {
        let key = match &*self.mode {
            Mode::Key(key) => key.clone(),
            Mode::Certificates(all) => self.key_of(host, answer, all).await?,
        };
        error::read(answer, method, &key, self.content_key.as_ref(), commit)
    }

    /// The key that an answer has to be verified with.
    async fn key_of(
        &self,
        host: &dyn StepHost,
        answer: &Answer,
        all: &Certificates,
    ) -> Result<PublicKey, ChannelError> {
        let named: Named = serde_json::from_slice(&answer.body).unwrap_or_default();
        let sn = named.alipay_cert_sn.as_deref();
        let now = self.account.clock.now();
        if let Some(key) = all.key(sn, now) {
            return Ok(key);
        }
        let sn = sn.unwrap_or_default();
        let content = self.fetch(host, sn).await;
        let taken = content.and_then(|content| {
            let new = all.take(sn, &content, now);
            new.map_err(ToOwned::to_owned)
        });
        let key = taken.and_then(|new| new.key().ok_or_else(|| "新证书里不是 RSA 密钥".to_owned()));
        key.map_err(|why| error::unclear(answer, &format!("签名用的是另一份证书，{why}")))
    }

    /// A certificate as the platform gives it. This answer is signed with the very certificate that it brings, so it is not
    /// verified: the certificate speaks for itself, by who issued it.
    async fn fetch(&self, host: &dyn StepHost, sn: &str) -> Result<String, String> {
        let content = json!({ "alipay_cert_sn": sn }).to_string();
        let form = [("biz_content", content.as_str())];
        let told = |error: ChannelError| format!("取不到它：{error}");
        let request = self.address(DOWNLOAD, &form).map_err(told)?;
        let request = request.timeout(PATIENCE).form(&form);
        let evidence = self.evidence(DOWNLOAD, content.clone());
        let answer = http::send(host, request, evidence).await.map_err(told)?;
        let reply: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let node = &reply[error::root(DOWNLOAD)];
        let words = || node["sub_msg"].as_str().or(node["msg"].as_str());
        node["alipay_cert_content"]
            .as_str()
            .map(ToOwned::to_owned)
            .ok_or_else(|| {
                let words = words().unwrap_or("回复里没有证书");
                format!("取不到它：{words}（HTTP {}）", answer.status)
            })
    }
}
