//! Where Toutiao's calls are. Calls for tokens are asked with GET, and a user's token goes in the query.

use crate::channels::{
    ChannelError, StepHost,
    bytedance::client::{Client, Dialect},
};

/// Where the platform answers.
pub const BASE_URL: &str = "https://open.snssdk.com";

/// What a person is asked for: to have videos made, listed and read back.
pub const SCOPES: &str = "toutiao.video.create,toutiao.video.data";

/// How Toutiao speaks.
pub static DIALECT: Dialect = Dialect {
    name: "头条",
    base_url: BASE_URL,
    asks_for_tokens: true,
    token_in_header: false,
    authorise: "/oauth/authorize/",
    scopes: SCOPES,
    upload_video: "/toutiao/video/upload/",
    init_parts: "/toutiao/video/part/init/",
    upload_part: "/toutiao/video/part/upload/",
    complete_parts: "/toutiao/video/part/complete/",
    create_video: "/toutiao/video/create/",
    list: "/toutiao/video/list/",
    data: "/toutiao/video/data/",
};

impl Client {
    /// Asks for a token of the application, which nothing here needs: that it is given says that the secret is right.
    pub(super) async fn try_secret(&self, host: &dyn StepHost) -> Result<(), ChannelError> {
        let form = [
            ("client_key", self.account.setting("client_key", "")),
            ("client_secret", self.account.credential("client_secret")),
            ("grant_type", "client_credential"),
        ];
        self.oauth(host, "/oauth/client_token/", &form)
            .await
            .map(|_| ())
    }
}
