//! The calls that Douyin alone has: tokens of the application and what goes with them, pictures, figures.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::channels::{
    ChannelError, ErrorClass, StepHost,
    bytedance::{
        client::{Client, Dialect, PATIENCE, Piece},
        error,
        wire::number as whole,
    },
    http::Evidence,
};

/// What a person is asked for: to be named, and to have works made, listed and read back (douyin-get-permission-code).
pub const SCOPES: &str = "user_info,video.create.bind,video.list.bind,video.data.bind";

/// Where Douyin's calls are. The token goes in the header.
pub static DIALECT: Dialect = Dialect {
    name: "抖音",
    base_url: "https://open.douyin.com",
    asks_for_tokens: false,
    token_in_header: true,
    authorise: "/platform/oauth/connect/",
    scopes: SCOPES,
    upload_video: "/api/douyin/v1/video/upload_video/",
    init_parts: "/api/douyin/v1/video/init_video_part_upload/",
    upload_part: "/api/douyin/v1/video/upload_video_part/",
    complete_parts: "/api/douyin/v1/video/complete_video_part_upload/",
    create_video: "/api/douyin/v1/video/create_video/",
    list: "/api/douyin/v1/video/video_list/",
    data: "/api/douyin/v1/video/video_data/",
};

impl Client {
    /// A token of the application: the same for everybody who asks within its life, so that processes do not end each
    /// other's. It is asked for each time: what the engine keeps is the person's grant, which these calls do not take.
    pub(super) async fn client_token(&self, host: &dyn StepHost) -> Result<String, ChannelError> {
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
        let answer = self.send(host, request, evidence, false).await;
        let body = answer.map_err(|error| ChannelError {
            // For this call the code says "too often", not "renewals are spent".
            class: if error::is_one_of(&error, &[error::RENEWALS_SPENT]) {
                ErrorClass::RateLimited
            } else {
                error.class
            },
            ..error
        })?;
        self.take(&body, "/data/access_token")
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
        self.send(host, request, evidence, false).await
    }

    /// Makes a call with a token of the application.
    pub(super) async fn call_as_app(
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
        self.send(host, request, evidence, commit).await
    }

    /// What signs a link, for two hours.
    pub(super) async fn ticket(
        &self,
        host: &dyn StepHost,
        token: &str,
    ) -> Result<String, ChannelError> {
        let body = self
            .read_as_app(host, token, "/open/getticket/", &[])
            .await?;
        self.take(&body, "/data/ticket")
    }

    /// An id that comes back with what somebody publishes from a link.
    pub(super) async fn share_id(
        &self,
        host: &dyn StepHost,
        token: &str,
    ) -> Result<String, ChannelError> {
        let query = [("need_callback", "true")];
        let body = self.read_as_app(host, token, "/share-id/", &query).await?;
        self.take(&body, "/data/share_id")
    }

    /// Uploads a cover; an unused one is only garbage.
    pub(super) async fn upload_image(
        &self,
        host: &dyn StepHost,
        piece: &Piece<'_>,
    ) -> Result<String, ChannelError> {
        let path = "/api/douyin/v1/video/upload_image/";
        let body = self.upload(host, path, &[], "image", piece).await?;
        self.take(&body, "/data/image/image_id")
    }

    /// Makes a work of uploaded pictures, under the same caution.
    pub(super) async fn create_image_text(
        &self,
        host: &dyn StepHost,
        body: &Value,
    ) -> Result<String, ChannelError> {
        let path = "/api/douyin/v1/video/create_image_text/";
        self.create(host, path, body).await
    }

    /// Totals of one work: plays, likes, comments, shares (only works of the last 30 days, from the day after).
    pub(super) async fn totals(
        &self,
        host: &dyn StepHost,
        item_id: &str,
    ) -> Result<Value, ChannelError> {
        let path = "/data/external/item/base/";
        let body = self.read(host, path, &[("item_id", item_id)]).await?;
        self.take(&body, "/data/result")
    }

    /// One figure of a work, day by day, over the last 7, 15 or 30 days; nothing for a figure that is not told.
    pub(super) async fn series(
        &self,
        host: &dyn StepHost,
        item_id: &str,
        figure: &str,
        days: i64,
    ) -> Result<Vec<(NaiveDate, Option<i64>)>, ChannelError> {
        let path = format!("/data/external/item/{figure}/");
        let days = days.to_string();
        let query = [("item_id", item_id), ("date_type", days.as_str())];
        let body = self.read(host, &path, &query).await?;
        let rows: Vec<Value> = self.take(&body, "/data/result_list")?;
        rows.iter()
            .map(|row| Ok((self.take(row, "/date")?, whole(&row[figure]))))
            .collect()
    }
}
