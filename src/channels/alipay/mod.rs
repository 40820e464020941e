//! Alipay: posts of a life account plus (生活号+), short ones with pictures or a video (lane `post`) and long articles
//! (lane `article`), which can be read back and deleted, not changed; and goods of the mini-program (lane `item`).
//!
//! Limits come from the field texts of the official SDK (alipay-sdk-net-all) and the documentation of the open platform
//! (opendocs.alipay.com); figures that are not published are said to be so where they stand.

mod adapter;
mod certificate;
mod client;
mod content_key;
mod derive;
mod error;
mod item;
mod link;
mod mode;
mod rotation;
mod rules;
pub mod sign;
mod simulator;
mod time;
mod trust;
mod webhook;

use super::{
    AccountField, ContentKind, Descriptor, Field, FieldType, LaneDescriptor, LengthUnit, Limit,
    LocalText, PictureFormat, PictureSpec, Preview, PreviewLayout,
};

/// The lane of short posts: pictures or a video.
pub const POST: &str = "post";
/// The lane of long articles.
pub const ARTICLE: &str = "article";
/// The lane of the mini-program's goods.
pub const ITEM: &str = "item";
/// A picture of a post.
pub const PICTURE: &str = "alipay_picture";
/// The still that stands for a video.
pub const POSTER: &str = "alipay_poster";
/// The cover of a long article: 900×500.
pub const COVER: &str = "alipay_cover";

/// The field that names the mini-program which is attached to a content.
pub const MINI_APP: &str = "mini_app";
/// Characters of a title (standardcontent.publish).
pub const LONGEST_TITLE: usize = 30;
/// Characters of the text of a post (standardcontent.publish).
pub const LONGEST_TEXT: usize = 1000;
/// Visible characters of a long article; not published, the console's guide says so.
pub const LONGEST_ARTICLE: usize = 10_000;
/// Pictures of a post; not published.
pub const MOST_PICTURES: usize = 9;
/// Bytes of a file (open.file.upload).
pub const LARGEST_FILE: u64 = 512_000_000;
/// Who may see a post, as the form says it; the first is the default.
pub const AUDIENCES: &[LocalText] = &[
    LocalText::new("所有人", "Everyone"),
    LocalText::new("限定分发", "Limited distribution"),
];

const fn field(
    name: &'static str,
    label: LocalText,
    kind: FieldType,
    lanes: &'static [&'static str],
    most: Option<usize>,
) -> Field {
    let limit = match most {
        // No limit here is near 2^32.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the limits above are small"
        )]
        Some(most) => Some(Limit::up_to(most as u32, LengthUnit::Characters)),
        None => None,
    };
    Field::new(name, label, kind, lanes, limit)
}

const fn picture(
    name: &'static str,
    label: LocalText,
    size: (u32, u32),
    least: (u32, u32),
) -> PictureSpec {
    PictureSpec {
        name,
        label,
        width: size.0,
        height: size.1,
        min_width: least.0,
        min_height: least.1,
        // Covers of articles stay below 5 MB; for the others no figure is published.
        max_bytes: 5_000_000,
        format: PictureFormat::Jpeg,
        crop: true,
    }
}

/// A field for the text of a file that need not be kept secret, nor given.
const fn public_file(name: &'static str, label: LocalText, help: LocalText) -> AccountField {
    AccountField {
        multiline: true,
        ..AccountField::new(name, label, help, false, Some(""))
    }
}

const POST_VIEWS: &[Preview] = &[Preview {
    title: Some("title"),
    text: Some("text"),
    pictures: &[PICTURE, POSTER],
    ..Preview::new(PreviewLayout::Post, LocalText::new("生活号动态", "Post"))
}];
const ARTICLE_VIEWS: &[Preview] = &[
    Preview {
        title: Some("title"),
        text: Some("article"),
        pictures: &[COVER],
        ..Preview::new(PreviewLayout::Article, LocalText::new("文章页", "Article"))
    },
    Preview {
        title: Some("title"),
        pictures: &[COVER],
        ..Preview::new(
            PreviewLayout::FeedCard,
            LocalText::new("推荐流", "In the stream"),
        )
    },
];

const fn lane(
    id: &'static str,
    name: LocalText,
    takes: &'static [ContentKind],
    previews: &'static [Preview],
) -> LaneDescriptor {
    LaneDescriptor {
        id,
        name,
        takes,
        needs_live_page: false,
        can_update: false,
        can_withdraw: true,
        shows_result: true,
        quotas: &[],
        // How late the list shows a post is not published.
        listing_delay_s: Some(3600),
        max_resends: 1,
        previews,
    }
}

/// The channel.
pub static CHANNEL: Descriptor = Descriptor {
    id: "alipay",
    name: LocalText::new("支付宝", "Alipay"),
    lanes: &[
        lane(
            POST,
            LocalText::new("生活号图文与视频", "Life account post"),
            &[ContentKind::Story, ContentKind::Video],
            POST_VIEWS,
        ),
        lane(
            ARTICLE,
            LocalText::new("生活号长图文", "Life account article"),
            &[ContentKind::Story],
            ARTICLE_VIEWS,
        ),
        item::LANE,
    ],
    fields: &[
        field(
            "title",
            LocalText::new("标题", "Title"),
            FieldType::Text,
            &[POST, ARTICLE],
            Some(LONGEST_TITLE),
        ),
        field(
            "text",
            LocalText::new("正文", "Text"),
            FieldType::LongText,
            &[POST],
            Some(LONGEST_TEXT),
        ),
        field(
            "article",
            LocalText::new("长图文正文", "Article text"),
            FieldType::LongText,
            &[ARTICLE],
            Some(LONGEST_ARTICLE),
        ),
        Field {
            options: AUDIENCES,
            ..field(
                "audience",
                LocalText::new("谁可以看", "Who may see it"),
                FieldType::Choice,
                &[POST, ARTICLE],
                None,
            )
        },
        Field {
            required: false,
            ..field(
                MINI_APP,
                LocalText::new("挂载小程序 APPID", "Mini-program attached"),
                FieldType::Text,
                &[POST, ARTICLE],
                None,
            )
        },
        item::TITLE_FIELD,
        item::TEXT_FIELD,
        item::SPECS_FIELD,
        item::ID_FIELD,
        item::PATH_FIELD,
    ],
    pictures: &[
        picture(
            PICTURE,
            LocalText::new("3:4 图片", "3:4 picture"),
            (1080, 1440),
            (360, 480),
        ),
        picture(
            POSTER,
            LocalText::new("9:16 视频封面", "9:16 video cover"),
            (1080, 1920),
            (360, 480),
        ),
        picture(
            COVER,
            LocalText::new("9:5 封面", "9:5 cover"),
            (900, 500),
            (450, 250),
        ),
        item::ITEM_PICTURE,
        item::DETAIL_PICTURE,
    ],
    account_fields: &[
        AccountField::new(
            "app_id",
            LocalText::new("应用 APPID", "App id"),
            LocalText::new(
                "支付宝开放平台 → 控制台 → 应用详情",
                "Open platform → Console → Application",
            ),
            false,
            None,
        ),
        AccountField {
            multiline: true,
            ..AccountField::new(
                "private_key",
                LocalText::new("应用私钥", "Application's private key"),
                LocalText::new(
                    "用支付宝密钥工具生成的 RSA2 私钥，PKCS#1 或 PKCS#8 都可以",
                    "The RSA2 key that the platform's key tool made; PKCS#1 or PKCS#8",
                ),
                true,
                None,
            )
        },
        public_file(
            mode::KEY,
            LocalText::new("支付宝公钥", "Alipay's public key"),
            LocalText::new(
                "应用详情 → 开发设置 → 接口加签方式，不是应用公钥；证书模式不用填",
                "Application → Development settings → Signing; not the application's own; not needed with certificates",
            ),
        ),
        public_file(
            trust::APP,
            LocalText::new("应用公钥证书", "Application's certificate"),
            LocalText::new(
                "只用于证书模式，三份证书要一起填：appCertPublicKey_….crt 的全部内容",
                "For certificate mode, which takes three: the whole of appCertPublicKey_….crt",
            ),
        ),
        public_file(
            trust::ALIPAY,
            LocalText::new("支付宝公钥证书", "Alipay's certificate"),
            LocalText::new(
                "alipayCertPublicKey_RSA2.crt 的全部内容",
                "The whole of alipayCertPublicKey_RSA2.crt",
            ),
        ),
        public_file(
            trust::ROOTS,
            LocalText::new("支付宝根证书", "Alipay's root certificates"),
            LocalText::new(
                "alipayRootCert.crt 的全部内容",
                "The whole of alipayRootCert.crt",
            ),
        ),
        AccountField::new(
            adapter::CONTENT_KEY,
            LocalText::new("接口内容加密密钥", "Content encryption key"),
            LocalText::new(
                "开发设置 → 接口内容加密方式里的 AES 密钥；不加密就不用填",
                "Development settings → Content encryption, the AES key; only to encrypt what is sent",
            ),
            true,
            Some(""),
        ),
        AccountField::new(
            "app_auth_token",
            LocalText::new("应用授权令牌", "App auth token"),
            LocalText::new(
                "第三方应用代商家发布时填写",
                "Where a third-party application acts for a merchant",
            ),
            true,
            Some(""),
        ),
        AccountField::new(
            "public_id",
            LocalText::new("生活号 ID", "Life account id"),
            LocalText::new("只有 MCN 机构填写", "For multi-channel networks only"),
            false,
            Some(""),
        ),
        item::CATEGORY_FIELD,
        item::STOCK_FIELD,
        AccountField::new(
            "gateway_url",
            LocalText::new("网关地址", "Gateway"),
            LocalText::new("一般不用改", "Rarely changed"),
            false,
            Some(client::GATEWAY),
        ),
    ],
    signs_in: false,
    calls_us: true,
    inspects: true,
    app_links: link::KINDS,
    feeds: &[],
    derive: derive::derive,
    compose: |_, _| {},
    package: |_| Vec::new(),
    removals: None,
    check: rules::check,
    connect: adapter::connect,
    simulator: simulator::start,
};
