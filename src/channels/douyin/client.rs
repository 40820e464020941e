//! One function for each call to Douyin. The token goes in the header, `open_id` in the query.

use std::{ops::Range, time::Duration};

use reqwest::multipart::{Form, Part};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    error,
    wire::{Grant, Work, WorkPage},
};
use crate::channels::{
    Account, ChannelError, ErrorClass, Media, StepHost, Tokens,
    http::{self, Evidence},
};

/// How long calls without a file may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a call with a file, or a part of one, may take.
const UPLOAD_PATIENCE: Duration = Duration::from_mins(10);
/// Works on a page of the list.
const PAGE: u32 = 20;

/// Calls with one account.
#[derive(Debug, Clone)]
pub struct Client {
    pub account: Account,
}

/// A file, or a part of one, that is read from storage while it is sent.
#[derive(Debug, Clone)]
pub struct Piece<'a> {
    pub media: &'a Media,
    pub range: Range<u64>,
}

impl<'a> Piece<'a> {
    /// The whole file.
    pub const fn whole(media: &'a Media) -> Self {
        Self {
            media,
            range: 0..media.size_bytes,
        }
    }
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
        let base = self.account.setting("base_url", "https://open.douyin.com");
        format!("{}{path}", base.trim_end_matches('/'))
    }

    /// Whose account it is: as the grant says, else as it was connected.
    fn open_id<'a>(&'a self, tokens: &'a Tokens) -> &'a str {
        let known = tokens.external_id.as_deref();
        known
            .or(self.account.external_id.as_deref())
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
        let answer = http::send(host, request, evidence).await?;
        take(&error::read(&answer, false)?, "/data")
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

    /// A token of the application: the same for everybody who asks within its life, so that processes do not end each
    /// other's.
    pub async fn client_token(&self, host: &dyn StepHost) -> Result<String, ChannelError> {
        let url = self.url("/oauth/stable_client_token/");
        let body = json!({
            "client_key": self.account.setting("client_key", ""),
            "client_secret": self.account.credential("client_secret"),
            "grant_type": "client_credential",
        });
        let request = self.account.http.post(&url).timeout(PATIENCE).json(&body);
        let evidence = Evidence {
            request: format!("POST {url}"),
            body: "grant_type=client_credential&…".to_owned(),
            request_id_header: None,
        };
        let answer = http::send(host, request, evidence).await?;
        let body = error::read(&answer, false).map_err(|error| ChannelError {
            // For this call the code says "too often", not "renewals are spent".
            class: if error::is_one_of(&error, &[error::RENEWALS_SPENT]) {
                ErrorClass::RateLimited
            } else {
                error.class
            },
            ..error
        })?;
        take(&body, "/data/access_token")
    }

    /// Reads something with a token of the application.
    async fn read_as_app(
        &self,
        host: &dyn StepHost,
        token: &str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, ChannelError> {
        let url = self.url(path);
        let request = self
            .account
            .http
            .get(&url)
            .timeout(PATIENCE)
            .header("access-token", token)
            .query(query);
        let evidence = Evidence {
            request: format!("GET {url}"),
            ..Evidence::default()
        };
        error::read(&http::send(host, request, evidence).await?, false)
    }

    /// Makes a call with a token of the application.
    pub async fn call_as_app(
        &self,
        host: &dyn StepHost,
        token: &str,
        path: &str,
        body: &Value,
        commit: bool,
    ) -> Result<Value, ChannelError> {
        let url = self.url(path);
        let request = self
            .account
            .http
            .post(&url)
            .timeout(PATIENCE)
            .header("access-token", token)
            .json(body);
        let evidence = Evidence {
            request: format!("POST {url}"),
            body: body.to_string(),
            request_id_header: None,
        };
        error::read(&http::send(host, request, evidence).await?, commit)
    }

    /// The HTTP status of a page of ours.
    pub async fn page_status(&self, host: &dyn StepHost, url: &str) -> Result<u16, ChannelError> {
        let request = self.account.http.get(url).timeout(PATIENCE);
        let evidence = Evidence {
            request: format!("GET {url}"),
            ..Evidence::default()
        };
        Ok(http::send(host, request, evidence).await?.status)
    }

    /// What signs a link, for two hours.
    pub async fn ticket(&self, host: &dyn StepHost, token: &str) -> Result<String, ChannelError> {
        let body = self
            .read_as_app(host, token, "/open/getticket/", &[])
            .await?;
        take(&body, "/data/ticket")
    }

    /// An id that comes back with what somebody publishes from a link.
    pub async fn share_id(&self, host: &dyn StepHost, token: &str) -> Result<String, ChannelError> {
        let query = [("need_callback", "true")];
        let body = self.read_as_app(host, token, "/share-id/", &query).await?;
        take(&body, "/data/share_id")
    }

    fn post(
        &self,
        tokens: &Tokens,
        path: &str,
        query: &[(&str, String)],
    ) -> reqwest::RequestBuilder {
        self.account
            .http
            .post(self.url(path))
            .header("access-token", &tokens.access_token)
            .query(&[("open_id", self.open_id(tokens))])
            .query(query)
    }

    /// Sends a file as the one part of a form; it is read from storage as it goes out.
    async fn upload(
        &self,
        host: &dyn StepHost,
        path: &str,
        query: &[(&str, String)],
        name: &'static str,
        piece: &Piece<'_>,
    ) -> Result<Value, ChannelError> {
        let tokens = host.token(None).await?;
        let (media, length) = (piece.media, piece.range.end - piece.range.start);
        let (body, feed) = http::streamed(host, media, piece.range.clone());
        let part = Part::stream_with_length(body, length)
            .file_name(name)
            .mime_str(&media.mime)
            .map_err(|_| {
                let text = format!("{} is not a media type", media.mime);
                ChannelError::new(ErrorClass::Bug, text)
            })?;
        let request = self
            .post(&tokens, path, query)
            .timeout(UPLOAD_PATIENCE)
            .multipart(Form::new().part(name, part));
        let evidence = Evidence {
            request: format!("POST {}", self.url(path)),
            body: format!("multipart {name}: {}, {length} bytes", media.mime),
            request_id_header: None,
        };
        let answer = http::fed(http::send(host, request, evidence), feed).await?;
        error::read(&answer, false)
    }

    /// Makes a call with a user's token that has no file.
    async fn call(
        &self,
        host: &dyn StepHost,
        path: &str,
        query: &[(&str, String)],
        body: Option<&Value>,
        commit: bool,
    ) -> Result<Value, ChannelError> {
        let tokens = host.token(None).await?;
        let mut request = self.post(&tokens, path, query).timeout(PATIENCE);
        if let Some(body) = body {
            request = request.json(body);
        }
        let evidence = Evidence {
            request: format!("POST {}", self.url(path)),
            body: body.map_or_else(|| "(no body)".to_owned(), ToString::to_string),
            request_id_header: None,
        };
        error::read(&http::send(host, request, evidence).await?, commit)
    }

    async fn read(
        &self,
        host: &dyn StepHost,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, ChannelError> {
        let tokens = host.token(None).await?;
        let url = self.url(path);
        let request = self
            .account
            .http
            .get(&url)
            .timeout(PATIENCE)
            .header("access-token", &tokens.access_token)
            .query(&[("open_id", self.open_id(&tokens))])
            .query(query);
        let shown: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let evidence = Evidence {
            request: format!("GET {url}?{}", shown.join("&")),
            ..Evidence::default()
        };
        error::read(&http::send(host, request, evidence).await?, false)
    }

    /// Uploads a cover; an unused one is only garbage.
    pub async fn upload_image(
        &self,
        host: &dyn StepHost,
        piece: &Piece<'_>,
    ) -> Result<String, ChannelError> {
        let path = "/api/douyin/v1/video/upload_image/";
        let body = self.upload(host, path, &[], "image", piece).await?;
        take(&body, "/data/image/image_id")
    }

    /// Uploads a video in one call.
    pub async fn upload_video(
        &self,
        host: &dyn StepHost,
        piece: &Piece<'_>,
    ) -> Result<String, ChannelError> {
        let path = "/api/douyin/v1/video/upload_video/";
        let body = self.upload(host, path, &[], "video", piece).await?;
        take(&body, "/data/video/video_id")
    }

    /// Starts an upload in parts; the id lives two hours.
    pub async fn init_parts(&self, host: &dyn StepHost) -> Result<String, ChannelError> {
        let path = "/api/douyin/v1/video/init_video_part_upload/";
        let body = self.call(host, path, &[], None, false).await?;
        take(&body, "/data/upload_id")
    }

    /// Uploads one part, numbered from 1.
    pub async fn upload_part(
        &self,
        host: &dyn StepHost,
        upload_id: &str,
        number: u64,
        piece: &Piece<'_>,
    ) -> Result<(), ChannelError> {
        let path = "/api/douyin/v1/video/upload_video_part/";
        let query = [
            ("upload_id", upload_id.to_owned()),
            ("part_number", number.to_string()),
        ];
        self.upload(host, path, &query, "video", piece)
            .await
            .map(|_| ())
    }

    /// Ends an upload in parts.
    pub async fn complete_parts(
        &self,
        host: &dyn StepHost,
        upload_id: &str,
    ) -> Result<String, ChannelError> {
        let path = "/api/douyin/v1/video/complete_video_part_upload/";
        let query = [("upload_id", upload_id.to_owned())];
        let body = self.call(host, path, &query, None, false).await?;
        take(&body, "/data/video/video_id")
    }

    /// Makes a work of an uploaded video. There is no idempotency key: this call must never be repeated blindly.
    pub async fn create_video(
        &self,
        host: &dyn StepHost,
        body: &Value,
    ) -> Result<String, ChannelError> {
        let path = "/api/douyin/v1/video/create_video/";
        self.create(host, path, body).await
    }

    /// Makes a work of uploaded pictures, under the same caution.
    pub async fn create_image_text(
        &self,
        host: &dyn StepHost,
        body: &Value,
    ) -> Result<String, ChannelError> {
        let path = "/api/douyin/v1/video/create_image_text/";
        self.create(host, path, body).await
    }

    async fn create(
        &self,
        host: &dyn StepHost,
        path: &str,
        body: &Value,
    ) -> Result<String, ChannelError> {
        let body = self.call(host, path, &[], Some(body), true).await?;
        // Accepted without an id is accepted all the same: look before doing anything else.
        take(&body, "/data/item_id").map_err(|error: ChannelError| ChannelError {
            class: ErrorClass::SentUnknown,
            ..error
        })
    }

    /// Works of the user, newest first but for pinned ones.
    pub async fn video_list(
        &self,
        host: &dyn StepHost,
        cursor: i64,
    ) -> Result<WorkPage, ChannelError> {
        let (cursor, count) = (cursor.to_string(), PAGE.to_string());
        let query = [("cursor", cursor.as_str()), ("count", count.as_str())];
        let path = "/api/douyin/v1/video/video_list/";
        let body = self.read(host, path, &query).await?;
        WorkPage::read(&body).ok_or_else(|| drift("/data/list"))
    }

    /// One work by its id.
    pub async fn video_data(
        &self,
        host: &dyn StepHost,
        item_id: &str,
    ) -> Result<Option<Work>, ChannelError> {
        let path = "/api/douyin/v1/video/video_data/";
        let body = json!({ "item_ids": [item_id] });
        let body = self.call(host, path, &[], Some(&body), false).await?;
        let page = WorkPage::read(&body).ok_or_else(|| drift("/data/list"))?;
        Ok(page.works.into_iter().next())
    }

    /// Totals of one work: plays, likes, comments, shares (only works of the last 30 days, from the day after).
    pub async fn totals(&self, host: &dyn StepHost, item_id: &str) -> Result<Value, ChannelError> {
        let path = "/data/external/item/base/";
        let body = self.read(host, path, &[("item_id", item_id)]).await?;
        take(&body, "/data/result")
    }
}
