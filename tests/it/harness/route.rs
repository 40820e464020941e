//! The ways to the channels that tests send on.

use crate::board;

/// A way to a channel, with what tests must know of its wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub channel: &'static str,
    pub lane: &'static str,
    /// Part of the path of the call that readers see.
    pub commit: &'static str,
}

/// Videos to Douyin.
pub const DOUYIN: Route = Route {
    channel: "douyin",
    lane: "publish",
    commit: "/create_video",
};
/// Stories without a video to Douyin, as picture posts.
pub const DOUYIN_PICTURES: Route = Route {
    commit: "/create_image_text",
    ..DOUYIN
};
/// Works to Douyin that a person publishes from a link.
pub const DOUYIN_HAND_OFF: Route = Route {
    lane: "handoff",
    commit: "/share-id",
    ..DOUYIN
};
/// Pages of the mini-program to Douyin's search.
pub const DOUYIN_SEARCH: Route = Route {
    lane: "search",
    commit: "/upload_sitemap",
    ..DOUYIN
};
/// Paths to Baidu's search.
pub const BAIDU_SEARCH: Route = Route {
    channel: "baidu",
    lane: "search",
    commit: "/submitsitemap",
};
/// Material to Baidu's feed.
pub const BAIDU_FEED: Route = Route {
    channel: "baidu",
    lane: "feed",
    commit: "/submitresource",
};
/// Addresses to Baidu's search.
pub const BAIDU_WEBSITE: Route = Route {
    channel: "baidu",
    lane: "website",
    commit: "/zz/urls",
};

/// Articles to Baijiahao.
pub const BAIDU_BAIJIAHAO: Route = Route {
    channel: "baidu",
    lane: "baijiahao",
    commit: "/article/publish",
};

/// Articles to WeChat.
pub const WECHAT: Route = Route {
    channel: "wechat",
    lane: "publish",
    commit: "/freepublish/submit",
};
/// Picture posts to WeChat.
pub const WECHAT_PICTURES: Route = Route {
    lane: "picture",
    ..WECHAT
};
/// Articles that WeChat sends to followers.
pub const WECHAT_MASS: Route = Route {
    lane: "mass",
    commit: "/mass/sendall",
    ..WECHAT
};
/// Drafts to WeChat that a person publishes.
pub const WECHAT_DRAFT: Route = Route {
    lane: "draft",
    commit: "/draft/add",
    ..WECHAT
};
/// Pages of the mini-program to WeChat's search.
pub const WECHAT_SEARCH: Route = Route {
    lane: "search",
    commit: "/wxaapi_submitpages",
    ..WECHAT
};
/// Posts to Alipay.
pub const ALIPAY: Route = Route {
    channel: "alipay",
    lane: "post",
    commit: "contentlib.standardcontent.publish",
};
/// Long articles to Alipay.
pub const ALIPAY_ARTICLE: Route = Route {
    lane: "article",
    commit: "lifeprod.standardcontent.publish",
    ..ALIPAY
};
/// Goods of Alipay's mini-program.
pub const ALIPAY_ITEM: Route = Route {
    lane: "item",
    commit: "app.item.create",
    ..ALIPAY
};
/// Videos to Toutiao.
pub const TOUTIAO: Route = Route {
    channel: "toutiao",
    lane: "video",
    commit: "/video/create",
};
/// Articles to Toutiao that a person publishes.
pub const TOUTIAO_ARTICLE: Route = Route {
    lane: "article",
    ..TOUTIAO
};

/// Notices to the channel that only the tests have.
pub const BOARD: Route = Route {
    channel: "board",
    lane: board::NOTICE,
    commit: "/notices",
};
