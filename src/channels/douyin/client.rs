//! One function for each call to Douyin. The token goes in the header, `open_id` in the query.

use std::time::Duration;

use bytes::Bytes;
use reqwest::multipart::{Form, Part};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    error,
    wire::{Grant, Work},
};
use crate::channels::{
    Account, ChannelError, ErrorClass, StepHost,
    http::{self, Evidence},
};

/// How long calls without a file may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a part of a file may take.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(110);
/// Works on a page of the list.
const PAGE: u32 = 20;

/// Calls with one account.
#[derive(Debug, Clone)]
pub struct Client {
    pub account: Account,
}

/// A page of the list of works.
#[derive(Debug, Clone, Default)]
pub struct WorkPage {
    pub works: Vec<Work>,
    pub cursor: i64,
    pub has_more: bool,
}

fn drift(what: &str) -> ChannelError {
    ChannelError::new(
        ErrorClass::ProtocolDrift,
        format!("抖音的回复里没有 {what}"),
    )
}

fn take<T: DeserializeOwned>(body: &Value, place: &str) -> Result<T, ChannelError> {
    body.pointer(place)
        .cloned()
        .and_then(|value| serde_json::from_value(value).ok())
        .ok_or_else(|| drift(place))
}

impl Client {
    fn url(&self, path: &str) -> String {
        format!(
            "{}{path}",
            self.account.setting("base_url", "https://open.douyin.com")
        )
    }

    fn open_id(&self) -> &str {
        self.account
            .external_id
            .as_deref()
            .unwrap_or_else(|| self.account.setting("open_id", ""))
    }

    async fn oauth(
        &self,
        host: &dyn StepHost,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Grant, ChannelError> {
        let url = self.url(path);
        let request = self.account.http.post(&url).timeout(PATIENCE).form(form);
        let kind = form
            .iter()
            .find(|(name, _)| *name == "grant_type")
            .map_or("", |(_, value)| value);
        let evidence = Evidence {
            request: format!("POST {url}"),
            body: format!("grant_type={kind}&…"),
            request_id_header: None,
        };
        let mut answer = http::send(host, request, evidence).await?;
        let body = error::read(&answer, false)?;
        answer.body = Bytes::new();
        take(&body, "/data")
    }

    /// Turns an authorisation code into tokens.
    pub async fn exchange_code(
        &self,
        host: &dyn StepHost,
        code: &str,
    ) -> Result<Grant, ChannelError> {
        let form = [
            ("client_key", self.account.setting("client_key", "")),
            ("client_secret", self.account.credential("client_secret")),
            ("code", code),
            ("grant_type", "authorization_code"),
        ];
        self.oauth(host, "/oauth/access_token/", &form).await
    }

    /// Extends the access token; the refresh token stays the same.
    pub async fn refresh_token(
        &self,
        host: &dyn StepHost,
        refresh_token: &str,
    ) -> Result<Grant, ChannelError> {
        let form = [
            ("client_key", self.account.setting("client_key", "")),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        self.oauth(host, "/oauth/refresh_token/", &form).await
    }

    /// Extends the refresh token itself; five times at most.
    pub async fn renew_refresh_token(
        &self,
        host: &dyn StepHost,
        refresh_token: &str,
    ) -> Result<Grant, ChannelError> {
        let form = [
            ("client_key", self.account.setting("client_key", "")),
            ("refresh_token", refresh_token),
        ];
        self.oauth(host, "/oauth/renew_refresh_token/", &form).await
    }

    fn post(&self, token: &str, path: &str, query: &[(&str, String)]) -> reqwest::RequestBuilder {
        self.account
            .http
            .post(self.url(path))
            .header("access-token", token)
            .query(&[("open_id", self.open_id())])
            .query(query)
    }

    async fn upload(
        &self,
        host: &dyn StepHost,
        token: &str,
        path: &str,
        query: &[(&str, String)],
        part: Option<(&'static str, &str, Bytes)>,
    ) -> Result<Value, ChannelError> {
        let mut request = self.post(token, path, query).timeout(UPLOAD_PATIENCE);
        let mut said = "(no body)".to_owned();
        if let Some((name, mime, bytes)) = part {
            said = format!("multipart {name}: {mime}, {} bytes", bytes.len());
            let length = bytes.len() as u64;
            let part = Part::stream_with_length(reqwest::Body::from(bytes), length)
                .file_name(name)
                .mime_str(mime)
                .map_err(|_| {
                    ChannelError::new(ErrorClass::Bug, format!("{mime} is not a media type"))
                })?;
            request = request.multipart(Form::new().part(name, part));
        }
        let evidence = Evidence {
            request: format!("POST {}", self.url(path)),
            body: said,
            request_id_header: None,
        };
        error::read(&http::send(host, request, evidence).await?, false)
    }

    /// Uploads a cover; an unused one is only garbage.
    pub async fn upload_image(
        &self,
        host: &dyn StepHost,
        token: &str,
        mime: &str,
        bytes: Bytes,
    ) -> Result<String, ChannelError> {
        let body = self
            .upload(
                host,
                token,
                "/api/douyin/v1/video/upload_image/",
                &[],
                Some(("image", mime, bytes)),
            )
            .await?;
        take(&body, "/data/image/image_id")
    }

    /// Uploads a video in one call.
    pub async fn upload_video(
        &self,
        host: &dyn StepHost,
        token: &str,
        mime: &str,
        bytes: Bytes,
    ) -> Result<String, ChannelError> {
        let body = self
            .upload(
                host,
                token,
                "/api/douyin/v1/video/upload_video/",
                &[],
                Some(("video", mime, bytes)),
            )
            .await?;
        take(&body, "/data/video/video_id")
    }

    /// Starts an upload in parts; the id lives two hours.
    pub async fn init_parts(
        &self,
        host: &dyn StepHost,
        token: &str,
    ) -> Result<String, ChannelError> {
        let body = self
            .upload(
                host,
                token,
                "/api/douyin/v1/video/init_video_part_upload/",
                &[],
                None,
            )
            .await?;
        take(&body, "/data/upload_id")
    }

    /// Uploads one part, numbered from 1.
    pub async fn upload_part(
        &self,
        host: &dyn StepHost,
        token: &str,
        upload_id: &str,
        number: u64,
        mime: &str,
        bytes: Bytes,
    ) -> Result<(), ChannelError> {
        let query = [
            ("upload_id", upload_id.to_owned()),
            ("part_number", number.to_string()),
        ];
        self.upload(
            host,
            token,
            "/api/douyin/v1/video/upload_video_part/",
            &query,
            Some(("video", mime, bytes)),
        )
        .await
        .map(|_| ())
    }

    /// Ends an upload in parts.
    pub async fn complete_parts(
        &self,
        host: &dyn StepHost,
        token: &str,
        upload_id: &str,
    ) -> Result<String, ChannelError> {
        let query = [("upload_id", upload_id.to_owned())];
        let body = self
            .upload(
                host,
                token,
                "/api/douyin/v1/video/complete_video_part_upload/",
                &query,
                None,
            )
            .await?;
        take(&body, "/data/video/video_id")
    }

    /// Makes the post. There is no idempotency key: this is the call that must never be repeated blindly.
    pub async fn create_video(
        &self,
        host: &dyn StepHost,
        token: &str,
        body: &Value,
    ) -> Result<String, ChannelError> {
        let path = "/api/douyin/v1/video/create_video/";
        let request = self.post(token, path, &[]).timeout(PATIENCE).json(body);
        let evidence = Evidence {
            request: format!("POST {}", self.url(path)),
            body: body.to_string(),
            request_id_header: None,
        };
        let body = error::read(&http::send(host, request, evidence).await?, true)?;
        // Accepted without an id is accepted all the same: look before doing anything else.
        take(&body, "/data/item_id").map_err(|error: ChannelError| ChannelError {
            class: ErrorClass::SentUnknown,
            ..error
        })
    }

    /// Works of the user, newest first.
    pub async fn video_list(
        &self,
        host: &dyn StepHost,
        token: &str,
        cursor: i64,
    ) -> Result<WorkPage, ChannelError> {
        let url = self.url("/api/douyin/v1/video/video_list/");
        let request = self
            .account
            .http
            .get(&url)
            .timeout(PATIENCE)
            .header("access-token", token)
            .query(&[
                ("open_id", self.open_id().to_owned()),
                ("cursor", cursor.to_string()),
                ("count", PAGE.to_string()),
            ]);
        let evidence = Evidence {
            request: format!("GET {url}?cursor={cursor}"),
            ..Evidence::default()
        };
        let body = error::read(&http::send(host, request, evidence).await?, false)?;
        Ok(WorkPage {
            works: take(&body, "/data/list")?,
            cursor: body
                .pointer("/data/cursor")
                .and_then(super::wire::number)
                .unwrap_or_default(),
            has_more: body
                .pointer("/data/has_more")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        })
    }

    /// One work by its id.
    pub async fn video_data(
        &self,
        host: &dyn StepHost,
        token: &str,
        item_id: &str,
    ) -> Result<Option<Work>, ChannelError> {
        let path = "/api/douyin/v1/video/video_data/";
        let body = json!({ "item_ids": [item_id] });
        let request = self.post(token, path, &[]).timeout(PATIENCE).json(&body);
        let evidence = Evidence {
            request: format!("POST {}", self.url(path)),
            body: body.to_string(),
            request_id_header: None,
        };
        let body = error::read(&http::send(host, request, evidence).await?, false)?;
        Ok(take::<Vec<Work>>(&body, "/data/list")?.into_iter().next())
    }

    /// Totals of one work: plays, likes, comments, shares (only works of the last 30 days, from the day after).
    pub async fn statistics(
        &self,
        host: &dyn StepHost,
        token: &str,
        item_id: &str,
    ) -> Result<Value, ChannelError> {
        let url = self.url("/data/external/item/base/");
        let request = self
            .account
            .http
            .get(&url)
            .timeout(PATIENCE)
            .header("access-token", token)
            .query(&[("open_id", self.open_id()), ("item_id", item_id)]);
        let evidence = Evidence {
            request: format!("GET {url}?item_id={item_id}"),
            ..Evidence::default()
        };
        let body = error::read(&http::send(host, request, evidence).await?, false)?;
        take(&body, "/data/result")
    }
}
