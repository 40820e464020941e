//! One function for each call to Alipay, through its one gateway (version 2): common parameters and signature in the
//! query, business content in the body.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use md5::{Digest as _, Md5};
use reqwest::multipart::Form;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    content_key::ContentKey,
    error,
    mode::Mode,
    sign::{self, PrivateKey},
    time,
};
use crate::channels::{
    Account, ChannelError, ErrorClass, Media, StepContext, StepHost,
    http::{self, Evidence},
};

/// Where the gateway is.
pub const GATEWAY: &str = "https://openapi.alipay.com/gateway.do";
/// How long calls without a file may take.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How long a call with a file may take.
const UPLOAD_PATIENCE: Duration = Duration::from_mins(10);
/// Bytes that are read of a file at a time to take its digest.
const PIECE: u64 = 1 << 20;
/// Contents on a page of the list: the most it gives.
const PAGE: u64 = 20;
/// How often the list is read again because it changed meanwhile.
const READINGS: usize = 3;

const UPLOAD: &str = "alipay.open.file.upload";
/// Methods that act for a life account.
const CONTENTS: &str = "alipay.social.";
const FAMILY: &str = "alipay.social.base.contentlib.standardcontent";
/// Checks a text.
const DETECT: &str = "alipay.security.risk.content.detect";
/// Makes a code that opens a page of the mini-program.
const CODE: &str = "alipay.open.app.qrcode.create";
/// Publishes a short post.
pub const PUBLISH: &str = "alipay.social.base.contentlib.standardcontent.publish";
/// Publishes a long article.
pub const PUBLISH_ARTICLE: &str = "alipay.social.base.lifeprod.standardcontent.publish";

/// Calls with one account.
#[derive(Debug, Clone)]
pub struct Client {
    pub account: Account,
    pub key: Arc<PrivateKey>,
    pub mode: Arc<Mode>,
    /// What contents are encrypted with, if they are.
    pub content_key: Option<ContentKey>,
}

/// A content as the platform shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Content {
    #[serde(rename = "content_id")]
    pub id: String,
    pub source_title: String,
    pub source_link: String,
    /// `0` in review, `1` published, `2` rejected, `3` deleted.
    pub source_status: String,
    pub source_media_infos: Vec<MediaInfo>,
    pub link: String,
}

/// A file of a content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MediaInfo {
    pub media_id: String,
}

pub fn drift(what: &str) -> ChannelError {
    ChannelError::new(
        ErrorClass::ProtocolDrift,
        format!("支付宝的回复里没有 {what}"),
    )
}

impl Client {
    fn common(&self, method: &str) -> BTreeMap<String, String> {
        let now = time::spelled(self.account.clock.now());
        let mut parameters: BTreeMap<String, String> = [
            ("app_id", self.account.setting("app_id", "")),
            ("method", method),
            ("charset", "utf-8"),
            ("format", "JSON"),
            ("sign_type", "RSA2"),
            ("timestamp", &now),
            ("version", "1.0"),
            ("app_auth_token", self.account.credential("app_auth_token")),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        if let Mode::Certificates(all) = &*self.mode {
            parameters.extend(all.numbers().map(|(name, sn)| (name.to_owned(), sn)));
        }
        // An empty parameter is left out of the signature there, so it is not sent.
        parameters.retain(|_, value| !value.is_empty());
        parameters
    }

    /// The address of a call with all common parameters; `signed` takes part in the signature from the body.
    pub fn address(
        &self,
        method: &str,
        signed: &[(&str, &str)],
    ) -> Result<reqwest::RequestBuilder, ChannelError> {
        let mut query = self.common(method);
        let mut all = query.clone();
        all.extend(
            signed
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let sign = self.key.sign(&sign::of_request(&all)).ok_or_else(|| {
            ChannelError::new(ErrorClass::Permission, "应用私钥不能签名，请检查账号设置")
        })?;
        query.insert("sign".to_owned(), sign);
        let url = self.account.setting("gateway_url", GATEWAY);
        Ok(self.account.http.post(url).query(&query))
    }

    pub fn evidence(&self, method: &str, body: String) -> Evidence {
        let url = self.account.setting("gateway_url", GATEWAY);
        Evidence {
            request: format!("POST {url}?method={method}"),
            body,
            request_id_header: Some("trace_id"),
        }
    }

    /// Calls a method; `commit`: readers see what it does.
    pub async fn call(
        &self,
        host: &dyn StepHost,
        method: &str,
        mut content: Value,
        commit: bool,
    ) -> Result<Value, ChannelError> {
        let public_id = self.account.setting("public_id", "");
        if !public_id.is_empty() && method.starts_with(CONTENTS) {
            content["public_id"] = public_id.into();
        }
        let content = content.to_string();
        let sealed = self.content_key.as_ref().map(|key| key.seal(&content));
        let form = match &sealed {
            Some(sealed) => vec![("biz_content", sealed.as_str()), ("encrypt_type", "AES")],
            None => vec![("biz_content", content.as_str())],
        };
        let request = self.address(method, &form)?.timeout(PATIENCE).form(&form);
        let evidence = self.evidence(method, content.clone());
        let answer = http::send(host, request, evidence).await?;
        self.read(host, &answer, method, commit).await
    }

    /// Uploads a file for posts; its id. The digest goes with it, so a damaged file is refused.
    pub async fn upload(&self, host: &dyn StepHost, media: &Media) -> Result<String, ChannelError> {
        let mut digest = Md5::new();
        let mut at = 0;
        while at < media.size_bytes {
            let to = (at + PIECE).min(media.size_bytes);
            digest.update(host.read_media(media, at, to).await?);
            at = to;
        }
        let digest = hex::encode(digest.finalize());
        let fields = [("biz_code", "content_creation"), ("md5", digest.as_str())];
        let (body, feed) = http::streamed(host, media, 0..media.size_bytes);
        let part = http::file_part(body, media.size_bytes, http::file_name(media), media)?;
        let form = fields
            .iter()
            .fold(Form::new(), |form, (name, value)| {
                form.text((*name).to_owned(), (*value).to_owned())
            })
            .part("file_content", part);
        let request = self
            .address(UPLOAD, &fields)?
            .timeout(UPLOAD_PATIENCE)
            .multipart(form);
        let shown = format!("{}, {} bytes, md5 {digest}", media.mime, media.size_bytes);
        let evidence = self.evidence(UPLOAD, shown);
        let answer = http::fed(http::send(host, request, evidence), feed).await?;
        let node = self.read(host, &answer, UPLOAD, false).await?;
        let id = node["file_id"].as_str().filter(|id| !id.is_empty());
        id.map(ToOwned::to_owned).ok_or_else(|| drift("file_id"))
    }

    /// Uploads file after file, from where an earlier try stopped; their ids in order. What was uploaded for a call that may
    /// have arrived is not used for another.
    pub async fn upload_all<'m>(
        &self,
        ctx: &mut StepContext<'_>,
        files: impl Iterator<Item = &'m Media>,
    ) -> Result<Vec<String>, ChannelError> {
        // What an earlier try left that is no list of ids is uploaded again.
        let mut ids: Vec<String> = serde_json::from_value(ctx.handle.clone()).unwrap_or_default();
        for media in files.skip(ids.len()) {
            ids.push(self.upload(ctx.host, media).await?);
            ctx.save_handle(json!(ids)).await?;
        }
        Ok(ids)
    }

    /// Publishes; the id of the content, and a warning that came with it.
    pub async fn publish(
        &self,
        host: &dyn StepHost,
        method: &str,
        content: Value,
    ) -> Result<(String, Option<String>), ChannelError> {
        let node = self.call(host, method, content, true).await?;
        let id = node["content_id"].as_str().filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| drift("content_id"))?;
        let warning = node["extra_msg"].as_str().filter(|text| !text.is_empty());
        Ok((id.to_owned(), warning.map(ToOwned::to_owned)))
    }

    /// The words of a text that the platform objects to; `None` when it objects to nothing.
    pub async fn detect(
        &self,
        host: &dyn StepHost,
        text: &str,
    ) -> Result<Option<Vec<String>>, ChannelError> {
        // Quotation marks and control characters are to be kept out of it (content.detect).
        let plain = |character: &char| !character.is_control() && !['"', '\''].contains(character);
        let text: String = text.chars().filter(plain).collect();
        let node = self
            .call(host, DETECT, json!({ "content": text }), false)
            .await?;
        match node["action"].as_str() {
            Some("PASSED") => Ok(None),
            Some("REJECTED") => Ok(Some(match &node["keywords"] {
                Value::Array(words) => words
                    .iter()
                    .filter_map(Value::as_str)
                    .map(ToOwned::to_owned)
                    .collect(),
                Value::String(words) => vec![words.clone()],
                _ => Vec::new(),
            })),
            _ => Err(drift("action")),
        }
    }

    /// A code that opens a page of the mini-program: the platform tells where its picture lies.
    pub async fn code(&self, host: &dyn StepHost, content: Value) -> Result<Bytes, ChannelError> {
        let node = self.call(host, CODE, content, false).await?;
        let url = node["qr_code_url"].as_str();
        let url = url.ok_or_else(|| drift("qr_code_url"))?;
        let request = self.account.http.get(url).timeout(PATIENCE);
        let evidence = Evidence {
            request: format!("GET {url}"),
            ..Evidence::default()
        };
        let answer = http::send(host, request, evidence).await?;
        if answer.status == 200 {
            return Ok(answer.body);
        }
        Err(ChannelError {
            http_status: Some(answer.status),
            ..ChannelError::new(ErrorClass::ChannelDown, "支付宝的小程序码没有取到")
        })
    }

    /// A content; `None` when the platform has none of this id.
    pub async fn find(
        &self,
        host: &dyn StepHost,
        content_id: &str,
    ) -> Result<Option<Content>, ChannelError> {
        let content = json!({ "content_id": content_id });
        match self
            .call(host, &format!("{FAMILY}.query"), content, false)
            .await
        {
            Ok(node) => serde_json::from_value(node)
                .map(Some)
                .map_err(|_| drift("content")),
            Err(error) if error.code.as_deref() == Some(error::NOT_FOUND) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a content: what is gone already is deleted.
    pub async fn delete(&self, host: &dyn StepHost, content_id: &str) -> Result<(), ChannelError> {
        let content = json!({ "content_id": content_id });
        match self
            .call(host, &format!("{FAMILY}.delete"), content, true)
            .await
        {
            Err(error) if error.code.as_deref() == Some(error::NOT_FOUND) => Ok(()),
            other => other.map(drop),
        }
    }

    /// One page of the list, and how many contents there are.
    pub async fn page(
        &self,
        host: &dyn StepHost,
        number: u64,
    ) -> Result<(Vec<Content>, u64), ChannelError> {
        let content = json!({ "page_num": number, "page_size": PAGE, "need_detail": true });
        let node = self
            .call(host, &format!("{FAMILY}.batchquery"), content, false)
            .await?;
        let total = node["total"].as_u64().ok_or_else(|| drift("total"))?;
        let details = match &node["content_details"] {
            Value::Null => Vec::new(),
            details => Vec::deserialize(details).map_err(|_| drift("content_details"))?,
        };
        Ok((details, total))
    }

    /// Everything that the account published. A content that comes in between shifts the pages, so a list that grew while
    /// it was read is read again.
    pub async fn list(&self, host: &dyn StepHost) -> Result<Vec<Content>, ChannelError> {
        let mut all: Vec<Content> = Vec::new();
        for _ in 0..READINGS {
            let (first, total) = self.page(host, 1).await?;
            let mut last_total = total;
            let mut add = |page: Vec<Content>| {
                for content in page {
                    if all.iter().all(|known| known.id != content.id) {
                        all.push(content);
                    }
                }
            };
            add(first);
            for number in 2..=total.div_ceil(PAGE) {
                let (page, total) = self.page(host, number).await?;
                add(page);
                last_total = total;
            }
            if last_total == total {
                break;
            }
        }
        Ok(all)
    }
}
