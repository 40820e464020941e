//! Douyin: direct publish of short videos (lane `publish`).
//!
//! Limits come from the documentation of the open platform (developer.open-douyin.com) and its official SDK; each
//! constant names its page. What the platform does not publish stays a setting of the account.

mod adapter;
mod client;
mod derive;
mod error;
mod rules;
mod simulator;
mod wire;

use chrono_tz::Asia::Shanghai;

use super::{
    AccountField, ContentKind, Descriptor, Field, FieldType, LaneDescriptor, LengthUnit, Limit,
    LocalText, PictureFormat, PictureSpec, QuotaSpec,
};

/// The lane of direct publishing.
pub const PUBLISH: &str = "publish";
/// The still that stands for a video in the feed: 9:16.
pub const POSTER: &str = "douyin_poster";
/// The cover that the API takes; the console asks for 3:4.
pub const COVER: &str = "douyin_cover";

const LANE: &[&str] = &[PUBLISH];

const fn text(zh: &'static str, en: &'static str) -> LocalText {
    LocalText { zh, en }
}

const fn field(
    name: &'static str,
    label: LocalText,
    kind: FieldType,
    required: bool,
    limit: Option<Limit>,
) -> Field {
    Field {
        name,
        label,
        kind,
        lanes: LANE,
        required,
        editable: true,
        limit,
        options: &[],
    }
}

const fn account(
    name: &'static str,
    label: LocalText,
    help: LocalText,
    secret: bool,
    default: Option<&'static str>,
) -> AccountField {
    AccountField {
        name,
        label,
        help,
        secret,
        required: default.is_none(),
        default,
    }
}

const fn picture(name: &'static str, label: LocalText, height: u32) -> PictureSpec {
    // At most 20 MB each; pixels are not published, 1080 wide is what the console recommends.
    PictureSpec {
        name,
        label,
        width: 1080,
        height,
        min_width: 360,
        min_height: 480,
        max_bytes: 20 << 20,
        format: PictureFormat::Jpeg,
    }
}

/// The channel.
pub static CHANNEL: Descriptor = Descriptor {
    id: "douyin",
    name: text("抖音", "Douyin"),
    lanes: &[LaneDescriptor {
        id: PUBLISH,
        name: text("发布视频", "Publish"),
        takes: &[ContentKind::Video, ContentKind::Story],
        needs_live_page: false,
        can_update: false,
        can_withdraw: false,
        shows_result: false,
        // 75 works per user, app and day (openapi/status-code, 2114007).
        quotas: &[QuotaSpec {
            name: "publish_daily",
            per_day: 75,
            zone: Shanghai,
        }],
        listing_delay_s: Some(600),
        max_resends: 2,
    }],
    fields: &[
        // At most 1,000 characters, topics and mentions included (create-video).
        field(
            "text",
            text("文案", "Caption"),
            FieldType::LongText,
            true,
            Some(Limit {
                min: 1,
                max: 1000,
                unit: LengthUnit::Characters,
            }),
        ),
        field(
            "topics",
            text("话题", "Topics"),
            FieldType::TextList,
            false,
            Some(Limit {
                min: 1,
                max: 5,
                unit: LengthUnit::Items,
            }),
        ),
        field(
            "micro_app_title",
            text("挂载标题", "Anchor title"),
            FieldType::Text,
            false,
            Some(Limit {
                min: 1,
                max: 12,
                unit: LengthUnit::Characters,
            }),
        ),
        Field {
            editable: false,
            ..field(
                "micro_app_id",
                text("小程序", "Mini-program"),
                FieldType::Text,
                false,
                None,
            )
        },
        Field {
            editable: false,
            ..field(
                "micro_app_url",
                text("小程序路径", "Mini-program path"),
                FieldType::Text,
                false,
                Some(Limit {
                    min: 1,
                    max: 1024,
                    unit: LengthUnit::Characters,
                }),
            )
        },
        Field {
            options: &["0", "1", "2"],
            ..field(
                "private_status",
                text("谁可以看", "Who may see it"),
                FieldType::Choice,
                true,
                None,
            )
        },
        Field {
            options: &["1", "2"],
            ..field(
                "download_type",
                text("允许下载", "Download"),
                FieldType::Choice,
                true,
                None,
            )
        },
        field(
            "cover_second",
            text("封面时刻", "Cover second"),
            FieldType::Text,
            false,
            None,
        ),
    ],
    pictures: &[
        picture(COVER, text("3:4 封面", "3:4 cover"), 1440),
        picture(POSTER, text("9:16 海报", "9:16 poster"), 1920),
    ],
    account_fields: &[
        account(
            "client_key",
            text("Client Key", "Client key"),
            text("抖音开放平台 → 应用详情", "Open platform → Application"),
            false,
            None,
        ),
        account(
            "client_secret",
            text("Client Secret", "Client secret"),
            text("同上", "As above"),
            true,
            None,
        ),
        account(
            "open_id",
            text("授权用户 open_id", "open_id of the user"),
            text("授权后自动填写", "Filled in by the authorisation"),
            false,
            None,
        ),
        account(
            "code",
            text("授权码", "Authorisation code"),
            text(
                "授权页跳转回来时带的 code，10 分钟内有效",
                "The code that the authorise page returned; lives 10 minutes",
            ),
            true,
            Some(""),
        ),
        account(
            "read_profile",
            text("状态查询", "Status reading"),
            text("classic、reduced 或 offline", "classic, reduced or offline"),
            false,
            Some("reduced"),
        ),
        account(
            "single_upload_bytes",
            text("单次上传上限", "Largest single upload"),
            text("超过则分片上传，字节", "Larger files go in parts, bytes"),
            false,
            Some("52428800"),
        ),
        account(
            "part_bytes",
            text("分片大小", "Size of a part"),
            text("5 到 100 MB，字节", "5 to 100 MB, bytes"),
            false,
            Some("20971520"),
        ),
        account(
            "base_url",
            text("接口地址", "API address"),
            text("一般不用改", "Rarely changed"),
            false,
            Some("https://open.douyin.com"),
        ),
    ],
    feeds: &[],
    derive: derive::derive,
    compose: |_, _| {},
    check: rules::check,
    connect: adapter::connect,
    simulator: simulator::start,
};
