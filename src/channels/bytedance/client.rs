//! One function for each call that both platforms have. `open_id` goes in the query, the token where the dialect says.

use std::{ops::Range, time::Duration};

use reqwest::multipart::Form;
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
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How long a call may take that one can do without.
const SHORT_PATIENCE: Duration = Duration::from_secs(5);
/// How long a call with a file, or a part of one, may take.
const UPLOAD_PATIENCE: Duration = Duration::from_mins(10);
/// Works on a page of the list.
const PAGE: u32 = 20;

/// How a platform's calls differ from the other's.
#[derive(Debug)]
pub struct Dialect {
    /// The platform, as people read it.
    pub name: &'static str,
    /// Where it answers.
    pub base_url: &'static str,
    /// Calls for tokens are asked with GET and a query, not sent as a form.
    pub asks_for_tokens: bool,
    /// A user's token goes in the header `access-token`, not in the query.
    pub token_in_header: bool,
    /// The page on which a person grants something, and what it is asked for unless the account says otherwise.
    pub authorise: &'static str,
    pub scopes: &'static str,
    pub upload_video: &'static str,
    pub init_parts: &'static str,
    pub upload_part: &'static str,
    pub complete_parts: &'static str,
    pub create_video: &'static str,
    pub list: &'static str,
    pub data: &'static str,
}

/// Calls with one account.
#[derive(Debug, Clone)]
pub struct Client {
    pub account: Account,
    pub dialect: &'static Dialect,
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

impl Client {
    fn drift(&self, what: &str) -> ChannelError {
        let text = format!("{}的回复里没有 {what}", self.dialect.name);
        ChannelError::new(ErrorClass::ProtocolDrift, text)
    }

    /// A value of an answer.
    pub fn take<T: DeserializeOwned>(&self, body: &Value, place: &str) -> Result<T, ChannelError> {
        body.pointer(place)
            .cloned()
            .and_then(|value| serde_json::from_value(value).ok())
            .ok_or_else(|| self.drift(place))
    }

    /// The address of a call.
    pub fn url(&self, path: &str) -> String {
        let base = self.account.setting("base_url", self.dialect.base_url);
        format!("{}{path}", base.trim_end_matches('/'))
    }

    /// Makes a call and reads its answer; `commit` says whether a busy platform may have taken it.
    pub async fn send(
        &self,
        host: &dyn StepHost,
        request: reqwest::RequestBuilder,
        evidence: Evidence,
        commit: bool,
    ) -> Result<Value, ChannelError> {
        let answer = http::send(host, request, evidence).await?;
        error::read(self.dialect.name, &answer, commit)
    }

    /// Whose account it is: as the grant says, else as it was connected.
    fn open_id<'a>(&'a self, tokens: &'a Tokens) -> &'a str {
        let known = tokens.external_id.as_deref();
        known
            .or(self.account.external_id.as_deref())
            .unwrap_or_else(|| self.account.setting("open_id", ""))
    }

    /// Makes a call for tokens.
    pub async fn oauth(
        &self,
        host: &dyn StepHost,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Grant, ChannelError> {
        let (url, http) = (self.url(path), &self.account.http);
        let (method, request) = if self.dialect.asks_for_tokens {
            ("GET", http.get(&url).query(form))
        } else {
            ("POST", http.post(&url).form(form))
        };
        let kind = form
            .iter()
            .find(|(name, _)| *name == "grant_type")
            .map_or("", |(_, value)| value);
        let evidence = Evidence {
            request: format!("{method} {url}"),
            body: format!("grant_type={kind}&…"),
            request_id_header: None,
        };
        let request = request.timeout(PATIENCE);
        self.take(&self.send(host, request, evidence, false).await?, "/data")
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

    /// What the platform calls the person whose tokens these are.
    pub async fn nickname(
        &self,
        host: &dyn StepHost,
        tokens: &Tokens,
    ) -> Result<String, ChannelError> {
        let url = self.url("/oauth/userinfo/");
        let form = [
            ("open_id", self.open_id(tokens)),
            ("access_token", tokens.access_token.as_str()),
        ];
        // Nobody waits long for a name while tokens that are given once are in hand.
        let request = self
            .account
            .http
            .post(&url)
            .timeout(SHORT_PATIENCE)
            .form(&form);
        let evidence = Evidence {
            request: format!("POST {url}"),
            body: "open_id=…&access_token=…".to_owned(),
            request_id_header: None,
        };
        let answer = self.send(host, request, evidence, false).await?;
        self.take(&answer, "/data/nickname")
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

    fn with_token(
        &self,
        request: reqwest::RequestBuilder,
        tokens: &Tokens,
    ) -> reqwest::RequestBuilder {
        let token = &tokens.access_token;
        let request = request.query(&[("open_id", self.open_id(tokens))]);
        if self.dialect.token_in_header {
            request.header("access-token", token)
        } else {
            request.query(&[("access_token", token)])
        }
    }

    fn post(
        &self,
        tokens: &Tokens,
        path: &str,
        query: &[(&str, String)],
    ) -> reqwest::RequestBuilder {
        let request = self.account.http.post(self.url(path));
        self.with_token(request, tokens).query(query)
    }

    /// Sends a file as the one part of a form; it is read from storage as it goes out.
    pub async fn upload(
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
        let part = http::file_part(body, length, name, media)?;
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
        error::read(self.dialect.name, &answer, false)
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
        self.send(host, request, evidence, commit).await
    }

    /// Reads something with a user's token.
    pub async fn read(
        &self,
        host: &dyn StepHost,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, ChannelError> {
        let tokens = host.token(None).await?;
        let url = self.url(path);
        let request = self.account.http.get(&url).timeout(PATIENCE);
        let request = self.with_token(request, &tokens).query(query);
        let shown: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let evidence = Evidence {
            request: format!("GET {url}?{}", shown.join("&")),
            ..Evidence::default()
        };
        self.send(host, request, evidence, false).await
    }

    /// Uploads a video in one call.
    pub async fn upload_video(
        &self,
        host: &dyn StepHost,
        piece: &Piece<'_>,
    ) -> Result<String, ChannelError> {
        let path = self.dialect.upload_video;
        let body = self.upload(host, path, &[], "video", piece).await?;
        self.take(&body, "/data/video/video_id")
    }

    /// Starts an upload in parts; the id lives two hours.
    pub async fn init_parts(&self, host: &dyn StepHost) -> Result<String, ChannelError> {
        let path = self.dialect.init_parts;
        let body = self.call(host, path, &[], None, false).await?;
        self.take(&body, "/data/upload_id")
    }

    /// Uploads one part, numbered from 1.
    pub async fn upload_part(
        &self,
        host: &dyn StepHost,
        upload_id: &str,
        number: u64,
        piece: &Piece<'_>,
    ) -> Result<(), ChannelError> {
        let query = [
            ("upload_id", upload_id.to_owned()),
            ("part_number", number.to_string()),
        ];
        self.upload(host, self.dialect.upload_part, &query, "video", piece)
            .await
            .map(|_| ())
    }

    /// Ends an upload in parts.
    pub async fn complete_parts(
        &self,
        host: &dyn StepHost,
        upload_id: &str,
    ) -> Result<String, ChannelError> {
        let query = [("upload_id", upload_id.to_owned())];
        let path = self.dialect.complete_parts;
        let body = self.call(host, path, &query, None, false).await?;
        self.take(&body, "/data/video/video_id")
    }

    /// Makes a work of an uploaded video. There is no idempotency key: this call must never be repeated blindly.
    pub async fn create_video(
        &self,
        host: &dyn StepHost,
        body: &Value,
    ) -> Result<String, ChannelError> {
        self.create(host, self.dialect.create_video, body).await
    }

    /// Makes a work, under the same caution.
    pub async fn create(
        &self,
        host: &dyn StepHost,
        path: &str,
        body: &Value,
    ) -> Result<String, ChannelError> {
        let body = self.call(host, path, &[], Some(body), true).await?;
        // Accepted without an id is accepted all the same: look before doing anything else.
        self.take(&body, "/data/item_id")
            .map_err(|error: ChannelError| ChannelError {
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
        let body = self.read(host, self.dialect.list, &query).await?;
        WorkPage::read(&body).ok_or_else(|| self.drift("/data/list"))
    }

    /// One work by its id.
    pub async fn video_data(
        &self,
        host: &dyn StepHost,
        item_id: &str,
    ) -> Result<Option<Work>, ChannelError> {
        let body = json!({ "item_ids": [item_id] });
        let path = self.dialect.data;
        let body = self.call(host, path, &[], Some(&body), false).await?;
        let page = WorkPage::read(&body).ok_or_else(|| self.drift("/data/list"))?;
        Ok(page.works.into_iter().next())
    }
}
