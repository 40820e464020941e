//! Douyin: short videos, and stories without one as picture posts; published directly (lane `publish`), or by a person who
//! opens a link in the app (lane `handoff`). Pages of the mini-program go to its search (lane `search`).
//!
//! Limits come from the documentation of the open platform (developer.open-douyin.com) and its official SDK; each
//! constant names its page. What the platform does not publish stays a setting of the account.

mod adapter;
mod caption;
mod client;
mod derive;
mod handoff;
mod link;
mod lookup;
mod mini;
mod rules;
mod simulator;
mod statistics;
mod upload;
mod webhook;
mod wire;

use chrono_tz::Asia::Shanghai;

use super::{
    AccountField, ChoiceOption, ContentKind, Descriptor, Field, FieldType, LaneDescriptor,
    LengthUnit, Limit, LocalText, Period, PictureFormat, PictureSpec, Preview, PreviewLayout,
    QuotaSpec, SWITCH,
};

/// The lane of direct publishing.
pub const PUBLISH: &str = "publish";
/// The lane on which a person publishes what a link opens in the app.
pub const HAND_OFF: &str = "handoff";
/// The still that stands for a video in the feed: 9:16.
pub const POSTER: &str = "douyin_poster";
/// The cover that the API takes; the console asks for 3:4.
pub const COVER: &str = "douyin_cover";

/// A picture of a picture post: 3:4, as the feed shows it.
pub const PICTURE: &str = "douyin_picture";
/// Pictures smaller than this are not used; pixels are not published.
const SMALLEST: (u32, u32) = (360, 480);
/// Pictures of a picture post at most (create-image-text; the console takes 35).
const MOST_PICTURES: usize = 30;

/// The lane of mini-program pages for Douyin's search.
pub const SEARCH: &str = "search";
/// What of its works an application may read.
const READ_PROFILES: &[ChoiceOption] = &[
    ChoiceOption::new(
        "reduced",
        LocalText::new(
            "能读作品，读不到审核结果",
            "Works, without what the review said",
        ),
    ),
    ChoiceOption::new(
        "classic",
        LocalText::new("能读作品和审核结果", "Works and what the review said"),
    ),
    ChoiceOption::new("offline", LocalText::new("读不到作品", "No works")),
];

/// Lanes on which works go out.
const LANES: &[&str] = &[PUBLISH, HAND_OFF];

const fn field(
    name: &'static str,
    label: LocalText,
    kind: FieldType,
    required: bool,
    limit: Option<Limit>,
) -> Field {
    Field {
        required,
        ..Field::new(name, label, kind, LANES, limit)
    }
}

const fn picture(name: &'static str, label: LocalText, height: u32) -> PictureSpec {
    // At most 20 MB each; pixels are not published, 1080 wide is what the console recommends.
    PictureSpec {
        name,
        label,
        width: 1080,
        height,
        min_width: SMALLEST.0,
        min_height: SMALLEST.1,
        max_bytes: 20 << 20,
        format: PictureFormat::Jpeg,
        crop: true,
    }
}

/// The player of works, with the words and the link over the lower part.
const WORK_VIEWS: &[Preview] = &[Preview {
    text: Some("text"),
    tags: Some("topics"),
    link: Some("micro_app_title"),
    pictures: &[POSTER, PICTURE],
    ..Preview::new(
        PreviewLayout::VideoScreen,
        LocalText::new("播放页", "Player"),
    )
}];

/// The channel.
pub static CHANNEL: Descriptor = Descriptor {
    id: "douyin",
    name: LocalText::new("抖音", "Douyin"),
    lanes: &[
        LaneDescriptor {
            id: PUBLISH,
            name: LocalText::new("发布作品", "Publish"),
            takes: &[ContentKind::Video, ContentKind::Story],
            needs_live_page: false,
            can_update: false,
            can_withdraw: false,
            shows_result: false,
            // 75 works per user, app and day (openapi/status-code, 2114007).
            quotas: &[QuotaSpec {
                name: "publish_daily",
                allowed: 75,
                per: Period::Day,
                zone: Shanghai,
                only: None,
            }],
            listing_delay_s: Some(600),
            max_resends: 2,
            previews: WORK_VIEWS,
        },
        LaneDescriptor {
            id: HAND_OFF,
            name: LocalText::new("扫码发布", "Hand-off"),
            takes: &[ContentKind::Video, ContentKind::Story],
            needs_live_page: false,
            can_update: false,
            can_withdraw: false,
            shows_result: false,
            quotas: &[],
            listing_delay_s: None,
            max_resends: 0,
            previews: WORK_VIEWS,
        },
        LaneDescriptor {
            id: SEARCH,
            name: LocalText::new("搜索收录", "Search"),
            takes: &[ContentKind::Story],
            needs_live_page: false,
            can_update: true,
            can_withdraw: false,
            shows_result: false,
            quotas: &[],
            listing_delay_s: None,
            max_resends: 1,
            // A page of the mini-program stands there, drawn by it and not by what is sent.
            previews: &[],
        },
    ],
    fields: &[
        // At most 1,000 characters, topics and mentions included (create-video): what is sent is checked as a whole.
        field(
            "text",
            LocalText::new("文案", "Caption"),
            FieldType::LongText,
            true,
            Some(Limit::up_to(1000, LengthUnit::Characters)),
        ),
        field(
            "topics",
            LocalText::new("话题", "Topics"),
            FieldType::TextList,
            false,
            None,
        ),
        // A link has no place for these two.
        Field {
            lanes: &[PUBLISH],
            ..field(
                "at_users",
                LocalText::new("提到的人（open_id）", "People mentioned (open_id)"),
                FieldType::TextList,
                false,
                None,
            )
        },
        field(
            "micro_app_title",
            LocalText::new("挂载标题", "Anchor title"),
            FieldType::Text,
            false,
            None,
        ),
        Field {
            editable: false,
            lanes: &[PUBLISH, HAND_OFF, SEARCH],
            ..field(
                "micro_app_id",
                LocalText::new("小程序", "Mini-program"),
                FieldType::Text,
                false,
                None,
            )
        },
        Field {
            editable: false,
            lanes: &[PUBLISH, HAND_OFF, SEARCH],
            ..field(
                "micro_app_url",
                LocalText::new("小程序路径", "Mini-program path"),
                FieldType::Text,
                false,
                None,
            )
        },
        Field {
            options: wire::AUDIENCES,
            ..field(
                "private_status",
                LocalText::new("谁可以看", "Who may see it"),
                FieldType::Choice,
                true,
                None,
            )
        },
        Field {
            options: wire::DOWNLOADS,
            ..field(
                "download_type",
                LocalText::new("允许下载", "Download"),
                FieldType::Choice,
                true,
                None,
            )
        },
        Field {
            lanes: &[PUBLISH],
            ..field(
                "cover_second",
                LocalText::new("封面时刻（秒）", "Cover second"),
                FieldType::Text,
                false,
                None,
            )
        },
    ],
    pictures: &[
        picture(COVER, LocalText::new("3:4 封面", "3:4 cover"), 1440),
        picture(POSTER, LocalText::new("9:16 海报", "9:16 poster"), 1920),
        picture(PICTURE, LocalText::new("3:4 图片", "3:4 picture"), 1440),
    ],
    account_fields: &[
        AccountField::new(
            "client_key",
            LocalText::new("Client Key", "Client key"),
            LocalText::new("抖音开放平台 → 应用详情", "Open platform → Application"),
            false,
            None,
        ),
        AccountField::new(
            "client_secret",
            LocalText::new("Client Secret", "Client secret"),
            LocalText::new("同上", "As above"),
            true,
            None,
        ),
        AccountField::new(
            "scopes",
            LocalText::new("授权范围", "Scopes"),
            LocalText::new(
                "授权页上请用户同意的权限，用逗号分隔，应用要先在开放平台开通；只扫码发布可以不授权",
                "What the authorise page asks the user for, with commas; the application must hold them. Hand-off alone needs no grant",
            ),
            false,
            Some(client::SCOPES),
        ),
        AccountField::choice(
            "content_check",
            LocalText::new("发布前检测内容", "Check before publishing"),
            LocalText::new(
                "先让抖音检测文案和图片，需要小程序的检测能力",
                "Douyin looks at text and pictures first; needs the mini-program's capability",
            ),
            SWITCH,
        ),
        AccountField::choice(
            "read_profile",
            LocalText::new("状态查询", "Status reading"),
            LocalText::new(
                "开放平台还让这个应用读取什么",
                "What the platform still lets this application read",
            ),
            READ_PROFILES,
        ),
        AccountField::new(
            "single_upload_bytes",
            LocalText::new("单次上传上限", "Largest single upload"),
            LocalText::new(
                "超过则分片上传，字节，不超过 300 MB",
                "Larger files go in parts; bytes, at most 300 MB",
            ),
            false,
            Some("52428800"),
        ),
        AccountField::new(
            "part_bytes",
            LocalText::new("分片大小", "Size of a part"),
            LocalText::new("5 到 100 MB，字节", "5 to 100 MB, bytes"),
            false,
            Some("20971520"),
        ),
        AccountField::new(
            "base_url",
            LocalText::new("接口地址", "API address"),
            LocalText::new("一般不用改", "Rarely changed"),
            false,
            Some("https://open.douyin.com"),
        ),
    ],
    signs_in: true,
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
