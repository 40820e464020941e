//! One function for each call to WeChat. The token goes in the query; bodies are UTF-8 without escapes.

use std::time::Duration;

use chrono::NaiveDate;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use super::{error, mass::Audience};
use crate::channels::{
    Account, ChannelError, ErrorClass, Media, StepHost, Tokens,
    http::{self, Answer, Evidence},
};

/// How long calls without a file may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a call with a file may take.
const UPLOAD_PATIENCE: Duration = Duration::from_mins(2);
/// Entries on a page of any list.
pub const PAGE: usize = 20;

/// Calls with one account.
#[derive(Debug, Clone)]
pub struct Client {
    pub account: Account,
}

fn drift(what: &str) -> ChannelError {
    ChannelError::new(
        ErrorClass::ProtocolDrift,
        format!("微信的回复里没有 {what}"),
    )
}

/// A text of an answer; numbers are spelt out, as ids come in both shapes.
pub fn text(body: &Value, name: &str) -> Result<String, ChannelError> {
    match &body[name] {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(drift(name)),
    }
}

impl Client {
    fn url(&self, path: &str) -> String {
        let base = self
            .account
            .setting("base_url", "https://api.weixin.qq.com");
        format!("{}{path}", base.trim_end_matches('/'))
    }

    /// Fetches the token. All who ask within its life get the same; `force` replaces it.
    pub async fn token(&self, host: &dyn StepHost, force: bool) -> Result<Tokens, ChannelError> {
        let url = self.url("/cgi-bin/stable_token");
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.account.setting("app_id", ""),
            "secret": self.account.credential("app_secret"),
            "force_refresh": force,
        });
        let request = self.account.http.post(&url).timeout(PATIENCE).json(&body);
        let evidence = Evidence {
            request: format!("POST {url}"),
            body: format!("grant_type=client_credential&force_refresh={force}&…"),
            request_id_header: None,
        };
        let answer = http::send(host, request, evidence).await?;
        let body = error::read(&answer, false).map_err(|error| ChannelError {
            // Of this call, "invalid" speaks of the secret.
            class: match error.class {
                ErrorClass::AuthExpired => ErrorClass::AuthRevoked,
                class => class,
            },
            ..error
        })?;
        let life = body["expires_in"]
            .as_u64()
            .ok_or_else(|| drift("expires_in"))?;
        Ok(Tokens {
            access_token: text(&body, "access_token")?,
            expires_at: Some(self.account.clock.now().plus(Duration::from_secs(life))),
            ..Tokens::default()
        })
    }

    /// Makes a call that has no file.
    async fn call(
        &self,
        host: &dyn StepHost,
        path: &str,
        body: &Value,
        commit: bool,
    ) -> Result<Value, ChannelError> {
        self.call_but(host, path, body, commit, &[]).await
    }

    /// The same; these codes say that it went well, too.
    async fn call_but(
        &self,
        host: &dyn StepHost,
        path: &str,
        body: &Value,
        commit: bool,
        fine: &[i64],
    ) -> Result<Value, ChannelError> {
        let tokens = host.token(None).await?;
        self.post(host, &tokens.access_token, path, body, commit, fine)
            .await
    }

    /// Makes a call with a token.
    pub async fn post(
        &self,
        host: &dyn StepHost,
        token: &str,
        path: &str,
        body: &Value,
        commit: bool,
        fine: &[i64],
    ) -> Result<Value, ChannelError> {
        error::read_but(&self.send(host, token, path, body).await?, commit, fine)
    }

    /// Makes a call with a token; the answer as it came.
    pub async fn send(
        &self,
        host: &dyn StepHost,
        token: &str,
        path: &str,
        body: &Value,
    ) -> Result<Answer, ChannelError> {
        let url = self.url(path);
        let request = self
            .account
            .http
            .post(&url)
            .timeout(PATIENCE)
            .query(&[("access_token", token)])
            .json(body);
        let evidence = Evidence {
            request: format!("POST {url}"),
            body: body.to_string(),
            request_id_header: None,
        };
        http::send(host, request, evidence).await
    }

    async fn upload(
        &self,
        host: &dyn StepHost,
        path: &str,
        query: &[(&str, &str)],
        media: &Media,
        name: &str,
    ) -> Result<Value, ChannelError> {
        let tokens = host.token(None).await?;
        let bytes = host.open_media(media).await?;
        let url = self.url(path);
        let part = http::file_part(bytes, media.size_bytes, name.to_owned(), media)?;
        let request = self
            .account
            .http
            .post(&url)
            .timeout(UPLOAD_PATIENCE)
            .query(&[("access_token", &tokens.access_token)])
            .query(query)
            .multipart(Form::new().part("media", part));
        let evidence = Evidence {
            request: format!("POST {url}"),
            body: format!("multipart media: {name}, {} bytes", media.size_bytes),
            request_id_header: None,
        };
        error::read(&http::send(host, request, evidence).await?, false)
    }

    /// Puts a picture into the library under a name, by which it is found again.
    pub async fn add_material(
        &self,
        host: &dyn StepHost,
        media: &Media,
        name: &str,
    ) -> Result<String, ChannelError> {
        let path = "/cgi-bin/material/add_material";
        let query = [("type", "image")];
        text(
            &self.upload(host, path, &query, media, name).await?,
            "media_id",
        )
    }

    /// The picture of this name among the newest of the library.
    pub async fn find_material(
        &self,
        host: &dyn StepHost,
        name: &str,
    ) -> Result<Option<String>, ChannelError> {
        let path = "/cgi-bin/material/batchget_material";
        let body = json!({ "type": "image", "offset": 0, "count": PAGE });
        let body = self.call(host, path, &body, false).await?;
        let found = items(&body).find(|item| item["name"] == name);
        found.map(|item| text(item, "media_id")).transpose()
    }

    /// Uploads a picture for the text of an article; its address comes back.
    pub async fn upload_picture(
        &self,
        host: &dyn StepHost,
        media: &Media,
    ) -> Result<String, ChannelError> {
        let path = "/cgi-bin/media/uploadimg";
        let body = self.upload(host, path, &[], media, "picture.jpg").await?;
        let url = text(&body, "url")?;
        // It is given without encryption, and served with it.
        Ok(url
            .strip_prefix("http://")
            .map_or(url.clone(), |rest| format!("https://{rest}")))
    }

    /// Makes a draft. There is no idempotency key: this call must never be repeated blindly.
    pub async fn add_draft(
        &self,
        host: &dyn StepHost,
        article: &Value,
    ) -> Result<String, ChannelError> {
        let body = json!({ "articles": [article] });
        let body = self.call(host, "/cgi-bin/draft/add", &body, true).await?;
        accepted(text(&body, "media_id"))
    }

    /// A draft, or nothing where it is no more.
    pub async fn draft(
        &self,
        host: &dyn StepHost,
        media_id: &str,
    ) -> Result<Option<Value>, ChannelError> {
        let body = json!({ "media_id": media_id });
        match self.call(host, "/cgi-bin/draft/get", &body, false).await {
            Err(error) if error::is(&error, error::UNKNOWN_MEDIA) => Ok(None),
            draft => draft.map(Some),
        }
    }

    /// Deletes a draft; one that is no more is deleted.
    pub async fn delete_draft(
        &self,
        host: &dyn StepHost,
        media_id: &str,
    ) -> Result<(), ChannelError> {
        let body = json!({ "media_id": media_id });
        match self.call(host, "/cgi-bin/draft/delete", &body, false).await {
            Err(error) if error::is(&error, error::UNKNOWN_MEDIA) => Ok(()),
            deleted => deleted.map(|_| ()),
        }
    }

    /// A page of drafts, newest first, without their texts.
    pub async fn drafts(&self, host: &dyn StepHost, offset: usize) -> Result<Value, ChannelError> {
        let body = json!({ "offset": offset, "count": PAGE, "no_content": 1 });
        self.call(host, "/cgi-bin/draft/batchget", &body, false)
            .await
    }

    /// A page of articles that were published (not sent to everybody), newest first, without their texts.
    pub async fn articles(
        &self,
        host: &dyn StepHost,
        offset: usize,
    ) -> Result<Value, ChannelError> {
        let body = json!({ "offset": offset, "count": PAGE, "no_content": 1 });
        self.call(host, "/cgi-bin/freepublish/batchget", &body, false)
            .await
    }

    /// Begins to publish a draft; under the same caution as [`Self::add_draft`].
    pub async fn submit(&self, host: &dyn StepHost, media_id: &str) -> Result<Value, ChannelError> {
        let body = json!({ "media_id": media_id });
        let body = self
            .call(host, "/cgi-bin/freepublish/submit", &body, true)
            .await?;
        let job = accepted(text(&body, "publish_id"))?;
        Ok(json!({ "publish_id": job, "msg_data_id": text(&body, "msg_data_id").ok() }))
    }

    /// What became of a job.
    pub async fn job(&self, host: &dyn StepHost, publish_id: &str) -> Result<Value, ChannelError> {
        // The platform's own ids are numbers; its pages also show texts.
        let id = publish_id
            .parse::<u64>()
            .map_or_else(|_| json!(publish_id), |id| json!(id));
        let body = json!({ "publish_id": id });
        self.call(host, "/cgi-bin/freepublish/get", &body, false)
            .await
    }

    /// A published article, or nothing where there is none of this id.
    pub async fn article(
        &self,
        host: &dyn StepHost,
        article_id: &str,
    ) -> Result<Option<Value>, ChannelError> {
        let body = json!({ "article_id": article_id });
        match self
            .call(host, "/cgi-bin/freepublish/getarticle", &body, false)
            .await
        {
            Err(error) if error::is(&error, error::UNKNOWN_ARTICLE) => Ok(None),
            article => article.map(Some),
        }
    }

    /// Deletes a published article for good.
    pub async fn delete_article(
        &self,
        host: &dyn StepHost,
        article_id: &str,
    ) -> Result<(), ChannelError> {
        let body = json!({ "article_id": article_id, "index": 0 });
        let path = "/cgi-bin/freepublish/delete";
        self.call(host, path, &body, true).await.map(|_| ())
    }

    /// Sends a draft to followers. The same number of ours within a day is the same sending: a repeat tells the platform's
    /// number of the first. The second number is that of its figures, which a repeat does not tell.
    pub async fn send_all(
        &self,
        host: &dyn StepHost,
        media_id: &str,
        audience: &Audience,
        number: &str,
    ) -> Result<(String, Option<String>), ChannelError> {
        let body = json!({
            "filter": audience.filter(),
            "mpnews": { "media_id": media_id },
            "msgtype": "mpnews",
            "send_ignore_reprint": 0,
            "clientmsgid": number,
        });
        let path = "/cgi-bin/message/mass/sendall";
        let body = self
            .call_but(host, path, &body, true, &[error::SENT_BEFORE])
            .await?;
        let id = accepted(text(&body, "msg_id"))?;
        Ok((id, text(&body, "msg_data_id").ok()))
    }

    /// How a sending stands.
    pub async fn sending(&self, host: &dyn StepHost, msg_id: &str) -> Result<String, ChannelError> {
        let body = json!({ "msg_id": msg_id });
        let path = "/cgi-bin/message/mass/get";
        text(&self.call(host, path, &body, false).await?, "msg_status")
    }

    /// Takes a sending away from those who have not read it.
    pub async fn delete_sending(
        &self,
        host: &dyn StepHost,
        msg_id: &str,
    ) -> Result<(), ChannelError> {
        // The platform's own ids are numbers.
        let id = msg_id
            .parse::<u64>()
            .map_or_else(|_| json!(msg_id), |id| json!(id));
        let body = json!({ "msg_id": id, "article_idx": 0 });
        let path = "/cgi-bin/message/mass/delete";
        self.call(host, path, &body, true).await.map(|_| ())
    }

    /// Figures of what was published on a day, in Beijing.
    pub async fn totals(&self, host: &dyn StepHost, on: NaiveDate) -> Result<Value, ChannelError> {
        let day = on.format("%Y-%m-%d").to_string();
        let body = json!({ "begin_date": day, "end_date": day });
        self.call(host, "/datacube/getarticletotaldetail", &body, false)
            .await
    }
}

/// Entries of a list.
pub fn items(body: &Value) -> impl Iterator<Item = &Value> {
    body["item"].as_array().into_iter().flatten()
}

/// Accepted without an id is accepted all the same: look before doing anything else.
fn accepted(id: Result<String, ChannelError>) -> Result<String, ChannelError> {
    id.map_err(|error| ChannelError {
        class: ErrorClass::SentUnknown,
        ..error
    })
}
