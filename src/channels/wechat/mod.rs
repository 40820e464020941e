//! WeChat official accounts: articles that the API publishes (lane `publish`), picture posts (lane `picture`), and drafts
//! that a person publishes in the console (lane `draft`), for accounts that may no more than that. What followers are
//! told of goes by a lane of its own (`mass`), which an account opens by saying who gets it.
//!
//! Limits come from the platform's documentation (developers.weixin.qq.com); each constant names its page. Where the
//! page and what accounts were seen to take differ, a rule warns of the page's limit and the field holds the other.

mod adapter;
mod article;
mod callback;
mod client;
mod derive;
mod error;
mod html;
mod link;
mod lookup;
mod mass;
mod mini;
mod rules;
mod simulator;
mod statistics;

use super::{
    AccountField, ContentKind, Descriptor, Field, FieldType, LaneDescriptor, LengthUnit, Limit,
    LocalText, Period, PictureFormat, PictureSpec, Preview, PreviewLayout, QuotaSpec,
};

/// The lane of articles that the API publishes.
pub const PUBLISH: &str = "publish";
/// The lane of picture posts.
pub const PICTURES: &str = "picture";
/// The lane of drafts that a person publishes.
pub const DRAFT: &str = "draft";
/// The lane of articles that are sent to followers.
pub const MASS: &str = "mass";
/// Kinds of accounts, which differ in how often they may send to followers.
pub const KINDS: [&str; 2] = ["订阅号", "服务号"];
/// The cover of an article: 2.35:1, of which the list shows the middle as a square.
pub const COVER: &str = "wechat_cover";
/// A picture within an article.
pub const BODY: &str = "wechat_body";
/// A picture of a picture post.
pub const PICTURE: &str = "wechat_picture";
/// Pictures of a picture post at most (draft/add).
const MOST_PICTURES: usize = 20;

const ARTICLES: &[&str] = &[PUBLISH, MASS, DRAFT];
const ALL: &[&str] = &[PUBLISH, PICTURES, MASS, DRAFT];

/// Who may comment, and how the wire says it: `need_open_comment`, `only_fans_can_comment`.
const COMMENTS: &[&str] = &["不开放", "所有人", "仅粉丝"];

const fn field(
    name: &'static str,
    label: LocalText,
    kind: FieldType,
    lanes: &'static [&'static str],
    max: u32,
) -> Field {
    let limit = Limit::up_to(max, LengthUnit::Characters);
    Field::new(name, label, kind, lanes, Some(limit))
}

/// An article as it is read, as it arrives, and as it is passed on.
const ARTICLE_VIEWS: &[Preview] = &[
    Preview {
        title: Some("title"),
        byline: Some("author"),
        text: Some("content"),
        link: Some("content_source_url"),
        ..Preview::new(PreviewLayout::Article, LocalText::new("文章页", "Article"))
    },
    Preview {
        title: Some("title"),
        text: Some("digest"),
        pictures: &[COVER],
        ..Preview::new(
            PreviewLayout::CoverCard,
            LocalText::new("消息列表", "Among messages"),
        )
    },
    Preview {
        title: Some("title"),
        text: Some("digest"),
        pictures: &[COVER],
        ..Preview::new(
            PreviewLayout::FeedCard,
            LocalText::new("转发卡片", "Passed on"),
        )
    },
];
const PICTURE_VIEWS: &[Preview] = &[Preview {
    title: Some("title"),
    byline: Some("author"),
    text: Some("text"),
    pictures: &[PICTURE],
    ..Preview::new(
        PreviewLayout::Post,
        LocalText::new("图片消息", "Picture post"),
    )
}];

const fn lane(id: &'static str, name: LocalText, previews: &'static [Preview]) -> LaneDescriptor {
    LaneDescriptor {
        id,
        name,
        takes: &[ContentKind::Story],
        needs_live_page: false,
        can_update: false,
        can_withdraw: true,
        shows_result: true,
        quotas: &[],
        // What a lost submission became of shows within ten minutes, or it is taken as never begun.
        listing_delay_s: Some(600),
        max_resends: 2,
        previews,
    }
}

/// How often an account of a kind may send to followers (mass/sendall).
const fn sendings(name: &'static str, allowed: u32, per: Period, kind: usize) -> QuotaSpec {
    QuotaSpec {
        name,
        allowed,
        per,
        zone: chrono_tz::Asia::Shanghai,
        only: Some(("account_kind", KINDS[kind])),
    }
}

/// The channel.
pub static CHANNEL: Descriptor = Descriptor {
    id: "wechat",
    name: LocalText::new("微信公众号", "WeChat"),
    lanes: &[
        lane(
            PUBLISH,
            LocalText::new("发布图文", "Publish article"),
            ARTICLE_VIEWS,
        ),
        lane(
            PICTURES,
            LocalText::new("发布图片消息", "Publish pictures"),
            PICTURE_VIEWS,
        ),
        LaneDescriptor {
            // A follower gets at most one message a day, or four a month.
            quotas: &[
                sendings("mass_daily", 1, Period::Day, 0),
                sendings("mass_monthly", 4, Period::Month, 1),
            ],
            // It is in no list; the same number again does no harm.
            listing_delay_s: None,
            ..lane(
                MASS,
                LocalText::new("群发图文", "Send to followers"),
                ARTICLE_VIEWS,
            )
        },
        LaneDescriptor {
            can_withdraw: false,
            ..lane(DRAFT, LocalText::new("存草稿", "Save draft"), ARTICLE_VIEWS)
        },
    ],
    fields: &[
        // The page says 32 characters, 64 are taken (draft/add; probes of June 2026).
        field(
            "title",
            LocalText::new("标题", "Title"),
            FieldType::Text,
            ALL,
            64,
        ),
        // At most 16 characters (draft/add, 45110).
        Field {
            required: false,
            ..field(
                "author",
                LocalText::new("作者", "Author"),
                FieldType::Text,
                ALL,
                16,
            )
        },
        // At most 128 characters (draft/add, 45004).
        field(
            "digest",
            LocalText::new("摘要", "Digest"),
            FieldType::LongText,
            ARTICLES,
            128,
        ),
        // At most 20,000 characters and 1 MB (draft/add, 45002).
        Field {
            editable: false,
            ..field(
                "content",
                LocalText::new("正文", "Body"),
                FieldType::RichText,
                ARTICLES,
                20_000,
            )
        },
        // Plain text (draft/add, 45166); how long is not published, what a telephone shows is not more.
        field(
            "text",
            LocalText::new("图片说明", "Text of the pictures"),
            FieldType::LongText,
            &[PICTURES],
            1000,
        ),
        // At most 1 KB (draft/add, 45005), our reference included.
        Field {
            limit: Some(Limit::up_to(960, LengthUnit::Utf8Bytes)),
            ..field(
                "content_source_url",
                LocalText::new("阅读原文", "Read more"),
                FieldType::Text,
                ALL,
                0,
            )
        },
        Field {
            options: COMMENTS,
            limit: None,
            ..field(
                "comment",
                LocalText::new("留言", "Comments"),
                FieldType::Choice,
                ALL,
                0,
            )
        },
    ],
    pictures: &[
        // At most 10 MB (add_material); 900 wide is what the console recommends.
        PictureSpec {
            name: COVER,
            label: LocalText::new("2.35:1 封面", "2.35:1 cover"),
            width: 940,
            height: 400,
            min_width: 235,
            min_height: 100,
            max_bytes: 2 << 20,
            format: PictureFormat::Jpeg,
            crop: true,
        },
        // Less than 1 MB (uploadimg); the column is 677 wide.
        PictureSpec {
            name: BODY,
            label: LocalText::new("正文图片", "Picture in the text"),
            width: 1080,
            height: 4320,
            min_width: 1,
            min_height: 1,
            max_bytes: 1_000_000,
            format: PictureFormat::Jpeg,
            crop: false,
        },
        PictureSpec {
            name: PICTURE,
            label: LocalText::new("图片", "Picture"),
            width: 1080,
            height: 1440,
            min_width: 200,
            min_height: 200,
            max_bytes: 10_000_000,
            format: PictureFormat::Jpeg,
            crop: false,
        },
    ],
    account_fields: &[
        AccountField::new(
            "app_id",
            LocalText::new("AppID", "AppID"),
            LocalText::new(
                "微信开发者平台 → 公众号 → 基础信息",
                "Developer platform → Official account → Basic information",
            ),
            false,
            None,
        ),
        AccountField::new(
            "app_secret",
            LocalText::new("AppSecret", "AppSecret"),
            LocalText::new(
                "同上；重置后请在这里更新。本机出口 IP 要加入白名单",
                "As above; update it here after a reset. The address of this server must be allow-listed",
            ),
            true,
            None,
        ),
        AccountField::new(
            "callback_token",
            LocalText::new("消息推送 Token", "Token of the message push"),
            LocalText::new(
                "消息推送里填写的 Token；不用推送可留空，结果改由轮询得知",
                "The token entered for the message push; may stay empty, then results are asked for",
            ),
            true,
            Some(""),
        ),
        AccountField::new(
            "aes_key",
            LocalText::new("EncodingAESKey", "EncodingAESKey"),
            LocalText::new(
                "消息推送用兼容或安全模式时填写，43 位",
                "For the compatible and the secure mode of the push; 43 characters",
            ),
            true,
            Some(""),
        ),
        AccountField::new(
            "account_kind",
            LocalText::new("账号类型", "Kind of account"),
            LocalText::new(
                "填「订阅号」或「服务号」：订阅号每天可群发 1 次，服务号每月 4 次",
                "订阅号 (subscription, one message a day) or 服务号 (service, four a month)",
            ),
            false,
            Some(KINDS[0]),
        ),
        AccountField::new(
            "mass_to",
            LocalText::new("群发对象", "Who gets messages"),
            LocalText::new(
                "留空不开放群发；填 all 发给全部粉丝，填标签编号只发给该标签。群发会通知粉丝，不能反悔",
                "Empty: nothing is sent to followers. \"all\": every follower; the number of a tag: those with it. It cannot be undone",
            ),
            false,
            Some(""),
        ),
        AccountField::new(
            "mini_app_id",
            LocalText::new("小程序 AppID", "AppID of the mini-program"),
            LocalText::new(
                "内容检测用小程序的接口；没有小程序可留空",
                "Texts are checked through the mini-program; may stay empty",
            ),
            false,
            Some(""),
        ),
        AccountField::new(
            "mini_app_secret",
            LocalText::new("小程序 AppSecret", "AppSecret of the mini-program"),
            LocalText::new(
                "小程序后台 → 开发管理",
                "Mini-program console → Development",
            ),
            true,
            Some(""),
        ),
        AccountField::new(
            "reviewer_openid",
            LocalText::new("审核人 openid", "Openid of the reviewer"),
            LocalText::new(
                "内容检测要求一位两小时内打开过小程序的用户",
                "Checks ask for a user who opened the mini-program within two hours",
            ),
            false,
            Some(""),
        ),
        AccountField::new(
            "base_url",
            LocalText::new("接口地址", "API address"),
            LocalText::new("一般不用改", "Rarely changed"),
            false,
            Some("https://api.weixin.qq.com"),
        ),
    ],
    calls_us: true,
    inspects: true,
    app_links: link::KINDS,
    feeds: &[],
    derive: derive::derive,
    compose: |_, _| {},
    package: |_| Vec::new(),
    check: rules::check,
    connect: adapter::connect,
    simulator: simulator::start,
};
