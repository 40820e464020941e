//! One function for each call to Baidu.

use reqwest::multipart::Form;
use serde_json::Value;

use super::{
    error::{self, Endpoint},
    wire::Reply,
};
use crate::channels::{
    Account, ChannelError, ErrorClass, Media, StepHost,
    http::{self, Evidence},
};

/// The header that holds Baidu's id of a call.
const TRACE: Option<&str> = Some("x-b3-traceid");
/// The documented patience: connect in 3 s, read in 15 s.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(15);

/// Calls with one account.
#[derive(Debug, Clone)]
pub struct Client {
    pub account: Account,
}

/// What the push interface answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pushed {
    /// Pushes left today, if it said so.
    pub remain: Option<i64>,
    /// Addresses accepted.
    pub success: i64,
}

impl Client {
    fn openapi(&self, path: &str) -> String {
        format!(
            "{}{path}",
            self.account
                .setting("openapi_url", "https://openapi.baidu.com")
        )
    }

    /// A token of the application itself (develop/serverapi/power_exp).
    pub async fn token(&self, host: &dyn StepHost) -> Result<(String, i64), ChannelError> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.account.setting("app_key", "")),
            ("client_secret", self.account.credential("app_secret")),
            ("scope", "smartapp_snsapi_base"),
        ];
        let url = self.openapi("/oauth/2.0/token");
        let request = self.account.http.post(&url).timeout(PATIENCE).form(&form);
        let evidence = Evidence {
            request: format!("POST {url}"),
            body: "grant_type=client_credentials&…".into(),
            request_id_header: TRACE,
        };
        let reply = error::read(Endpoint::Token, &http::send(host, request, evidence).await?)?;
        let life = reply.expires_in.filter(|life| *life > 0);
        match (reply.access_token.filter(|token| !token.is_empty()), life) {
            (Some(token), Some(life)) => Ok((token, life)),
            _ => Err(ChannelError::new(
                ErrorClass::ProtocolDrift,
                "百度没有给出令牌",
            )),
        }
    }

    /// Submits paths for natural search (introduction/rank_api).
    pub async fn submit_paths(
        &self,
        host: &dyn StepHost,
        token: &str,
        paths: &[&str],
        speed: u8,
    ) -> Result<(), ChannelError> {
        let form = [("type", speed.to_string()), ("url_list", paths.join(","))];
        self.post(
            host,
            token,
            "/rest/2.0/smartapp/access/submitsitemap/api",
            Endpoint::Search,
            &form,
        )
        .await
        .map(|_| ())
    }

    /// Submits or changes one material (develop/serverapi/submitresource).
    pub async fn submit_resource(
        &self,
        host: &dyn StepHost,
        token: &str,
        form: &[(&str, String)],
    ) -> Result<(), ChannelError> {
        self.post(
            host,
            token,
            "/rest/2.0/smartapp/access/submitresource",
            Endpoint::Feed,
            form,
        )
        .await
        .map(|_| ())
    }

    /// Takes one material down for ever (develop/serverapi/deleteresource).
    pub async fn delete_resource(
        &self,
        host: &dyn StepHost,
        token: &str,
        path: &str,
    ) -> Result<(), ChannelError> {
        let form = [("path", path.to_owned())];
        self.post(
            host,
            token,
            "/rest/2.0/smartapp/access/deleteresource",
            Endpoint::Feed,
            &form,
        )
        .await
        .map(|_| ())
    }

    /// Asks what is wrong with a text (riskDetection/v2/syncCheckText); the answer has an opinion for each type.
    pub async fn check_text(
        &self,
        host: &dyn StepHost,
        token: &str,
        body: &Value,
    ) -> Result<Value, ChannelError> {
        let url = self.openapi("/rest/2.0/smartapp/riskDetection/v2/syncCheckText");
        let request = self
            .account
            .http
            .post(&url)
            .timeout(PATIENCE)
            .query(&[("access_token", token)])
            .json(body);
        let evidence = Evidence {
            request: format!("POST {url}?access_token=…"),
            body: body.to_string(),
            request_id_header: TRACE,
        };
        let answer = http::send(host, request, evidence).await?;
        Ok(error::read(Endpoint::Safety, &answer)?.data)
    }

    /// Asks what is wrong with a picture (riskDetection/v2/syncCheckImage); the answer has an opinion for each type.
    pub async fn check_picture(
        &self,
        host: &dyn StepHost,
        token: &str,
        picture: &Media,
        types: &str,
    ) -> Result<Value, ChannelError> {
        let bytes = host.open_media(picture).await?;
        let name = http::file_name(picture);
        let part = http::file_part(bytes, picture.size_bytes, name, picture)?;
        let form = Form::new()
            .text("type", types.to_owned())
            .part("image", part);
        let url = self.openapi("/file/2.0/smartapp/riskDetection/v2/syncCheckImage");
        let request = self
            .account
            .http
            .post(&url)
            .timeout(PATIENCE)
            .query(&[("access_token", token)])
            .multipart(form);
        let evidence = Evidence {
            request: format!("POST {url}?access_token=…"),
            body: format!(
                "type={types}&image: {}, {} bytes",
                picture.mime, picture.size_bytes
            ),
            request_id_header: TRACE,
        };
        let answer = http::send(host, request, evidence).await?;
        Ok(error::read(Endpoint::Safety, &answer)?.data)
    }

    /// The token goes in the query and nowhere else; all fields go in the body (develop/serverapi/faq).
    async fn post(
        &self,
        host: &dyn StepHost,
        token: &str,
        path: &str,
        endpoint: Endpoint,
        form: &[(&str, String)],
    ) -> Result<Reply, ChannelError> {
        let url = self.openapi(path);
        let body = form
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("&");
        let request = self
            .account
            .http
            .post(&url)
            .timeout(PATIENCE)
            .query(&[("access_token", token)])
            .form(form);
        let evidence = Evidence {
            request: format!("POST {url}?access_token=…"),
            body,
            request_id_header: TRACE,
        };
        error::read(endpoint, &http::send(host, request, evidence).await?)
    }

    /// Pushes, changes or deletes web addresses (ziyuan.baidu.com); `action` is `urls`, `update` or `del`. `is_fast`: to
    /// the fast index.
    pub async fn push(
        &self,
        host: &dyn StepHost,
        action: &str,
        is_fast: bool,
        lines: &[&str],
    ) -> Result<Pushed, ChannelError> {
        let base = self.account.setting("push_url", "http://data.zz.baidu.com");
        let site = self.account.setting("site", "");
        let token = self.account.credential("push_token");
        if site.is_empty() || token.is_empty() {
            return Err(ChannelError::new(
                ErrorClass::Permission,
                "这个账号没有填写站点和推送 token，不能推送网址",
            ));
        }
        let body = lines.join("\n");
        let mut query = vec![("site", site), ("token", token)];
        if is_fast {
            query.push(("type", "daily"));
        }
        let request = self
            .account
            .http
            .post(format!("{base}/{action}"))
            .timeout(PATIENCE)
            .query(&query)
            .header("content-type", "text/plain")
            .body(body.clone());
        let kind = if is_fast { "&type=daily" } else { "" };
        let evidence = Evidence {
            request: format!("POST {base}/{action}?site={site}&token=…{kind}"),
            body,
            request_id_header: None,
        };
        let answer = http::send(host, request, evidence).await?;
        let reply = error::read(Endpoint::Website, &answer)?;
        let pushed = Pushed {
            remain: reply.remain,
            success: reply.success.unwrap_or(0),
        };
        if pushed.success == 0 && lines != ["*"] {
            let reason = if reply.not_same_site.is_empty() {
                "地址格式不对"
            } else {
                "地址不属于验证过的站点"
            };
            return Err(ChannelError {
                field: Some("canonical".into()),
                ..ChannelError::new(ErrorClass::Validation, format!("百度没有接收：{reason}"))
            });
        }
        Ok(pushed)
    }

    /// Reads our own page, as Baidu's crawler will.
    pub async fn read_page(
        &self,
        host: &dyn StepHost,
        url: &str,
    ) -> Result<http::Answer, ChannelError> {
        let request = self.account.http.get(url).timeout(PATIENCE);
        http::send(
            host,
            request,
            Evidence {
                request: format!("GET {url}"),
                ..Evidence::default()
            },
        )
        .await
    }
}
