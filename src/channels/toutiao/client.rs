//! Where Toutiao's calls are. Calls for tokens are asked with GET, and a user's token goes in the query.

use crate::channels::bytedance::client::Dialect;

/// Where the platform answers.
pub const BASE_URL: &str = "https://open.snssdk.com";

/// How Toutiao speaks.
pub static DIALECT: Dialect = Dialect {
    name: "头条",
    base_url: BASE_URL,
    asks_for_tokens: true,
    token_in_header: false,
    upload_video: "/toutiao/video/upload/",
    init_parts: "/toutiao/video/part/init/",
    upload_part: "/toutiao/video/part/upload/",
    complete_parts: "/toutiao/video/part/complete/",
    create_video: "/toutiao/video/create/",
    list: "/toutiao/video/list/",
    data: "/toutiao/video/data/",
};
